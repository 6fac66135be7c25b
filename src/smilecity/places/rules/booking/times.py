# SPDX-License-Identifier: EUPL-1.2
"""Slots of time: said in the city's wall clock, kept in UTC."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from operator import itemgetter
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal

Span = tuple[datetime, datetime]
# Nothing is asked for outside these years: dates near the ends of the calendar cannot be reckoned with.
FIRST_YEAR, LAST_YEAR = 2000, 2200


def moment(said: datetime, zone: ZoneInfo, field: str = "start") -> datetime:
    """A moment in UTC. Without an offset it is the city's wall clock, and in the hour said twice the first is meant.

    Refuses what no clock in the city ever shows, in the night in which summer time begins.
    """
    if not FIRST_YEAR <= said.year <= LAST_YEAR:
        raise Refusal(
            "booking.when", _("Dieses Datum liegt zu weit weg."), field=field, status=422,
            cure=_("Schreiben Sie das Jahr mit vier Ziffern."),
        )  # fmt: skip
    if said.tzinfo is not None:
        return said.astimezone(UTC)
    found = said.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != said.replace(fold=0):
        raise Refusal(
            "booking.dst-gap",
            _("Diese Uhrzeit gibt es an dem Tag nicht: Die Uhr wird auf Sommerzeit gestellt."),
            cure=_("Wählen Sie eine Stunde früher oder später."),
            field=field,
            status=422,
        )
    return found


def checked(start: datetime, end: datetime) -> Span:
    """The span in UTC. Refuses one that ends before it begins, or that nobody can mean."""
    if start.tzinfo is None or end.tzinfo is None:
        raise Refusal("booking.when", _("Hier fehlt die Zeitzone."), field="start", status=422)
    for name, one in (("start", start), ("end", end)):
        if not FIRST_YEAR <= one.year <= LAST_YEAR:
            raise Refusal("booking.when", _("Dieses Datum liegt zu weit weg."), field=name, status=422)
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        raise Refusal(
            "booking.order", _("Das Ende liegt nicht nach dem Anfang."), field="end", status=422,
            cure=_("Wählen Sie ein Ende nach dem Anfang."),
        )  # fmt: skip
    return start, end


@lru_cache(maxsize=2048)
def starts(day: date, step: int, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The moments of this day, in UTC, at which a slot can begin; what the clock leaves out is left out."""
    return tuple(_starts(day, step, zone))


def _starts(day: date, step: int, zone: ZoneInfo) -> Iterator[datetime]:
    for minute in range(0, 24 * 60, step):
        said = datetime.combine(day, time(minute // 60, minute % 60))
        found = said.replace(tzinfo=zone).astimezone(UTC)
        if found.astimezone(zone).replace(tzinfo=None) == said:
            yield found


@lru_cache(maxsize=2048)
def day_span(day: date, zone: ZoneInfo, days: int = 1) -> Span:
    """From this day's midnight in the city, for so many days; 23 or 25 hours long when the clock changes."""
    begin = datetime.combine(day, time(), zone).astimezone(UTC)
    return begin, datetime.combine(day + timedelta(days=days), time(), zone).astimezone(UTC)


def overlaps(one: Span, other: Span) -> bool:
    """Whether two spans, each without its end, have a moment in common."""
    return one[0] < other[1] and other[0] < one[1]


def meets(one: Span, spans: tuple[Span, ...]) -> bool:
    """Whether it has a moment in common with any of these, which are in order and do not touch each other."""
    before = bisect_left(spans, one[1], key=_start)
    return before > 0 and one[0] < spans[before - 1][1]


def free_from(one: Span, spans: tuple[Span, ...]) -> datetime:
    """Its beginning, or if it meets one of these (in order, none touching another): when the last of those is over."""
    before = bisect_left(spans, one[1], key=_start)
    return max(one[0], spans[before - 1][1]) if before else one[0]


def within(one: Span, spans: tuple[Span, ...]) -> bool:
    """Whether it lies wholly in one of these, which are in order and do not touch each other."""
    before = bisect_right(spans, one[0], key=_start)
    return before > 0 and one[1] <= spans[before - 1][1]


_start = itemgetter(0)


def minutes(start: datetime, end: datetime) -> int:
    """How long it is, in whole minutes."""
    return int((end - start).total_seconds()) // 60
