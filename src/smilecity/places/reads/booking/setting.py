# SPDX-License-Identifier: EUPL-1.2
"""What those who keep a place see of how it is booked: units, policies, fees, and who did not come."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

from smilecity.core import clock
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.models import Booking, Place, Policy, Unit
from smilecity.places.reads.booking.kept import MOST_USE_DAYS, UNUSED_WEEKS
from smilecity.places.rules.booking import times

MOST = 500


@dataclass(frozen=True, slots=True)
class Fee:
    """What is to be paid for a booking: for the treasury, with the organisation or only the booking's number."""

    booking: int
    unit: Unit
    during: times.Span
    state: str
    organisation: str
    cents: int


def units(who: Who, place: Place) -> list[tuple[int, Unit]]:
    """The units of a place as a tree, each with its depth, for those who keep it."""
    if not _keeps(who, place):
        return []
    rows = list(
        Unit.objects.filter(place=place).select_related("booked_by", "parent").order_by("order", "id")
    )
    found: list[tuple[int, Unit]] = []
    waiting = [(0, one) for one in reversed(rows) if one.parent_id is None]
    while waiting:
        depth, one = waiting.pop()
        found.append((depth, one))
        waiting += [(depth + 1, part) for part in reversed(rows) if part.parent_id == one.id]
    return found


def policies(who: Who, place: Place) -> list[Policy]:
    """The policies of a place, for those who keep it."""
    return list(Policy.objects.filter(place=place).order_by("name", "id")) if _keeps(who, place) else []


def fees(who: Who, place: Place, since: date, until: date) -> list[Fee]:
    """What is to be paid for the bookings of these days, both included, for those who keep the place."""
    if not _keeps(who, place) or not timedelta(0) <= until - since <= timedelta(days=MOST_USE_DAYS):
        return []
    zone = settings.SMILE.zone
    span = (times.day_span(since, zone)[0], times.day_span(until, zone)[1])
    rows = Booking.objects.select_related("unit", "organisation").filter(
        unit__place=place, fee_cents__gt=0, state__in=(Booking.BOOKED, Booking.USED, Booking.MISSED),
        during__startswith__gte=span[0], during__startswith__lt=span[1],
    )  # fmt: skip
    return [
        Fee(
            one.id, one.unit, (one.during.lower, one.during.upper), one.state,
            next(iter(one.organisation.title.values()), "") if one.organisation else "", one.fee_cents,
        )
        for one in rows.order_by("during", "id")
    ]  # fmt: skip


def missed(who: Who, place: Place) -> list[Booking]:
    """Bookings of the last eight weeks to which nobody came, the latest first, for those who keep the place."""
    if not _keeps(who, place):
        return []
    since = clock.now() - timedelta(weeks=UNUSED_WEEKS)
    rows = Booking.objects.select_related("unit", "organisation", "account").filter(
        unit__place=place, state=Booking.MISSED, during__startswith__gte=since
    )
    return list(rows.order_by("-during", "-id")[:MOST])


def _keeps(who: Who, place: Place) -> bool:
    return rights.may_write(who, place.noun.area_id, place.noun.keeper_id)
