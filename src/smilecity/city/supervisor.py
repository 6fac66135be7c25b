# SPDX-License-Identifier: EUPL-1.2
"""`smile serve`: holds the node's lock and database, runs door and works as two processes, starts what dies again.

Stays slim: Django is loaded by the processes it starts, never here.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import FrameType

import structlog

from smilecity.city.boot import data_folder, port_is_free, port_must_be_free
from smilecity.city.settings import Settings
from smilecity.core.database import Lease, NodeLock, attach
from smilecity.core.problems import Refusal

LOOK_SECONDS = 0.2
STOP_SECONDS = 4.0
CALM_SECONDS = 20.0
LONGEST_PAUSE = 10.0

log = structlog.get_logger("supervisor")


@dataclass(slots=True)
class Part:
    """A process of the node: started again when it ends, after a pause that grows while it keeps dying."""

    name: str
    arguments: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    next_start: float = field(default=0.0)

    def start(self) -> None:
        """Start the process; it ends by itself when this one is gone (`parent.py`)."""
        self.started = time.monotonic()
        command = [sys.executable, "-m", "smilecity.city.part", *self.arguments]
        self.process = subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL)

    def look(self) -> None:
        """Start again what has ended."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            lived = now - self.started
            self.pause = 0.0 if lived > CALM_SECONDS else min(LONGEST_PAUSE, self.pause * 2 or 0.1)
            log.warning("part ended", part=self.name, code=self.process.returncode, again_in=self.pause)
            self.process = None
            self.next_start = now + self.pause
        if self.process is None and now >= self.next_start:
            self.start()

    def end(self, number: int) -> None:
        """Send the signal, if the process is there."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)


def serve(settings: Settings, *, demo: bool = False) -> None:
    """Run the node until SIGTERM or SIGINT. Refuses when another node holds the data folder."""
    folder = data_folder(settings)
    with NodeLock(folder):
        port_must_be_free(settings)
        if settings.database:
            _run(settings, None, demo=demo)
            return
        with attach(folder / "postgres", binaries=settings.postgres) as lease:
            _run(settings, lease, demo=demo)


def _run(settings: Settings, lease: Lease | None, *, demo: bool) -> None:
    environment = {**os.environ, "SMILE_PARENT": str(os.getpid())}
    if demo and not settings.mqtt and port_is_free("127.0.0.1", settings.mqtt_port):
        environment["SMILE_MQTT"] = "embedded"
    _prepare(environment, demo=demo)
    parts = [
        Part("door", ["door"], environment),
        Part("works", ["works", *(["--demo"] if demo else [])], environment),
    ]
    stopping = _Stopping()
    while not stopping.asked:
        if lease is not None:
            lease.ensure()
        for part in parts:
            part.look()
        time.sleep(LOOK_SECONDS)
    _end(parts)


def _prepare(environment: dict[str, str], *, demo: bool) -> None:
    """Tables, and in the demo its city, in a process of its own, so that this one stays slim."""
    command = [sys.executable, "-m", "smilecity.city.cli", "prepare", *(["--demo"] if demo else [])]
    if subprocess.run(command, env=environment, check=False).returncode != 0:
        raise Refusal(
            "node.not-prepared", "The node's tables could not be prepared.", cure="See the lines above."
        )


def _end(parts: list[Part]) -> None:
    for part in parts:
        part.end(signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    for part in parts:
        if part.process is None:
            continue
        try:
            part.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("part killed", part=part.name)
            part.process.kill()
            part.process.wait()


class _Stopping:
    """Whether SIGTERM or SIGINT came."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
