# SPDX-License-Identifier: EUPL-1.2
"""The client library frost_sta_client, as published, creates, finds, queries, updates and deletes every entity type."""

from typing import Any

import frost_sta_client as fsc
import pytest
from frost_sta_client.service.auth_handler import AuthHandler

from tests.conformance.service import CELSIUS, COMPLEX, MEASUREMENT, PERCENT, Service, Town, at, name_of


@pytest.fixture(scope="module")
def client(service: Service) -> Any:
    return fsc.SensorThingsService(service.base, auth_handler=AuthHandler("anything", service.key))


class Units(list[Any]):
    """The library asks the list itself for its JSON, which a plain list does not have."""

    def __getstate__(self) -> Any:  # type: ignore[override]
        return [one.__getstate__() for one in self]


def _unit(said: dict[str, str]) -> Any:
    return fsc.UnitOfMeasurement(said["name"], said["symbol"], said["definition"])


POINT = {"type": "Point", "coordinates": [12.1, 54.1]}


def a_thing() -> Any:
    return fsc.Thing(name_of("Client thing"), "A thing", {"a": 1})


def a_location() -> Any:
    return fsc.Location(
        name_of("Client place"), "A place", location=POINT, encoding_type="application/geo+json"
    )


def a_sensor() -> Any:
    return fsc.Sensor(
        name_of("Client probe"),
        "A probe",
        encoding_type="application/pdf",
        metadata="https://example.org/x.pdf",
    )


def an_observed_property() -> Any:
    name = name_of("Client warmth")
    return fsc.ObservedProperty(name, f"https://example.org/{name.replace(' ', '-')}", "Warmth")


def a_feature() -> Any:
    return fsc.FeatureOfInterest(
        name_of("Client air"), "Air", feature=POINT, encoding_type="application/geo+json"
    )


def a_datastream() -> Any:
    return fsc.Datastream(
        name=name_of("Client stream"),
        description="A stream",
        observation_type=MEASUREMENT,
        unit_of_measurement=_unit(CELSIUS),
        thing=a_thing(),
        sensor=a_sensor(),
        observed_property=an_observed_property(),
    )


def a_multi_datastream() -> Any:
    return fsc.MultiDatastream(
        name=name_of("Client streams"),
        description="Two in one",
        observation_type=COMPLEX,
        multi_observation_data_types=[MEASUREMENT, MEASUREMENT],
        unit_of_measurements=Units([_unit(CELSIUS), _unit(PERCENT)]),
        thing=a_thing(),
        sensor=a_sensor(),
        observed_properties=[an_observed_property(), an_observed_property()],
    )


NAMED = {
    "things": a_thing,
    "locations": a_location,
    "sensors": a_sensor,
    "observed_properties": an_observed_property,
    "features_of_interest": a_feature,
    "datastreams": a_datastream,
    "multi_datastreams": a_multi_datastream,
}


@pytest.mark.parametrize("what", NAMED)
def test_named_entities_are_made_found_changed_and_deleted(client: Any, what: str) -> None:
    entity = NAMED[what]()
    client.create(entity)
    assert isinstance(entity.id, int)
    entities = getattr(client, what)()
    found = entities.find(entity.id)
    assert (found.id, found.name, found.description) == (entity.id, entity.name, entity.description)
    (queried,) = entities.query().filter(f"name eq '{entity.name}'").list().entities
    assert queried.id == entity.id
    client.patch(entity, [{"op": "replace", "path": "/description", "value": "patched"}])
    assert entities.find(entity.id).description == "patched"
    entity.description = "put"
    client.update(entity)
    assert entities.find(entity.id).description == "put"
    client.delete(entity)
    assert entities.query().filter(f"name eq '{entity.name}'").list().entities == []


def test_observations(client: Any) -> None:
    stream = a_datastream()
    client.create(stream)
    feature = a_feature()
    client.create(feature)
    seen = fsc.Observation(
        result=21.5,
        phenomenon_time=at(0),
        datastream=fsc.Datastream(id=stream.id),
        feature_of_interest=fsc.FeatureOfInterest(id=feature.id),
    )
    client.create(seen)
    assert client.observations().find(seen.id).result == 21.5
    assert [one.id for one in stream.get_observations().query().list()] == [seen.id]
    client.patch(seen, [{"op": "replace", "path": "/result", "value": 22}])
    assert client.observations().find(seen.id).result == 22
    seen.result = 23
    client.update(seen)
    assert client.observations().find(seen.id).result == 23
    client.delete(seen)
    assert list(stream.get_observations().query().list()) == []


def test_a_data_array(client: Any) -> None:
    stream = a_datastream()
    client.create(stream)
    values = fsc.model.ext.data_array_value.DataArrayValue()
    values.datastream = fsc.Datastream(id=stream.id)
    values.components = {values.Property.PHENOMENON_TIME, values.Property.RESULT}
    for minute in range(3):
        values.add_observation(fsc.Observation(phenomenon_time=at(minute), result=minute))
    document = fsc.model.ext.data_array_document.DataArrayDocument()
    document.add_data_array_value(values)
    made = client.observations().create(document)
    assert len(made) == 3
    assert sorted(one.result for one in stream.get_observations().query().list()) == [0, 1, 2]


def test_historical_locations(client: Any) -> None:
    thing, place = a_thing(), a_location()
    client.create(thing)
    client.create(place)
    past = fsc.HistoricalLocation(
        time="2020-01-01T00:00:00Z",
        thing=fsc.Thing(id=thing.id),
        locations=[fsc.Location(id=place.id)],
    )
    client.create(past)
    assert [one.id for one in thing.get_historical_locations().query().list()] == [past.id]
    client.patch(past, [{"op": "replace", "path": "/time", "value": "2021-01-01T00:00:00Z"}])
    assert client.historical_locations().find(past.id).time.startswith("2021-01-01")
    past.time = "2022-01-01T00:00:00Z"
    client.update(past)
    assert client.historical_locations().find(past.id).time.startswith("2022-01-01")
    client.delete(past)
    assert list(thing.get_historical_locations().query().list()) == []


def test_a_list_is_followed_over_its_pages(client: Any, town: Town) -> None:
    stream = fsc.Datastream(id=town.datastreams[0])
    stream.service = client
    found = stream.get_observations().query().orderby("result", "asc").top(6).count().list()
    assert found.count == 20
    assert [one.result for one in found] == list(range(20))


def test_expand_and_select(client: Any, town: Town) -> None:
    query = client.things().query().filter("properties/town eq true").orderby("name", "asc")
    found = query.expand("Datastreams($expand=Observations($top=1)),Locations").list().entities
    assert [one.id for one in found] == town.things
    assert [one.datastreams.entities[0].id for one in found] == town.datastreams
    assert len(found[0].datastreams.entities[0].observations.entities) == 1
