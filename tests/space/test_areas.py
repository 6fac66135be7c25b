# SPDX-License-Identifier: EUPL-1.2
"""Areas and the base map: kept once, checked, and drawn only by those who may."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core import nouns
from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.space import actions, reads, rules
from smilecity.space.models import Area, BaseShape

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
