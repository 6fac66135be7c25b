# SPDX-License-Identifier: EUPL-1.2
"""A bell behind ChirpStack and a real Mosquitto: late, doubled and lost events, and a door killed on the way."""

import asyncio
import base64
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from smilecity.things.intake import commanding
from smilecity.things.intake.commanding import Commanding
from smilecity.things.intake.events import read_chirpstack_event
from smilecity.things.intake.mqtt.address import BrokerAddress
from smilecity.things.intake.mqtt.client import Client, Incoming
from tests.things.commanding_stage import APPLICATION, bell, handing, states, tell
from tests.things.mqtt_stage import Device, device, mosquitto, needs_mosquitto, until
from tests.things.stage import EUI

pytestmark = needs_mosquitto
DEVICE = f"application/{APPLICATION}/device/{EUI.lower()}"


class Chirpstack:
    """ChirpStack's side: one queue item of an id, radioed and acknowledged when it sees fit, told as it likes."""

    def __init__(self, client: Device, seed: int) -> None:
        self._client = client
        self._random = random.Random(seed)
        self.queue: dict[str, dict[str, Any]] = {}
        self.pushed = 0
        self.loses_acks = False
        self.listens = asyncio.Event()
        self.listens.set()

    async def run(self) -> None:
        """Work until cancelled."""
        await self._client.listen(f"application/{APPLICATION}/device/+/command/down")
        while True:
            await asyncio.sleep(0.02)
            await self.listens.wait()
            while self.pushed < len(self._client.heard):
                item = self._client.heard[self.pushed][1]
                self.pushed += 1
                if item["id"] not in self.queue:
                    self.queue[item["id"]] = item
                    await self._radio(item)

    async def _radio(self, item: dict[str, Any]) -> None:
        about = {"deviceInfo": {"devEui": item["devEui"]}, "queueItemId": item["id"]}
        events = [("txack", {**about, "downlinkId": 1})]
        if item["confirmed"] and not self.loses_acks:
            events.append(("ack", {**about, "acknowledged": True}))
        told = [one for one in events for _ in range(self._random.randint(1, 3))]
        self._random.shuffle(told)
        for name, body in told:
            await asyncio.sleep(self._random.random() * 0.03)
            await self._client.publish(f"{DEVICE}/event/{name}", body)


@asynccontextmanager
async def network(folder: Path, seed: int = 1) -> AsyncIterator[tuple[Chirpstack, Client, list[Commanding]]]:
    """Mosquitto with ChirpStack on one side and our client on the other; events go to the last of the list."""
    doors: list[Commanding] = []

    async def take(message: Incoming) -> None:
        event = read_chirpstack_event(message.topic.rpartition("/")[2], message.payload)
        if event is not None and doors:
            await doors[-1].heard(event)

    with mosquitto(folder) as broker, device(broker.port) as outside:
        topics = [f"application/{APPLICATION}/device/+/event/+"]
        client = Client(BrokerAddress.read(broker.address), "smile-commands", topics, take)
        there = Chirpstack(outside, seed)
        tasks = [asyncio.create_task(work) for work in (client.run(), there.run())]
        try:
            await until(lambda: client.away_since is None)
            yield there, client, doors
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def test_commands_arrive_once_whatever_is_told_twice_late_or_upside_down(
    database_url: str, tmp_path: Path
) -> None:
    there = bell()
    given = [tell(there, n + 1, confirmed=n % 2 == 0) for n in range(6)]
    expected = ["confirmed" if n % 2 == 0 else "sent" for n in range(6)]

    async def story() -> Chirpstack:
        async with network(tmp_path) as (chirpstack, client, doors):

            async def publish(_connector: int, topic: str, payload: bytes) -> None:
                await client.publish([(topic, payload)])

            async with handing(database_url, publish) as (running,):
                doors.append(running)
                await until(lambda: states(database_url) == expected)
            return chirpstack

    chirpstack = asyncio.run(story())
    assert list(chirpstack.queue) == [str(one.key) for one in given]
    assert [base64.b64decode(one["data"])[1] for one in chirpstack.queue.values()] == [1, 2, 3, 4, 5, 6]


def test_a_door_killed_at_every_step_leaves_one_item_in_the_queue(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commanding, "LOOK_ANYWAY_SECONDS", 0.05)
    made = tell(bell(), confirmed=True)

    async def story() -> Chirpstack:
        async with network(tmp_path, seed=2) as (chirpstack, client, doors):
            chirpstack.listens.clear()
            for dies in ("before", "after", "never"):
                reached = asyncio.Event()

                async def publish(
                    _connector: int, topic: str, payload: bytes, dies: str = dies, at: asyncio.Event = reached
                ) -> None:
                    if dies != "before":
                        await client.publish([(topic, payload)])
                    at.set()
                    if dies != "never":
                        await asyncio.Event().wait()

                async with handing(database_url, publish) as (running,):
                    doors.append(running)
                    if dies == "never":
                        await reached.wait()
                        chirpstack.listens.set()
                        await until(lambda: states(database_url) == ["confirmed"])
                    else:
                        await reached.wait()
            await until(lambda: chirpstack.pushed == 2)
            return chirpstack

    chirpstack = asyncio.run(story())
    assert list(chirpstack.queue) == [str(made.key)]


def test_an_acknowledgement_that_is_lost_leaves_it_sent(database_url: str, tmp_path: Path) -> None:
    tell(bell(), confirmed=True)

    async def story() -> None:
        async with network(tmp_path, seed=3) as (chirpstack, client, doors):
            chirpstack.loses_acks = True

            async def publish(_connector: int, topic: str, payload: bytes) -> None:
                await client.publish([(topic, payload)])

            async with handing(database_url, publish) as (running,):
                doors.append(running)
                await until(lambda: states(database_url) == ["sent"])

    asyncio.run(story())
