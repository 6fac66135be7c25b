# SPDX-License-Identifier: EUPL-1.2
"""The one statement that stores a batch of uplinks, and the connection it goes through."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

import psycopg

from smilecity.things.actions.storing import announcing, keeping, quoted, times
from smilecity.things.intake.rows import Row

PAUSES = (0.1, 0.4, 1.6)  # seconds before each further try
LAST_TRY_SECONDS = 6.0  # network servers wait 5 to 10 s for the answer
STATEMENT_MILLISECONDS = 4000

Kept = TypeVar("Kept")

# One statement, one commit, one round trip. A replay finds its key taken, so `fresh` leaves it and its
# results out. Locks are taken in one order (keys, then datastreams, each sorted): two lines never deadlock.
# A late value is stored and does not become the latest. One log entry a batch.
STORE = " ".join(
    f"""
WITH fresh AS (
    INSERT INTO things_uplink (key, eui, device_id, received_at, f_port, payload, state, reason)
    SELECT * FROM unnest(%s::uuid[], %s::text[], %s::bigint[], %s::timestamptz[], %s::smallint[], %s::bytea[],
        %s::smallint[], %s::text[])
    ON CONFLICT (key) DO NOTHING
    RETURNING key
), results AS (
    SELECT nextval('things_observation_id') AS id, r.ds AS datastream_id, r.t AS phenomenon_time, r.result,
        r.value::jsonb AS value
    FROM unnest(%s::uuid[], %s::bigint[], %s::timestamptz[], %s::float8[], %s::text[])
        AS r (key, ds, t, result, value)
    JOIN fresh USING (key)
    ORDER BY r.ds, r.t
), stored AS (
    INSERT INTO things_observation (id, datastream_id, phenomenon_time, result, value)
    SELECT id, datastream_id, phenomenon_time, result, value FROM results
), {keeping("results", ("result", "value"))}, {announcing("results")}
SELECT key FROM fresh
""".split()  # noqa: S608 - of our own parts
)

# Classes of SQLSTATE (PostgreSQL, appendix A). Time cures the first: lost connection, standby, serialization,
# resources, locks, shutdown, system. The second are about what was sent: data, integrity, program limits.
PASSING = frozenset({"08", "25", "40", "53", "55", "57", "58"})
OF_VALUES = frozenset({"22", "23", "54"})


def is_passing(error: Exception) -> bool:
    """Whether it is the database that is not well for now, and not what was sent."""
    if not isinstance(error, psycopg.Error):
        return False
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError)
    return error.sqlstate[:2] in PASSING


def is_of_values(error: Exception) -> bool:
    """Whether the values are at fault, so that other rows of the batch may be stored without them."""
    if isinstance(error, psycopg.Error):
        return (error.sqlstate or "")[:2] in OF_VALUES or isinstance(error, psycopg.DataError)
    return isinstance(error, UnicodeError | ValueError | TypeError | OverflowError)


class Keeper:
    """One connection, opened at first use and again after it was lost. Used by one task."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.AsyncConnection | None = None
        self._months: set[tuple[int, int]] = set()

    async def close(self) -> None:
        """Close the connection; the next batch opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _tried(self, work: Callable[[psycopg.AsyncConnection], Awaitable[Kept]]) -> Kept:
        """Do it, again after a failure that time cures; so `work` must be such that it may be done twice."""
        start = time.monotonic()
        for pause in (*PAUSES, None):
            try:
                return await work(await self._connected())
            except psycopg.Error as error:
                self._months.clear()  # a partition may have gone; looking again costs little
                if not is_passing(error):
                    raise
                await self.close()
                if pause is None or time.monotonic() - start + pause > LAST_TRY_SECONDS:
                    raise
                await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    async def _connected(self) -> psycopg.AsyncConnection:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                self._url, autocommit=True, connect_timeout=4, tcp_user_timeout=STATEMENT_MILLISECONDS
            )
            await self._connection.execute(f"SET statement_timeout = {STATEMENT_MILLISECONDS}")
        return self._connection

    async def _keep_partitions(
        self, connection: psycopg.AsyncConnection, moments: Iterable[datetime]
    ) -> None:
        met = {(moment.year, moment.month) for moment in (one.astimezone(UTC) for one in moments)}
        for year, month in sorted(met - self._months):
            moment = datetime(year, month, 1, tzinfo=UTC)
            await connection.execute("SELECT things_keep_partition(%s)", [moment])
            self._months.add((year, month))


class Store(Keeper):
    """Stores uplinks."""

    async def store(self, rows: Sequence[Row]) -> set[UUID]:
        """Store and commit; the keys that are new.

        Trying again after a lost connection is safe: if the commit had been done, its keys are found taken,
        and the rows are answered as known before. Raises `psycopg.Error` if it cannot be stored.
        """
        parameters = _parameters(rows)

        async def once(connection: psycopg.AsyncConnection) -> set[UUID]:
            await self._keep_partitions(connection, (row.message.received_at for row in rows if row.results))
            cursor = await connection.execute(STORE, parameters, prepare=True)
            return {key for (key,) in await cursor.fetchall()}

        return await self._tried(once)


def _parameters(rows: Sequence[Row]) -> list[str | None]:
    """The columns for `unnest`, by key: uplinks first, then results.

    As PostgreSQL's array literals, written here: psycopg's general way took a sixth of the door's time.
    """
    ordered = sorted(rows, key=lambda row: row.message.key)
    messages = [row.message for row in ordered]
    results = [(row.message, result) for row in ordered for result in row.results]
    return [
        _plain([m.key.hex for m in messages]),
        _plain([m.eui for m in messages]),
        _plain(["NULL" if row.device is None else str(row.device) for row in ordered]),
        times([m.received_at for m in messages]),
        _plain([str(m.f_port) for m in messages]),
        _plain([f'"\\\\x{m.payload.hex()}"' for m in messages]),
        _plain([str(row.state) for row in ordered]),
        _plain([quoted(row.reason) for row in ordered]),
        _plain([m.key.hex for m, _ in results]),
        _plain([str(result.datastream) for _, result in results]),
        times([m.received_at for m, _ in results]),
        _plain(["NULL" if result.number is None else repr(result.number) for _, result in results]),
        _plain([quoted(result.other) for _, result in results]),
    ]


def _plain(elements: list[str]) -> str:
    return "{" + ",".join(elements) + "}"
