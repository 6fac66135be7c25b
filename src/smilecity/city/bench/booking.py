# SPDX-License-Identifier: EUPL-1.2
"""Booking under a rush: how many attempts a second are answered, and whether anybody ever shares a slot.

64 clients call the action `book` as a page or the API does, without HTTP: two processes answer 32 each, with four
threads and as many connections, as the door has them; who waits for a free thread waits in line, and that counts.
`hot_*`: all want the same slot, and twice a second they are sent to the next day's. `spread_*`: random slots of
courts and half courts. An attempt counts when it is answered, with a booking or with a refusal that names free
slots; `*_won` says how many were bookings.
"""

from __future__ import annotations

import multiprocessing
import random
import sys
import time
import uuid
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier
from queue import Empty, SimpleQueue

import psycopg

from smilecity.city.bench import Figures, small
from smilecity.city.bench.ground import Ground
from smilecity.city.bench.load import percentile

CLIENTS, PROCESSES, THREADS = 64, 2, 4
COURTS, DAYS = 12, 14
HOURS = range(8, 20)
HOT_SECONDS_A_DAY = 0.5
OVERLAPS = """
SELECT count(*) FROM places_claim a JOIN places_claim b ON a.unit_id = b.unit_id AND a.id < b.id AND a.during && b.during
"""
STRAY = """
SELECT count(*) FROM places_booking b
WHERE state = 'booked' AND NOT EXISTS (SELECT FROM places_claim c WHERE c.booking_id = b.id)
"""


# Clients in line, each with the moment since when.
Line = SimpleQueue[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Rush:
    """What a process of clients is told: units to choose from, the first day, and for how long."""

    units: list[int]
    people: list[int]
    first: datetime
    seconds: float
    hot: bool


@dataclass(slots=True)
class Told:
    """What became of attempts: how long each took, how many were won, and what should never be."""

    took: list[float] = field(default_factory=list)
    won: int = 0
    deadlocks: int = 0

    def add(self, other: Told) -> None:
        """Count another client's with these."""
        self.took += other.took
        self.won, self.deadlocks = self.won + other.won, self.deadlocks + other.deadlocks


def run(ground: Ground) -> Figures:
    """`hot_per_s` and `spread_per_s` are attempts answered a second; `overlaps` are counted in the table afterwards."""
    seconds = 1.0 if small() else 10.0
    units, people, first = _built()
    hot = _rushed(Rush(units[:1], people, first, seconds, hot=True))
    spread = _rushed(Rush(units, people, first, seconds, hot=False))
    with psycopg.connect(ground.url) as connection:
        overlaps = _count(connection, OVERLAPS)
        stray = _count(connection, STRAY)
    return {
        "hot_per_s": round(len(hot.took) / seconds, 1),
        "hot_p50_ms": round(percentile(hot.took, 0.5) * 1e3, 1),
        "hot_p99_ms": round(percentile(hot.took, 0.99) * 1e3, 1),
        "hot_won": hot.won,
        "spread_per_s": round(len(spread.took) / seconds, 1),
        "spread_p99_ms": round(percentile(spread.took, 0.99) * 1e3, 1),
        "spread_won": spread.won,
        "overlaps": overlaps,
        "without_claims": stray,
        "deadlocks": hot.deadlocks + spread.deadlocks,
    }


def _count(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else 0


def _built() -> tuple[list[int], list[int], datetime]:
    """Courts with two halves each, the people who want them, and the first midnight from which slots are free."""
    from django.conf import settings

    from smilecity.core import clock
    from smilecity.core.who import NODE
    from smilecity.people.models import Account
    from smilecity.places import actions
    from smilecity.places.actions import booking

    place = actions.keep_place(
        NODE, "bench", title={"de": "Bench"}, category="sport", opening_hours="Mo-Su 07:00-22:00",
        position=(12.1, 54.1), visibility="public",
    )  # fmt: skip
    policy = booking.keep_policy(NODE, place.noun_id, "Bench", {"latest_days": 60}).id
    units = []
    for number in range(COURTS):
        court = actions.keep_unit(NODE, place, f"court-{number}", {"de": f"Feld {number}"}).id
        booking.arrange_unit(NODE, court, policy=policy)
        units.append(court)
        for half in ("a", "b"):
            part = actions.keep_unit(NODE, place, f"court-{number}-{half}", {"de": f"Hälfte {half}"}).id
            booking.arrange_unit(NODE, part, parent=court, policy=policy)
            units.append(part)
    people = [
        Account.objects.create(email=f"{n}@example.org", pseudonym=f"P{n}", pseudonym_shape=f"p{n}").pk
        for n in range(CLIENTS)
    ]
    tomorrow = clock.now().astimezone(settings.SMILE.zone) + timedelta(days=1)
    return units, people, tomorrow.replace(hour=0, minute=0, second=0, microsecond=0)


def _rushed(rush: Rush) -> Told:
    """All clients at once; whoever is ready waits for the others."""
    told, spawn = Told(), multiprocessing.get_context("spawn")
    gate = (spawn.Barrier(PROCESSES),)
    with ProcessPoolExecutor(PROCESSES, mp_context=spawn, initializer=_meet_at, initargs=gate) as pool:
        for one in pool.map(_process, [rush] * PROCESSES, range(PROCESSES)):
            told.add(one)
    return told


_gates: list[Barrier] = []


def _meet_at(gate: Barrier) -> None:
    """In a new process: where it waits until all are ready."""
    _gates.append(gate)


def _process(rush: Rush, number: int) -> Told:
    """One process of clients."""
    import os

    os.environ["DJANGO_SETTINGS_MODULE"] = "smilecity.city.django"
    import django

    django.setup()
    from smilecity.city.door import SWITCH_SECONDS

    sys.setswitchinterval(SWITCH_SECONDS)
    told = Told()
    each = CLIENTS // PROCESSES
    line: Line = SimpleQueue()
    with ThreadPoolExecutor(THREADS) as threads:
        _gates[0].wait(100)
        doing = [threads.submit(_answer, rush, line, time.time()) for _ in range(THREADS)]
        for client in range(number * each, (number + 1) * each):
            line.put((client, time.perf_counter()))
        for one in doing:
            told.add(one.result())
    return told


def _answer(rush: Rush, line: Line, begin: float) -> Told:
    """One thread of a process: answers whoever is next in line, who then stands in line again."""
    from django.db import connection

    connection.ensure_connection()
    chance = random.Random()  # noqa: S311 - any slots will do
    told = Told()
    until = begin + rush.seconds
    while (now := time.time()) < until:
        try:
            client, since = line.get(timeout=0.1)
        except Empty:
            continue
        unit, slot = _wanted(rush, chance, now - begin)
        _attempt(rush.people[client], unit, slot, told)
        done = time.perf_counter()
        told.took.append(done - since)
        line.put((client, done))
    connection.close()
    return told


def _attempt(person: int, unit: int, slot: tuple[datetime, datetime], told: Told) -> None:
    from django.db import OperationalError

    from smilecity.core.problems import Refusal
    from smilecity.core.who import Who
    from smilecity.places.actions import booking

    try:
        booking.book(Who(f"account/{person}", person), unit, slot, key=uuid.uuid4())
        told.won += 1
    except Refusal as refusal:
        if refusal.code != "booking.taken":
            raise
    except OperationalError:
        told.deadlocks += 1


def _wanted(rush: Rush, chance: random.Random, since: float) -> tuple[int, tuple[datetime, datetime]]:
    if rush.hot:
        start = rush.first + timedelta(days=int(since / HOT_SECONDS_A_DAY), hours=20)
        return rush.units[0], (start, start + timedelta(hours=1))
    start = rush.first + timedelta(days=chance.randrange(DAYS), hours=chance.choice(HOURS))
    return chance.choice(rush.units), (start, start + timedelta(hours=1))
