# SPDX-License-Identifier: EUPL-1.2
"""What ends a loan before its time, and by the clock: given up, never fetched, late, lost; chores, and forgetting."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions.lending import course as loans
from smilecity.places.actions.lending.kits import locked
from smilecity.places.models import Access, Chore, Grant, Handle, Kit, Loan, Pause
from smilecity.places.rules.lending import course, terms

AT_ONCE = 500
KEPT = timedelta(days=90)
"""How long a loan and a line of the access log still say who it was: so long may anybody ask about damage."""
CHECK_AFTER = timedelta(hours=1)


def remind_late(who: Who) -> int:
    """Remind who is late, at most three times and ever further apart; then lending pauses; in the end it is lost.

    How many were late. Lock: each kit, then its loan.
    """
    _must(who)
    late = Loan.objects.filter(state__in=Loan.OPEN, due_at__lt=clock.now()).exclude(state=Loan.OPENING)
    count = 0
    for loan in _each(late):
        with transaction.atomic():
            found = _held(loan)
            if found.state not in (Loan.OUT, Loan.RETURNING):
                continue
            count += 1
            _remind(who, found)
    return count


def end_openings(who: Who) -> int:
    """End loans that nobody opened in time; how many.

    Only where that is known: a box that knows of the loan and has not been heard since may have been opened, so its
    kit is not free yet. Lock: each kit, then its loan, then the controller.
    """
    _must(who)
    count = 0
    for loan in _each(Loan.objects.filter(state=Loan.OPENING)):
        with transaction.atomic():
            count += _ended_unfetched(who, loans.heed(who, _held(loan)))
    return count


def give_up(who: Who, loan: int) -> Loan:
    """Not after all: what is kept for its borrower and nobody has fetched is free again, and opens for them no more.

    Where a box knows of the loan and is not heard, somebody may have opened it: then it is free as soon as the box is
    heard. Said twice it is once. Lock: the kit, then the loan, then the controller.
    """
    with transaction.atomic():
        found = loans.heed(who, loans.own(who, loan))
        if found.state == Loan.FAILED or course.read(found.evidence).given_up:
            return found
        if found.state == Loan.OPENING:
            loans.know(who, found, replace(course.read(found.evidence), given_up=clock.now()))
        if found.state != Loan.OPENING:
            raise Refusal(
                "loan.fetched",
                _("Das ist schon abgeholt."),
                status=409,
                cure=_("Geben Sie es einfach zurück."),
            )
        if not _ended_unfetched(who, found):
            loans.close(who, found)
        return found


def plan_chores(who: Who) -> int:
    """Make what is due by the clock: kits nobody said anything of, cleaning, counting; how many are open after it.

    Lock: each kit.
    """
    _must(who)
    silent = Loan.objects.filter(state=Loan.CHECKING, changed_at__lt=clock.now() - CHECK_AFTER)
    for loan in _each(silent):
        with transaction.atomic():
            found = _held(loan)
            if found.state == Loan.CHECKING and found.kit.state == Kit.OUT:
                _set(found.kit, Kit.CHECK)
                loans.make_chore(who, "check", found.kit, loan=found)
    for kit in Kit.objects.exclude(state__in=[Kit.AWAY, Kit.LOST]).exclude(partner=None):
        for kind, every in course.CHORE_EVERY.items():
            last = kit.chores.filter(kind=kind).order_by("-made_at").first()
            if last is None or (
                last.state != Chore.OPEN and (last.done_at or last.made_at) < clock.now() - every
            ):
                with transaction.atomic():
                    loans.make_chore(who, kind, locked(kit.id))
    return Chore.objects.filter(state=Chore.OPEN).count()


def forget_borrowers(who: Who) -> int:
    """Take the person off loans, grants and handles that ended 90 days ago, and drop old lines of the access log.

    How many rows. Lock: the rows.
    """
    _must(who)
    before = clock.now() - KEPT
    with transaction.atomic():
        old = Loan.objects.filter(changed_at__lt=before).exclude(state__in=Loan.OPEN)
        count = old.filter(~Q(account=None) | ~Q(handle=None)).update(account=None, handle=None)
        count += Access.objects.filter(at__lt=before).delete()[0]
        count += Pause.objects.filter(until__lt=before).delete()[0]
        over = Grant.objects.filter(during__endswith__lt=before, state__in=[Grant.REVOKED, Grant.ENDED])
        count += over.exclude(account=None).update(account=None)
        count += Handle.objects.filter(Q(lost_at__lt=before) | Q(ends_at__lt=before)).delete()[0]
        return count


def _remind(who: Who, loan: Loan) -> None:
    now = clock.now()
    if course.is_given_up(loan.due_at, now):
        return _lose(who, loan)
    due = course.reminders_due(loan.due_at, now)
    if due > loan.reminded:
        loan.reminded = due
        loan.save(update_fields=["reminded"])
        loans.tell(who, facts.LOAN_LATE, loan)
    if due >= len(course.REMINDERS):
        _pause(who, loan, "late")
    return None


def _pause(who: Who, loan: Loan, reason: str) -> None:
    """Nothing new is borrowed for so long as it is late; the longer, the longer, and a return ends it."""
    if loan.account_id is None:
        return
    now = clock.now()
    until = now + course.pause(terms.checked(loan.kit.rules), loan.due_at, now)
    known = Pause.objects.filter(loan=loan, lifted_at=None).first()
    if known is None and until > now:
        Pause.objects.create(account_id=loan.account_id, loan=loan, reason=reason, until=until, made_at=now)
        loans.tell(who, facts.LOAN_PAUSED, loan)
    elif known is not None and until > known.until:
        known.until = until
        known.save(update_fields=["until"])


def _lose(who: Who, loan: Loan) -> None:
    """It costs a ball: the club fills up, lending pauses for a while, and that is all."""
    _pause(who, loan, "lost")
    loan.state, loan.changed_at, loan.complete = Loan.LOST, clock.now(), False
    loan.save(update_fields=["state", "changed_at", "complete"])
    _set(loan.kit, Kit.LOST)
    loans.make_chore(who, "look", loan.kit, loan=loan)
    loans.close(who, loan)
    loans.tell(who, facts.LOAN_LOST, loan)


def _ended_unfetched(who: Who, loan: Loan) -> bool:
    """End a loan that nobody fetched, if that is known; whether it is. The caller holds the kit and the loan."""
    if loan.state != Loan.OPENING or not _is_over(loan):
        return False
    loan.state, loan.changed_at = Loan.FAILED, clock.now()
    loan.save(update_fields=["state", "changed_at"])
    if loan.kit.state == Kit.OUT:
        _set(loan.kit, Kit.READY)
    loans.close(who, loan)
    if course.read(loan.evidence).given_up is None:  # who gave it up knows
        loans.tell(who, facts.LOAN_FAILED, loan)
    return True


def _is_over(loan: Loan) -> bool:
    """Whether nobody fetched it in time, as far as can be known."""
    rules = terms.checked(loan.kit.rules)
    minutes = rules.hold if loan.evidence.get("later") else rules.wait
    end = course.read(loan.evidence).given_up or loan.made_at + timedelta(minutes=minutes)
    if clock.now() < end:
        return False
    there = loans.compartment(loan)
    if there is None or loan.grant is None or loan.grant.acknowledged == 0:
        return True
    heard = there.controller.reported_at
    return heard is not None and heard >= end


def _each(found: QuerySet[Loan]) -> Iterator[int]:
    yield from found.order_by("id").values_list("id", flat=True)[:AT_ONCE]


def _held(loan: int) -> Loan:
    kit = Loan.objects.values_list("kit", flat=True).get(id=loan)
    held = locked(kit)
    found = Loan.objects.select_for_update(of=("self",)).select_related("grant").get(id=loan)
    found.kit = held
    return found


def _set(kit: Kit, state: str) -> None:
    kit.state = state
    kit.save(update_fields=["state"])


def _must(who: Who) -> None:
    if not rights.may_let_go(who):
        raise Refusal("loan.not-yours", _("Das tut die Stadt selbst, nach der Uhr."), status=403)
