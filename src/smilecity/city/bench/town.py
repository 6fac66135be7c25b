# SPDX-License-Identifier: EUPL-1.2
"""What the things bench measures on: a hundred things with ten datastreams each, and a year of observations.

The first datastream has a value each ten minutes of the year; the others share the rest, spread over the same year.
`SMILE_BENCH_ROWS` says how many observations there are in all.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

from smilecity.city.bench import small
from smilecity.core import clock

THINGS = 100
STREAMS = 10  # of a thing
YEAR = timedelta(days=365)
FINE = timedelta(minutes=10)
WEST, SOUTH, STEP = 12.0, 54.0, 0.002

COPY = "COPY things_observation (id, datastream_id, phenomenon_time, result, feature) FROM STDIN"
LATEST = """
INSERT INTO things_latest (datastream_id, observation, phenomenon_time, result, feature, count, first_time, last_time)
SELECT a.datastream_id, o.id, o.phenomenon_time, o.result, o.feature, a.count, a.first, a.last
FROM (
    SELECT datastream_id, count(*), min(phenomenon_time) AS first, max(phenomenon_time) AS last
    FROM things_observation GROUP BY datastream_id
) AS a JOIN LATERAL (
    SELECT * FROM things_observation AS o WHERE o.datastream_id = a.datastream_id AND o.phenomenon_time = a.last
    ORDER BY id DESC LIMIT 1
) AS o ON true
"""


@dataclass(frozen=True, slots=True)
class Town:
    """A key that writes observations, the datastreams' ids (the first has the fine year), and all observations."""

    key: str
    streams: tuple[int, ...]
    rows: int
    until: datetime


def rows_wanted() -> int:
    """How many observations there shall be."""
    return int(os.environ.get("SMILE_BENCH_ROWS", "20000" if small() else "1000000"))


def build(url: str) -> Town:
    """Make all of it. Django must be set up, the tables there."""
    from smilecity.core.who import NODE
    from smilecity.people.actions import make_key

    streams, features = _entities()
    until = clock.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    rows = _observe(url, streams, features, until)
    _roll_up()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
    _key, text = make_key(NODE, "bench", ["observe"])
    return Town(text, tuple(streams), rows, until)


def _entities() -> tuple[list[int], list[int]]:
    """The datastreams, thing by thing, and the feature of each."""
    from django.db import transaction

    from smilecity.core import nouns
    from smilecity.things import models

    streams: list[models.Datastream] = []
    features: list[int] = []
    with transaction.atomic():
        sensor = models.Sensor.objects.create(name="Bench")
        observed = models.ObservedProperty.objects.create(
            name="Temperature", definition="urn:bench:temperature"
        )
        for number in range(THINGS):
            point = {
                "type": "Point",
                "coordinates": [WEST + number % 10 * STEP, SOUTH + number // 10 * STEP],
            }
            noun = nouns.put(
                "thing", f"things/bench-{number}", {"de": f"Bench {number}"}, visibility="public", geo=point
            )
            thing = models.Thing.objects.create(noun=noun)
            place = models.Location.objects.create(name=f"Place {number}", location=point)
            thing.locations.add(place)
            feature = models.FeatureOfInterest.objects.create(name=place.name, feature=point)
            for rank in range(STREAMS):
                streams.append(
                    models.Datastream(
                        name=f"Temperature {number}.{rank}",
                        thing=thing,
                        sensor=sensor,
                        observed_property=observed,
                        unit={"name": "degree Celsius", "symbol": "°C", "definition": "ucum:Cel"},
                        observed_area=point,
                        silent_after=timedelta(hours=1),
                    )
                )
                features.append(feature.id)
        models.Datastream.objects.bulk_create(streams)
        made = list(models.Datastream.objects.order_by("id").values_list("id", flat=True))
        models.Featured.objects.bulk_create(
            models.Featured(datastream_id=one, feature_id=feature)
            for one, feature in zip(made, features, strict=True)
        )
    return made, features


def _observe(url: str, streams: list[int], features: list[int], until: datetime) -> int:
    wanted = rows_wanted()
    fine = min(int(YEAR / FINE), wanted // 2)
    each = max((wanted - fine) // (len(streams) - 1), 1)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT things_keep_partition(m) FROM generate_series(%s::timestamptz, %s, '1 day') AS m",
            [until - YEAR - FINE, until + timedelta(days=31)],
        )
        number = _copy(connection, streams[0], features[0], _moments(until, fine, FINE), 1)
        moments = _moments(until, each, YEAR / each)
        for stream, feature in zip(streams[1:], features[1:], strict=True):
            number = _copy(connection, stream, feature, moments, number)
        connection.execute("SELECT setval('things_observation_id', %s)", [number])
        connection.execute(LATEST)
    return number - 1


def _moments(until: datetime, count: int, step: timedelta) -> list[str]:
    """So many moments up to `until`, as COPY reads them, with a number from 10 to 30 each."""
    return [
        f"{(until - step * back).isoformat()}\t{10 + back * 7 % 200 / 10}"
        for back in range(count - 1, -1, -1)
    ]


def _copy(connection: psycopg.Connection, stream: int, feature: int, moments: list[str], first: int) -> int:
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for start in range(0, len(moments), 5000):
            part = moments[start : start + 5000]
            copy.write(
                "".join(
                    f"{first + n}\t{stream}\t{moment}\t{feature}\n" for n, moment in enumerate(part, start)
                )
            )
    return first + len(moments)


def _roll_up() -> None:
    from smilecity.core.who import NODE
    from smilecity.things.actions.rolling import roll_up

    while not roll_up(NODE):
        pass
