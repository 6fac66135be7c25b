# SPDX-License-Identifier: EUPL-1.2
"""How tests make places, sensors and what they say."""

from datetime import UTC, datetime, timedelta

from django.db import connection

from smilecity.core.models import Noun
from smilecity.core.who import NODE
from smilecity.places import actions
from smilecity.places.models import Place
from smilecity.things import actions as things
from smilecity.things.models import Thing
from smilecity.things.rules.declaration import Declaration

NOW = datetime(2026, 11, 21, 16, 42, tzinfo=UTC)  # 17:42 in the city
SILENT_AFTER = timedelta(minutes=30)


def keep_thing(key: str = "mast") -> Thing:
    """A thing to hang datastreams on."""
    declared = Declaration(purpose={"de": "Messen"}, operator="Stadt", retention=timedelta(days=730))
    return things.keep_thing(NODE, key, {"de": key}, declared=declared)


def keep_stream(
    name: str, symbol: str = "", *, thing: Thing | None = None, visibility: str = "public"
) -> int:
    """A datastream of this name; its id."""
    sensor = things.keep_sensor(NODE, "Sensor")
    observed = things.keep_observed_property(NODE, f"urn:test:{name}", name)
    unit = {"name": name, "symbol": symbol} if symbol else {}
    kept = things.keep_datastream(
        NODE,
        thing or keep_thing(),
        name,
        sensor,
        observed,
        unit,
        silent_after=SILENT_AFTER,
        visibility=visibility,
        people=name == "people",
    )
    return int(kept.id)


def observe(datastream: int, result: float, moment: datetime) -> None:
    """One result, as the intake stores it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT things_keep_partition(%s)", [moment])
        cursor.execute(
            "INSERT INTO things_observation (datastream_id, phenomenon_time, result)"
            " VALUES (%s, %s, %s) RETURNING id",
            [datastream, moment, result],
        )
        row = cursor.fetchone()
        cursor.execute(
            "INSERT INTO things_latest (datastream_id, observation, phenomenon_time, result)"
            " VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (datastream_id) DO UPDATE SET observation = excluded.observation,"
            " phenomenon_time = excluded.phenomenon_time, result = excluded.result"
            " WHERE things_latest.phenomenon_time <= excluded.phenomenon_time",
            [datastream, row[0] if row else 0, moment, result],
        )


def keep_court(slug: str = "court", visibility: str = Noun.PUBLIC, area: int | None = None) -> Place:
    """A place without sensors."""
    return actions.keep_place(
        NODE,
        slug,
        title={"de": f"Platz {slug}", "en": f"Ground {slug}"},
        category="sport",
        text={"de": "Am Wasser.", "en": "By the water."},
        position=(12.1, 54.1),
        area=area,
        visibility=visibility,
        opening_hours="Mo-Su 06:00-22:00",
        street="Uferweg 1",
        entry={"de": "Durch das Tor.", "en": "Through the gate."},
        access={"step_free": "yes"},
    )
