# SPDX-License-Identifier: EUPL-1.2
"""OGC 18-088: req/resource-path/resource-path-to-entities (usages 1 to 8 of clause 9.2)."""

import pytest

from tests.conformance.service import Service, Town


def test_an_entity_by_its_id(service: Service, town: Town) -> None:
    """req/resource-path/resource-path-to-entities: usage 3; the id also quoted."""
    one = service.get(f"/Things({town.things[0]})")
    assert service.get(f"/Things('{town.things[0]}')") == one


def test_along_links_to_any_depth(service: Service, town: Town) -> None:
    """req/resource-path/resource-path-to-entities: usages 5 and 8."""
    thing, stream, observation = town.things[0], town.datastreams[0], town.observations[0][3]
    assert service.ids(f"/Things({thing})/Datastreams") == [stream]
    path = f"/Things({thing})/Datastreams({stream})/Observations({observation})"
    assert service.get(path)["@iot.id"] == observation
    assert service.get(f"{path}/Datastream/Thing")["@iot.id"] == thing
    assert service.ids(f"{path}/Datastream/Thing/Locations") == [town.locations[0]]
    assert service.get(f"{path}/Datastream/Sensor/name") == {"name": "Town probe"}


def test_what_does_not_belong_together_is_not_found(service: Service, town: Town) -> None:
    """req/resource-path/resource-path-to-entities: each step belongs to the one before."""
    assert service.ask("GET", f"/Things({town.things[0]})/Datastreams({town.datastreams[1]})").status == 404
    wrong = f"/Things({town.things[0]})/Datastreams({town.datastreams[1]})/Observations"
    assert service.ask("GET", wrong).status == 404


def test_a_property_and_its_value(service: Service, town: Town) -> None:
    """req/resource-path/resource-path-to-entities: usages 4a and 4b."""
    thing = f"/Things({town.things[1]})"
    assert service.get(f"{thing}/name") == {"name": "Town 1"}
    answer = service.ask("GET", f"{thing}/name/$value")
    assert answer.body == b"Town 1"
    assert answer.headers["content-type"].startswith("text/plain")
    assert service.get(f"{thing}/properties")["properties"]["number"] == 1
    assert service.ask("GET", f"{thing}/properties/number/$value").body == b"1"
    assert service.ask("GET", f"/Observations({town.observations[0][4]})/result/$value").body in {
        b"4",
        b"4.0",
    }


def test_addresses_of_links(service: Service, town: Town) -> None:
    """req/resource-path/resource-path-to-entities: usage 6, associationLink."""
    refs = service.values(f"/Things({town.things[0]})/Datastreams/$ref")
    assert refs == [{"@iot.selfLink": f"{service.base}/Datastreams({town.datastreams[0]})"}]
    one = service.get(f"/Datastreams({town.datastreams[0]})/Thing/$ref")
    assert one["@iot.selfLink"] == f"{service.base}/Things({town.things[0]})"


def test_a_collection_is_counted(service: Service, town: Town) -> None:
    """OData 4.01 part 2, 4.8: /$count."""
    assert service.ask("GET", f"/Datastreams({town.datastreams[0]})/Observations/$count").body == b"20"


@pytest.mark.parametrize(
    "path",
    ["/Unicorns", "/Things(999999999)", "/Things(99999999999999999999)", "/Things(x)", "/Things(1)/nothing", "/Thing"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(service: Service, path: str) -> None:
    """req/request-data/status-code: 404."""
    answer = service.ask("GET", path)
    assert answer.status == 404
    assert answer.headers["content-type"].startswith("application/problem+json")
