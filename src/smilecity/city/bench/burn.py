# SPDX-License-Identifier: EUPL-1.2
"""Intake beside a page that uses the processor without pause: it gets slower, it does not stop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import uvloop

from smilecity.city.bench import Figures, small
from smilecity.city.bench.burning import ADDRESS
from smilecity.city.bench.fleet import move_in
from smilecity.city.bench.ground import Ground
from smilecity.city.bench.intake import requests_of
from smilecity.city.bench.load import Tally, http_request, percentile, press, rate
from smilecity.city.bench.node import running

CLIENTS = 64


def run(ground: Ground) -> Figures:
    """`ratio`: uplinks a second beside the burning page, as a share of those without."""
    seconds = 0.6 if small() else 6.0
    fleet = move_in()
    with running(ground.environment(), module="smilecity.city.bench.burning") as door:
        first, second = (requests_of(fleet, start, seconds) for start in (1_000_000, 2_000_000))
        calm = uvloop.run(press(door.port, CLIENTS, first, seconds))
        beside, page = uvloop.run(_beside(door.port, second, seconds))
    return {
        "uplinks_calm": round(rate(calm, 0), 1),
        "uplinks_beside": round(rate(beside, 0), 1),
        "ratio": round(rate(beside, 0) / rate(calm, 0), 3),
        "calm_p99_ms": round(percentile(calm.took, 0.99) * 1e3, 1),
        "beside_p99_ms": round(percentile(beside.took, 0.99) * 1e3, 1),
        "refused": calm.refused + beside.refused,
        "page_burnt": len(page.moments) == 1 and page.moments[0] > beside.moments[-1],
    }


async def _beside(port: int, requests: Iterator[bytes], seconds: float) -> tuple[Tally, Tally]:
    burning = iter([http_request("GET", f"{ADDRESS}?{seconds + 2}")])
    page = asyncio.create_task(press(port, 1, burning, seconds + 10))
    await asyncio.sleep(0.3)
    beside = await press(port, CLIENTS, requests, seconds)
    return beside, await page
