# SPDX-License-Identifier: EUPL-1.2
"""Bookings as lists: a person's own, and for the desk what waits, what a closing hits, and how much is used."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q, QuerySet

from smilecity.core import clock, nouns
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.models import Booking, Claim, Exceptional, Place, Series, Unit
from smilecity.places.reads.booking.looking import look
from smilecity.places.reads.booking.tree import leaves_of
from smilecity.places.reads.changes import kept_by
from smilecity.places.rules import booking as rules
from smilecity.places.rules.booking import times

MOST = 100
MOST_USE_DAYS = 366
UNUSED_WEEKS = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """A booking in a time that is closed now, and free slots of the same unit after the closing."""

    booking: Booking
    instead: tuple[times.Span, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """How often (`bookings`) and how long (`minutes`) units were booked on a weekday (Monday is 1) in an hour."""

    weekday: int
    hour: int
    bookings: int
    minutes: int


def booking(who: Who, booking_id: int) -> Booking | None:
    """One booking with its unit and place, for whom it is for and for those who keep the place."""
    if not 0 < booking_id < 1 << 63:
        return None
    found = _whole().filter(id=booking_id).first()
    if found is None or not (
        rights.may_have_booked(who, found.account_id, found.organisation_id) or _keeps(who, found.unit.place)
    ):
        return None
    return found


def mine(who: Who, *, past: bool = False, limit: int = MOST) -> list[Booking]:
    """What this person has booked, for themselves or their organisations: what comes, the next first; or what was."""
    if who.account is None:
        return []
    own = Q(account=who.account) | Q(organisation__in=who.organisations(nouns.KEEP))
    found = _whole().filter(own)
    if past:
        return list(found.filter(during__endswith__lte=clock.now()).order_by("-during", "-id")[:limit])
    return list(found.filter(during__endswith__gt=clock.now()).order_by("during", "id")[:limit])


def asked(who: Who, limit: int = MOST) -> list[Booking]:
    """Bookings that wait for this person's decision, the longest waiting first."""
    found = _whole().filter(_kept(who, "unit__place__noun__"), state=Booking.ASKED)
    return list(found.order_by("made_at", "id")[:limit])


def asked_series(who: Who, limit: int = MOST) -> list[Series]:
    """Series that wait for this person's decision and belong to no season, the longest waiting first."""
    found = Series.objects.select_related("unit__place__noun", "organisation").filter(
        _kept(who, "unit__place__noun__"), state=Series.ASKED, season=None
    )
    return list(found.order_by("made_at", "id")[:limit])


def hit(who: Who, closing: int, limit: int = MOST) -> list[Hit]:
    """Bookings in the time of a closing, each with free slots after it, for those who keep the place."""
    row = (
        Exceptional.objects.select_related("place__noun").filter(id=closing).first()
        if 0 < closing < 1 << 63
        else None
    )
    if row is None or row.open or row.ended_at is not None or not _keeps(who, row.place):
        return []
    units = [row.unit_id] if row.unit_id is not None else list(_units(row.place_id))
    leaves = {leaf for unit in units for leaf in leaves_of(unit)}
    found = _whole().filter(
        id__in=Claim.objects.filter(unit__in=leaves, during__overlap=row.during).values("booking"),
        state__in=(Booking.HELD, Booking.ASKED, Booking.BOOKED),
        during__overlap=row.during,
    )
    return [Hit(one, _instead(who, one, row)) for one in found.order_by("during", "id")[:limit]]


def unused(who: Who) -> list[tuple[Series, int]]:
    """Series of this person's organisations to which nobody came of late, with how often; for keepers of places too."""
    since = clock.now() - timedelta(weeks=UNUSED_WEEKS)
    own = Q(organisation__in=who.organisations(nouns.KEEP))
    if who.account is not None:
        own |= Q(account=who.account)
    missed = Count(
        "bookings", filter=Q(bookings__state=Booking.MISSED, bookings__during__startswith__gte=since)
    )
    kept = _kept(who, "unit__place__noun__")
    found = Series.objects.select_related("unit__place__noun", "organisation").filter(
        own | kept if kept else Q()
    )
    rows = found.filter(state=Series.GRANTED).annotate(missed=missed).filter(missed__gt=0)
    return [(one, one.missed) for one in rows.order_by("-missed", "id")[:MOST]]


def use(who: Who, place: int, since: date, until: date) -> list[Use]:
    """How a place was used, by weekday and hour, both days included, for those who keep it: counts, no persons."""
    found = Place.objects.select_related("noun").filter(noun=place).first() if 0 < place < 1 << 63 else None
    if (
        found is None
        or not _keeps(who, found)
        or not timedelta(0) <= until - since <= timedelta(days=MOST_USE_DAYS)
    ):
        return []
    zone = settings.SMILE.zone
    start, end = times.day_span(since, zone)[0], times.day_span(until, zone)[1]
    with connection.cursor() as cursor:
        cursor.execute(_USE, {"place": place, "start": start, "end": end, "zone": zone.key})
        return [Use(*row) for row in cursor.fetchall()]


_USE = """
SELECT extract(isodow FROM h AT TIME ZONE %(zone)s)::int, extract(hour FROM h AT TIME ZONE %(zone)s)::int,
    count(DISTINCT b.id),
    (sum(extract(epoch FROM least(upper(b.during), h + interval '1 hour') - greatest(lower(b.during), h))) / 60)::int
FROM places_booking b
JOIN places_unit u ON u.id = b.unit_id
CROSS JOIN LATERAL generate_series(
    date_trunc('hour', lower(b.during)), upper(b.during) - interval '1 microsecond', interval '1 hour') AS h
WHERE u.place_id = %(place)s AND b.state IN ('booked', 'used')
  AND b.during && tstzrange(%(start)s, %(end)s) AND h >= %(start)s AND h < %(end)s
GROUP BY 1, 2 ORDER BY 1, 2
"""


def _instead(who: Who, booking: Booking, closing: Exceptional) -> tuple[times.Span, ...]:
    lasts = booking.during.upper - booking.during.lower
    start = closing.during.upper or booking.during.upper
    span = (start, start + lasts)
    seen = look(who, booking.unit_id, span, organisation=booking.organisation_id, besides=booking.id)
    if seen is None:
        return ()
    return rules.next_free(seen.policy, rules.Asked(*span), seen.facts)


def _units(place: int) -> QuerySet[Unit, int]:
    return Unit.objects.filter(place=place).values_list("id", flat=True)


def _kept(who: Who, way: str) -> Q:
    """What belongs to places that this person keeps; an empty condition is all of them."""
    kept = kept_by(who, way)
    return kept | Q(**{f"{way}keeper__in": who.organisations(nouns.KEEP)}) if kept else kept


def _keeps(who: Who, place: Place) -> bool:
    return rights.may_write(who, place.noun.area_id, place.noun.keeper_id)


def _whole() -> QuerySet[Booking]:
    return Booking.objects.select_related("unit__place__noun", "unit__booked_by", "organisation")
