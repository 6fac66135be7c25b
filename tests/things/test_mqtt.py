# SPDX-License-Identifier: EUPL-1.2
"""Observations made by publishing at Mosquitto: each once, in order, whatever dies meanwhile."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest

from smilecity.core.who import ANYONE
from smilecity.things.api.mqtt import creating
from smilecity.things.api.mqtt.creating import Creating, Message
from smilecity.things.api.mqtt.outside import WHO
from smilecity.things.intake.mqtt import BrokerAddress, Client, Incoming
from smilecity.things.intake.mqtt import client as client_module
from tests.things.mqtt_stage import Mosquitto, device, free_port, mosquitto, needs_mosquitto, node, until
from tests.things.observing_stage import BASE, assert_latest_is_true, serving
from tests.things.stage import NOON, ask, stream, streams

COUNT = "SELECT count(*) FROM things_observation WHERE datastream_id = ANY(%s)"
RESULTS = "SELECT result FROM things_observation WHERE datastream_id = %s ORDER BY phenomenon_time, id"
LAST = "SELECT max(result) FROM things_observation WHERE datastream_id = %s"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path) as running:
        yield running


def stored(url: str, *datastreams: int) -> int:
    return int(ask(url, COUNT, list(datastreams))[0][0])


def said(n: int, **more: Any) -> dict[str, Any]:
    return {"result": float(n), "phenomenonTime": (NOON + timedelta(seconds=n)).isoformat(), **more}


@needs_mosquitto
def test_what_is_published_is_stored(database_url: str, broker: Mosquitto) -> None:
    ds, other = streams(2)

    async def story() -> None:
        async with node(database_url, broker.address):
            with device(broker.port) as sensor:
                await sensor.publish(f"v1.1/Datastreams({ds})/Observations", said(1), {"result": 2})
                await sensor.publish("v1.1/Observations", said(3, Datastream={"@iot.id": other}))
                await until(lambda: stored(database_url, ds, other) == 3)

    asyncio.run(story())
    assert ask(database_url, RESULTS, other) == [(3.0,)]
    for one in (ds, other):
        assert_latest_is_true(database_url, one)


@needs_mosquitto
def test_what_is_sent_while_the_node_is_away_waits_for_it(database_url: str, broker: Mosquitto) -> None:
    ds = stream().id
    topic = f"v1.1/Datastreams({ds})/Observations"

    async def story() -> None:
        async with node(database_url, broker.address):
            pass
        with device(broker.port) as sensor:
            await sensor.publish(topic, *(said(n) for n in range(50)))
        broker.stop()
        broker.start()
        async with node(database_url, broker.address):
            await until(lambda: stored(database_url, ds) == 50)

    asyncio.run(story())
    assert ask(database_url, RESULTS, ds) == [(float(n),) for n in range(50)]


@needs_mosquitto
def test_what_can_never_be_stored_holds_nothing_up(database_url: str, broker: Mosquitto) -> None:
    ds = stream().id
    bad = [b"", b"{", b"[]", b"\xff", {"result": "NaN"}, {}, {"result": 1, "phenomenonTime": "yesterday"}]

    async def story() -> None:
        async with node(database_url, broker.address):
            with device(broker.port) as sensor:
                await sensor.publish(f"v1.1/Datastreams({ds})/Observations", *bad, said(1))
                await sensor.publish("v1.1/Datastreams(999999999)/Observations", said(1))
                await sensor.publish("v1.1/Observations", said(1))
                await sensor.publish(f"v1.1/Datastreams({ds})/Observations", said(2))
                await until(lambda: stored(database_url, ds) == 2)

    asyncio.run(story())
    assert ask(database_url, RESULTS, ds) == [(1.0,), (2.0,)]


@needs_mosquitto
def test_nothing_is_acknowledged_before_it_is_stored(database_url: str, broker: Mosquitto) -> None:
    """The table is locked, so nothing can be stored; the node ends; the next one gets all of it again."""
    ds = stream().id
    topic = f"v1.1/Datastreams({ds})/Observations"

    async def story() -> None:
        with device(broker.port) as sensor:
            async with node(database_url, broker.address):
                with psycopg.connect(database_url) as held:
                    held.execute("LOCK TABLE things_observation IN ACCESS EXCLUSIVE MODE")
                    await sensor.publish(topic, said(1), {"result": 2}, said(3))
                    await asyncio.sleep(0.3)
            async with node(database_url, broker.address):
                await until(lambda: stored(database_url, ds) >= 3)
                await asyncio.sleep(0.3)

    asyncio.run(story())
    assert stored(database_url, ds) == 3


@needs_mosquitto
def test_a_node_that_dies_between_commit_and_acknowledgement_stores_once(
    database_url: str, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a time and without one; and without names, to show what they are for."""
    nameless, named = streams(2)
    take = Creating.take

    async def never_done(self: Creating, message: Message) -> bool:
        await take(self, message)
        await asyncio.Event().wait()
        return True

    async def story(ds: int) -> int:
        topic = f"v1.1/Datastreams({ds})/Observations"
        with device(broker.port) as sensor:
            monkeypatch.setattr(Creating, "take", never_done)
            async with node(database_url, broker.address):
                await sensor.publish(topic, said(1), {"result": 1}, {"result": 1})
                await until(lambda: stored(database_url, ds) == 3)
            monkeypatch.setattr(Creating, "take", take)
            async with node(database_url, broker.address):
                await sensor.publish(topic, said(1000))  # behind those that come again
                await until(lambda: ask(database_url, LAST, ds) == [(1000.0,)])
        return stored(database_url, ds)

    assert asyncio.run(story(named)) == 4
    monkeypatch.setattr(creating._Names, "own", lambda *_: None)
    assert asyncio.run(story(nameless)) == 4 + 3


@needs_mosquitto
def test_a_broker_that_is_killed_is_come_back_to(database_url: str, broker: Mosquitto) -> None:
    ds = stream().id
    topic = f"v1.1/Datastreams({ds})/Observations"

    async def story() -> None:
        async with node(database_url, broker.address) as (_service, mqtt):
            with device(broker.port) as sensor:
                await sensor.publish(topic, said(1))
                await until(lambda: stored(database_url, ds) == 1)
                broker.kill()
                await until(lambda: mqtt.health()["status"] == "away")
                assert mqtt.health()["since"]
                broker.start()
                await until(lambda: mqtt.health()["status"] == "ok", 30)
                await sensor.publish(topic, said(2))
                await until(lambda: stored(database_url, ds) == 2)

    asyncio.run(story())


@needs_mosquitto
def test_the_order_of_a_datastream_is_kept(database_url: str, broker: Mosquitto) -> None:
    first, second = streams(2)

    async def story() -> None:
        async with node(database_url, broker.address):
            with device(broker.port) as sensor:
                for n in range(0, 600, 2):
                    sensor._client.publish(
                        f"v1.1/Datastreams({first})/Observations", b'{"result":%d}' % n, qos=1
                    )
                    body = b'{"result":%d,"Datastream":{"@iot.id":%d}}' % (n + 1, second)
                    sensor._client.publish("v1.1/Observations", body, qos=1)
                await until(lambda: stored(database_url, first, second) == 600)

    asyncio.run(story())
    assert ask(database_url, RESULTS, first) == [(float(n),) for n in range(0, 600, 2)]
    assert ask(database_url, RESULTS, second) == [(float(n),) for n in range(1, 600, 2)]


def test_a_message_is_known_again_by_its_packet_only_when_it_is_sent_again(database_url: str) -> None:
    ds = stream().id
    topic = f"v1.1/Datastreams({ds})/Observations"

    async def story() -> list[int]:
        counts = []
        async with serving(database_url) as service:
            made = Creating(service.app, BASE)
            for packet, again in ((7, False), (8, False), (7, True), (8, True), (7, False)):
                await made.take(Message(topic, b'{"result":1}', WHO, packet, again))
                counts.append(stored(database_url, ds))
        return counts

    assert asyncio.run(story()) == [1, 2, 2, 2, 3]


def test_who_may_not_observe_is_refused(database_url: str) -> None:
    ds = stream().id

    async def story() -> bool:
        async with serving(database_url) as service:
            return await Creating(service.app, BASE).take(
                Message(f"v1.1/Datastreams({ds})/Observations", b'{"result":1}', ANYONE)
            )

    assert asyncio.run(story()) is False
    assert stored(database_url, ds) == 0


def test_what_we_told_ourselves_is_no_new_observation(database_url: str) -> None:
    ds = stream().id
    echo = f'{{"@iot.selfLink":"{BASE}/Observations(5)","@iot.id":5,"result":1}}'.encode()

    async def story() -> bool:
        async with serving(database_url) as service:
            return await Creating(service.app, BASE).take(
                Message(f"v1.1/Datastreams({ds})/Observations", echo, WHO)
            )

    assert asyncio.run(story()) is True
    assert stored(database_url, ds) == 0


@pytest.mark.trial
def test_a_broker_of_the_older_protocol_is_spoken_to_in_it(database_url: str) -> None:
    ds = stream().id
    port = free_port()

    async def story() -> None:
        async with node(database_url, "embedded", port=port) as (service, _):
            taken: list[Incoming] = []

            async def take(message: Incoming) -> None:
                taken.append(message)

            client = Client(BrokerAddress("127.0.0.1", port), "older", ["v1.1/+/Observations"], take)
            running = asyncio.create_task(client.run())
            try:
                await until(lambda: client.away_since is None)
                assert not client._modern
                # The broker answers a subscription in its own time.
                for n in range(100):
                    await service.post(f"/Datastreams({ds})/Observations", said(n))
                    await asyncio.sleep(0.05)
                    if taken:
                        break
                assert taken and taken[0].topic == f"v1.1/Datastreams({ds})/Observations"
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    asyncio.run(story())


@pytest.mark.trial
@needs_mosquitto
def test_a_network_thread_that_hangs_is_given_up_for_another(
    database_url: str, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    ds = stream().id
    topic = f"v1.1/Datastreams({ds})/Observations"
    monkeypatch.setattr(client_module, "SILENT_SECONDS", 2.5)
    message, hang = Client._message, Event()

    def hangs(self: Client, *rest: Any) -> None:
        hang.wait()

    async def story() -> None:
        async with node(database_url, broker.address) as (_service, mqtt):
            with device(broker.port) as sensor:
                with monkeypatch.context() as patched:
                    patched.setattr(Client, "_message", hangs)
                    mqtt._way._client._paho.on_message = mqtt._way._client._message  # type: ignore[attr-defined]
                    await sensor.publish(topic, said(1))
                    await asyncio.sleep(0.5)
                assert Client._message is message
                await until(lambda: stored(database_url, ds) == 1)
                assert mqtt.health()["status"] == "ok"

    try:
        asyncio.run(story())
    finally:
        hang.set()


def test_addresses_of_brokers() -> None:
    read = BrokerAddress.read("mqtts://a%40b:p%2Fw@host/in/")
    assert (read.host, read.port, read.tls, read.user, read.password, read.prefix) == (
        "host",
        8883,
        True,
        "a@b",
        "p/w",
        "in/",
    )
    assert "p/w" not in repr(read)
    for wrong in ("", "http://host", "mqtt://", "mqtt://host:99999", "mqtt://host/a+b", "mqtt://host?x=1"):
        with pytest.raises(ValueError, match="mqtt://"):
            BrokerAddress.read(wrong)
