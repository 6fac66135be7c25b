# SPDX-License-Identifier: EUPL-1.2
"""MQTT under fire: a day of measuring in fast motion, while Mosquitto, the database and the node are killed.

What Mosquitto acknowledged it may forget until it has saved, so the devices here do what `docs/guides/mqtt.md` asks of
those that must lose nothing: they keep each message for some seconds, and send it again after every new connection.
"""

import http.client
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import paho.mqtt.client as paho
import psycopg
from paho.mqtt.enums import CallbackAPIVersion

from smilecity.city.bench.fleet import now
from smilecity.city.bench.mosquitto import SAVED_SECONDS, Mosquitto, mosquitto
from smilecity.city.bench.node import HOST, get
from tests.city.fire import Node, node

SENSORS = 4
STREAMS = 5  # of each sensor, and of those who post
STEP = timedelta(minutes=1)
DAY = int(timedelta(days=1) / STEP)
PACE = 0.04  # seconds a minute of that day takes
KEPT_SECONDS = SAVED_SECONDS + 2.0
VICTIMS = ("mosquitto", "postmaster", "node")
EARS = ("always", "sometimes")
ENTRIES = """
SELECT position, at::text FROM core_logentry
WHERE verb = 'observed' AND ((data->>'from')::bigint <= %s AND (data->>'to')::bigint >= %s OR data->'ids' @> %s::jsonb)
"""


def connected(name: str, port: int) -> paho.Client:
    """A client with a persistent session that comes back by itself."""
    client = paho.Client(CallbackAPIVersion.VERSION2, name, clean_session=False)
    client.reconnect_delay_set(1, 1)
    client.connect(HOST, port)
    return client


class Clock:
    """The time of the day that is measured. It stands still where it waits for the next kill, however long that takes."""

    def __init__(self) -> None:
        self._until = 0
        self._stop = threading.Event()

    def minutes(self, meanwhile: Callable[[], None] = lambda: None) -> Iterator[int]:
        """Each minute when it begins."""
        for minute in itertools.count():
            while True:
                if self._stop.wait(PACE):
                    return
                meanwhile()
                if minute < self._until:
                    break
            yield minute

    def go_on(self, minutes: int) -> None:
        """Let so many more minutes pass."""
        self._until += minutes

    def stop(self) -> None:
        """The end for all who go by it."""
        self._stop.set()


class Sensor:
    """A device that publishes the values of a day, one after another, for each of its datastreams."""

    def __init__(self, number: int, port: int, streams: list[int], start: datetime) -> None:
        self._streams = streams
        self._start = start
        self._waiting: dict[int, tuple[int, int]] = {}  # by the numbers of their packets
        self._kept: deque[tuple[float, tuple[int, int]]] = deque()  # by when they were acknowledged
        self._answers: deque[tuple[float, int]] = deque()
        self._connected = threading.Event()
        self.published: set[tuple[int, int]] = set()
        self._client = connected(f"sensor-{number}", port)
        # Called on the network thread, which must wait for nothing.
        self._client.on_publish = lambda _c, _d, packet, _r, _p: self._answers.append(
            (time.monotonic(), packet)
        )
        self._client.on_connect = lambda *_: self._connected.set()
        self._client.loop_start()

    def run(self, clock: "Clock") -> None:
        """Until the clock stops."""
        for minute in clock.minutes(meanwhile=self._remember):
            for stream in self._streams:
                self.published.add((stream, minute))
                self._send((stream, minute))

    def _send(self, value: tuple[int, int]) -> None:
        stream, minute = value
        body = {"result": float(minute), "phenomenonTime": (self._start + minute * STEP).isoformat()}
        said = self._client.publish(f"v1.1/Datastreams({stream})/Observations", orjson.dumps(body), qos=1)
        self._waiting[said.mid] = value

    def _remember(self) -> None:
        """Keep what was acknowledged lately, and after a new connection send it again."""
        if self._connected.is_set():
            self._connected.clear()
            again, self._kept = self._kept, deque()
            for _, value in again:
                self._send(value)
        while self._answers:
            moment, packet = self._answers.popleft()
            if packet in self._waiting:
                self._kept.append((moment, self._waiting.pop(packet)))
            while self._kept and self._kept[0][0] < moment - KEPT_SECONDS:
                self._kept.popleft()

    def leave(self) -> None:
        """Returns when the broker has all."""
        while self._waiting or self._connected.is_set():
            self._remember()
            time.sleep(0.05)
        self._client.disconnect()
        self._client.loop_stop()


class Ear:
    """A subscriber with a persistent session; it hears what the node tells of every observation."""

    def __init__(self, name: str, port: int) -> None:
        self.heard: set[int] = set()
        self._client = connected(name, port)
        self._client.on_message = lambda _c, _d, message: self.heard.add(
            orjson.loads(message.payload)["@iot.id"]
        )
        listens = threading.Event()
        self._client.on_subscribe = lambda *_: listens.set()
        self._client.loop_start()
        self._client.subscribe("v1.1/Observations", 1)
        assert listens.wait(10)

    def doze(self, seconds: float) -> None:
        """Be away for a while."""
        self.leave()
        time.sleep(seconds)
        while True:
            with suppress(OSError):  # the broker may be dead just now
                self._client.reconnect()
                break
            time.sleep(0.1)
        self._client.loop_start()

    def leave(self) -> None:
        """Hear no more for now."""
        self._client.disconnect()
        self._client.loop_stop()


@dataclass
class Poster:
    """Posts by HTTP beside it all; `made` is what was answered with 201."""

    port: int
    key: str
    stream: int
    start: datetime

    def __post_init__(self) -> None:
        self.made: set[tuple[int, int]] = set()

    def run(self, clock: "Clock") -> None:
        """Until the clock stops; what was not answered is not tried again."""
        for minute in clock.minutes():
            with suppress(OSError, http.client.HTTPException):
                if self._post(minute) == 201:
                    self.made.add((self.stream, minute))

    def _post(self, minute: int) -> int:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        body = {"result": float(minute), "phenomenonTime": (self.start + minute * STEP).isoformat()}
        try:
            connection.request(
                "POST",
                f"/sensorthings/v1.1/Datastreams({self.stream})/Observations",
                orjson.dumps(body),
                {"authorization": f"Bearer {self.key}"},
            )
            return connection.getresponse().status
        finally:
            connection.close()


class Town:
    """A node beside its broker, with all who measure and listen."""

    def __init__(self, city: Node, broker: Mosquitto, seed: int) -> None:
        self.city = city
        self.broker = broker
        self._chance = random.Random(seed)
        founded = subprocess.run(
            [sys.executable, "-m", "tests.city.mqtt_fire"],
            env=city.environment | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE, check=True,
        ).stdout  # fmt: skip
        key, ids = json.loads(founded)
        start = now() - timedelta(days=30)
        self.ears = [Ear(name, broker.port) for name in EARS]
        self.sensors = [
            Sensor(number, broker.port, ids[number * STREAMS : (number + 1) * STREAMS], start)
            for number in range(SENSORS)
        ]
        self.poster = Poster(city.port, key, ids[-1], start)

    @contextmanager
    def measuring(self) -> Iterator[Clock]:
        """All of them measure within the block, by this clock; after it the broker has what they measured."""
        clock = Clock()
        works = [self.poster.run, *(sensor.run for sensor in self.sensors)]
        threads = [threading.Thread(target=work, args=[clock]) for work in works]
        for thread in threads:
            thread.start()
        try:
            yield clock
        finally:
            clock.stop()
            for thread in threads:
                thread.join()
        for sensor in self.sensors:
            sensor.leave()

    def kill(self, victim: str) -> None:
        """Returns when it is there again; one who listens may have been away meanwhile."""
        dozing = threading.Thread(target=self.ears[1].doze, args=[self._chance.random()])
        if self._chance.random() < 0.5:
            dozing.start()
        if victim == "mosquitto":
            self.broker.kill()
            time.sleep(self._chance.random() * 0.5)
            self.broker.start()
        else:
            part = self._chance.choice(("door", "supervisor")) if victim == "node" else victim
            killed = self.city.kill(part)
            while self.city.pid(part) in (None, killed):
                time.sleep(0.05)
            self.city.wait_until_well()
        if dozing.ident:
            dozing.join()

    def pause(self) -> None:
        """Somewhere between two kills."""
        time.sleep(0.2 + self._chance.random() / 2)


def stored(connection: psycopg.Connection) -> list[tuple[int, int, int]]:
    """Id, datastream and number of each observation."""
    return connection.execute("SELECT id, datastream_id, result::bigint FROM things_observation").fetchall()


def story(kills: int, seed: int, minutes: int, victims: tuple[str, ...] = VICTIMS) -> int:
    """Measure so many minutes of a day, and kill each victim so many times meanwhile, in random order.

    Returns how many observations there are: each that was published or posted, once, and heard by all who listen.
    """
    order = list(victims * kills)
    random.Random(seed).shuffle(order)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smile-mqtt-")))
        broker = stack.enter_context(mosquitto(folder))
        city = stack.enter_context(node(SMILE_MQTT=broker.address))
        town = Town(city, broker, seed)
        time.sleep(SAVED_SECONDS + 0.5)  # the broker has saved who listens
        with town.measuring() as clock:
            for victim in order:
                clock.go_on(minutes // len(order))
                town.pause()
                town.kill(victim)
            clock.go_on(minutes % len(order))
            _until(lambda: all(len(one.published) == minutes * STREAMS for one in town.sensors))
        published = {value for sensor in town.sensors for value in sensor.published}
        with city.database() as connection:
            connection.autocommit = True
            posted = town.poster.stream
            _until(lambda: published <= {row[1:] for row in stored(connection)})
            rows = stored(connection)
            ids = {row[0] for row in rows}
            _until(
                lambda: all(ids <= ear.heard for ear in town.ears),
                lambda: [missed(connection, ids - ear.heard) for ear in town.ears],
            )
        for ear in town.ears:
            ear.leave()
        values = [row[1:] for row in rows]
        assert len(values) == len(set(values)), "an observation was stored twice"
        assert {value for value in values if value[0] != posted} == published, "one came that nobody sent"
        assert town.poster.made <= set(values), "a posted observation is lost"
        assert json.loads(get(city.port, "/health")[1])["mqtt"]["status"] == "ok"
    return len(values)


def missed(connection: psycopg.Connection, ids: set[int]) -> dict[str, object]:
    """What somebody has not heard: how much, what the log says of the first, and how far each reader has come."""
    if not ids:
        return {"many": 0}
    first = min(ids)
    entries = connection.execute(ENTRIES, [first, first, str(first)]).fetchall()
    told = connection.execute("SELECT name, position FROM core_logreader").fetchall()
    return {"many": len(ids), "first": first, "entries": entries, "told": told}


def _until(true: Callable[[], bool], said: Callable[[], object] = str, seconds: float = 300.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"something that was acknowledged is lost: {said()}"
        time.sleep(0.1)


def found() -> None:
    """Print a key that observes, and the datastreams. Django must be set up."""
    from smilecity.core.who import NODE
    from smilecity.people.actions import make_key
    from tests.things.stage import streams

    _key, text = make_key(NODE, "fire", ["observe"])
    sys.stdout.write(json.dumps([text, streams(SENSORS * STREAMS + 1)]) + "\n")


if __name__ == "__main__":
    from smilecity.city import boot

    with boot.booted():
        found()
