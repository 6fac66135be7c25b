# SPDX-License-Identifier: EUPL-1.2
"""A bell that can be told to ring, the networks it may be at, and the task that hands commands over."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from psycopg_pool import AsyncConnectionPool

from smilecity.core import clock
from smilecity.core.who import NODE
from smilecity.things import actions
from smilecity.things.actions.commands import command
from smilecity.things.actions.devices import set_network
from smilecity.things.codecs import Codec as Script
from smilecity.things.intake import commanding
from smilecity.things.intake.commanding import Commanding
from smilecity.things.models import Codec, Command, Connector, Device
from tests.things.stage import EUI, ask, stream

APPLICATION = "52f14cd4-c6f1-4fbd-8f87-4025e1d49242"
NAMES = {"chirpstack": APPLICATION, "tts": "smile-city@ttn/bell-1"}
RING = {"ring": 3}
ENCODER = """
function decodeUplink(input) { return { data: { rings: input.bytes[0] } }; }
function encodeDownlink(input) {
  if (typeof input.data.ring !== "number") return { errors: ["ring is a number of seconds"] };
  return { bytes: [1, input.data.ring], fPort: 7 };
}
"""


def bell(kind: str = "chirpstack", *, eui: str = EUI, script: str = ENCODER) -> Device:
    """A device that feeds `rings` and is told by a connector of this kind; empty: by none."""
    ds = stream("rings")
    codec, _made = Codec.objects.get_or_create(
        vendor="smile", name="bell", defaults={"script": script, "digest": Script.of(script).id}
    )
    made = actions.register_device(NODE, eui, "Bell", ds.thing, codec, [actions.FeedSpec("rings", ds.id)])
    if kind:
        network, _made = Connector.objects.get_or_create(kind=kind, name=f"Network {kind}")
        made = set_network(NODE, eui, network.id, NAMES[kind])
    return made


def tell(device: Device, seconds: int = 3, **options: Any) -> Command:
    """A command as the node gives it; `lasts` says for how long."""
    lasts = options.pop("lasts", timedelta(hours=1))
    given = {"key": uuid4(), "expires_at": clock.now() + lasts, **options}
    return command(NODE, device, {"ring": seconds}, **given)


def states(url: str) -> list[str]:
    """The states of all commands, in the order in which they were given."""
    return [state for (state,) in ask(url, "SELECT state FROM things_command ORDER BY id")]


def reasons(url: str) -> list[str]:
    return [reason for (reason,) in ask(url, "SELECT reason FROM things_command ORDER BY id")]


class Network:
    """Takes what is published, unless `fails` says what happens then."""

    def __init__(self) -> None:
        self.taken: list[tuple[int, str, dict[str, Any]]] = []
        self.fails: Callable[[], BaseException | None] = lambda: None
        self.hangs = asyncio.Event()
        self.hangs.set()

    async def publish(self, connector: int, topic: str, payload: bytes) -> None:
        """As `Connectors.publish`."""
        await self.hangs.wait()
        if (failure := self.fails()) is not None:
            raise failure
        self.taken.append((connector, topic, orjson.loads(payload)))

    def ids(self) -> list[UUID]:
        """The ids that ChirpStack was given, in order."""
        return [UUID(body["id"]) for _connector, _topic, body in self.taken]


@asynccontextmanager
async def handing(
    url: str,
    publish: commanding.Publish,
    *,
    processes: int = 1,
    reached: commanding.Reached | None = None,
) -> AsyncIterator[list[Commanding]]:
    """So many tasks as in so many doors, until the block ends; then they are killed."""
    async with AsyncConnectionPool(url, min_size=1, max_size=4, kwargs={"autocommit": True}) as pool:
        made = [Commanding(url, pool, publish, reached) for _ in range(processes)]
        tasks = [asyncio.create_task(one.run()) for one in made]
        try:
            yield made
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
