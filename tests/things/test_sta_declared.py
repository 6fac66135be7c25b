# SPDX-License-Identifier: EUPL-1.2
"""What is said of things and datastreams by SensorThings' API, and who may write what."""

from datetime import timedelta

import pytest

from smilecity.core.models import Noun
from smilecity.core.who import ANYONE
from smilecity.things.actions.sensorthings.changing import document
from smilecity.things.models import (
    Datastream,
    Thing,
)
from tests.things.test_sta_bodies import DATASTREAM, THING
from tests.things.test_sta_writing import (
    DECLARATION,
    FEATURE,
    OBSERVER,
    call,
    datastream,
    made,
    observe,
    refused,
)

pytestmark = pytest.mark.django_db


# What is said of a thing


def test_a_thing_is_public_only_with_its_declaration() -> None:
    assert Noun.objects.get(pk=made("/Things", THING)).visibility == "internal"
    wanted = THING | {"properties": {"visibility": "public", "operator": "Stadt", "owner": 1}}
    found = refused("POST", "/Things", wanted)
    assert (found.code, found.status) == ("thing.not-declared", 422)
    assert "purpose, retention" in str(found.cure)
    id_ = made("/Things", THING | {"properties": DECLARATION | {"owner": 1}})
    thing = Thing.objects.get(pk=id_)
    assert (thing.noun.visibility, thing.retention, thing.properties) == (
        "public",
        timedelta(days=730),
        {"owner": 1},
    )
    assert document("Thing", id_)["properties"] == DECLARATION | {"retention": "P730D", "owner": 1}


def test_what_is_declared_stays_unless_it_is_taken_back() -> None:
    id_ = made("/Things", THING | {"properties": DECLARATION})
    call("PUT", f"/Things({id_})", {"name": "T", "description": "", "properties": {"a": 1}})
    assert document("Thing", id_)["properties"]["operator"] == "Stadt"
    assert Noun.objects.get(pk=id_).visibility == "public"
    media = {"content_type": "application/json-patch+json"}
    gone = [{"op": "remove", "path": "/properties/operator"}]
    assert refused("PATCH", f"/Things({id_})", gone, **media).code == "thing.not-declared"
    hidden = [*gone, {"op": "add", "path": "/properties/visibility", "value": "internal"}]
    call("PATCH", f"/Things({id_})", hidden, **media)
    thing = Thing.objects.get(pk=id_)
    assert (thing.operator, thing.noun.visibility, thing.properties) == ("", "internal", {"a": 1})
    assert refused("PATCH", f"/Things({id_})", {"properties": {"visibility": "public"}}).status == 422


def test_whether_hours_outlive_raw_values_is_said_where_it_is_unusual() -> None:
    id_ = made("/Things", THING | {"properties": DECLARATION | {"keepsHours": False}})
    assert Thing.objects.get(pk=id_).keeps_hours is False
    assert document("Thing", id_)["properties"]["keepsHours"] is False
    call("PATCH", f"/Things({id_})", {"properties": {"keepsHours": None}})
    assert "keepsHours" not in document("Thing", id_)["properties"]


def test_a_datastream_keeps_apart_who_sees_it_and_when_it_is_silent() -> None:
    id_ = datastream(properties={"visibility": "partners", "silentAfter": "PT1H", "a": 1})
    one = Datastream.objects.get(pk=id_)
    assert (one.visibility, one.silent_after, one.properties) == ("partners", timedelta(hours=1), {"a": 1})
    call("PATCH", f"/Datastreams({id_})", {"properties": {"visibility": None}})
    one.refresh_from_db()
    assert (one.visibility, one.silent_after, one.properties) == ("public", timedelta(hours=1), {})
    for wrong in ({"visibility": "secret"}, {"silentAfter": "P0D"}, {"silentAfter": "P9Y"}):
        assert refused("PATCH", f"/Datastreams({id_})", {"properties": wrong}).status == 400


# Who may


def test_writing_needs_a_key_that_says_so() -> None:
    id_ = datastream()
    for method, path, body in (
        ("POST", "/Things", THING),
        ("PATCH", f"/Datastreams({id_})", {"name": "x"}),
        ("PUT", f"/Datastreams({id_})", {"name": "x"}),
        ("DELETE", f"/Datastreams({id_})", None),
        ("DELETE", f"/Datastreams({id_})/Sensor/$ref", None),
        ("POST", f"/Datastreams({id_})/Observations", {"result": 1}),
        ("DELETE", f"/Datastreams({id_})/Observations", None),
    ):
        query = "$filter=result%20gt%201" if path.endswith("Observations") else ""
        assert refused(method, path, body, who=ANYONE, query=query).code == "key.needed"
        if "Observations" not in path:
            assert refused(method, path, body, who=OBSERVER).code == "key.wrong-scope"
    assert Datastream.objects.get(pk=id_).name == "D"


def test_a_key_for_observations_writes_them_and_their_features_and_no_more() -> None:
    thing = made("/Things", THING | {"properties": DECLARATION})
    on = Datastream.objects.get(thing=thing).pk
    id_ = made(f"/Datastreams({on})/Observations", {"result": 1, "FeatureOfInterest": FEATURE}, who=OBSERVER)
    call("PATCH", f"/Observations({id_})", {"result": 2}, who=OBSERVER)
    made("/FeaturesOfInterest", FEATURE, who=OBSERVER)
    bringing = {"result": 1, "Datastream": DATASTREAM | {"Thing": {"@iot.id": thing}}}
    assert refused("POST", "/Observations", bringing, who=OBSERVER).code == "key.wrong-scope"
    call("DELETE", f"/Observations({id_})", who=OBSERVER)


def test_what_a_writer_does_not_see_is_not_there_for_it() -> None:
    on = datastream()
    id_ = observe(on)
    feature = made("/FeaturesOfInterest", FEATURE)
    observe(on, 3, FeatureOfInterest={"@iot.id": feature})
    for method, path, body in (
        ("POST", f"/Datastreams({on})/Observations", {"result": 1}),
        ("PATCH", f"/Observations({id_})", {"result": 1}),
        ("DELETE", f"/Observations({id_})", None),
        ("PATCH", f"/FeaturesOfInterest({feature})", {"name": "x"}),
        ("DELETE", f"/FeaturesOfInterest({feature})", None),
    ):
        assert refused(method, path, body, who=OBSERVER).status == 404, path
