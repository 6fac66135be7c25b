# SPDX-License-Identifier: EUPL-1.2
"""The lock of the one node that serves a data folder."""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from smilecity.core import clock
from smilecity.core.database import files
from smilecity.core.problems import Refusal


class NodeLock:
    """Holds `folder` for one serving node, from its making until `release()`, the end of a `with`, or the
    process.

    A second one is refused with `node.already-running`. The kernel's lock decides; what the file says about
    the holder only goes into the sentence. A forked child shares the lock.
    """

    def __init__(self, folder: Path) -> None:
        files.make_folder(folder.absolute())
        self._lock = files.LockFile(folder / "node.lock")
        if not self._lock.try_to_take():
            said = os.pread(self._lock.descriptor, 4096, 0)
            self._lock.close()
            raise Refusal(
                "node.already-running",
                f"A node already serves {folder}: {_holder(said)}.",
                cure="Stop that one first, or give this one a data folder of its own (SMILE_DATA).",
                status=409,
            )
        self._write(
            {"pid": os.getpid(), "command": _command(), "since": clock.now().isoformat(timespec="seconds")}
        )

    def release(self) -> None:
        """Let another node serve; doing it twice does no harm."""
        if self._lock.descriptor >= 0:
            self._write({})
            self._lock.close()

    def _write(self, holder: dict[str, object]) -> None:
        text = json.dumps(holder).encode()
        os.ftruncate(self._lock.descriptor, 0)
        os.pwrite(self._lock.descriptor, text, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _command() -> str:
    """The program and its first word ("smile serve"): options may hold what does not belong in a file."""
    words = [word for word in sys.argv[1:2] if not word.startswith("-")]
    return " ".join([Path(sys.argv[0]).name or "python", *words])


def _holder(said: bytes) -> str:
    """Who holds the lock, as the file says it; the file may be of a holder before, or empty for a moment."""
    try:
        words = json.loads(said)
        pid, command, since = int(words["pid"]), str(words["command"]), datetime.fromisoformat(words["since"])
        os.kill(pid, 0)
    except PermissionError:
        pass  # alive, of another user
    except (ValueError, KeyError, TypeError, OSError):
        return "another process, which has not said its name"
    return f"process {pid} ({command[:100]}), since {since:%Y-%m-%d %H:%M:%S} UTC"
