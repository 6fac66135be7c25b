# SPDX-License-Identifier: EUPL-1.2
"""Bringing back: evidence is a shut door and somebody's word; what is broken goes out of lending at once."""

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.actions import locks
from smilecity.places.actions.lending import course as loans
from smilecity.places.actions.lending.kits import locked
from smilecity.places.models import Kit, Loan
from smilecity.places.rules import words
from smilecity.places.rules.lending import course


def give_back(who: Who, loan: int) -> Loan:
    """The borrower stands before the box: the door is asked to open, and from now on a shut door counts.

    The kit is on its way back even if the box cannot open just now; the refusal of the lock says why it did not. Who
    only looks after the kit opens no door by another's grant. Said twice it is once. Lock: the kit, the loan; then the
    controller.
    """
    with transaction.atomic():
        found = loans.own(who, loan)
        if found.state not in (Loan.OUT, Loan.RETURNING):
            raise _not_out()
        loans.know(who, found, course.gives_back(course.read(found.evidence), clock.now()))
    if found.state == Loan.RETURNING and found.grant_id is not None and _opens(who, found):
        locks.ask_unlock(who, found.grant_id)
    return found


def say_complete(who: Who, loan: int) -> Loan:
    """The borrower says that everything is back in it. Lock: the kit, then the loan."""
    return _say(who, loan, course.COMPLETE)


def say_missing(who: Who, loan: int, words_said: str = "") -> Loan:
    """The borrower says that something is missing: the kit is looked at before it is lent again.

    Lock: the kit, then the loan.
    """
    with transaction.atomic():
        found = _say(who, loan, course.MISSING)
        chore = loans.make_chore(who, "check", found.kit, loan=found, text=_checked(words_said))
        _out_of_lending(found.kit, Kit.CHECK)
        if words_said and not chore.text:
            chore.text = _checked(words_said)
            chore.save(update_fields=["text"])
        return found


def take_back(who: Who, loan: int, *, complete: bool) -> Loan:
    """Who looks after the kit has it in hand, over the counter or out of a box that says nothing.

    Lock: the kit, then the loan.
    """
    with transaction.atomic():
        found = loans.own(who, loan)
        if not rights.may_look_after(who, found.kit.place.noun, found.kit.partner_id):
            raise Refusal("loan.not-yours", _("Das bestätigen die, die sich darum kümmern."), status=403)
        if found.state not in course.OPEN:
            return found
        said = course.COMPLETE if complete else course.MISSING
        known = loans.counter(course.read(found.evidence), said)
        loans.know(who, found, replace(known, sensor=""))
        return found


def report_damage(who: Who, kit: int, words_said: str) -> Kit:
    """Something is broken: nobody is lent it from now on, and the partner club is asked to mend it.

    By who has it, had it last, or looks after it. A photo is not needed. Lock: the kit.
    """
    said = _checked(words_said)
    if not said:
        raise Refusal("damage.text", _("Sagen Sie kurz, was kaputt ist."), field="text", status=422)
    with transaction.atomic():
        found = locked(kit, who)
        last = found.loans.order_by("-made_at", "-id").first()
        mine = last is not None and who.account is not None and last.account_id == who.account
        if not mine and not rights.may_look_after(who, found.place.noun, found.partner_id):
            raise Refusal("kit.not-yours", _("Das melden Sie, wenn Sie es ausgeliehen haben."), status=403)
        _out_of_lending(found, Kit.BROKEN)
        loans.make_chore(who, "mend", found, loan=last if mine else None, text=said)
        return found


def _opens(who: Who, loan: Loan) -> bool:
    noun = loan.kit.place.noun
    return rights.may_open(who, noun.area_id, noun.keeper_id, loan.account_id)


def _say(who: Who, loan: int, said: str) -> Loan:
    with transaction.atomic():
        found = loans.own(who, loan)
        if found.state not in (Loan.RETURNING, Loan.CHECKING):
            if found.state == Loan.RETURNED and said == course.COMPLETE:
                return found
            raise Refusal(
                "loan.not-back", _("Geben Sie es zuerst zurück."), status=409,
                cure=_("Drücken Sie auf Zurückgeben, legen Sie es hinein, und machen Sie die Tür zu."),
            )  # fmt: skip
        loans.know(who, found, replace(course.read(found.evidence), said=said))
        return found


def _out_of_lending(kit: Kit, state: str) -> None:
    if kit.state not in (Kit.BROKEN, Kit.LOST):
        kit.state = state
        kit.save(update_fields=["state"])


def _checked(text: str) -> str:
    return words.plain(text.strip()[:2000], "text")


def _not_out() -> Refusal:
    return Refusal("loan.not-out", _("Das haben Sie gerade nicht."), status=409)
