# SPDX-License-Identifier: EUPL-1.2
"""A loan moves on: by what doors report and by what people say. The kit is always locked before its loan."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.places import facts, rights
from smilecity.places.actions import locks
from smilecity.places.actions.lending.kits import locked
from smilecity.places.models import Access, Chore, Compartment, Grant, Kit, Loan, LockCommand, Pause
from smilecity.places.rules.lending import course
from smilecity.places.rules.lending.course import Evidence
from smilecity.places.rules.locks import messages

READER = "lending"
DOORS = {facts.DOOR_REPORTED, facts.DOORS_REPORTED}
AT_ONCE = 500
AT_THE_BOX = timedelta(minutes=1)
_DOOR = {"opened": "opened", "open": "opened", "closed": "closed"}


def heed_doors(who: Who) -> int:
    """Take what doors reported since the last time into their loans; how many entries of the log were read.

    By the node alone. Lock: the reader's row, then each kit and its loan.
    """
    if not rights.may_let_go(who):
        raise Refusal("loan.not-yours", _("Das tut die Stadt selbst."), status=403)
    return log.read(READER, _heed, AT_ONCE)


def heed(who: Who, loan: Loan) -> Loan:
    """The loan by what its door has reported until now; the caller holds the kit and the loan."""
    there = compartment(loan)
    return know(who, loan, course.read(loan.evidence), _doors(loan, there)) if there is not None else loan


def know(who: Who, loan: Loan, known: Evidence, doors: Sequence[course.Word] | None = None) -> Loan:
    """The loan with this evidence, moved to where it stands by it; the caller holds the kit and the loan."""
    if doors is None:
        there = compartment(loan)
        doors = _doors(loan, there) if there is not None else ()
    found = course.seen(known, doors)
    kept = {**found.as_json(), **({"later": True} if loan.evidence.get("later") else {})}
    state = course.stands(loan.state, found)
    if (kept, state) == (loan.evidence, loan.state):
        return loan
    before, loan.evidence, loan.state, loan.changed_at = loan.state, kept, state, clock.now()
    if state != Loan.OPENING and loan.out_at is None:
        loan.out_at = found.first or found.taken or clock.now()
    loan.save(update_fields=["evidence", "state", "changed_at", "out_at"])
    if state != before:
        _moved(who, loan, found)
    return loan


def own(who: Who, loan: int) -> Loan:
    """The loan, held after its kit, for its borrower and for who looks after the kit; for others it is not there."""
    found = own_unlocked(who, loan)
    locked(found.kit_id)
    return Loan.objects.select_for_update(of=("self",)).select_related("kit__place__noun").get(id=loan)


def own_unlocked(who: Who, loan: int) -> Loan:
    """The same without a lock."""
    found = (
        Loan.objects.select_related("kit__place__noun").filter(id=loan).first()
        if 0 < loan < 1 << 63
        else None
    )
    if found is None or not rights.may_have_borrowed(who, found):
        raise Refusal("loan.unknown", _("Diese Ausleihe gibt es nicht."), status=404)
    return found


def compartment(loan: Loan) -> Compartment | None:
    """The door behind which the kit lies; None if it is lent over a counter."""
    return (
        Compartment.objects.select_related("controller").filter(unit=loan.kit.unit_id).first()
        if loan.kit.unit_id
        else None
    )


def close(who: Who, loan: Loan) -> None:
    """What every end of a loan brings: nothing opens by it any more. The caller holds the kit and the loan."""
    if loan.grant_id is not None:
        locks.revoke_grant(NODE, loan.grant_id)


def tell(who: Who, verb: str, loan: Loan) -> None:
    """Announce what happened to a loan: ids only, to its borrower and nobody's history."""
    data = {"loan": loan.id, "kit": loan.kit_id, "state": loan.state}
    if loan.account_id is not None:
        data["account"] = loan.account_id
    log.append(who, verb, about=[loan.kit.place_id, loan.kit_id, loan.id], data=data)


def make_chore(who: Who, kind: str, kit: Kit, *, loan: Loan | None = None, text: str = "") -> Chore:
    """What the partner club has to do now; one of a kind for a kit is enough."""
    open_ = kit.chores.filter(kind=kind, state=Chore.OPEN).first()
    if open_ is not None:
        return open_
    made = Chore.objects.create(
        place_id=kit.place_id, kit=kit, loan=loan, kind=kind, text=text, partner_id=kit.partner_id, by=who.label,
        made_at=clock.now(),
    )  # fmt: skip
    log.append(who, facts.CHORE_MADE, noun=kit.place_id, data={"chore": made.id, "kind": kind})
    return made


def _heed(entries: Sequence[LogEntry]) -> None:
    """Open loans at the doors that these entries tell of, and those that were given up before the box was heard."""
    told = {number for one in entries if one.verb in DOORS for number in _compartments(one)}
    grants = {one.data.get("grant") for one in entries if one.verb in DOORS} - {None}
    concerned = Loan.objects.filter(kit__unit__compartment__in=told, state__in=Loan.OPEN)
    given_up = Loan.objects.filter(grant__in=grants, state=Loan.FAILED)
    _open_now(entries)
    pairs = {*concerned.values_list("kit", "id"), *given_up.values_list("kit", "id")}
    for kit, loan in sorted(pairs):
        held = locked(kit)
        found = Loan.objects.select_for_update(of=("self",)).select_related("kit__place__noun").get(id=loan)
        if found.state == Loan.FAILED and not _revived(held, found):
            continue
        heed(NODE, found)


def _open_now(entries: Sequence[LogEntry]) -> None:
    """Who has just asked to borrow need not ask again when the box has learned of it a moment later."""
    installed = {
        one.data.get("grant")
        for one in entries
        if one.verb == facts.GRANT_CHANGED and one.data.get("state") == Grant.INSTALLED
    }
    just = Loan.objects.filter(
        grant__in=installed - {None}, state=Loan.OPENING, made_at__gt=clock.now() - AT_THE_BOX
    )
    asked = set(
        LockCommand.objects.filter(grant__in=installed - {None}, what=messages.UNLOCK).values_list(
            "grant", flat=True
        )
    )
    for loan in just.exclude(evidence__has_key="later"):
        if loan.grant_id is None or loan.grant_id in asked:
            continue
        with suppress(Refusal):  # such as a place that is closed: the page says so when they press "open"
            locks.ask_unlock(NODE, loan.grant_id)


def _revived(kit: Kit, loan: Loan) -> bool:
    """A box without a net opened in time, and says so only now: then the kit is out after all, unless it is lent anew."""
    there = compartment(loan)
    opened = there is not None and any(what == "opened" for _n, _at, what in _doors(loan, there))
    if not opened:
        return False
    if kit.loans.filter(state__in=Loan.OPEN).exists():
        make_chore(NODE, "look", kit, loan=loan)
        return False
    loan.state, kit.state = Loan.OPENING, Kit.OUT
    loan.save(update_fields=["state"])
    kit.save(update_fields=["state"])
    return True


def _compartments(entry: LogEntry) -> set[int]:
    one = entry.data.get("compartment")
    return {*entry.data.get("compartments", ()), *([one] if one else ())}


def _doors(loan: Loan, there: Compartment) -> list[course.Word]:
    """What was reported of this door since the loan began: events, and the state as it was told last."""
    rows = Access.objects.filter(
        compartment=there,
        id__gt=loan.id,
        at__gte=loan.made_at - course.CLOCKS,
        what__in=("opened", "closed"),
        counter__isnull=False,
    )
    if loan.state == Loan.FAILED:
        rows = rows.filter(grant=loan.grant)
    found: list[course.Word] = [(one.counter or 0, one.at, one.what) for one in rows]
    box, door = there.controller, _DOOR.get(there.door)
    if door and box.reported_at is not None and box.reported_at >= loan.made_at:
        found.append((box.reported.get("counter", 0), box.reported_at, door))
    return found


def _moved(who: Who, loan: Loan, known: Evidence) -> None:
    """What comes of a loan's new state: for the kit, for its borrower, for the partner club."""
    kit = loan.kit
    if loan.state == Loan.CHECKING:
        if course.MISSING in (known.said, known.sensor):
            _set(kit, Kit.CHECK)
            make_chore(who, "check", kit, loan=loan)
    elif loan.state == Loan.RETURNED:
        loan.returned_at, loan.complete = clock.now(), True
        loan.save(update_fields=["returned_at", "complete"])
        if kit.state == Kit.OUT:
            _set(kit, Kit.READY)
        Pause.objects.filter(loan=loan, lifted_at=None).update(lifted_at=clock.now())
        close(who, loan)
    tell(who, facts.LOAN_MOVED if loan.state != Loan.RETURNED else facts.LOAN_RETURNED, loan)


def _set(kit: Kit, state: str) -> None:
    kit.state = state
    kit.save(update_fields=["state"])


def counter(known: Evidence, said: str) -> Evidence:
    """The kit is in the hands of who keeps the place, who says what they see."""
    now = clock.now()
    return replace(known, giving=known.giving or now, counter=now, said=said)
