# SPDX-License-Identifier: EUPL-1.2
"""What somebody has of a quota already; asked only where a policy limits it."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from smilecity.core import clock
from smilecity.places.reads.booking.prepared import prepared
from smilecity.places.rules.booking import times
from smilecity.places.rules.booking.times import Span


@dataclass(frozen=True, slots=True)
class Had:
    """How many bookings are still to come, and how many minutes are booked in the week that was asked for."""

    open: int = 0
    minutes: int = 0


def had_of(
    account: int | None, organisation: int | None, policy: int, span: Span, besides: int | None
) -> Had:
    """What is had of units booked by this policy: by the organisation or, without one, by the person for themselves.

    The week is the one in which `span` begins; the booking `besides` does not count.
    """
    day = span[0].astimezone(settings.SMILE.zone).date()
    week = times.day_span(day - timedelta(days=day.weekday()), settings.SMILE.zone, 7)
    whose = _ACCOUNT if organisation is None else _ORGANISATION
    with prepared() as cursor:
        cursor.execute(
            _HAD + whose,
            {
                "whose": account if organisation is None else organisation,
                "policy": policy,
                "now": clock.now(),
                "week": week[0],
                "week_end": week[1],
                "besides": besides,
            },
            prepare=True,
        )
        row = cursor.fetchone()
    return Had(*row) if row else Had()


_HAD = """
SELECT count(*) FILTER (WHERE upper(b.during) > %(now)s),
    coalesce(sum(extract(epoch FROM upper(b.during) - lower(b.during)))
        FILTER (WHERE b.during && tstzrange(%(week)s, %(week_end)s)) / 60, 0)::int
FROM places_booking b JOIN places_unit u ON u.id = b.unit_id
WHERE u.booked_by_id = %(policy)s AND b.state IN ('held', 'asked', 'booked', 'used')
  AND (b.state <> 'held' OR b.hold_until > %(now)s) AND b.id IS DISTINCT FROM %(besides)s
"""
_ACCOUNT = "AND b.account_id = %(whose)s AND b.organisation_id IS NULL"
_ORGANISATION = "AND b.organisation_id = %(whose)s"
