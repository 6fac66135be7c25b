# SPDX-License-Identifier: EUPL-1.2
"""Taking over areas: what is wrong is told with its place, and nothing is ever half taken over."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.space import actions, reads
from smilecity.space.actions import Plan, Report, importing
from smilecity.space.models import Area
from smilecity.space.rules import reading
from smilecity.space.rules.reading import Wish
from tests.space.ground import keep, square


def feature(key: Any, geo: Any, name: str = "", **more: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"key": key, "name": name or f"Gebiet {key}", **more},
        "geometry": geo,
    }


def file_of(*features: Any, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def polygon(*places: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(place) for place in [*places, places[0]]]]}


def named(system: Any) -> dict[str, Any]:
    return {"type": "name", "properties": {"name": system}}


TWO = file_of(feature("a", square(12, 54), name_en="Area a"), feature("b", square(12.1, 54)))
PLAN = Plan("district", Wish(names={"de": "name", "en": "name_en"}))


def taken(data: bytes, plan: Plan = PLAN, **more: Any) -> Report:
    return actions.import_areas(NODE, data, plan, **more)


def codes(report: Report) -> list[str]:
    return [one.code for one in report.findings]


@pytest.mark.django_db
def test_a_file_is_taken_over_once_and_then_there_is_nothing_to_do() -> None:
    first = taken(TWO)
    assert (first.state, first.new, first.changed, first.same) == ("done", ("a", "b"), (), 0)
    written = LogEntry.objects.count()
    again = taken(TWO)
    assert (again.state, again.new, again.changed, again.same) == ("done", (), (), 2)
    assert LogEntry.objects.count() == written + 1  # that somebody did it
    area = reads.area_by_key(NODE, "a")
    assert area and area.noun.title == {"de": "Gebiet a", "en": "Area a"} and not area.schematic


@pytest.mark.django_db
def test_a_try_changes_nothing_and_says_everything() -> None:
    keep("a", square(12, 54))
    keep("c", square(13, 54))
    before = Noun.objects.count(), LogEntry.objects.count()
    report = taken(TWO, dry_run=True)
    assert (report.state, report.new, report.changed, report.gone) == ("tried", ("b",), (), ("c",))
    assert (Noun.objects.count(), LogEntry.objects.count()) == before
    assert json.loads(json.dumps(report.as_data()))["gone"] == ["c"]


@pytest.mark.django_db
def test_what_the_file_does_not_have_ends_only_if_that_is_wished() -> None:
    keep("c", square(13, 54), valid_from=date(2020, 1, 1))
    taken(TWO)
    assert reads.area_by_key(NODE, "c") is not None
    taken(TWO, Plan("district", end_missing=True))
    assert reads.area_by_key(NODE, "c") is None
    assert Area.objects.get(key="c").valid_to == reads.today()


@pytest.mark.django_db
def test_new_borders_from_a_day_on_keep_what_was_before() -> None:
    area = keep("a", square(12, 54))
    day = reads.today() - timedelta(days=1)
    taken(file_of(feature("a", square(12, 54, 0.2))), Plan("district", valid_from=day))
    now = reads.area_by_key(NODE, "a")
    assert now and now.noun_id == area.noun_id and now.valid_from == day
    former = reads.area(NODE, f"a-{day.year}")
    assert former and former.valid_to == day and former.noun.geo == square(12, 54)


@pytest.mark.django_db
@pytest.mark.parametrize("failing", [0, 1, 2])
def test_when_it_breaks_in_the_middle_nothing_is_there(monkeypatch: pytest.MonkeyPatch, failing: int) -> None:
    real, count = importing.keep_area, [0]

    def breaking(*args: Any, **said: Any) -> Area:
        count[0] += 1
        if count[0] > failing:
            raise RuntimeError("the power went")
        return real(*args, **said)

    monkeypatch.setattr(importing, "keep_area", breaking)
    three = file_of(*(feature(key, square(12 + n / 10, 54)) for n, key in enumerate("abc")))
    with pytest.raises(RuntimeError):
        taken(three)
    assert Noun.objects.count() == Area.objects.count() == LogEntry.objects.count() == 0


@pytest.mark.django_db
def test_who_may_take_over(anyone: Who, alice: Who, bob: Who, olga: Who) -> None:
    for who in (anyone, alice, bob):
        with pytest.raises(Refusal) as refused:
            actions.import_areas(who, TWO, PLAN)
        assert refused.value.status == 403
    assert actions.import_areas(olga, TWO, PLAN).state == "done"


@pytest.mark.django_db
@pytest.mark.parametrize(("east", "system"), [(12.1, 25833), (9.0, 25832)])
def test_metres_become_degrees(east: float, system: int) -> None:
    from pyproj import Transformer

    to_metres = Transformer.from_crs(4326, system, always_xy=True)
    corners = [(east, 54.1), (east + 0.02, 54.1), (east + 0.02, 54.12), (east, 54.12)]
    metres = polygon(*(to_metres.transform(*corner) for corner in corners))
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{system}"}}
    for key, data, plan in (
        ("a", file_of(feature("a", metres), crs=crs), PLAN),
        ("b", file_of(feature("b", metres)), Plan("quarter", Wish(system=system))),
    ):
        report = taken(data, plan)
        assert (report.state, report.system) == ("done", system)
        area = reads.area_by_key(NODE, key)
        assert area and area.noun.geo
        for said, meant in zip(area.noun.geo["coordinates"][0], corners, strict=False):
            assert said == pytest.approx(list(meant), abs=1e-6)


@pytest.mark.django_db
def test_overlaps_are_told_with_size_and_place_and_want_to_be_accepted() -> None:
    data = file_of(feature("a", square(12, 54)), feature("b", square(12.09, 54)))
    refused = taken(data)
    assert (refused.state, codes(refused), Area.objects.count()) == ("refused", ["area.overlap"], 0)
    (one,) = refused.findings
    assert one.keys == ("a", "b") and one.where and 12.09 < one.where[0] < 12.1
    # 0.01 degrees of longitude at 54 degrees north by 0.1 of latitude: about 655 m x 11,130 m
    assert one.square_metres == pytest.approx(655 * 11_130, rel=0.01)
    assert taken(data, Plan("district", accept=True)).state == "done"
    assert taken(data, Plan("district", tolerance=1e7)).findings == ()


@pytest.mark.django_db
def test_gaps_are_told_in_the_whole_and_up_to_the_area_above() -> None:
    ring = [feature(f"r{n}", square(12 + x / 10, 54 + y / 10)) for n, (x, y) in enumerate(
        (x, y) for x in range(3) for y in range(3) if (x, y) != (1, 1)
    )]  # fmt: skip
    report = taken(file_of(*ring))
    assert codes(report) == ["area.gap"] and report.findings[0].where == pytest.approx((12.15, 54.15))
    keep("stadt", square(12, 54, 0.25), "municipality")
    below = taken(TWO, Plan("district", parent="stadt"), dry_run=True)
    assert codes(below) == ["area.gap"]
    beyond = taken(file_of(feature("z", square(12, 54, 0.3))), Plan("district", parent="stadt"), dry_run=True)
    assert codes(beyond) == ["area.beyond"]


CROSSING = polygon((12, 54), (12.1, 54.1), (12.1, 54), (12, 54.1))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (feature("x", CROSSING), "geo.crossing"),
        (feature("x", polygon((54, 12), (54.1, 12), (54.1, 12.1))), "geo.swapped"),
        (feature("x", polygon((300_000, 6_000_000), (300_100, 6_000_000), (300_100, 6_000_100))), "geo.unknown-system"),
        (feature("x", polygon((12, 95), (12.1, 95), (12.1, 95.1))), "geo.not-on-earth"),
        (feature("x", {"type": "Polygon", "coordinates": []}), "geo.empty"),
        (feature("x", {"type": "Polygon", "coordinates": [[]]}), "geo.empty"),
        (feature("x", {"type": "Polygon", "coordinates": [[[12, 54], [12, 55]]]}), "geo.broken-ring"),
        (feature("x", polygon((12, 54), (12.1, 54), (12.2, 54))), "geo.empty"),
        (feature("x", {"type": "Polygon", "coordinates": [[["12", 54]]]}), "geo.not-a-position"),
        (feature("x", {"type": "Polygon", "coordinates": [[[12, 54, 0, 0]]]}), "geo.not-a-position"),
        (feature("x", {"type": "Polygon", "coordinates": 7}), "geo.not-a-position"),
        (feature("x", {"type": "Point", "coordinates": [12, 54]}), "geo.not-an-area"),
        (feature("x", {"type": ["Polygon"], "coordinates": []}), "geo.not-an-area"),
        (feature("x", None), "geo.empty"),
        (feature("a", square(12.3, 54)), "area.duplicate-key"),
        (feature("ä/b", square(12.3, 54)), "area.wrong-key"),
        (feature("", square(12.3, 54)), "area.wrong-key"),
        (feature("x", square(12.3, 54), " "), "area.wrong-name"),
        (feature("x", square(12.3, 54), "n" * 300), "area.wrong-name"),
        ({"type": "Feature"} | {"properties": {"key": "x", "name": "X"}}, "geo.empty"),
        ({"type": "Feature?"}, "geo.not-a-feature"),
        (7, "geo.not-a-feature"),
    ],
)  # fmt: skip
def test_one_wrong_area_is_told_and_none_is_kept(wrong: Any, code: str) -> None:
    report = taken(file_of(feature("a", square(12, 54)), wrong))
    assert report.state == "refused" and codes(report) == [code]
    assert str(report.findings[0].sentence) and report.findings[0].weight == "error"
    assert Noun.objects.count() == LogEntry.objects.count() == 0


@pytest.mark.django_db
def test_a_crossing_is_shown_where_it_is() -> None:
    (one,) = taken(file_of(feature("x", CROSSING))).findings
    assert one.where == pytest.approx((12.05, 54.05)) and one.keys == ("x",)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "geo.not-json"),
        (b"\x00\xff", "geo.not-json"),
        (b"<html>", "geo.not-json"),
        (b'{"type": "FeatureCollection", "features": [NaN]}', "geo.not-json"),
        (b'{"type": "FeatureCollection", "features": [Infinity]}', "geo.not-json"),
        (b"[" * 100_000 + b"]" * 100_000, "geo.not-json"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "geo.not-json"),
        (b"[]", "geo.no-features"),
        (b'{"type": "FeatureCollection"}', "geo.no-features"),
        (b'{"type": "FeatureCollection", "features": []}', "geo.no-features"),
        (b'{"type": "FeatureCollection", "features": {}}', "geo.no-features"),
        (file_of(feature("a", square(12, 54)), crs=named("EPSG:31468")), "geo.unknown-system"),
        (file_of(feature("a", square(12, 54)), crs=named(["EPSG:4326"])), "geo.unknown-system"),
        (file_of(feature("a", square(12, 54)), crs="EPSG:4326"), "geo.unknown-system"),
        (file_of({"type": "Feature", "properties": {"nr": 1}, "geometry": square(12, 54)}), "area.no-such-field"),
        (file_of({"type": "Feature", "properties": None, "geometry": square(12, 54)}), "area.no-such-field"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        taken(data)
    assert refused.value.code == code and str(refused.value.sentence)
    assert Noun.objects.count() == 0


@pytest.mark.django_db
def test_a_nest_of_lists_inside_a_geometry_is_no_position() -> None:
    deep: Any = [12, 54]
    for _level in range(500):
        deep = [deep]
    assert codes(taken(file_of(feature("x", {"type": "Polygon", "coordinates": deep})))) == [
        "geo.not-a-position"
    ]


@pytest.mark.trial
@pytest.mark.django_db
def test_a_million_corners_are_too_many() -> None:
    ring = b",".join([b"[12.0,54.0]"] * 1_000_000)
    data = b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"key":"x","name":"X"},'
    data += b'"geometry":{"type":"Polygon","coordinates":[[' + ring + b"]]}}]}"
    assert codes(taken(data)) == ["geo.too-many-positions"]
    assert Noun.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("MOST_BYTES", 10, "geo.too-large"),
        ("MOST_FEATURES", 1, "geo.too-many-features"),
        ("MOST_FILE_POSITIONS", 9, "geo.too-many-positions"),
    ],
)
def test_a_file_has_bounds(monkeypatch: pytest.MonkeyPatch, name: str, value: int, code: str) -> None:
    monkeypatch.setattr(reading, name, value)
    with pytest.raises(Refusal) as refused:
        taken(TWO)
    assert refused.value.code == code


@pytest.mark.django_db
def test_a_level_below_its_parent_and_a_parent_that_exists() -> None:
    keep("q", square(12, 54), "quarter")
    for plan, code in (
        (Plan("district", parent="q"), "area.level-not-below"),
        (Plan("district", parent="nobody"), "area.unknown-parent"),
        (Plan("kingdom"), "area.unknown-level"),
    ):
        with pytest.raises(Refusal) as refused:
            taken(TWO, plan)
        assert refused.value.code == code
    report = taken(file_of(feature("q", square(12, 54))))
    assert (report.state, codes(report)) == ("refused", ["area.other-level"])


@pytest.mark.django_db
def test_the_constraint_proves_the_lock() -> None:
    """Two versions of a key at one time cannot be, whatever an action forgets."""
    keep("a", square(12, 54))
    other = keep("b", square(12.1, 54))
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.filter(noun=other.noun_id).update(key="a")
