# SPDX-License-Identifier: EUPL-1.2
"""OGC API Features: what the standard asks, what readers may see, and that nothing wrong is swallowed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import assume, given
from hypothesis import strategies as st

from smilecity.core import words
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.space import rules
from smilecity.space.rules import features as asked
from tests.conftest import Person
from tests.space.ground import keep, put, square

ITEMS = "/ogc/collections/place/items"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def titles(client: Client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return [one["properties"]["title"] for one in answer.json()["features"]]


def href(body: dict[str, Any], rel: str) -> str:
    (found,) = [one["href"] for one in body["links"] if one["rel"] == rel]
    return str(found)


def test_from_the_landing_page_everything_is_found(client: Client, db: None) -> None:
    put("a", 12, 54)
    landing = client.get("/ogc/")
    assert landing["Content-Type"] == "application/json"
    body = landing.json()
    conforms = client.get(href(body, "conformance")).json()["conformsTo"]
    assert {one.rsplit("/", 1)[-1] for one in conforms} == {"core", "oas30", "html", "geojson"}
    assert client.get(href(body, "service-desc"))["Content-Type"].startswith(
        "application/vnd.oai.openapi+json"
    )
    collections = client.get(href(body, "data")).json()["collections"]
    assert {one["id"] for one in collections} == set(words.kinds())
    (place,) = [one for one in collections if one["id"] == "place"]
    items = client.get(href(place, "items"))
    assert items["Content-Type"] == "application/geo+json"
    (feature,) = items.json()["features"]
    assert items.json()["numberReturned"] == 1
    one = client.get(f"{ITEMS}/{feature['id']}").json()
    assert (one["id"], one["type"], one["geometry"]["coordinates"]) == (feature["id"], "Feature", [12, 54])
    assert href(one, "self").endswith(f"{ITEMS}/{feature['id']}")
    assert href(one, "collection").endswith("/ogc/collections/place")


def test_a_feature_says_what_its_page_says_in_the_language_of_the_address(client: Client, db: None) -> None:
    area = keep("mitte", square(12, 54))
    put(
        "a",
        12.05,
        54.05,
        area=area.noun_id,
        facts={"price": "free", "title": "not this"},
        text={"de": "Schön."},
    )
    said = client.get(ITEMS).json()["features"][0]["properties"]
    assert said["title"] == "Ort a" and said["text"] == "Schön." and said["price"] == "free"
    assert said["url"] == "http://testserver/places/a/"
    assert (said["area_key"], said["area_name"], said["licence"]) == ("mitte", "Gebiet mitte", "CC-BY-4.0")
    english = client.get("/en" + ITEMS).json()["features"][0]["properties"]
    assert english["title"] == "Place a" and english["url"] == "http://testserver/en/places/a/"


@pytest.mark.parametrize("visibility", ["internal", "draft"])
def test_what_the_page_would_not_show_is_in_no_collection(
    client: Client, person: Person, organisation: Any, visibility: str
) -> None:
    city = keep("stadt", square(12, 54, 1.0), "municipality")
    other = keep("nachbar", square(14, 54, 1.0), "municipality")
    office = organisation("department", "Amt")
    hidden = put("hidden", 12.05, 54.05, area=city.noun_id, visibility=visibility)
    may = {"carla": ("clerk", city), "nils": ("clerk", other), "bob": None}
    for name, held in may.items():
        account = person(name, *([(held[0], office, held[1].noun_id)] if held else []))
        reader = Client()
        reader.force_login(account)
        sees = name == "carla"
        assert titles(reader, ITEMS) == (["Ort hidden"] if sees else [])
        assert titles(reader, f"{ITEMS}?bbox=12,54,13,55") == (["Ort hidden"] if sees else [])
        assert reader.get(f"{ITEMS}/{hidden.id}").status_code == (200 if sees else 404)
        assert (b"Ort hidden" in reader.get(f"{ITEMS}?f=html").content) == sees
    assert titles(client, ITEMS) == []
    assert client.get(f"{ITEMS}/{hidden.id}").status_code == 404


def test_a_keeper_who_is_hidden_is_not_named(client: Client, db: None) -> None:
    keeper = put("club", 12, 54, visibility="draft")
    put("a", 12, 54, keeper=keeper.id)
    assert "keeper" not in client.get(ITEMS).json()["features"][0]["properties"]
    Noun.objects.filter(id=keeper.id).update(visibility="public")
    by_title = {f["properties"]["title"]: f["properties"] for f in client.get(ITEMS).json()["features"]}
    assert by_title["Ort a"]["keeper"] == "Ort club"


def test_pages_follow_each_other_to_the_end(client: Client, db: None) -> None:
    for number in range(7):
        put(f"n{number}", 12 + number / 100, 54)
    path, found = f"{ITEMS}?limit=3&bbox=11,53,13,55", []
    for _page in range(4):
        body = client.get(path).json()
        found += [one["properties"]["title"] for one in body["features"]]
        following = [one["href"] for one in body["links"] if one["rel"] == "next"]
        if not following:
            break
        path = following[0]
    assert found == [f"Ort n{number}" for number in range(7)]


def test_more_than_the_most_is_the_most(client: Client, db: None) -> None:
    assert client.get(f"{ITEMS}?limit=100000").status_code == 200


def test_boxes_select_points_and_outlines_exactly(client: Client, db: None) -> None:
    put("west", -179.5, 10)
    put("east", 179.5, 10)
    put("home", 12, 54)
    assert titles(client, f"{ITEMS}?bbox=11,53,13,55") == ["Ort home"]
    assert titles(client, f"{ITEMS}?bbox=11,53,-100,13,55,100") == ["Ort home"]
    assert titles(client, f"{ITEMS}?bbox=179,0,-179,20") == ["Ort east", "Ort west"]
    assert titles(client, f"{ITEMS}?bbox=0,0,1,1") == []
    corner = {"type": "Polygon", "coordinates": [[[12, 54], [13, 54], [12, 55], [12, 54]]]}
    keep("dreieck", corner)
    areas = "/ogc/collections/area/items"
    assert titles(client, f"{areas}?bbox=12.1,54.1,12.2,54.2") == ["Gebiet dreieck"]
    assert titles(client, f"{areas}?bbox=12.8,54.8,12.9,54.9") == []  # in its box, not in it


def test_times_select_by_the_last_change(client: Client, db: None) -> None:
    for number in range(3):
        put(f"n{number}", 12, 54)
        Noun.objects.filter(address=f"places/n{number}").update(changed_at=NOON + timedelta(hours=number))
    cases = {
        "2026-11-22T13:00:00Z": ["Ort n1"],
        "2026-11-22T14:00:00%2B01:00": ["Ort n1"],
        "2026-11-22T13:00:00Z/..": ["Ort n1", "Ort n2"],
        "../2026-11-22T13:00:00Z": ["Ort n0", "Ort n1"],
        "/2026-11-22T12:30:00Z": ["Ort n0"],
        "2026-11-22T12:30:00Z/2026-11-22T13:30:00Z": ["Ort n1"],
        "2026-11-23T00:00:00Z/": [],
    }
    for asked_for, expected in cases.items():
        assert titles(client, f"{ITEMS}?datetime={asked_for}") == expected, asked_for


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=-1", "limit=x", "limit=1.5", "bbox=1,2,3", "bbox=1,2,3,x", "bbox=nan,0,1,1", "bbox=1e999,0,1,1",
        "bbox=0,50,1,40", "bbox=0,0,200,1", "bbox=0,0,9,1,1,1", "datetime=yesterday", "datetime=../..", "datetime=/",
        "datetime=2026-11-22", "datetime=2026-13-01T00:00:00Z", "datetime=2026-01-02T00:00:00Z/2026-01-01T00:00:00Z",
        "datetime=a/b/c", "colour=red", "after=nonsense", "f=xml", "bbox=" + "1," * 5000,
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_by_name(client: Client, db: None, query: str) -> None:
    answer = client.get(f"{ITEMS}?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["field"] == query.split("=", maxsplit=1)[0]
    page = client.get(f"{ITEMS}?{query}", headers={"Accept": "text/html"})
    assert page.status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/collections/dragon",
        "/ogc/collections/dragon/items",
        f"{ITEMS}/999999999",
        f"{ITEMS}/x",
        f"{ITEMS}/{'9' * 40}",
    ],
)
def test_what_is_not_there_is_not_found(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


def test_people_get_pages_and_machines_get_json(client: Client, db: None) -> None:
    noun = put("a", 12, 54)
    for path in (
        "/ogc/",
        "/ogc/conformance",
        "/ogc/api",
        "/ogc/collections",
        "/ogc/collections/place",
        ITEMS,
        f"{ITEMS}/{noun.id}",
    ):
        for how in ({"path": path, "headers": {"Accept": "text/html,*/*;q=0.8"}}, {"path": f"{path}?f=html"}):
            page = client.get(**how)
            assert page["Content-Type"].startswith("text/html"), path
            assert page.content.count(b"<h1") == 1
        assert "json" in client.get(path)["Content-Type"]
        assert "json" in client.get(f"{path}?f=json", headers={"Accept": "text/html"})["Content-Type"]
        assert "Accept" in client.get(path)["Vary"]


def test_it_costs_the_same_among_five_and_a_hundred(client: Client, db: None) -> None:
    area = keep("mitte", square(12, 54))
    costs = []
    for count in (5, 100):
        for number in range(count):
            put(f"n{number}", 12, 54, area=area.noun_id, keeper=area.noun_id)
        with CaptureQueriesContext(connection) as asked_for:
            client.get(f"{ITEMS}?limit=100")
        costs.append(len(asked_for))
    assert costs[0] == costs[1] <= 2


numbers = st.floats(-50, 50)


@given(numbers, numbers, numbers, numbers, numbers, numbers)
def test_a_point_touches_a_box_that_holds_it(
    x: float, y: float, west: float, south: float, east: float, north: float
) -> None:
    west, east, south, north = min(west, east), max(west, east), min(south, north), max(south, north)
    inside = west <= x <= east and south <= y <= north
    assert rules.touches({"type": "Point", "coordinates": [x, y]}, (west, south, east, north)) == inside


@given(
    st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=3, max_size=8),
    st.tuples(*[st.integers(-9, 9)] * 4),
)
def test_touching_is_what_geos_says(corners: list[tuple[int, int]], sides: tuple[int, int, int, int]) -> None:
    import shapely.geometry

    west, east = sorted(sides[:2])
    south, north = sorted(sides[2:])
    assume(west < east and south < north)  # GEOS knows no box that is a line
    ring = [list(one) for one in [*corners, corners[0]]]
    line = {"type": "LineString", "coordinates": ring}
    expected = shapely.intersects(shapely.LineString(ring), shapely.box(west, south, east, north))
    assert rules.touches(line, (west, south, east, north)) == expected
    hull = shapely.convex_hull(shapely.MultiPoint(corners))
    if hull.geom_type == "Polygon":
        geo = shapely.geometry.mapping(hull)
        expected = shapely.intersects(hull, shapely.box(west, south, east, north))
        assert rules.touches(geo, (west, south, east, north)) == expected


@given(st.text(max_size=40))
def test_nothing_that_is_sent_breaks_the_rules(text: str) -> None:
    for rule in (asked.limit, asked.boxes, asked.span):
        try:
            rule(text)
        except Refusal as refusal:
            assert refusal.status == 400
