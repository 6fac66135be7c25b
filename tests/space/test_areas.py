# SPDX-License-Identifier: EUPL-1.2
"""Areas and the base map: kept once, checked, and drawn only by those who may."""

import math
import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import assume, given
from hypothesis import strategies as st

from smilecity.core import nouns
from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.space import actions, reads, rules
from smilecity.space.models import Area, BaseShape
from tests.space.ground import keep, put, square

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[12.0, 54.0], [12.1, 54.0], [12.1, 54.1], [12.0, 54.1], [12.0, 54.0]]],
}


@pytest.mark.django_db
def test_an_area_kept_twice_is_one_area() -> None:
    first = actions.keep_area(NODE, "district", "01", {"de": "Ost"}, SQUARE)
    again = actions.keep_area(NODE, "district", "01", {"de": "Osten"}, SQUARE)
    assert first.noun_id == again.noun_id
    assert Noun.objects.get(id=again.noun_id).title == {"de": "Osten"}
    assert nouns.ids_within("area", 12.05, 54.05, 12.06, 54.06) == [again.noun_id]


@pytest.mark.django_db
def test_the_base_map_speaks_the_reader_s_language(anyone: Who) -> None:
    actions.draw_base(NODE, "water", "Fluss", SQUARE)
    actions.keep_area(NODE, "district", "01", {"de": "Ost", "en": "East"}, SQUARE, schematic=True)
    names = {f["properties"]["name"]: f["properties"] for f in reads.base_map(anyone, "en")["features"]}
    assert names["East"]["schematic"] is True
    assert names["Fluss"]["kind"] == "water"


@pytest.mark.django_db
def test_who_may_draw(anyone: Who, alice: Who, bob: Who, olga: Who, node: Who) -> None:
    for who, may in ((anyone, False), (bob, False), (alice, False), (olga, True), (node, True)):
        for act in (
            lambda w=who: actions.draw_base(w, "land", f"Land {w.label}", SQUARE),
            lambda w=who: actions.keep_area(w, "district", w.label.replace("/", "-"), {"de": "X"}, SQUARE),
        ):
            if may:
                act()
            else:
                with pytest.raises(Refusal) as refused:
                    act()
                assert refused.value.status == 403
    assert BaseShape.objects.count() == Area.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("geo", "code"),
    [
        ({}, "geo.unknown-type"),
        ({"type": "Circle", "coordinates": [0, 0]}, "geo.unknown-type"),
        ({"type": "Polygon", "coordinates": []}, "geo.empty"),
        ({"type": "Point", "coordinates": [200, 0]}, "geo.not-on-earth"),
        ({"type": "Point", "coordinates": [math.nan, 0]}, "geo.not-a-position"),
        ({"type": "Point", "coordinates": ["12", "54"]}, "geo.not-a-position"),
        ({"type": "Point", "coordinates": [True, False]}, "geo.not-a-position"),
        ({"type": "Polygon", "coordinates": [[12, 54]]}, "geo.not-a-position"),
        ({"type": "MultiPoint", "coordinates": [[0, 0]] * 200_001}, "geo.too-many-positions"),
    ],
)
def test_a_wrong_geometry_is_refused_and_nothing_is_kept(geo: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        actions.keep_area(NODE, "district", "01", {"de": "Ost"}, geo)
    assert refused.value.code == code
    assert Noun.objects.count() == LogEntry.objects.count() == 0


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_every_point_on_earth_is_one(longitude: float, latitude: float) -> None:
    geo = {"type": "Point", "coordinates": [longitude, latitude]}
    assert rules.checked_geometry(geo) == geo


@pytest.mark.django_db
def test_a_child_lies_below_its_parent() -> None:
    city = keep("stadt", SQUARE, "municipality")
    quarter = keep("quartier", SQUARE, "quarter", parent=city)
    for level, parent in (("municipality", city), ("region", city), ("district", quarter)):
        with pytest.raises(Refusal) as refused:
            keep("neu", SQUARE, level, parent=parent)
        assert refused.value.code == "area.level-not-below"
    with pytest.raises(Refusal) as refused:  # its quarter would no longer be below it
        keep("stadt", SQUARE, "block")
    assert refused.value.code == "area.level-not-below"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"key": "a/b"}, "area.wrong-key"),
        ({"key": ""}, "area.wrong-key"),
        ({"key": "x" * 65}, "area.wrong-key"),
        ({"level": "kingdom"}, "area.unknown-level"),
        ({"name": {"de": "  "}}, "area.wrong-name"),
        ({"name": {}}, "area.wrong-name"),
        ({"valid_from": date(2026, 2, 1), "valid_to": date(2026, 2, 1)}, "area.ends-before-it-begins"),
    ],
)
def test_what_an_area_must_be(said: dict[str, object], code: str) -> None:
    given: dict[str, Any] = {"level": "district", "key": "a", "name": {"de": "A"}, "geo": SQUARE, **said}
    with pytest.raises(Refusal) as refused:
        actions.keep_area(NODE, **given)
    assert refused.value.code == code
    assert Noun.objects.count() == LogEntry.objects.count() == 0


@pytest.mark.django_db
def test_a_key_that_goes_on_keeps_its_noun_and_what_was_before_has_a_page(anyone: Who) -> None:
    today = reads.today()
    first = keep("a", SQUARE, valid_from=date(2020, 1, 1))
    inside = put("inside", 12.05, 54.05, area=first.noun_id)
    later = keep("a", square(12, 54, 0.3), valid_from=today)
    assert later.noun_id == first.noun_id == Noun.objects.get(id=inside.id).area_id
    assert (later.valid_from, later.valid_to, later.noun.address) == (today, None, "areas/a")
    former = reads.area(anyone, f"a-{today.year}")
    assert former and (former.valid_from, former.valid_to, former.key) == (date(2020, 1, 1), today, "a")
    assert former.noun.geo == SQUARE
    assert [one.noun_id for one in reads.earlier(anyone, later)] == [former.noun_id]
    assert [one.noun_id for one in reads.areas_of_level(anyone, "district")] == [first.noun_id]


@pytest.mark.django_db
def test_two_versions_that_end_in_one_year_have_two_addresses() -> None:
    now = reads.today()
    days = [now - timedelta(days=2), now - timedelta(days=1), now]
    for day in (date(2000, 1, 1), *days):
        keep("a", SQUARE, valid_from=day)
    ends = Area.objects.exclude(valid_to=None).count()
    assert ends == 3 and Noun.objects.filter(kind="area").count() == 4


@pytest.mark.django_db
def test_time_runs_forward() -> None:
    keep("a", SQUARE, valid_from=date(2020, 1, 1))
    for day, code in (
        (date(2019, 1, 1), "area.known-since"),
        (reads.today() + timedelta(days=1), "area.not-yet"),
    ):
        with pytest.raises(Refusal) as refused:
            keep("a", SQUARE, valid_from=day)
        assert refused.value.code == code
    assert Area.objects.count() == 1


@pytest.mark.django_db
def test_an_area_that_has_ended_is_nowhere_today_and_keeps_its_page(anyone: Who) -> None:
    area = keep("a", SQUARE, valid_from=date(2020, 1, 1))
    actions.end_area(NODE, area, reads.today())
    assert reads.area_by_key(anyone, "a") is None
    assert reads.area_at(anyone, 12.05, 54.05) is None
    assert reads.tree(anyone) == []
    assert reads.area(anyone, "a") is not None


@pytest.mark.django_db
def test_the_smallest_area_at_a_position(anyone: Who) -> None:
    city = keep("stadt", square(12, 54, 1.0), "municipality")
    keep("mitte", square(12.2, 54.2, 0.2), parent=city)
    ring = [[12.5, 54.5], [12.9, 54.5], [12.9, 54.9], [12.5, 54.9], [12.5, 54.5]]
    hole = [[12.6, 54.6], [12.8, 54.6], [12.8, 54.8], [12.6, 54.8], [12.6, 54.6]]
    keep("ring", {"type": "MultiPolygon", "coordinates": [[ring, hole]]}, parent=city)

    def key(longitude: float, latitude: float, level: str | None = None) -> str:
        with CaptureQueriesContext(connection) as asked:
            found = reads.area_at(anyone, longitude, latitude, level)
        assert len(asked) == 1
        return found.key if found else ""

    assert key(12.3, 54.3) == "mitte"
    assert key(12.3, 54.3, "municipality") == "stadt"
    assert key(12.3, 54.3, "block") == ""
    assert key(12.55, 54.55) == "ring"
    assert key(12.7, 54.7) == "stadt"  # in the hole
    assert key(11, 54) == ""


@pytest.mark.django_db
def test_a_million_points_and_one_point_agree(anyone: Who) -> None:
    keep("a", square(12, 54))
    keep("b", square(12.1, 54))
    dice = random.Random(7)
    across = [dice.uniform(11.9, 12.3) for _ in range(300)]
    up = [dice.uniform(53.9, 54.2) for _ in range(300)]
    found = reads.areas_of_points(anyone, "district", across, up)
    for x, y, noun in zip(across, up, found.tolist(), strict=True):
        area = reads.area_at(anyone, x, y)
        assert (area.noun_id if area else 0) == noun
    assert len(set(found.tolist())) == 3
    assert reads.areas_of_points(anyone, "district", [], []).tolist() == []


@pytest.mark.django_db
def test_also_where_areas_lie_in_and_over_one_another(anyone: Who) -> None:
    """The smallest one counts, the official one before what is only schematic."""
    keep("city", square(12, 54, 0.4), level="municipality")
    keep("drawn", square(12, 54, 0.2), schematic=True)
    keep("official", square(12.1, 54.1, 0.2))
    keep("quarter", square(12.15, 54.15), level="quarter")
    dice = random.Random(8)
    across = [dice.uniform(11.9, 12.5) for _ in range(300)]
    up = [dice.uniform(53.9, 54.5) for _ in range(300)]
    found = reads.areas_of_points(anyone, None, across, up).tolist()
    areas = [reads.area_at(anyone, x, y) for x, y in zip(across, up, strict=True)]
    assert found == [area.noun_id if area else 0 for area in areas]
    assert len(set(found)) == 5


@given(
    st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=3, max_size=9, unique=True),
    st.tuples(st.floats(-10, 10), st.floats(-10, 10)),
)
def test_holding_is_what_geos_says(corners: list[tuple[int, int]], at: tuple[float, float]) -> None:
    import shapely

    shape = shapely.Polygon([*corners, corners[0]])
    assume(shape.is_valid and shape.boundary.distance(shapely.Point(at)) > 1e-9)
    geo = {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
    assert rules.holds(geo, *at) == shape.contains(shapely.Point(at))
