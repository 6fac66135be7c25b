# SPDX-License-Identifier: EUPL-1.2
"""Granting many bookings at once, and taking that back."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, undo
from smilecity.core.models import Undo
from smilecity.core.problems import Refusal
from smilecity.core.undo import TakenBack
from smilecity.core.who import Who
from smilecity.places import facts
from smilecity.places.actions.booking import claims
from smilecity.places.actions.booking.changing import approve
from smilecity.places.actions.booking.taking import own
from smilecity.places.models import Booking

MOST = 100
WHAT = "bookings-approved"


def approve_many(who: Who, bookings: Sequence[int]) -> Undo:
    """Grant these bookings, all or none, and remember it for a day. Lock: the bookings, in order of id."""
    ids = sorted(set(bookings))
    if not 0 < len(ids) <= MOST:
        raise Refusal(
            "booking.none", _("Kreuzen Sie an, welche Anfragen gemeint sind."), field="booking", status=422,
            cure=_("Auf einmal gehen bis zu %(most)d.") % {"most": MOST},
        )  # fmt: skip
    with transaction.atomic():
        for one in ids:
            if own(who, one, keeps=True).state != Booking.ASKED:
                raise Refusal(
                    "booking.state", _("Über eine dieser Anfragen ist schon entschieden."), status=409,
                    cure=_("Nichts ist geändert. Laden Sie die Seite neu."),
                )  # fmt: skip
            approve(who, one)
        return undo.remember(who, WHAT, dict.fromkeys(ids, Booking.ASKED), Booking.BOOKED)


def take_back(who: Who, undo_id: int) -> TakenBack:
    """Let those wait again that are still as one granted them. Lock: the undo, then the bookings in order of id."""
    if undo.one(who, undo_id).what != WHAT:
        raise Refusal("undo.unknown", _("Hier gibt es nichts zurückzunehmen."), status=404)
    return undo.take_back(who, undo_id, _present, lambda booking, _state: _wait_again(who, booking))


def _present(ids: Sequence[int]) -> dict[int, str]:
    rows = Booking.objects.select_for_update().filter(id__in=ids).order_by("id")
    return {one.id: one.state for one in rows}


def _wait_again(who: Who, booking_id: int) -> None:
    booking = own(who, booking_id, keeps=True)
    booking.state, booking.decided_by, booking.changed_at = Booking.ASKED, "", clock.now()
    booking.save(update_fields=["state", "decided_by", "changed_at"])
    claims.tell(who, facts.BOOKING_WAITS, booking, booking.unit.place_id)
