# SPDX-License-Identifier: EUPL-1.2
"""Whatever people do in whatever order: no two bookings share a part and a moment, and claims are what bookings take."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.places.actions import booking as acts
from smilecity.places.models import Booking, Claim, Series
from tests.places.booking_stage import NOW, Stage, at, must_hold

GAP = timedelta(minutes=30)
PEOPLE = ("rita", "nora", "tina", "karim")
STEPS = some.lists(
    some.tuples(
        some.sampled_from(
            ("book", "hold", "confirm", "change", "cancel", "expire", "series", "together", "wait", "approve", "miss")
        ),
        some.sampled_from(PEOPLE),
        some.sampled_from(("court", "left", "right", "hall")),
        some.integers(0, 9),
        some.integers(0, 5),
    ),
    min_size=5,
    max_size=25,
)  # fmt: skip


class Played:
    """A history as it is played: every refusal is fine, every other error is not."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.now, self.made = stage, NOW, list[int]()

    def step(self, what: str, name: str, unit: str, slot: int, number: int) -> None:
        who, span = self.stage.who[name], at(9 + slot / 2)
        one = self.made[number % len(self.made)] if self.made else 0
        with clock.frozen(self.now), suppress(Refusal):
            if what in ("book", "hold"):
                self.made.append(getattr(self.stage, what)(name, unit, span).id)
            elif what == "confirm":
                acts.confirm(who, one)
            elif what == "change":
                acts.change(who, one, span, unit=self.stage.id(unit))
            elif what == "cancel":
                acts.cancel(who, one, "Darum.")
            elif what == "approve":
                acts.approve(who, one)
            elif what == "expire":
                acts.release_expired(NODE)
            elif what == "miss":
                acts.release_missed(NODE)
            elif what == "together":
                units = [self.stage.id("hall"), self.stage.id(unit)]
                acts.book_together(who, units, span, key=uuid.uuid4())
            elif what == "series":
                start = span[0].astimezone(NOW.tzinfo).replace(tzinfo=None) + timedelta(hours=1)
                asked = acts.ask_series(who, self.stage.id(unit), start, 60, "FREQ=DAILY;COUNT=3")
                acts.grant_series(self.stage.who["karim"], asked.id)
            else:
                self.now += timedelta(minutes=7)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "examples", [12, pytest.param(400, marks=[pytest.mark.trial, pytest.mark.timeout(900)])]
)
def test_no_history_lets_two_share_a_slot(
    person: Callable[..., Any], organisation: Callable[..., Any], examples: int
) -> None:
    with clock.frozen(NOW):
        rules = {"gap": 30, "approval": "longer", "approval_over": 60, "grace": 15, "person": {"open": 6}}
        stage = Stage(person, organisation, rules)
    seen: set[str] = set()

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def play(steps: list[tuple[str, str, str, int, int]]) -> None:
        with transaction.atomic():
            played = Played(stage)
            for step in steps:
                played.step(*step)
            must_hold(GAP)
            seen.update(Booking.objects.values_list("state", flat=True))
            seen.update(Series.objects.values_list("state", flat=True))
            transaction.set_rollback(True)

    play()
    assert {"booked", "held"} <= seen
    assert not Claim.objects.exists()
