# SPDX-License-Identifier: EUPL-1.2
"""How commands get to controllers. Here a maker's own cloud gets in: one more `Transport`, named in `transports`."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

Publish = Callable[[int, str, bytes], Awaitable[None]]
"""Publishes at a connector (its id), QoS 1, not retained; returns when its broker has it, raises if it cannot say so."""
Messages = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Addressee:
    """A controller, as a transport knows it."""

    id: int
    key: str
    connector: int | None


class Away(Exception):
    """The controller is not reached now, or not from this process; what waits for it goes on waiting."""


class Transport(Protocol):
    """Takes signed messages to a controller. It need not know what is in them, and may take one twice."""

    async def send(self, controller: Addressee, messages: Messages) -> None:
        """Returns when the line has them; raises `Away`, or `ConnectionError`, if it has not."""


class Http:
    """A controller that asks: what is there for it is the answer to the request that waits."""

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Future[Messages]] = {}

    async def send(self, controller: Addressee, messages: Messages) -> None:
        """Answer the request that waits."""
        waiting = self._waiting.get(controller.id)
        if waiting is None or waiting.done():
            raise Away
        waiting.set_result(messages)

    def expect(self, controller: int) -> "asyncio.Future[Messages]":
        """A request of this controller waits from now on; one that waited before is answered with nothing."""
        before = self._waiting.get(controller)
        if before is not None and not before.done():
            before.set_result([])
        self._waiting[controller] = made = asyncio.get_running_loop().create_future()
        return made

    def forget(self, controller: int, waiting: "asyncio.Future[Messages]") -> None:
        """The request is answered, or gone."""
        waiting.cancel()
        if self._waiting.get(controller) is waiting:
            del self._waiting[controller]


class Mqtt:
    """A controller at a broker: `smile/locks/<key>/commands`, each message by itself, never retained."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish

    async def send(self, controller: Addressee, messages: Messages) -> None:
        """Publish them, in order."""
        if controller.connector is None:
            raise Away
        for one in messages:
            await self._publish(
                controller.connector, f"smile/locks/{controller.key}/commands", orjson.dumps(one)
            )
