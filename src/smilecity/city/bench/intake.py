# SPDX-License-Identifier: EUPL-1.2
"""Uplinks a second through the webhook: decoded by the vendor's JavaScript, answered after the commit."""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import uvloop

from smilecity.city.bench import Figures, small
from smilecity.city.bench.fleet import ADDRESS, Fleet, move_in, now
from smilecity.city.bench.ground import Ground
from smilecity.city.bench.load import http_request, press, rate
from smilecity.city.bench.node import running

if TYPE_CHECKING:
    from smilecity.things.intake.rows import Row

WARM = 1.0
CLIENTS = (1, 8, 64)


def run(ground: Ground) -> Figures:
    """`uplinks_N`: with N clients; `ceiling_64`: the shared commit alone, without HTTP and JavaScript."""
    fleet = move_in()
    seconds = 0.5 if small() else 8.0
    figures: Figures = {}
    answered = 0
    with running(ground.environment(), "door") as door:
        for clients in CLIENTS:
            requests = requests_of(fleet, clients * 1_000_000, seconds)
            tally = uvloop.run(press(door.port, clients, requests, seconds))
            figures[f"uplinks_{clients}"] = round(rate(tally, 0 if small() else WARM), 1)
            figures[f"refused_{clients}"] = tally.refused
            answered += len(tally.moments)
    figures["lost"] = answered - _stored(ground)
    figures["ceiling_64"] = round(uvloop.run(_ceiling(ground, seconds)), 1)
    return figures


def requests_of(fleet: Fleet, first: int, seconds: float) -> Iterator[bytes]:
    """Uplinks from number `first` on, all made before the clock starts; enough for 8,000 a second."""
    bodies = itertools.islice(fleet.bodies(now(), first), int(8000 * seconds))
    made = [http_request("POST", ADDRESS, body, authorization=f"Bearer {fleet.key}") for body in bodies]
    return iter(made)


def _stored(ground: Ground) -> int:
    with psycopg.connect(ground.url) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM things_uplink), (SELECT count(*) FROM things_observation)"
        ).fetchone()
    uplinks, observations = row or (0, 0)
    if observations != 4 * uplinks:
        raise AssertionError(f"{uplinks} uplinks have {observations} observations")
    return int(uplinks)


async def _ceiling(ground: Ground, seconds: float) -> float:
    from smilecity.things.intake.line import Line

    line = Line(ground.url)
    flusher = asyncio.create_task(line.run())
    rows = await asyncio.to_thread(lambda: list(itertools.islice(_rows(), int(20_000 * seconds))))
    done = 0
    until = time.perf_counter() + seconds

    async def client() -> None:
        nonlocal done
        while time.perf_counter() < until:
            await line.put(rows.pop())
            done += 1

    await asyncio.gather(*(client() for _ in range(64)))
    flusher.cancel()
    return done / seconds


def _rows() -> Iterator[Row]:
    """Rows such as the webhook makes."""
    from smilecity.things.intake.messages import Message
    from smilecity.things.intake.rows import Row
    from smilecity.things.models import Device, Uplink
    from smilecity.things.rules.feeding import Result

    devices = [
        (d.id, d.eui, [f.datastream_id for f in d.feeds.all()])
        for d in Device.objects.prefetch_related("feeds")
    ]
    start, payload = now(), bytes(24)
    for count in itertools.count(1):
        device, eui, streams = devices[count % len(devices)]
        message = Message(uuid.uuid4(), eui, 85, payload, start + timedelta(milliseconds=count))
        yield Row(message, device, Uplink.STORED, None, [Result(ds, float(count), None) for ds in streams])
