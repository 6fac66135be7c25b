# SPDX-License-Identifier: EUPL-1.2
"""Waiting for what others send, by one timer for all."""

import asyncio
import contextlib

import pytest

from smilecity.core import patience
from smilecity.core.patience import WAITING, Patience


@pytest.fixture(autouse=True)
def looked_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LOOK_SECONDS", 0.01)


def late() -> Exception:
    return ValueError("too slow")


async def waited(seconds: float, work: float) -> str:
    with Patience(seconds, late):
        await asyncio.sleep(work)
    return "came"


def test_what_comes_in_time_comes_and_what_does_not_is_told() -> None:
    async def story() -> list[object]:
        tries = [waited(0.05, 60), waited(60, 0.02), waited(0.05, 60), waited(60, 0)]
        return await asyncio.gather(*tries, return_exceptions=True)

    first, second, third, fourth = asyncio.run(story())
    assert (str(first), second, str(third), fourth) == ("too slow", "came", "too slow", "came")
    assert not WAITING.until


def test_who_is_cancelled_meanwhile_is_cancelled() -> None:
    async def story() -> bool:
        task = asyncio.create_task(waited(60, 60))
        await asyncio.sleep(0.02)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        return task.cancelled()

    assert asyncio.run(story())
    assert not WAITING.until


def test_an_outer_limit_that_is_shorter_holds() -> None:
    async def story() -> None:
        async with asyncio.timeout(0.02):
            await waited(60, 60)

    with pytest.raises(TimeoutError):
        asyncio.run(story())


def test_what_fails_while_it_is_waited_for_fails_as_it_is() -> None:
    async def story() -> None:
        with Patience(60, late):
            raise KeyError("its own")

    with pytest.raises(KeyError, match="its own"):
        asyncio.run(story())


def test_one_at_a_time_in_a_task() -> None:
    async def story() -> None:
        with Patience(60, late), Patience(60, late):
            pass

    with pytest.raises(RuntimeError, match="once at a time"):
        asyncio.run(story())
    assert not WAITING.until
