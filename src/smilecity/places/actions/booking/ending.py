# SPDX-License-Identifier: EUPL-1.2
"""What ends by the clock: holds nobody confirmed, bookings nobody came to, and what we know of who was there."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions.booking import claims
from smilecity.places.models import Booking

AT_ONCE = 500
# How long after its end a booking still says whose it was: questions about damage or a bill come within that time.
KEPT_DAYS = 90
# Freeing a slot helps nobody once it is over: what began longer ago is not looked at again each minute. A grace time has
# a day at most; the rest is for a node that was down.
LOOKED_BACK = timedelta(days=8)

_MISSED = """
SELECT b.id FROM places_booking b
JOIN places_unit u ON u.id = b.unit_id
JOIN places_policy p ON p.id = u.booked_by_id
WHERE b.state = 'booked' AND b.seen_at IS NULL AND lower(b.during) BETWEEN %(since)s AND %(now)s
  AND lower(b.during) + make_interval(mins => (p.rules->>'grace')::int) <= %(now)s
ORDER BY b.id LIMIT %(limit)s FOR UPDATE OF b SKIP LOCKED
"""


def release_expired(who: Who) -> int:
    """End holds whose time to be confirmed is over; how many. Lock: the bookings, those in use are skipped."""
    _must_let_go(who)
    over = Booking.objects.filter(state=Booking.HELD, hold_until__lte=clock.now()).order_by("hold_until")
    with transaction.atomic():
        return claims.expire(list(over.values_list("id", flat=True)[:AT_ONCE]))


def release_missed(who: Who) -> int:
    """Free the slots of those who did not come within their policy's grace time, and tell them; how many.

    Of those that began in the last eight days.
    Lock: the bookings, those in use are skipped.
    """
    _must_let_go(who)
    with transaction.atomic():
        with connection.cursor() as cursor:
            now = clock.now()
            cursor.execute(_MISSED, {"since": now - LOOKED_BACK, "now": now, "limit": AT_ONCE})
            ids = [one for (one,) in cursor.fetchall()]
        missed = list(Booking.objects.select_related("unit").filter(id__in=ids).order_by("id"))
        claims.let_go(ids)
        Booking.objects.filter(id__in=ids).update(state=Booking.MISSED, changed_at=clock.now())
        for booking in missed:
            claims.tell(who, facts.BOOKING_MISSED, booking, booking.unit.place_id)
        return len(missed)


def forget_users(who: Who) -> int:
    """Take the account and the words off bookings that ended 90 days ago; how many. Lock: the bookings."""
    _must_let_go(who)
    before = clock.now() - timedelta(days=KEPT_DAYS)
    old = Booking.objects.filter(account__isnull=False, during__endswith__lt=before)
    return old.update(account=None, what="", reason="")


def _must_let_go(who: Who) -> None:
    if not rights.may_let_go(who):
        raise Refusal("booking.not-yours", _("Das tut die Stadt selbst, nach der Uhr."), status=403)
