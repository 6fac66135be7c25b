# SPDX-License-Identifier: EUPL-1.2
"""The line: uplinks that arrive while a commit is under way share the next one.

None waits when the line is idle, each is answered only after the commit that holds it, and one that the
database refuses fails alone. Uniqueness is by constraint, so several processes may each have a line.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar
from uuid import UUID

import psycopg
import structlog
from prometheus_client import Histogram

from smilecity.core.problems import Refusal
from smilecity.things.intake.rows import Row
from smilecity.things.intake.store import Store, is_of_values, is_passing
from smilecity.things.models import Uplink

MOST_ROWS = 400  # a commit
MOST_RESULTS = 4000  # a commit
MOST_WAITING = 20_000

BATCH = Histogram(
    "smile_intake_batch_uplinks", "Uplinks a commit", buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 400)
)

One = TypeVar("One")

log = structlog.get_logger("intake.line")


class Flusher(ABC, Generic[One]):
    """What every line does: flush what has arrived until cancelled, and leave nobody waiting."""

    def __init__(self) -> None:
        self._arrived = asyncio.Event()
        self._ended = False

    async def run(self) -> None:
        """Flush until cancelled. Whoever still waits then is told to come again."""
        batch: list[One] = []
        try:
            while True:
                await self._arrived.wait()
                self._arrived.clear()
                while batch := self._next():
                    await self._flush(batch)
        finally:
            self._ended = True
            self._abandon(batch)
            await self._close()

    @abstractmethod
    def _next(self) -> list[One]:
        """The next batch, taken from those that wait; empty if none does."""

    @abstractmethod
    async def _flush(self, batch: list[One]) -> None:
        """Store it and answer each; raises nothing but its own cancelling."""

    @abstractmethod
    def _abandon(self, batch: list[One]) -> None:
        """Tell these, and all that wait, to come again."""

    @abstractmethod
    async def _close(self) -> None:
        """Let go of the connection."""


class Line(Flusher[Row]):
    """Uplinks, on one connection. `put` from any task of the loop; `run` is the flusher."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._store = Store(url)
        self._waiting: dict[UUID, Row] = {}

    async def put(self, row: Row) -> bool:
        """Returns after the commit that holds the row: True if it is new, False if it was there already.

        A sender that goes away does not take its row with it. Raises `Refusal` 503 if nothing can be stored
        for now, and 422 for a message the database refuses even raw.
        """
        if self._ended or len(self._waiting) >= MOST_WAITING:
            raise busy()
        known = self._waiting.get(row.message.key)
        if known is not None and known.done is not None:
            await asyncio.shield(known.done)
            return False
        row.done = asyncio.get_running_loop().create_future()
        self._waiting[row.message.key] = row
        self._arrived.set()
        return await asyncio.shield(row.done)

    def _next(self) -> list[Row]:
        rows: list[Row] = []
        results = 0
        for row in self._waiting.values():
            results += len(row.results)
            if rows and (len(rows) == MOST_ROWS or results > MOST_RESULTS):
                break
            rows.append(row)
        for row in rows:
            del self._waiting[row.message.key]
        if rows:
            BATCH.observe(len(rows))
        return rows

    def _abandon(self, batch: list[Row]) -> None:
        _fail([*batch, *self._waiting.values()], busy)
        self._waiting.clear()

    async def _close(self) -> None:
        await self._store.close()

    async def _flush(self, batch: list[Row]) -> None:
        try:
            new = await self._store.store(batch)
        except Exception as error:  # noqa: BLE001 - whatever it is, no sender may be left waiting
            await self._failed(batch, error)
        else:
            for row in batch:
                if row.done is not None and not row.done.done():
                    row.done.set_result(row.message.key in new)

    async def _failed(self, rows: list[Row], error: Exception) -> None:
        if is_of_values(error):
            await self._apart(rows, error)
        elif isinstance(error, psycopg.Error):
            log.error("nothing stored", rows=len(rows), state=error.sqlstate, passing=is_passing(error))
            _fail(rows, busy)
        else:
            log.error("flush failed", rows=len(rows), exc_info=error)
            _fail(rows, lambda: error)

    async def _apart(self, rows: list[Row], error: Exception) -> None:
        """Find the row at fault by halves; keep its message without its results, or refuse it."""
        row, *others = rows
        if others:
            half = len(rows) // 2
            await self._flush(rows[:half])
            await self._flush(rows[half:])
            return
        state = error.sqlstate if isinstance(error, psycopg.Error) else type(error).__name__
        log.error("row refused", state=state, eui=row.message.eui, results=len(row.results))
        if row.results:
            row.results, row.state = [], Uplink.UNDECODABLE
            row.reason = f"store.refused: The database refuses the results ({state})."
            await self._flush(rows)
        else:
            _fail(rows, refused)


def busy() -> Refusal:
    """The refusal when nothing can be stored for now; network servers send again by themselves."""
    return Refusal(
        "intake.busy", "Measurements cannot be stored at the moment.", cure="Send it again later.", status=503
    )


def refused() -> Refusal:
    """The refusal of a message that the database takes in no form."""
    return Refusal(
        "uplink.refused",
        "The database refuses this message.",
        cure="Send it to the operator of the node.",
        status=422,
    )


def _fail(rows: Iterable[Row], error: Callable[[], Exception]) -> None:
    for row in rows:
        if row.done is not None and not row.done.done():
            row.done.set_exception(error())
