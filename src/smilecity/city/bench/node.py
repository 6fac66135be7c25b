# SPDX-License-Identifier: EUPL-1.2
"""A part of a node as a process of its own, as in production: started, looked at, and always ended."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

DOOR = "smilecity.city.part"
HOST = "127.0.0.1"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Process:
    """A running process that answers on `port`."""

    popen: subprocess.Popen[bytes]
    port: int

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.popen.pid

    def cpu_seconds(self) -> float:
        """Processor time it has used so far, without its children."""
        stat = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii", errors="replace")
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def stop(self, patience: float = 20.0) -> float:
        """Ask it to end; returns the seconds it took. Raises `TimeoutExpired` if it does not."""
        start = time.perf_counter()
        self.popen.send_signal(signal.SIGTERM)
        self.popen.wait(patience)
        return time.perf_counter() - start

    def wait_until_well(self) -> None:
        """Returns when `/health` says ok; raises when the process ended instead."""
        while get(self.port, "/health")[0] != 200:
            if self.popen.poll() is not None:
                raise RuntimeError(f"the process ended with {self.popen.returncode}")
            time.sleep(0.05)


def get(port: int, address: str) -> tuple[int, bytes]:
    """Status and body; (0, b"") while nobody answers."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", address)
        answer = connection.getresponse()
        return answer.status, answer.read()
    connection.close()
    return 0, b""


def free_port() -> int:
    """A port nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(environment: Mapping[str, str], *words: str, module: str = DOOR) -> Iterator[Process]:
    """`python -m module words` on a free port, this machine only; killed if it does not end by itself."""
    port = free_port()
    theirs = {**environment, "SMILE_HOST": HOST, "SMILE_PORT": str(port), "SMILE_PARENT": str(os.getpid())}
    popen = subprocess.Popen([sys.executable, "-m", module, *words], env=theirs, stdin=subprocess.DEVNULL)
    process = Process(popen, port)
    try:
        process.wait_until_well()
        yield process
    finally:
        if popen.poll() is None:
            popen.terminate()
            with suppress(subprocess.TimeoutExpired):
                popen.wait(5)
        if popen.poll() is None:
            popen.kill()
            popen.wait()
