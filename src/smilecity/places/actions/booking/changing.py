# SPDX-License-Identifier: EUPL-1.2
"""What becomes of a booking: moved, cancelled, approved or refused, used."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts
from smilecity.places.actions.booking import claims
from smilecity.places.actions.booking.taking import keeps_place, must_be_free, must_see, own, taken
from smilecity.places.actions.changes import LONGEST_REASON
from smilecity.places.models import Booking
from smilecity.places.reads.booking.looking import policy_of_unit
from smilecity.places.rules import booking as rules
from smilecity.places.rules.booking import times
from smilecity.places.rules.booking.times import Span

OPEN = (Booking.HELD, Booking.ASKED, Booking.BOOKED)
EARLY = timedelta(minutes=30)


def change(who: Who, booking_id: int, during: Span, *, unit: int | None = None) -> Booking:
    """Move a booking to another time, or to another unit: the new slot is had before the old one is let go.

    If the new one cannot be had, the booking stays as it was. It is asked for again if the policy wants that. Lock:
    the trees of both units in order of id, then whose quota it is, then the booking.
    """
    span = times.checked(*during)
    with transaction.atomic():  # a first look, without keeping the row while the trees are waited for
        known = _movable(who, booking_id)
    unit = unit if unit is not None else known.unit_id
    looks = [must_see(who, one, span, organisation=known.organisation_id) for one in {unit, known.unit_id}]
    asked = rules.Asked(*span, people=known.people, age=_ASKED_BEFORE, guardian=True)
    try:
        with transaction.atomic():
            claims.lock_roots([one.root for one in looks])
            claims.lock_quota(looks, known.account_id, known.organisation_id)
            booking = _movable(who, booking_id)
            seen = must_see(who, unit, span, organisation=booking.organisation_id, besides=booking.id)
            decision = must_be_free(asked, seen)
            claims.expire(seen.stale)
            claims.move(booking, seen, span)
            if booking.state != Booking.HELD:
                booking.state = Booking.BOOKED if decision.verdict == rules.ALLOWED else Booking.ASKED
            booking.fee_cents = decision.fee_cents
            _save(booking, "unit", "during", "policy_version", "state", "fee_cents")
            claims.tell(who, facts.BOOKING_CHANGED, booking, seen.place)
            return booking
    except IntegrityError as error:
        if not claims.is_taken(error):
            raise
        raise taken(looks[0], asked) from None


def cancel(who: Who, booking_id: int, reason: str = "") -> Booking:
    """Give the slot back, by whom it is for, in time; or by who keeps the place, with a reason that is told.

    Lock: the booking.
    """
    with transaction.atomic():
        booking = own(who, booking_id)
        if booking.state == Booking.CANCELLED:
            return booking
        must_be(booking, OPEN)
        keeps = keeps_place(who, booking)
        if keeps and booking.account_id != who.account:
            reason = checked_reason(reason)
        elif not keeps and booking.state != Booking.HELD:
            _must_be_in_time(booking)
        return _ended(
            who, booking, Booking.CANCELLED, facts.BOOKING_CANCELLED, reason.strip()[:LONGEST_REASON]
        )


def approve(who: Who, booking_id: int) -> Booking:
    """Grant what was asked for, by who keeps the place. Lock: the booking."""
    with transaction.atomic():
        booking = own(who, booking_id, keeps=True)
        if booking.state == Booking.BOOKED:
            return booking
        must_be(booking, (Booking.ASKED,))
        booking.state, booking.decided_by = Booking.BOOKED, who.label
        _save(booking, "state", "decided_by")
        claims.tell(who, facts.BOOKING_APPROVED, booking, booking.unit.place_id)
        return booking


def refuse(who: Who, booking_id: int, reason: str) -> Booking:
    """Refuse what was asked for, by who keeps the place, with a reason that is told. Lock: the booking."""
    reason = checked_reason(reason)
    with transaction.atomic():
        booking = own(who, booking_id, keeps=True)
        must_be(booking, (Booking.ASKED,))
        return _ended(who, booking, Booking.REFUSED, facts.BOOKING_REFUSED, reason)


def check_in(who: Who, booking_id: int) -> Booking:
    """Say that somebody came, from half an hour before until the end. Lock: the booking."""
    with transaction.atomic():
        booking = own(who, booking_id)
        if booking.state == Booking.USED:
            return booking
        must_be(booking, (Booking.BOOKED,))
        now = clock.now()
        if not booking.during.lower - EARLY <= now < booking.during.upper:
            raise Refusal(
                "booking.not-now", _("Das geht erst, wenn Ihre Zeit beginnt, und bis sie vorbei ist."), status=409
            )  # fmt: skip
        booking.state, booking.seen_at = Booking.USED, now
        _save(booking, "state", "seen_at")
        claims.tell(who, facts.BOOKING_USED, booking, booking.unit.place_id)
        return booking


# Who holds a booking was asked for their age when they booked it.
_ASKED_BEFORE = 150


def _movable(who: Who, booking_id: int) -> Booking:
    booking = own(who, booking_id)
    must_be(booking, OPEN)
    if not keeps_place(who, booking):
        _must_be_in_time(booking)
    return booking


def must_be(booking: Booking, states: tuple[str, ...]) -> None:
    """Refuses what only goes while the booking is in one of these states."""
    if booking.state not in states:
        raise Refusal(
            "booking.state", _("Das geht mit dieser Buchung nicht mehr."), status=409,
            cure=_("Laden Sie die Seite neu, dann sehen Sie, wie es um sie steht."),
        )  # fmt: skip


def _must_be_in_time(booking: Booking) -> None:
    policy = policy_of_unit(booking.unit)
    if clock.now() > booking.during.lower - timedelta(minutes=policy.cancel_until if policy else 0):
        raise Refusal(
            "booking.too-late-to-cancel", _("Dafür ist es zu spät."), status=409,
            cure=_("Sagen Sie denen Bescheid, die den Ort pflegen."),
        )  # fmt: skip


def checked_reason(reason: str) -> str:
    """Why not, in a sentence that whoever asked can read."""
    reason = reason.strip()
    if not 3 <= len(reason) <= LONGEST_REASON or "\0" in reason:
        raise Refusal(
            "booking.reason", _("Schreiben Sie in einem Satz, warum."), field="reason", status=422,
            cure=_("Wer gebucht hat, liest diesen Satz. Er hat höchstens 1000 Zeichen."),
        )  # fmt: skip
    return reason


def _ended(who: Who, booking: Booking, state: str, verb: str, reason: str) -> Booking:
    claims.let_go([booking.id])
    booking.state, booking.reason, booking.decided_by, booking.hold_until = state, reason, who.label, None
    _save(booking, "state", "reason", "decided_by", "hold_until")
    claims.tell(who, verb, booking, booking.unit.place_id)
    return booking


def _save(booking: Booking, *fields: str) -> None:
    booking.changed_at = clock.now()
    booking.save(update_fields=[*fields, "changed_at"])
