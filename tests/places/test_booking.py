# SPDX-License-Identifier: EUPL-1.2
"""Booking a slot: taking, holding, moving and giving back; what is refused, and what one is told then."""

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from smilecity.core import clock
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from smilecity.places import actions as places
from smilecity.places.actions import booking as acts
from smilecity.places.models import Booking, Claim, Unit
from smilecity.places.reads.booking import tree
from smilecity.places.reads.booking.looking import look
from smilecity.places.rules.booking import BookingRefusal
from tests.places.booking_stage import NOW, Stage, at, must_hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(person, organisation)
        must_hold()


def refused(act: Callable[[], object]) -> BookingRefusal | Refusal:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value


def test_a_slot_is_booked_and_its_parts_and_whole_with_it(stage: Stage) -> None:
    mine = stage.book("rita", "left", at(10))
    assert (mine.state, mine.fee_cents) == (Booking.BOOKED, 0)
    assert refused(lambda: stage.book("nora", "court", at(10))).code == "booking.taken"
    assert refused(lambda: stage.book("nora", "left", at(10.5))).code == "booking.taken"
    stage.book("nora", "right", at(10))
    stage.book("nora", "left", at(11))


def test_who_comes_too_late_is_told_what_is_free_and_not_who_was_faster(stage: Stage) -> None:
    stage.book("rita", "court", at(10))
    refusal = refused(lambda: stage.book("nora", "right", at(10)))
    assert isinstance(refusal, BookingRefusal)
    assert refusal.status == 409
    assert refusal.possible == (at(11), at(11.5), at(12))
    said = str(refusal.problem())
    assert "rita" not in said.lower() and str(stage.accounts["rita"].pk) not in said.split()


def test_the_same_key_is_the_same_booking_and_other_content_is_refused(stage: Stage) -> None:
    key = uuid.uuid4()
    first = stage.book("rita", "left", at(10), key=key)
    assert stage.book("rita", "left", at(10), key=key).id == first.id
    for again in (
        lambda: stage.book("rita", "left", at(12), key=key),
        lambda: stage.book("rita", "right", at(10), key=key),
        lambda: stage.book("nora", "left", at(10), key=key),
        lambda: stage.book("rita", "left", at(10), key=key, what="Fest"),
    ):
        assert refused(again).code == "booking.key-used"
    assert Booking.objects.count() == 1


def test_a_hold_ends_by_itself_and_then_others_may(stage: Stage) -> None:
    held = stage.hold("rita", "left", at(10))
    assert refused(lambda: stage.book("nora", "left", at(10))).code == "booking.taken"
    with clock.frozen(NOW + timedelta(minutes=11)):
        assert refused(lambda: acts.confirm(stage.who["rita"], held.id)).code == "booking.hold-over"
        stage.book("nora", "left", at(10))  # before any job has run
        held.refresh_from_db()
        assert held.state == Booking.EXPIRED


def test_the_job_ends_holds_that_are_over_and_leaves_the_others(stage: Stage) -> None:
    held = stage.hold("rita", "left", at(10))
    kept = acts.confirm(stage.who["rita"], stage.hold("rita", "right", at(10)).id)
    assert acts.release_expired(NODE) == 0
    with clock.frozen(NOW + timedelta(minutes=10)):
        assert acts.release_expired(NODE) == 1
    assert Booking.objects.get(id=held.id).state == Booking.EXPIRED
    assert Booking.objects.get(id=kept.id).state == Booking.BOOKED


def test_a_booking_moves_over_its_own_time_and_stays_if_it_cannot(stage: Stage) -> None:
    mine = stage.book("rita", "left", at(10))
    stage.book("nora", "left", at(12))
    moved = acts.change(stage.who["rita"], mine.id, at(10.5))
    assert (moved.during.lower, moved.during.upper) == at(10.5)
    assert refused(lambda: acts.change(stage.who["rita"], mine.id, at(12))).code == "booking.taken"
    must_hold()
    moved = acts.change(stage.who["rita"], mine.id, at(14), unit=stage.id("hall"))
    assert moved.unit_id == stage.id("hall")
    assert refused(lambda: acts.change(stage.who["nora"], mine.id, at(15))).status == 404


def test_cancelled_in_time_it_is_free_again(stage: Stage) -> None:
    stage.rule(cancel_until=60)
    mine = stage.book("rita", "left", at(10))
    with clock.frozen(at(9.5)[0]):
        assert refused(lambda: acts.cancel(stage.who["rita"], mine.id)).code == "booking.too-late-to-cancel"
        assert refused(lambda: acts.cancel(stage.who["karim"], mine.id)).code == "booking.reason"
    assert acts.cancel(stage.who["rita"], mine.id).state == Booking.CANCELLED
    assert acts.cancel(stage.who["rita"], mine.id).state == Booking.CANCELLED
    stage.book("nora", "court", at(10))


def test_who_keeps_the_place_decides_what_is_asked(stage: Stage) -> None:
    stage.rule(approval="longer", approval_over=60)
    assert stage.book("rita", "left", at(9)).state == Booking.BOOKED
    asked = stage.book("rita", "left", at(10, lasts=2))
    assert asked.state == Booking.ASKED
    assert refused(lambda: stage.book("nora", "left", at(10))).code == "booking.taken"
    assert refused(lambda: acts.approve(stage.who["rita"], asked.id)).status == 404
    assert acts.approve(stage.who["karim"], asked.id).state == Booking.BOOKED
    other = stage.book("nora", "left", at(14, lasts=2))
    assert refused(lambda: acts.refuse(stage.who["karim"], other.id, " ")).code == "booking.reason"
    assert acts.refuse(stage.who["karim"], other.id, "Turnier").state == Booking.REFUSED


def test_several_units_are_booked_together_or_not_at_all(stage: Stage) -> None:
    stage.book("nora", "left", at(10))
    both = [stage.id("hall"), stage.id("court")]
    act = lambda: acts.book_together(stage.who["rita"], both, at(10), key=uuid.uuid4())  # noqa: E731
    assert refused(act).code == "booking.taken"
    assert not Booking.objects.filter(account=stage.accounts["rita"]).exists()
    key = uuid.uuid4()
    made = acts.book_together(stage.who["rita"], both, at(11), key=key)
    again = acts.book_together(stage.who["rita"], both, at(11), key=key)
    assert [one.id for one in again] == [one.id for one in made]
    whole = [stage.id("court"), stage.id("left")]
    with pytest.raises(Refusal, match=r"booking\.taken"):
        acts.book_together(stage.who["rita"], whole, at(13), key=uuid.uuid4())


def test_who_does_not_come_loses_the_slot_after_the_grace_time(stage: Stage) -> None:
    stage.rule(grace=15)
    missed, used = stage.book("rita", "left", at(10)), stage.book("nora", "right", at(10))
    with clock.frozen(at(10)[0] + timedelta(minutes=14)):
        assert acts.check_in(stage.who["nora"], used.id).state == Booking.USED
        assert acts.release_missed(NODE) == 0
    with clock.frozen(at(10)[0] + timedelta(minutes=15)):
        assert acts.release_missed(NODE) == 1
    assert Booking.objects.get(id=missed.id).state == Booking.MISSED
    entry = LogEntry.objects.get(verb="booking-missed")
    assert entry.data["account"] == stage.accounts["rita"].pk


def test_quotas_count_what_is_still_to_come_and_the_week(stage: Stage) -> None:
    stage.rule(person={"open": 2}, organisation={"minutes": 120})
    first = stage.book("rita", "left", at(10))
    stage.book("rita", "left", at(11))
    assert refused(lambda: stage.book("rita", "left", at(12))).code == "booking.quota-open"
    acts.change(stage.who["rita"], first.id, at(13))  # its own does not count against it
    stage.book("nora", "hall", at(12))
    stage.book("tina", "hall", at(13, lasts=2), organisation=stage.firm.noun_id)
    again = lambda day: stage.book("tina", "hall", at(16, day), organisation=stage.firm.noun_id)  # noqa: E731
    assert refused(lambda: again(6)).code == "booking.quota-week"
    again(7)


def test_an_organisation_is_booked_for_by_its_own(stage: Stage) -> None:
    stage.rule(fees={"business": 2500, "club": 500})
    mine = stage.book("tina", "hall", at(10, lasts=1.5), organisation=stage.firm.noun_id)
    assert mine.fee_cents == 3750
    refusal = refused(lambda: stage.book("rita", "hall", at(13), organisation=stage.firm.noun_id))
    assert (refusal.code, refusal.status) == ("booking.not-your-organisation", 403)


@pytest.mark.parametrize(
    ("span", "code"),
    [
        (at(10.25), "booking.grid"),
        (at(10, lasts=3), "booking.length"),
        (at(10, lasts=-1), "booking.order"),
        (at(10, lasts=0), "booking.order"),
        (at(7), "booking.past"),
        (at(10, 20), "booking.too-late"),
        (at(21.5), "booking.closed"),
        (at(10, 400_000), "booking.when"),
        ((datetime(2026, 11, 23, 10), datetime(2026, 11, 23, 11)), "booking.when"),
    ],
)
def test_what_cannot_be_had_says_why(stage: Stage, span: Any, code: str) -> None:
    assert refused(lambda: stage.book("rita", "left", span)).code == code
    assert not Claim.objects.exists()


def test_only_who_is_signed_in_books_and_only_what_there_is(stage: Stage) -> None:
    act = lambda who, unit: acts.book(who, unit, at(10), key=uuid.uuid4())  # noqa: E731
    assert refused(lambda: act(ANYONE, stage.id("left"))).code == "booking.sign-in"
    for unit in (-1, 0, 1 << 62, 1 << 70):
        assert refused(lambda unit=unit: act(stage.who["rita"], unit)).code == "booking.no-unit"
    acts.arrange_unit(NODE, stage.id("hall"), policy=None)
    assert refused(lambda: stage.book("rita", "hall", at(10))).code == "booking.no-unit"
    stage.place.noun.visibility = "draft"
    stage.place.noun.save()
    assert refused(lambda: stage.book("rita", "left", at(10))).code == "booking.no-unit"


def test_a_tree_has_no_circle_and_does_not_change_under_bookings(stage: Stage) -> None:
    arrange = lambda unit, parent: acts.arrange_unit(  # noqa: E731
        NODE, stage.id(unit), parent=stage.id(parent), policy=stage.policy
    )
    assert refused(lambda: arrange("court", "left")).code == "unit.parent"
    assert refused(lambda: arrange("court", "court")).code == "unit.parent"
    stage.book("rita", "left", at(10))
    assert refused(lambda: arrange("court", "hall")).code == "unit.in-use"


def test_after_ninety_days_nobody_knows_who_it_was(stage: Stage) -> None:
    mine = stage.book("rita", "left", at(10), what="Geburtstag")
    with clock.frozen(at(11)[0] + timedelta(days=90)):
        assert acts.forget_users(NODE) == 0
    with clock.frozen(at(11)[0] + timedelta(days=90, seconds=1)):
        assert acts.forget_users(NODE) == 1
    mine.refresh_from_db()
    assert (mine.account_id, mine.what) == (None, "")


def test_units_know_what_they_are_part_of_however_they_are_arranged(stage: Stage) -> None:
    quarter = places.keep_unit(NODE, stage.place, "quarter", {"de": "Viertel"}).id
    moves = (
        (quarter, "left"),
        (stage.id("hall"), "right"),
        (stage.id("left"), None),
        (quarter, "hall"),
        (quarter, None),
    )
    for unit, parent in moves:
        over = stage.id(parent) if parent else None
        made = acts.arrange_unit(NODE, unit, parent=over, policy=stage.policy)
        assert made.above == tree.above(unit)[1:]
        for one in Unit.objects.all():
            assert one.above == tree.above(one.id)[1:]
            assert one.below == sorted(set(tree.below(one.id)) - {one.id})
            assert one.leaves == (tree.leaves_of(one.id) if one.below else [])
            seen = look(stage.who["rita"], one.id, at(10))
            assert seen is not None
            assert (seen.root, seen.leaves) == (tree.above(one.id)[-1], tree.leaves_of(one.id))
