# SPDX-License-Identifier: EUPL-1.2
"""How lists are told besides JSON: as a table, as the standard's data array, as GeoJSON."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from smilecity.things.models import Datastream, FeatureOfInterest, Location
from tests.things.asking import BASE, Town, follow, get, observe, refused, reply, town
from tests.things.stage import NOON, stream, thing

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> Town:
    """The town, with three numbers in the datastream that everyone sees."""
    made = town()
    observe(made.public, *((NOON + timedelta(hours=number), number + 0.5) for number in range(3)))
    return made


def table(path: str, query: str) -> list[dict[str, str]]:
    answer = reply(path, f"$resultFormat=CSV&{query}")
    assert answer.media == "text/csv; charset=utf-8; header=present"
    text = answer.body.decode()
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_table_has_a_header_and_what_json_has(city: Town) -> None:
    rows = table(f"/Datastreams({city.public.id})/Observations", "$select=phenomenonTime,result,id")
    answer = get(f"/Datastreams({city.public.id})/Observations")
    assert list(rows[0]) == ["phenomenonTime", "result", "id"]
    for row, one in zip(rows, answer["value"], strict=True):
        assert row == {
            "phenomenonTime": one["phenomenonTime"],
            "result": str(one["result"]),
            "id": str(one["@iot.id"]),
        }


def test_a_table_of_nothing_has_its_header(city: Town) -> None:
    answer = reply("/Things", "$resultFormat=CSV&$filter=name eq 'none'&$count=true")
    assert answer.body == b"id,name,description,properties\r\n"


def test_a_table_goes_on_by_a_link_header(city: Town) -> None:
    answer = reply(f"/Datastreams({city.public.id})/Observations", "$resultFormat=CSV&$top=2&$select=result")
    assert answer.body == b"result\r\n0.5\r\n1.5\r\n"
    link = dict(answer.headers)[b"link"].decode()
    assert link.endswith('>; rel="next"')
    path, _, query = link[1:].partition(">")[0].removeprefix(BASE).partition("?")
    assert reply(path, query).body == b"result\r\n2.5\r\n"
    assert b"link" not in dict(reply(path, query).headers)


@pytest.mark.parametrize(
    "text", ['a "quoted", text', "two\r\nlines", "=1+1", "+49", "-2", "@x", "\tx", "", " =x", "%s {a} \x01"]
)
def test_cells_are_quoted_and_never_formulas(city: Town, text: str) -> None:
    Datastream.objects.filter(id=city.public.id).update(name=text)
    observe(city.public, (NOON + timedelta(days=1), text))
    guarded = f"'{text}" if text[:1] in set("=+-@\t\r\n") - {""} else text
    assert table("/Datastreams", "$select=name") == [{"name": guarded}]
    assert table("/Observations", "$filter=phenomenonTime gt 2026-11-21T00:00:00Z&$select=result") == [
        {"result": guarded}
    ]


def test_a_negative_number_is_no_formula(city: Town) -> None:
    observe(city.public, (NOON + timedelta(days=1), -5))
    assert table("/Observations", "$orderby=phenomenonTime desc&$top=1&$select=result") == [{"result": "-5"}]


def test_links_to_one_become_columns(city: Town) -> None:
    rows = table(
        "/Observations",
        "$select=result&$expand=Datastream($select=name;$expand=Thing($select=name)),FeatureOfInterest",
    )
    assert rows[0]["Datastream/name"] == "public"
    assert rows[0]["Datastream/Thing/name"] == "open"
    assert rows[0]["FeatureOfInterest/name"] == ""
    assert len(set(map(len, rows))) == 1
    refusal = refused("/Things", "$resultFormat=CSV&$expand=Datastreams")
    assert (refusal.code, refusal.field) == ("odata.bad-option", "$resultFormat")


def test_a_data_array_groups_by_datastream(city: Town) -> None:
    other = stream("other", thing("other"))
    observe(other, (NOON, 9), (NOON + timedelta(hours=5), 'ä"\\'))
    answer = get(
        "/Observations", "$resultFormat=dataArray&$count=true&$select=result,id,resultTime&$orderby=id"
    )
    assert answer["@iot.count"] == 5
    first, second = answer["value"]
    assert first["Datastream@iot.navigationLink"] == f"{BASE}/Datastreams({city.public.id})"
    assert first["components"] == ["result", "id", "resultTime"]
    assert [row[0] for row in first["dataArray"]] == [0.5, 1.5, 2.5]
    assert all(row[2] is None for row in first["dataArray"])
    assert second["dataArray@iot.count"] == 2
    assert second["dataArray"][1][0] == 'ä"\\'
    whole = get("/Observations", "$resultFormat=dataArray&$top=1")["value"][0]
    assert whole["components"][:4] == ["id", "phenomenonTime", "resultTime", "result"]


def test_a_data_array_is_paged(city: Town) -> None:
    path, values = f"/Datastreams({city.public.id})/Observations", []
    answer = get(path, "$resultFormat=dataArray&$top=1&$select=result")
    while True:
        values += answer["value"][0]["dataArray"]
        if "@iot.nextLink" not in answer:
            break
        answer = follow(answer["@iot.nextLink"])
    assert values == [[0.5], [1.5], [2.5]]
    assert get(path, "$resultFormat=dataArray&$filter=result gt 9")["value"] == []


def features(path: str, query: str = "") -> list[Any]:
    answer = reply(path, f"$resultFormat=GeoJSON&{query}")
    assert answer.media == "application/geo+json"
    read = get(path, f"$resultFormat=GeoJSON&{query}")
    assert read["type"] == "FeatureCollection"
    assert all(one["type"] == "Feature" for one in read["features"])
    return list(read["features"])


def test_places_become_features(city: Town) -> None:
    (one,) = features("/Locations")
    assert one["geometry"] == {"type": "Point", "coordinates": [12.1, 54.1]}
    assert one["properties"]["@iot.selfLink"] == f"{BASE}/Locations({one['id']})"
    assert one["properties"]["encodingType"] == "application/geo+json"
    assert "location" not in one["properties"]
    (one,) = features("/Things", "$select=name")
    assert one["geometry"] == {"type": "Point", "coordinates": [12.1, 54.1]}
    assert set(one["properties"]) == {"@iot.selfLink", "name"}
    (one,) = features("/Datastreams", "$count=true")
    assert one["geometry"] is None
    assert one["properties"]["phenomenonTime"] == "2026-11-20T12:00:00Z/2026-11-20T14:00:00Z"


def test_a_stored_feature_is_taken_out_of_itself_and_several_places_together(city: Town) -> None:
    point = {"type": "Point", "coordinates": [1, 2]}
    FeatureOfInterest.objects.create(
        name="f", feature={"type": "Feature", "geometry": point, "properties": {}}
    )
    assert features("/FeaturesOfInterest")[0]["geometry"] == point
    city.open.locations.add(Location.objects.create(name="second", location=point))
    geometry = features("/Things")[0]["geometry"]
    assert geometry["type"] == "GeometryCollection" and len(geometry["geometries"]) == 2
    assert features("/Things", "$filter=name eq 'none'") == []
    stream("placeless", thing("placeless"))
    assert features("/Things", "$filter=name eq 'placeless'")[0]["geometry"] is None
