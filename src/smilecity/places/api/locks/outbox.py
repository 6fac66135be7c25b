# SPDX-License-Identifier: EUPL-1.2
"""Hands waiting commands to the transports: a task of the door, and whatever a controller's own word asks for.

A command is marked after its line took it, so a process that dies in between sends it again, with the same id.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

import psycopg
import structlog
from django.db import OperationalError, close_old_connections

from smilecity.core.who import NODE
from smilecity.places import facts
from smilecity.places.actions import locks as acts
from smilecity.places.api.locks.transports import Addressee, Away, Transport
from smilecity.places.reads import locks as looks

LOOK_ANYWAY_SECONDS = 5.0
THREADS = 2

Made = TypeVar("Made")
log = structlog.get_logger("locks")


class Outbox:
    """`transports` by the name that a controller has for its own."""

    def __init__(self, transports: Mapping[str, Transport]) -> None:
        self._transports = transports
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="locks")
        self._wake = asyncio.Event()

    def heard(self, verbs: set[str]) -> None:
        """Look at once after these log entries."""
        if facts.LOCK_ASKED in verbs:
            self._wake.set()

    async def run(self) -> None:
        """Hand over until cancelled; survives a database that goes away and comes back."""
        while True:
            self._wake.clear()
            try:
                for number, key, transport, connector in await self.ask(looks.boxes_with_work, NODE):
                    await self.hand(Addressee(number, key, connector), transport)
            except psycopg.OperationalError as error:
                log.warning("database away", error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOK_ANYWAY_SECONDS)

    async def hand(self, box: Addressee, transport: str) -> None:
        """Hand this controller what waits for it, if it is reached."""
        way = self._transports.get(transport)
        due = await self.ask(looks.commands_due, NODE, box.id) if way else []
        if way is None or not due:
            return
        try:
            await way.send(box, [message for _, message in due])
        except (Away, ConnectionError):
            return
        await self.ask(acts.mark_sent, NODE, [command.id for command, _ in due])

    async def ask(self, work: Callable[..., Made], *given: Any) -> Made:
        """Do what asks the database on a thread of our own. Raises `psycopg.OperationalError` if that is away."""

        def done() -> Made:
            close_old_connections()
            try:
                return work(*given)
            except OperationalError as error:
                raise psycopg.OperationalError("database away") from error  # as the door knows it
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self._threads, done)

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)
