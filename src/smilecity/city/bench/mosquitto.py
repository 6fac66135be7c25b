# SPDX-License-Identifier: EUPL-1.2
"""Mosquitto as `docs/guides/mqtt.md` sets it up for a city, on a port of its own; it can be killed and started again."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from smilecity.city.bench.node import HOST, free_port

PROGRAM = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
SAVED_SECONDS = 1
START_SECONDS = 15.0
SETTINGS = f"""
persistence true
autosave_interval {SAVED_SECONDS}
set_tcp_nodelay true
max_inflight_messages 500
max_queued_messages 100000
"""


def is_installed() -> bool:
    """Whether there is a Mosquitto on this machine."""
    return Path(PROGRAM).exists()


class Mosquitto:
    """A broker that keeps what it has in `folder`. `more` are lines of its configuration that come last."""

    def __init__(self, folder: Path, more: str = "") -> None:
        self.port = free_port()
        self.address = f"mqtt://{HOST}:{self.port}"
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            f"listener {self.port} {HOST}\nallow_anonymous true\nuser {getpass.getuser()}\n"
            f"persistence_location {folder}/\n{SETTINGS}{more}\n",
            encoding="utf-8",
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Returns when it listens."""
        self._process = subprocess.Popen([PROGRAM, "-c", str(self._config)], stderr=subprocess.DEVNULL)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            with socket.socket() as trial:
                if trial.connect_ex((HOST, self.port)) == 0:
                    return self
            time.sleep(0.05)
        raise TimeoutError("Mosquitto does not listen")

    def kill(self) -> None:
        """SIGKILL: what it has not written since the last saving is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """As a service is stopped: what it keeps is on the disk."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


@contextmanager
def mosquitto(folder: Path, more: str = "") -> Iterator[Mosquitto]:
    """Mosquitto, running within the block."""
    made = Mosquitto(folder, more).start()
    try:
        yield made
    finally:
        made.kill()
