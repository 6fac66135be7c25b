# SPDX-License-Identifier: EUPL-1.2
"""OGC 18-088: req/create-observations-via-mqtt and req/receive-updates-via-mqtt, at the embedded broker."""

import json
import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import paho.mqtt.client as paho
import pytest

from tests.conformance.service import Json, Service, Town, at, when, whole_datastream

PATIENCE = 10.0

Messages = queue.Queue[tuple[str, Any]]


@contextmanager
def subscribed(service: Service, *topics: str) -> Iterator[tuple[paho.Client, Messages]]:
    """A client that hears these topics; what it heard, as (topic, JSON)."""
    heard: Messages = queue.Queue()
    granted: queue.Queue[bool] = queue.Queue()
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.username_pw_set("conformance", service.key)
    client.on_connect = lambda *_said: client.subscribe([(topic, 1) for topic in topics] or [("none", 1)])
    client.on_subscribe = lambda *_said: granted.put(True)
    client.on_message = lambda _client, _data, said: heard.put((said.topic, json.loads(said.payload)))
    client.connect("127.0.0.1", service.broker)
    client.loop_start()
    try:
        granted.get(timeout=PATIENCE)
        yield client, heard
    finally:
        client.disconnect()
        client.loop_stop()


def told(heard: Messages, topic: str) -> Any:
    """The next message on the topic."""
    while True:
        where, said = heard.get(timeout=PATIENCE)
        if where == topic:
            return said


@pytest.fixture
def stream(service: Service) -> int:
    """A datastream without values."""
    return service.create("/Datastreams", whole_datastream())


def test_observations_creation(service: Service, stream: int) -> None:
    """req/create-observations-via-mqtt/observations-creation: on the datastream's topic and on that of all."""
    topics = {
        f"v1.1/Datastreams({stream})/Observations": {"result": 20, "phenomenonTime": at(0)},
        "v1.1/Observations": {"result": 21, "phenomenonTime": at(1), "Datastream": {"@iot.id": stream}},
    }
    with subscribed(service, f"v1.1/Datastreams({stream})/Observations") as (client, heard):
        for topic, body in topics.items():
            client.publish(topic, json.dumps(body), qos=1).wait_for_publish(PATIENCE)
            told(heard, f"v1.1/Datastreams({stream})/Observations")
    found = service.values(f"/Datastreams({stream})/Observations?$orderby=phenomenonTime")
    assert {one["result"] for one in found} >= {20, 21}
    assert when(found[-1]["phenomenonTime"]) == when(at(1))


def test_what_cannot_be_stored_does_no_harm(service: Service, stream: int) -> None:
    """req/create-observations-via-mqtt/observations-creation: a broken message is passed over."""
    topic = f"v1.1/Datastreams({stream})/Observations"
    with subscribed(service, topic) as (client, heard):
        for body in (
            b"{",
            b'{"result": "warm"}',
            json.dumps({"result": 5, "phenomenonTime": at(0)}).encode(),
        ):
            client.publish(topic, body, qos=1).wait_for_publish(PATIENCE)
        while told(heard, topic).get("result") != 5:
            pass
    assert [one["result"] for one in service.values(f"/Datastreams({stream})/Observations")] == [5]


# What is listened to, what is done, and what is told; {stream} is the datastream.
Do = Callable[[Service, int], Any]


def _observe(service: Service, stream: int) -> Any:
    return service.create(f"/Datastreams({stream})/Observations", {"result": 7, "phenomenonTime": at(3)})


def _rename(service: Service, stream: int) -> Any:
    assert service.ask("PATCH", f"/Datastreams({stream})", {"name": "Renamed"}).status in {200, 204}


def _has(said: Json) -> bool:
    return said["result"] == 7 and when(said["phenomenonTime"]) == when(at(3))


UPDATES: list[tuple[str, Do, Callable[[Json], bool]]] = [
    ("v1.1/Datastreams({stream})/Observations", _observe, _has),
    ("v1.1/Observations", _observe, _has),
    (
        "v1.1/Observations?$select=result",
        _observe,
        lambda said: said["result"] == 7 and "phenomenonTime" not in said,
    ),
    ("v1.1/Datastreams({stream})/Observations?$filter=result gt 5", _observe, _has),
    (
        "v1.1/Datastreams({stream})/Observations?$expand=Datastream",
        _observe,
        lambda said: bool(said["Datastream"]["name"]),
    ),
    ("v1.1/Datastreams({stream})", _rename, lambda said: said["name"] == "Renamed"),
    ("v1.1/Datastreams({stream})/name", _rename, lambda said: said == {"name": "Renamed"}),
]


@pytest.mark.parametrize(("topic", "do", "is_told"), UPDATES, ids=[topic for topic, *_more in UPDATES])
def test_receive_updates(
    service: Service, stream: int, topic: str, do: Do, is_told: Callable[[Json], bool]
) -> None:
    """req/receive-updates-via-mqtt/receive-updates: collections, entities, properties, with query options."""
    topic = topic.format(stream=stream)
    with subscribed(service, topic) as (_client, heard):
        do(service, stream)
        while not is_told(told(heard, topic)):  # what was done before we listened may be told as well
            pass


def test_a_filter_keeps_silent(service: Service, stream: int) -> None:
    """req/receive-updates-via-mqtt/receive-updates: only what the filter keeps is told."""
    topic = f"v1.1/Datastreams({stream})/Observations?$filter=result gt 7"
    with subscribed(service, topic) as (_client, heard):
        for minute, result in enumerate([1, 9]):
            service.create(
                f"/Datastreams({stream})/Observations", {"result": result, "phenomenonTime": at(minute)}
            )
        assert told(heard, topic)["result"] == 9
        assert heard.empty()


def test_the_root_says_where_the_broker_is(service: Service, town: Town) -> None:
    """req/receive-updates-via-mqtt/receive-updates: serverSettings name the endpoints."""
    settings = service.get("")["serverSettings"]
    classes = [one for one in settings if "mqtt" in one]
    assert classes
    for one in classes:
        assert one in settings["conformance"]
        assert any(str(service.broker) in endpoint for endpoint in settings[one]["endpoints"])
