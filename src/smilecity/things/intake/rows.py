# SPDX-License-Identifier: EUPL-1.2
"""What is stored of an uplink: the message itself, and the results its decoded data makes."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from smilecity.things import rules
from smilecity.things.intake.messages import Message
from smilecity.things.intake.register import KnownFeed


@dataclass(frozen=True, slots=True)
class Result:
    """One result for a datastream: a finite number, or any other JSON value as text."""

    datastream: int
    number: float | None
    other: str | None


@dataclass(slots=True)
class Row:
    """An uplink as it will be stored, and the promise to its sender: True if stored, False if known before.

    `state` and `reason` may change until the promise is kept: what the database refuses is kept raw.
    """

    message: Message
    device: int | None
    state: int
    reason: str | None = None
    results: list[Result] = field(default_factory=list)
    done: asyncio.Future[bool] | None = None


def results_of(data: Any, feeds: Iterable[KnownFeed]) -> tuple[list[Result], list[str]]:
    """The results that decoded data makes, and the fields whose values cannot be kept.

    A field that is not there, or null, makes no result and is no fault: devices send now this, now that.
    """
    results: list[Result] = []
    unusable: list[str] = []
    for feed in feeds:
        value = rules.value_at(data, feed.path)
        if value is None:
            continue
        result = _result(feed, value)
        if result is None:
            unusable.append(".".join(feed.path))
        else:
            results.append(result)
    return results, unusable


def _result(feed: KnownFeed, value: Any) -> Result | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = rules.finite(value, feed.scale, feed.offset)
        return None if number is None else Result(feed.datastream, number, None)
    text = rules.json_of(value)
    return None if text is None else Result(feed.datastream, None, text)
