# SPDX-License-Identifier: EUPL-1.2
"""What entries of the log tell of, in the order it happened: observations by their ids, and entities changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from smilecity.things import facts

KEPT = frozenset({facts.THING_DECLARED, *facts.KEPT.values()})
NEAR = 1000  # ids of commits that follow each other lie close together
MOST_AT_ONCE = 2000
IN_ONE_QUESTION = 100

SINCE = """
SELECT position, verb, noun, about, data FROM core_logentry WHERE position > %s ORDER BY position LIMIT 500
"""
IN_SPAN = """
SELECT id, datastream_id FROM things_observation
WHERE id BETWEEN %s AND %s AND datastream_id = ANY(%s) ORDER BY id LIMIT 20000
"""
BY_ID = """
SELECT id, datastream_id FROM things_observation WHERE id = ANY(%s)
"""
NEWEST = """
SELECT observation, datastream_id FROM things_latest WHERE datastream_id = ANY(%s) AND observation IS NOT NULL
"""
MULTI = "SELECT id FROM things_datastream WHERE multi AND id = ANY(%s)"


@dataclass(slots=True)
class Observed:
    """Observations stored one after the other: of these datastreams, from one id to another, or these ids."""

    datastreams: set[int]
    low: int = 0
    high: int = 0
    ids: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Changed:
    """Entities that were made or changed."""

    ids: set[int]


def read(
    rows: Iterable[tuple[int, str, int | None, Sequence[int], Mapping[str, Any]]],
) -> list[Observed | Changed]:
    """What these rows of the log tell; neighbours that tell of the same kind of thing are put together."""
    told: list[Observed | Changed] = []
    for _position, verb, noun, about, data in rows:
        if verb == facts.OBSERVED:
            for observed in _observed(about, data):
                _add(told, observed)
        elif verb in KEPT:
            ids = {*about, *([noun] if noun is not None else [])}
            if told and isinstance(told[-1], Changed):
                told[-1].ids |= ids
            else:
                told.append(Changed(ids))
    return told


def _observed(about: Sequence[int], data: Mapping[str, Any]) -> Iterator[Observed]:
    if "from" in data:
        yield Observed(set(about), data["from"], data["to"])
    if "from" not in data or data.get("ids"):
        yield Observed(set(about), ids=list(data.get("ids", ())))


def _add(told: list[Observed | Changed], new: Observed) -> None:
    last = told[-1] if told else None
    if not isinstance(last, Observed) or bool(last.high) != bool(new.high) or bool(last.ids) != bool(new.ids):
        told.append(new)
    elif new.ids and len(last.ids) < MOST_AT_ONCE:
        last.ids += new.ids
        last.datastreams |= new.datastreams
    elif new.high and 0 <= new.low - last.high < NEAR and new.high - last.low < MOST_AT_ONCE:
        last.high = new.high
        last.datastreams |= new.datastreams
    else:
        told.append(new)


async def observations(connection: psycopg.AsyncConnection, observed: Observed) -> list[tuple[int, int]]:
    """Id and datastream of each of these observations that is still there, in the order they were stored.

    Of an entry that names no ids only the newest of each datastream is known.
    """
    if observed.high:
        cursor = await connection.execute(
            IN_SPAN, [observed.low, observed.high, list(observed.datastreams)], prepare=True
        )
        return await cursor.fetchall()
    if not observed.ids:
        return await (await connection.execute(NEWEST, [list(observed.datastreams)], prepare=True)).fetchall()
    cursor = await connection.execute(BY_ID, [observed.ids], prepare=True)
    found: dict[int, int] = dict(await cursor.fetchall())
    return [(one, found[one]) for one in dict.fromkeys(observed.ids) if one in found]


async def multi(connection: psycopg.AsyncConnection, datastreams: set[int]) -> set[int]:
    """Which of these are MultiDatastreams."""
    cursor = await connection.execute(MULTI, [list(datastreams)], prepare=True)
    return {one for (one,) in await cursor.fetchall()}


def questions(ids: Sequence[int]) -> list[tuple[str, list[int]]]:
    """Conditions that ask for these ids, each with those it asks for.

    All have the same number of ids (the last is repeated), so that the plan of the first serves all.
    """
    asked = []
    for start in range(0, len(ids), IN_ONE_QUESTION):
        some = list(ids[start : start + IN_ONE_QUESTION])
        width = 1 if len(some) == 1 else 10 if len(some) <= 10 else IN_ONE_QUESTION
        padded = some + [some[-1]] * (width - len(some))
        asked.append((f"id in ({','.join(map(str, padded))})", some))
    return asked
