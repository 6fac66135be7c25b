# SPDX-License-Identifier: EUPL-1.2
"""Follows the log, from a position that is kept, so that whatever was stored is told, also after a crash."""

import time
from collections import deque
from collections.abc import Awaitable, Callable

import psycopg
from prometheus_client import Gauge

from smilecity.core.log import CHANNEL
from smilecity.things.api.mqtt import changes
from smilecity.things.api.mqtt.updates import Happened, look_up

READER = "mqtt"
LOOK_ANYWAY_SECONDS = 5.0
LOOK_SOON_SECONDS = 1.0  # while something may have to be told again

POSITION = """
INSERT INTO core_logreader (name, position) SELECT %s, last FROM core_loghead
ON CONFLICT (name) DO UPDATE SET position = core_logreader.position RETURNING position
"""
KEEP = "UPDATE core_logreader SET position = %s WHERE name = %s"
HEAD = "SELECT last FROM core_loghead"

TOLD = Gauge("smile_mqtt_told", "Position in the log up to which changes were told by MQTT")

Tell = Callable[[Happened], Awaitable[bool]]
"""Returns when what happened was told: whether anybody was told anything, which shows that they are there."""


def _never() -> bool:
    return False


class Follower:
    """Tells of each change. Of one that was not told to its end one hears again, with a `reader` also after a crash.

    Without a `reader` nothing is kept: it begins with what happens from now on. Whoever is told may need `settling`
    seconds until a crash of its own cannot take it any more: kept is how far it was told that long ago, and when
    `forgot` says that it may have crashed, the telling begins anew from there.
    """

    def __init__(
        self, tell: Tell, reader: str = "", *, settling: float = 0.0, forgot: Callable[[], bool] = _never
    ) -> None:
        self._tell = tell
        self._reader = reader
        self._settling = settling
        self._forgot = forgot
        self._position = self._settled = -1
        self._told: deque[tuple[float, int]] = deque()

    async def follow(self, connection: psycopg.AsyncConnection) -> None:
        """Follow until cancelled. Raises `psycopg.OperationalError` when the database goes away; then call it again."""
        await connection.execute(f"LISTEN {CHANNEL}")
        if self._position < 0 or self._reader:
            self._position = self._settled = await self._first(connection)
            self._told.clear()
        while True:
            rows = await (await connection.execute(changes.SINCE, [self._position], prepare=True)).fetchall()
            said = False
            for change in changes.read(rows):
                said |= await self._tell(await look_up(connection, change))
            if self._forgot():
                self._position = self._settled
                self._told.clear()
            elif rows:
                self._position = rows[-1][0]
                await self._keep(connection, said=said)
            else:
                await self._wait(connection)

    async def _first(self, connection: psycopg.AsyncConnection) -> int:
        asked = (POSITION, [self._reader]) if self._reader else (HEAD, [])
        row = await (await connection.execute(*asked)).fetchone()
        return int(row[0]) if row else 0

    async def _keep(self, connection: psycopg.AsyncConnection, *, said: bool) -> None:
        """Only what is said now shows that what was said before is not forgotten: silence settles nothing."""
        TOLD.set(self._position)
        now = time.monotonic()
        self._told.append((now, self._position))
        before = self._settled
        while said and self._told and self._told[0][0] <= now - self._settling:
            self._settled = self._told.popleft()[1]
        if self._reader and self._settled > before:
            await connection.execute(KEEP, [self._settled, self._reader], prepare=True)

    async def _wait(self, connection: psycopg.AsyncConnection) -> None:
        seconds = LOOK_SOON_SECONDS if self._told else LOOK_ANYWAY_SECONDS
        async for _notice in connection.notifies(timeout=seconds, stop_after=1):
            pass
