# SPDX-License-Identifier: EUPL-1.2
"""All connectors of a node that hear a broker: one process runs them, others stand by."""

import asyncio
from typing import Any

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool

from smilecity.things import facts
from smilecity.things.intake.connecting.known import Directory, Known, listening
from smilecity.things.intake.connecting.listening import Elsewhere, Heard, Listening, Ways
from smilecity.things.intake.connecting.mapped import Mapped
from smilecity.things.intake.connecting.states import States
from smilecity.things.intake.mqtt.naming import node_name
from smilecity.things.intake.observations import ObservationLine
from smilecity.things.intake.streams import Streams
from smilecity.things.intake.taking import Taking

LOCK = 0x434F4E4E  # "CONN"
STANDBY_SECONDS = 1.0
LOOK_ANYWAY_SECONDS = 5.0
PUBLISH_SECONDS = 10.0

log = structlog.get_logger("connectors")


class Connectors:
    """Runs them until cancelled. `heard_event` is told what network servers say of commands, and
    `elsewhere` is asked first whether a message of JSON is another room's.

    Every process takes JSON that is posted, by `directory`, `mapped` and `states`.
    """

    def __init__(
        self,
        url: str,
        pool: AsyncConnectionPool,
        taking: Taking,
        line: ObservationLine,
        streams: Streams,
        heard_event: Heard | None = None,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self._url = url
        self.directory = Directory(pool)
        self.states = States(pool)
        self.mapped = Mapped(pool, line, streams)
        self._ways = Ways(taking, self.mapped, self.states, heard_event, elsewhere)
        self._changed = asyncio.Event()
        self._running: dict[int, tuple[Listening, asyncio.Task[None]]] = {}
        self._standby = True

    def heard(self, verbs: set[str]) -> None:
        """Look again after these log entries."""
        self.directory.heard(verbs)
        if verbs & facts.CONNECTORS_CHANGED:
            self._changed.set()

    async def run(self) -> None:
        """Run until cancelled; a database that goes away and comes back interrupts it."""
        writing = asyncio.create_task(self.states.run())
        try:
            while True:
                try:
                    async with await psycopg.AsyncConnection.connect(
                        self._url, autocommit=True, connect_timeout=4
                    ) as connection:
                        await self._run_alone(connection)
                except psycopg.OperationalError as error:
                    log.warning("database away", error=type(error).__name__)
                    await asyncio.sleep(STANDBY_SECONDS)
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def publish(self, connector: int, topic: str, payload: bytes) -> None:
        """Returns when the connector's broker has it. Raises `ConnectionError` if it is not reached from this process."""
        running = self._running.get(connector)
        if running is None:
            raise ConnectionError("this process does not run the connector")
        try:
            async with asyncio.timeout(PUBLISH_SECONDS):
                await running[0].publish(topic, payload)
        except TimeoutError as error:
            raise ConnectionError("the broker does not answer") from error

    def reached(self) -> list[int]:
        """Those that this process runs: by others it cannot publish."""
        return list(self._running)

    def health(self) -> dict[str, Any]:
        """How they are: ok, away if one is, or standing by for another process."""
        if self._standby:
            return {"status": "standby"}
        each = [one.health() for one, _ in self._running.values()]
        away = any(one["status"] == "away" for one in each)
        return {"status": "away" if away else "ok", "each": each}

    async def _run_alone(self, connection: psycopg.AsyncConnection) -> None:
        while not await _locked(connection):
            self._standby = True
            await asyncio.sleep(STANDBY_SECONDS)
        try:
            self._standby = False
            name = await node_name(connection)
            while True:
                self._changed.clear()
                await self._apply(await listening(connection), name)
                try:
                    async with asyncio.timeout(LOOK_ANYWAY_SECONDS):
                        await self._changed.wait()
                except TimeoutError:
                    pass
        finally:
            self._standby = True
            await self._stop(list(self._running))

    async def _apply(self, wanted: dict[int, Known], name: str) -> None:
        """Run what is wanted as it is wanted, and nothing else."""
        ended = [
            number
            for number, (one, task) in self._running.items()
            if task.done() or wanted.get(number) != one.known
        ]
        await self._stop(ended)
        for number, known in wanted.items():
            if number not in self._running:
                one = Listening(known, name, self._ways)
                self._running[number] = (one, asyncio.create_task(one.run(), name=f"connector {number}"))

    async def _stop(self, numbers: list[int]) -> None:
        tasks = [self._running.pop(number)[1] for number in numbers]
        for task in tasks:
            task.cancel()
        for end in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(end, Exception):
                log.error("connector ended", exc_info=end)


async def _locked(connection: psycopg.AsyncConnection) -> bool:
    row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])).fetchone()
    return bool(row and row[0])
