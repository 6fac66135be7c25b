# SPDX-License-Identifier: EUPL-1.2
"""OGC 18-088, requirements class Sensing Core: req/datamodel."""

import pytest

from tests.conformance.service import CELSIUS, MEASUREMENT, SPEC, Json, Service, Town, at, when

SETS = [
    "Things", "Locations", "HistoricalLocations", "Datastreams", "MultiDatastreams", "Sensors", "ObservedProperties",
    "Observations", "FeaturesOfInterest",
]  # fmt: skip

# Properties and links of tables 5 to 24 by entity set; what is in parentheses there (may be missing) is not listed.
MODEL = {
    "Things": ("thing", {"name", "description"}, {"Locations", "HistoricalLocations", "Datastreams", "MultiDatastreams"}),
    "Locations": ("location", {"name", "description", "encodingType", "location"}, {"Things", "HistoricalLocations"}),
    "HistoricalLocations": ("historical-location", {"time"}, {"Thing", "Locations"}),
    "Datastreams": (
        "datastream",
        {"name", "description", "observationType", "unitOfMeasurement"},
        {"Thing", "Sensor", "ObservedProperty", "Observations"},
    ),
    "Sensors": ("sensor", {"name", "description", "encodingType", "metadata"}, {"Datastreams", "MultiDatastreams"}),
    "ObservedProperties": (
        "observed-property",
        {"name", "definition", "description"},
        {"Datastreams", "MultiDatastreams"},
    ),
    "Observations": ("observation", {"phenomenonTime", "result", "resultTime"}, {"Datastream", "FeatureOfInterest"}),
    "FeaturesOfInterest": ("feature-of-interest", {"name", "description", "encodingType", "feature"}, {"Observations"}),
}  # fmt: skip


def first(service: Service, entity_set: str) -> Json:
    """One of the town's observations, which have all their links; of anything else the first there is."""
    ours = "$filter=Datastream/Thing/properties/town eq true&" if entity_set == "Observations" else ""
    return service.values(f"/{entity_set}?{ours}$top=1")[0]


def test_the_root_names_every_entity_set_and_the_classes_served(service: Service) -> None:
    """req/request-data and req/resource-path: the service's root (9.2.1) with its conformance."""
    root = service.get("")
    assert {(one["name"], one["url"]) for one in root["value"]} >= {
        (name, f"{service.base}/{name}") for name in SETS
    }
    said = root["serverSettings"]["conformance"]
    for one in ("datamodel", "resource-path/resource-path-to-entities", "request-data", "create-update-delete",
                "batch-request/batch-request", "multi-datastream", "data-array/data-array"):  # fmt: skip
        assert any(each.startswith(SPEC + one) for each in said), one


@pytest.mark.parametrize("entity_set", MODEL)
def test_common_control_information(service: Service, town: Town, entity_set: str) -> None:
    """req/datamodel/entity-control-information/common-control-information."""
    one = first(service, entity_set)
    assert one["@iot.selfLink"] == f"{service.base}/{entity_set}({one['@iot.id']})"
    assert service.get(one["@iot.selfLink"])["@iot.id"] == one["@iot.id"]
    for link in MODEL[entity_set][2]:
        address = one[f"{link}@iot.navigationLink"]
        assert service.ask("GET", address if address.startswith("http") else f"/{address}").status == 200


@pytest.mark.parametrize("entity_set", MODEL)
def test_properties_and_relations(service: Service, town: Town, entity_set: str) -> None:
    """req/datamodel/{thing,location,...}/properties and .../relations."""
    _name, properties, links = MODEL[entity_set]
    one = first(service, entity_set)
    assert properties <= one.keys()
    for link in links:
        answer = service.get(f"/{entity_set}({one['@iot.id']})/{link}")
        linked = answer["value"] if link.endswith("s") else [answer]
        assert all(each["@iot.selfLink"].startswith(f"{service.base}/") for each in linked)


def test_a_thing_is_what_was_said(service: Service, town: Town) -> None:
    """req/datamodel/thing/properties."""
    thing = service.get(f"/Things({town.things[1]})")
    assert (thing["name"], thing["description"]) == ("Town 1", "A lamp post")
    assert thing["properties"]["number"] == 1
    assert thing["properties"]["town"] is True


def test_a_location_is_geojson(service: Service, town: Town) -> None:
    """req/datamodel/location/properties."""
    location = service.get(f"/Locations({town.locations[1]})")
    assert location["encodingType"] == "application/geo+json"
    assert location["location"] == {"type": "Point", "coordinates": [12.1, 54.1]}


def test_a_datastream_knows_what_and_when_it_measured(service: Service, town: Town) -> None:
    """req/datamodel/datastream/properties: unit, type, and the extents kept by the server."""
    stream = service.get(f"/Datastreams({town.datastreams[0]})")
    assert stream["observationType"] == MEASUREMENT
    assert stream["unitOfMeasurement"] == CELSIUS
    assert when(stream["phenomenonTime"]) == when(f"{at(0)}/{at(19)}")
    assert when(stream["resultTime"]) == when(f"{at(1)}/{at(20)}")
    assert stream["observedArea"]["type"] in {"Point", "Polygon"}


def test_an_observation_is_what_was_said(service: Service, town: Town) -> None:
    """req/datamodel/observation/properties."""
    found = service.get(f"/Observations({town.observations[1][7]})")
    assert found["result"] == 7.5
    assert when(found["phenomenonTime"]) == when(at(7))
    assert when(found["resultTime"]) == when(at(8))
    assert found["parameters"] == {"round": 1}


def test_a_historical_location_was_written_when_the_thing_was_placed(service: Service, town: Town) -> None:
    """req/datamodel/historical-location/properties and .../relations."""
    (one,) = service.values(f"/Things({town.things[0]})/HistoricalLocations")
    assert one["time"].endswith("Z")
    assert service.get(f"/HistoricalLocations({one['@iot.id']})/Thing")["@iot.id"] == town.things[0]
    assert service.ids(f"/HistoricalLocations({one['@iot.id']})/Locations") == [town.locations[0]]


def test_a_feature_of_interest_was_made_from_the_location(service: Service, town: Town) -> None:
    """req/datamodel/feature-of-interest/properties; made by the server where a POST named none (10.1)."""
    feature = service.get(f"/Observations({town.observations[2][0]})/FeatureOfInterest")
    assert feature["feature"] == {"type": "Point", "coordinates": [12.2, 54.2]}
    other = service.get(f"/Observations({town.observations[2][5]})/FeatureOfInterest")
    assert other["@iot.id"] == feature["@iot.id"]
