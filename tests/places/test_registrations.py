# SPDX-License-Identifier: EUPL-1.2
"""Who gets a seat: one after the other, and 64 at once. What the lock is for is shown first, without it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smilecity.core import clock
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from smilecity.places.actions import offers as acts
from smilecity.places.models import Occasion, Registration
from smilecity.places.reads import offers as reads
from smilecity.places.rules import offers as rules
from tests.places.offer_stage import NOW, Stage

CLIENTS, THREADS = 64, 8


@pytest.fixture
def stage(db: None, person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(person, organisation)


def must_hold() -> None:
    """Seats are counted right, and never more are given than there are."""
    for one in Occasion.objects.select_related("offer"):
        comes = sum(one.registrations.filter(state="comes").values_list("seats", flat=True))
        capacity = one.capacity if one.capacity is not None else one.offer.capacity
        assert one.taken == comes
        assert capacity is None or comes <= capacity


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    waiting=st.lists(st.integers(1, 10), max_size=20),
    capacity=st.none() | st.integers(0, 40),
    taken=st.integers(0, 40),
)
def test_who_moves_up_keeps_the_order_and_fits(waiting: list[int], capacity: int | None, taken: int) -> None:
    queue = list(enumerate(waiting))
    up = rules.moving_up(queue, capacity, taken)
    assert up == [one for one, _seats in queue[: len(up)]]
    now = taken + sum(waiting[: len(up)])
    assert capacity is None or now <= capacity or not up
    if len(up) < len(waiting):
        assert capacity is not None
        assert now + waiting[len(up)] > capacity


def test_the_waiting_list_moves_up_in_order_when_somebody_leaves(stage: Stage) -> None:
    first, second = stage.come("resident"), stage.come("steward")
    third, fourth = stage.come("clerk"), stage.come("planner")
    assert [one.state for one in (first, second, third, fourth)] == ["comes", "comes", "waits", "waits"]
    assert reads.position(ANYONE, fourth) == 2
    acts.unregister(stage.people["resident"], first.id)
    third.refresh_from_db()
    fourth.refresh_from_db()
    assert [third.state, fourth.state, reads.position(ANYONE, fourth)] == ["comes", "waits", 1]
    assert LogEntry.objects.get(verb="moved-up").data["account"] == stage.people["clerk"].account
    must_hold()


def test_more_room_lets_those_come_who_wait(stage: Stage) -> None:
    made = [stage.come(name) for name in ("resident", "steward", "clerk", "planner")]
    acts.keep_capacity(stage.people["trainer"], stage.first(), 3)
    assert Registration.objects.filter(state="comes").count() == 3
    stage.keep(NODE, "yoga", capacity=10)
    assert Registration.objects.filter(state="comes").count() == 3  # this date has a number of its own
    acts.keep_capacity(stage.people["trainer"], stage.first(), None)
    assert Registration.objects.filter(state="comes").count() == len(made)
    must_hold()


def test_nobody_overtakes_a_group_that_waits(stage: Stage) -> None:
    stage.come("resident")
    group, later = stage.come("steward", seats=2), stage.come("clerk")
    assert (group.state, later.state) == ("waits", "waits")
    acts.unregister(stage.people["resident"], Registration.objects.get(seats=1, state="comes").id)
    group.refresh_from_db()
    later.refresh_from_db()
    assert (group.state, later.state) == ("comes", "waits")
    must_hold()


def test_without_an_account_a_token_opens_it_and_only_its_hash_is_kept(stage: Stage) -> None:
    made = acts.register(ANYONE, stage.first(), name="Nora", reach="0381 12345")
    assert made.token
    assert made.token not in str(Registration.objects.values().get())
    found = reads.by_token(ANYONE, made.token)
    assert found is not None
    assert found.id == made.registration.id
    for wrong in ("", "x" * 32, made.token[:-1], "ä" * 30, made.registration.token):
        assert reads.by_token(ANYONE, wrong) is None
        with pytest.raises(Refusal):
            acts.unregister_by_token(ANYONE, wrong)
    assert acts.unregister_by_token(ANYONE, made.token).state == "cancelled"
    must_hold()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"seats": 0}, "registration.seats"), ({"seats": 11}, "registration.seats"), ({"name": ""}, "registration.name"),
        ({"name": "a\0"}, "offer.name"), ({"reach": ""}, "registration.reach"), ({"note": "x" * 500}, "offer.note"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_kept(stage: Stage, said: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        acts.register(ANYONE, stage.first(), **{"name": "Nora", "reach": "0381 12345", **said})
    assert caught.value.code == code
    assert not Registration.objects.exists()


def test_dates_that_cannot_be_had_are_refused(stage: Stage) -> None:
    draft = stage.keep(stage.people["trainer"], "chor")
    stage.come("resident")
    for code, act in {
        "registration.again": lambda: stage.come("resident"),
        "occasion.unknown": lambda: acts.register(stage.people["clerk"], 1 << 70),
    }.items():
        with pytest.raises(Refusal) as caught:
            act()
        assert caught.value.code == code
    assert not draft.occasions.exists()
    with clock.frozen(NOW + timedelta(days=3)), pytest.raises(Refusal) as caught:
        stage.come("clerk")
    assert caught.value.code == "registration.over"


def test_who_registers_for_a_series_has_one_seat_on_all_dates(stage: Stage) -> None:
    stage.offer = stage.keep(NODE, "yoga", whole_series=True)
    later = stage.dates()[5]
    made = acts.register(stage.people["resident"], later.id).registration
    assert made.occasion_id == stage.first()
    assert made.forget_at > stage.dates()[-1].during.upper
    assert reads.mine_at(stage.people["resident"], later) is not None
    assert reads.free_seats(ANYONE, later) == 1


def test_names_go_thirty_days_after_the_date(stage: Stage) -> None:
    stage.come("Nora")
    with clock.frozen(NOW + timedelta(days=30)):
        assert acts.forget_registered(NODE) == 0
    with clock.frozen(NOW + timedelta(days=32)):
        assert acts.forget_registered(NODE) == 1
    with pytest.raises(Refusal):
        acts.forget_registered(stage.people["operator"])


def test_only_oneself_and_the_organiser_take_somebody_off(stage: Stage) -> None:
    made = stage.come("resident")
    for name in ("anyone", "clerk", "operator", "other_trainer", "far_clerk"):
        with pytest.raises(Refusal):
            acts.unregister(stage.people[name], made.id)
        assert reads.registered(stage.people[name], made.occasion_id) == []
    assert [one.id for one in reads.registered(stage.people["trainer"], made.occasion_id)] == [made.id]
    assert acts.unregister(stage.people["trainer"], made.id).state == "cancelled"


def _look_then_take(url: str, occasion: int, both_looked: threading.Barrier, lock: str) -> bool:
    """What `register` does at its core, with and without the lock of the date's row."""
    with psycopg.connect(url) as one:
        row = one.execute(f"SELECT taken FROM places_occasion WHERE id = %s {lock}", [occasion]).fetchone()  # type: ignore[arg-type]
        with suppress(threading.BrokenBarrierError):
            both_looked.wait(0.3)
        if (row or (0,))[0] < 1:
            one.execute("UPDATE places_occasion SET taken = taken + 1 WHERE id = %s", [occasion])
            return True
    return False


@pytest.mark.parametrize(("lock", "given_to"), [("", 2), ("FOR UPDATE", 1)])
def test_without_the_lock_the_last_seat_is_given_twice_and_with_it_once(
    lock: str, given_to: int, database_url: str, person: Callable[..., Any], organisation: Callable[..., Any]
) -> None:
    with clock.frozen(NOW), transaction.atomic():
        occasion = Stage(person, organisation).first()
    barrier = threading.Barrier(2)
    with ThreadPoolExecutor(2) as two:
        got = two.map(lambda _n: _look_then_take(database_url, occasion, barrier, lock), range(2))
        assert sum(got) == given_to


def test_64_at_once_on_the_last_seat_and_one_gets_it(
    database_url: str, person: Callable[..., Any], organisation: Callable[..., Any]
) -> None:
    with clock.frozen(NOW), transaction.atomic():
        stage = Stage(person, organisation)
        acts.keep_capacity(NODE, stage.first(), 1)
    occasion = stage.first()

    def come(number: int) -> str:
        with clock.frozen(NOW):
            try:
                return acts.register(
                    ANYONE, occasion, name=f"N{number}", reach="0381 12345"
                ).registration.state
            finally:
                connection.close()

    with ThreadPoolExecutor(THREADS) as all_at_once:
        states = list(all_at_once.map(come, range(CLIENTS)))
    assert states.count("comes") == 1
    assert states.count("waits") == CLIENTS - 1
    must_hold()
