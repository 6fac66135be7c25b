# SPDX-License-Identifier: EUPL-1.2
"""What subscribers hear: every value, in order, also after a crash; and nothing that they may not see."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.people.actions import make_key
from smilecity.things.api.mqtt import changes, topics
from smilecity.things.api.mqtt.changes import Changed, Observed
from smilecity.things.api.mqtt.embedded import matches
from smilecity.things.api.mqtt.outside import Outside
from tests.things.mqtt_stage import Mosquitto, device, free_port, mosquitto, needs_mosquitto, node, until
from tests.things.observing_stage import BASE
from tests.things.stage import NOON, stream, thing


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path) as running:
        yield running


def said(n: int) -> dict[str, Any]:
    return {"result": float(n), "phenomenonTime": (NOON + timedelta(seconds=n)).isoformat()}


def results(heard: list[tuple[str, Any]], topic: str) -> list[float]:
    return [body["result"] for on, body in heard if on == topic and "@iot.selfLink" in body]


@needs_mosquitto
def test_every_value_is_told_in_order_as_a_get_would_give_it(database_url: str, broker: Mosquitto) -> None:
    ds, topic = (one := stream().id), f"v1.1/Datastreams({one})/Observations"

    async def story() -> list[tuple[str, Any]]:
        async with node(database_url, broker.address) as (service, _):
            with device(broker.port) as ear:
                await ear.listen(topic, "v1.1/Observations")
                for n in range(40):
                    await service.post(f"/Datastreams({ds})/Observations", said(n))
                await until(lambda: len(ear.heard) >= 80)
                return ear.heard

    heard = asyncio.run(story())
    assert results(heard, topic) == results(heard, "v1.1/Observations") == [float(n) for n in range(40)]
    first = heard[0][1]
    assert first["@iot.selfLink"] == f"{BASE}/Observations({first['@iot.id']})"
    assert first["Datastream@iot.navigationLink"]


@needs_mosquitto
def test_what_is_hidden_is_not_told(database_url: str, broker: Mosquitto) -> None:
    on = thing()
    open_, hidden = stream("open", on).id, stream("hidden", on, visibility="internal").id
    sees = make_key(NODE, "observer", ["observe", "read-internal"])[1]

    async def story() -> list[tuple[str, Any]]:
        async with node(database_url, broker.address) as (service, _):
            who = await service.app._register.who(sees)
            assert who is not None
            with device(broker.port) as ear:
                await ear.listen("#")
                assert (
                    await service.post(f"/Datastreams({hidden})/Observations", said(1), who)
                ).status == 201
                await service.post(f"/Datastreams({open_})/Observations", said(2))
                await until(lambda: any("result" in body for _, body in ear.heard))
                return ear.heard

    # Beside observations it may tell of the datastream that there is.
    assert {body["result"] for _, body in asyncio.run(story()) if "result" in body} == {2.0}


@needs_mosquitto
def test_a_node_that_dies_before_the_broker_has_it_tells_it_again(
    database_url: str, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    ds = stream().id
    topic = f"v1.1/Datastreams({ds})/Observations"

    async def never(self: Outside, said: Any) -> None:
        await asyncio.Event().wait()

    async def story() -> list[tuple[str, Any]]:
        with device(broker.port, "ear", clean=False) as ear:
            await ear.listen(topic)
            with monkeypatch.context() as patched:
                patched.setattr(Outside, "_publish", never)
                async with node(database_url, broker.address) as (service, _):
                    for n in range(5):
                        await service.post(f"/Datastreams({ds})/Observations", said(n))
                    await asyncio.sleep(0.3)
            assert ear.heard == []
            async with node(database_url, broker.address):
                await until(lambda: len(ear.heard) >= 5)
            return ear.heard

    assert results(asyncio.run(story()), topic) == [0.0, 1.0, 2.0, 3.0, 4.0]


@needs_mosquitto
def test_topics_with_options_are_told_where_the_settings_list_them(
    database_url: str, broker: Mosquitto
) -> None:
    ds = stream().id
    topic = f"v1.1/Datastreams({ds})/Observations?$select=result&$filter=result gt 5"

    async def story() -> list[tuple[str, Any]]:
        async with node(database_url, broker.address, topics=(topic,)) as (service, _):
            with device(broker.port) as ear:
                await ear.listen(topic)
                for n in (1, 7, 3, 9):
                    await service.post(f"/Datastreams({ds})/Observations", said(n))
                await until(lambda: len(ear.heard) >= 2)
                return ear.heard

    assert asyncio.run(story()) == [(topic, {"result": 7}), (topic, {"result": 9})]


def test_the_embedded_broker_tells_each_what_it_may_see(database_url: str) -> None:
    on = thing()
    open_, hidden = stream("open", on).id, stream("hidden", on, visibility="internal").id
    sees = make_key(NODE, "sees", ["observe", "read-internal"])[1]
    port = free_port()
    filtered = f"v1.1/Datastreams({open_})/Observations?$filter=result gt 5&$select=result"

    async def story() -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
        async with node(database_url, "embedded", port=port):
            with device(port, "anyone") as anyone, device(port, "sees", password=sees) as keyed:
                assert await anyone.listen("v1.1/Observations", filtered, f"v1.1/Datastreams({open_})") == [
                    1,
                    1,
                    1,
                ]
                assert await anyone.listen(f"v1.1/Datastreams({hidden})/Observations", "other") == [128, 128]
                assert await keyed.listen("v1.1/#") == [1]
                await anyone.publish(f"v1.1/Datastreams({open_})/Observations", said(6))
                await keyed.publish(f"v1.1/Datastreams({hidden})/Observations", said(7))
                await keyed.publish(f"v1.1/Datastreams({open_})/Observations", said(8))
                await until(lambda: len(keyed.heard) >= 4 and len(anyone.heard) >= 3)
                return anyone.heard, keyed.heard

    public, all_ = asyncio.run(story())
    assert [body["result"] for topic, body in public if topic == "v1.1/Observations"] == [8.0]
    assert (filtered, {"result": 8}) in public
    assert [body["@iot.id"] for topic, body in public if topic == f"v1.1/Datastreams({open_})"] == [open_]
    assert results(all_, f"v1.1/Datastreams({hidden})/Observations") == [7.0]
    assert results(all_, "v1.1/Observations") == [7.0, 8.0]


def test_the_embedded_broker_refuses_a_wrong_key(database_url: str) -> None:
    port = free_port()

    async def story() -> str:
        async with node(database_url, "embedded", port=port):
            with device(port, password="smile_" + "x" * 40) as stranger:
                await until(lambda: stranger.refused)
                return stranger.refused

    assert asyncio.run(story())


@pytest.mark.parametrize(
    ("text", "kind", "many"),
    [
        ("v1.1/Observations", "Observation", True),
        ("v1.1/Things(1)/Datastreams", "Datastream", True),
        ("v1.1/Datastreams(1)/observedArea", "Datastream", False),
        ("v1.1/Observations(3)/Datastream/Thing", "Thing", False),
        (
            "v1.1/Datastreams(5)/Observations?$filter=result%20gt%205&$expand=FeatureOfInterest",
            "Observation",
            True,
        ),
    ],
)
def test_a_topic_is_a_resource_path(text: str, kind: str, many: bool) -> None:
    read = topics.read(text)
    assert (read.kind, read.many) == (kind, many)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v1.1",
        "v1.1/",
        "v1.0/Things",
        "v1.1/Thinks",
        "v1.1/Things?$top=5",
        "v1.1/Things?$filter=(",
        "v1.1/Things(1)?$filter=id eq 1",
        "v1.1/Things/$count",
        "v1.1/Observations?$filter=result gt 5&$orderby=result",
        "v1.1/Observations?" + "x" * 5000,
    ],
)
def test_what_is_no_topic_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        topics.read(text)


def test_neighbours_in_the_log_are_put_together_and_their_order_is_kept() -> None:
    rows: list[Any] = [
        (1, "observed", None, [5], {"from": 10, "to": 12}),
        (2, "observed", None, [6], {"from": 13, "to": 13}),
        (3, "observed", None, [5], {"ids": [2**52, 2**52 + 1]}),
        (4, "thing-kept", 9, [9], {}),
        (5, "place-kept", 11, [11], {}),
        (6, "observed", None, [5], {"from": 99_999, "to": 99_999}),
        (7, "observed", None, [7], {}),
    ]
    assert changes.read(rows) == [
        Observed({5, 6}, 10, 13),
        Observed({5}, ids=[2**52, 2**52 + 1]),
        Changed({9}),
        Observed({5}, 99_999, 99_999),
        Observed({7}),
    ]


@pytest.mark.parametrize(
    ("topic", "pattern", "expected"),
    [
        ("v1.1/Observations", "#", True),
        ("v1.1/Datastreams(5)/Observations", "v1.1/+/Observations", True),
        ("v1.1/Observations", "v1.1/+/Observations", False),
        ("v1.1/Observations", "v1.1/Observations/#", True),
        ("v1.1/Observations", "v1.1", False),
    ],
)
def test_wildcards(topic: str, pattern: str, expected: bool) -> None:
    assert matches(topic, pattern) is expected
