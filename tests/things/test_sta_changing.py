# SPDX-License-Identifier: EUPL-1.2
"""Entities changed and deleted by SensorThings' API, with what cannot be without them."""

import orjson
import pytest

from smilecity.core.models import LogEntry, Noun
from smilecity.things.actions.sensorthings.changing import document
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
from tests.things.stage import device, stream
from tests.things.test_sta_bodies import LOCATION, SENSOR, THING
from tests.things.test_sta_writing import BASE, DECLARATION, FEATURE, call, datastream, made, observe, refused

pytestmark = pytest.mark.django_db


# Changed


def test_what_a_change_does_not_say_stays() -> None:
    id_ = made("/Sensors", SENSOR | {"properties": {"a": 1}})
    call("PATCH", f"/Sensors({id_})", {"name": "new", "@iot.id": 99})
    assert document("Sensor", id_) == SENSOR | {"name": "new", "properties": {"a": 1}}
    call("PUT", f"/Sensors({id_})", SENSOR)
    assert document("Sensor", id_) == SENSOR | {"properties": {}}
    assert refused("PUT", f"/Sensors({id_})", {"name": "x"}).code == "entity.missing-property"


def test_an_entity_is_reached_along_its_path_only() -> None:
    id_ = datastream()
    thing = Datastream.objects.get(pk=id_).thing_id
    call("PATCH", f"/Things({thing})/Datastreams({id_})", {"description": "new"})
    call("PATCH", f"/Datastreams({id_})/Thing", {"description": "its thing"})
    assert Datastream.objects.get(pk=id_).description == "new"
    assert Thing.objects.get(pk=thing).description == "its thing"
    other = made("/Things", THING)
    assert refused("PATCH", f"/Things({other})/Datastreams({id_})", {"description": "x"}).status == 404


def test_a_json_patch_changes_what_it_names() -> None:
    id_ = made("/Sensors", SENSOR | {"properties": {"a": 1, "b": None}})
    operations = [
        {"op": "test", "path": "/name", "value": "S"},
        {"op": "replace", "path": "/name", "value": "new"},
        {"op": "add", "path": "/properties/c", "value": [1]},
        {"op": "remove", "path": "/properties/a"},
    ]
    media = {"content_type": "application/json-patch+json"}
    call("PATCH", f"/Sensors({id_})", operations, **media)
    assert document("Sensor", id_)["properties"] == {"b": None, "c": [1]}
    assert document("Sensor", id_)["name"] == "new"
    assert refused("PATCH", f"/Sensors({id_})", operations, **media).status == 409
    gone = refused("PATCH", f"/Sensors({id_})", [{"op": "remove", "path": "/name"}], **media)
    assert gone.field == "name"


def test_an_observation_is_changed_and_deleted() -> None:
    on = datastream()
    id_ = observe(on)
    call("PATCH", f"/Observations({id_})", {"result": 7, "FeatureOfInterest": FEATURE})
    assert Observation.objects.get(id=id_).result == 7
    assert Observation.objects.get(id=id_).feature == FeatureOfInterest.objects.get(name="F").pk
    operations = [{"op": "replace", "path": "/result", "value": 8}]
    call("PATCH", f"/Observations({id_})", operations, content_type="application/json-patch+json")
    assert Observation.objects.get(id=id_).result == 8
    call("DELETE", f"/Datastreams({on})/Observations({id_})")
    assert not Observation.objects.exists()


def test_observations_are_deleted_by_a_filter_and_never_without() -> None:
    on = datastream()
    for result in (1, 2, 3):
        observe(on, result)
    path = f"/Datastreams({on})/Observations"
    reply = call("DELETE", path, query="$filter=result%20gt%201")
    assert orjson.loads(reply.body) == {"@iot.count": 2}
    assert [one.result for one in Observation.objects.all()] == [1]
    assert refused("DELETE", path).status == 405
    assert refused("DELETE", "/Things").status == 405
    assert Latest.objects.get(datastream=on).count == 1


def test_a_change_of_what_has_changed_meanwhile_is_refused() -> None:
    reply = call("POST", "/Things", THING)
    seen = dict(reply.headers)[b"etag"].decode()
    path = dict(reply.headers)[b"location"].decode().removeprefix(BASE)
    changed = call("PATCH", path, {"name": "first"}, if_match=f'W/"{seen[1:-1]}-whatever"')
    found = refused("PATCH", path, {"name": "second"}, if_match=seen)
    assert (found.code, found.status) == ("entity.changed", 412)
    assert refused("DELETE", path, if_match=seen).status == 412
    call("DELETE", path, if_match=f'"zzz", {dict(changed.headers)[b"etag"].decode()}')
    assert refused("PATCH", path, {"name": "third"}, if_match="*").status == 404


def test_an_etag_is_the_same_until_the_entity_changes() -> None:
    id_ = datastream()
    first = dict(call("PATCH", f"/Datastreams({id_})", {"name": "x"}).headers)[b"etag"]
    assert dict(call("PATCH", f"/Datastreams({id_})", {"name": "x"}).headers)[b"etag"] == first
    assert dict(call("PATCH", f"/Datastreams({id_})", {"name": "y"}).headers)[b"etag"] != first


# Deleted


def test_what_cannot_be_without_a_thing_goes_with_it() -> None:
    id_ = made("/Things", THING | {"properties": DECLARATION})
    on = Datastream.objects.get().pk
    observe(on)
    call("DELETE", f"/Things({id_})")
    for model in (Thing, Datastream, HistoricalLocation, Latest, Observation, Noun):
        assert not model.objects.exists(), model
    assert Sensor.objects.count() == ObservedProperty.objects.count() == Location.objects.count() == 1
    assert {"thing-gone", "datastream-gone"} <= set(LogEntry.objects.values_list("verb", flat=True))


def test_where_a_hidden_thing_was_goes_with_it() -> None:
    hidden = made("/Things", THING)
    assert Noun.objects.get(pk=hidden).visibility == Noun.INTERNAL
    observe(Datastream.objects.get().pk)
    shared = made("/Locations", LOCATION | {"name": "shared"})
    made("/Things", {"name": "other", "description": "", "Locations": [{"@iot.id": shared}]})
    call("POST", f"/Things({hidden})/Locations/$ref", {"@iot.id": shared})
    call("DELETE", f"/Things({hidden})")
    assert [place.name for place in Location.objects.all()] == ["shared"]
    assert not FeatureOfInterest.objects.exists()


@pytest.mark.parametrize("path", ["/Sensors", "/ObservedProperties"])
def test_datastreams_go_with_what_they_are_of(path: str) -> None:
    on = datastream()
    observe(on)
    kept = Datastream.objects.get()
    call("DELETE", f"{path}({kept.sensor_id if path == '/Sensors' else kept.observed_property_id})")
    assert not Datastream.objects.exists() and not Observation.objects.exists()
    assert Thing.objects.exists()


def test_a_feature_goes_with_its_observations_and_a_location_with_its_history() -> None:
    on = datastream()
    observe(on)
    observe(on, 5, FeatureOfInterest=FEATURE)
    call("DELETE", f"/FeaturesOfInterest({FeatureOfInterest.objects.get(name='F').pk})")
    assert [one.result for one in Observation.objects.all()] == [1.5]
    assert Latest.objects.get(datastream=on).count == 1
    thing = made("/Things", THING)
    call("DELETE", f"/Locations({Thing.objects.get(pk=thing).locations.get().pk})")
    assert not HistoricalLocation.objects.filter(thing=thing).exists()
    assert Noun.objects.get(pk=thing).geo is None


def test_what_a_device_feeds_is_not_deleted() -> None:
    one = stream()
    device(one)
    for path in (f"/Things({one.thing_id})", f"/Datastreams({one.pk})", f"/Sensors({one.sensor_id})"):
        assert (refused("DELETE", path).code, refused("DELETE", path).status) == ("datastream.fed", 409)
    assert Datastream.objects.filter(pk=one.pk).exists()
