# SPDX-License-Identifier: EUPL-1.2
"""The log: how fast it is written, how soon an entry has its position, how fast a reader gets through it."""

from __future__ import annotations

import asyncio
import time

import psycopg
import uvloop

from smilecity.city.bench import Figures, small
from smilecity.city.bench.ground import Ground
from smilecity.city.bench.load import percentile
from smilecity.core import log
from smilecity.core.numberer import number_entries, number_once

APPEND = """
INSERT INTO core_logentry (actor, verb, about, data) VALUES ('node', 'benched', '{1,2}', '{}') RETURNING id
"""
NUMBERED = "SELECT id FROM core_logentry WHERE position > %s AND position <= %s"
WRITERS = 8


def run(ground: Ground) -> Figures:
    """`appends` by 8 writers and `read`, a second; `delay_*` from commit to position; beside a long one."""
    seconds = 0.5 if small() else 5.0
    with psycopg.connect(ground.url) as slow:
        slow.execute("INSERT INTO core_logreader (name, position) VALUES ('slow', 0)")
        appends, delays = uvloop.run(_written(ground.url, seconds))
        slow.rollback()
    number_once(ground.url)
    entries = log.head()
    start = time.perf_counter()
    read = 0
    while got := log.read("bench", lambda _entries: None):
        read += got
    return {
        "appends": round(appends / seconds, 1),
        "delay_p50_ms": round(percentile(delays, 0.5) * 1e3, 1),
        "delay_p99_ms": round(percentile(delays, 0.99) * 1e3, 1),
        "read": round(read / (time.perf_counter() - start), 1),
        "lost": entries - read,
    }


async def _written(url: str, seconds: float) -> tuple[int, list[float]]:
    """How many were appended at full speed, and the delays of a hundred a second after that."""
    numbering = asyncio.create_task(number_entries(url))
    until = time.perf_counter() + seconds
    counts = await asyncio.gather(*(_write(url, until) for _ in range(WRITERS)))
    await asyncio.sleep(1.0)
    delays = await _delays(url, 20 if small() else 300)
    numbering.cancel()
    return sum(counts), delays


async def _write(url: str, until: float) -> int:
    count = 0
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        while time.perf_counter() < until:
            await connection.execute(APPEND, prepare=True)
            count += 1
    return count


async def _delays(url: str, count: int) -> list[float]:
    committed: dict[int, float] = {}
    delays: list[float] = []

    async def listen() -> None:
        connect = psycopg.AsyncConnection.connect
        async with await connect(url, autocommit=True) as ear, await connect(url, autocommit=True) as eye:
            await ear.execute(f"LISTEN {log.CHANNEL}")
            before = (await (await eye.execute("SELECT last FROM core_loghead")).fetchone() or (0,))[0]
            async for notice in ear.notifies():
                now, until = time.perf_counter(), int(notice.payload)
                rows = await (await eye.execute(NUMBERED, [before, until])).fetchall()
                delays.extend(now - committed[one] for (one,) in rows if one in committed)
                before = until

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.3)
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        for _ in range(count):
            row = await (await connection.execute(APPEND, prepare=True)).fetchone()
            committed[row[0] if row else 0] = time.perf_counter()
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.5)
    if listening.done():
        listening.result()
    listening.cancel()
    return delays
