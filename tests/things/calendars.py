# SPDX-License-Identifier: EUPL-1.2
"""Stretches of the calendar as Python knows them, to compare with."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
Value = tuple[datetime, float | None]


# What each stretch is in Python: where the one that a moment lies in begins and ends.
def _instant(width: timedelta) -> Callable[[datetime, ZoneInfo], tuple[datetime, datetime]]:
    def around(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
        offset = at.astimezone(zone).utcoffset() or timedelta()
        local = at + offset
        start = at - (local - datetime(2000, 1, 3, tzinfo=UTC)) % width
        return start, start + width

    return around


def _wall(begin: Callable[[datetime], datetime], after: Callable[[datetime], datetime]) -> Any:
    def around(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
        start = begin(at.astimezone(zone).replace(minute=0, second=0, microsecond=0, tzinfo=None, fold=0))
        return (
            start.replace(tzinfo=zone).astimezone(UTC),
            after(start).replace(tzinfo=zone).astimezone(UTC),
        )

    return around


def _next_month(start: datetime, months: int = 1) -> datetime:
    number = start.year * 12 + start.month - 1 + months
    return datetime(number // 12, number % 12 + 1, 1)


DAYS = timedelta(days=1)
STRETCHES: dict[str, Any] = {
    "minute({},15)": _instant(timedelta(minutes=15)),
    "hour({})": _instant(HOUR),
    "hour({},6)": _wall(lambda t: t.replace(hour=t.hour // 6 * 6), lambda t: t + 6 * HOUR),
    "day({})": _wall(lambda t: t.replace(hour=0), lambda t: t + DAYS),
    "week({})": _wall(lambda t: t.replace(hour=0) - t.weekday() * DAYS, lambda t: t + 7 * DAYS),
    "month({})": _wall(lambda t: t.replace(day=1, hour=0), _next_month),
    "month({},3)": _wall(
        lambda t: t.replace(day=1, hour=0, month=(t.month - 1) // 3 * 3 + 1), lambda t: _next_month(t, 3)
    ),
    "year({})": _wall(lambda t: t.replace(month=1, day=1, hour=0), lambda t: t.replace(year=t.year + 1)),
}


def told(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    if zone.key == "UTC":
        return "/".join(at.strftime("%Y-%m-%dT%H:%M:%SZ") for at in (start, end))
    return "/".join(at.astimezone(zone).isoformat() for at in (start, end))


def grouped(values: Iterable[Value], around: Any, zone: ZoneInfo) -> dict[str, list[float | None]]:
    """The values by the stretch they lie in, as it is told, in order."""
    found: dict[tuple[datetime, datetime], list[float | None]] = defaultdict(list)
    for at, number in values:
        found[around(at, zone)].append(number)
    return {told(*stretch, zone): numbers for stretch, numbers in sorted(found.items())}
