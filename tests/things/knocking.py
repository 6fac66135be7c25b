# SPDX-License-Identifier: EUPL-1.2
"""A door to knock at with messages, and what it kept of them."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from smilecity.core import clock
from tests.things.stage import Answer, Door, ask, key, sample

NOW = datetime(2026, 11, 20, 14, 6, 30, tzinfo=UTC)
SAMPLES = ("tts_uplink", "chirpstack_up")
Post = Callable[..., Answer]


@pytest.fixture(autouse=True)
def _time_stands() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@contextmanager
def opened(url: str, limit: int = 1 << 20) -> Iterator[tuple[Post, Door, asyncio.AbstractEventLoop]]:
    """A door on a loop that stays, so that one test may knock thousands of times; on the day of the samples."""
    loop = asyncio.new_event_loop()
    door = Door(url, key(), limit)
    with clock.frozen(NOW):
        loop.run_until_complete(door.__aenter__())
        try:
            yield (lambda *args, **options: loop.run_until_complete(door.post(*args, **options))), door, loop
        finally:
            loop.run_until_complete(door.__aexit__())
            loop.close()


@pytest.fixture
def post(database_url: str) -> Iterator[Post]:
    with opened(database_url) as (knock, _door, _loop):
        yield knock


def kept(url: str) -> list[tuple[Any, ...]]:
    return ask(url, "SELECT state, eui, reason FROM things_uplink ORDER BY stored_at")


def latest(url: str, datastream: int) -> list[tuple[Any, ...]]:
    return ask(
        url, "SELECT result, value, phenomenon_time FROM things_latest WHERE datastream_id = %s", datastream
    )


def changed(path: str, value: Any, name: str = "tts_uplink") -> dict[str, Any]:
    said = sample(name)
    *way, last = path.split(".")
    inner = said
    for part in way:
        inner = inner[part]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return said
