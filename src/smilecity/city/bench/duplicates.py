# SPDX-License-Identifier: EUPL-1.2
"""What is much like something that is being written, among a hundred thousand published needs."""

from __future__ import annotations

import random
import time

from smilecity.city.bench import Figures, needs, small
from smilecity.city.bench.ground import Ground
from smilecity.city.bench.load import percentile

GOALS = {"suggest_ms": 30}
NEEDS = 100_000


def run(ground: Ground) -> Figures:
    """`suggest_ms`: the median of what is asked of the database while somebody types, each time something else."""
    count = 2000 if small() else NEEDS
    needs.fill(count)
    chance = random.Random(11)  # noqa: S311 - it must repeat
    for _time in range(10):
        _suggested(chance)  # the first ones plan
    asked = [_suggested(chance) for _time in range(20 if small() else 300)]
    took = [seconds for seconds, _found in asked]
    return {
        "needs": count,
        "suggest_ms": round(percentile(took, 0.5) * 1e3, 2),
        "suggest_p99_ms": round(percentile(took, 0.99) * 1e3, 2),
        "found_share": round(sum(found > 0 for _seconds, found in asked) / len(asked), 2),
    }


def _suggested(chance: random.Random) -> tuple[float, int]:
    from smilecity.citizens import reads
    from smilecity.core.who import ANYONE

    words = needs.said(chance)
    begun = time.perf_counter()
    found = reads.suggest(ANYONE, words)
    return time.perf_counter() - begun, len(found)
