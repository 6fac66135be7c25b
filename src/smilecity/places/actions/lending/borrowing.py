# SPDX-License-Identifier: EUPL-1.2
"""Borrowing: from the wish to the kit in hand. What opens is decided by the locks; what is open only the box says."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.places import facts, rights
from smilecity.places.actions import locks
from smilecity.places.actions.lending import course as loans
from smilecity.places.actions.lending.kits import locked
from smilecity.places.models import Compartment, Handle, Kit, Liability, Loan
from smilecity.places.reads.lending import borrowing as reads
from smilecity.places.rules.lending import course, terms


def borrow(
    who: Who,
    kit: int,
    key: UUID,
    *,
    accepts: int | None = None,
    later: bool = False,
    age: int | None = None,
    guardian: bool = False,
) -> Loan:
    """Borrow a kit: the door is asked to open, or (`later`) it is kept so long that a PIN or code can open it.

    The same key is the same loan. `accepts` is the version of the terms of lending that was read; `age` and `guardian`
    are looked at and never kept. Lock: the kit, then the controller of its door.
    """
    if who.account is None:
        raise Refusal(
            "loan.sign-in", _("Zum Ausleihen brauchen Sie ein Konto oder eine Karte der Bibliothek."), status=401,
            cure=_("Melden Sie sich an, oder lassen Sie sich in der Bibliothek eine Karte geben."),
        )  # fmt: skip
    with transaction.atomic():
        known = Loan.objects.filter(key=key).first()
        if known is not None:
            return _same(known, kit, who.account)
        found = _lendable(who, kit)
        borrower = replace(reads.borrower(who, found), age=age, guardian=guardian)
        terms.must_lend(terms.checked(found.rules), borrower, clock.now())
        loan = _lent(who, found, key, account=who.account, liability=_accepted(found, accepts), later=later)
    if loan.grant_id is not None and not later:
        try_to_open(who, loan)
    return loan


def lend(who: Who, kit: int, key: UUID, handle: str) -> Loan:
    """Borrow for somebody with a card or a PIN who rings or stands at the desk; they open with it at the box.

    By who keeps the place. The terms were read out or lie on the desk; who has no account is asked their age there.
    Lock: as `borrow`.
    """
    with transaction.atomic():
        found = locked(kit, who)
        if not rights.may_look_after(who, found.place.noun, found.partner_id):
            raise Refusal("loan.not-yours", _("Das tun die, die den Ort pflegen."), status=403)
        card = good_handle(handle)
        known = Loan.objects.filter(key=key).first()
        if known is not None:
            return _same(known, kit, card.account_id)
        _must_be_there(found)
        borrower = reads.borrower_of(card, found)
        rules = terms.checked(found.rules)
        terms.must_lend(replace(rules, age_from=None, alone_from=None), borrower, clock.now())
        return _lent(
            who, found, key, account=card.account_id, handle=card, liability=_standing(found), later=True
        )


def report_out(who: Who, loan: int) -> Loan:
    """The borrower, or who lends over the counter, says that the kit is out. Lock: the kit, then the loan."""
    with transaction.atomic():
        found = loans.own(who, loan)
        if found.state == Loan.OPENING:
            box = loans.compartment(found) is not None
            if not box and not rights.may_look_after(who, found.kit.place.noun, found.kit.partner_id):
                raise Refusal("loan.counter", _("Das bestätigt, wer es Ihnen am Tresen gibt."), status=409)
            loans.know(who, found, replace(course.read(found.evidence), taken=clock.now()))
        return found


def try_to_open(who: Who, loan: Loan) -> Refusal | None:
    """Ask the door to open; the refusal if it cannot be asked yet: the loan is there all the same."""
    if loan.grant_id is None:
        return None
    try:
        locks.ask_unlock(who, loan.grant_id)
    except Refusal as refusal:
        return refusal
    return None


def open_again(who: Who, loan: int) -> Loan:
    """Ask the door of an open loan to open once more. Lock: the controller's row."""
    found = loans.own_unlocked(who, loan)
    if found.state not in course.OPEN or found.grant_id is None:
        raise Refusal("loan.no-door", _("Hier gibt es keine Tür mehr zu öffnen."), status=409)
    locks.ask_unlock(who, found.grant_id)
    return found


def good_handle(name: str) -> Handle:
    """The card or PIN of this number, if it is good now."""
    now = clock.now()
    found = Handle.objects.filter(handle=name.strip().upper().replace(" ", ""), lost_at=None).first()
    if found is None or (found.ends_at is not None and found.ends_at <= now):
        raise Refusal(
            "handle.not-good", _("Diese Nummer gilt nicht."), field="handle", status=422,
            cure=_("Sehen Sie noch einmal auf die Karte, oder lassen Sie sich eine neue geben."),
        )  # fmt: skip
    return found


def _lendable(who: Who, kit: int) -> Kit:
    """The kit, held, if it is there to be lent."""
    found = locked(kit, who)
    _must_be_there(found)
    return found


def _must_be_there(kit: Kit) -> None:
    if kit.state != Kit.READY or kit.loans.filter(state__in=Loan.OPEN).exists():
        raise _gone()


def _lent(
    who: Who, kit: Kit, key: UUID, *, account: int | None, liability: Liability | None, later: bool,
    handle: Handle | None = None,
) -> Loan:  # fmt: skip
    """The loan with its grant; the caller holds the kit."""
    now, rules = clock.now(), terms.checked(kit.rules)
    due = terms.until(rules, now + timedelta(minutes=rules.hold if later else 0))
    there = Compartment.objects.filter(unit=kit.unit_id).first() if kit.unit_id else None
    grant = None
    if there is not None:
        # Who may lend it has been asked above; a partner club need not keep the place.
        grant = locks.wish_grant(
            who if handle is None else NODE, there.id, (now, due + course.GIVEN_UP), "loan",
            account=account, handle=handle.id if handle else None,
        )  # fmt: skip
    try:
        with transaction.atomic():
            loan = Loan.objects.create(
                key=key, kit=kit, account_id=account, handle=handle, grant=grant, liability=liability, due_at=due,
                made_at=now, changed_at=now, evidence={"later": later} if later else {},
            )  # fmt: skip
    except IntegrityError as error:
        raise _gone() from error
    kit.state = Kit.OUT
    kit.save(update_fields=["state"])
    loans.tell(who, facts.LOAN_BEGUN, loan)
    return loan


def _accepted(kit: Kit, version: int | None) -> Liability | None:
    """The terms that stand, if just these were accepted; whoever reads others is shown these."""
    stands = _standing(kit)
    if stands is not None and version != stands.version:
        raise Refusal(
            "loan.terms",
            _("Bitte lesen Sie die Bedingungen, und stimmen Sie zu."),
            field="accepts",
            status=422,
        )
    return stands


def _standing(kit: Kit) -> Liability | None:
    return reads.liability(kit.place.noun.keeper_id)


def _same(known: Loan, kit: int, account: int | None) -> Loan:
    if (known.kit_id, known.account_id) != (kit, account):
        raise Refusal(
            "loan.key-used", _("Diese Seite hat schon etwas anderes ausgeliehen."), status=409,
            cure=_("Laden Sie die Seite neu."),
        )  # fmt: skip
    return known


def _gone() -> Refusal:
    return Refusal(
        "loan.taken", _("Das ist gerade nicht da."), status=409,
        cure=_("Nehmen Sie etwas anderes, oder sehen Sie später wieder nach."),
    )  # fmt: skip
