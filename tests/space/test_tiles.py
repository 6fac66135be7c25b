# SPDX-License-Identifier: EUPL-1.2
"""Map tiles: written as the specification says, each noun in exactly one tile of a zoom, crowds counted."""

import math

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, Role, Who
from smilecity.space.reads import tile, tile_answer, tiles
from smilecity.space.rules import mvt
from tests.space.tile_reader import Feature, read

WORDS = st.text(max_size=20)
VALUES = WORDS | st.integers(0, 2**63 - 1)
POINTS = st.builds(
    mvt.Point,
    st.integers(-4096, 8192),
    st.integers(-4096, 8192),
    st.integers(0, 2**63 - 1),
    st.dictionaries(st.text(min_size=1, max_size=8), VALUES, max_size=5),
)


def keep(slug: str, longitude: float, latitude: float, visibility: str = "public") -> Noun:
    geo = {"type": "Point", "coordinates": [longitude, latitude]}
    return nouns.put(
        "place", f"places/{slug}", {"de": slug, "en": f"the {slug}"}, geo=geo, visibility=visibility
    )


def grid(longitude: float, latitude: float, z: int) -> tuple[int, int]:
    """The tile of a position, by the formula that every map uses."""
    bounded = math.radians(latitude)
    x = (longitude + 180) / 360 * 2**z
    y = (1 - math.log(math.tan(bounded) + 1 / math.cos(bounded)) / math.pi) / 2 * 2**z
    return math.floor(x), math.floor(y)


def seen(z: int, x: int, y: int, who: Who = ANYONE) -> list[Feature]:
    return read(tile(Noun.objects.filter(nouns.sees(who), kind="place"), z, x, y)).get("places", [])


@given(WORDS, st.lists(POINTS, min_size=1, max_size=20))
def test_whatever_is_written_is_read_again(name: str, points: list[mvt.Point]) -> None:
    ((said, features),) = read(mvt.layer(name, points)).items()
    assert said == name
    assert [(f.x, f.y, f.id, f.properties) for f in features] == [
        (p.across, p.down, p.id, dict(p.properties)) for p in points
    ]


def test_a_tile_without_anything_is_empty() -> None:
    assert mvt.layer("places", []) == b""


@given(st.integers(0, 2**20 - 1), st.integers(0, 2**20 - 1))
def test_the_number_of_a_tile_begins_with_the_number_of_the_tile_around_it(x: int, y: int) -> None:
    assert mvt.morton(x, y) >> 2 == mvt.morton(x >> 1, y >> 1)
    assert mvt.morton(x, y) & 3 == (x & 1) + 2 * (y & 1)


@given(st.floats(-180, 179.99), st.floats(-85, 85), st.integers(0, 20))
def test_a_position_lies_inside_its_tile(longitude: float, latitude: float, z: int) -> None:
    x, y = grid(longitude, latitude, z)
    across, down = mvt.on_tile(longitude, latitude, z, x, y)
    assert 0 <= across < 4096 and 0 <= down < 4096


@pytest.mark.django_db
@pytest.mark.parametrize("z", [0, 5, 11, 14, 15, 18, 20])
def test_the_database_and_the_map_agree_where_a_place_is(z: int) -> None:
    for number, (longitude, latitude) in enumerate(
        [(12.1, 54.1), (-70.5, -33.4), (179.9, 0.01), (0.0, 85.0)]
    ):
        noun = keep(f"p{number}", longitude, latitude)
        found = seen(z, *grid(longitude, latitude, z))
        assert sum(f.properties["count"] for f in found) >= 1
        if z:
            assert [f.id for f in found] == [noun.id]


@pytest.mark.django_db
def test_single_places_say_who_they_are_and_crowds_how_many() -> None:
    near = [keep(f"near-{n}", 12.1 + n / 1e5, 54.1) for n in range(5)]
    alone = keep("alone", 12.3, 54.1)
    found = seen(9, *grid(12.1, 54.1, 9))
    crowd, single = sorted(found, key=lambda f: -f.properties["count"])
    assert crowd.properties == {"count": 5} and crowd.id == near[0].id
    assert single.properties == {
        "count": 1,
        "id": alone.id,
        "title": "alone",
        "url": "/places/alone/",
        "kind": "place",
    }
    close = seen(16, *grid(12.1, 54.1, 16))
    assert sorted(f.id for f in close) == [noun.id for noun in near]


@pytest.mark.django_db
def test_what_the_page_would_not_show_is_in_no_tile(alice: Who) -> None:
    hidden = keep("hidden", 12.1, 54.1, "draft")
    for z in (0, 10, 16):
        assert seen(z, *grid(12.1, 54.1, z)) == []
        assert [f.id for f in seen(z, *grid(12.1, 54.1, z), alice)] == [hidden.id]


@pytest.mark.django_db
def test_a_tile_is_bounded_and_leaves_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "MOST_SINGLE", 20)
    for n in range(50):
        keep(f"n{n}", 12.1 + n / 1e6, 54.1)
    found = seen(15, *grid(12.1, 54.1, 15))
    assert sum(f.properties["count"] for f in found) == 50
    assert len(found) <= 64


@pytest.mark.django_db
def test_ten_places_cost_as_many_questions_as_two_hundred() -> None:
    costs = []
    for count in (10, 200):
        for n in range(count):
            keep(f"n{n}", 12 + n / 1000, 54.1)
        with CaptureQueriesContext(connection) as asked:
            for z in (0, 10, 16):
                seen(z, *grid(12.1, 54.1, z))
        costs.append(len(asked))
    assert costs[0] <= costs[1] <= 7


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [(-1, 0, 0), (21, 0, 0), (0, 1, 0), (0, 0, 1), (3, 8, 0), (3, -1, 0), (10**9, 0, 0), (20, 2**70, 0)],
)
def test_a_tile_outside_the_grid_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(Refusal) as refused:
        seen(*wrong)
    assert (refused.value.code, refused.value.status) == ("tile.not-in-the-grid", 404)


@pytest.mark.django_db
def test_anyone_s_answer_is_remembered_and_a_person_s_is_not() -> None:
    cache.clear()
    keep("p", 12.1, 54.1)
    found = Noun.objects.filter(kind="place")
    request = RequestFactory().get("/places/tiles/0/0/0.mvt")
    first = tile_answer(request, ANYONE, found, 0, 0, 0)
    assert first["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert first["Cache-Control"].startswith("public, max-age=")
    with CaptureQueriesContext(connection) as asked:
        known = RequestFactory().get("/places/tiles/0/0/0.mvt", headers={"If-None-Match": first["ETag"]})
        assert tile_answer(known, ANYONE, found, 0, 0, 0).status_code == 304
    assert len(asked) == 0
    steward = Who("account/1", 1, frozenset({Role("steward")}))
    assert tile_answer(request, steward, found, 0, 0, 0)["Cache-Control"] == "private, no-cache"
    cache.clear()
