# SPDX-License-Identifier: EUPL-1.2
"""What becomes of a person's bookings when they have themselves forgotten; called by `privacy`, which is their wish."""

from dataclasses import dataclass

from smilecity.core import clock, log
from smilecity.core.who import NODE
from smilecity.places import facts
from smilecity.places.actions.booking import claims
from smilecity.places.models import Booking, Series


@dataclass(frozen=True, slots=True)
class Left:
    """How many bookings still to come were cancelled, and how many rows lost their account."""

    cancelled: int
    rows: int


def leave(account: int) -> Left:
    """Cancel what the person booked for themselves and what still comes, and take the account off all the rest.

    What they booked for an organisation stays the organisation's. In the caller's transaction. Lock: the bookings.
    """
    own = Booking.objects.select_for_update(of=("self",)).select_related("unit").filter(account=account)
    rows = list(own.order_by("id"))
    open_states = (Booking.HELD, Booking.ASKED, Booking.BOOKED)
    coming = [
        one
        for one in rows
        if one.state in open_states and one.organisation_id is None and one.during.upper > clock.now()
    ]
    claims.let_go([one.id for one in coming])
    Booking.objects.filter(id__in=[one.id for one in coming]).update(
        state=Booking.CANCELLED, decided_by=NODE.label, hold_until=None, changed_at=clock.now()
    )
    for one in coming:
        data = {"booking": one.id, "unit": one.unit_id}
        log.append(NODE, facts.BOOKING_CANCELLED, noun=one.unit.place_id, about=[one.unit_id], data=data)
    Booking.objects.filter(id__in=[one.id for one in rows]).update(account=None, what="", reason="")
    Series.objects.filter(account=account, organisation=None, state=Series.ASKED).update(state=Series.ENDED)
    series = Series.objects.filter(account=account).update(account=None, what="", reason="")
    return Left(len(coming), len(rows) + series)
