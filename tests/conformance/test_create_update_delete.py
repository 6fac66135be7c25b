# SPDX-License-Identifier: EUPL-1.2
"""OGC 18-088: req/create-update-delete."""

from typing import Any

import pytest

from tests.conformance.service import (
    CELSIUS,
    Json,
    Service,
    a_datastream,
    a_feature,
    a_location,
    a_sensor,
    a_thing,
    an_observed_property,
    at,
    name_of,
    when,
    whole_datastream,
)

SIMPLE = {
    "Things": a_thing,
    "Locations": a_location,
    "Sensors": a_sensor,
    "ObservedProperties": an_observed_property,
    "FeaturesOfInterest": a_feature,
    "Datastreams": whole_datastream,
}


@pytest.mark.parametrize("entity_set", SIMPLE)
def test_create_entity(service: Service, entity_set: str) -> None:
    """req/create-update-delete/create-entity: 201, and Location leads to what was said."""
    body = SIMPLE[entity_set]()
    answer = service.ask("POST", f"/{entity_set}", body)
    assert answer.status == 201
    assert answer.headers["location"] == f"{service.base}/{entity_set}({answer.id})"
    found = service.get(answer.headers["location"])
    for name, value in body.items():
        if name == "properties":
            assert found[name].items() >= value.items()
        elif not name[0].isupper():
            assert found[name] == value


REQUIRED = [
    (entity_set, name) for entity_set, make in SIMPLE.items() for name in make() if name != "properties"
]


@pytest.mark.parametrize(("entity_set", "name"), REQUIRED)
def test_what_is_mandatory_must_be_there(service: Service, entity_set: str, name: str) -> None:
    """req/create-update-delete/create-entity: mandatory properties and links; nothing is kept of a refused one."""
    body = SIMPLE[entity_set]()
    del body[name]
    before = service.get(f"/{entity_set}?$count=true&$top=0")["@iot.count"]
    answer = service.ask("POST", f"/{entity_set}", body)
    assert answer.status in {400, 422}
    assert name in answer.body.decode()
    assert service.get(f"/{entity_set}?$count=true&$top=0")["@iot.count"] == before


WRONG: list[tuple[str, Any]] = [
    ("/Things", b"{"), ("/Things", b"[]"), ("/Things", b"\xff"), ("/Things", a_thing(nmae="x")),
    ("/Things", a_thing(name=5)),
    ("/Locations", a_location(lon=500)), ("/Locations", a_location(location="here")),
    ("/Datastreams", whole_datastream(Thing={"@iot.id": 999999999})),
    ("/Datastreams", whole_datastream(unitOfMeasurement="degrees")), ("/Observations", {"result": 1}),
    ("/Observations", {"result": 1, "Datastream": {"@iot.id": 999999999}}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body"), WRONG)
def test_what_is_wrong_is_refused_with_a_reason(service: Service, path: str, body: Any) -> None:
    """req/create-update-delete/create-entity: bad input is a 4xx that names it."""
    answer = service.ask("POST", path, body)
    assert 400 <= answer.status < 500
    assert answer.json["code"]


def test_writing_needs_a_key(service: Service) -> None:
    """Not of the standard: nobody writes without a right."""
    answer = service.ask("POST", "/Things", a_thing(), Authorization="")
    assert answer.status == 401
    assert service.ask("POST", "/Things", a_thing(), Authorization="Bearer smile_wrong").status == 401


def test_link_to_existing_entities(service: Service) -> None:
    """req/create-update-delete/link-to-existing-entities; ids as numbers, as text, and with more beside them."""
    thing, sensor = service.create("/Things", a_thing()), service.create("/Sensors", a_sensor())
    kind = service.create("/ObservedProperties", an_observed_property())
    links: Json = {
        "Thing": {"@iot.id": thing},
        "Sensor": {"@iot.id": str(sensor)},
        "ObservedProperty": {"@iot.id": kind, "name": "what another server sends along"},
    }
    stream = service.create("/Datastreams", a_datastream(**links))
    assert service.get(f"/Datastreams({stream})/Thing")["@iot.id"] == thing
    assert service.get(f"/Datastreams({stream})/Sensor")["@iot.id"] == sensor
    assert service.get(f"/Datastreams({stream})/ObservedProperty")["@iot.id"] == kind


def test_create_under_an_entity(service: Service) -> None:
    """req/create-update-delete/create-entity: POST to a link's collection."""
    thing = service.create("/Things", a_thing())
    body = a_datastream(Sensor=a_sensor(), ObservedProperty=an_observed_property())
    stream = service.create(f"/Things({thing})/Datastreams", body)
    assert service.ids(f"/Things({thing})/Datastreams") == [stream]
    place = service.create(f"/Things({thing})/Locations", a_location())
    assert service.ids(f"/Things({thing})/Locations") == [place]


def test_deep_insert(service: Service) -> None:
    """req/create-update-delete/deep-insert and .../deep-insert-status-code: all in one POST, 201."""
    inner = a_datastream(
        Sensor=a_sensor(),
        ObservedProperty=an_observed_property(),
        Observations=[{"phenomenonTime": at(0), "result": 1}, {"phenomenonTime": at(1), "result": 2}],
    )
    answer = service.ask("POST", "/Things", a_thing(Locations=[a_location()], Datastreams=[inner]))
    found = service.get(f"/Things({answer.id})?$expand=Locations,Datastreams($expand=Observations,Sensor)")
    assert len(found["Locations"]) == 1
    assert found["Datastreams"][0]["Sensor"]["name"] == inner["Sensor"]["name"]
    assert sorted(one["result"] for one in found["Datastreams"][0]["Observations"]) == [1, 2]


def test_a_deep_insert_is_whole_or_not_at_all(service: Service) -> None:
    """req/create-update-delete/deep-insert-status-code: refused with 4xx, and nothing is kept."""
    broken = a_datastream(Sensor=a_sensor(), ObservedProperty={"name": "no definition"})
    body = a_thing(name=name_of("Half"), Locations=[a_location(name="Half")], Datastreams=[broken])
    assert service.ask("POST", "/Things", body).status in {400, 422}
    assert service.values(f"/Things?$filter=name eq '{body['name']}'") == []
    assert service.values("/Locations?$filter=name eq 'Half'") == []


def test_update_entity(service: Service) -> None:
    """req/create-update-delete/update-entity: PATCH merges what it names."""
    thing = service.create("/Things", a_thing(description="before", properties={"a": 1}))
    name = service.get(f"/Things({thing})")["name"]
    assert service.ask("PATCH", f"/Things({thing})", {"description": "after"}).status in {200, 204}
    found = service.get(f"/Things({thing})")
    assert (found["name"], found["description"], found["properties"]["a"]) == (name, "after", 1)
    assert service.ask("PATCH", "/Things(999999999)", {"description": "x"}).status == 404
    assert service.ask("PATCH", f"/Things({thing})", {"name": 5}).status in {400, 422}


def test_update_links(service: Service) -> None:
    """req/create-update-delete/update-entity: a link to one is changed by its id."""
    stream = service.create("/Datastreams", whole_datastream())
    sensor = service.create("/Sensors", a_sensor())
    assert service.ask("PATCH", f"/Datastreams({stream})", {"Sensor": {"@iot.id": sensor}}).status in {
        200,
        204,
    }
    assert service.get(f"/Datastreams({stream})/Sensor")["@iot.id"] == sensor


def test_update_entity_put(service: Service) -> None:
    """req/create-update-delete/update-entity-put: what is not said is gone."""
    sensor = service.create("/Sensors", a_sensor(properties={"a": 1}))
    body = a_sensor(name=name_of("Another"))
    assert service.ask("PUT", f"/Sensors({sensor})", body).status in {200, 204}
    found = service.get(f"/Sensors({sensor})")
    assert found["name"] == body["name"]
    assert not found.get("properties")


def test_update_entity_jsonpatch(service: Service) -> None:
    """req/create-update-delete/update-entity-jsonpatch: RFC 6902."""
    thing = service.create("/Things", a_thing(properties={"a": 1, "b": 2}))
    patch = [
        {"op": "test", "path": "/properties/a", "value": 1},
        {"op": "replace", "path": "/description", "value": "patched"},
        {"op": "remove", "path": "/properties/b"},
        {"op": "add", "path": "/properties/c", "value": [3]},
    ]
    media = "application/json-patch+json"
    assert service.ask("PATCH", f"/Things({thing})", patch, media=media).status in {200, 204}
    found = service.get(f"/Things({thing})")
    assert found["description"] == "patched"
    assert found["properties"].items() >= {"a": 1, "c": [3]}.items()
    assert "b" not in found["properties"]
    failing = [{"op": "test", "path": "/properties/a", "value": 7}, {"op": "remove", "path": "/properties/a"}]
    assert 400 <= service.ask("PATCH", f"/Things({thing})", failing, media=media).status < 500
    assert service.get(f"/Things({thing})")["properties"]["a"] == 1


def test_a_lost_update_is_refused(service: Service) -> None:
    """RFC 9110, 13.1.1: If-Match with an entity's old ETag."""
    thing = service.create("/Things", a_thing())
    tag = service.ask("GET", f"/Things({thing})").headers["etag"]
    assert service.ask("PATCH", f"/Things({thing})", {"description": "1"}, If_Match=tag).status in {200, 204}
    assert service.ask("PATCH", f"/Things({thing})", {"description": "2"}, If_Match=tag).status == 412
    assert service.get(f"/Things({thing})")["description"] == "1"


@pytest.mark.parametrize("entity_set", SIMPLE)
def test_delete_entity(service: Service, entity_set: str) -> None:
    """req/create-update-delete/delete-entity."""
    one = f"/{entity_set}({service.create(f'/{entity_set}', SIMPLE[entity_set]())})"
    assert service.ask("DELETE", one).status in {200, 204}
    assert service.ask("GET", one).status == 404
    assert service.ask("DELETE", one).status == 404


def _observed(service: Service) -> tuple[int, int, int]:
    """A datastream with one observation; the ids of thing, datastream and observation."""
    stream = service.create("/Datastreams", whole_datastream())
    seen = service.create(f"/Datastreams({stream})/Observations", {"phenomenonTime": at(0), "result": 1})
    return service.get(f"/Datastreams({stream})/Thing")["@iot.id"], stream, seen


# What is gone when the first is deleted (table 25).
CASCADES = [
    ("Thing", ["Datastreams", "Observations", "HistoricalLocations"]),
    ("Sensor", ["Datastreams", "Observations"]),
    ("ObservedProperty", ["Datastreams", "Observations"]),
    ("Datastream", ["Datastreams", "Observations"]),
    ("FeatureOfInterest", ["Observations"]),
]


@pytest.mark.parametrize(("kind", "gone"), CASCADES)
def test_delete_takes_along_what_cannot_be_without_it(service: Service, kind: str, gone: list[str]) -> None:
    """req/create-update-delete/delete-entity: table 25."""
    thing, stream, seen = _observed(service)
    (history,) = service.ids(f"/Things({thing})/HistoricalLocations")
    start = f"/Observations({seen})" if kind == "FeatureOfInterest" else f"/Datastreams({stream})"
    address = service.get(f"{start}/{kind}" if kind != "Datastream" else start)["@iot.selfLink"]
    assert service.ask("DELETE", address).status in {200, 204}
    ids = {"Datastreams": stream, "Observations": seen, "HistoricalLocations": history}
    for entity_set, number in ids.items():
        status = service.ask("GET", f"/{entity_set}({number})").status
        assert status == (404 if entity_set in gone else 200), entity_set


def test_historical_location_auto_creation(service: Service) -> None:
    """req/create-update-delete/historical-location-auto-creation: each move of a thing is remembered."""
    thing = service.create("/Things", a_thing(Locations=[a_location(12.0, 54.0)]))
    place = service.create("/Locations", a_location(13.0, 54.0))
    assert service.ask("PATCH", f"/Things({thing})", {"Locations": [{"@iot.id": place}]}).status in {200, 204}
    assert service.ids(f"/Things({thing})/Locations") == [place]
    history = service.values(f"/Things({thing})/HistoricalLocations?$expand=Locations&$orderby=time desc")
    assert len(history) == 2
    assert [one["@iot.id"] for one in history[0]["Locations"]] == [place]


def test_historical_location_manual_creation(service: Service) -> None:
    """req/create-update-delete/historical-location-manual-creation: one later than all others moves the thing."""
    old, new = (service.create("/Locations", a_location(lon, 54.0)) for lon in (12.0, 13.0))
    thing = service.create("/Things", a_thing(Locations=[{"@iot.id": old}]))
    links: Json = {"Thing": {"@iot.id": thing}, "Locations": [{"@iot.id": new}]}
    service.create("/HistoricalLocations", {"time": "2020-01-01T00:00:00Z", **links})
    assert service.ids(f"/Things({thing})/Locations") == [old]
    service.create("/HistoricalLocations", {"time": "2100-01-01T00:00:00Z", **links})
    assert service.ids(f"/Things({thing})/Locations") == [new]


OBSERVED: list[tuple[Json, Json]] = [
    ({"result": 5}, {"result": 5}), ({"result": -1.5e-3}, {"result": -0.0015}),
    ({"result": 1, "phenomenonTime": "2026-11-20T13:00:00+01:00"}, {"phenomenonTime": at(0)}),
    ({"result": 1, "phenomenonTime": f"{at(0)}/{at(10)}"}, {"phenomenonTime": f"{at(0)}/{at(10)}"}),
    ({"result": 1, "phenomenonTime": at(0), "validTime": f"{at(0)}/{at(5)}"}, {"validTime": f"{at(0)}/{at(5)}"}),
    ({"result": 1, "resultQuality": {"nameOfMeasure": "x"}}, {"resultQuality": {"nameOfMeasure": "x"}}),
    ({"result": 1, "parameters": {"depth": [1, {"a": None}]}}, {"parameters": {"depth": [1, {"a": None}]}}),
]  # fmt: skip


@pytest.mark.parametrize(("body", "kept"), OBSERVED)
def test_create_observations(service: Service, body: Json, kept: Json) -> None:
    """req/create-update-delete/create-entity: observations with all their properties."""
    stream = service.create("/Datastreams", whole_datastream())
    number = service.create("/Observations", {**body, "Datastream": {"@iot.id": stream}})
    found = service.get(f"/Observations({number})")
    for name, value in kept.items():
        is_time = name.endswith("Time")
        assert (when(found[name]) if is_time else found[name]) == (when(value) if is_time else value)
    assert found["phenomenonTime"]
    assert service.get(f"/Datastreams({stream})/Observations?$count=true")["@iot.count"] == 1


def test_observations_change_and_go(service: Service) -> None:
    """req/create-update-delete/update-entity and .../delete-entity; the datastream's extents follow."""
    _thing, stream, seen = _observed(service)
    later = service.create(f"/Datastreams({stream})/Observations", {"phenomenonTime": at(5), "result": 2})
    changed = {"result": 9, "phenomenonTime": at(9)}
    assert service.ask("PATCH", f"/Observations({later})", changed).status in {200, 204}
    assert service.get(f"/Observations({later})")["result"] == 9
    assert when(service.get(f"/Datastreams({stream})")["phenomenonTime"]) == when(f"{at(0)}/{at(9)}")
    assert service.ask("DELETE", f"/Observations({later})").status in {200, 204}
    assert when(service.get(f"/Datastreams({stream})")["phenomenonTime"]) == when(f"{at(0)}/{at(0)}")
    assert service.ids(f"/Datastreams({stream})/Observations") == [seen]


def test_results_fit_the_observation_type(service: Service) -> None:
    """req/datamodel/datastream: table 12, observationType says what a result is."""
    stream = service.create("/Datastreams", whole_datastream())
    for result in ("warm", {"a": 1}, True):
        answer = service.ask("POST", f"/Datastreams({stream})/Observations", {"result": result})
        assert answer.status in {400, 422}, result


def test_a_retry_with_the_same_id_is_stored_once(service: Service) -> None:
    """Not of the standard: a client that got no answer may send the same again."""
    stream = service.create("/Datastreams", whole_datastream())
    body = {"@iot.id": 2**52 + 7, "phenomenonTime": at(0), "result": 1}
    first = service.ask("POST", f"/Datastreams({stream})/Observations", body)
    again = service.ask("POST", f"/Datastreams({stream})/Observations", body)
    assert first.id == 2**52 + 7
    assert again.status in {200, 201}
    assert len(service.ids(f"/Datastreams({stream})/Observations")) == 1


def test_links_are_made_and_taken_away(service: Service) -> None:
    """OData 4.01 part 1, 11.4.6: POST and DELETE of $ref."""
    thing, place = service.create("/Things", a_thing()), service.create("/Locations", a_location())
    body = {"@iot.id": place}
    assert service.ask("POST", f"/Things({thing})/Locations/$ref", body).status in {200, 201, 204}
    assert service.ids(f"/Things({thing})/Locations") == [place]
    assert service.ask("DELETE", f"/Things({thing})/Locations({place})/$ref").status in {200, 204}
    assert service.ids(f"/Things({thing})/Locations") == []
    assert service.get(f"/Locations({place})")["@iot.id"] == place


def test_what_is_not_said_is_null_or_missing(service: Service) -> None:
    """req/datamodel/datastream/properties: a datastream without values has no extents."""
    stream = service.create("/Datastreams", whole_datastream(unitOfMeasurement=CELSIUS))
    found = service.get(f"/Datastreams({stream})")
    assert not {found.get(name) for name in ("phenomenonTime", "resultTime", "observedArea")} - {None}
