# SPDX-License-Identifier: EUPL-1.2
"""Connectors at a real broker: what comes is stored once, whatever is killed, and nothing stops silently."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from paho.mqtt import publish

from smilecity.core import clock
from smilecity.things.intake.line import busy
from smilecity.things.intake.observations import ObservationLine
from smilecity.things.models import Connector
from tests.things.connecting_stage import (
    ISO,
    Hall,
    certified,
    connector,
    hall,
    mapping,
    observed,
    reached,
    state,
)
from tests.things.mqtt_stage import Mosquitto, device, mosquitto, needs_mosquitto, until
from tests.things.stage import EUI, NOON, ask, sample, stream

assert reached  # a fixture
NOW = datetime(2026, 11, 20, 14, 6, 30, tzinfo=UTC)

pytestmark = [pytest.mark.django_db(transaction=True), needs_mosquitto, pytest.mark.usefixtures("reached")]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    tmp_path.chmod(0o755)
    with mosquitto(tmp_path) as made:
        yield made


async def connected(made: Hall, count: int = 1) -> None:
    def well() -> bool:
        said = made.connectors.health()
        return len(said.get("each", ())) == count and said["status"] == "ok"

    await until(well)
    await asyncio.sleep(0.1)  # the subscription's own acknowledgement


def json_at(broker: Mosquitto, said: dict[str, Any], topic: str = "sensors/#") -> Connector:
    return connector(address=broker.address, topic=topic, mapping=said)


def test_json_from_a_broker_is_stored_and_what_is_none_is_counted(
    database_url: str, broker: Mosquitto
) -> None:
    ds = stream()
    one = json_at(broker, mapping(ds.id, **ISO))

    async def work() -> None:
        async with hall(database_url) as made:
            await connected(made)
            with device(broker.port) as sender:
                message = {"v": 4, "t": NOON.isoformat()}
                await sender.publish("sensors/a", message, message, b"\xff{", {"x": 1}, {**message, "v": 5})
                await until(lambda: len(observed(database_url, ds.id)) == 2)

    asyncio.run(work())
    assert [result for _, result in observed(database_url, ds.id)] == [4.0, 5.0]
    assert state(database_url, one.id) == (3, 2, "mapping.found-nothing")


def test_what_was_not_acknowledged_comes_again_and_is_stored_once(
    database_url: str, broker: Mosquitto
) -> None:
    """The broker is killed after the commit, before it hears of it; the messages say neither time nor identity."""
    ds = stream()
    json_at(broker, mapping(ds.id))

    async def work() -> None:
        async with hall(database_url) as made:
            await connected(made)
            put = ObservationLine.put

            async def put_and_kill(line: ObservationLine, rows: list[Any]) -> None:
                await put(line, rows)
                await asyncio.to_thread(broker.kill)

            with device(broker.port) as sender:
                await sender.publish("sensors/a", {"v": 1})
                await until(lambda: len(observed(database_url, ds.id)) == 1)
                await asyncio.sleep(1.2)  # the broker keeps on disk what it has, once a second
                with patch.object(ObservationLine, "put", put_and_kill):
                    await sender.publish("sensors/a", {"v": 2})
                    await until(lambda: made.connectors.health()["status"] == "away")
                broker.start()
                await connected(made)
                await sender.publish("sensors/a", {"v": 3})
                await until(lambda: any(result == 3.0 for _, result in observed(database_url, ds.id)))

    asyncio.run(work())
    assert sorted(result for _, result in observed(database_url, ds.id)) == [1.0, 2.0, 3.0]


def test_another_process_takes_over_and_knows_what_was_stored(database_url: str, broker: Mosquitto) -> None:
    """The process is lost between the commit and the acknowledgement."""
    ds = stream()
    one = json_at(broker, mapping(ds.id))
    stored = asyncio.Event()

    async def work() -> None:
        put = ObservationLine.put

        async def put_and_hang(line: ObservationLine, rows: list[Any]) -> None:
            await put(line, rows)
            stored.set()
            await asyncio.Event().wait()

        async with hall(database_url) as made:
            await connected(made)
            with device(broker.port) as sender, patch.object(ObservationLine, "put", put_and_hang):
                await sender.publish("sensors/a", {"v": 1})
                await stored.wait()
        async with hall(database_url) as made:
            await connected(made)
            with device(broker.port) as sender:
                await sender.publish("sensors/a", {"v": 2})
                await until(lambda: any(result == 2.0 for _, result in observed(database_url, ds.id)))

    asyncio.run(work())
    assert [result for _, result in observed(database_url, ds.id)] == [1.0, 2.0]
    assert state(database_url, one.id) == (2, 0, "")


def test_while_nothing_can_be_stored_it_waits(database_url: str, broker: Mosquitto) -> None:
    ds = stream()
    json_at(broker, mapping(ds.id, **ISO))
    tries = []
    put = ObservationLine.put

    async def refuse_twice(line: ObservationLine, rows: list[Any]) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise busy()
        await put(line, rows)

    async def work() -> None:
        async with hall(database_url) as made:
            await connected(made)
            with device(broker.port) as sender, patch.object(ObservationLine, "put", refuse_twice):
                await sender.publish("sensors/a", {"v": 1, "t": NOON.isoformat()})
                await until(lambda: observed(database_url, ds.id))

    asyncio.run(work())
    assert len(tries) == 3


@pytest.mark.parametrize(
    ("kind", "topic", "name"),
    [
        ("chirpstack", f"application/1/device/{EUI.lower()}/event/up", "chirpstack_up"),
        ("tts", "v3/app@ttn/devices/dev-1/up", "tts_uplink"),
    ],
)
def test_uplinks_of_network_servers_are_taken_in(
    database_url: str, broker: Mosquitto, kind: str, topic: str, name: str
) -> None:
    one = connector(kind, broker.address, user="app@ttn" if kind == "tts" else "")

    async def work() -> None:
        async with hall(database_url) as made:
            await connected(made)
            with device(broker.port) as sender:
                await sender.publish(topic, sample(name), sample(name), b"protobuf")
                await sender.publish(topic.replace("/up", "/join"), {"any": "thing"})
                await until(lambda: ask(database_url, "SELECT 1 FROM things_uplink"))
                await asyncio.sleep(0.2)

    with clock.frozen(NOW):
        asyncio.run(work())
    assert len(ask(database_url, "SELECT 1 FROM things_uplink")) == 1
    assert state(database_url, one.id) == (2, 1, "uplink.not-json")


def test_what_is_said_of_a_command_is_told(database_url: str, broker: Mosquitto) -> None:
    connector("chirpstack", broker.address)
    reference = "6b1b7e6c-0d6c-4a57-9d3e-6b9b1f0c0001"

    async def work() -> list[Any]:
        async with hall(database_url) as made:
            await connected(made)
            with device(broker.port) as sender:
                said = {"deviceInfo": {"devEui": EUI.lower()}, "queueItemId": reference, "acknowledged": True}
                await sender.publish(f"application/1/device/{EUI.lower()}/event/ack", said)
                await until(lambda: made.events)
            return made.events

    events = asyncio.run(work())
    assert [(one.eui, str(one.reference)) for one in events] == [(EUI, reference)]


def test_what_is_published_reaches_the_broker_of_the_connector(database_url: str, broker: Mosquitto) -> None:
    one = connector("chirpstack", broker.address)

    async def work() -> list[Any]:
        async with hall(database_url) as made:
            await connected(made)
            with device(broker.port) as listener:
                await listener.listen("application/#")
                await made.connectors.publish(one.id, "application/1/device/x/command/down", b'{"fPort": 1}')
                await until(lambda: listener.heard)
                with pytest.raises(ConnectionError):
                    await made.connectors.publish(one.id + 1, "x", b"")
                broker.kill()
                await until(lambda: made.connectors.health()["status"] == "away")
                with pytest.raises(ConnectionError):
                    await made.connectors.publish(one.id, "x", b"")
            return listener.heard

    assert asyncio.run(work()) == [("application/1/device/x/command/down", {"fPort": 1})]


def test_connectors_start_change_and_end_as_the_operator_says(database_url: str, broker: Mosquitto) -> None:
    first = stream()
    second = stream("other", first.thing)
    one = json_at(broker, mapping(first.id))

    async def work() -> None:
        async with hall(database_url) as made:
            await connected(made)
            one.topic, one.mapping = "others/#", mapping(second.id)
            await asyncio.to_thread(one.save)
            made.connectors.heard({"connector-kept"})
            await until(lambda: [k.known.topic for k, _ in made.connectors._running.values()] == ["others/#"])
            await connected(made)
            with device(broker.port) as sender:
                await sender.publish("sensors/a", {"v": 1})  # the broker still has this subscription
                await sender.publish("others/a", {"v": 2})
                await until(lambda: observed(database_url, second.id))
            one.active = False
            await asyncio.to_thread(one.save)
            made.connectors.heard({"connector-kept"})
            await until(lambda: not made.connectors._running)

    asyncio.run(work())
    assert observed(database_url, first.id) == []


def test_only_one_process_hears_a_broker(database_url: str, broker: Mosquitto) -> None:
    json_at(broker, mapping(stream().id))

    async def work() -> None:
        async with hall(database_url) as first:
            await connected(first)
            async with hall(database_url) as second:
                await asyncio.sleep(0.3)
                assert second.connectors.health() == {"status": "standby"}

    asyncio.run(work())


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"address": "mqtt://127.0.0.1:1"}, "broker.away"),
        pytest.param({"address": "mqtt://10.9.9.9"}, "reach.not-allowed", marks=pytest.mark.trial),
        ({"address": "mqtt://"}, "connector.bad-address"),
        ({"secret": b"sealed elsewhere"}, "connector.sealed"),
    ],
)
def test_trouble_is_told_in_health_and_state(
    database_url: str, broker: Mosquitto, changed: dict[str, Any], code: str
) -> None:
    one = json_at(broker, mapping(stream().id))
    Connector.objects.filter(id=one.id).update(**changed)

    async def work() -> dict[str, Any]:
        async with hall(database_url) as made:
            await until(lambda: [e.get("code") for e in made.connectors.health().get("each", ())] == [code])
            await until(lambda: one.id in made.connectors.states._tallies)
            return made.connectors.health()

    said = asyncio.run(work())
    assert said["status"] == "away"
    assert state(database_url, one.id) == (0, 0, code)


@pytest.mark.parametrize(
    ("name", "trusted", "status"),
    [
        ("localhost", True, "ok"),
        ("localhost", False, "broker.not-trusted"),
        pytest.param("elsewhere", True, "broker.not-trusted", marks=pytest.mark.trial),
    ],
)
def test_an_encrypted_broker_must_prove_that_it_is_the_one(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, trusted: bool, status: str
) -> None:
    tmp_path.chmod(0o755)
    certificate = certified(tmp_path, name)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    broker = Mosquitto(tmp_path, f"certfile {certificate}\nkeyfile {tmp_path}/key.pem\n")
    broker.start()
    one = connector("chirpstack", f"mqtts://localhost:{broker.port}")

    async def work() -> None:
        async with hall(database_url) as made:
            await until(
                lambda: (
                    [e.get("code", e["status"]) for e in made.connectors.health().get("each", ())] == [status]
                )
            )
            await until(lambda: one.id in made.connectors.states._tallies)

    try:
        asyncio.run(work())
    finally:
        broker.kill()
    assert state(database_url, one.id) == (0, 0, "" if status == "ok" else status)


def test_what_the_broker_kept_is_not_taken_for_new(database_url: str, broker: Mosquitto) -> None:
    """A retained message that says its time is stored once; of one that says none nobody knows how old it is."""
    first = stream()
    second = stream("other", first.thing)
    json_at(broker, mapping(first.id), "timeless/#")
    connector(address=broker.address, name="timed", topic="timed/#", mapping=mapping(second.id, **ISO))
    message = {"v": 4, "t": NOON.isoformat()}
    publish.single("timeless/a", json.dumps(message), 1, retain=True, port=broker.port)
    publish.single("timed/a", json.dumps(message), 1, retain=True, port=broker.port)

    async def work() -> None:
        for _ in range(2):
            async with hall(database_url) as made:
                await connected(made, 2)
                await until(lambda: observed(database_url, second.id))
                await asyncio.sleep(0.2)

    asyncio.run(work())
    assert (observed(database_url, first.id), len(observed(database_url, second.id))) == ([], 1)
