# SPDX-License-Identifier: EUPL-1.2
"""A thousand live pages are open while fifty things a second change, and each page is about all of them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import cast

import orjson
import psycopg
import uvloop

from smilecity.city.bench import Figures, small
from smilecity.city.bench.ground import Ground
from smilecity.city.bench.load import HOST, percentile
from smilecity.city.bench.node import Process, running

NOUNS = 50
EVERY = 0.02  # seconds from change to change: each noun changes once a second
APPEND = "INSERT INTO core_logentry (actor, verb, about, data) VALUES ('node', 'benched', %s, '{}')"


class Told:
    """What all streams were told, and how long after the commit."""

    def __init__(self, nouns: list[int]) -> None:
        self.committed: dict[int, list[float]] = {noun: [] for noun in nouns}
        self.delays: list[float] = []
        self._parsed: dict[bytes, list[int]] = {}

    def parsed(self, data: bytes) -> list[int]:
        """The ids in an event. All streams get the same bytes, so each is taken apart once."""
        known = self._parsed.get(data)
        if known is None:
            known = self._parsed[data] = orjson.loads(data)["about"]
        return known


class Stream(asyncio.Protocol):
    """One open page, which counts how often it is told of each noun."""

    def __init__(self, address: str, told: Told) -> None:
        self._address = address
        self._told = told
        self._buffer = b""
        self.counted: Counter[int] = Counter()
        self.resets = 0
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        request = f"GET {self._address} HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n"
        cast("asyncio.Transport", transport).write(request.encode())

    def data_received(self, data: bytes) -> None:
        """Take whole events."""
        if not self.open.done():
            self.open.set_result(None)
        *events, self._buffer = (self._buffer + data).split(b"\n\n")
        now = time.perf_counter()
        for event in events:
            self.resets += b"event: reset" in event
            start = event.find(b'data: {"')
            if start < 0:
                continue
            for noun in self._told.parsed(event[start + 6 :]):
                self.counted[noun] += 1
                self._told.delays.append(now - self._told.committed[noun][-1])


def run(ground: Ground) -> Figures:
    """`cpu_percent`: the door's, of one core; `delay_*`: from commit to page; `stop_s`: with all open."""
    streams, seconds = (50, 2.0) if small() else (1000, 20.0)
    nouns = _nouns()
    with running(ground.environment(), "door") as door:
        return {"streams": streams, **uvloop.run(_watched(door, ground, nouns, streams, seconds))}


def _nouns() -> list[int]:
    from django.db import transaction

    from smilecity.core import nouns

    with transaction.atomic():
        return [
            nouns.put("place", f"bench/{n}", {"de": str(n)}, visibility="public").id for n in range(NOUNS)
        ]


async def _watched(door: Process, ground: Ground, nouns: list[int], count: int, seconds: float) -> Figures:
    told = Told(nouns)
    address = "/live/?" + "&".join(f"about={noun}" for noun in nouns)
    loop = asyncio.get_running_loop()
    streams = [
        (await loop.create_connection(lambda: Stream(address, told), HOST, door.port))[1]
        for _ in range(count)
    ]
    await asyncio.gather(*(stream.open for stream in streams))
    used, start = door.cpu_seconds(), time.perf_counter()
    await _change(ground, told, nouns, seconds)
    cpu = (door.cpu_seconds() - used) / (time.perf_counter() - start) * 100
    await asyncio.sleep(1.0)
    lost = sum(max(0, len(told.committed[n]) - stream.counted[n]) for stream in streams for n in nouns)
    stopped = await asyncio.to_thread(door.stop)
    return {
        "events_per_second": round(sum(map(len, told.committed.values())) / seconds, 1),
        "cpu_percent": round(cpu, 1),
        "delay_p50_ms": round(percentile(told.delays, 0.5) * 1e3, 1),
        "delay_p99_ms": round(percentile(told.delays, 0.99) * 1e3, 1),
        "lost": lost,
        "resets": sum(stream.resets for stream in streams),
        "stop_s": round(stopped, 2),
    }


async def _change(ground: Ground, told: Told, nouns: list[int], seconds: float) -> None:
    start = time.perf_counter()
    async with await psycopg.AsyncConnection.connect(ground.url, autocommit=True) as connection:
        for number in range(int(seconds / EVERY)):
            noun = nouns[number % len(nouns)]
            told.committed[noun].append(time.perf_counter())
            await connection.execute(APPEND, [[noun]], prepare=True)
            await asyncio.sleep(max(0.0, start + (number + 1) * EVERY - time.perf_counter()))
