# SPDX-License-Identifier: EUPL-1.2
"""The demo's districts: as many as there are, side by side, and honest about being schematic."""

from itertools import combinations

import pytest
from shapely.geometry import Point, Polygon, shape

from smilecity.space import demo
from smilecity.space.demo.districts import DISTRICTS, EDGE, outlines
from smilecity.space.models import Area, BaseShape


def test_every_centre_lies_in_its_own_district() -> None:
    drawn = {key: shape(geo) for key, geo in outlines().items()}
    assert set(drawn) == set(DISTRICTS)
    lost = [
        (key, centre)
        for key, (_name, centres) in DISTRICTS.items()
        for centre in centres
        if not drawn[key].contains(Point(centre))
    ]
    assert lost == []


def test_districts_fill_the_city_and_never_overlap() -> None:
    drawn = [shape(geo) for geo in outlines().values()]
    assert len(drawn) == 21
    assert all(one.is_valid and one.geom_type == "Polygon" for one in drawn)
    whole = Polygon(EDGE).area
    assert sum(one.area for one in drawn) == pytest.approx(whole, rel=1e-4)
    assert max(a.intersection(b).area for a, b in combinations(drawn, 2)) < whole * 1e-6


@pytest.mark.django_db
def test_areas_say_that_they_are_schematic_and_move_in_once() -> None:
    first = {key: area.noun_id for key, area in demo.move_in().items()}
    shapes = BaseShape.objects.count()
    assert {key: area.noun_id for key, area in demo.move_in().items()} == first
    assert BaseShape.objects.count() == shapes
    assert not Area.objects.filter(schematic=False).exists()
    levels = {
        level: Area.objects.filter(level=level).count() for level in ("region", "municipality", "district")
    }
    assert levels == {"region": 1, "municipality": 2, "district": 21}
    assert {a.parent.key for a in Area.objects.filter(level="district") if a.parent} == {demo.CITY}
