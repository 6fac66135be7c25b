# SPDX-License-Identifier: EUPL-1.2
"""What keepers and owners are shown: what waits, what goes unused, how much is used; and the jobs by the clock."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from smilecity.core import clock
from smilecity.core.who import ANYONE
from smilecity.places import jobs
from smilecity.places.actions import booking as acts
from smilecity.places.models import Booking, Unit
from smilecity.places.reads import booking as reads
from tests.places.booking_stage import NOW, Stage, at, must_hold

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 11, 24, 18)


@pytest.fixture
def stage(person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(person, organisation)
        must_hold()


def test_what_waits_is_shown_to_its_keeper_the_longest_waiting_first(stage: Stage) -> None:
    stage.rule(approval="always")
    first, second = stage.book("rita", "left", at(14)), stage.book("nora", "right", at(9, 1))
    Booking.objects.filter(id=second.id).update(made_at=NOW - timedelta(hours=1))
    Booking.objects.filter(id=first.id).update(made_at=NOW)
    assert [one.id for one in reads.asked(stage.who["karim"])] == [second.id, first.id]
    assert reads.asked(stage.who["karim"], limit=1)[0].id == second.id
    for who in (stage.who["rita"], stage.who["tina"], ANYONE):
        assert reads.asked(who) == []
    acts.approve(stage.who["karim"], second.id)
    assert [one.id for one in reads.asked(stage.who["karim"])] == [first.id]


def test_series_that_wait_are_shown_unless_a_season_decides_them(stage: Stage) -> None:
    ask = lambda unit, **more: acts.ask_series(  # noqa: E731
        stage.who["karim"], stage.id(unit), TUESDAY, 60, "FREQ=WEEKLY;COUNT=3",
        organisation=stage.club.noun_id, **more,
    )  # fmt: skip
    alone = ask("left")
    season = acts.open_season(
        stage.who["karim"], stage.place.noun_id, "Winter", starts_on=date(2026, 11, 23), ends_on=date(2026, 12, 31),
        ask_until=NOW + timedelta(days=1),
    )  # fmt: skip
    ask("right", season=season.id)
    assert [one.id for one in reads.asked_series(stage.who["karim"])] == [alone.id]
    assert reads.asked_series(stage.who["tina"]) == []
    acts.refuse_series(stage.who["karim"], alone.id, "Umbau")
    assert reads.asked_series(stage.who["karim"]) == []


def test_a_standing_slot_that_nobody_uses_is_shown_to_its_owner_and_the_keeper(stage: Stage) -> None:
    stage.rule(grace=15)
    series = acts.ask_series(
        stage.who["tina"], stage.id("left"), TUESDAY, 60, "FREQ=WEEKLY;COUNT=2", organisation=stage.firm.noun_id
    )  # fmt: skip
    acts.grant_series(stage.who["karim"], series.id)
    assert reads.unused(stage.who["tina"]) == []
    for weeks, times in ((0, 1), (1, 2)):
        with clock.frozen(at(18.5, 1 + 7 * weeks)[0]):
            jobs.release_slots(0)
            for name in ("tina", "karim"):
                assert [(one.id, n) for one, n in reads.unused(stage.who[name])] == [(series.id, times)]
            for who in (stage.who["rita"], ANYONE):
                assert reads.unused(who) == []
    with clock.frozen(NOW + timedelta(weeks=reads.kept.UNUSED_WEEKS + 2)):
        assert reads.unused(stage.who["tina"]) == []


def test_use_counts_hours_and_never_persons(stage: Stage) -> None:
    stage.book("rita", "left", at(10.5, 1, lasts=1))
    stage.book("nora", "right", at(10, 8))
    cancelled = stage.book("nora", "hall", at(10, 1))
    acts.cancel(stage.who["nora"], cancelled.id)
    since, until = date(2026, 11, 23), date(2026, 12, 6)
    found = reads.use(stage.who["karim"], stage.place.noun_id, since, until)
    assert [(one.weekday, one.hour, one.bookings, one.minutes) for one in found] == [
        (2, 10, 2, 90),
        (2, 11, 1, 30),
    ]
    only_first = reads.use(stage.who["karim"], stage.place.noun_id, since, date(2026, 11, 29))
    assert [(one.hour, one.minutes) for one in only_first] == [(10, 30), (11, 30)]
    assert reads.use(stage.who["karim"], stage.place.noun_id, until, since) == []
    assert reads.use(stage.who["karim"], stage.place.noun_id, since, since + timedelta(days=400)) == []
    assert reads.use(stage.who["rita"], stage.place.noun_id, since, until) == []


def test_the_jobs_free_what_nobody_confirmed_or_came_to_and_forget_whose_it_was(stage: Stage) -> None:
    stage.rule(grace=15)
    held, missed, kept = (
        stage.hold("rita", "left", at(9)),
        stage.book("nora", "right", at(9)),
        stage.book("nora", "hall", at(12)),
    )
    with clock.frozen(at(9.5)[0]):
        jobs.release_slots(0)
        jobs.release_slots(0)
    states = dict(Booking.objects.values_list("id", "state"))
    assert states == {held.id: Booking.EXPIRED, missed.id: Booking.MISSED, kept.id: Booking.BOOKED}
    with clock.frozen(NOW + timedelta(days=91)):
        jobs.forget_users(0)
    assert not Booking.objects.filter(account__isnull=False).exists()


def test_residents_and_fees_are_asked_of_people_only_where_the_policy_needs_it(
    stage: Stage, django_assert_num_queries: Callable[..., Any]
) -> None:
    tina, hall = stage.who["tina"], stage.id("hall")
    look = lambda: reads.look(tina, hall, at(10, 1), organisation=stage.firm.noun_id)  # noqa: E731
    look()
    with django_assert_num_queries(0):  # the look itself is asked past Django, in one prepared statement
        assert (seen := look()) and seen.facts.group == "club"
    stage.rule(fees={"business": 2500})
    with django_assert_num_queries(1):
        assert (seen := look()) and seen.facts.group == "business"
    stage.rule(who="residents")
    with django_assert_num_queries(1):
        assert (seen := look()) and not seen.facts.resident
    account = stage.accounts["tina"]
    type(account).objects.filter(pk=account.pk).update(home=stage.place.noun_id)
    assert (seen := look()) and seen.facts.resident


def test_taken_times_of_parts_are_told_as_one(stage: Stage) -> None:
    stage.book("rita", "left", at(10, 1))
    stage.book("nora", "right", at(10.5, 1))
    stage.book("nora", "left", at(14, 1))
    seen = reads.look(stage.who["tina"], stage.id("court"), at(9, 1))
    assert seen is not None
    assert seen.facts.taken == ((at(10, 1)[0], at(11.5, 1)[0]), at(14, 1))
    assert set(seen.leaves) == {stage.id("left"), stage.id("right")}
    assert seen.root == Unit.objects.get(id=stage.id("court")).id
