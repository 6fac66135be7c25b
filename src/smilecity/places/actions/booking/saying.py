# SPDX-License-Identifier: EUPL-1.2
"""What is said of a booking once its time is had: what it is for, and how many come."""

from django.db import transaction

from smilecity.core import clock
from smilecity.core.who import Who
from smilecity.places.actions.booking.changing import OPEN, must_be
from smilecity.places.actions.booking.taking import checked_what, must_see, own
from smilecity.places.models import Booking
from smilecity.places.rules import booking as rules


def say(who: Who, booking_id: int, *, what: str, people: int | None) -> Booking:
    """Say what a booking is for and how many come, as long as it is open; refuses more than there is room for.

    Lock: the booking.
    """
    what = checked_what(what)
    with transaction.atomic():
        booking = own(who, booking_id)
        must_be(booking, OPEN)
        span = (booking.during.lower, booking.during.upper)
        seen = must_see(who, booking.unit_id, span, organisation=booking.organisation_id, besides=booking.id)
        decision = rules.decide(seen.policy, rules.Asked(*span, people=people), seen.facts, offer=False)
        if decision.field == "people":
            raise decision.refusal()
        booking.what, booking.people, booking.changed_at = what, people, clock.now()
        booking.save(update_fields=["what", "people", "changed_at"])
        return booking
