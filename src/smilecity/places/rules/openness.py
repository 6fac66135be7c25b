# SPDX-License-Identifier: EUPL-1.2
"""When a place is open: what its hours say, and what is otherwise than they say. The one answer for all who ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from smilecity.places.rules import holidays, hours
from smilecity.places.rules.holidays import Days

Span = tuple[datetime, datetime]
# A closing without an end, such as a storm's, counts for so long: nobody knows the weather of the day after.
OPEN_ENDED = timedelta(days=2)
# How far ahead the next change is looked for: near by first, for most changes are.
LOOKED_AHEAD = (timedelta(days=8), timedelta(days=hours.HORIZON_DAYS))


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A time in which other than the hours hold: open, or closed for a `reason` that residents read.

    `open_ended` means that nobody knows its end; `end` is how far it counts meanwhile.
    """

    start: datetime
    end: datetime
    open: bool = False
    cause: str = "other"
    reason: Mapping[str, str] = field(default_factory=dict, hash=False)
    open_ended: bool = False

    @property
    def why(self) -> str:
        """The reason in the reader's language."""
        return self.reason.get(get_language() or "") or next(iter(self.reason.values()), "")


def open_spans(
    hours_text: str,
    exceptionals: Iterable[Otherwise],
    since: datetime,
    until: datetime,
    zone: ZoneInfo,
    position: hours.Position | None = None,
    state: str = "",
    *,
    school: Iterable[Days] = (),
) -> list[Span]:
    """When it is open from `since` to `until`, in UTC, in order, none touching another; a closing beats an opening.

    `state` adds the public holidays that only this federal state has, `school` are its school holidays.
    """
    exceptionals = tuple(exceptionals)
    text = holidays.with_school(hours_text, school)
    regular = _regular(text, since, until, zone, position, state)
    if not exceptionals:
        return list(regular)
    found = list(regular)
    found += [(max(one.start, since), min(one.end, until)) for one in exceptionals if one.open]
    spans = joined(found)
    for one in exceptionals:
        if not one.open:
            spans = without(spans, (one.start, one.end))
    return spans


def opening(
    hours_text: str,
    exceptionals: Iterable[Otherwise],
    now: datetime,
    zone: ZoneInfo,
    position: hours.Position | None = None,
    state: str = "",
    *,
    school: Iterable[Days] = (),
) -> hours.Opening:
    """Whether it is open at `now`, in words, with the next change and the reason if it is otherwise than usual."""
    text = holidays.with_school(hours_text, school)
    coming = tuple(one for one in exceptionals if one.end > now)
    closing = why_closed(coming, (now, now + timedelta.resolution))
    if closing is not None:
        return hours.Opening(hours.CLOSED, _closed_said(closing, coming, now, zone))
    plain = hours.opening(text, now, zone, position, state=state)
    extra = next((one for one in coming if one.open and one.start <= now), None)
    if not coming or (plain.state == hours.UNKNOWN and extra is None):
        return plain
    is_open, change = _next_change(text, coming, now, zone, position, state)
    code = hours.OPEN if is_open else hours.CLOSED
    then = why_closed(coming, (change, change + timedelta.resolution)) if is_open and change else None
    note = _("Danach geschlossen: %(reason)s") % {"reason": then.why} if then else extra.why if extra else ""
    return hours.Opening(code, hours.said(code, change, now, zone), note or plain.note)


def week(
    hours_text: str,
    exceptionals: Iterable[Otherwise],
    now: datetime,
    zone: ZoneInfo,
    position: hours.Position | None = None,
    state: str = "",
    *,
    school: Iterable[Days] = (),
) -> list[hours.Day]:
    """Today and the six days after it, those marked on which it is otherwise than usual; empty if nothing is known."""
    text = holidays.with_school(hours_text, school)
    usual = hours.week(text, now, zone, position, state=state)
    exceptionals = tuple(exceptionals)
    if not exceptionals:
        return usual
    today = now.astimezone(zone).date()
    midnights = [datetime.combine(today + timedelta(days=n), time(), zone) for n in range(8)]
    found = [
        _day(text, exceptionals, (start, end), zone, position, state) for start, end in pairwise(midnights)
    ]
    if usual:
        return [own if own.note else plain for own, plain in zip(found, usual, strict=True)]
    return found if any(one.note for one in found) else []


def why_closed(exceptionals: Iterable[Otherwise], span: Span) -> Otherwise | None:
    """The exceptional closing that hits this span, if one does: else it is the hours."""
    return next(
        (one for one in exceptionals if not one.open and one.start < span[1] and span[0] < one.end), None
    )


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same moments as spans in order that do not touch each other; empty ones are gone."""
    found: list[Span] = []
    for start, end in sorted(one for one in spans if one[0] < one[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def without(spans: Iterable[Span], gone: Span) -> list[Span]:
    """The moments of `spans` that are not in `gone`."""
    if gone[0] >= gone[1]:
        return list(spans)
    parts = [
        part for start, end in spans for part in ((start, min(end, gone[0])), (max(start, gone[1]), end))
    ]
    return [part for part in parts if part[0] < part[1]]


def both(some: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """The moments that are in spans of both."""
    others = list(others)
    found = [(max(a, c), min(b, d)) for a, b in some for c, d in others]
    return joined(found)


def _closed_said(closing: Otherwise, coming: Iterable[Otherwise], now: datetime, zone: ZoneInfo) -> str:
    if closing.open_ended:
        return _("Vorerst geschlossen: %(reason)s") % {"reason": closing.why}
    end = _until_reopened(closing, coming)
    said = {"reason": closing.why, "until": hours.until_when(end, now, zone)}
    if end.astimezone(zone).date() == now.astimezone(zone).date():
        return _("Heute geschlossen: %(reason)s, voraussichtlich bis %(until)s") % said
    return _("Geschlossen: %(reason)s, voraussichtlich bis %(until)s") % said


def _until_reopened(closing: Otherwise, coming: Iterable[Otherwise]) -> datetime:
    """The end of this closing and of those that go on where it ends."""
    closed = joined((one.start, one.end) for one in coming if not one.open)
    return next(end for start, end in closed if start <= closing.start < end)


def _next_change(
    text: str,
    coming: tuple[Otherwise, ...],
    now: datetime,
    zone: ZoneInfo,
    position: hours.Position | None,
    state: str,
) -> tuple[bool, datetime | None]:
    """Whether it is open now, and when that changes, if it does within a year."""
    is_open = False
    for far in LOOKED_AHEAD:
        spans = open_spans(text, coming, now, now + far, zone, position, state)
        is_open = bool(spans) and spans[0][0] <= now
        change = spans[0][1] if is_open else spans[0][0] if spans else None
        if change is not None and change < now + far:
            return is_open, change
    return is_open, None


def _day(
    text: str,
    exceptionals: tuple[Otherwise, ...],
    span: Span,
    zone: ZoneInfo,
    position: hours.Position | None,
    state: str,
) -> hours.Day:
    day: date = span[0].date()
    here = [one for one in exceptionals if one.start < span[1] and span[0] < one.end]
    note = "; ".join(dict.fromkeys(_noted(one) for one in here))
    return hours.day_said(day, open_spans(text, here, *span, zone, position, state), zone, note)


def _noted(one: Otherwise) -> str:
    if one.open:
        return _("zusätzlich geöffnet: %(reason)s") % {"reason": one.why}
    return _("geschlossen: %(reason)s") % {"reason": one.why}


@lru_cache(maxsize=1024)
def _regular(
    text: str,
    since: datetime,
    until: datetime,
    zone: ZoneInfo,
    position: hours.Position | None,
    state: str,
) -> tuple[Span, ...]:
    """What the hours say; what is open at midnight is one span."""
    return tuple(joined(hours.open_between(text, since, until, zone, position, state=state)))
