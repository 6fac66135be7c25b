# SPDX-License-Identifier: EUPL-1.2
"""Another service is mirrored here: its things, what they observe, what changes and what goes; again and again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from smilecity.core import clock, sealing
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from smilecity.things.actions.mirroring import mirror
from smilecity.things.actions.mirroring.run import Total
from smilecity.things.models import (
    Connector,
    ConnectorState,
    Datastream,
    HistoricalLocation,
    Latest,
    Mirrored,
    Thing,
)
from smilecity.things.reads.mirroring import mirror_named, mirrors
from tests.things import asking
from tests.things.peers import ADDRESS, Frost, connector, ourselves
from tests.things.stage import NOON

pytestmark = pytest.mark.django_db
NOW = NOON + timedelta(days=2)


@pytest.fixture(autouse=True)
def _time_stands() -> Any:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def frost() -> Frost:
    peer = Frost()
    for number in (1, 2, 3):
        peer.thing(f"t{number}", f"Haus {number}")
        peer.stream(f"d{number}", f"t{number}")
        for hour in range(5):
            peer.observed(f"d{number}", f"2026-11-20T{hour:02}:00:00.000Z", number + hour / 10)
    return peer


def run(peer: Frost, source: Connector, **more: Any) -> Total:
    return mirror(NODE, source.pk, whole=True, get=peer.get, **more)


def values(name: str) -> list[tuple[datetime, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT phenomenon_time, coalesce(to_jsonb(result), value)::text FROM things_observation AS o"
            " JOIN things_datastream AS d ON d.id = o.datastream_id WHERE d.name = %s ORDER BY 1, 2",
            [name],
        )
        return cursor.fetchall()


def state(source: Connector) -> ConnectorState:
    return ConnectorState.objects.get(pk=source.pk)


def test_things_come_with_all_they_need(frost: Frost) -> None:
    source = connector()
    assert run(frost, source) == Total(entities=6, taken=15)
    thing = Thing.objects.get(noun__title__de="Haus 1")
    assert thing.noun.visibility == Noun.PUBLIC
    assert thing.noun.address == "things/haus-1"
    assert thing.noun.geo["coordinates"] == [11.5, 53.6]
    assert thing.operator == "Nachbarstadt"
    assert "Nachbarstadt" in thing.purpose["de"]
    assert thing.retention == timedelta(days=730)
    assert thing.properties == {"mirrored_from": f"{ADDRESS}/Things(%27t1%27)"}
    stream = thing.datastreams.get()
    assert (stream.visibility, stream.unit["symbol"], stream.unit["definition"]) == ("public", "°C", None)
    assert stream.sensor.name == "Pt100"
    assert stream.observed_property.definition == f"{ADDRESS}/ObservedProperties(%27p%27)"
    assert Mirrored.objects.filter(kind="Sensor").count() == 1
    assert [value for _at, value in values("d1")] == ["1", "1.1", "1.2", "1.3", "1.4"]
    assert Latest.objects.get(datastream=stream).count == 5
    told = state(source)
    assert (told.taken, told.refused, told.trouble, told.heard_at) == (15, 0, "", NOW)


def test_again_nothing_is_twice_and_what_is_new_comes_too(frost: Frost) -> None:
    source = connector()
    run(frost, source)
    moved = HistoricalLocation.objects.count()
    assert run(frost, source) == Total()
    frost.observed("d2", "2026-11-20T05:00:00Z", 9.5)
    frost.observed("d2", "2026-11-20T02:30:00+01:00", 7.5)  # late
    frost.things["t2"]["description"] = "auf dem Dach"
    assert run(frost, source) == Total(entities=1, taken=2)
    assert Thing.objects.get(noun__title__de="Haus 2").description == "auf dem Dach"
    assert HistoricalLocation.objects.count() == moved
    assert len(values("d2")) == 7
    assert Latest.objects.get(datastream__name="d2").result == 9.5


def test_between_rounds_only_observations_are_asked_for(frost: Frost) -> None:
    source = connector()
    mirror(NODE, source.pk, get=frost.get)
    frost.asked.clear()
    mirror(NODE, source.pk, get=frost.get)
    assert all("/Observations" in one for one in frost.asked)
    assert len(frost.asked) == 9  # three pages each, for the overlap is read again
    with clock.frozen(NOW + timedelta(hours=2)):
        mirror(NODE, source.pk, get=frost.get)
    assert "Things?$top=100&$expand=Locations" in frost.asked


def test_what_is_gone_is_hidden_and_may_come_back(frost: Frost) -> None:
    source = connector()
    run(frost, source)
    thing, stream = frost.things.pop("t1"), frost.streams.pop("d1")
    assert run(frost, source).hidden == 2
    kept = Thing.objects.get(noun__title__de="Haus 1")
    assert kept.noun.visibility == Noun.INTERNAL
    assert "mirrored_from" in kept.properties
    assert kept.datastreams.get().visibility == "internal"
    assert len(values("d1")) == 5
    assert run(frost, source).hidden == 0
    frost.things["t1"], frost.streams["d1"] = thing, stream
    run(frost, source)
    kept.noun.refresh_from_db()
    assert (kept.noun.visibility, kept.datastreams.get().visibility) == (Noun.PUBLIC, "public")


def test_what_is_said_of_it_here_stays(frost: Frost) -> None:
    source = connector()
    run(frost, source)
    kept = Thing.objects.get(noun__title__de="Haus 1")
    Thing.objects.filter(pk=kept.pk).update(retention=timedelta(days=9), purpose={"de": "Für den Deich."})
    Noun.objects.filter(pk=kept.pk).update(visibility=Noun.INTERNAL)
    frost.things["t1"]["description"] = "anders"
    run(frost, source)
    kept = Thing.objects.get(pk=kept.pk)
    assert (kept.description, kept.retention, kept.purpose) == (
        "anders",
        timedelta(days=9),
        {"de": "Für den Deich."},
    )
    assert kept.noun.visibility == Noun.INTERNAL


def test_a_kill_at_any_request_loses_nothing_and_doubles_nothing(frost: Frost) -> None:
    """The run ends at its first request, then the next one ends at its second, and so on, until one ends by itself."""
    source = connector()
    for allowed in range(1, 60):
        left = allowed

        def get(address: str) -> bytes:
            nonlocal left
            left -= 1
            if left < 0:
                raise KeyboardInterrupt
            return frost.get(address)

        try:
            mirror(NODE, source.pk, get=get)
        except KeyboardInterrupt:
            continue
        break
    else:
        raise AssertionError("it never came to an end")
    assert allowed > 3
    assert [len(values(f"d{number}")) for number in (1, 2, 3)] == [5, 5, 5]
    assert Thing.objects.count() == 3
    assert state(source).taken == 15


def test_a_long_past_is_fetched_over_several_runs(frost: Frost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smilecity.things.actions.mirroring.observing.MOST_PAGES", 1)
    source = connector()
    first = run(frost, source)
    assert (first.taken, first.more) == (6, True)
    assert run(frost, source).taken == 6
    assert run(frost, source).taken == 3


def test_without_time_it_goes_on_the_next_time(frost: Frost) -> None:
    source = connector()
    assert run(frost, source, seconds=-1) == Total(more=True)
    assert run(frost, source).taken == 15


def test_our_own_service_is_mirrored_once_and_mirrors_are_not() -> None:
    town = asking.measured_town()
    source = connector(asking.BASE)
    total = mirror(NODE, source.pk, whole=True, get=ourselves)
    assert (total.entities, total.taken, total.refused) == (2, 3, 0)  # what is hidden there is not seen
    copy = Datastream.objects.get(pk=Mirrored.objects.get(kind="Datastream").ours)
    assert (copy.name, copy.thing.operator) == ("public", "Nachbarstadt")
    with connection.cursor() as cursor:
        pairs = "SELECT phenomenon_time, result FROM things_observation WHERE datastream_id = %s ORDER BY 1"
        cursor.execute(pairs, [copy.pk])
        copied = cursor.fetchall()
        cursor.execute(pairs, [town.public.pk])
        assert copied == cursor.fetchall()
    assert mirror(NODE, source.pk, whole=True, get=ourselves) == Total()
    assert Datastream.objects.count() == 5


def test_a_key_keeps_what_it_reads_from_everyone(frost: Frost) -> None:
    source = connector(secret=sealing.seal("hush"))
    run(frost, source)
    assert set(Datastream.objects.values_list("visibility", flat=True)) == {"partners"}


def test_ids_as_numbers_and_other_ways_to_ask() -> None:
    """A service that cannot filter by times, with numbers for ids."""
    frost = Frost(page=10)
    frost.thing("t")
    frost.stream("d", "t")
    for number in (1, 2):
        frost.observed_as(number, "d", "2026-11-20T10:00:00Z", number)
    served = frost.get

    def get(address: str) -> bytes:
        if "Time" in address:
            raise Refusal("reach.not-there", "No.", status=502)
        return served(address)

    frost.get = get  # type: ignore[method-assign]
    source = connector()
    assert run(frost, source).taken == 2
    assert Mirrored.objects.get(kind="Datastream").position["since"] == 2
    run(frost, source)
    assert frost.asked[-1] == "Datastreams('d')/Observations?$top=1000&$orderby=id asc&$filter=id gt 2"


def test_multidatastreams_come_too() -> None:
    frost = Frost()
    frost.thing("t")
    frost.stream("m", "t")
    row = frost.streams.pop("m") | {"Thing": {"@iot.id": "t"}}
    row["ObservedProperties"] = [
        row.pop("ObservedProperty"),
        {"@iot.id": "q", "name": "Feuchte", "definition": "urn:q"},
    ]
    row["unitOfMeasurements"] = [
        row.pop("unitOfMeasurement"),
        {"name": "percent", "symbol": "%", "definition": "%"},
    ]
    row["multiObservationDataTypes"] = [row.pop("observationType")] * 2
    frost.lies["MultiDatastreams?"] = {"value": [row]}
    seen = {"@iot.id": 7, "phenomenonTime": "2026-11-20T10:00:00Z", "result": [1.5, None]}
    frost.lies["MultiDatastreams('m')"] = {"value": [seen]}
    assert run(frost, connector()) == Total(entities=2, taken=1)
    stream = Datastream.objects.get()
    assert (stream.multi, [one["symbol"] for one in stream.unit]) == (True, ["°C", "%"])
    assert [value for _at, value in values("m")] == ["[1.5, null]"]


def test_one_at_a_time_and_only_a_mirror(frost: Frost) -> None:
    source = connector()
    with pytest.raises(Refusal) as refusal:
        mirror(NODE, source.pk + 1)
    assert refusal.value.code == "mirror.unknown"
    with pytest.raises(Refusal) as refusal:
        mirror(ANYONE, source.pk)
    assert refusal.value.status == 403
    assert [one.name for one in mirrors(NODE)] == ["Nachbarstadt"]
    assert mirror_named(NODE, "Nachbarstadt") == source
    assert (mirrors(ANYONE), mirror_named(ANYONE, "Nachbarstadt")) == ([], None)


def test_the_values_of_a_week_before_are_not_lost_to_the_overlap() -> None:
    """What is asked for begins before the furthest, and never after it."""
    frost = Frost()
    frost.thing("t")
    frost.stream("d", "t")
    frost.observed("d", "2026-11-13T10:00:00Z", 1)
    source = connector()
    run(frost, source)
    assert Mirrored.objects.get(kind="Datastream").position["since"] == "2026-11-13T04:00:00.000Z"
    frost.observed("d", "2026-11-13T05:00:00Z", 2)
    run(frost, source)
    assert values("d")[0] == (datetime(2026, 11, 13, 5, tzinfo=UTC), "2")
