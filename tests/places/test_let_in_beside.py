# SPDX-License-Identifier: EUPL-1.2
"""Who is let in beside others: two clubs for one person and door, and who is told when a booked time is closed."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from smilecity.core import clock, sealing
from smilecity.core.models import LogEntry
from smilecity.core.who import NODE
from smilecity.people.models import RoleHeld
from smilecity.people.reads import who_is
from smilecity.places.actions import access, handles, locks, opening
from smilecity.places.models import Booking, Grant
from smilecity.places.reads import locks as reads
from smilecity.places.rules.locks import handles as code_rules
from smilecity.places.rules.locks.grants import carried
from smilecity.places.rules.openness import joined
from tests.places.access_stage import Stage
from tests.places.booking_stage import NOW, at

START = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def stage(person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(person, organisation)


@given(some.dictionaries(some.integers(1, 9), some.tuples(some.integers(0, 20), some.integers(1, 9))))
def test_at_any_moment_one_grant_carries_the_handles_and_no_moment_is_lost(given_: Any) -> None:
    spans = {
        number: (START + timedelta(hours=first), START + timedelta(hours=first + long))
        for number, (first, long) in given_.items()
    }
    found = [(spans[number][0], until) for number, until in carried(spans).items()]
    assert all(start < until for start, until in found)
    assert all(until <= spans[number][1] for number, until in carried(spans).items())
    moments = [START + timedelta(minutes=30 * n) for n in range(60)]
    for moment in moments:
        by = [one for one in found if one[0] <= moment < one[1]]
        assert len(by) == any(start <= moment < end for start, end in joined(spans.values()))


@pytest.mark.django_db
def test_who_two_clubs_let_in_opens_with_a_code_without_a_net(stage: Stage) -> None:
    kim = stage.accounts["kim"].pk
    codes = handles.have_codes(stage.who["kim"])
    seed = bytes.fromhex(sealing.opened(bytes(codes.seed)) or "")
    first, second = (
        locks.wish_grant(NODE, stage.doors[0], span, "trainer", account=kim, organisation=club.noun_id)
        for span, club in ((at(16, lasts=3), stage.club), (at(18, lasts=3), stage.other))
    )

    def opens(hour: float) -> int | None:
        with clock.frozen(at(hour)[0]):
            stage.meets()
            if not stage.box.enter(0, code_rules.code(seed, code_rules.step_at(clock.now()))):
                return None
            stage.box.open_door(0)
            stage.box.close_door(0)
            return stage.box.effects[-1].grant

    stage.meets()
    assert [opens(hour) for hour in (17, 18.25, 20)] == [first.id, second.id, second.id]
    assert opens(21.5) is None


@pytest.mark.django_db
def test_what_one_club_takes_back_the_other_s_grant_opens_again(stage: Stage) -> None:
    kim = stage.accounts["kim"].pk
    handles.have_codes(stage.who["kim"])
    first, second = (
        locks.wish_grant(NODE, stage.doors[0], at(16, lasts=lasts), "trainer", account=kim)
        for lasts in (2, 3)
    )
    rows = {one.id: one for one in Grant.objects.all()}
    assert {one: len(told) for one, told in reads.verifiers_of([*rows.values()]).items()} == {
        first.id: 0, second.id: 1
    }  # fmt: skip
    stage.meets()
    version = Grant.objects.get(id=first.id).version
    locks.revoke_grant(NODE, second.id)
    found = Grant.objects.get(id=first.id)
    assert found.version > version and len(reads.verifiers_of([found])[first.id]) == 1


def struck() -> dict[int, int]:
    rows = LogEntry.objects.filter(verb="booking-struck")
    return {one.data["account"]: one.data["bookings"] for one in rows}


@pytest.mark.django_db
def test_whom_a_club_lets_in_for_a_booking_is_told_when_it_is_closed_then(stage: Stage) -> None:
    own = stage.entrust()
    stage.bookings("karim", stage.register(), own)
    stage.weekly(
        "karim", stage.register(whom="karim@example.org"), own, 2
    )  # at other times, not for the booking
    stage.book(at(17), who="karim")
    stage.book(at(18), who="karim")
    stage.book(at(17, day=1), who="tina")
    opening.close(NODE, stage.place.noun_id, at(16, lasts=30), "weather", {"de": "Sturm"})
    kim, karim, tina = (stage.accounts[one].pk for one in ("kim", "karim", "tina"))
    assert struck() == {kim: 2, karim: 2, tina: 1}


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["dismissed", "no trainer", "asked", "ended"])
def test_whom_it_does_not_concern_is_not_told(stage: Stage, why: str) -> None:
    holder, own = stage.register(), stage.entrust()
    permit = stage.bookings("karim", holder, own)
    stage.book(at(17), who="karim")
    if why == "dismissed":
        access.dismiss(stage.who["karim"], holder.id)
    elif why == "no trainer":
        RoleHeld.objects.filter(account=stage.accounts["kim"]).update(ended_at=clock.now())
        assert not who_is(stage.accounts["kim"]).roles
    elif why == "asked":
        Booking.objects.update(state=Booking.ASKED)
    else:
        access.end_permit(stage.who["karim"], permit.id)
    opening.close(NODE, stage.place.noun_id, at(16, lasts=4), "weather", {"de": "Sturm"})
    assert struck() == {stage.accounts["karim"].pk: 1}
    assert not Grant.objects.filter(state=Grant.WANTED, account=stage.accounts["kim"]).exists()
