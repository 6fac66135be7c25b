# SPDX-License-Identifier: EUPL-1.2
"""The server's main process as its data folder tells of it: running, starting, gone, or a number someone else
has now.

`postmaster.pid` is PostgreSQL's own lock. Its first line is a process number, its seventh the key of the
shared memory by which a new server notices backends that outlived an old one. So a stale file is never
removed here: only its number is made impossible, and PostgreSQL itself decides about the rest.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

# Above the largest process number a Linux kernel can give (2**22), and what a C int still holds.
IMPOSSIBLE_PID = 2**31 - 1
POLL_SECONDS = 0.005
PATIENCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What `postmaster.pid` says. `socket` is "" and `state` "starting" until the server writes them."""

    pid: int
    socket: str
    port: int
    state: str

    @property
    def ready(self) -> bool:
        """Whether it lets sessions in."""
        return self.state in ("ready", "standby")


def read(data: Path) -> Postmaster | None:
    """What `postmaster.pid` in `data` says, true or stale; None without a readable one."""
    try:
        text = (data / "postmaster.pid").read_text(errors="replace")
    except FileNotFoundError:
        return None
    lines = [line.strip() for line in text.split("\n")] + [""] * 8
    pid = _number(lines[0])
    return Postmaster(pid, lines[4], _number(lines[3]), lines[7] or "starting") if pid else None


def running(data: Path) -> Postmaster | None:
    """The server of `data` if its main process is alive; it may still be starting or stopping."""
    found = read(data)
    return found if found and is_postmaster(found.pid, data) else None


def wait_until_settled(data: Path) -> Postmaster | None:
    """Wait while the server of `data` starts, recovers or stops: it is ready, or None once it is not running.

    Not bounded: recovery after a power cut takes what it takes, and ends. A server that was told to stop when
    its sessions end is told to end them after a while.
    """
    patient_until = time.monotonic() + PATIENCE_SECONDS
    while (found := running(data)) and not found.ready:
        if found.state == "stopping" and time.monotonic() > patient_until:
            stop_fast(found)
        time.sleep(POLL_SECONDS)
    return found


def stop_fast(server: Postmaster) -> None:
    """Tell the server to roll back what is open, end all sessions and stop. Does not wait."""
    with suppress(ProcessLookupError):  # it was faster
        os.kill(server.pid, signal.SIGINT)


def is_postmaster(pid: int, data: Path) -> bool:
    """Whether process `pid` lives and is the main process of the server of `data`."""
    command = _command(pid)
    # A backend has the program and the folder of its postmaster, but a title instead of a command line.
    if not command or command[0].startswith("postgres: "):
        return False
    try:
        return _works_in(pid, data)
    except PermissionError:
        # Root in a container may not look into other users' processes; all may read their command lines.
        named = [value for option, value in pairwise(command) if option == "-D"]
        return Path(command[0]).name == "postgres" and str(data) in named


def survivors(data: Path) -> list[int]:
    """Processes of the server of `data`, as far as this process may look."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(PermissionError):
            if _works_in(int(entry.name), data):
                found.append(int(entry.name))
    return found


def end_survivors(data: Path) -> list[int]:
    """Ask backends that outlived their postmaster to end; returns their numbers.

    Nothing acknowledged is lost: one in the middle of a statement breaks it off, as at any shutdown.
    """
    found = survivors(data)
    for pid in found:
        with suppress(OSError):
            os.kill(pid, signal.SIGTERM)
    return found


def disown(lock: Path, data: Path) -> None:
    """Make the process number in a stale lock file of PostgreSQL impossible, if another living process has it
    now.

    In place, through one descriptor: if a server starting meanwhile has replaced the file, only the removed
    one is written. A number nobody has is left to PostgreSQL, which handles that itself.
    """
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if os.fstat(descriptor).st_uid != data.stat().st_uid:
            return  # not PostgreSQL's file: root writes to nothing that was put in its place
        first, _, rest = os.read(descriptor, 8192).partition(b"\n")
        pid = _number(first.decode("ascii", "replace"))
        # A power cut can leave a file just made empty or full of zeros; PostgreSQL would refuse it for ever.
        if not pid or (_alive(pid) and not is_postmaster(pid, data)):
            os.pwrite(descriptor, str(IMPOSSIBLE_PID).encode() + b"\n" + rest, 0)
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def answers(socket_path: Path) -> bool:
    """Whether any server listens on that socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.settimeout(1)
        try:
            caller.connect(str(socket_path))
        except TimeoutError:
            return True
        except OSError:
            return False
    return True


def _command(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return []
    return text.rstrip(b"\0").decode(errors="surrogateescape").split("\0") if text else []


def _works_in(pid: int, data: Path) -> bool:
    """Whether `pid` runs a program `postgres` with `data` as its working folder. Raises PermissionError."""
    try:
        program = Path(f"/proc/{pid}/exe").readlink().name.removesuffix(" (deleted)")
        return program == "postgres" and Path(f"/proc/{pid}/cwd").samefile(data)
    except PermissionError:
        raise
    except OSError:
        return False


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True


def _number(text: str) -> int:
    """A process number, 0 for none. (PostgreSQL's single-user mode writes its own negative.)"""
    try:
        return abs(int(text))
    except ValueError:
        return 0
