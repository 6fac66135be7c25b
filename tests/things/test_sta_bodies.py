# SPDX-License-Identifier: EUPL-1.2
"""What a client may send of an entity, patches to it, and what is declared of a thing: without a database."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core.problems import Refusal
from smilecity.things.rules.bodies import MOST_DEPTH, Body, back, check_json, read_body, read_id, read_instant
from smilecity.things.rules.declaration import missing, read_duration, read_member, write_duration
from smilecity.things.rules.entities import KINDS
from smilecity.things.rules.patches import patched, same

POINT = {"type": "Point", "coordinates": [12.1, 54.1]}
OM = "http://www.opengis.net/def/observationType/OGC-OM/2.0/"
CELSIUS = {"name": "degree Celsius", "symbol": "°C", "definition": "ucum:Cel"}
SENSOR = {"name": "S", "description": "", "encodingType": "text/html", "metadata": "https://example.org/s"}
PROPERTY = {"name": "Temperature", "description": "", "definition": "http://example.org/temperature"}
LOCATION = {"name": "L", "description": "", "encodingType": "application/geo+json", "location": POINT}
DATASTREAM = {
    "name": "D",
    "description": "",
    "observationType": f"{OM}OM_Measurement",
    "unitOfMeasurement": CELSIUS,
    "Sensor": SENSOR,
    "ObservedProperty": PROPERTY,
}
THING = {"name": "T", "description": "", "Locations": [LOCATION], "Datastreams": [DATASTREAM]}

scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=5)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)


def refused(kind: str, body: Any, **options: Any) -> Refusal:
    with pytest.raises(Refusal) as found:
        read_body(kind, body, **options)
    return found.value


def changed(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {name: value for name, value in (body | changes).items() if value is not ...}


def test_a_deep_body_is_read_whole() -> None:
    body = read_body("Thing", THING)
    (location,), (stream,) = body.links["Locations"], body.links["Datastreams"]
    assert isinstance(location, Body) and location.values["location"] == POINT
    assert isinstance(stream, Body) and stream.values["unitOfMeasurement"]["definition"] == "ucum:Cel"
    (sensor,) = stream.links["Sensor"]
    assert isinstance(sensor, Body) and sensor.kind == "Sensor"


def test_links_are_ids_whatever_stands_beside_them() -> None:
    for said in ({"@iot.id": 5}, {"@iot.id": "5"}, {"@iot.id": 5, "name": "X", "@iot.selfLink": "..."}):
        body = read_body("Datastream", DATASTREAM | {"Thing": said})
        assert body.links["Thing"] == [5]
    for wrong in ({"@iot.id": "x"}, {"@iot.id": 0}, {"@iot.id": True}, {"@iot.id": 2**60}, {"@iot.id": None}):
        assert refused("Datastream", DATASTREAM | {"Thing": wrong}).field == "Thing.@iot.id"


def test_what_other_servers_export_is_overlooked() -> None:
    exported = THING | {
        "@iot.id": 7,
        "@iot.selfLink": "https://example.org/Things(7)",
        "Datastreams@iot.navigationLink": "Things(7)/Datastreams",
        "Datastreams@iot.count": 1,
        "TaskingCapabilities": [],
        "HistoricalLocations": None,
    }
    assert read_body("Thing", exported).values == read_body("Thing", THING).values
    stream = DATASTREAM | {"Thing": {"@iot.id": 1}, "phenomenonTime": "a/b", "observedArea": POINT}
    assert "phenomenonTime" not in read_body("Datastream", stream).values


@pytest.mark.parametrize(
    ("kind", "body", "code", "field"),
    [
        ("Thing", [], "entity.bad-property", "Thing"),
        ("Thing", changed(THING, name=...), "entity.missing-property", "name"),
        ("Thing", changed(THING, name=" "), "entity.bad-property", "name"),
        ("Thing", changed(THING, name=5), "entity.bad-property", "name"),
        ("Thing", changed(THING, description=None), "entity.bad-property", "description"),
        ("Thing", changed(THING, properties=[1]), "entity.bad-property", "properties"),
        ("Thing", changed(THING, colour=1), "entity.unknown-property", "colour"),
        ("Thing", changed(THING, Locations=LOCATION), "entity.bad-property", "Locations"),
        ("Thing", changed(THING, Locations=[7]), "entity.bad-property", "Locations[0]"),
        ("Datastream", DATASTREAM, "entity.missing-property", "Thing"),
        ("Datastream", changed(DATASTREAM, Thing=[]), "entity.bad-property", "Thing"),
        ("Location", changed(LOCATION, encodingType="text/plain"), "entity.bad-property", "encodingType"),
        ("Sensor", changed(SENSOR, metadata=None), "entity.bad-property", "metadata"),
        ("ObservedProperty", changed(PROPERTY, definition="warm"), "entity.bad-property", "definition"),
        ("HistoricalLocation", {"time": "yesterday"}, "entity.bad-property", "time"),
        ("HistoricalLocation", {"time": "2026-01-01T00:00Z"}, "entity.missing-property", "Thing"),
    ],
)
def test_what_is_wrong_is_named(kind: str, body: Any, code: str, field: str) -> None:
    found = refused(kind, body)
    assert (found.code, found.field) == (code, field)


def test_a_name_that_is_nearly_right_is_told() -> None:
    found = refused("Datastream", DATASTREAM | {"unitofMeasurment": CELSIUS})
    assert "unitOfMeasurement" in str(found.cure)
    inner = refused("Thing", changed(THING, Locations=[LOCATION | {"locaton": POINT}]))
    assert (inner.field, str(inner.cure)) == ("Locations[0].locaton", "Did you mean location?")


@pytest.mark.parametrize(
    "location",
    [
        None,
        "here",
        {"type": "Point"},
        {"type": "Point", "coordinates": [200, 0]},
        {"type": "Point", "coordinates": []},
        {"type": "Circle", "coordinates": [1, 2]},
        {"type": "LineString", "coordinates": [[1, 2]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 1]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]},
        {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 0], [0, 0]]]]},
        {"type": "Feature", "geometry": None},
        {"type": "GeometryCollection", "geometries": [POINT]},
    ],
)
def test_a_location_that_is_none_is_refused_in_english(location: Any) -> None:
    found = refused("Location", changed(LOCATION, location=location))
    assert found.field == "location" and "location" in str(found.sentence)


def test_of_a_feature_its_geometry_is_kept() -> None:
    feature = {"type": "Feature", "properties": {}, "geometry": POINT}
    assert read_body("Location", changed(LOCATION, location=feature)).values["location"] == POINT


@pytest.mark.parametrize(
    ("unit", "field"),
    [
        ("°C", "unitOfMeasurement"),
        ({"nam": "x"}, "unitOfMeasurement.nam"),
        ({"name": 5}, "unitOfMeasurement.name"),
        ({"definition": "degree Celsius"}, "unitOfMeasurement.definition"),
    ],
)
def test_a_unit_is_of_name_symbol_and_definition(unit: Any, field: str) -> None:
    assert refused("Datastream", DATASTREAM | {"unitOfMeasurement": unit}).field == field
    kept = read_body("Datastream", DATASTREAM | {"unitOfMeasurement": {"symbol": "%"}}, linked=False)
    assert kept.values["unitOfMeasurement"] == {"name": None, "symbol": "%", "definition": None}


def test_a_type_that_the_standard_nearly_has_is_told() -> None:
    found = refused("Datastream", DATASTREAM | {"observationType": f"{OM}OM_Measurment"})
    assert "OM_Measurement" in str(found.cure)
    own = read_body("Datastream", DATASTREAM | {"observationType": "urn:example:own"}, linked=False)
    assert own.values["observationType"] == "urn:example:own"


def test_a_multidatastream_has_as_many_types_as_units_as_properties() -> None:
    several = {
        "name": "M",
        "description": "",
        "multiObservationDataTypes": [f"{OM}OM_Measurement"] * 2,
        "unitOfMeasurements": [CELSIUS] * 2,
        "Thing": {"@iot.id": 1},
        "Sensor": {"@iot.id": 2},
        "ObservedProperties": [{"@iot.id": 3}, {"@iot.id": 4}],
    }
    assert read_body("MultiDatastream", several).links["ObservedProperties"] == [3, 4]
    assert (
        refused("MultiDatastream", several | {"unitOfMeasurements": [CELSIUS]}).code == "entity.bad-property"
    )
    assert refused("MultiDatastream", several | {"ObservedProperties": [{"@iot.id": 3}]}).status == 400


def test_a_change_need_not_say_what_is_required_but_says_it_right() -> None:
    assert read_body("Thing", {"description": "new"}, whole=False).values == {"description": "new"}
    assert refused("Thing", {"name": None}, whole=False).field == "name"


def nested(depth: int) -> Any:
    value: Any = 1
    for _step in range(depth):
        value = [value]
    return value


def test_json_that_cannot_be_kept_is_refused() -> None:
    for value in (
        {"a": "\0"},
        {"\0": 1},
        [float("nan")],
        {"a": [float("inf")]},
        ["\ud800"],
        nested(MOST_DEPTH),
    ):
        with pytest.raises(Refusal):
            check_json(value)
    check_json(nested(MOST_DEPTH - 2))


@given(st.sampled_from(sorted(KINDS)), values, st.booleans())
def test_whatever_is_sent_is_read_or_refused(kind: str, value: Any, whole: bool) -> None:
    try:
        read_body(kind, value, whole=whole)
    except Refusal as refusal:
        assert 400 <= refusal.status < 500


@given(st.data())
def test_whatever_a_property_says_is_read_or_refused(data: st.DataObject) -> None:
    body = copy.deepcopy(THING)
    target = data.draw(st.sampled_from([body, LOCATION, DATASTREAM, SENSOR, PROPERTY]))
    kind = {id(body): "Thing", id(LOCATION): "Location", id(DATASTREAM): "Datastream", id(SENSOR): "Sensor"}
    name = data.draw(st.sampled_from(sorted(target)))
    try:
        read_body(kind.get(id(target), "ObservedProperty"), target | {name: data.draw(values)})
    except Refusal as refusal:
        assert 400 <= refusal.status < 500


def test_each_link_leads_back() -> None:
    for kind in KINDS.values():
        for link in kind.links:
            assert back(link.to, back(kind.name, link.name)) == link.name


def test_ids_and_instants_as_clients_write_them() -> None:
    assert [read_id(one) for one in (5, "5", "٥", -1, 1.0, None)] == [5, 5, None, None, None, None]
    assert read_instant("2026-11-22T10:00:00+01:00") == datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert read_instant("2026-11-22T10:00:00") == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert read_instant("0001-01-01T00:00:00+14:00") is None
    assert read_instant(5) is None


# JSON Patch


DOCUMENT = {"a": 1, "b": {"c": [1, 2, 3], "d/e": "x", "m~n": 0}}


@pytest.mark.parametrize(
    ("operation", "result"),
    [
        ({"op": "add", "path": "/f", "value": 5}, DOCUMENT | {"f": 5}),
        ({"op": "add", "path": "/b/c/1", "value": 9}, {"a": 1, "b": DOCUMENT["b"] | {"c": [1, 9, 2, 3]}}),
        ({"op": "add", "path": "/b/c/-", "value": 9}, {"a": 1, "b": DOCUMENT["b"] | {"c": [1, 2, 3, 9]}}),
        ({"op": "remove", "path": "/b"}, {"a": 1}),
        ({"op": "remove", "path": "/b/c/0"}, {"a": 1, "b": DOCUMENT["b"] | {"c": [2, 3]}}),
        ({"op": "replace", "path": "/b/d~1e", "value": "y"}, {"a": 1, "b": DOCUMENT["b"] | {"d/e": "y"}}),
        ({"op": "replace", "path": "/b/m~0n", "value": 1}, {"a": 1, "b": DOCUMENT["b"] | {"m~n": 1}}),
        ({"op": "replace", "path": "", "value": {"z": 1}}, {"z": 1}),
        ({"op": "move", "from": "/b/c", "path": "/a"}, {"a": [1, 2, 3], "b": {"d/e": "x", "m~n": 0}}),
        ({"op": "copy", "from": "/a", "path": "/g"}, DOCUMENT | {"g": 1}),
        ({"op": "test", "path": "/b/c", "value": [1.0, 2, 3]}, DOCUMENT),
    ],
)
def test_each_operation_of_rfc_6902(operation: dict[str, Any], result: Any) -> None:
    before = copy.deepcopy(DOCUMENT)
    assert patched(DOCUMENT, [operation]) == result
    assert before == DOCUMENT


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/x"},
        {"op": "replace", "path": "/x", "value": 1},
        {"op": "add", "path": "/x/y", "value": 1},
        {"op": "add", "path": "/b/c/4", "value": 1},
        {"op": "add", "path": "/b/c/01", "value": 1},
        {"op": "add", "path": "/b/c/-1", "value": 1},
        {"op": "add", "path": "/a"},
        {"op": "add", "path": "a", "value": 1},
        {"op": "add", "value": 1},
        {"op": "move", "path": "/b/c/0", "from": "/b"},
        {"op": "copy", "path": "/x", "from": "/y"},
        {"op": "test", "path": "/a", "value": True},
        {"op": "test", "path": "/b/c/-", "value": 3},
        {"op": "delete", "path": "/a"},
        {"path": "/a"},
        "add",
    ],
)
def test_an_operation_that_does_not_apply_is_refused_with_its_number(operation: Any) -> None:
    with pytest.raises(Refusal) as found:
        patched(DOCUMENT, [{"op": "test", "path": "/a", "value": 1}, operation])
    assert "Operation 2" in str(found.value.sentence)


def test_copying_neither_fills_the_memory_nor_nests_without_end() -> None:
    doubling = [{"op": "copy", "from": "", "path": f"/x{number}"} for number in range(60)]
    with pytest.raises(Refusal) as found:
        patched(DOCUMENT, doubling)
    assert "copies too much" in str(found.value.sentence)
    nesting = [{"op": "copy", "from": "", "path": "/x"} for _ in range(1000)]
    deeper = [{"op": "add", "path": "/x" * depth, "value": {}} for depth in range(1, 200)]
    for operations in (nesting, deeper):
        with pytest.raises(Refusal) as found:
            patched(DOCUMENT, operations)
        assert "deeper" in str(found.value.sentence)


@given(values, st.lists(st.fixed_dictionaries({
    "op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test"]),
    "path": st.sampled_from(["", "/", "/0", "/-", "/a", "/a/b", "/0/0"]),
    "from": st.sampled_from(["", "/", "/0", "/a"]),
    "value": values,
}), max_size=4))  # fmt: skip
def test_any_patch_applies_or_is_refused_and_leaves_what_was(document: Any, operations: Any) -> None:
    before = copy.deepcopy(document)
    try:
        patched(document, operations)
    except Refusal as refusal:
        assert refusal.status in (400, 409)
    assert same(before, document)


# What is declared of a thing


def test_what_is_missing_is_named() -> None:
    day = timedelta(days=1)
    assert missing({}, "", None) == ["purpose", "operator", "retention"]
    assert missing({"de": " "}, " ", day) == ["purpose", "operator"]
    assert missing({"de": "", "en": "To count"}, "City", day) == []


@pytest.mark.parametrize(
    ("text", "days"), [("P1D", 1), ("P2Y", 730), ("P1M", 30), ("P1W", 7), ("PT36H", 1.5), ("P1DT12H", 1.5)]
)
def test_durations_are_read(text: str, days: float) -> None:
    assert read_duration(text) == timedelta(days=days)


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "1D", "P-1D", "P1.5D", "P1H", None, 5, "P1D\n"])
def test_what_is_no_duration_is_none(text: Any) -> None:
    assert read_duration(text) is None


@given(st.timedeltas(timedelta(0), timedelta(days=36_525)))
def test_a_duration_that_is_written_is_read_again(length: timedelta) -> None:
    read = read_duration(write_duration(length))
    assert read is not None and abs(read - length) <= timedelta(microseconds=1)


@given(st.sampled_from(["purpose", "safeguard", "operator", "retention", "keepsHours", "visibility"]), values)
def test_any_member_is_read_or_refused_by_its_name(name: str, value: Any) -> None:
    try:
        read_member(name, value, "de")
    except Refusal as refusal:
        assert refusal.field == f"properties.{name}"


def test_a_text_without_a_language_is_in_the_nodes_own() -> None:
    assert read_member("purpose", " Zählen ", "de") == {"de": "Zählen"}
    assert read_member("purpose", {"en": "Counting"}, "de") == {"en": "Counting"}
    assert read_member("purpose", None, "de") == {}
    for wrong in ({"de": 5}, {"german": "x"}, 5, {"de": "x" * 5000}):
        with pytest.raises(Refusal):
            read_member("purpose", wrong, "de")
    for wrong in ("P0D", "P101Y", "forever", 5):
        with pytest.raises(Refusal):
            read_member("retention", wrong, "de")
