# SPDX-License-Identifier: EUPL-1.2
"""How commands get to their network servers, and what becomes of them: a task of the door.

A command that waits is locked, handed over and marked in one transaction, so only one process has it in hand; a
process that dies in between lets go of it, and another hands it over again, with the same id. So a device may be told
twice, and must bear it. Commands to one device go in the order in which they were given.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import structlog
from prometheus_client import Counter
from psycopg_pool import AsyncConnectionPool

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.things import facts
from smilecity.things.intake.events import DeviceEvent
from smilecity.things.rules import commands as rules
from smilecity.things.rules.commands import Raw

LOOK_ANYWAY_SECONDS = 3.0
AWAY_SECONDS = 1.0
PUBLISH_SECONDS = 5.0
MOST_AT_ONCE = 200

Reached = Callable[[], Collection[int]]
"""The connectors (their ids) by which this process can publish; commands for others are another's."""
Publish = Callable[[int, str, bytes], Awaitable[None]]
"""Publishes at a connector (its id); returns when the network has it, raises if it cannot say so."""

# Of each device the command that has waited longest, so that none overtakes another.
NEXT = """
SELECT c.id, c.key, c.state, c.f_port, c.payload, c.confirmed_wanted, d.eui, d.active, d.known_as, n.id, n.kind
FROM things_command AS c
JOIN things_device AS d ON d.id = c.device_id
LEFT JOIN things_connector AS n ON n.id = d.network_id
WHERE c.state = 'waiting' AND c.expires_at > %(now)s
    AND (n.id IS NULL OR n.id <> ALL(%(away)s) AND (%(ours)s::bigint[] IS NULL OR n.id = ANY(%(ours)s)))
    AND NOT EXISTS (
        SELECT FROM things_command AS e WHERE e.device_id = c.device_id AND e.state = 'waiting' AND e.id < c.id)
ORDER BY c.id LIMIT 1 FOR UPDATE OF c SKIP LOCKED
"""
TRY_LATER = "UPDATE things_command SET tries = tries + 1, reason = %s WHERE id = %s"
TRIED = "UPDATE things_command SET tries = tries + 1, reason = '', handed_as = %s WHERE id = %s"
LATE = """
SELECT id FROM things_command WHERE state = ANY(%(open)s) AND expires_at <= %(now)s
ORDER BY expires_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
"""
WATCHED = """things_command AS c
WHERE c.expects_in_id IS NOT NULL AND c.state IN ('handed', 'sent', 'confirmed') AND c.expires_at > %(now)s"""
WATCHES = f"SELECT EXISTS (SELECT FROM {WATCHED})"  # noqa: S608 - ours
MET = f"""
SELECT c.id, c.state FROM {WATCHED} AND EXISTS (
    SELECT FROM things_observation AS o WHERE o.datastream_id = c.expects_in_id AND o.phenomenon_time >= c.made_at
        AND (o.value = c.expects
             OR o.result = CASE WHEN jsonb_typeof(c.expects) = 'number' THEN c.expects::text::float8 END))
ORDER BY c.id LIMIT %(most)s FOR UPDATE OF c SKIP LOCKED
"""  # noqa: S608 - ours
OF_EVENT = """
SELECT c.id, c.state FROM things_command AS c JOIN things_device AS d ON d.id = c.device_id
WHERE c.key = %s AND d.eui = %s FOR UPDATE OF c
"""
MOVE = f"""
WITH moved AS (
    UPDATE things_command SET state = %(state)s, changed_at = %(now)s,
        reason = CASE WHEN %(reason)s = '' AND %(state)s = 'expired' THEN reason ELSE %(reason)s END
    WHERE id = ANY(%(ids)s) RETURNING id, device_id
)
INSERT INTO core_logentry (actor, verb, about, data)
SELECT 'node', '{facts.COMMAND_CHANGED}',
    (SELECT array_agg(DISTINCT one ORDER BY one) FROM moved, unnest(ARRAY[id, device_id]) AS one),
    jsonb_build_object('state', %(state)s::text, 'commands', to_jsonb(%(ids)s::bigint[]))
"""  # noqa: S608 - a verb of our own
NOTE = "UPDATE things_command SET reason = %s WHERE id = %s AND state = ANY(%s)"

HANDED = Counter("smile_commands_handed", "Commands handed to a network server")
TROUBLES = Counter("smile_commands_not_handed", "Tries to hand a command over that failed")

log = structlog.get_logger("commands")


class _Next(NamedTuple):
    id: int
    key: UUID
    state: str
    f_port: int
    payload: bytes
    confirmed: bool
    eui: str
    active: bool
    known_as: str
    network: int | None
    kind: str | None


class Commanding:
    """Hands commands over, expires them, and moves them on by what is heard. Any number of processes may run one."""

    def __init__(
        self, url: str, pool: AsyncConnectionPool, publish: Publish, reached: Reached | None = None
    ) -> None:
        self._url = url
        self._pool = pool
        self._publish = publish
        self._reached = reached
        self._wake = asyncio.Event()
        self._watches = False
        # Of connectors that took nothing: how often in a row, and until when they are left alone.
        self._rests: dict[int, tuple[int, datetime]] = {}

    async def run(self) -> None:
        """Work until cancelled; survives a database that goes away and comes back."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._url, autocommit=True, connect_timeout=4, tcp_user_timeout=8000
                ) as connection:
                    await self._work(connection)
            except psycopg.OperationalError as error:
                log.warning("database away", error=type(error).__name__)
                await asyncio.sleep(AWAY_SECONDS)

    def told(self, verbs: set[str]) -> None:
        """What has come into the log: a new command is handed over now, an observation may be what one waits for."""
        if facts.COMMAND_MADE in verbs or (self._watches and facts.OBSERVED in verbs):
            self._wake.set()

    async def heard(self, event: DeviceEvent) -> bool:
        """Move on the command that a network server speaks of; False if there is none of its key and device.

        Raises `psycopg.OperationalError` if the database is away: then the event must come again.
        """
        async with self._pool.connection() as connection, connection.transaction():
            row = await _one(connection, OF_EVENT, [event.reference, event.eui])
            if row is None:
                return False
            await _move(connection, row[0], row[1], event.kind, event.reason)
            return True

    async def _work(self, connection: psycopg.AsyncConnection) -> None:
        while True:
            self._wake.clear()
            await self._expire(connection)
            while await self._hand(connection):
                pass
            await self._see_effects(connection)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOK_ANYWAY_SECONDS)

    async def _hand(self, connection: psycopg.AsyncConnection) -> bool:
        """Hand over the next command, or note why not; False if none is due."""
        now = clock.now()
        away = [network for network, (_failed, until) in self._rests.items() if until > now]
        ours = None if self._reached is None else list(self._reached())
        async with connection.transaction():
            row = await _one(connection, NEXT, {"now": now, "away": away, "ours": ours})
            if row is None:
                return False
            one = _Next(*row)
            unfit = (
                "device-retired" if not one.active else "" if one.kind in rules.WAYS_DOWN else "no-network"
            )
            if unfit:
                await _move(connection, one.id, one.state, rules.FAILED, unfit)
            elif trouble := await self._trouble(one):
                await self._try_later(connection, one, trouble)
            else:
                await connection.execute(TRIED, [str(one.key), one.id])
                await _move(connection, one.id, one.state, rules.HANDED)
                self._rests.pop(one.network or 0, None)
                HANDED.inc()
            return True

    async def _trouble(self, one: _Next) -> str:
        """Hand it over; empty if the network has it, else what was in the way."""
        assert one.network is not None
        frame = Raw(one.f_port, bytes(one.payload))
        topic, body = rules.downlink(
            one.kind or "", one.known_as, one.eui, one.key, frame, confirmed=one.confirmed
        )
        try:
            async with asyncio.timeout(PUBLISH_SECONDS):
                await self._publish(one.network, topic, body)
        except Refusal as refusal:
            return refusal.code
        except Exception as error:  # noqa: BLE001 - whatever it is, the command is tried again until it expires
            return f"network-away: {type(error).__name__}"
        return ""

    async def _try_later(self, connection: psycopg.AsyncConnection, one: _Next, trouble: str) -> None:
        """The whole network rests with it: what else waits for it would fail the same way, one after the other."""
        assert one.network is not None
        failed = self._rests.get(one.network, (0, None))[0] + 1
        self._rests[one.network] = failed, clock.now() + rules.pause(failed)
        TROUBLES.inc()
        log.warning("command not handed over", command=one.id, reason=trouble, failed=failed)
        await connection.execute(TRY_LATER, [trouble, one.id])

    async def _expire(self, connection: psycopg.AsyncConnection) -> None:
        while True:
            async with connection.transaction():
                asked = {"open": list(rules.OPEN), "now": clock.now(), "most": MOST_AT_ONCE}
                late = [one for (one,) in await (await connection.execute(LATE, asked)).fetchall()]
                if late:
                    await _moved(connection, late, rules.EXPIRED)
            if len(late) < MOST_AT_ONCE:
                return

    async def _see_effects(self, connection: psycopg.AsyncConnection) -> None:
        asked = {"now": clock.now(), "most": MOST_AT_ONCE}
        row = await _one(connection, WATCHES, asked)
        self._watches = bool(row and row[0])
        if not self._watches:
            return
        async with connection.transaction():
            for one, state in await (await connection.execute(MET, asked)).fetchall():
                await _move(connection, one, state, rules.DONE)


async def _move(
    connection: psycopg.AsyncConnection, one: int, state: str, event: str, reason: str = ""
) -> None:
    """Move a locked command on, if the event leads on."""
    reached = rules.after(state, event)
    if reached != state:
        await _moved(connection, [one], reached, reason or (event if event == rules.UNCONFIRMED else ""))
    elif event == rules.UNCONFIRMED:
        await connection.execute(NOTE, [event, one, list(rules.OPEN)])


async def _moved(connection: psycopg.AsyncConnection, ids: list[int], state: str, reason: str = "") -> None:
    await connection.execute(MOVE, {"ids": ids, "state": state, "reason": reason, "now": clock.now()})


async def _one(connection: psycopg.AsyncConnection, query: str, parameters: Any) -> tuple[Any, ...] | None:
    return await (await connection.execute(query, parameters)).fetchone()
