# SPDX-License-Identifier: EUPL-1.2
"""Every bench runs, prints its keys, and what must hold at any speed holds."""

import json
import os
import subprocess
import sys

import pytest

from smilecity.city.bench import BENCHES
from tests.migrated import template

KEYS = {
    "intake": {"uplinks_1", "uplinks_8", "uplinks_64", "ceiling_64", "lost"},
    "live": {"cpu_percent", "delay_p50_ms", "delay_p99_ms", "lost", "stop_s"},
    "booking": {"hot_per_s", "hot_p99_ms", "spread_per_s", "overlaps", "deadlocks"},
    "burn": {"uplinks_calm", "uplinks_beside", "ratio", "page_burnt"},
    "log": {"appends", "delay_p50_ms", "delay_p99_ms", "read", "lost"},
    "areas": {"points_1m_s", "one_p50_ms", "wrong"},
    "duplicates": {"needs", "suggest_ms", "suggest_p99_ms", "found_share"},
    "things": {
        "row_bytes",
        "post_1",
        "post_8",
        "post_64",
        "dataarray_rows",
        "latest_ms",
        "page1000_ms",
        "nested1000_ms",
        "deep_page_ms",
        "count_ms",
        "count_filter_ms",
        "within_ms",
        "bucket_year_ms",
        "ceiling_post_1",
        "ceiling_post_64",
        "mqtt_create",
        "ceiling_mqtt",
        "lost",
    },
    "offers": {"search_ms", "page_ms", "expand_year_s", "calendar_ms", "dates"},
    "pages": {
        "hafensport_ms",
        "places_ms",
        "now_ms",
        "places_queries_small",
        "places_queries_large",
        "contributions_ms",
        "thread_ms",
        "thread_reader_ms",
        "thread_speaker_ms",
        "needs_map_ms",
        "proposals900_ms",
    },
}
HOLDS = {
    "intake": {"lost": 0, "refused_1": 0, "refused_8": 0, "refused_64": 0},
    "live": {"lost": 0, "resets": 0},
    "booking": {"overlaps": 0, "deadlocks": 0, "without_claims": 0},
    "burn": {"refused": 0, "page_burnt": True},
    "log": {"lost": 0},
    "areas": {"wrong": 0},
    "duplicates": {"needs": 2000},
    "things": {"lost": 0, "refused": 0, "refused_bare": 0},
    "offers": {"page_refused": 0, "open_page_refused": 0, "calendar_refused": 0},
    "pages": {"hafensport_refused": 0, "places_refused": 0, "now_refused": 0, "contributions_refused": 0,
              "thread_refused": 0, "thread_reader_refused": 0, "thread_speaker_refused": 0, "needs_map_refused": 0,
              "proposals900_refused": 0},
}  # fmt: skip


def bench(name: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`smile bench NAME --json`, a little of everything, in the database server of the tests."""
    command = [sys.executable, "-m", "smilecity.city.cli", "bench", name, "--json"]
    beside = {"SMILE_BENCH_TEMPLATE": template(os.environ["DATABASE_URL"])}
    theirs = {**os.environ, "SMILE_BENCH_SIZE": "small", **beside, **environment}
    return subprocess.run(command, env=theirs, capture_output=True, text=True, timeout=280, check=False)


def figures(name: str, **environment: str) -> dict[str, object]:
    """The last line of a bench."""
    ran = bench(name, **environment)
    assert ran.returncode == 0, ran.stderr[-2000:]
    found: dict[str, object] = json.loads(ran.stdout.splitlines()[-1])
    return found


def test_every_bench_is_tried_here() -> None:
    assert set(KEYS) == set(HOLDS) == set(BENCHES)


@pytest.mark.trial
@pytest.mark.parametrize(
    "name", ["live", "booking", "burn", "log", "areas", "things", "offers", "duplicates"]
)
def test_a_bench_prints_its_figures_and_its_invariants_hold(name: str) -> None:
    found = figures(name)
    assert found.keys() >= KEYS[name]
    assert HOLDS[name].items() <= found.items()


@pytest.mark.trial
def test_the_pages_ask_as_much_of_many_places_as_of_few() -> None:
    found = figures("pages")
    assert found.keys() >= KEYS["pages"]
    assert HOLDS["pages"].items() <= found.items()
    for name in ("hafensport", "places", "now"):
        assert found[f"{name}_queries_small"] == found[f"{name}_queries_large"]


@pytest.mark.trial
@pytest.mark.timeout(300)
def test_the_intake_is_measured_on_a_durable_server_of_its_own() -> None:
    found = figures("intake", DATABASE_URL="")
    assert found.keys() >= KEYS["intake"]
    assert HOLDS["intake"].items() <= found.items()
    assert [found[name] for name in ("fsync", "full_page_writes", "synchronous_commit")] == ["on"] * 3
    assert float(str(found["fsync_us"])) > 0 and float(str(found["processor_ms"])) > 0


def test_an_unknown_bench_is_refused_with_a_sentence() -> None:
    ran = bench("speed")
    assert ran.returncode == 2
    assert "[bench.unknown]" in ran.stderr
    listed = bench("list").stdout
    assert all(name in listed for name in BENCHES)
