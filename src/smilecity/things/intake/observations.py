# SPDX-License-Identifier: EUPL-1.2
"""The line of observations that come by the API: those that arrive during a commit share the next one."""

import asyncio
from collections import deque
from collections.abc import Sequence

import psycopg
import structlog
from prometheus_client import Histogram

from smilecity.core.problems import Refusal
from smilecity.things.actions.storing import (
    DRAW_IDS,
    HELD,
    LOCK_GIVEN,
    STORE,
    STORE_AGAIN,
    parameters,
)
from smilecity.things.intake.line import Flusher, busy
from smilecity.things.intake.store import Keeper, is_of_values, is_passing
from smilecity.things.rules.observations import FIRST_GIVEN_ID, Observation, feature_gone, gone, told_apart

MOST_OF_ONE = 10_000  # observations of one call
MOST_ROWS = 10_000  # a commit
MOST_WAITING = 50_000
IDS_AT_ONCE = 1000

BATCH = Histogram(
    "smile_observations_batch", "Observations a commit", buckets=(1, 4, 16, 64, 256, 1000, 4000, 10_000)
)

log = structlog.get_logger("intake.observations")


class Post:
    """Observations of one call, and the promise to its sender that each is stored or says why not."""

    __slots__ = ("done", "rows")

    def __init__(self, rows: list[Observation]) -> None:
        self.rows = rows
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class ObservationLine(Flusher[Post]):
    """Observations, on one connection. `put` from any task of the loop; `run` is the flusher."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._store = ObservationStore(url)
        self._waiting: deque[Post] = deque()
        self._count = 0

    def put(self, rows: list[Observation]) -> asyncio.Future[None]:
        """Done after the commits that hold the rows: each has its `id`, or a `refusal` if it could not be kept.

        A sender that goes away does not take its rows with it. Raises `Refusal` 503 if nothing can be stored for now.
        """
        if self._ended or self._count + len(rows) > MOST_WAITING:
            raise busy()
        post = Post(rows)
        self._waiting.append(post)
        self._count += len(rows)
        self._arrived.set()
        return post.done

    def _next(self) -> list[Post]:
        posts: list[Post] = []
        count = 0
        while self._waiting and (not posts or count + len(self._waiting[0].rows) <= MOST_ROWS):
            posts.append(self._waiting.popleft())
            count += len(posts[-1].rows)
        self._count -= count
        if posts:
            BATCH.observe(count)
        return posts

    async def _flush(self, batch: list[Post]) -> None:
        await self._keep([row for post in batch for row in post.rows])
        for post in batch:
            if not post.done.done():
                post.done.set_result(None)

    async def _keep(self, rows: Sequence[Observation]) -> None:
        """Store them; whoever cannot be kept is found by halves and says why."""
        try:
            await self._store.store(rows)
        except Exception as error:  # noqa: BLE001 - whatever it is, no sender may be left waiting
            if is_of_values(error) and len(rows) > 1:
                half = len(rows) // 2
                await self._keep(rows[:half])
                await self._keep(rows[half:])
                return
            _tell(rows, error)

    def _abandon(self, batch: list[Post]) -> None:
        for post in (*batch, *self._waiting):
            if not post.done.done():
                post.done.set_exception(busy())
        self._waiting.clear()
        self._count = 0

    async def _close(self) -> None:
        await self._store.close()


class ObservationStore(Keeper):
    """Stores observations in one statement; those whose id a client gave, after a look whether it is taken."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._ids: deque[int] = deque()

    async def store(self, rows: Sequence[Observation]) -> None:
        """Store and commit. A row whose id is another observation's has a `refusal`; one that was there is well.

        Trying again after a lost connection is safe, because rows have their ids before the first try. Raises
        `psycopg.Error` if nothing could be stored.
        """
        given = [row.id for row in rows if row.id >= FIRST_GIVEN_ID]
        tries = 0

        async def once(connection: psycopg.AsyncConnection) -> None:
            nonlocal tries
            tries += 1
            statement = STORE if tries == 1 else STORE_AGAIN
            await self._number(connection, rows)
            await self._keep_partitions(connection, (row.start for row in rows))
            if not given:
                await connection.execute(statement, parameters(rows), prepare=True)
                return
            async with connection.transaction():
                await connection.execute(LOCK_GIVEN, [given], prepare=True)
                held: dict[int, int] = dict(
                    await (await connection.execute(HELD, [given], prepare=True)).fetchall()
                )
                if fresh := told_apart(rows, held):
                    await connection.execute(statement, parameters(fresh), prepare=True)

        await self._tried(once)

    async def _number(self, connection: psycopg.AsyncConnection, rows: Sequence[Observation]) -> None:
        waiting = [row for row in rows if not row.id]
        if len(self._ids) < len(waiting):
            cursor = await connection.execute(DRAW_IDS, [max(IDS_AT_ONCE, len(waiting))], prepare=True)
            self._ids = deque(number for (number,) in await cursor.fetchall())
        for row in waiting:
            row.id = self._ids.popleft()


def _tell(rows: Sequence[Observation], error: Exception) -> None:
    state = error.sqlstate if isinstance(error, psycopg.Error) else None
    if isinstance(error, psycopg.errors.ForeignKeyViolation):
        refusal = feature_gone() if error.diag.table_name == "things_featured" else gone()
    elif is_of_values(error):
        log.error("observation refused", state=state, error=type(error).__name__)
        refusal = refused()
    elif isinstance(error, psycopg.Error):
        log.error("nothing stored", rows=len(rows), state=state, passing=is_passing(error))
        refusal = busy()
    else:
        log.error("flush failed", rows=len(rows), exc_info=error)
        refusal = busy()
    for row in rows:
        row.refusal = refusal


def refused() -> Refusal:
    """The refusal of what the database takes in no form."""
    return Refusal(
        "observation.refused",
        "The database refuses this observation.",
        cure="Send it to the operator of the node.",
        status=422,
    )
