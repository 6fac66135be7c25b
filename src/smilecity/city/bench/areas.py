# SPDX-License-Identifier: EUPL-1.2
"""In which of 21 districts each of a million positions lies; and one position asked by a page."""

from __future__ import annotations

import math
import random
import time
from typing import Any

from smilecity.city.bench import Figures, small
from smilecity.city.bench.ground import Ground
from smilecity.city.bench.load import percentile
from smilecity.core.who import NODE
from smilecity.space import actions, reads

COLUMNS, ROWS = 7, 3
WEST, SOUTH, SIDE = 12.0, 54.0, 0.05
CORNERS = 400  # of an outline: about what an official one has


def run(ground: Ground) -> Figures:
    """`points_1m_s`: seconds for a million; `found` of them lie in a district; `one_p50_ms`: a single one."""
    count = 20_000 if small() else 1_000_000
    for number in range(COLUMNS * ROWS):
        name = {"de": f"Stadtteil {number:02}"}
        actions.keep_area(
            NODE, "district", f"d{number:02}", name, outline(number % COLUMNS, number // COLUMNS)
        )
    dice = random.Random(20261122)  # noqa: S311 - must repeat
    longitudes = [dice.uniform(WEST - SIDE, WEST + SIDE * (COLUMNS + 1)) for _ in range(count)]
    latitudes = [dice.uniform(SOUTH - SIDE, SOUTH + SIDE * (ROWS + 1)) for _ in range(count)]
    start = time.perf_counter()
    found = reads.areas_of_points(NODE, "district", longitudes, latitudes)
    seconds = time.perf_counter() - start
    singles, wrong = [], 0
    for number in range(50 if small() else 500):
        before = time.perf_counter()
        area = reads.area_at(NODE, longitudes[number], latitudes[number])
        singles.append(time.perf_counter() - before)
        wrong += (area.noun_id if area else 0) != int(found[number])
    return {
        "points_1m_s": round(seconds * 1_000_000 / count, 3),
        "found": round(float((found > 0).mean()), 3),
        "one_p50_ms": round(percentile(singles, 0.5) * 1e3, 2),
        "wrong": wrong,
    }


def outline(column: int, row: int) -> dict[str, Any]:
    """A district with wavy borders that fit those of its neighbours."""
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    steps = [number / (CORNERS // 4) for number in range(CORNERS // 4)]

    def bent(x: float, y: float) -> list[float]:
        wave = SIDE / 8 * math.sin((x + 2 * y) * 300)
        return [round(x + wave, 7), round(y + wave / 2, 7)]

    ring = [bent(west + SIDE * step, south) for step in steps]
    ring += [bent(west + SIDE, south + SIDE * step) for step in steps]
    ring += [bent(west + SIDE * (1 - step), south + SIDE) for step in steps]
    ring += [bent(west, south + SIDE * (1 - step)) for step in steps]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
