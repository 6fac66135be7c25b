# SPDX-License-Identifier: EUPL-1.2
"""Taking a slot: held for a while and confirmed, or booked at once; one unit, or several or none.

First a look without any lock, so that those who come too late cost little. Then the trees' locks and the write: the
constraints on claims and keys are the proof, and what is counted is counted again. Who loses is told what is free
next, never who was faster.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Required, TypedDict, Unpack
from uuid import UUID, uuid5

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.actions.booking import claims
from smilecity.places.models import Booking
from smilecity.places.reads.booking.looking import Look, look
from smilecity.places.rules import booking as rules
from smilecity.places.rules.booking import times
from smilecity.places.rules.booking.deciding import next_free
from smilecity.places.rules.booking.times import Span

LONGEST_WHAT = 200
MOST_UNITS = 20


class Said(TypedDict, total=False):
    """What may be said of a booking. `key` comes from whoever books: the same key is the same booking.

    `age` and `guardian` (that a guardian consents) are looked at and never kept.
    """

    key: Required[UUID]
    organisation: int | None
    what: str
    people: int | None
    age: int | None
    guardian: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to book: a unit for a time, and what they `Said`."""

    unit: int
    during: Span
    key: UUID
    organisation: int | None = None
    what: str = ""
    people: int | None = None
    age: int | None = None
    guardian: bool = False

    def asked(self) -> rules.Asked:
        """As the rules know it."""
        return rules.Asked(*self.during, people=self.people, age=self.age, guardian=self.guardian)


def hold(who: Who, unit: int, during: Span, **said: Unpack[Said]) -> Booking:
    """Keep the slot for some minutes, until it is confirmed. Lock: as `book`."""
    return _take(who, [_wish(unit, during, said)], held=True)[0]


def book(who: Who, unit: int, during: Span, **said: Unpack[Said]) -> Booking:
    """Book the slot at once; it is `asked` if the policy wants a person to look at it.

    The same key gives the same booking again, with other content it is refused. Lock: the unit's tree, then whose
    quota it is, if there is one.
    """
    return _take(who, [_wish(unit, during, said)], held=False)[0]


def book_together(who: Who, units: Sequence[int], during: Span, **said: Unpack[Said]) -> list[Booking]:
    """Book several units for the same time: all, or none. Each booking has a key made from the one given.

    Lock: as `book`, the trees in order of id.
    """
    if not 0 < len(units) <= MOST_UNITS or len(set(units)) != len(units):
        raise Refusal(
            "booking.units",
            _("Wählen Sie einen bis zwanzig Teile des Ortes, jeden einmal."),
            field="units",
            status=422,
        )
    key = said["key"]
    return _take(
        who, [_wish(unit, during, {**said, "key": uuid5(key, str(unit))}) for unit in units], held=False
    )


def confirm(who: Who, booking_id: int) -> Booking:
    """Make a held slot a booking, or a question if the policy wants a person to look at it. Lock: the booking."""
    with transaction.atomic():
        booking = own(who, booking_id)
        if booking.state in (Booking.BOOKED, Booking.ASKED):
            return booking
        if booking.state != Booking.HELD or booking.hold_until is None or booking.hold_until <= clock.now():
            raise Refusal(
                "booking.hold-over", _("Die Zeit zum Bestätigen ist vorbei."), status=409,
                cure=_("Buchen Sie noch einmal, wenn noch frei ist."),
            )  # fmt: skip
        span = (booking.during.lower, booking.during.upper)
        seen = must_see(who, booking.unit_id, span, organisation=booking.organisation_id, besides=booking.id)
        decision = rules.approval(seen.policy, rules.Asked(*span), seen.facts)
        booking.state = Booking.BOOKED if decision.verdict == rules.ALLOWED else Booking.ASKED
        booking.hold_until, booking.changed_at = None, clock.now()
        booking.save(update_fields=["state", "hold_until", "changed_at"])
        claims.tell(who, claims.VERB_OF[booking.state], booking, seen.place)
        return booking


def own(who: Who, booking_id: int, *, keeps: bool = False) -> Booking:
    """The booking with its row locked, for whom it is for and for those who keep the place (or, `keeps`, only those).

    Others learn nothing: for them it is not there.
    """
    booking = None
    if 0 < booking_id < 1 << 63:
        found = Booking.objects.select_for_update(of=("self",)).select_related(
            "unit__place__noun", "unit__booked_by"
        )
        booking = found.filter(id=booking_id).first()
    if booking is None or not (
        (not keeps and rights.may_have_booked(who, booking.account_id, booking.organisation_id))
        or keeps_place(who, booking)
    ):
        raise unknown()
    return booking


def keeps_place(who: Who, booking: Booking) -> bool:
    """Whether this person keeps the place of the booking."""
    noun = booking.unit.place.noun
    return rights.may_write(who, noun.area_id, noun.keeper_id)


def unknown() -> Refusal:
    """The refusal of a booking that is not there, or not for this person."""
    return Refusal("booking.unknown", _("Diese Buchung gibt es nicht."), status=404)


def not_bookable() -> Refusal:
    """The refusal of a unit that is not there, or not to be booked."""
    return Refusal("booking.no-unit", _("Das kann man hier nicht buchen."), field="unit", status=404)


def checked_what(what: str) -> str:
    """What it is for, in a few words of plain text."""
    what = " ".join(what.split())
    if len(what) > LONGEST_WHAT or "\0" in what:
        raise Refusal(
            "booking.what", _("Sagen Sie es in höchstens 200 Zeichen."), field="what", status=422
        )  # fmt: skip
    return what


def taken(seen: Look, asked: rules.Asked) -> rules.BookingRefusal:
    """The refusal of a slot that somebody else was given a moment ago."""
    gone = rules.Decision(
        rules.REFUSED, rules.TAKEN, _("Diese Zeit ist schon vergeben."), _("Wählen Sie eine andere Zeit."), "start",
        possible=tuple(one for one in next_free(seen.policy, asked, seen.facts) if one[0] != asked.start),
    )  # fmt: skip
    return gone.refusal()


def must_book(who: Who, organisation: int | None) -> None:
    """Refuses whoever may not book, or not in the name of this organisation."""
    if not rights.may_book(who):
        raise Refusal(
            "booking.sign-in", _("Zum Buchen brauchen Sie ein Konto."), status=401,
            cure=_("Melden Sie sich an, oder legen Sie ein Konto an."),
        )  # fmt: skip
    if organisation is not None and not rights.may_book_for(who, organisation):
        raise Refusal(
            "booking.not-your-organisation", _("Für diese Organisation können Sie nicht buchen."),
            field="organisation", status=403,
        )  # fmt: skip


def _wish(unit: int, during: Span, said: Said) -> Wish:
    """The wish with its time and words as they will be kept."""
    return Wish(
        unit=unit,
        during=times.checked(*during),
        key=said["key"],
        organisation=said.get("organisation"),
        what=checked_what(said.get("what", "")),
        people=said.get("people"),
        age=said.get("age"),
        guardian=said.get("guardian", False),
    )


def _take(who: Who, wishes: list[Wish], *, held: bool) -> list[Booking]:
    must_book(who, wishes[0].organisation)
    looks = [
        must_see(who, one.unit, one.during, key=one.key, organisation=one.organisation) for one in wishes
    ]
    known = _replayed(who, wishes, [one.known for one in looks])
    if known:
        return known
    decisions = [must_be_free(wish.asked(), seen) for wish, seen in zip(wishes, looks, strict=True)]
    try:
        if _is_plain(looks) and not connection.in_atomic_block:
            return [_taken_now(who, wishes[0], looks[0], decisions[0], held=held)]
        with transaction.atomic():
            claims.lock_roots([one.root for one in looks])
            if claims.lock_quota(looks, who.account, wishes[0].organisation) or any(
                one.stale for one in looks
            ):
                return [_taken_again(who, wish, held=held) for wish in wishes]
            return [
                _taken_now(who, wish, seen, decision, held=held)
                for wish, seen, decision in zip(wishes, looks, decisions, strict=True)
            ]
    except IntegrityError as error:
        if claims.is_known(error):
            found = dict(Booking.objects.filter(key__in=[one.key for one in wishes]).values_list("key", "id"))
            return _replayed(who, wishes, [found.get(one.key) for one in wishes])
        if not claims.is_taken(error):
            raise
    for wish in wishes:  # what is free next is looked up now, when it is known who was faster
        must_be_free(wish.asked(), must_see(who, wish.unit, wish.during, organisation=wish.organisation))
    raise taken(looks[0], wishes[0].asked())


def _is_plain(looks: list[Look]) -> bool:
    """One unit, nothing to count and nothing in the way: then one statement is the whole transaction."""
    policy = looks[0].policy
    return (
        len(looks) == 1
        and not looks[0].stale
        and not (policy.person.limits() or policy.organisation.limits())
    )


def _taken_again(who: Who, wish: Wish, *, held: bool) -> Booking:
    """The slot, decided anew under its lock: for what is counted, and where holds that are over stand in the way."""
    seen = must_see(who, wish.unit, wish.during, key=wish.key, organisation=wish.organisation)
    if seen.known is not None:
        return _same(who, wish, seen.known)
    decision = must_be_free(wish.asked(), seen)
    claims.expire(seen.stale)
    return _taken_now(who, wish, seen, decision, held=held)


def _taken_now(who: Who, wish: Wish, seen: Look, decision: rules.Decision, *, held: bool) -> Booking:
    """The slot, under its lock: whatever others did since the look, the constraints on claims and keys know of it."""
    state = Booking.HELD if held else Booking.BOOKED if decision.verdict == rules.ALLOWED else Booking.ASKED
    return claims.take(
        seen, wish.during, state, key=wish.key, account=who.account, organisation=wish.organisation, teller=who,
        what=wish.what, people=wish.people, fee_cents=decision.fee_cents,
    )  # fmt: skip


def must_be_free(asked: rules.Asked, seen: Look) -> rules.Decision:
    """The decision about the slot; raised if it cannot be had."""
    decision = rules.decide(seen.policy, asked, seen.facts)
    if decision.verdict == rules.REFUSED:
        raise decision.refusal()
    return decision


def must_see(
    who: Who,
    unit: int,
    span: Span,
    *,
    key: UUID | None = None,
    organisation: int | None = None,
    besides: int | None = None,
    days: int = 0,
) -> Look:
    """What is known of the unit; refuses one that cannot be booked, or not be seen."""
    seen = (
        look(who, unit, span, key=key, organisation=organisation, besides=besides, days=days)
        if 0 < unit < 1 << 63
        else None
    )
    if seen is None:
        raise not_bookable()
    return seen


def _replayed(who: Who, wishes: list[Wish], known: list[int | None]) -> list[Booking]:
    """The bookings that these keys have made already, if they have."""
    found = [one for one in known if one is not None]
    if found and len(found) != len(wishes):
        raise _other_content()
    return [_same(who, wish, booking) for wish, booking in zip(wishes, found, strict=False)]


def _same(who: Who, wish: Wish, booking_id: int) -> Booking:
    """The booking of this key, if it is the same wish of the same person."""
    known = Booking.objects.get(id=booking_id)
    kept = (known.account_id, known.unit_id, known.organisation_id, known.what, known.people)
    said = (who.account, wish.unit, wish.organisation, wish.what, wish.people)
    if kept != said or (known.during.lower, known.during.upper) != wish.during:
        raise _other_content()
    return known


def _other_content() -> Refusal:
    return Refusal(
        "booking.key-used", _("Dieser Schlüssel steht schon für eine andere Buchung."), field="key", status=409,
        cure=_("Laden Sie die Seite neu, und buchen Sie noch einmal."),
    )  # fmt: skip
