# SPDX-License-Identifier: EUPL-1.2
"""Mosquitto as a city runs it, a client that publishes and listens, and the node's own side beside it."""

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Self

import orjson
import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from smilecity.core.numberer import number_entries
from smilecity.things.api.mqtt import Mqtt
from tests.things.observing_stage import BASE, Service, serving

PROGRAM = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
needs_mosquitto = pytest.mark.skipif(
    not Path(PROGRAM).exists() and "SMILE_CI" not in os.environ, reason="Mosquitto is not installed"
)
SECONDS = 15.0


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


class Mosquitto:
    """A broker with persistence, on a port of its own; it can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.address = f"mqtt://127.0.0.1:{self.port}"
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser {os.environ.get('USER') or 'root'}\n"
            f"persistence true\npersistence_location {folder}/\nautosave_interval 1\nautosave_on_changes true\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        self._process = subprocess.Popen([PROGRAM, "-c", str(self._config)], stderr=subprocess.DEVNULL)
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.05)
        raise AssertionError("Mosquitto does not listen")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """As a service is stopped: what it keeps is on the disk."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


@contextmanager
def mosquitto(folder: Path) -> Iterator[Mosquitto]:
    """Mosquitto, running within the block."""
    made = Mosquitto(folder).start()
    try:
        yield made
    finally:
        made.kill()


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
