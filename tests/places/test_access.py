# SPDX-License-Identifier: EUPL-1.2
"""A club lets its trainers in: within what it has, as it has booked, while the place is open; and locks them out."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from smilecity.core import clock, sealing
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.people.models import RoleHeld
from smilecity.places.actions import access, booking, handles, locks, opening
from smilecity.places.models import Access, Entrusted, Grant, Handle, Keyholder, LockCommand, Permit
from smilecity.places.reads import access as reads
from smilecity.places.reads import locks as lock_reads
from smilecity.places.rules import access as rules
from smilecity.places.rules.locks import handles as handle_rules
from smilecity.places.rules.openness import both
from tests.places.access_stage import MONDAY, SEASON, Stage, live
from tests.places.booking_stage import NOW, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(person, organisation)


def refused(code: str, act: Callable[[], object], status: int = 0) -> None:
    with pytest.raises(Refusal) as found:
        act()
    assert found.value.code == code
    assert not status or found.value.status == status


def test_a_trainer_gets_in_in_the_club_s_hours_and_at_no_other_time(stage: Stage) -> None:
    own = stage.entrust()
    stage.weekly("karim", stage.register(), own, 0, 2)
    assert live() == [at(16, lasts=4), at(16, day=2, lasts=4), at(16, day=7, lasts=4)]
    grant = Grant.objects.order_by("during")[0].id
    kim = stage.who["kim"]
    stage.meets()
    refused("grant.not-yet", lambda: access.open_door(kim, grant))
    with clock.frozen(at(17)[0]):
        stage.meets()
        for other in ("karim", "tina", "petra", "rita"):
            refused("grant.unknown", lambda who=stage.who[other]: access.open_door(who, grant), 404)
        assert [one.is_now for one in reads.my_doors(kim)][:2] == [True, False]
        access.open_door(kim, grant)
        stage.meets()
        assert [one.grant for one in stage.box.effects] == [grant]
        assert LockCommand.objects.get(grant=grant, what="unlock").state == "done"
    with clock.frozen(at(20.5)[0]):
        stage.meets()
        refused("grant.over", lambda: access.open_door(kim, grant))


def test_a_club_gives_only_what_it_has(stage: Stage) -> None:
    mine, theirs = stage.entrust(during=at(0, lasts=18)), stage.entrust(stage.other, door=1)
    holder = stage.register()
    stage.weekly("karim", holder, mine, 0, 1)
    assert live() == [at(16, lasts=2)]  # the club has it until six, on Monday alone
    refused("access.unknown", lambda: stage.weekly("karim", holder, theirs, 0), 404)
    refused("access.unknown", lambda: stage.weekly("tina", holder, mine, 0), 404)
    refused("access.unknown", lambda: stage.weekly("petra", holder, mine, 0), 404)
    refused(
        "access.not-yours",
        lambda: access.register(stage.who["tina"], stage.club.noun_id, "kim@example.org"),
        403,
    )
    refused("access.no-trainer", lambda: stage.register(whom="tina@example.org"), 422)
    refused("access.no-trainer", lambda: stage.register(whom="nobody@example.org"), 422)
    for who in ("karim", "tina", "rita"):
        refused(
            "compartment.unknown",
            lambda who=who: access.entrust(stage.who[who], stage.doors[0], stage.club.noun_id, SEASON),
        )
        refused("access.unknown", lambda who=who: access.end_entrusted(stage.who[who], mine.id), 404)
    access.end_entrusted(stage.who["petra"], mine.id)
    assert live() == []
    refused("access.unknown", lambda: stage.weekly("karim", holder, mine, 0), 404)


def test_what_nobody_can_mean_is_refused_and_nothing_is_kept(stage: Stage) -> None:
    own, holder, karim = stage.entrust(), stage.register(), stage.who["karim"]
    day = timedelta(days=1)
    good = rules.When("weekly", MONDAY, MONDAY + day, (0,), time(16), time(18))
    for code, changed in (
        ("access.kind", {"kind": "always"}),
        ("access.last", {"last": MONDAY - day}),
        ("access.last", {"last": MONDAY + 500 * day}),
        ("access.weekdays", {"weekdays": ()}),
        ("access.weekdays", {"weekdays": (7,)}),
        ("access.starts", {"starts": None}),
        ("access.ends", {"ends": time(16)}),
        ("access.lead", {"kind": "bookings", "lead": 61}),
        ("access.not-held", {"first": MONDAY + 300 * day, "last": MONDAY + 301 * day}),
    ):
        said = {name: getattr(good, name) for name in good.__slots__} | changed
        refused(code, lambda said=said: access.let_in(karim, holder.id, own.id, rules.When(**said)), 422)
    refused("access.name", lambda: stage.register(name="x" * 81), 422)
    refused("handle.not-good", lambda: stage.register(whom="NICHTDA2"), 422)
    for span in ((SEASON[1], SEASON[0]), at(0, day=-9), (SEASON[0], SEASON[0] + 500 * day)):
        refused("access.during", lambda span=span: stage.entrust(during=span), 422)
    assert not Permit.objects.exists() and not Grant.objects.exists()


def test_access_follows_the_club_s_bookings(stage: Stage) -> None:
    own = stage.entrust()
    stage.bookings("karim", stage.register(), own, lead=30)
    assert live() == []
    booked = stage.book(at(10, day=1))
    stage.meets()
    assert live() == [at(9.5, day=1, lasts=2)]
    with clock.frozen(at(9.75, day=1)[0]):
        stage.meets()
        grant = Grant.objects.get(state=Grant.INSTALLED)
        booking.change(stage.who["karim"], booked.id, during=at(14, day=1))
        # no minute's job has run: whoever opens now is told by what is booked now
        refused("grant.over", lambda: access.open_door(stage.who["kim"], grant.id))
        stage.meets()
        assert live() == [at(13.5, day=1, lasts=2)]
        assert grant.id not in stage.box.grants
        booking.cancel(stage.who["karim"], booked.id)
        stage.meets()
        assert live() == [] and stage.box.grants == {}


def test_bookings_of_others_let_nobody_in(stage: Stage) -> None:
    stage.bookings("karim", stage.register(), stage.entrust())
    stage.book(at(10, day=1), who="tina")
    stage.meets()
    assert live() == []


def test_a_storm_takes_and_gives_back_and_the_box_refuses_by_itself(stage: Stage) -> None:
    own = stage.entrust()
    given = handles.give_handle(NODE, "card")
    stage.weekly("karim", stage.register(whom=given.handle.handle, name="Montag"), own, 0)
    with clock.frozen(at(17)[0]):
        stage.meets()
        assert stage.box.enter(0, given.secret)
        closing = opening.close(NODE, stage.place.noun_id, at(17, lasts=2), "weather", {"de": "Sturm"})
        stage.meets()
        assert live(during__endswith__lt=at(0, day=1)[0]) == [at(19)]
        assert not stage.box.enter(0, given.secret)
        opening.end_closing(NODE, closing.id)
        stage.meets()
        assert live(during__endswith__lt=at(0, day=1)[0]) == [at(16, lasts=4)]
        assert stage.box.enter(0, given.secret)


def test_a_box_without_signal_heeds_the_closing_it_was_told_and_the_hours(stage: Stage) -> None:
    """The grant is one of a loan, which no closing takes back: only what the box was told keeps it shut."""
    given = handles.give_handle(NODE, "pin", lasts=timedelta(days=10))
    during = at(8, lasts=100)
    locks.wish_grant(NODE, stage.doors[1], during, "loan", handle=given.handle.id)
    locks.wish_grant(NODE, stage.doors[0], during, "staff", handle=given.handle.id)
    stage.meets()
    with clock.frozen(at(9)[0]):
        stage.meets()
        assert stage.box.enter(1, given.secret)
        opening.close(NODE, stage.place.noun_id, at(12, lasts=2), "weather", {"de": "Sturm"})
        stage.meets()
        assert stage.box.enter(1, given.secret)
        stage.controller.refresh_from_db()
        assert stage.controller.limits["version"] == stage.controller.reported["limits"] == 1
    with clock.frozen(at(13)[0]):  # and no word with the node since
        assert not stage.box.enter(1, given.secret)
        assert stage.box.enter(0, given.secret)  # who looks after the place gets in
    with clock.frozen(at(15)[0]):
        assert stage.box.enter(1, given.secret)
    with clock.frozen(at(23)[0]):
        assert not stage.box.enter(1, given.secret)
        assert stage.box.enter(0, given.secret)


def test_limits_survive_no_loss_of_power_and_are_told_anew(stage: Stage) -> None:
    opening.close(NODE, stage.place.noun_id, at(12, lasts=2), "event", {"de": "Fest"})
    stage.meets()
    stage.box.lose_power(keeps_time=True)
    assert not stage.box._memory.closed
    with clock.frozen(NOW + timedelta(minutes=2)):
        stage.meets()
    assert stage.box._memory.closed and stage.box._memory.limits == 1


def test_a_lost_card_opens_nothing_at_once_and_without_signal_from_the_next_word_on(stage: Stage) -> None:
    own = stage.entrust()
    given = handles.give_handle(NODE, "card")
    holder = stage.register(whom=given.handle.handle)
    assert Keyholder.objects.get().account_id is None
    stage.weekly("karim", holder, own, 0)
    with clock.frozen(at(17)[0]):
        stage.meets()
        assert reads.pending(stage.who["karim"], own) == 0
        refused("access.unknown", lambda: access.lose_key(stage.who["tina"], holder.id), 404)
        locked = access.lose_key(stage.who["karim"], holder.id)
        assert [reads.is_online(one) for one in locked.boxes] == [True]
        assert live() == [] and reads.pending(stage.who["karim"], own) > 0
        assert stage.box.enter(0, given.secret)  # it has not heard yet, and the page says so
        stage.meets()
        assert not stage.box.enter(0, given.secret) and reads.pending(stage.who["karim"], own) == 0
        refused("handle.not-good", lambda: stage.register(whom=given.handle.handle))
    with clock.frozen(at(17.1)[0]):
        assert not reads.is_online(locked.boxes[0])
        assert live() == []


def test_who_trains_no_more_gets_in_no_more(stage: Stage) -> None:
    own, holder = stage.entrust(), stage.register()
    stage.weekly("karim", holder, own, 0)
    stage.meets()
    assert stage.box.grants
    RoleHeld.objects.filter(account=stage.accounts["kim"]).update(ended_at=clock.now())
    stage.meets()
    assert stage.box.grants == {} and live() == []


def test_two_times_that_meet_are_one_grant_so_that_a_card_has_exactly_one(stage: Stage) -> None:
    own = stage.entrust()
    given = handles.give_handle(NODE, "card")
    holder = stage.register(whom=given.handle.handle)
    stage.weekly("karim", holder, own, 0)
    stage.book(at(19, lasts=2))
    stage.bookings("karim", holder, own)
    assert live()[0] == at(16, lasts=5)
    permit = Permit.objects.get(kind="bookings")
    refused("access.unknown", lambda: access.end_permit(stage.who["tina"], permit.id), 404)
    stage.meets()
    access.end_permit(stage.who["karim"], permit.id)
    assert reads.pending(stage.who["karim"], own) == 0  # another time, but let in
    assert live()[0] == at(16, lasts=4)
    access.dismiss(stage.who["kim"] if holder.account_id else stage.who["karim"], holder.id)
    assert live() == []


def test_the_log_is_all_of_the_city_s_and_a_club_s_own(stage: Stage) -> None:
    own, theirs = stage.entrust(), stage.entrust(stage.other)
    stage.weekly("karim", stage.register(), own, 0)
    stage.weekly("tina", stage.register("tina", "tina@example.org"), theirs, 1)
    for name, day in (("kim", 0), ("tina", 1)):
        with clock.frozen(at(17, day=day)[0]):
            stage.meets()
            grant = Grant.objects.get(account=stage.accounts[name], during=at(16, day=day, lasts=4))
            access.open_door(stage.who[name], grant.id)
            stage.meets()
    seen = {
        name: {one.grant.account.pseudonym for one in reads.log(who) if one.grant and one.grant.account}
        for name, who in stage.who.items()
    }
    assert seen == {
        "karim": {"Kim"},
        "kim": {"Kim"},
        "tina": {"Tina"},
        "petra": {"Kim", "Tina"},
        "rita": set(),
    }
    assert {one.what for one in reads.log(stage.who["karim"])} == {"asked-unlock", "unlocked"}
    assert {one.organisation_id for one in reads.entrusted(stage.who["tina"])} == {stage.other.noun_id}
    assert len(reads.entrusted(stage.who["petra"])) == 2 and reads.entrusted(stage.who["rita"]) == []
    assert (
        reads.door(stage.who["tina"], own.id) is None
        and reads.keyholders(stage.who["tina"], own.organisation_id) == []
    )


def test_a_code_by_telephone_opens_once_and_goes_with_its_grant(stage: Stage) -> None:
    stage.weekly("karim", stage.register(), stage.entrust(), 0)
    grant = Grant.objects.order_by("during")[0]
    for who in ("karim", "kim", "rita", "tina"):
        refused("grant.unknown", lambda who=who: access.give_code(stage.who[who], grant.id), 404)
        assert reads.callers_doors(stage.who[who], "kim@example.org") == []
    petra = stage.who["petra"]
    for said in ("kim@example.org", "Kim"):
        assert [one.id for one in reads.callers_doors(petra, said)] == [grant.id]
    assert reads.callers_doors(petra, "karim@example.org") == [] and reads.callers_doors(petra, "\0") == []
    with clock.frozen(at(17)[0]):
        first = access.give_code(petra, grant.id)
        second = access.give_code(petra, grant.id)
        assert second.handle.ends_at == at(20)[0] and Grant.objects.filter(stands_for=grant).count() == 2
        stage.meets()
        assert not stage.box.enter(0, first.secret)
        assert stage.box.enter(0, second.secret) and not stage.box.enter(0, second.secret)
        third = access.give_code(petra, grant.id)
        code = Grant.objects.get(handle=third.handle)
        refused("grant.over", lambda: access.give_code(petra, code.id))
        stage.meets()
        access.dismiss(stage.who["karim"], Keyholder.objects.get().id)
        stage.meets()
        assert not stage.box.enter(0, third.secret) and stage.box.grants == {}
        refused("grant.over", lambda: access.give_code(petra, grant.id))


def test_what_a_card_or_pin_is_checked_by_is_sealed(stage: Stage) -> None:
    given = handles.give_handle(NODE, "pin")
    kept = bytes(Handle.objects.get().digest)
    plain = handle_rules.digest(given.handle.handle, given.secret)
    assert plain not in kept and plain.hex().encode() not in kept
    assert sealing.opened(kept) == plain.hex()
    grant = locks.wish_grant(NODE, stage.doors[0], at(8, lasts=3), "staff", handle=given.handle.id)
    assert lock_reads.verifiers_of([grant])[grant.id][0][1] == plain


def test_digests_of_before_are_sealed_once_and_opened_again() -> None:
    from importlib import import_module

    from django.apps import apps

    migration = import_module("smilecity.places.migrations.0009_access")
    plain = handle_rules.digest("ABCD2345", "482913")
    Handle.objects.create(handle="ABCD2345", kind="pin", digest=plain)
    Handle.objects.create(handle="ABCD2346", kind="codes", seed=b"seed")
    for _twice in range(2):
        migration.seal_digests(apps, None)
        assert sealing.opened(bytes(Handle.objects.get(kind="pin").digest)) == plain.hex()
    for _twice in range(2):
        migration.open_digests(apps, None)
        assert bytes(Handle.objects.get(kind="pin").digest) == plain


def test_keyholders_are_forgotten_some_time_after_they_ended(stage: Stage) -> None:
    own = stage.entrust()
    stage.weekly("karim", stage.register(), own, 0)
    assert access.forget_keyholders(NODE, NOW) == 0
    access.dismiss(stage.who["karim"], Keyholder.objects.get().id)
    assert access.forget_keyholders(NODE, NOW + timedelta(days=1)) == 2  # with its times
    assert not Keyholder.objects.exists() and Entrusted.objects.exists()


def test_who_has_themselves_forgotten_is_let_in_no_more(stage: Stage) -> None:
    from smilecity.places import privacy

    stage.weekly("karim", stage.register(name="Kim, U16"), stage.entrust(), 0)
    with clock.frozen(at(17)[0]):
        stage.meets()
        access.open_door(stage.who["kim"], Grant.objects.order_by("during")[0].id)
        stage.meets()
        known = privacy.export(stage.accounts["kim"].pk)
        assert [one["name"] for one in known["keyholders"]] == ["Kim, U16"]
        assert {one["what"] for one in known["door_log"]} == {"asked-unlock", "unlocked"}
        privacy.forget(stage.accounts["kim"].pk)
        stage.meets()
        assert not Keyholder.objects.exists() and stage.box.grants == {}
        assert not Access.objects.filter(grant__account__isnull=False).exists()


# What is decided without tables.
MOMENTS = some.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 3), timezones=some.just(UTC))
SPANS = some.lists(some.tuples(MOMENTS, MOMENTS).map(lambda two: (min(two), max(two))), max_size=6)


@given(SPANS, SPANS, MOMENTS)
def test_nobody_is_let_in_beyond_what_is_held(asked: Any, held: Any, moment: datetime) -> None:
    def inside(spans: Any) -> bool:
        return any(start <= moment < end for start, end in spans)

    found = rules.allowed(asked, held)
    assert inside(found) == (inside(asked) and inside(held))
    assert found == sorted(found) and all(one[1] < other[0] for one, other in pairwise(found))


@given(SPANS, some.lists(SPANS.filter(bool).map(lambda spans: spans[0]), max_size=6))
def test_after_the_difference_there_is_what_is_wanted(wanted: Any, there: Any) -> None:
    wanted = both(wanted, wanted)
    gone, missing = rules.difference(wanted, dict(enumerate(there)))
    stays = [span for number, span in enumerate(there) if number not in gone]
    assert sorted([*stays, *missing]) == wanted
    assert not set(stays) & set(missing)


@given(some.sets(some.integers(0, 6), min_size=1), some.integers(0, 400))
def test_weekly_times_are_the_wall_clock_s_also_across_summer_time(days: set[int], shift: int) -> None:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Europe/Berlin")
    first = MONDAY + timedelta(days=shift)
    when = rules.When("weekly", first, first + timedelta(days=20), tuple(sorted(days)), time(16), time(20))
    start = datetime.combine(first, time(), zone)
    found = rules.spans(when, [], (start, start + timedelta(days=30)), zone)
    assert len(found) == 3 * len(days)
    for begin, end in found:
        assert begin.astimezone(zone).weekday() in days
        assert (begin.astimezone(zone).time(), end.astimezone(zone).time()) == (time(16), time(20))
