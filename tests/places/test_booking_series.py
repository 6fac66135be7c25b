# SPDX-License-Identifier: EUPL-1.2
"""Series, seasons and closings: one date that cannot be had costs that date, and nobody who is hit is forgotten."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.places.actions import booking as acts
from smilecity.places.models import Booking, Claim, Season, Series
from smilecity.places.reads import booking as reads
from tests.places.booking_stage import NOW, Stage, at, must_hold

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 11, 24, 18)


@pytest.fixture
def stage(person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(person, organisation)
        must_hold()


def ask(stage: Stage, unit: str = "court", name: str = "tina", **more: Any) -> Series:
    said = {"rule": "FREQ=WEEKLY;COUNT=4", "starts": TUESDAY, "minutes": 90, **more}
    return acts.ask_series(
        stage.who[name], stage.id(unit), said.pop("starts"), said.pop("minutes"), said.pop("rule"), **said
    )


def refused(act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value


def test_one_date_that_cannot_be_had_costs_that_date(stage: Stage) -> None:
    stage.book("rita", "left", at(19, 8))
    series = ask(stage, organisation=stage.firm.noun_id)
    assert not Booking.objects.filter(series=series).exists()
    granted = acts.grant_series(stage.who["karim"], series.id)
    assert granted.left_out == [{"date": "2026-12-01T18:00", "code": "booking.taken"}]
    made = Booking.objects.filter(series=series).order_by("during")
    assert [one.during.lower for one in made] == [at(18, day)[0] for day in (1, 15, 22)]
    assert refused(lambda: acts.grant_series(stage.who["karim"], series.id)).code == "series.state"


def test_a_series_crosses_the_change_of_clocks_on_its_wall_clock(stage: Stage) -> None:
    stage.rule(hours="24/7")
    stage.place.opening_hours = "24/7"
    stage.place.save()
    series = ask(stage, starts=datetime(2027, 3, 21, 2, 30), minutes=60, rule="FREQ=WEEKLY;COUNT=3")
    granted = acts.grant_series(stage.who["karim"], series.id)
    assert granted.left_out == [{"date": "2027-03-28T02:30", "code": "booking.dst-gap"}]
    hours = Booking.objects.filter(series=series).order_by("during").values_list("during", flat=True)
    assert [f"{one.lower:%d %H:%M}" for one in hours] == ["21 01:30", "04 00:30"]


def test_only_who_keeps_the_place_decides(stage: Stage) -> None:
    series = ask(stage)
    assert refused(lambda: acts.grant_series(stage.who["tina"], series.id)).status == 404
    assert refused(lambda: acts.refuse_series(stage.who["karim"], series.id, "")).code == "booking.reason"
    assert acts.refuse_series(stage.who["karim"], series.id, "Umbau").state == Series.REFUSED


def test_a_season_is_decided_in_order_of_rank(stage: Stage) -> None:
    season = acts.open_season(
        stage.who["karim"], stage.place.noun_id, "Winter", starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 31),
        ask_until=NOW + timedelta(days=3),
    )  # fmt: skip
    rule = "FREQ=WEEKLY;UNTIL=20270201"
    first = ask(stage, "left", "karim", organisation=stage.club.noun_id, season=season.id, rule=rule)
    second = ask(stage, "court", "tina", organisation=stage.firm.noun_id, season=season.id, rule=rule)
    assert refused(lambda: ask(stage, "hall", "rita", season=season.id)).code == "season.organisation"
    conflicts = reads.conflicts(stage.who["karim"], season.id)
    assert [(one.first.id, one.second.id, len(one.dates)) for one in conflicts] == [(first.id, second.id, 5)]
    assert reads.conflicts(stage.who["tina"], season.id) == []
    acts.rank_series(stage.who["karim"], second.id, -1)
    assert refused(lambda: acts.decide_season(stage.who["karim"], season.id)).code == "season.still-asking"
    with clock.frozen(NOW + timedelta(days=4)):
        late = {"starts": datetime(2026, 12, 1, 18), "organisation": stage.club.noun_id, "season": season.id}
        assert refused(lambda: ask(stage, "hall", "karim", **late)).code == "season.over"
        assert acts.decide_season(stage.who["karim"], season.id).state == Season.DECIDED
    first.refresh_from_db()
    assert Booking.objects.filter(series=second).count() == 5
    assert [one["code"] for one in first.left_out] == ["booking.taken"] * 5


def test_a_closing_refuses_new_bookings_and_finds_those_it_hits(stage: Stage) -> None:
    mine = stage.book("rita", "left", at(10, 1))
    (closing,) = acts.close_units(
        stage.who["karim"], stage.place.noun_id, at(9, 1, lasts=3), reason={"de": "Hafenfest"}
    )
    refusal = refused(lambda: stage.book("nora", "hall", at(9.5, 1)))
    assert (refusal.code, str(refusal.sentence)) == ("booking.closed", "Hafenfest")
    (found,) = reads.hit(stage.who["karim"], closing.id)
    assert found.booking.id == mine.id and found.instead[0][0] == at(12, 1)[0]
    assert reads.hit(stage.who["rita"], closing.id) == []
    acts.change(stage.who["rita"], mine.id, at(12, 1))
    assert reads.hit(stage.who["karim"], closing.id) == []
    acts.reopen_units(stage.who["karim"], closing.id)
    assert not Claim.objects.filter(booking=None).exists()
    stage.book("nora", "left", at(10, 1))


def test_two_closings_that_share_a_time_end_one_by_one(stage: Stage) -> None:
    act = lambda span, units=None: acts.close_units(  # noqa: E731
        NODE, stage.place.noun_id, span, units=units, reason={"de": "Umbau"}
    )[0]
    first, _second = act(at(9, 1, lasts=3)), act(at(10, 1, lasts=4), [stage.id("left")])
    acts.reopen_units(NODE, first.id)
    stage.book("rita", "right", at(10, 1))
    assert refused(lambda: stage.book("rita", "left", at(11, 1))).code.startswith("booking.")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"rule": "FREQ=WEEKLY"}, "series.rule"),
        ({"rule": "FREQ=DAILY;COUNT=10000"}, "series.rule"),
        ({"rule": "FREQ=SECONDLY;COUNT=3"}, "series.rule"),
        ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2"}, "series.rule"),
        ({"minutes": 0}, "booking.length"),
        ({"minutes": -60}, "booking.length"),
        ({"minutes": 600}, "booking.length"),
        ({"starts": datetime(2026, 11, 24, 18, 7)}, "booking.grid"),
        ({"starts": datetime(2027, 3, 28, 2, 30)}, "booking.dst-gap"),
        ({"starts": datetime(2026, 11, 20, 18)}, "booking.past"),
        ({"season": 1 << 40, "organisation": None}, "season.unknown"),
    ],
)
def test_a_wrong_series_is_refused_and_nothing_kept(stage: Stage, more: dict[str, Any], code: str) -> None:
    assert refused(lambda: ask(stage, **more)).code == code
    assert not Series.objects.exists()
