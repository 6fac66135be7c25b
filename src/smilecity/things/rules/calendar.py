# SPDX-License-Identifier: EUPL-1.2
"""Stretches of the calendar in a time zone: pure, right on days of 23 and 25 hours."""

import difflib
import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from smilecity.core.problems import Refusal

Span = Literal["day", "week", "month", "year"]
Step = Literal["quarter", "hour", "day"]

# What a chart of a span is made of: 92 to 100 quarters of an hour, 167 to 169 hours, 28 to 31 or 365 to 366 days.
STEPS: dict[Span, Step] = {"day": "quarter", "week": "hour", "month": "day", "year": "day"}

SETTLED = timedelta(minutes=10)
"""Values of an hour still come for so long after it; later ones are few."""

_HOUR = timedelta(hours=1)
_WIDTHS = {"quarter": timedelta(minutes=15), "hour": _HOUR}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}", re.ASCII)
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


def whole_hour(moment: datetime) -> datetime:
    """The hour (UTC) that this moment lies in, by its start."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def known_zone(name: str) -> ZoneInfo:
    """The time zone of this name. Refuses others, with names that are near."""
    try:
        if _NAME.fullmatch(name):
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    near = difflib.get_close_matches(name[:60], sorted(available_timezones()), 3, 0.6)
    raise Refusal(
        "odata.bad-option",
        f"There is no time zone '{name[:60]}'.",
        cure=f"Did you mean {' or '.join(near)}?" if near else "Use a name such as Europe/Berlin, or UTC.",
        field="$apply",
    )


@lru_cache(maxsize=64)
def offsets(zone: ZoneInfo) -> tuple[tuple[datetime, timedelta], ...]:
    """How far this zone is ahead of UTC, and since when, from 1900 to 2100; the first holds before that, the last after.

    Looked at every week and then as near as to the second, for what Python knows of a zone cannot be listed.
    """
    week = timedelta(days=7)
    before = _EARLIEST
    found = [(before, _offset(zone, before))]
    while before.year < 2100:
        if _offset(zone, before + week) != found[-1][1]:
            found.append(_changed(zone, before, before + week))
        before += week
    return tuple(found)


def _changed(zone: ZoneInfo, before: datetime, after: datetime) -> tuple[datetime, timedelta]:
    """When the offset became what it is at `after`, by halving."""
    wanted = _offset(zone, after)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // timedelta(seconds=2) * timedelta(seconds=1)
        before, after = (before, middle) if _offset(zone, middle) == wanted else (middle, after)
    return after, wanted


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def whole_since(zone: ZoneInfo) -> datetime | None:
    """From when on this zone is whole hours away from UTC, so that its days consist of hours of UTC.

    None if it is not since 1980.
    """
    since = _EARLIEST
    known = offsets(zone)
    for number, (_, offset) in enumerate(known):
        if offset % _HOUR:
            if number + 1 == len(known):
                return None
            since = known[number + 1][0]
    return since if since.year < 1980 else None


def span_around(span: Span, day: date) -> tuple[date, date]:
    """The day, ISO week, month or year that the day lies in, by its first day and the first after it."""
    if span == "day":
        return day, day + timedelta(days=1)
    if span == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=7)
    if span == "month":
        first = day.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1)
    return date(day.year, 1, 1), date(day.year + 1, 1, 1)


def midnight(day: date, zone: tzinfo) -> datetime:
    """When a day begins, in UTC: the first instant of it, whatever the clocks do at midnight."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def starts(span: Span, day: date, zone: tzinfo) -> list[datetime]:
    """Where the steps of a span begin, and at last where the span ends: without a gap, in UTC."""
    first, after = span_around(span, day)
    step = STEPS[span]
    if step == "day":
        return [midnight(first + timedelta(days=n), zone) for n in range((after - first).days + 1)]
    since, until = midnight(first, zone), midnight(after, zone)
    width = _WIDTHS[step]
    return [since + width * n for n in range(-((since - until) // width))] + [until]
