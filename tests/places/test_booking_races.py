# SPDX-License-Identifier: EUPL-1.2
"""Many at once. What the constraint and the order of locks are for is shown first, on a table without them."""

import random
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.places.actions import booking as acts
from smilecity.places.models import Booking, Claim
from tests.places.booking_stage import NOW, Stage, at, must_hold

CLIENTS, THREADS = 64, 8
SECONDS = 3.0
LOOK = (
    "SELECT count(*) FROM scratch_claim WHERE unit_id = 1 AND during && tstzrange('2027-01-01', '2027-01-02')"
)
TAKE = "INSERT INTO scratch_claim (unit_id, during) VALUES (1, tstzrange('2027-01-01', '2027-01-02'))"


@pytest.fixture
def scratch(database_url: str) -> Any:
    """A copy of the claims' table, at first without the constraint that keeps claims apart."""
    with psycopg.connect(database_url, autocommit=True) as one:
        one.execute("DROP TABLE IF EXISTS scratch_claim")
        one.execute("CREATE TABLE scratch_claim (LIKE places_claim INCLUDING DEFAULTS INCLUDING GENERATED)")
        one.execute("ALTER TABLE scratch_claim ALTER id DROP NOT NULL")
        yield one
        one.execute("DROP TABLE scratch_claim")


def look_then_take(url: str, both_looked: threading.Barrier) -> bool:
    with psycopg.connect(url) as one:
        count = (one.execute(LOOK).fetchone() or (0,))[0]
        both_looked.wait(10)
        try:
            if not count:
                one.execute(TAKE)
            one.commit()
        except (psycopg.errors.ExclusionViolation, psycopg.errors.DeadlockDetected):
            return (
                False  # each may have to wait for the other's row: why there is a lock besides the constraint
            )
    return not count


def rush_of_two(url: str) -> int:
    barrier = threading.Barrier(2)
    with ThreadPoolExecutor(2) as two:
        return sum(two.map(lambda _n: look_then_take(url, barrier), range(2)))


def test_without_the_constraint_two_get_the_slot_and_with_it_one(scratch: Any, database_url: str) -> None:
    assert rush_of_two(database_url) == 2
    assert scratch.execute("SELECT count(*) FROM scratch_claim").fetchone() == (2,)
    scratch.execute("TRUNCATE scratch_claim")
    scratch.execute("ALTER TABLE scratch_claim ADD EXCLUDE USING gist (unit_id WITH =, during WITH &&)")
    assert rush_of_two(database_url) == 1
    assert scratch.execute("SELECT count(*) FROM scratch_claim").fetchone() == (1,)


def locked(url: str, order: list[int], both_began: threading.Barrier) -> bool:
    """Take two locks in this order; whether it went through. Who waits for a lock misses the barrier."""
    with psycopg.connect(url) as one:
        try:
            for lock in order:
                one.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
                with suppress(threading.BrokenBarrierError):
                    both_began.wait(0.3)
        except psycopg.errors.DeadlockDetected:
            return False
    return True


@pytest.mark.parametrize(("second", "through"), [([2, 1], 1), ([1, 2], 2)])
def test_locks_in_any_order_end_in_a_deadlock_and_in_one_order_never(
    database_url: str, second: list[int], through: int
) -> None:
    barrier = threading.Barrier(2)
    with ThreadPoolExecutor(2) as two:
        assert sum(two.map(lambda order: locked(database_url, order, barrier), ([1, 2], second))) == through


class Rush:
    """64 clients, answered by eight threads, until the time is over."""

    def __init__(self, stage: Stage, attempt: Callable[[Stage, str, random.Random], object]) -> None:
        self.stage, self.attempt = stage, attempt
        self.won = self.lost = 0
        self.wrong: list[BaseException] = []

    def run(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        with ThreadPoolExecutor(THREADS) as threads:
            for _ in threads.map(lambda n: self._thread(n, until), range(THREADS)):
                pass

    def _thread(self, number: int, until: float) -> None:
        chance = random.Random(number)
        names = list(self.stage.who)
        with clock.frozen(NOW):
            while time.monotonic() < until and not self.wrong:
                try:
                    self.attempt(self.stage, names[chance.randrange(CLIENTS) % len(names)], chance)
                    self.won += 1
                except Refusal:
                    self.lost += 1
                except OperationalError as error:
                    self.wrong.append(error)
        connection.close()


def one_slot(stage: Stage, name: str, chance: random.Random) -> object:
    return stage.book(name, chance.choice(("court", "left")), at(12, 1))


def any_slot(stage: Stage, name: str, chance: random.Random) -> object:
    unit = chance.choice(("court", "left", "right", "hall"))
    span = at(chance.randrange(12, 40) / 2, chance.randrange(14))
    mine = list(
        Booking.objects.filter(account=stage.accounts[name], state__in=("held", "booked")).values_list(
            "id", flat=True
        )[:5]
    )
    act = chance.random()
    if act < 0.1 and mine:
        return acts.cancel(stage.who[name], chance.choice(mine), "Darum.")
    if act < 0.3 and mine:
        return acts.change(stage.who[name], chance.choice(mine), span, unit=stage.id(unit))
    if act < 0.4:
        units = [stage.id("hall"), stage.id("court")]
        return acts.book_together(stage.who[name], chance.sample(units, 2), span, key=uuid.uuid4())
    return stage.book(name, unit, span)


@pytest.mark.parametrize("attempt", [one_slot, any_slot])
def test_sixty_four_at_once_never_share_a_slot(
    transactional_db: None, person: Callable[..., Any], organisation: Callable[..., Any], attempt: Any
) -> None:
    with clock.frozen(NOW), transaction.atomic():
        rush = Rush(Stage(person, organisation, {"person": {"open": 40}}), attempt)
    rush.run(SECONDS / 2)
    assert rush.wrong == []
    assert rush.won and rush.lost
    must_hold()
    if attempt is one_slot:
        assert rush.won == Claim.objects.values("booking").distinct().count() == 1


@pytest.mark.trial
@pytest.mark.timeout(400)
@pytest.mark.parametrize("attempt", [one_slot, any_slot])
def test_for_longer(
    transactional_db: None, person: Callable[..., Any], organisation: Callable[..., Any], attempt: Any
) -> None:
    with clock.frozen(NOW), transaction.atomic():
        rush = Rush(Stage(person, organisation), attempt)
    rush.run(20)
    assert rush.wrong == []
    must_hold(timedelta(0))
