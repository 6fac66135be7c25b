# SPDX-License-Identifier: EUPL-1.2
"""Geographic questions: as Shapely answers them one by one, and metres as on a sphere."""

import asyncio
import math
from random import Random
from typing import Any

import psycopg
import pytest
import shapely
from django.db import connection
from shapely.geometry import mapping, shape

from smilecity.core.problems import Refusal
from smilecity.things.models import Datastream, FeatureOfInterest, Location
from smilecity.things.reads.sensorthings import geography
from smilecity.things.reads.sensorthings.columns import TABLES
from smilecity.things.reads.sensorthings.expressions import Context
from smilecity.things.reads.sensorthings.expressions import compile as compiled
from smilecity.things.rights import Sight
from smilecity.things.rules.odata import read_expression, tree

from . import stage
from .expressing import ALL, ANYONE, found

pytestmark = pytest.mark.django_db

SQUARE = "POLYGON((12 54, 12.2 54, 12.2 54.2, 12 54.2, 12 54))"
SHAPES = [
    *(SQUARE, "POINT(12.1 54.1)", "LINESTRING(11.9 54.1, 12.3 54.1)", "MULTIPOINT((12.1 54.1), (13 55))"),
    "POLYGON((12.1 54.1, 12.3 54.1, 12.3 54.3, 12.1 54.3, 12.1 54.1))",
]
LONG = f"LINESTRING({', '.join(f'{place / 1000} 1' for place in range(10_001))})"
NAMES = ["equals", "touches", "within", "overlaps", "crosses", "intersects", "contains"]


def located(geo: Any, name: str = "place") -> int:
    """The id of a location of no thing, which everyone sees."""
    return int(Location.objects.create(name=name, location=geo).id)


@pytest.fixture
def places(db: None) -> dict[int, Any]:
    """Points, lines and polygons in and around the square, by id."""
    dice = Random(7)
    made = [shapely.from_wkt(text) for text in SHAPES]
    for _ in range(60):
        x, y = round(11.9 + dice.random() * 0.4, 2), round(53.9 + dice.random() * 0.4, 2)
        made.append(shapely.Point(x, y))
        made.append(shapely.LineString([(x, y), (round(x + 0.1, 2), round(y + dice.random() * 0.1, 2))]))
        made.append(shapely.box(x, y, round(x + 0.05, 2), round(y + 0.05, 2)))
    return {located(mapping(one)): one for one in made}


@pytest.mark.parametrize("wkt", SHAPES)
@pytest.mark.parametrize("name", NAMES)
def test_as_shapely_says_one_by_one(places: dict[int, Any], name: str, wkt: str) -> None:
    asked = shapely.from_wkt(wkt)
    expected = [id_ for id_, one in places.items() if getattr(one, name)(asked)]
    converse = [id_ for id_, one in places.items() if getattr(asked, name)(one)]
    assert found(f"st_{name}(location, geography'{wkt}')", "Location") == expected
    assert found(f"st_{name}(geography'{wkt}', location)", "Location") == converse


def test_disjoint_and_not_are_the_others(places: dict[int, Any]) -> None:
    everywhere, nowhere = sorted(places), located({"type": "Unknown"})
    meeting = found(f"geo.intersects(location, geography'{SQUARE}')", "Location")
    assert meeting == found(f"st_intersects(location, geography'{SQUARE}')", "Location")
    apart = found(f"st_disjoint(location, geography'{SQUARE}')", "Location")
    assert 0 < len(meeting) < len(everywhere)
    assert sorted(meeting + apart) == everywhere
    assert nowhere not in apart
    assert found(f"not st_disjoint(location, geography'{SQUARE}')", "Location") == sorted([*meeting, nowhere])


@pytest.mark.parametrize(
    "pattern", ["T*F**F***", "FF*FF****", "T********", "****T****", "*****2***", "212101212"]
)
def test_relate(places: dict[int, Any], pattern: str) -> None:
    asked = shapely.from_wkt(SQUARE)
    expected = [id_ for id_, one in places.items() if shapely.relate_pattern(one, asked, pattern)]
    converse = [id_ for id_, one in places.items() if shapely.relate_pattern(asked, one, pattern)]
    assert found(f"st_relate(location, geography'{SQUARE}', '{pattern}')", "Location") == expected
    assert found(f"st_relate(geography'{SQUARE}', location, '{pattern}')", "Location") == converse


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """On a sphere, by the law of cosines."""
    x1, y1, x2, y2 = (math.radians(degrees) for degrees in (*a, *b))
    inner = math.sin(y1) * math.sin(y2) + math.cos(y1) * math.cos(y2) * math.cos(x2 - x1)
    return geography.RADIUS * math.acos(max(-1.0, min(1.0, inner)))


@pytest.mark.parametrize("limit", [0, 500, 5_000, 20_000, 300_000])
def test_distances_of_points_are_those_of_the_sphere(places: dict[int, Any], limit: float) -> None:
    far = [
        located({"type": "Point", "coordinates": list(one)})
        for one in ((-179.9, 10.0), (179.9, 10.0), (0.0, 89.9))
    ]
    points = {id_: (one.x, one.y) for id_, one in places.items() if one.geom_type == "Point"}
    here = (12.1, 54.1)
    near = sorted(id_ for id_, one in points.items() if metres(one, here) < limit)
    asked = found(f"geo.distance(location, geography'POINT(12.1 54.1)') lt {limit}", "Location")
    assert [id_ for id_ in asked if id_ in points] == near
    assert not set(far) & set(asked)
    others = found(f"geo.distance(location, geography'POINT(12.1 54.1)') ge {limit}", "Location")
    assert not set(asked) & set(others)
    assert set(asked) | set(others) == {*places, *far}
    assert others == found(f"{limit} le geo.distance(geography'POINT(12.1 54.1)', location)", "Location")


def test_distances_across_the_date_line_and_at_the_pole() -> None:
    east = located({"type": "Point", "coordinates": [179.9, 10.0]})
    pole = located({"type": "Point", "coordinates": [100.0, 89.99]})
    assert found("geo.distance(location, geography'POINT(-179.9 10)') lt 25000", "Location") == [east]
    assert found("geo.distance(location, geography'POINT(-80 89.99)') lt 2500", "Location") == [pole]


def test_distances_of_lines_and_areas_are_from_their_edge() -> None:
    line = located({"type": "LineString", "coordinates": [[12.0, 54.0], [12.0, 54.2]]})
    area = located(mapping(shapely.box(12.1, 54.0, 12.2, 54.2)))
    step = metres((12.0, 54.1), (12.05, 54.1))
    about = "geo.distance(location, geography'POINT(12.05 54.1)')"
    assert found(f"{about} lt {step + 1}", "Location") == sorted([line, area])
    assert found(f"{about} lt {step - 1}", "Location") == []
    assert found("geo.distance(location, geography'POINT(12.15 54.1)') le 0", "Location") == [area]


def test_lengths() -> None:
    line = located({"type": "LineString", "coordinates": [[12.0, 54.0], [12.0, 54.1], [12.0, 54.0]]})
    point = located({"type": "Point", "coordinates": [12.0, 54.0]})
    there_and_back = 2 * metres((12.0, 54.0), (12.0, 54.1))
    assert found(f"geo.length(location) gt {there_and_back - 1}", "Location") == [line]
    assert found(f"geo.length(location) le {there_and_back - 1}", "Location") == [point]
    assert found("geo.length(location) eq 0", "Location") == [point]


def test_over_links_and_of_features_and_observed_areas() -> None:
    near = stage.thing("near", geo={"type": "Point", "coordinates": [12.1, 54.1]})
    far = stage.thing("far", geo={"type": "Point", "coordinates": [12.9, 54.1]})
    within = f"geography'{SQUARE}'"
    assert found(f"st_within(Locations/location, {within})", "Thing") == [near.noun_id]
    assert found(f"not st_within(Locations/location, {within})", "Thing") == [far.noun_id]
    assert found(f"Locations/any(l: st_within(l/location, {within}))", "Thing") == [near.noun_id]
    assert found("geo.distance(Locations/location, geography'POINT(12.1 54.1)') gt 1000", "Thing") == [
        far.noun_id
    ]
    seen, blank = stage.stream("seen", near), stage.stream("blank", far)
    Datastream.objects.filter(id=seen.id).update(
        observed_area=mapping(shape(mapping(shapely.from_wkt(SHAPES[-1]))))
    )
    assert found(f"st_intersects(observedArea, {within})", "Datastream") == [seen.id]
    assert found(f"st_disjoint(observedArea, {within})", "Datastream") == []
    assert found(f"st_within(Thing/Locations/location, {within})", "Datastream") == [seen.id]
    assert blank.id in found("observedArea eq null", "Datastream")
    feature = FeatureOfInterest.objects.create(
        name="x", feature={"type": "Point", "coordinates": [12.1, 54.1]}
    )
    assert found(f"st_within(feature, {within})", "FeatureOfInterest") == [feature.id]


def test_where_a_hidden_thing_is_is_told_by_no_shape() -> None:
    stage.thing("hidden", visibility="internal", geo={"type": "Point", "coordinates": [12.1, 54.1]})
    assert len(found(f"st_within(location, geography'{SQUARE}')", "Location", ALL)) == 1
    assert found(f"st_within(location, geography'{SQUARE}')", "Location", ANYONE) == []
    assert found(f"st_within(Locations/location, geography'{SQUARE}')", "Thing", ANYONE) == []


def test_in_order_of_distance(places: dict[int, Any]) -> None:
    context = Context(ALL, field="$orderby")
    node = read_expression("geo.distance(location, geography'POINT(12.1 54.1)')")
    key = compiled(node, "Location", "t", context)
    assert (key.type, key.cast) == ("number", "double precision")
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(f"SELECT t.id, {key.text} FROM things_location AS t ORDER BY 2, 1", context.parameters)
        rows = [row for row in cursor.fetchall() if places[row[0]].geom_type == "Point"]
    for id_, found_ in rows:
        assert found_ == pytest.approx(metres((places[id_].x, places[id_].y), (12.1, 54.1)), abs=0.5)


def test_what_is_drawn_wrongly_is_no_error(places: dict[int, Any]) -> None:
    bow = {"type": "Polygon", "coordinates": [[[12, 54], [12.2, 54.2], [12.2, 54], [12, 54.2], [12, 54]]]}
    crooked = located(bow)
    several = located(
        {
            "type": "GeometryCollection",
            "geometries": [mapping(shapely.Point(12.1, 54.1)), mapping(shapely.box(12, 54, 12.1, 54.1))],
        }
    )
    located({"type": "Polygon", "coordinates": "none"})
    located({"type": "LineString", "coordinates": [[12.0, 54.0]]})
    for name in NAMES:
        found(f"st_{name}(location, geography'{SQUARE}')", "Location")
    assert {crooked, several} <= set(found(f"st_within(location, geography'{SQUARE}')", "Location"))
    found("geo.length(location) ge 0", "Location")
    found("geo.distance(location, geography'LINESTRING(12 54, 13 55)') gt 10", "Location")


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("st_within(location, geography'POINT(12)')", "odata.syntax", "at character 21 is no well-known text"),
        ("st_within(location, geography'CIRCLE(1 2)')", "odata.syntax", "no well-known text"),
        ("st_within(location, geography'POINT EMPTY')", "odata.syntax", "empty"),
        ("st_within(location, geography'POINT(12 154)')", "odata.syntax", "not on earth"),
        ("st_within(location, geography'POINT(nan 1)')", "odata.syntax", ""),
        ("st_within(location, geography'POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))')", "odata.syntax", "cannot be"),
        ("st_within(name, geography'POINT(1 1)')", "odata.wrong-type", "name is text, not a geometry"),
        ("st_within(location, location)", "odata.wrong-type", "written out"),
        ("st_within(geography'POINT(1 1)', geography'POINT(1 1)')", "odata.wrong-type", "a property with a geometry"),
        ("location eq geography'POINT(1 1)'", "odata.wrong-type", "is not compared in this way"),
        ("geo.distance(location, geography'POINT(1 1)') add 5 lt 10", "odata.wrong-type", "geo.distance"),
        ("geo.distance(location, geography'POINT(1 1)') lt name", "odata.wrong-type", "geo.distance"),
        ("st_relate(location, geography'POINT(1 1)', 'what')", "odata.wrong-type", "nine"),
    ],
)  # fmt: skip
def test_what_is_no_shape_is_refused(text: str, code: str, words: str) -> None:
    with pytest.raises(Refusal) as error:
        found(text, "Location")
    assert error.value.code == code
    assert words in f"{error.value.sentence}"


def test_shapes_of_very_many_corners_are_refused() -> None:
    asked = tree.Call("st_within", (tree.Member(("location",)), tree.Shape(LONG)))
    with pytest.raises(Refusal) as error:
        found(asked, "Location")
    assert (error.value.code, "10,000 corners" in f"{error.value.sentence}") == ("odata.too-costly", True)


def test_more_shapes_than_can_be_looked_at_are_refused(
    monkeypatch: pytest.MonkeyPatch, places: dict[int, Any]
) -> None:
    monkeypatch.setattr(geography, "MOST_CANDIDATES", 20)
    with pytest.raises(Refusal) as error:
        found(f"st_within(location, geography'{SQUARE}')", "Location")
    assert error.value.code == "odata.too-costly"
    assert found("st_within(location, geography'POINT(30 30)')", "Location") == []


@pytest.mark.django_db(transaction=True)
def test_beside_the_event_loop_it_is_the_same() -> None:
    expected = [located({"type": "Point", "coordinates": [12 + place / 1000, 54.1]}) for place in range(10)]
    Location.objects.bulk_create(
        Location(name="many", location={"type": "Point", "coordinates": [12.1, 54.15]}) for _ in range(2_100)
    )
    context = Context(Sight(all=True, areas=[]))
    node = read_expression(f"st_within(location, geography'{SQUARE}')")
    compiled(node, "Location", "t", context)

    async def ask() -> list[int]:
        given = connection.get_connection_params()
        url = {
            name: given[name] for name in ("dbname", "user", "password", "host", "port") if given.get(name)
        }
        async with await psycopg.AsyncConnection.connect(**url) as other:
            return await geography.resolve(other, context.shapes[0])

    answered = asyncio.run(ask())
    assert len(answered) == 9 + 2_100  # the first lies on the edge
    assert set(expected[1:]) <= set(answered)
    assert TABLES["Location"].id.format(a="g") == context.shapes[0].id
