# SPDX-License-Identifier: EUPL-1.2
"""The job that frees slots nobody came to looks at the few that began of late, not at every booking there is."""

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from smilecity.core import clock
from smilecity.core.who import NODE
from smilecity.places.actions import booking as acts
from smilecity.places.actions.booking import ending
from smilecity.places.models import Booking
from tests.places.booking_stage import NOW, Stage, at

pytestmark = pytest.mark.django_db
MANY = 1600


@pytest.fixture
def stage(person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(person, organisation)


def keep_many(stage: Stage) -> None:
    """Bookings of other days, one an hour, before and after; nobody was seen at any."""
    hours = [timedelta(hours=n) for n in (*range(-MANY // 2, -8 * 24 - 2), *range(24, MANY // 2))]
    spans = [DateTimeTZRange(NOW + begins, NOW + begins + timedelta(hours=1)) for begins in hours]
    unit = stage.id("right")
    Booking.objects.bulk_create(
        [Booking(key=uuid.uuid4(), unit_id=unit, during=one, state=Booking.BOOKED) for one in spans]
    )


def test_those_not_seen_are_found_by_an_index(stage: Stage) -> None:
    stage.rule(grace=15)
    keep_many(stage)
    known = {"since": NOW - ending.LOOKED_BACK, "now": NOW, "limit": ending.AT_ONCE}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE places_booking")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {ending._MISSED}", known)
        (plan,) = cursor.fetchone()
    plan = plan if isinstance(plan, str) else json.dumps(plan)
    assert '"Index Name": "booking_not_seen"' in plan


def test_what_is_over_long_since_is_left_alone(stage: Stage) -> None:
    stage.rule(grace=15)
    keep_many(stage)
    booked = stage.book("rita", "left", at(9))
    with clock.frozen(NOW + timedelta(hours=1, minutes=14)):
        assert acts.release_missed(NODE) == 0
    with clock.frozen(NOW + timedelta(hours=1, minutes=15)):
        assert acts.release_missed(NODE) == 1
    booked.refresh_from_db()
    assert booked.state == Booking.MISSED
    assert Booking.objects.filter(state=Booking.MISSED).count() == 1
