# SPDX-License-Identifier: EUPL-1.2
"""What is otherwise than the hours say, and whom a closing hits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet

from smilecity.core import clock
from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.models import Booking, Claim, Exceptional, Limit, Occasion, Place, Sense, Unit
from smilecity.places.reads.booking.looking import look
from smilecity.places.reads.booking.tree import leaves_of
from smilecity.places.rules import booking as rules
from smilecity.places.rules import openness, spans
from smilecity.places.rules.booking import times
from smilecity.places.rules.limits import ROLES
from smilecity.places.rules.openness import Otherwise, Span

MOST = 100
MOST_OWN = 5
# How far ahead residents are told what is otherwise than usual.
TOLD_AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Hit:
    """A booking in a time that is closed, and free slots after it."""

    booking: Booking
    closing: Exceptional
    instead: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Struck:
    """Whom a closing would hit: bookings, and dates of offers that take place there."""

    bookings: Sequence[Booking] = ()
    occasions: Sequence[Occasion] = ()


def otherwise(places: Collection[int], *, units: bool = False) -> dict[int, list[Otherwise]]:
    """By place, what is otherwise from yesterday on, of the whole place; also of single units, if asked.

    Whoever sees a place sees this; no question is asked twice for many places.
    """
    since = clock.now() - timedelta(days=spans.DAYS_BACK + 1)
    rows = Exceptional.objects.filter(place__in=places, ended_at=None, during__overlap=(since, None))
    if not units:
        rows = rows.filter(unit=None)
    found: dict[int, list[Otherwise]] = {}
    for row in rows.order_by("during", "id"):
        found.setdefault(row.place_id, []).append(as_rule(row))
    return found


def as_rule(row: Exceptional) -> Otherwise:
    """The row as the rules know it; what has no end counts for a while from now on."""
    start, end = row.during.lower, row.during.upper
    counts = end or max(start, clock.now()) + openness.OPEN_ENDED
    return Otherwise(start, counts, row.open, row.cause, row.reason, open_ended=end is None)


def told(place: int, limit: int = 5) -> list[Exceptional]:
    """What is or soon will be otherwise at this place or at one of its parts, the next first, for all who see it."""
    now = clock.now()
    rows = Exceptional.objects.filter(place=place, ended_at=None, during__overlap=(now, now + TOLD_AHEAD))
    return list(rows.select_related("unit").order_by("during", "id")[:limit])


def occasions_today(place: int, limit: int = 12) -> list[Occasion]:
    """The dates of public offers at this place from now until midnight, cancelled ones among them."""
    now = clock.now()
    end = times.day_span(now.astimezone(settings.SMILE.zone).date(), settings.SMILE.zone)[1]
    rows = Occasion.objects.select_related("offer__noun").filter(
        offer__place=place, offer__noun__visibility=Noun.PUBLIC, during__overlap=(now, end)
    )
    return list(rows.order_by("during", "id")[:limit])


def closings(who: Who, place: Place, limit: int = MOST) -> list[Exceptional]:
    """What is or will be otherwise at this place, the next first, for those who write its entry."""
    if not _writes(who, place):
        return []
    rows = Exceptional.objects.filter(place=place, ended_at=None, during__overlap=(clock.now(), None))
    return list(rows.select_related("unit").order_by("during", "id")[:limit])


def closing(who: Who, closing_id: int) -> Exceptional | None:
    """One of them, with its place, for those who write its entry; nothing for others."""
    if not 0 < closing_id < 1 << 63:
        return None
    found = Exceptional.objects.select_related("place__noun", "unit").filter(id=closing_id).first()
    return found if found is not None and _writes(who, found.place) else None


def struck(who: Who, place: Place, span: Span, unit: int | None = None) -> Struck | None:
    """Whom a closing of the place, or of one unit with its parts, would hit in this time; nothing for others."""
    if not _writes(who, place):
        return None
    dates = Occasion.objects.select_related("offer__noun").filter(
        offer__place=place, during__overlap=span, cancelled=False
    )
    return Struck(
        list(hit_bookings(place.noun_id, span, unit)[:MOST]),
        list(dates.order_by("during", "id")[:MOST]) if unit is None else [],
    )


def hit_bookings(place: int, span: Span, unit: int | None = None) -> QuerySet[Booking]:
    """The bookings that take some of this time there, in order; for this room's own actions and reads."""
    units = (
        [unit]
        if unit is not None
        else Unit.objects.filter(place=place, parent=None).values_list("id", flat=True)
    )
    leaves = {leaf for one in units for leaf in leaves_of(one)}
    claimed = Claim.objects.filter(unit__in=leaves, during__overlap=span).values("booking")
    found = Booking.objects.select_related("unit__place__noun").filter(
        id__in=claimed, state__in=(Booking.HELD, Booking.ASKED, Booking.BOOKED), during__overlap=span
    )
    return found.order_by("during", "id")


def own_struck(who: Who, place: int) -> list[Hit]:
    """This person's own bookings there that a closing hits, each with it and with times after it."""
    if who.account is None:
        return []
    now = clock.now()
    mine = (
        Booking.objects.select_related("unit")
        .filter(
            account=who.account,
            unit__place=place,
            state__in=(Booking.ASKED, Booking.BOOKED),
            during__endswith__gt=now,
        )
        .order_by("during", "id")
    )
    rows = Exceptional.objects.filter(place=place, open=False, ended_at=None, during__overlap=(now, None))
    closed = list(rows.order_by("during", "id")) if mine else []
    pairs = ((booking, one) for booking in mine for one in closed)
    hit = {booking.id: (booking, one) for booking, one in pairs if _meet(booking, one)}
    return [Hit(booking, one, _instead(who, booking, one)) for booking, one in list(hit.values())[:MOST_OWN]]


def _meet(booking: Booking, closing: Exceptional) -> bool:
    rule = as_rule(closing)
    if not times.overlaps((booking.during.lower, booking.during.upper), (rule.start, rule.end)):
        return False
    return closing.unit_id is None or bool(set(leaves_of(closing.unit_id)) & set(leaves_of(booking.unit_id)))


def _instead(who: Who, booking: Booking, closing: Exceptional) -> tuple[Span, ...]:
    """Free slots as long as the booking, after the closing."""
    start = max(as_rule(closing).end, booking.during.upper)
    span = (start, start + (booking.during.upper - booking.during.lower))
    seen = look(who, booking.unit_id, span, organisation=booking.organisation_id, besides=booking.id)
    return rules.next_free(seen.policy, rules.Asked(*span), seen.facts) if seen is not None else ()


def limits(who: Who, place: Place) -> list[Limit]:
    """What closes the place by itself, for those who write its entry."""
    return list(Limit.objects.filter(place=place).order_by("role")) if _writes(who, place) else []


def measured_roles(who: Who, place: Place) -> list[str]:
    """What sensors of the place tell that a limit can ask for; nothing for those who do not write its entry."""
    if not _writes(who, place):
        return []
    known = set(Sense.objects.filter(place=place, role__in=ROLES).values_list("role", flat=True))
    return [role for role in ROLES if role in known]


def _writes(who: Who, place: Place) -> bool:
    return rights.may_write(who, place.noun.area_id, place.noun.keeper_id)
