# SPDX-License-Identifier: EUPL-1.2
"""`smile bench NAME`: every figure the documentation claims, measured on a scratch database of its own.

`SMILE_BENCH_SIZE=small` runs a bench in seconds: its figures mean nothing, but its invariants hold.
"""

from __future__ import annotations

import importlib
import json
import os
from typing import TYPE_CHECKING

from smilecity.core.problems import Refusal

if TYPE_CHECKING:
    from rich.console import Console

BENCHES = {
    "areas": "A million positions against 21 districts, and one of them as a page asks.",
    "booking": "64 clients on one slot, and on random slots of courts and half courts.",
    "burn": "Intake beside a page that uses the processor without pause.",
    "duplicates": "What is much like something that is being written, among 100,000 needs.",
    "intake": "Uplinks a second through the webhook: decoded by JavaScript, durable.",
    "live": "A thousand open live pages, fifty changes a second.",
    "log": "Appends, the delay until they have a position, and reading them.",
    "offers": "Finding something to do among 20,000 offers with all filters, and a year of dates written ahead.",
    "pages": "Time and queries of a resident's pages, with ten and with 10,000 places, and 100,000 needs.",
    "things": "SensorThings by HTTP and MQTT: writes a second, reads in milliseconds, on a million observations.",
}

Figures = dict[str, float | bool | str | None]


def small() -> bool:
    """Whether to measure a little of everything only."""
    return os.environ.get("SMILE_BENCH_SIZE") == "small"


def measure(name: str, out: Console, *, as_json: bool) -> None:
    """Run a bench and print its figures; with `as_json` the last line is one JSON object."""
    if name == "list":
        for one, says in BENCHES.items():
            out.print(f"{one:10} {says}")
        return
    if name not in BENCHES:
        raise Refusal(
            "bench.unknown", f"There is no bench '{name}'.", cure=f"There are {', '.join(BENCHES)}."
        )
    from smilecity.city.bench.ground import scratch

    with scratch() as ground:
        bench = importlib.import_module(f"smilecity.city.bench.{name}")
        figures: Figures = {**bench.run(ground), **ground.proof()}
    goals: dict[str, float] = getattr(bench, "GOALS", {})
    for key, value in figures.items():
        out.print(f"{key:24} {value}" + (f"  (at most {goals[key]:g})" if key in goals else ""))
    if as_json:
        out.file.write(json.dumps(figures) + "\n")
