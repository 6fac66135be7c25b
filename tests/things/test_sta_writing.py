# SPDX-License-Identifier: EUPL-1.2
"""Entities by SensorThings' API: every kind made, changed and deleted; rights; nothing half-saved."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smilecity.core import clock
from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things.actions.sensorthings.changing import document
from smilecity.things.api import writing
from smilecity.things.api.calls import Call, Reply
from smilecity.things.api.writing import ChangeSetFailed
from smilecity.things.models import (
    Datastream,
    FeatureOfInterest,
    HistoricalLocation,
    Latest,
    Location,
    Observation,
    ObservedProperty,
    Sensor,
    Thing,
)
from tests.examples import examples
from tests.things.test_sta_bodies import CELSIUS, DATASTREAM, LOCATION, OM, POINT, PROPERTY, SENSOR, THING

pytestmark = pytest.mark.django_db

BASE = "https://city.example/sensorthings/v1.1"
KEY = Who(label="key/1", scopes=frozenset({"things"}))
OBSERVER = Who(label="key/2", scopes=frozenset({"observe"}))
THERE = {"type": "Point", "coordinates": [12.2, 54.2]}
FEATURE = {"name": "F", "description": "", "encodingType": "application/geo+json", "feature": POINT}
DECLARATION = {"purpose": {"de": "Zählen"}, "operator": "Stadt", "retention": "P2Y"}


def call(
    method: str, path: str, body: Any = None, *, who: Who = KEY, query: str = "", **headers: str
) -> Reply:
    raw = b"" if body is None else body if isinstance(body, bytes) else orjson.dumps(body)
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return writing.reply(Call(method, path, query, raw, said, who, BASE))


def made(path: str, body: Any, **options: Any) -> int:
    reply = call("POST", path, body, **options)
    assert reply.status == 201
    id_ = int(orjson.loads(reply.body)["@iot.id"])
    assert dict(reply.headers)[b"location"].decode().endswith(f"({id_})")
    return id_


def refused(method: str, path: str, body: Any = None, **options: Any) -> Refusal:
    with pytest.raises(Refusal) as found:
        call(method, path, body, **options)
    return found.value


def datastream(**changes: Any) -> int:
    thing = made("/Things", {"name": "T", "description": ""})
    return made(f"/Things({thing})/Datastreams", DATASTREAM | changes)


def observe(on: int, result: Any = 1.5, **more: Any) -> int:
    return made(f"/Datastreams({on})/Observations", {"result": result, **more})


# Made


@pytest.mark.parametrize(
    ("path", "kind", "body", "told"),
    [
        ("/Sensors", "Sensor", SENSOR | {"properties": {"a": [1]}}, {}),
        ("/Sensors", "Sensor", SENSOR | {"metadata": {"model": "X"}}, {}),
        ("/ObservedProperties", "ObservedProperty", PROPERTY, {}),
        ("/Locations", "Location", LOCATION, {}),
        ("/FeaturesOfInterest", "FeatureOfInterest", FEATURE, {}),
        ("/Things", "Thing", {"name": "T", "description": "d", "properties": {"owner": {"name": "x"}}}, {}),
    ],
)
def test_what_is_made_says_what_was_sent(path: str, kind: str, body: Any, told: Any) -> None:
    kept = document(kind, made(path, body))
    kept["properties"] = {name: value for name, value in kept["properties"].items() if name != "visibility"}
    assert kept == {"properties": {}} | body


def test_a_deep_body_makes_all_of_it_and_ties_it_together() -> None:
    id_ = made("/Things", THING)
    one = Datastream.objects.get()
    assert (one.thing_id, one.sensor.name, one.observed_property.name) == (id_, "S", "Temperature")
    assert one.silent_after == timedelta(days=1)
    thing = Thing.objects.get(pk=id_)
    assert [place.name for place in thing.locations.all()] == ["L"]
    assert thing.noun.geo == POINT and thing.noun.address == "things/t"
    assert [then.locations.get().name for then in thing.historicallocation_set.all()] == ["L"]
    verbs = set(LogEntry.objects.values_list("verb", flat=True))
    kept = {"thing", "location", "whereabouts", "datastream", "sensor", "property"}
    assert verbs == {f"{one}-kept" for one in kept}


def test_a_deep_body_brings_its_observations_and_their_features() -> None:
    body = DATASTREAM | {
        "Thing": THING | {"Datastreams": []},
        "Observations": [{"result": 1}, {"result": 2, "FeatureOfInterest": FEATURE}],
    }
    id_ = made("/Datastreams", body)
    assert sorted(Observation.objects.filter(datastream=id_).values_list("result", flat=True)) == [1, 2]
    feature = FeatureOfInterest.objects.get(name="F")
    assert Observation.objects.get(result=2).feature == feature.pk
    assert Latest.objects.get(datastream=id_).count == 2


def test_an_observation_may_bring_its_datastream() -> None:
    id_ = made("/Observations", {"result": 5, "Datastream": DATASTREAM | {"Thing": THING}})
    assert Observation.objects.get(id=id_).datastream.name == "D"
    assert refused("POST", "/Observations", {"result": 5}).status in (400, 404, 422)


def test_an_observation_is_posted_to_its_feature_and_with_a_new_multidatastream() -> None:
    on, feature = datastream(), made("/FeaturesOfInterest", FEATURE)
    id_ = made(f"/FeaturesOfInterest({feature})/Observations", {"result": 5, "Datastream": {"@iot.id": on}})
    assert (Observation.objects.get(id=id_).feature, Observation.objects.get(id=id_).datastream_id) == (
        feature,
        on,
    )
    several = {
        "name": "M",
        "description": "",
        "multiObservationDataTypes": [f"{OM}OM_Measurement"],
        "unitOfMeasurements": [CELSIUS],
        "Sensor": SENSOR,
        "ObservedProperties": [PROPERTY],
        "Thing": THING | {"Datastreams": []},
    }
    id_ = made("/Observations", {"result": [5], "MultiDatastream": several})
    assert Observation.objects.get(id=id_).datastream.multi


def test_nothing_of_a_deep_body_is_kept_if_one_part_is_wrong() -> None:
    wrong = THING | {"Datastreams": [DATASTREAM | {"Observations": [{"result": "warm"}]}]}
    assert refused("POST", "/Things", wrong).code == "observation.bad-result"
    for model in (Thing, Datastream, Sensor, ObservedProperty, Location, HistoricalLocation, Noun, LogEntry):
        assert not model.objects.exists(), model


def test_a_link_to_what_is_not_there_is_refused_by_its_name() -> None:
    found = refused("POST", "/Things", THING | {"Locations": [{"@iot.id": 999}]})
    assert (found.code, found.field, found.status) == ("entity.unknown-link", "Locations", 400)
    assert refused("POST", "/Things(999)/Datastreams", DATASTREAM).status == 404
    assert refused("POST", "/Datastreams", DATASTREAM | {"Thing": {"@iot.id": 9}}).field == "Thing"


def test_things_of_one_name_have_addresses_of_their_own() -> None:
    addresses = {Thing.objects.get(pk=made("/Things", THING)).noun.address for _ in range(3)}
    assert len(addresses) == 3 and "things/t" in addresses
    named = made("/Things", {"name": "Größe & Maß: 5", "description": ""})
    assert Noun.objects.get(pk=named).address == "things/grosse-mass-5"
    reserved = made("/Things", {"name": "Uplinks", "description": ""})
    assert Noun.objects.get(pk=reserved).address != "things/uplinks"
    foreign = made("/Things", {"name": "雨量計", "description": ""})
    assert Noun.objects.get(pk=foreign).address == "things/thing"


def test_names_and_definitions_may_repeat() -> None:
    first, second = datastream(), datastream()
    twice = Datastream.objects.get(pk=first).thing_id
    third = made(f"/Things({twice})/Datastreams", DATASTREAM)
    assert len({first, second, third}) == 3
    assert ObservedProperty.objects.filter(definition=PROPERTY["definition"]).count() == 3


def test_a_multidatastream_keeps_its_order() -> None:
    thing = made("/Things", THING)
    wind, rain = (made("/ObservedProperties", PROPERTY | {"name": name}) for name in ("wind", "rain"))
    body = {
        "name": "M",
        "description": "",
        "multiObservationDataTypes": [f"{OM}OM_Measurement", f"{OM}OM_CountObservation"],
        "unitOfMeasurements": [CELSIUS, {"name": "one"}],
        "Sensor": SENSOR,
        "ObservedProperties": [{"@iot.id": rain}, {"@iot.id": wind}],
    }
    id_ = made(f"/Things({thing})/MultiDatastreams", body)
    order = Datastream.objects.get(pk=id_).datastreamproperty_set.order_by("rank")
    assert list(order.values_list("observed_property_id", flat=True)) == [rain, wind]
    call("PATCH", f"/MultiDatastreams({id_})", {"ObservedProperties": [{"@iot.id": wind}, {"@iot.id": rain}]})
    assert list(order.all().values_list("observed_property_id", flat=True)) == [wind, rain]
    assert refused("PATCH", f"/MultiDatastreams({id_})", {"unitOfMeasurements": [CELSIUS]}).status == 400
    observed = made(f"/MultiDatastreams({id_})/Observations", {"result": [1.5, 2]})
    assert Observation.objects.get(id=observed).value == [1.5, 2]
    assert refused("PATCH", f"/Datastreams({id_})", {"name": "x"}).status == 404


# Where a thing is


def test_a_thing_moves_with_its_location_and_remembers() -> None:
    id_ = made("/Things", THING)
    there = made(f"/Things({id_})/Locations", LOCATION | {"location": THERE})
    thing = Thing.objects.get(pk=id_)
    assert list(thing.locations.values_list("id", flat=True)) == [there]
    assert thing.noun.geo == THERE
    assert thing.historicallocation_set.count() == 2
    call("PATCH", f"/Locations({there})", {"location": POINT})
    assert Noun.objects.get(pk=id_).geo == POINT
    assert thing.historicallocation_set.count() == 2


def test_whereabouts_later_than_all_others_move_the_thing() -> None:
    id_ = made("/Things", THING)
    there = made("/Locations", LOCATION | {"location": THERE})
    long_ago = {"time": "2001-01-01T00:00:00Z", "Thing": {"@iot.id": id_}, "Locations": [{"@iot.id": there}]}
    made("/HistoricalLocations", long_ago)
    assert Noun.objects.get(pk=id_).geo == POINT
    later = (clock.now() + timedelta(minutes=1)).isoformat()
    made(f"/Things({id_})/HistoricalLocations", long_ago | {"time": later})
    assert Noun.objects.get(pk=id_).geo == THERE
    assert Thing.objects.get(pk=id_).locations.get().pk == there
    assert HistoricalLocation.objects.filter(thing=id_).count() == 3


def test_a_second_way_to_say_a_place_is_tied_and_untied() -> None:
    id_ = made("/Things", THING)
    other = made("/Locations", LOCATION | {"name": "other"})
    call("POST", f"/Things({id_})/Locations/$ref", {"@iot.id": f"{BASE}/Locations({other})"})
    assert Thing.objects.get(pk=id_).locations.count() == 2
    call("DELETE", f"/Things({id_})/Locations({other})/$ref")
    assert Thing.objects.get(pk=id_).locations.count() == 1
    assert refused("DELETE", f"/Things({id_})/Locations({other})/$ref").status == 404
    assert Location.objects.filter(pk=other).exists()


def test_a_link_that_one_cannot_be_without_is_not_undone() -> None:
    id_ = datastream()
    thing = Datastream.objects.get(pk=id_).thing_id
    found = refused("DELETE", f"/Things({thing})/Datastreams({id_})/$ref")
    assert (found.code, found.status) == ("entity.needed", 409)
    assert refused("DELETE", f"/Datastreams({id_})/Sensor/$ref").code == "entity.needed"
    other = made("/Sensors", SENSOR | {"name": "other"})
    call("PUT", f"/Datastreams({id_})/Sensor/$ref", {"@iot.id": other})
    assert Datastream.objects.get(pk=id_).sensor_id == other
    elsewhere = made("/Things", THING)
    call("POST", f"/Things({elsewhere})/Datastreams/$ref", {"@iot.id": id_})
    assert Datastream.objects.get(pk=id_).thing_id == elsewhere


# Bad input, and many calls at once


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/Things", b"{", 400),
        ("POST", "/Things", b"", 400),
        ("POST", "/Things", b'{"name": "a\\u0000", "description": ""}', 400),
        ("POST", "/Things", b'{"name": NaN}', 400),
        ("POST", "/Thinks", {}, 404),
        ("POST", "/Things(1)", THING, 405),
        ("POST", "/Things(1)/name", {}, 405),
        ("PATCH", "/Things", {}, 405),
        ("PATCH", "/Things(1)", {}, 404),
        ("PATCH", "/Things(99999999999999999999)", {}, 404),
        ("DELETE", "/Things(1)", None, 404),
        ("POST", "", {}, 405),
        ("POST", "/Things/$ref", {}, 405),
        ("PUT", "/Things(1)/Locations/$ref", {"@iot.id": 1}, 404),
    ],
)
def test_bad_input_is_refused(method: str, path: str, body: Any, status: int) -> None:
    assert refused(method, path, body).status == status


def test_a_name_that_the_database_cannot_index_is_refused_and_not_our_failure() -> None:
    reply = call("POST", "/Things", {"name": "ﷺ" * 500, "description": ""})
    assert reply.status in {201, 422}


def calls(*parts: tuple[str, str, Any]) -> list[Call]:
    return [Call(method, path, "", orjson.dumps(body), {}, KEY, BASE) for method, path, body in parts]


def test_a_change_set_is_done_whole_or_not_at_all() -> None:
    good = calls(("POST", "/Sensors", SENSOR), ("POST", "/ObservedProperties", PROPERTY))
    assert [reply.status for reply in writing.write_all(good)] == [201, 201]
    bad = calls(("POST", "/Sensors", SENSOR), ("POST", "/Things", {}), ("POST", "/Sensors", SENSOR))
    with pytest.raises(ChangeSetFailed) as found:
        writing.write_all(bad)
    assert (found.value.index, found.value.refusal.code) == (1, "entity.missing-property")
    assert Sensor.objects.count() == 1


def test_a_change_set_refers_to_what_it_made_before() -> None:
    def resolve(_index: int, asked: Call, before: Any) -> Call:
        known = {f"${n}": orjson.loads(one.body)["@iot.id"] for n, one in enumerate(before)}
        body = orjson.loads(asked.body)
        for name, link in body.items():
            if isinstance(link, dict) and link.get("@iot.id") in known:
                body[name] = {"@iot.id": known[link["@iot.id"]]}
        return Call(asked.method, asked.path, "", orjson.dumps(body), {}, asked.who, asked.base)

    refers = DATASTREAM | {"Thing": {"@iot.id": "$0"}, "Sensor": {"@iot.id": "$1"}}
    parts = calls(("POST", "/Things", THING), ("POST", "/Sensors", SENSOR), ("POST", "/Datastreams", refers))
    replies = writing.write_all(parts, resolve)
    kept = Datastream.objects.get(pk=orjson.loads(replies[2].body)["@iot.id"])
    assert kept.thing_id == orjson.loads(replies[0].body)["@iot.id"]
    assert kept.sensor_id == orjson.loads(replies[1].body)["@iot.id"]


def test_rows_of_an_array_are_made_or_told_why_not() -> None:
    on, feature = datastream(), made("/FeaturesOfInterest", FEATURE)
    group = {
        "Datastream": {"@iot.id": on},
        "components": ["phenomenonTime", "result", "FeatureOfInterest/id", "id"],
        "dataArray": [
            ["2026-01-01T00:00:00Z", 1, feature, 2**52 + 1],
            ["2026-01-01T00:00:00Z", "warm", None, None],
            ["2026-01-01T00:01:00Z", 2, None, None],
            ["2026-01-01T00:00:00Z", 1],
        ],
    }
    first, second, third, fourth = orjson.loads(call("POST", "/CreateObservations", [group]).body)
    assert first == f"{BASE}/Observations({2**52 + 1})" and third.startswith(f"{BASE}/Observations(")
    assert second.startswith("error: ") and fourth.startswith("error: ")
    assert Observation.objects.filter(datastream=on).count() == 2
    assert Observation.objects.get(id=2**52 + 1).feature == feature


ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1e308,
    2**63,
    "",
    "x",
    "\u2028",
    "2026-01-01T00:00:00Z",
    [],
    {},
    [[]],
    POINT,
]
ODD += ["P1Y", "x" * 70_000, {"@iot.id": 1}, {"@iot.id": None}, {"type": "Feature"}, {"visibility": "public"}]
odd = st.sampled_from(ODD)


def mutated(data: st.DataObject, body: Any) -> Any:
    """The body with something odd at one place."""
    if isinstance(body, dict) and body and data.draw(st.booleans()):
        name = data.draw(st.sampled_from(sorted(body)))
        return body | {name: mutated(data, body[name])}
    if isinstance(body, list) and body:
        return [mutated(data, body[0]), *body[1:]]
    return data.draw(odd)


@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_whatever_a_body_says_it_is_made_or_refused(data: st.DataObject) -> None:
    deep = THING | {
        "properties": DECLARATION | {"silentAfter": "P1D"},
        "Datastreams": [DATASTREAM | {"Observations": [{"result": 1, "FeatureOfInterest": FEATURE}]}],
    }
    with transaction.atomic():
        try:
            call("POST", "/Things", mutated(data, deep))
        except Refusal as refusal:
            assert 400 <= refusal.status < 500
        transaction.set_rollback(True)


@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_whatever_a_change_says_it_is_made_or_refused(data: st.DataObject) -> None:
    with transaction.atomic():
        id_ = made("/Things", THING | {"properties": DECLARATION})
        stream = Datastream.objects.get(thing=id_).pk
        path, body = data.draw(
            st.sampled_from([(f"/Things({id_})", THING), (f"/Datastreams({stream})", DATASTREAM)])
        )
        try:
            call(data.draw(st.sampled_from(["PATCH", "PUT"])), path, mutated(data, body))
        except Refusal as refusal:
            assert 400 <= refusal.status < 500
        transaction.set_rollback(True)
