# SPDX-License-Identifier: EUPL-1.2
"""What the partner club has to do: check, mend, clean, fill up; by a report or by the clock."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions.lending import course as loans
from smilecity.places.actions.lending.kits import locked
from smilecity.places.models import Chore, Kit, Loan
from smilecity.places.rules.lending import course

HEALS = {"check": (Kit.CHECK,), "mend": (Kit.BROKEN,), "look": (Kit.CHECK, Kit.LOST)}


def do_chore(who: Who, chore: int, *, fine: bool = True) -> Chore:
    """It is done. Checked or mended and `fine`, the kit is lent again; not fine, it stays away and must be mended.

    Lock: the kit, then its open loan, then the chore.
    """
    with transaction.atomic():
        found = _own(who, chore)
        if found.state != Chore.OPEN:
            return found
        if found.kit is not None and found.kind in HEALS:
            _settle(who, found.kit, found.kind, fine=fine)
        return _end(who, found, Chore.DONE)


def drop_chore(who: Who, chore: int) -> Chore:
    """It need not be done; a kit that waits for it is lent again only once somebody says that it is fine.

    Lock: the kit, then the chore.
    """
    with transaction.atomic():
        found = _own(who, chore)
        if found.state != Chore.OPEN:
            return found
        if found.kit is not None and found.kit.state != Kit.READY and found.kind in HEALS:
            raise Refusal(
                "chore.needed", _("Ohne diese Aufgabe bleibt die Sache außer Verleih."), status=409,
                cure=_("Sagen Sie, ob sie in Ordnung ist."),
            )  # fmt: skip
        return _end(who, found, Chore.DROPPED)


def _own(who: Who, chore: int) -> Chore:
    """The chore, held after its kit, for who looks after it."""
    found = (
        Chore.objects.select_related("place__noun").filter(id=chore).first() if 0 < chore < 1 << 63 else None
    )
    if found is None or not rights.may_look_after(who, found.place.noun, found.partner_id):
        raise Refusal("chore.unknown", _("Diese Aufgabe gibt es nicht."), status=404)
    kit = locked(found.kit_id) if found.kit_id is not None else None
    held = Chore.objects.select_for_update().get(id=chore)
    held.kit = kit
    return held


def _settle(who: Who, kit: Kit, kind: str, *, fine: bool) -> None:
    """What somebody saw with their own eyes ends a loan that waited for it, and lends the kit again or not."""
    found = kit.loans.select_for_update(of=("self",)).filter(state=Loan.CHECKING).first()
    if found is not None:
        found.kit = kit
        said = course.COMPLETE if fine else course.MISSING
        loans.know(who, found, loans.counter(course.read(found.evidence), said))
        if not fine:
            _end_incomplete(who, found)
    if fine and kit.state in HEALS[kind]:
        kit.state = Kit.READY
        kit.save(update_fields=["state"])
    elif not fine:
        kit.state = Kit.BROKEN
        kit.save(update_fields=["state"])
        if kind != "mend":
            loans.make_chore(who, "mend", kit, loan=found)


def _end_incomplete(who: Who, loan: Loan) -> None:
    """Back, and not whole: the loan ends all the same, at the cost of a ball."""
    loan.state, loan.complete = Loan.RETURNED, False
    loan.returned_at = loan.changed_at = clock.now()
    loan.save(update_fields=["state", "complete", "returned_at", "changed_at"])
    loans.close(who, loan)
    loans.tell(who, facts.LOAN_RETURNED, loan)


def _end(who: Who, chore: Chore, state: str) -> Chore:
    chore.state, chore.done_at, chore.done_by = state, clock.now(), who.label
    chore.save(update_fields=["state", "done_at", "done_by"])
    log.append(
        who,
        facts.CHORE_DONE,
        noun=chore.place_id,
        data={"chore": chore.id, "kind": chore.kind, "state": state},
    )
    return chore
