# SPDX-License-Identifier: EUPL-1.2
"""What is not public is nowhere for a client without a key: over HTTP, and from all sides."""

import json

import pytest

from tests.conformance.service import Service, Town, at, whole_datastream

ASKED = [
    "/Things", "/Locations", "/HistoricalLocations?$expand=Thing,Locations", "/Datastreams?$expand=Thing,Observations",
    "/Observations?$expand=Datastream,FeatureOfInterest", "/FeaturesOfInterest?$expand=Observations",
    "/Sensors?$expand=Datastreams($expand=Observations,Thing)", "/ObservedProperties?$expand=Datastreams/Thing",
    "/Things?$filter=startswith(name,'Town')", "/Things?$filter=Datastreams/Observations/result eq 20",
    "/Sensors?$filter=Datastreams/name eq 'Town air 0'", "/ObservedProperties?$filter=Datastreams/Thing/name eq 'Town 0'",
    "/Sensors?$filter=Datastreams/any(d:d/name eq 'Town air 0')", "/Locations?$resultFormat=GeoJSON",
    "/Observations?$resultFormat=dataArray", "/Observations?$resultFormat=CSV", "/Things?$resultFormat=CSV",
]  # fmt: skip


@pytest.mark.parametrize("path", ASKED)
def test_lists_expands_and_filters_do_not_show_it(service: Service, town: Town, path: str) -> None:
    answer = service.ask("GET", path, Authorization="")
    assert answer.status == 200, answer.body
    text = answer.body.decode()
    assert not any(f"Town {number}" in text or f"Town air {number}" in text for number in range(3))
    if "$filter" in path:
        assert json.loads(text)["value"] == []


COUNTED = [
    "/Things",
    "/Locations",
    "/Datastreams",
    "/Observations",
    "/HistoricalLocations",
    "/FeaturesOfInterest",
]


@pytest.mark.parametrize("path", COUNTED)
def test_counts_do_not_count_it(service: Service, town: Town, path: str) -> None:
    hidden = service.get(f"{path}?$count=true&$top=0")["@iot.count"]
    open_to_all = service.ask("GET", f"{path}?$count=true&$top=1000", Authorization="").json
    assert open_to_all["@iot.count"] == len(open_to_all["value"]) < hidden
    assert (
        service.ask("GET", f"{path}/$count", Authorization="").body == str(len(open_to_all["value"])).encode()
    )


def test_its_addresses_lead_nowhere(service: Service, town: Town) -> None:
    stream, thing = f"/Datastreams({town.datastreams[0]})", f"/Things({town.things[0]})"
    observation = f"/Observations({town.observations[0][0]})"
    for path in (
        thing, f"{thing}/name", f"{thing}/name/$value", f"{thing}/$ref", f"{thing}/Datastreams", stream,
        f"{stream}/Observations", f"{stream}/Observations/$count", f"{stream}/Thing", f"{stream}/Sensor", observation,
        f"{observation}/Datastream", f"{observation}/result/$value", f"/Locations({town.locations[0]})",
    ):  # fmt: skip
        assert service.ask("GET", path, Authorization="").status == 404, path


DECLARED = {"purpose": "Comfort", "operator": "The city", "retention": "P1Y", "visibility": "public"}


def test_what_is_declared_is_for_everyone_but_its_inner_datastreams(service: Service) -> None:
    open_stream = service.create("/Datastreams", whole_datastream())
    thing = service.get(f"/Datastreams({open_stream})/Thing")["@iot.id"]
    assert service.ask("PATCH", f"/Things({thing})", {"properties": DECLARED}).status in {200, 204}
    service.create(f"/Datastreams({open_stream})/Observations", {"phenomenonTime": at(0), "result": 1})
    hidden = whole_datastream(Thing={"@iot.id": thing}, properties={"visibility": "internal"})
    inner = service.create("/Datastreams", hidden)
    service.create(f"/Datastreams({inner})/Observations", {"phenomenonTime": at(0), "result": 2})
    seen = service.ask("GET", f"/Things({thing})?$expand=Datastreams/Observations", Authorization="").json
    assert [one["@iot.id"] for one in seen["Datastreams"]] == [open_stream]
    assert [one["result"] for one in seen["Datastreams"][0]["Observations"]] == [1]
    assert service.ask("GET", f"/Datastreams({inner})", Authorization="").status == 404
    refused = service.ask(
        "POST", "/Things", {"name": "x", "description": "y", "properties": {"visibility": "public"}}
    )
    assert refused.status == 422
