# SPDX-License-Identifier: EUPL-1.2
"""Expressions over related entities: nothing hidden is told."""

import pytest
from django.db import connection

from smilecity.things.models import (
    Datastream,
    DatastreamProperty,
    Location,
    ObservedProperty,
)
from smilecity.things.reads.sensorthings.columns import TABLES, parameters

from . import stage
from .expressing import ALL, ANYONE, HOUR, PARTNER, Stage, found, staged

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage_(db: None) -> Stage:
    """What the tests ask."""
    return staged()


def test_the_short_condition_of_who_sees_says_the_same(stage_: Stage) -> None:
    for kind, table in TABLES.items():
        for sight in (ALL, ANYONE, PARTNER):
            with connection.cursor() as cursor:
                query = f"SELECT count(*) FILTER (WHERE {table.seen}), count(*) FILTER (WHERE {table.seen_by(sight)})"
                cursor.execute(f"{query} FROM {table.source}".format(a="t"), parameters(sight))
                assert len(set(cursor.fetchone())) == 1, (kind, sight)


def test_related_entities(stage_: Stage) -> None:
    one, two, hidden = (thing.noun_id for thing in stage_.things)
    ids = {stream.name: stream.id for stream in stage_.streams}
    assert found("Datastreams/name eq 'rain'", "Thing") == [one]
    assert found("Datastreams/Observations/result gt 20", "Thing") == [one]
    assert found("not (Datastreams/name eq 'rain')", "Thing") == [two, hidden]
    assert found("Datastreams/any(d: d/name eq 'rain' and d/unitOfMeasurement/symbol eq 'mm')", "Thing") == [
        one
    ]
    assert found("Datastreams/any(d: d/Observations/any(o: o/result eq 5 and d/name eq name))", "Thing") == []
    assert found("Datastreams/all(d: d/name eq 'secret')", "Thing") == [hidden]
    assert found("Datastreams/any()", "Thing") == [one, two, hidden]
    assert found("properties/tags/any(t: t eq 'b')", "Thing") == [two]
    assert found("properties/tags/all(t: t ne 'z')", "Thing") == [one, two, hidden]
    assert found("properties/owner/name eq 'Ada'", "Thing") == [one]
    assert found("Thing/name eq 'two'", "Datastream") == sorted([ids["noise"], ids["shared"]])
    assert found("Thing/properties/owner/name ne 'Ada'", "Datastream") == sorted(
        [ids["noise"], ids["shared"], ids["secret"]]
    )
    assert found("Thing/properties/owner eq null", "Datastream") == sorted(
        [ids["noise"], ids["shared"], ids["secret"]]
    )
    assert found("Datastream/Thing/name eq 'hidden'") == [2002]
    assert found(f"Datastream/id eq {ids['people']}") == [2000]
    assert found("Sensor/name eq ObservedProperty/name", "Datastream") == []
    assert found("Things/Datastreams/name eq 'rain'", "Location") == found("name eq 'one'", "Location")


def test_several_properties_in_one_datastream(stage_: Stage) -> None:
    both = Datastream.objects.create(
        thing=stage_.things[0],
        sensor=stage_.streams[0].sensor,
        name="both",
        multi=True,
        unit=[{"symbol": "mm"}, {"symbol": "%"}],
        silent_after=HOUR,
    )
    for rank in (0, 1):
        DatastreamProperty.objects.create(
            datastream=both, observed_property=ObservedProperty.objects.get(), rank=rank
        )
    assert both.id not in found("name eq 'both'", "Datastream")
    assert found("name eq 'both'", "MultiDatastream") == [both.id]
    assert found("unitOfMeasurements/1/symbol eq '%'", "MultiDatastream") == [both.id]
    assert found("ObservedProperties/name eq 'People'", "MultiDatastream") == [both.id]
    assert found("MultiDatastreams/name eq 'both'", "ObservedProperty") == [ObservedProperty.objects.get().id]


def test_what_is_hidden_is_told_by_no_filter(stage_: Stage) -> None:
    one, two, _hidden = (thing.noun_id for thing in stage_.things)
    ids = {stream.name: stream.id for stream in stage_.streams}
    assert found("true", "Thing", ANYONE) == [one, two]
    assert found("Datastreams/name eq 'people'", "Thing", ANYONE) == []
    assert found("Datastreams/name ne 'rain'", "Thing", ANYONE) == [two]
    assert found("Datastreams/any(d: d/name eq 'shared')", "Thing", ANYONE) == []
    assert found("Datastreams/any(d: d/name eq 'shared')", "Thing", PARTNER) == [two]
    assert found("Datastreams/Observations/result ge 0", "Thing", ANYONE) == [one, two]
    assert found("Datastreams/all(d: d/name eq 'rain')", "Thing", ANYONE) == [one]
    assert found("true", "Datastream", ANYONE) == sorted([ids["rain"], ids["noise"]])
    assert found("true", "Datastream", PARTNER) == sorted([ids["rain"], ids["noise"], ids["shared"]])
    assert found("Datastreams/any(d: d/Thing/name eq 'hidden')", "Sensor", ANYONE) == []
    assert found("Datastreams/any(d: d/Thing/name eq 'hidden')", "Sensor", ALL) != []
    assert found("Datastream/name ne 'rain'", sight=ANYONE) == [2001]
    assert found("true", "Location", ANYONE) == found("name ne 'hidden'", "Location", ALL)
    assert found("Thing/name eq 'hidden'", "HistoricalLocation", ANYONE) == []


def test_where_a_hidden_thing_was_is_hidden_too(stage_: Stage) -> None:
    stage.thing("hidden", visibility="internal", geo={"type": "Point", "coordinates": [13.5, 55.0]})
    was, alone = (
        Location.objects.get(location__coordinates__0=13.0),
        Location.objects.create(name="x", location={}),
    )
    assert was.id in found("true", "Location", ALL)
    assert was.id not in found("true", "Location", ANYONE)
    assert alone.id in found("true", "Location", ANYONE)
