# SPDX-License-Identifier: EUPL-1.2
"""What expressions are asked of, and how: things, datastreams, and an observation of each kind."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from smilecity.core.problems import Refusal
from smilecity.things.models import (
    Datastream,
    Observation,
    Thing,
)
from smilecity.things.reads.sensorthings.columns import TABLES
from smilecity.things.reads.sensorthings.expressions import Context, compile_value
from smilecity.things.reads.sensorthings.expressions import compile as compiled
from smilecity.things.reads.sensorthings.geography import resolve_now
from smilecity.things.rights import Sight
from smilecity.things.rules.odata import read_expression, tree

from . import stage

ALL = Sight(all=True, areas=[])
ANYONE = Sight(all=False, areas=[])
PARTNER = Sight(all=False, areas=[], partners=True)
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(hours: float) -> datetime:
    """So many hours after noon."""
    return NOON + timedelta(hours=hours)


# What is observed: result, further columns by name. A number is its place.
OBSERVED: list[dict[str, Any]] = [
    {"result": 5.0, "parameters": {"n": 1, "t": "a", "deep": {"list": [1, {"x": "y"}]}}},
    {"result": -2.5, "parameters": {"n": "1", "t": None, "b": True}},
    {"result": 21.125, "phenomenon_end": at(3), "result_time": at(4)},
    {"value": "wet", "parameters": {"since": "2026-02-31T10:00:00Z", "n": 10**40}},
    {"value": "O'Neil % _", "parameters": {"since": "2026-11-20T13:30:00+01:00"}},
    {"value": True, "result_time": at(5)},
    {"value": False, "quality": {"grade": "good"}},
    {"value": {"x": 7, "y": "seven", "list": ["a", "b"]}, "valid_start": at(0), "valid_end": at(6)},
    {"value": [1, 2.5, "c"], "phenomenon_end": at(8)},
    {"result": 1e300},
    {"result": 0.0, "phenomenon_end": at(9)},
]


@dataclass
class Stage:
    """What the tests ask."""

    things: list[Thing]
    streams: list[Datastream]
    observations: list[Observation]


def staged() -> Stage:
    """Three things, the last of them hidden; five datastreams, not all public; an observation of each kind."""
    things = [
        stage.thing(
            "one", geo={"type": "Point", "coordinates": [12.0, 54.0]}, properties={"owner": {"name": "Ada"}}
        ),
        stage.thing(
            "two", geo={"type": "Point", "coordinates": [12.5, 54.5]}, properties={"tags": ["a", "b"]}
        ),
        stage.thing("hidden", visibility="internal", geo={"type": "Point", "coordinates": [13.0, 55.0]}),
    ]
    streams = [
        stage.stream("rain", things[0], unit={"name": "millimetre", "symbol": "mm"}),
        stage.stream("people", things[0], visibility="internal"),
        stage.stream("noise", things[1]),
        stage.stream("secret", things[2]),
        stage.stream("shared", things[1]),
    ]
    Datastream.objects.filter(id=streams[4].id).update(visibility="partners")
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.things_keep_partition(%s)", [NOON])
    observations = [
        Observation.objects.create(
            id=1000 + place, datastream=streams[0], phenomenon_time=at(place), **columns
        )
        for place, columns in enumerate(OBSERVED)
    ]
    for place, of in enumerate(streams[1:]):
        Observation.objects.create(
            id=2000 + place, datastream=of, phenomenon_time=at(0.5), result=float(place)
        )
    return Stage(things, streams, observations)


def found(text: str | tree.Expression, kind: str = "Observation", sight: Sight = ALL) -> list[int]:
    """The ids of the entities that this is true of, in order."""
    context = Context(sight)
    node = read_expression(text) if isinstance(text, str) else text
    table = TABLES[kind]
    condition = compiled(node, kind, "t", context)
    assert condition.type == "bool"
    where = f"{table.only.format(a='t')} AND {table.seen_by(sight).format(a='t')} AND {condition.text}"
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        for question in context.shapes:
            context.parameters[question.name] = resolve_now(cursor, question)
        cursor.execute(
            f"SELECT {table.id.format(a='t')} FROM {table.source.format(a='t')} WHERE {where}",
            context.parameters,
        )
        return sorted(row[0] for row in cursor.fetchall())


def places(text: str, sight: Sight = ALL) -> list[int]:
    """Which of OBSERVED this is true of."""
    return [one - 1000 for one in found(f"Datastream/name eq 'rain' and ({text})", sight=sight)]


def worth(text: str) -> Any:
    """The value of an expression over the first observation."""
    context = Context(ALL)
    value = compile_value(read_expression(text), "Observation", "t", context)
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(
            f"SELECT {value.text} FROM things_observation AS t WHERE t.id = 1000", context.parameters
        )
        return cursor.fetchone()[0]


def refused(text: str, kind: str = "Observation") -> Refusal:
    """How it is refused."""
    with pytest.raises(Refusal) as error:
        found(text, kind)
    return error.value
