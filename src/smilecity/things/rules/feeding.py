# SPDX-License-Identifier: EUPL-1.2
"""Which results a decoded message makes: its fields, and the datastreams they feed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from smilecity.things import rules

MOST_DEEP = 8  # steps of a path that is offered as a choice
MOST_OFFERED = 100


@dataclass(frozen=True, slots=True)
class KnownFeed:
    """A dotted path into the decoded data, and where its value goes; a number times `scale` plus `offset`."""

    path: tuple[str, ...]
    datastream: int
    scale: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """One result for a datastream: a finite number, or any other JSON value as text."""

    datastream: int
    number: float | None
    other: str | None


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


def fields_of(data: Any) -> dict[str, Any]:
    """The fields of decoded data that can feed a datastream, by their dotted paths, in its order; bounded."""
    found: dict[str, Any] = {}
    _walk(data, (), found)
    return found


def _walk(data: Any, path: tuple[str, ...], found: dict[str, Any]) -> None:
    if len(found) >= MOST_OFFERED or len(path) > MOST_DEEP:
        return
    if isinstance(data, Mapping):
        for name, value in data.items():
            if "." not in str(name):  # a dot is a step
                _walk(value, (*path, str(name)), found)
    elif isinstance(data, list):
        for at, value in enumerate(data):
            _walk(value, (*path, str(at)), found)
    elif data is not None and rules.is_path(text := ".".join(path)):
        found[text] = data


def _result(feed: KnownFeed, value: Any) -> Result | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = rules.finite(value, feed.scale, feed.offset)
        return None if number is None else Result(feed.datastream, number, None)
    text = rules.json_of(value)
    return None if text is None else Result(feed.datastream, None, text)
