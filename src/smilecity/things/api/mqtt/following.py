# SPDX-License-Identifier: EUPL-1.2
"""Follows the log, from a position that is kept, so that whatever was stored is told, also after a crash."""

from collections.abc import Awaitable, Callable

import psycopg

from smilecity.core.log import CHANNEL
from smilecity.things.api.mqtt import changes
from smilecity.things.api.mqtt.updates import Happened, look_up

READER = "mqtt"
LOOK_ANYWAY_SECONDS = 5.0

POSITION = """
INSERT INTO core_logreader (name, position) SELECT %s, last FROM core_loghead
ON CONFLICT (name) DO UPDATE SET position = core_logreader.position RETURNING position
"""
KEEP = "UPDATE core_logreader SET position = %s WHERE name = %s"
HEAD = "SELECT last FROM core_loghead"

Tell = Callable[[Happened], Awaitable[None]]
"""Returns when what happened was told, and need not be told again."""


class Follower:
    """Tells of each change. Of one that was not told to its end one hears again, with a `reader` also after a crash.

    Without a `reader` nothing is kept: it begins with what happens from now on.
    """

    def __init__(self, tell: Tell, reader: str = "") -> None:
        self._tell = tell
        self._reader = reader
        self._position = -1

    async def follow(self, connection: psycopg.AsyncConnection) -> None:
        """Follow until cancelled. Raises `psycopg.OperationalError` when the database goes away; then call it again."""
        await connection.execute(f"LISTEN {CHANNEL}")
        if self._position < 0 or self._reader:
            self._position = await self._first(connection)
        while True:
            rows = await (await connection.execute(changes.SINCE, [self._position], prepare=True)).fetchall()
            for change in changes.read(rows):
                await self._tell(await look_up(connection, change))
            if rows:
                self._position = rows[-1][0]
                await self._keep(connection)
                continue
            async for _notice in connection.notifies(timeout=LOOK_ANYWAY_SECONDS, stop_after=1):
                pass

    async def _first(self, connection: psycopg.AsyncConnection) -> int:
        asked = (POSITION, [self._reader]) if self._reader else (HEAD, [])
        row = await (await connection.execute(*asked)).fetchone()
        return int(row[0]) if row else 0

    async def _keep(self, connection: psycopg.AsyncConnection) -> None:
        if self._reader:
            await connection.execute(KEEP, [self._position, self._reader], prepare=True)
