# SPDX-License-Identifier: EUPL-1.2
"""Observations by MQTT beside Mosquitto: messages a second until each is committed, and until each is told again.

The ceiling is a subscriber at the same broker that does nothing but acknowledge: `python -m smilecity.city.bench.mqtt`.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import cast

import psycopg
import uvloop

from smilecity.city.bench import Figures, small
from smilecity.city.bench.ground import Ground
from smilecity.city.bench.mosquitto import Mosquitto, is_installed, mosquitto
from smilecity.city.bench.node import HOST, Process, get, running
from smilecity.city.bench.town import Town

CLIENTS = 8
WINDOW = 100  # messages of one client that the broker has not acknowledged yet
PATIENCE = 120.0
BARE_TOPIC = "bench/Datastreams(1)/Observations"

CONNACK, PUBACK = 0x20, 0x40
COUNTED = "SELECT sum(count) FROM things_latest"
HEAD = "SELECT last FROM core_loghead WHERE NOT EXISTS (SELECT FROM core_logentry WHERE position IS NULL)"
TOLD = re.compile(rb"^smile_mqtt_told (\S+)", re.MULTILINE)


@dataclass(slots=True)
class Published:
    """How many messages were published, and the figures."""

    figures: Figures
    count: int = 0


def messages() -> int:
    """How many messages a figure is made of."""
    return 800 if small() else 32_000


def publish_all(ground: Ground, town: Town) -> Published:
    """`mqtt_create`, `mqtt_told` and `ceiling_mqtt`; null with a reason where there is no Mosquitto."""
    if not is_installed():
        absent: Figures = {"mqtt_create": None, "mqtt_told": None, "ceiling_mqtt": None}
        return Published({**absent, "mqtt_reason": "Mosquitto is not installed"})
    with tempfile.TemporaryDirectory(prefix="smile-bench-") as folder, mosquitto(Path(folder)) as broker:
        with running(ground.environment(SMILE_MQTT=broker.address), "door") as door:
            _until(lambda: b'"mqtt":{"status":"ok"}' in get(door.port, "/health")[1].replace(b" ", b""))
            figures = _created(ground, town, broker, door)
        figures["ceiling_mqtt"] = _bare(broker)
    return Published(figures, messages() + len(town.streams))


def _created(ground: Ground, town: Town, broker: Mosquitto, door: Process) -> Figures:
    with psycopg.connect(ground.url, autocommit=True) as connection:

        def counted() -> int:
            row = connection.execute(COUNTED).fetchone()
            return int(row[0]) if row else 0

        def is_told() -> bool:
            head = connection.execute(HEAD).fetchone()
            told = TOLD.search(get(door.port, "/metrics")[1])
            return bool(head and told and float(told[1]) >= head[0])

        before = counted()
        # What the node must know of each datastream it is asked once; that is not what is measured.
        _publish(broker, [list(_observations(town, 1, len(town.streams)))])
        before += len(town.streams)
        _until(lambda: counted() == before and is_told())
        each = messages() // CLIENTS
        made = [list(_observations(town, 2 + client, each)) for client in range(CLIENTS)]
        used, start = door.cpu_seconds(), time.perf_counter()
        publishing = threading.Thread(target=_publish, args=[broker, made])
        publishing.start()
        _until(lambda: counted() == before + messages())
        stored = time.perf_counter() - start
        used = door.cpu_seconds() - used
        _until(is_told)
        told = time.perf_counter() - start
        publishing.join()
    return {
        "mqtt_create": round(messages() / stored, 1),
        "mqtt_told": round(messages() / told, 1),
        "mqtt_cpu_us": round(used / messages() * 1e6),
    }


def _observations(town: Town, run: int, count: int) -> Iterator[tuple[str, bytes]]:
    """The datastreams take turns, each value is at its own time."""
    start = town.until + timedelta(hours=2, minutes=run)
    for n in range(count):
        moment = (start + timedelta(microseconds=n)).isoformat().encode()
        yield (
            f"v1.1/Datastreams({town.streams[(n * 7 + run) % len(town.streams)]})/Observations",
            b'{"phenomenonTime":"%b","result":%d.5}' % (moment, n % 40),
        )


def _bare(broker: Mosquitto) -> float:
    """Messages a second that a subscriber gets who acknowledges at once."""
    said = [(BARE_TOPIC, b'{"phenomenonTime":"2026-01-01T00:00:00Z","result":%d.5}' % n) for n in range(40)]
    made = [said * (messages() // CLIENTS // len(said)) for _ in range(CLIENTS)]
    count = sum(map(len, made))
    command = [sys.executable, "-m", "smilecity.city.bench.mqtt", str(broker.port), str(count)]
    listening = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert listening.stdout is not None
    try:
        listening.stdout.readline()
        start = time.perf_counter()
        _publish(broker, made)
        listening.stdout.readline()
        return round(count / (time.perf_counter() - start), 1)
    finally:
        listening.kill()
        listening.wait()


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("what was published never came to its end")
        time.sleep(0.02)


class Publisher(asyncio.Protocol):
    """One client that publishes with QoS 1 and leaves the processor to the node: packets made beforehand."""

    def __init__(self, name: str, packets: Sequence[bytes]) -> None:
        self._connect = _packet(0x10, b"\0\4MQTT\4\2\0\0" + _text(name))
        self._packets = packets
        self._sent = self._acknowledged = 0
        self._buffer = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._connect)

    def data_received(self, data: bytes) -> None:
        """The broker answers with packets of four bytes only."""
        self._buffer += data
        whole = len(self._buffer) // 4 * 4
        for start in range(0, whole, 4):
            self._acknowledged += self._buffer[start] == PUBACK
        self._buffer = self._buffer[whole:]
        until = min(self._acknowledged + WINDOW, len(self._packets))
        if until > self._sent:
            self._transport.write(b"".join(self._packets[self._sent : until]))
            self._sent = until
        if self._acknowledged == len(self._packets):
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """The end, wanted or not."""
        if self._acknowledged < len(self._packets):
            self.done.set_exception(error or ConnectionError("the broker closed the connection"))
        else:
            self.done.set_result(None)


def _publish(broker: Mosquitto, made: Sequence[Sequence[tuple[str, bytes]]]) -> None:
    """Each client its messages; returns when the broker has acknowledged all."""
    packets = [
        [
            _packet(0x32, _text(topic) + (n % 65535 + 1).to_bytes(2) + payload)
            for n, (topic, payload) in enumerate(messages_)
        ]
        for messages_ in made
    ]

    async def all_() -> None:
        loop = asyncio.get_running_loop()
        clients = [Publisher(f"bench-{os.getpid()}-{n}", some) for n, some in enumerate(packets)]
        for client in clients:
            await loop.create_connection(partial(_itself, client), HOST, broker.port)
        await asyncio.gather(*(client.done for client in clients))

    uvloop.run(all_())


def _itself(client: Publisher) -> Publisher:
    return client


def _packet(kind: int, body: bytes) -> bytes:
    """A control packet (MQTT 3.1.1, 2.2): its kind, its length seven bits a byte, itself."""
    length, rest = b"", len(body)
    while True:
        rest, low = rest >> 7, rest & 127
        length += bytes([low | (128 if rest else 0)])
        if not rest:
            return bytes([kind]) + length + body


def _text(text: str) -> bytes:
    return len(text.encode()).to_bytes(2) + text.encode()


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def listen(port: int, count: int) -> None:
    """A subscriber that says a line when it listens, and one when it has had so many messages."""
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion

    had = 0
    client = Client(CallbackAPIVersion.VERSION2, "bench-bare")

    def on_message(*_: object) -> None:
        nonlocal had
        had += 1
        if had == count:
            client.disconnect()

    client.on_message = on_message
    client.on_subscribe = lambda *_: _say("listens")
    client.connect(HOST, port)
    client.subscribe(BARE_TOPIC, 1)
    client.loop_forever()
    _say("had")


if __name__ == "__main__":
    listen(int(sys.argv[1]), int(sys.argv[2]))
