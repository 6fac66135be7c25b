# SPDX-License-Identifier: EUPL-1.2
"""Charts of a day, a week, a month and a year: compared with what Python counts."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import fmean
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from smilecity.core import clock
from smilecity.core.who import ANYONE, NODE
from smilecity.things.actions import rolling
from smilecity.things.reads.series import series
from smilecity.things.rules.calendar import STEPS, Span, known_zone, offsets, span_around, starts, whole_since
from tests.things.hours import fill
from tests.things.stage import stream

BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY = date(2026, 10, 25)  # of 25 hours


def values() -> list[tuple[datetime, float | None]]:
    """Every 20 minutes for two weeks around that Sunday, with texts between them."""
    since = datetime(2026, 10, 18, tzinfo=UTC)
    return [
        (since + number * timedelta(minutes=20), None if number % 10 == 3 else float(number % 97) - 20)
        for number in range(72 * 14)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("rolled", [True, False])
@pytest.mark.parametrize("span", list(STEPS))
def test_each_span_is_what_python_counts(span: Span, rolled: bool) -> None:
    ds = stream().id
    fill(ds, values())
    if rolled:
        with clock.frozen(datetime(2026, 10, 28, tzinfo=UTC)):
            rolling.roll_up(NODE)
    found = series(ANYONE, ds, span, SUNDAY)
    assert found is not None
    edges = starts(span, SUNDAY, BERLIN)
    assert [one.start for one in found.buckets] == edges[:-1]
    assert (found.since, found.until) == (edges[0], edges[-1])
    for one, end in zip(found.buckets, edges[1:], strict=True):
        numbers = [number for at, number in values() if one.start <= at < end and number is not None]
        assert one.count == len(numbers)
        assert one.mean == (pytest.approx(fmean(numbers)) if numbers else None)
        assert (one.low, one.high) == (min(numbers, default=None), max(numbers, default=None))
    inside = [
        (number, at) for at, number in values() if found.since <= at < found.until and number is not None
    ]
    assert found.count == len(inside)
    assert found.mean == pytest.approx(fmean(number for number, _ in inside))
    assert found.least and found.least.low == min(inside)[0]
    assert found.most and found.most.high == max(number for number, _ in inside)


@pytest.mark.django_db
def test_hours_kept_tell_of_values_that_are_deleted() -> None:
    ds = stream().id
    fill(ds, values())
    before = series(ANYONE, ds, "year", SUNDAY)
    with clock.frozen(datetime(2026, 12, 1, tzinfo=UTC)):
        rolling.roll_up(NODE)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM things_observation")
    after = series(ANYONE, ds, "year", SUNDAY)
    assert before and after and after.count == before.count > 0
    assert after.mean == pytest.approx(before.mean)


@pytest.mark.django_db
def test_nothing_measured_is_no_zero_and_nobody_sees_what_is_hidden() -> None:
    ds, hidden = stream("open").id, stream("hidden", visibility="internal").id
    found = series(ANYONE, ds, "month", SUNDAY)
    assert found is not None and len(found.buckets) == 31
    assert (found.count, found.mean, found.least, found.most) == (0, None, None, None)
    assert series(ANYONE, hidden, "day", SUNDAY) is None
    assert series(NODE, hidden, "day", SUNDAY) is not None
    assert series(ANYONE, 999_999, "year", SUNDAY) is None


def test_spans_of_the_calendar() -> None:
    assert span_around("week", date(2026, 1, 1)) == (date(2025, 12, 29), date(2026, 1, 5))
    assert span_around("month", date(2026, 12, 31)) == (date(2026, 12, 1), date(2027, 1, 1))
    assert len(starts("day", SUNDAY, BERLIN)) == 100 + 1
    assert len(starts("day", date(2026, 3, 29), BERLIN)) == 92 + 1
    assert len(starts("week", SUNDAY, BERLIN)) == 169 + 1
    assert len(starts("year", date(2028, 5, 5), BERLIN)) == 366 + 1


@pytest.mark.parametrize(
    ("zone", "since"),
    [
        ("Europe/Berlin", 1900),
        ("UTC", 1900),
        ("Europe/Paris", 1911),
        ("Asia/Kathmandu", None),
        ("Asia/Kolkata", None),
    ],
)
def test_from_when_on_days_consist_of_hours(zone: str, since: int | None) -> None:
    whole = whole_since(known_zone(zone))
    assert (whole.year if whole else None) == since


@pytest.mark.parametrize(
    "name", ["Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Africa/Casablanca"]
)
def test_offsets_are_found_to_the_second(name: str) -> None:
    zone = known_zone(name)
    known = offsets(zone)
    for (_, before), (at, after) in pairwise(known):
        assert before != after
        assert at.astimezone(zone).utcoffset() == after
        assert (at - timedelta(seconds=1)).astimezone(zone).utcoffset() == before
