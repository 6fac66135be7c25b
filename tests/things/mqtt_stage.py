# SPDX-License-Identifier: EUPL-1.2
"""Mosquitto as a city runs it, a client that publishes and listens, and the node's own side beside it."""

import asyncio
import os
import shutil
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import orjson
import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from smilecity.city.bench.mosquitto import Mosquitto, is_installed, mosquitto
from smilecity.city.bench.node import free_port
from smilecity.core.numberer import number_entries
from smilecity.things.api.mqtt import Mqtt
from tests.things.observing_stage import BASE, Service, serving

__all__ = [
    "Mosquitto",
    "device",
    "free_port",
    "mosquitto",
    "needs_clients",
    "needs_mosquitto",
    "node",
    "until",
]

needs_mosquitto = pytest.mark.skipif(
    not is_installed() and "SMILE_CI" not in os.environ, reason="Mosquitto is not installed"
)
needs_clients = pytest.mark.skipif(
    not shutil.which("mosquitto_pub") and "SMILE_CI" not in os.environ,
    reason="mosquitto-clients are not installed",
)
SECONDS = 60.0


class Device:
    """A client as they are outside: publishes with QoS 1 and hears what it subscribes to."""

    def __init__(self, port: int, name: str = "", *, password: str = "", clean: bool = True) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.codes: list[int] = []
        self._connected = False
        self._client = paho.Client(CallbackAPIVersion.VERSION2, name, clean_session=clean)
        if password:
            self._client.username_pw_set("key", password)
        self._client.on_message = self._message
        self._client.on_connect = self._answered
        self._client.on_subscribe = lambda _c, _u, _m, codes, _p: self.codes.extend(
            one.value for one in codes
        )
        self.refused = ""
        self._client.on_socket_open = lambda _c, _u, opened: opened.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        )
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def _message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        self.heard.append((message.topic, orjson.loads(message.payload)))

    def _answered(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self._connected, self.refused = not reason.is_failure, str(reason) if reason.is_failure else ""

    async def listen(self, *topics: str) -> list[int]:
        """Subscribe; what the broker answered (128 is a refusal)."""
        await until(lambda: self._connected)
        self.codes.clear()
        self._client.subscribe([(topic, 1) for topic in topics])
        await until(lambda: len(self.codes) == len(topics))
        return list(self.codes)

    async def publish(self, topic: str, *bodies: Any) -> None:
        """Returns when the broker has acknowledged each."""
        sent = [
            self._client.publish(topic, body if isinstance(body, bytes) else orjson.dumps(body), qos=1)
            for body in bodies
        ]
        await until(lambda: all(one.is_published() for one in sent))

    def leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@contextmanager
def device(port: int, name: str = "", **options: Any) -> Iterator[Device]:
    made = Device(port, name, **options)
    try:
        yield made
    finally:
        made.leave()


async def until(true: Callable[[], Any], seconds: float = SECONDS) -> None:
    """Waits until it is true; fails if it does not become so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def node(
    url: str, broker: str, *, port: int = 0, topics: tuple[str, ...] = ()
) -> AsyncIterator[tuple[Service, Mqtt]]:
    """A node's service with MQTT and the numberer of its log."""
    async with serving(url) as service:
        mqtt = Mqtt(url, service.app, service.app._register, BASE, broker=broker, port=port, topics=topics)
        tasks = [asyncio.create_task(work) for work in (mqtt.run(), number_entries(url))]
        try:
            await until(lambda: mqtt.health()["status"] == "ok")
            yield service, mqtt
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
