# SPDX-License-Identifier: EUPL-1.2
"""When a unit can be had: drawn by the same decision that guards the write."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

from smilecity.core import clock
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.models import Booking, Claim, Unit
from smilecity.places.reads.booking.looking import Look, look
from smilecity.places.rules import booking as rules
from smilecity.places.rules.booking import times

MOST_DAYS = 14
SHOWN = (Booking.BOOKED, Booking.USED)


@dataclass(frozen=True, slots=True)
class Cell:
    """A slot of the calendar. `booking` is there for whom it is for and for those who keep the place, `mine` says which.

    Everybody else reads that the time is taken, and nothing more.
    """

    slot: rules.Slot
    booking: Booking | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """A unit's slots by day; `rules` are its policy, to be explained beside it."""

    unit: int
    rules: rules.Policy
    days: list[tuple[date, list[Cell]]]


@dataclass(frozen=True, slots=True)
class Busy:
    """A unit within `span`: what is taken (with the gaps for cleaning), and when it is open at all."""

    span: times.Span
    taken: list[times.Span]
    open: list[times.Span]


def calendar(
    who: Who,
    unit: int,
    day: date,
    *,
    days: int = 1,
    minutes: int | None = None,
    organisation: int | None = None,
) -> Calendar | None:
    """The slots of some days (at most 14), each `minutes` long or the shortest; nothing if there is no such unit.

    `organisation` is one in whose name `who` may book: its quota holds then.
    """
    days = max(1, min(days, MOST_DAYS))
    if not times.FIRST_YEAR <= day.year < times.LAST_YEAR or not 0 < unit < 1 << 63:
        return None
    span = times.day_span(day, settings.SMILE.zone, days)
    seen = look(who, unit, span, organisation=organisation)
    if seen is None:
        return None
    known = _known(who, seen, span)
    if minutes is not None and not seen.policy.shortest <= minutes <= seen.policy.longest:
        minutes = None
    dates = [day + timedelta(days=n) for n in range(days)]
    return Calendar(
        unit,
        seen.policy,
        [(one, [_cell(who, slot, known) for slot in _shown(seen, one, minutes)]) for one in dates],
    )


def bookable(who: Who, place: int) -> list[Unit]:
    """The units of a place that can be booked, in the keeper's order; `who` has been shown the place."""
    found = Unit.objects.filter(place=place, booked_by__isnull=False).select_related("booked_by")
    return list(found.order_by("order", "id"))


def board(who: Who, unit: int, day: date) -> list[tuple[date, list[times.Span], bool]] | None:
    """Seven days of a unit for everybody: what is taken and, last, whether it is closed all day; of whom, nothing."""
    if not times.FIRST_YEAR <= day.year < times.LAST_YEAR or not 0 < unit < 1 << 63:
        return None
    zone = settings.SMILE.zone
    span = times.day_span(day, zone, 7)
    seen = look(who, unit, span, days=8)
    if seen is None:
        return None
    claims = Claim.objects.filter(unit__in=seen.leaves, during__overlap=span, booking__state__in=SHOWN)
    taken = sorted(
        {
            (one.booking.during.lower, one.booking.during.upper)
            for one in claims.select_related("booking")
            if one.booking
        }
    )
    found = []
    for one in (day + timedelta(days=n) for n in range(7)):
        whole = times.day_span(one, zone)
        closed = bool(seen.facts.open) and not any(times.overlaps(whole, each) for each in seen.facts.open)
        found.append(
            (one, [each for each in taken if times.overlaps(whole, each)], closed and one >= _today())
        )
    return found


def busy(who: Who, unit: int) -> Busy | None:
    """When a unit is taken and when it is open, today and for two weeks; whoever has it stays unsaid."""
    span = times.day_span(_today(), settings.SMILE.zone, MOST_DAYS)
    seen = look(who, unit, span, days=MOST_DAYS)
    if seen is None:
        return None
    return Busy(span, list(seen.facts.taken), list(seen.facts.open))


def _today() -> date:
    return clock.now().astimezone(settings.SMILE.zone).date()


def _shown(seen: Look, day: date, minutes: int | None) -> list[rules.Slot]:
    """The day's slots, without those at which nobody could ever come."""
    slots = rules.free(seen.policy, day, seen.facts, minutes)
    return [one for one in slots if one.decision.code != "booking.closed" or _was_closed(seen, one)]


def _was_closed(seen: Look, slot: rules.Slot) -> bool:
    return any(times.overlaps(span, (slot.start, slot.end)) for span, _why in seen.facts.closed)


def _known(who: Who, seen: Look, span: times.Span) -> list[Booking]:
    """The bookings there that this person may know of."""
    found = Booking.objects.filter(
        id__in=Claim.objects.filter(unit__in=seen.leaves, during__overlap=span).values("booking"),
        during__overlap=span,
    ).order_by("during", "id")
    rows = list(found) if who.account is not None or seen.facts.keeps else []
    return [one for one in rows if seen.facts.keeps or _is_mine(who, one)]


def _is_mine(who: Who, booking: Booking) -> bool:
    return rights.may_have_booked(who, booking.account_id, booking.organisation_id)


def _cell(who: Who, slot: rules.Slot, known: list[Booking]) -> Cell:
    here = (slot.start, slot.end)
    found = next((one for one in known if times.overlaps(here, (one.during.lower, one.during.upper))), None)
    return Cell(slot, found, found is not None and _is_mine(who, found))
