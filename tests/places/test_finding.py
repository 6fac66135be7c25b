# SPDX-License-Identifier: EUPL-1.2
"""The finder: every filter, unknown said and included on request, nearest first, no leak, and its cost."""

import random
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core import clock, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE, Role, Who
from smilecity.places import actions, reads
from smilecity.places.models import OpenSpan, Place
from smilecity.places.rules import finding
from smilecity.places.rules.finding import Wish
from tests.places.conftest import Say
from tests.places.ground import NOW, keep_court

BERLIN = "Europe/Berlin"


def keep(slug: str, **said: object) -> Place:
    given = {"title": {"de": slug.capitalize()}, "category": "meeting", "visibility": "public", **said}
    return actions.keep_place(NODE, slug, **given)  # type: ignore[arg-type]


def found(query: str, who: Who = ANYONE) -> list[str]:
    wish = finding.asked(QueryDict(query), clock.now(), _zone())
    return [noun.address.removeprefix("places/") for noun in reads.sought(who, wish, size=100).items]


def _zone() -> object:
    from django.conf import settings

    return settings.SMILE.zone


@pytest.fixture
def town(db: None, at_five: datetime) -> None:
    """Saturday, 17:42. What each place says of itself; `silent` says nothing."""
    keep("silent")
    keep(
        "library",
        category="learning",
        opening_hours="Mo-Sa 10:00-18:00",
        quiet_hours="Sa 17:00-18:00",
        access={"step_free": "yes", "toilet": "wheelchair", "seats": "yes"},
        free=True,
        indoors="in",
        age_from=0,
        age_to=120,
        languages=("de", "en"),
        position=(12.13, 54.09),
    )
    keep(
        "club",
        opening_hours="Mo-Fr 14:00-20:00",
        access={"step_free": "limited", "toilet": "yes"},
        free=True,
        indoors="both",
        age_from=12,
        age_to=21,
        languages=("de", "ar"),
        position=(12.10, 54.18),
    )
    keep("pool", category="sport", opening_hours="Sa 08:00-22:00", quiet_hours="Tu 08:00-09:00",
         access={"step_free": "no", "toilet": "no"}, free=False, indoors="in", age_from=6,
         position=(12.14, 54.09))  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"silent", "library", "club", "pool"}),
        ("category=sport", {"pool"}),
        ("q=librari", {"library"}),
        ("open=now", {"library", "pool"}),
        ("open=now&unknown=1", {"library", "pool", "silent"}),
        ("open=at&at=2026-11-23T15:00", {"library", "club"}),
        ("at=2026-11-23T15:00", {"library", "club"}),
        ("open=at&at=2026-11-21T17:59", {"library", "pool"}),
        ("open=at&at=2026-11-21T18:00", {"pool"}),
        ("step_free=yes", {"library"}),
        ("step_free=some", {"library", "club"}),
        ("step_free=some&unknown=1", {"library", "club", "silent"}),
        ("access=toilet", {"library", "club"}),
        ("access=wheelchair_toilet", {"library"}),
        ("access=toilet&access=seats", {"library"}),
        ("access=toilet&access=seats&unknown=1", {"library", "club", "silent"}),
        ("access=guidance", set()),
        ("age=15", {"library", "club", "pool"}),
        ("age=5", {"library"}),
        ("age=70&unknown=1", {"library", "pool", "silent"}),
        ("language=ar", {"club"}),
        ("language=ar&unknown=1", {"club", "pool", "silent"}),
        ("free=1", {"library", "club"}),
        ("free=1&unknown=1", {"library", "club", "silent"}),
        ("where=in", {"library", "club", "pool"}),
        ("where=out", {"club"}),
        ("quiet=now", {"library"}),
        ("quiet=week", {"library", "pool"}),
        ("near=54.09,12.13&open=now&step_free=yes&quiet=now&age=30&free=1&where=in&language=en", {"library"}),
        ("q=pool&free=1", set()),
    ],
)
def test_each_filter(town: None, query: str, expected: set[str]) -> None:
    assert set(found(query)) == expected


def test_what_facts_say_is_found_by_words(town: None) -> None:
    assert found("q=Rollstuhl") == ["library"]
    assert set(found("q=kostenlos")) == {"library", "club"}
    assert found("q=Jugendliche") == ["club"]


def test_the_nearest_come_first_and_say_how_far(town: None, client: Client) -> None:
    assert found("near=54.09,12.131") == ["library", "pool", "club"]
    body = client.get("/places/?near=54.09,12.131").content.decode()
    assert "etwa 100 m entfernt" in body
    assert re.search(r"etwa 10 km entfernt", body)
    assert 'name="near" value="54.09,12.131"' in body


@pytest.mark.parametrize("seed", range(3))
def test_pages_by_distance_are_those_of_a_plain_sort(db: None, seed: int) -> None:
    chance = random.Random(seed)
    spots = [(12.1 + chance.gauss(0, 0.05), 54.1 + chance.gauss(0, 0.03)) for _ in range(120)]
    spots += spots[:15]  # several at the same place
    rows = Noun.objects.bulk_create(
        Noun(
            id=2_000_000 + n, kind="place", address=f"places/n{n}", title={"de": f"N{n}"}, sort=f"n{n}",
            visibility="public", geo={"type": "Point", "coordinates": list(spot)}, changed_at=NOW,
        )
        for n, spot in enumerate(spots)
    )  # fmt: skip
    Place.objects.bulk_create(Place(noun=noun, category="park") for noun in rows)
    start = (12.12, 54.11)
    wish, after, seen = Wish(near=start), "", []
    while True:
        some = reads.sought(ANYONE, wish, after=after, size=17)
        seen += [(noun.distance, noun.id) for noun in some.items]  # type: ignore[attr-defined]
        after = some.after
        if not after:
            break
    plain = sorted((finding.metres(start, spot), noun.id) for noun, spot in zip(rows, spots, strict=True))
    assert [one for _far, one in seen] == [
        one for _far, one in sorted((round(far), one) for far, one in plain)
    ]
    assert all(abs(a - b) <= 1 for (a, _), (b, _) in zip(seen, plain, strict=True))


def test_a_district_is_its_quarters_too(town: None) -> None:
    from smilecity.space import actions as space

    shape = {"type": "Polygon", "coordinates": [[[12, 54], [13, 54], [13, 55], [12, 54]]]}
    north = space.keep_area(NODE, "district", "north", {"de": "Nord"}, shape)
    quarter = space.keep_area(NODE, "quarter", "north-1", {"de": "Nord 1"}, shape, parent=north)
    keep("inner", area=quarter.noun_id)
    keep("outer", area=north.noun_id)
    assert {"inner", "outer"} <= set(found("area=north"))
    assert "inner" in found("area=north-1") and "outer" not in found("area=north-1")
    assert found("area=nowhere") == []


def test_an_organisation_keeps_them(town: None, organisation) -> None:  # type: ignore[no-untyped-def]
    club = organisation("club", "Hafenverein")
    keep("mole", keeper=club.noun_id)
    assert found("keeper=hafenverein") == ["mole"]
    assert found("keeper=nobody") == []


def test_calm_and_lively_are_what_is_counted_now(at_five: datetime, court: Place, say: Say) -> None:
    say("people", 1)
    assert (found("busy=calm"), found("busy=lively")) == (["court"], [])
    cache.clear()
    say("people", 12, minutes_ago=1)
    assert (found("busy=calm"), found("busy=lively")) == ([], ["court"])
    with clock.frozen(NOW + timedelta(hours=7)):  # closed, and the counter is silent
        cache.clear()
        assert found("busy=calm") == found("busy=lively") == []


def test_without_spans_the_filter_still_tells_the_truth(town: None) -> None:
    OpenSpan.objects.all().delete()
    assert set(found("open=now")) == {"library", "pool"}
    assert set(found("open=now&unknown=1")) == {"library", "pool", "silent"}


def test_spans_are_asked_and_not_the_hours(town: None) -> None:
    place = Place.objects.get(noun__address="places/silent")
    OpenSpan.objects.create(
        place=place, during=DateTimeTZRange(NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    )
    assert "silent" in found("open=now")


@pytest.mark.parametrize(
    "query",
    [
        "category=palace", "open=maybe", "open=at&at=yesterday", "at=2026-11-20T10:00", "at=2027-01-01T10:00",
        "age=-1", "age=121", "age=x", "age=%C2%B2", "near=north", "near=91,0", "near=nan,1", "near=1", "near=1,2,3",
        "step_free=perhaps", "access=lift", "where=up", "busy=very", "quiet=never", "language=Klingonisch",
        "area=%27;--", "keeper=../x", "area=" + "a" * 500,
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_by_name(client: Client, db: None, query: str) -> None:
    with pytest.raises(Refusal) as refused:
        finding.asked(QueryDict(query), NOW, _zone())
    assert refused.value.field
    with clock.frozen(NOW):
        for path in (
            "/places/",
            "/places/points.json",
            "/places/feed.atom",
            "/places/widget/",
            "/api/places",
        ):
            assert client.get(f"{path}?{query}").status_code == 400


def test_a_hidden_place_is_nowhere(town: None, client: Client) -> None:
    district = nouns.put("area", "areas/here", {"de": "Hier"}, visibility="public")
    for slug, visibility in (("secret", "draft"), ("inside", "internal")):
        keep(slug, visibility=visibility, area=district.id, position=(12.13, 54.09), opening_hours="24/7",
             quiet_hours="24/7", access={"step_free": "yes"}, free=True, languages=("de",), age_from=0)  # fmt: skip
    clerk = Who(label="account/9", account=9, roles=frozenset({Role("clerk", district.id)}))
    assert {"secret", "inside"} <= set(found("open=now&step_free=yes&quiet=now&free=1", clerk))
    queries = (
        "",
        "q=secret",
        "q=secrett",
        "near=54.09,12.13",
        "open=now",
        "quiet=now",
        "step_free=yes&free=1&age=5",
    )
    paths = ("/places/", "/places/points.json", "/places/feed.atom", "/places/widget/", "/api/places")
    for query in queries:
        assert not {"secret", "inside"} & set(found(query))
        for path in paths:
            body = client.get(f"{path}?{query}").content.decode()
            assert "/places/secret" not in body and "/places/inside" not in body
    tile = client.get("/places/tiles/15/17488/10486.mvt")
    assert tile.status_code == 200
    assert b"secret" not in tile.content.lower()


def test_chips_take_one_wish_away(town: None, client: Client) -> None:
    body = client.get("/places/?q=librari&access=toilet&access=seats&open=now").content.decode()
    assert 'href="/places/?q=librari&amp;open=now&amp;access=seats"' in body
    assert 'href="/places/?open=now&amp;access=toilet&amp;access=seats"' in body
    assert "1 Ort<" in body


def test_an_empty_answer_helps_on(town: None, client: Client) -> None:
    body = client.get("/places/?access=guidance").content.decode()
    assert "Dazu haben wir keinen Ort gefunden" in body
    assert "access=guidance&amp;unknown=1" in body


def test_many_are_counted_no_further_than_helps(client: Client, db: None) -> None:
    fill(260)
    body = client.get("/places/").content.decode()
    assert "Mehr als 200 Orte" in body
    assert "/places/tiles/{z}/{x}/{y}.mvt" in body
    assert "/places/points.json" not in body
    assert client.get("/places/tiles/0/0/0.mvt").status_code == 200
    assert client.get("/places/tiles/99/0/0.mvt").status_code == 404


def test_the_machine_asks_by_the_same_names(town: None, client: Client) -> None:
    items = client.get("/api/places?step_free=some&open=now").json()["items"]
    assert [item["title"]["de"] for item in items] == ["Library"]


@pytest.mark.parametrize("many", [30, 31])
def test_tiles_gather_what_stands_too_close_for_a_finger(client: Client, db: None, many: int) -> None:
    fill(many)
    body = client.get("/places/").content.decode()
    assert f"{many} Orte<" in body
    assert ("/places/points.json" in body) is (many <= 30)
    assert ("/places/tiles/{z}/{x}/{y}.mvt" in body) is (many > 30)


def fill(count: int) -> None:
    rows = Noun.objects.bulk_create(
        (
            Noun(
                id=3_000_000 + n, kind="place", address=f"places/f{n}", title={"de": f"Fülle {n}"}, sort=f"fulle {n:06}",
                visibility="public", geo={"type": "Point", "coordinates": [12 + n % 100 / 500, 54 + n // 100 / 9000]},
                plain=f"fulle {n}", changed_at=NOW,
            )
            for n in range(count)
        ),
        batch_size=2000,
    )  # fmt: skip
    Place.objects.bulk_create(
        (
            Place(noun=noun, category="park", opening_hours="24/7", languages=["de"] if n % 50 else ["uk"],
                  access={"step_free": "yes"} if n % 3 else {"guidance": "yes", "toilet": "wheelchair"})
            for n, noun in enumerate(rows)
        ),
        batch_size=2000,
    )  # fmt: skip


ALL = (
    "q=fulle&near=54.05,12.1&open=now&unknown=1&age=9&step_free=some&access=toilet&language=de&free=1&where=in"
    "&busy=calm&quiet=week&keeper=nobody&category=park"
)


@pytest.mark.parametrize("query", ["", "near=54.05,12.1", "q=fulle", "step_free=yes&unknown=1", ALL])
def test_it_asks_as_often_among_many(client: Client, db: None, query: str) -> None:
    fill(300)
    client.get("/imprint/")
    asked = []
    for more in (0, 900):
        if more:
            Noun.objects.filter(address__startswith="places/f").delete()
            fill(more)
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/places/?{query}").status_code == 200
        asked.append(len(captured))
    assert asked[0] == asked[1] <= 12


def test_a_page_reads_a_page_among_thousands(db: None) -> None:
    fill(8_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for query, most in (("", 400), ("near=54.05,12.1", 2000), ("access=guidance&language=uk", 2000)):
        wish = finding.asked(QueryDict(query), NOW, _zone())
        with CaptureQueriesContext(connection) as captured:
            reads.sought(ANYONE, wish)
        for one in captured:
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN ANALYZE " + one["sql"])
                plan = "\n".join(row[0] for row in cursor.fetchall())
            # What an index only names (a bitmap) is not read.
            read = [line for line in plan.splitlines() if "Bitmap Index Scan" not in line]
            rows = re.findall(r"actual time=\S+ rows=([\d.]+)", "\n".join(read))
            assert max(int(float(number)) for number in rows) <= most, plan


@given(st.floats(-80, 80), st.floats(-179, 179), st.floats(0, 0.2), st.floats(-0.2, 0.2))
def test_metres_are_nearly_those_on_the_globe(lat: float, lon: float, north: float, east: float) -> None:
    import math

    here, there = (lon, lat), (lon + east, lat + north)
    a, b = (math.radians(here[1]), math.radians(there[1]))
    dl = math.radians(east)
    haversine = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(dl / 2) ** 2
    exact = 2 * 6_371_008 * math.asin(math.sqrt(haversine))
    assert math.isclose(finding.metres(here, there), exact, rel_tol=0.005, abs_tol=2)


@given(st.integers(0, 60_000))
def test_how_far_is_said_no_finer_than_it_is_known(metres: int) -> None:
    said = finding.far(metres)
    assert said.startswith("etwa ")
    if metres < 950:
        assert re.fullmatch(r"etwa [1-9]00 m entfernt", said)


def test_a_wish_and_its_address_are_the_same() -> None:
    query = ALL.replace("&unknown=1", "") + "&unknown=1&at=2026-11-22T10:00"
    query = query.replace("open=now", "open=at")
    wish = finding.asked(QueryDict(query), NOW, _zone())
    assert finding.asked(QueryDict(wish.query()), NOW, _zone()) == wish
    assert finding.asked(QueryDict(""), NOW, _zone()) == Wish()
    assert not Wish(unknown=True).narrow


def test_a_list_of_five_keeps_its_order_in_time(db: None) -> None:
    """The feed's order: the last changed first."""
    for n in range(3):
        with clock.frozen(datetime(2026, 11, 1 + n, tzinfo=UTC)):
            keep_court(f"c{n}")
    assert [noun.address for noun in reads.newest(ANYONE, Wish(), 2)] == ["places/c2", "places/c1"]
