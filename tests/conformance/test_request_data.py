# SPDX-License-Identifier: EUPL-1.2
"""OGC 18-088: req/request-data, all but what filters can say (test_filters.py)."""

import csv
import io

import pytest

from tests.conformance.service import Service, Town, at, when

BAD = [
    ("/Things?$filter=name eq", "odata.syntax", "$filter"),
    ("/Things?$filter=nmae eq 'x'", "odata.unknown-property", ""),
    ("/Things?$filter=strlen(name) eq 1", "odata.unknown-function", "$filter"),
    ("/Things?$filter=name gt 5", "odata.wrong-type", ""),
    ("/Things?$fliter=name eq 'x'", "odata.bad-option", ""),
    ("/Things?$top=-1", "odata.bad-option", "$top"),
    ("/Things?$top=x", "odata.syntax", "$top"),
    ("/Things?$skip=x", "odata.syntax", "$skip"),
    ("/Things?$count=x", "odata.syntax", "$count"),
    ("/Things?$orderby=nothing", "odata.unknown-property", ""),
    ("/Things?$select=nothing", "odata.unknown-property", ""),
    ("/Things?$expand=Nothing", "odata.unknown-property", ""),
    ("/Things?$skiptoken=forged", "odata.bad-option", ""),
    ("/Things?$resultFormat=xml", "odata.bad-option", ""),
]


@pytest.mark.parametrize(("path", "code", "field"), BAD)
def test_a_bad_query_is_refused(service: Service, path: str, code: str, field: str) -> None:
    """req/request-data/query-status-code: 400, and a body that says why."""
    answer = service.ask("GET", path)
    assert (answer.status, answer.json["code"]) == (400, code), answer.body
    if field:
        assert answer.json["field"] == field
        assert "character" in answer.json["title"] or code == "odata.bad-option"


def test_status_codes(service: Service, town: Town) -> None:
    """req/request-data/status-code."""
    assert service.ask("GET", "/Things").status == 200
    assert service.ask("GET", "/Things(999999999)").status == 404
    assert service.ask("HEAD", "/Things").status == 200
    assert service.ask("BREW", "/Things").status in {405, 501}


def test_options_are_evaluated_in_order(service: Service, town: Town) -> None:
    """req/request-data/order: filter, count, orderby, skip, top, then expand and select."""
    page = service.get(
        f"/Datastreams({town.datastreams[0]})/Observations?$select=result&$expand=Datastream($select=name)"
        "&$top=3&$skip=2&$orderby=result desc&$count=true&$filter=result lt 10"
    )
    assert page["@iot.count"] == 10
    assert [one["result"] for one in page["value"]] == [7, 6, 5]
    assert all(one.keys() >= {"result", "Datastream"} for one in page["value"])
    assert page["value"][0]["Datastream"]["name"] == "Town air 0"
    assert "phenomenonTime" not in page["value"][0]


def test_expand_along_one_and_several_links(service: Service, town: Town) -> None:
    """req/request-data/expand."""
    thing = service.get(f"/Things({town.things[0]})?$expand=Datastreams/Observations,Locations")
    (stream,) = thing["Datastreams"]
    assert stream["@iot.id"] == town.datastreams[0]
    assert len(stream["Observations"]) == 20
    assert [one["@iot.id"] for one in thing["Locations"]] == [town.locations[0]]
    assert "Datastreams@iot.navigationLink" not in thing


def test_expand_with_options_of_its_own(service: Service, town: Town) -> None:
    """req/request-data/expand: filter, orderby, top, skip, count, select and expand within, separated by semicolons."""
    inner = "Observations($filter=result gt 3;$orderby=phenomenonTime desc;$top=2;$skip=1;$count=true;$select=result)"
    thing = service.get(f"/Things({town.things[0]})?$expand=Datastreams($select=name;$expand={inner},Sensor)")
    (stream,) = thing["Datastreams"]
    assert stream["name"] == "Town air 0"
    assert "description" not in stream
    assert stream["Sensor"]["@iot.id"] == town.sensor
    assert [one["result"] for one in stream["Observations"]] == [18, 17]
    assert stream["Observations@iot.count"] == 16
    following = service.get(stream["Observations@iot.nextLink"])
    assert [one["result"] for one in following["value"]] == [16, 15]


def test_select(service: Service, town: Town) -> None:
    """req/request-data/select."""
    thing = service.get(f"/Things({town.things[0]})?$select=name")
    assert thing["name"] == "Town 0"
    assert not {"description", "properties", "Datastreams@iot.navigationLink"} & thing.keys()
    both = service.get(f"/Things({town.things[0]})?$select=@iot.id,name")
    assert (both["@iot.id"], both["name"]) == (town.things[0], "Town 0")


def test_orderby_several_and_related(service: Service, town: Town) -> None:
    """req/request-data/orderby."""
    only = "$filter=properties/town eq true"
    assert service.ids(f"/Things?{only}&$orderby=name desc") == town.things[::-1]
    assert service.ids(f"/Things?{only}&$orderby=description,name asc") == town.things
    condition = "Datastream/Thing/properties/town eq true and (result eq 0 or result eq 7.5)"
    related = service.values(f"/Observations?$filter={condition}&$orderby=Datastream/Thing/name desc")
    assert [one["result"] for one in related] == [7.5, 0]


def test_top_and_its_next_page(service: Service, town: Town) -> None:
    """req/request-data/top: the next page is linked; $top=0 gives none."""
    page = service.get(f"/Datastreams({town.datastreams[0]})/Observations?$top=5")
    assert len(page["value"]) == 5
    assert "@iot.nextLink" in page
    assert service.get("/Things?$top=0")["value"] == []
    assert "@iot.nextLink" not in service.get(f"/Datastreams({town.datastreams[0]})/Observations?$top=20")


def test_too_great_a_top_is_capped(service: Service, town: Town) -> None:
    """req/request-data/top: a service may cap it."""
    assert len(service.values("/Things?$top=99999999999999999999")) >= 3


def test_skip(service: Service, town: Town) -> None:
    """req/request-data/skip."""
    path = f"/Datastreams({town.datastreams[0]})/Observations?$orderby=result"
    assert [one["result"] for one in service.values(f"{path}&$skip=17")] == [17, 18, 19]
    assert service.values(f"{path}&$skip=1000") == []


def test_count(service: Service, town: Town) -> None:
    """req/request-data/count: of all that match, whatever $top and $skip say; left out unless asked for."""
    path = f"/Datastreams({town.datastreams[0]})/Observations"
    assert service.get(f"{path}?$count=true&$top=1&$skip=3")["@iot.count"] == 20
    assert service.get(f"{path}?$count=true&$filter=result ge 15")["@iot.count"] == 5
    assert "@iot.count" not in service.get(f"{path}?$count=false")
    assert service.get("/Observations?$count=true&$top=0")["@iot.count"] >= 60


@pytest.mark.parametrize("order", ["", "&$orderby=result desc", "&$orderby=parameters/round,result desc"])
def test_pagination_leads_once_through_all(service: Service, town: Town, order: str) -> None:
    """req/request-data/pagination."""
    stream = town.datastreams[1]
    address = f"/Datastreams({stream})/Observations?$top=7{order}"
    whole = service.ids(f"/Datastreams({stream})/Observations?$top=100{order}")
    seen: list[int] = []
    while address:
        page = service.get(address)
        seen += [one["@iot.id"] for one in page["value"]]
        address = page.get("@iot.nextLink", "")
    assert seen == whole
    assert sorted(seen) == sorted(town.observations[1])


def test_the_next_page_keeps_the_other_options(service: Service, town: Town) -> None:
    """req/request-data/pagination."""
    path = f"/Datastreams({town.datastreams[0]})/Observations?$filter=result ge 10&$select=result&$count=true&$top=4"
    page = service.get(service.get(path)["@iot.nextLink"])
    assert page["@iot.count"] == 10
    assert all(one["result"] >= 10 and "phenomenonTime" not in one for one in page["value"])


def test_the_newest_observation(service: Service, town: Town) -> None:
    """req/request-data/orderby, as clients ask most often."""
    path = f"/Datastreams({town.datastreams[2]})/Observations?$orderby=phenomenonTime desc&$top=1"
    (newest,) = service.values(path)
    assert (newest["result"], when(newest["phenomenonTime"])) == (20, when(at(19)))
    expanded = service.get(
        f"/Datastreams({town.datastreams[2]})?$expand=Observations($orderby=phenomenonTime desc;$top=1)"
    )
    assert [one["@iot.id"] for one in expanded["Observations"]] == [newest["@iot.id"]]


def test_csv(service: Service, town: Town) -> None:
    """$resultFormat=CSV, as other servers offer it."""
    path = f"/Datastreams({town.datastreams[0]})/Observations?$resultFormat=CSV&$select=phenomenonTime,result"
    answer = service.ask("GET", path)
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert len(rows) == 20
    assert {float(row["result"]) for row in rows} == set(range(20))


def test_geojson(service: Service, town: Town) -> None:
    """$resultFormat=GeoJSON, as other servers offer it."""
    found = service.get("/Locations?$resultFormat=GeoJSON")
    assert found["type"] == "FeatureCollection"
    assert {"type": "Point", "coordinates": [12.1, 54.1]} in [one["geometry"] for one in found["features"]]


def test_an_entity_not_changed_is_not_sent_again(service: Service, town: Town) -> None:
    """RFC 9110, 13.1.2: ETag and If-None-Match."""
    first = service.ask("GET", f"/Things({town.things[0]})")
    again = service.ask("GET", f"/Things({town.things[0]})", If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
