# SPDX-License-Identifier: EUPL-1.2
"""How long one waits for what others send: by one timer for all who wait.

`asyncio.timeout` gives each its own, which cost a tenth of what a small request costs in all.
"""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any

LOOK_SECONDS = 0.5

AnyTask = asyncio.Task[Any]


class Waiting:
    """Who waits until when. For one event loop at a time."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self.until: dict[AnyTask, float] = {}

    def add(self, task: AnyTask | None, seconds: float) -> AnyTask:
        """Cancel the task in so many seconds, or up to `LOOK_SECONDS` later, unless it is taken out before."""
        if task is None or task in self.until:
            raise RuntimeError("patience is for a task, once at a time")
        loop = task.get_loop()
        if self._loop is not loop:
            self._loop = loop
            self.until.clear()
            loop.call_later(LOOK_SECONDS, self._look, loop)
        self.until[task] = loop.time() + seconds
        return task

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._loop is not loop:
            return
        now = loop.time()
        for task in [task for task, until in self.until.items() if until <= now]:
            del self.until[task]
            task.cancel()
        loop.call_later(LOOK_SECONDS, self._look, loop)


WAITING = Waiting()


class Patience:
    """`with Patience(seconds, late): await ...`: raises what `late` makes when that takes longer.

    In one task there is one at a time.
    """

    __slots__ = ("_late", "_seconds", "_task")

    def __init__(self, seconds: float, late: Callable[[], Exception]) -> None:
        self._seconds = seconds
        self._late = late

    def __enter__(self) -> None:
        """Begin to wait."""
        self._task = WAITING.add(asyncio.current_task(), self._seconds)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Whoever else cancelled the task is obeyed."""
        if WAITING.until.pop(self._task, None) is not None:
            return
        if self._task.uncancel() == 0 and kind is asyncio.CancelledError:
            raise self._late() from error
