# SPDX-License-Identifier: EUPL-1.2
"""What a broker loses, and what it does not let us hear: healed where that can be, and never silent."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from smilecity.things.api.mqtt.following import Follower
from smilecity.things.api.mqtt.outside import DROPPED, Outside
from smilecity.things.intake.mqtt import BrokerAddress, Client, Incoming
from smilecity.things.intake.mqtt import client as client_module
from tests.things.mqtt_stage import device, mosquitto, needs_mosquitto, node, until
from tests.things.observing_stage import serving
from tests.things.stage import ask, stream

COUNT = "SELECT count(*) FROM things_observation WHERE datastream_id = %s"
FORGETFUL = "autosave_interval 3600"


def said(n: int) -> dict[str, Any]:
    return {"result": float(n), "phenomenonTime": f"2026-11-20T09:{n // 60:02}:{n % 60:02}Z"}


@needs_mosquitto
def test_what_a_killed_broker_had_acknowledged_and_forgot_is_told_again(
    database_url: str, tmp_path: Path
) -> None:
    ds = stream().id
    topic = f"v1.1/Datastreams({ds})/Observations"

    async def story() -> list[float]:
        with mosquitto(tmp_path, FORGETFUL) as broker:
            with device(broker.port, "ear", clean=False) as ear:
                await ear.listen(topic)
            broker.stop()  # it has saved who listens, and saves no more
            broker.start()
            async with node(database_url, broker.address) as (service, _):
                with device(broker.port) as witness:
                    await witness.listen(topic)
                    for n in range(5):
                        await service.post(f"/Datastreams({ds})/Observations", said(n))
                    await until(lambda: len(witness.heard) == 5)
                broker.kill()
                broker.start()
                with device(broker.port, "ear", clean=False) as ear:
                    await until(lambda: {body["result"] for _, body in ear.heard} == {0, 1, 2, 3, 4})
                    return [body["result"] for _, body in ear.heard]

    heard = asyncio.run(story())
    assert heard[-5:] == [0, 1, 2, 3, 4]


@needs_mosquitto
def test_also_if_it_is_killed_while_a_node_that_began_just_now_tells_for_the_first_time(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the time the node asks whether the broker may have forgotten, it was connected twice: also then it may have."""
    ds = stream().id
    tell = Outside._tell

    async def story() -> None:
        with mosquitto(tmp_path, FORGETFUL) as broker:

            async def told_and_forgotten(self: Outside, happened: Any) -> bool:
                told = await tell(self, happened)
                client = self._client
                if client is not None and client.connections == 1:
                    broker.kill()
                    broker.start()
                    await until(lambda: client.connections == 2)
                return told

            with device(broker.port, "ear", clean=False) as ear:
                await ear.listen(f"v1.1/Datastreams({ds})/Observations")
            broker.stop()  # it has saved who listens, and saves no more
            broker.start()
            async with node(database_url, broker.address):
                pass  # from here on it tells
            async with serving(database_url) as service:
                await service.post(f"/Datastreams({ds})/Observations", said(1))
            monkeypatch.setattr(Outside, "_tell", told_and_forgotten)
            async with node(database_url, broker.address):
                with device(broker.port, "ear", clean=False) as ear:
                    await until(lambda: [body["result"] for _, body in ear.heard] == [1])

    asyncio.run(story())


@needs_mosquitto
def test_what_does_not_fit_the_brokers_queue_is_dropped_by_it_and_noticed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mosquitto acknowledges such messages, and without the settings of the guide it keeps a thousand only."""
    ds = stream().id
    narrow = "max_queued_messages 10\nsys_interval 1"
    monkeypatch.setattr(client_module, "MOST_UNACKNOWLEDGED", 5)

    async def story() -> None:
        with mosquitto(tmp_path, narrow) as broker, device(broker.port) as sensor:
            async with node(database_url, broker.address) as (_, mqtt):
                assert isinstance(mqtt._way, Outside)
                way = mqtt._way
                await until(lambda: way._dropped is not None)
                with psycopg.connect(database_url) as held:
                    held.execute("LOCK TABLE things_observation IN ACCESS EXCLUSIVE MODE")
                    topic = f"v1.1/Datastreams({ds})/Observations"
                    await sensor.publish(topic, *(said(n) for n in range(100)))
                await until(lambda: way._dropped)
                await until(lambda: 0 < ask(database_url, COUNT, ds)[0][0] < 100)

    asyncio.run(story())


@pytest.mark.parametrize(("topic", "status"), [("v1.1/Observations", "away"), (DROPPED, "ok")])
@needs_mosquitto
def test_a_topic_that_the_broker_refuses_shows_in_health(
    database_url: str, tmp_path: Path, topic: str, status: str
) -> None:
    """But for the one that only helps us to see what it drops."""

    async def story() -> str:
        with mosquitto(tmp_path) as broker:
            async with node(database_url, broker.address) as (_, mqtt):
                assert isinstance(mqtt._way, Outside) and mqtt._way._client is not None
                way, client = mqtt._way, mqtt._way._client
                await until(lambda: way._dropped is not None)  # its own answer has come
                no, yes = (
                    ReasonCode(PacketTypes.SUBACK, name) for name in ("Not authorized", "Granted QoS 1")
                )
                answers = [no if one == topic else yes for one in client._topics]
                client._subscribed(SimpleNamespace(), None, 1, answers, None)  # type: ignore[arg-type]
                return str(mqtt.health()["status"])

    assert asyncio.run(story()) == status


def test_a_number_of_a_lost_connection_is_not_acknowledged_on_the_next() -> None:
    acknowledged: list[int] = []

    async def story(lost: bool) -> None:
        free = asyncio.Event()

        async def take(_: Incoming) -> None:
            await free.wait()

        client = Client(BrokerAddress("nowhere", 1), "x", [], take)
        client._loop = asyncio.get_running_loop()
        client._paho = SimpleNamespace(  # type: ignore[assignment]
            ack=lambda packet, _quality: acknowledged.append(packet), max_inflight_messages_set=lambda _: None
        )
        good = ReasonCode(PacketTypes.CONNACK, "Success")
        client._connected(client._paho, None, None, good, None)  # type: ignore[arg-type]
        client._tell(Incoming("t", b"", 7, False, client.connections))
        await asyncio.sleep(0)
        if lost:
            client._disconnected(client._paho, None, None, good, None)  # type: ignore[arg-type]
        free.set()
        await asyncio.sleep(0.01)

    asyncio.run(story(lost=True))
    assert acknowledged == []
    asyncio.run(story(lost=False))
    assert acknowledged == [7]


@pytest.mark.parametrize("said", [True, False])
def test_only_what_is_said_shows_that_the_broker_is_there(said: bool) -> None:
    """Else what it forgot in a crash would count as settled while it is away."""
    kept: list[Any] = []

    async def execute(_statement: str, parameters: list[Any], **_: Any) -> None:
        kept.append(parameters[0])

    async def tell(_: Any) -> bool:
        raise AssertionError("nothing to tell")

    follower = Follower(tell, "reader", settling=0)
    follower._position, follower._settled = 5, 2
    asyncio.run(follower._keep(SimpleNamespace(execute=execute), said=said))  # type: ignore[arg-type]
    assert kept == ([5] if said else [])
    assert follower._settled == (5 if said else 2)
