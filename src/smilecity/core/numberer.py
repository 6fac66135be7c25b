# SPDX-License-Identifier: EUPL-1.2
"""The one who gives log entries their positions.

A reader cannot use the entry's id as its cursor: ids are drawn before commit, so a slow transaction appears behind
a cursor that has moved on. A cursor below the snapshot's xmin misses nothing but stands still behind any long
transaction of the cluster. So one session, holding an advisory lock, polls for committed entries without a position
and numbers them. It alone sends NOTIFY: a NOTIFY in each writer would serialise their commits.
Every process of a node runs one; whoever holds the lock works, the others wait for it to fall free.
"""

import asyncio

import psycopg
import structlog

LOCK = 0x534D494C45  # "SMILE"
POLL_SECONDS = 0.04
STANDBY_SECONDS = 0.5
BATCH = 2000

NUMBER = f"""
WITH waiting AS (
    SELECT id, row_number() OVER (ORDER BY id) AS n
    FROM (SELECT id FROM core_logentry WHERE position IS NULL ORDER BY id LIMIT {BATCH}) AS w
), head AS (
    UPDATE core_loghead SET last = last + (SELECT count(*) FROM waiting)
    WHERE id = 1 AND EXISTS (SELECT FROM waiting)
    RETURNING last
), placed AS (
    UPDATE core_logentry AS e SET position = head.last - (SELECT count(*) FROM waiting) + waiting.n
    FROM waiting, head WHERE e.id = waiting.id
    RETURNING e.position
)
SELECT count(*), pg_notify('smile_log', max(position)::text) FROM placed HAVING count(*) > 0
"""  # noqa: S608 - a number of our own

log = structlog.get_logger("log.numberer")


async def number_entries(url: str) -> None:
    """Number entries until cancelled; survives a database that goes away and comes back."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                await _hold_and_number(connection)
        except psycopg.OperationalError as error:
            log.warning("database away", error=type(error).__name__)
            await asyncio.sleep(STANDBY_SECONDS)


async def _hold_and_number(connection: psycopg.AsyncConnection) -> None:
    while not await _lock(connection):
        await asyncio.sleep(STANDBY_SECONDS)
    while True:
        row = await (await connection.execute(NUMBER, prepare=True)).fetchone()
        if row is None or row[0] < BATCH:
            await asyncio.sleep(POLL_SECONDS)


async def _lock(connection: psycopg.AsyncConnection) -> bool:
    row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])).fetchone()
    return bool(row and row[0])


def number_once(url: str) -> int:
    """Number what is waiting now and return how many; for commands while no node runs (0 if one does)."""
    total = 0
    with psycopg.connect(url, autocommit=True) as connection:
        held = connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
        while held and held[0] and (row := connection.execute(NUMBER).fetchone()):
            total += row[0]
    return total
