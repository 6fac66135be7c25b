# SPDX-License-Identifier: EUPL-1.2
"""Debian's own clients, mosquitto_pub and mosquitto_sub, at the embedded broker and at Mosquitto."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from smilecity.core.who import NODE
from smilecity.people.actions import make_key
from tests.things.mqtt_stage import SECONDS, free_port, mosquitto, needs_clients, needs_mosquitto, node
from tests.things.stage import ask, stream

VALUE = '{"result": 21.5, "phenomenonTime": "2026-11-20T09:00:00Z"}'
RESULTS = "SELECT result FROM things_observation WHERE datastream_id = %s"


async def published_and_heard(port: int, ds: int, *key: str) -> list[dict[str, Any]]:
    """What mosquitto_sub prints after mosquitto_pub, on the topic of all observations and on one with options."""
    topics = ["v1.1/Observations", f"v1.1/Datastreams({ds})/Observations?$select=result"]
    asked = [word for topic in topics for word in ("-t", topic)]
    by_lines = ("stdbuf", "-oL")  # it would keep its own words until there are many
    hearing = await asyncio.create_subprocess_exec(
        *by_lines, "mosquitto_sub", "-d", "-q", "1", "-C", "2", "-p", str(port), *asked,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert hearing.stdout is not None
    try:
        async with asyncio.timeout(SECONDS):
            while not (line := await hearing.stdout.readline()).startswith(b"Subscribed"):
                assert line, "it does not subscribe"
            await _published(port, f"v1.1/Datastreams({ds})/Observations", key)
            lines = (await hearing.stdout.read()).splitlines()
    finally:
        if hearing.returncode is None:
            hearing.kill()
        await hearing.wait()
    return [json.loads(line) for line in lines if line.startswith(b"{")]


async def _published(port: int, topic: str, key: Sequence[str]) -> None:
    publishing = await asyncio.create_subprocess_exec(
        "mosquitto_pub", "-q", "1", "-p", str(port), "-t", topic, "-m", VALUE, *key
    )
    assert await publishing.wait() == 0


def assert_heard(heard: list[dict[str, Any]], url: str, ds: int) -> None:
    assert ask(url, RESULTS, ds) == [(21.5,)]
    assert {"result": 21.5} in heard
    (whole,) = [one for one in heard if "@iot.id" in one]
    assert whole["phenomenonTime"].startswith("2026-11-20T09:00:00")


@needs_clients
def test_they_publish_and_hear_at_the_embedded_broker(database_url: str) -> None:
    ds, port = stream().id, free_port()
    key = make_key(NODE, "pub", ["observe"])[1]

    async def story() -> list[dict[str, Any]]:
        async with node(database_url, "embedded", port=port):
            return await published_and_heard(port, ds, "-u", "key", "-P", key)

    assert_heard(asyncio.run(story()), database_url, ds)


@needs_clients
@needs_mosquitto
def test_they_publish_and_hear_at_mosquitto(database_url: str, tmp_path: Path) -> None:
    ds = stream().id
    listed = f"v1.1/Datastreams({ds})/Observations?$select=result"

    async def story() -> list[dict[str, Any]]:
        with mosquitto(tmp_path) as broker:
            async with node(database_url, broker.address, topics=(listed,)):
                return await published_and_heard(broker.port, ds)

    assert_heard(asyncio.run(story()), database_url, ds)


@needs_clients
def test_without_a_key_nothing_is_stored_and_the_client_is_not_told(database_url: str) -> None:
    """MQTT 3.1.1 has no way to refuse a message: it is acknowledged all the same."""
    ds, port = stream().id, free_port()

    async def story() -> None:
        async with node(database_url, "embedded", port=port):
            await _published(port, f"v1.1/Datastreams({ds})/Observations", ())
            await asyncio.sleep(0.2)

    asyncio.run(story())
    assert ask(database_url, RESULTS, ds) == []


@needs_clients
def test_a_wrong_key_is_refused_at_the_door(database_url: str) -> None:
    port = free_port()

    async def story() -> None:
        async with node(database_url, "embedded", port=port):
            with pytest.raises(AssertionError):
                await _published(port, "v1.1/Observations", ("-u", "key", "-P", "smile_" + "x" * 40))

    asyncio.run(story())
