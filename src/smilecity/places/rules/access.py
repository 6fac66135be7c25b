# SPDX-License-Identifier: EUPL-1.2
"""When a keyholder may open a door: what their club allows, as far as the club has the door and the place is open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence
from smilecity.places.rules.booking.times import Span, day_span
from smilecity.places.rules.openness import both, joined

WEEKLY, BOOKINGS = "weekly", "bookings"
LONGEST_DAYS = 400
MOST_LEAD = 60
NAME_LENGTH = 80
CODE_LASTS = timedelta(hours=12)
"""So long at most opens what was told by telephone."""


@dataclass(frozen=True, slots=True)
class When:
    """What a permit says, see `models.Permit`."""

    kind: str
    first: date
    last: date
    weekdays: tuple[int, ...] = ()
    starts: time | None = None
    ends: time | None = None
    lead: int = 0


def checked(when: When) -> When:
    """The same, its weekdays in order; refused if nobody can mean it."""
    if when.kind not in (WEEKLY, BOOKINGS):
        raise _no("kind", _("Jede Woche, oder zu Ihren Buchungen?"))
    if when.last < when.first:
        raise _no("last", _("Der letzte Tag liegt vor dem ersten."))
    if (when.last - when.first).days > LONGEST_DAYS or not 2000 <= when.first.year <= 2200:
        raise _no("last", _("Höchstens ein Jahr auf einmal."))
    if when.kind == BOOKINGS:
        if not 0 <= when.lead <= MOST_LEAD:
            raise _no("lead", _("Höchstens 60 Minuten vorher und nachher."))
        return When(BOOKINGS, when.first, when.last, lead=when.lead)
    days = tuple(sorted(set(when.weekdays)))
    if not days or not set(days) <= set(range(7)):
        raise _no("weekdays", _("Wählen Sie mindestens einen Wochentag."))
    if when.starts is None or when.ends is None:
        raise _no("starts", _("Sagen Sie, von wann bis wann."))
    if when.starts >= when.ends:
        raise _no("ends", _("Das Ende liegt nicht nach dem Anfang."))
    return When(WEEKLY, when.first, when.last, days, when.starts, when.ends)


def spans(when: When, booked: Iterable[Span], between: Span, zone: ZoneInfo) -> list[Span]:
    """The times of a permit that touch `between`, in UTC; `booked` is what the club has booked at the place."""
    if when.kind == BOOKINGS:
        lead = timedelta(minutes=when.lead)
        found = [(start - lead, end + lead) for start, end in booked]
    else:
        found = _weekly(when, between, zone)
    days = day_span(when.first, zone)[0], day_span(when.last, zone)[1]
    return [one for one in both(found, [days]) if one[0] < between[1] and between[0] < one[1]]


def allowed(asked: Iterable[Span], within: Iterable[Span]) -> list[Span]:
    """What is left of the times asked within these: in which the club has the door, in which the place is open."""
    return both(joined(asked), joined(within))


def difference(wanted: Iterable[Span], there: Mapping[int, Span]) -> tuple[list[int], list[Span]]:
    """Which grants go, by number, and for which times there is none yet; of two for the same time one goes."""
    missing = set(wanted)
    gone = []
    for number, span in sorted(there.items()):
        if span in missing:
            missing.remove(span)
        else:
            gone.append(number)
    return gone, sorted(missing)


def _weekly(when: When, between: Span, zone: ZoneInfo) -> list[Span]:
    """A time that the clock leaves out in the night of summer time is left out as well."""
    assert when.starts is not None
    assert when.ends is not None
    day = max(when.first, between[0].astimezone(zone).date() - timedelta(days=1))
    last = min(when.last, between[1].astimezone(zone).date() + timedelta(days=1))
    found = []
    while day <= last:
        if day.weekday() in when.weekdays:
            found.append((_utc(day, when.starts, zone), _utc(day, when.ends, zone)))
        day += timedelta(days=1)
    return [one for one in found if one[0] < one[1]]


def _utc(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _no(field: str, sentence: Sentence) -> Refusal:
    return Refusal(f"access.{field}", sentence, field=field, status=422)
