# SPDX-License-Identifier: EUPL-1.2
"""Kits as a borrower finds them, and their own loans."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db.models import OuterRef, QuerySet, Subquery

from smilecity.core import clock
from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.models import Handle, Kit, Liability, Loan, LockCommand, Pause
from smilecity.places.rules.lending import course, terms
from smilecity.places.rules.locks import messages

MOST = 100


@dataclass(frozen=True, slots=True)
class Lent:
    """A kit, whether it is there now, and until when it is out; never with whom."""

    kit: Kit
    free: bool
    due: datetime | None
    rules: terms.Terms


@dataclass(frozen=True, slots=True)
class Standing:
    """A loan with what its door was last asked, and what is known of its way."""

    loan: Loan
    known: course.Evidence
    asked: str
    reason: str

    @property
    def has_door(self) -> bool:
        """Whether a door opens for it; else it goes over a counter."""
        return self.loan.grant_id is not None

    def told(self) -> str:
        """Where it stands, in words that claim no more than was reported."""
        return course.told(
            self.loan.state, self.known, asked=self.asked, reason=self.reason, box=self.has_door
        )

    @property
    def late(self) -> bool:
        """Whether it should be back by now."""
        return self.loan.state in (Loan.OUT, Loan.RETURNING) and self.loan.due_at < clock.now()


def kits(who: Who, noun: Noun) -> list[Lent]:
    """What can be borrowed at a place, in its order; nothing for whom the place is not there."""
    if not rights.may_see_place(who, noun):
        return []
    due = Loan.objects.filter(kit=OuterRef("id"), state__in=Loan.OPEN).values("due_at")[:1]
    found = Kit.objects.filter(place=noun.id).exclude(state=Kit.AWAY).select_related("unit")
    return [
        Lent(one, one.state == Kit.READY and one.due is None, one.due, terms.checked(one.rules))
        for one in found.annotate(due=Subquery(due)).order_by("order", "id")
    ]


def mine(who: Who, *, past: bool = False) -> list[Standing]:
    """This person's loans: those that are open, the first due first; or those that were, the last first."""
    if who.account is None:
        return []
    found = _whole().filter(account=who.account)
    if past:
        return standing(found.exclude(state__in=Loan.OPEN).order_by("-made_at", "-id")[:MOST])
    return standing(found.filter(state__in=Loan.OPEN).order_by("due_at", "id")[:MOST])


def loan(who: Who, number: int) -> Standing | None:
    """One loan, for its borrower and for who looks after it."""
    found = _whole().filter(id=number).first() if 0 < number < 1 << 63 else None
    if found is None or not rights.may_have_borrowed(who, found):
        return None
    return standing([found])[0]


def pause(who: Who) -> Pause | None:
    """Until when this person borrows nothing; the longest if there are several."""
    if who.account is None:
        return None
    return _pauses().filter(account=who.account).order_by("-until").first()


def codes_of(who: Who) -> Handle | None:
    """This person's seed of one-time codes, if they have one."""
    if who.account is None:
        return None
    return Handle.objects.filter(account=who.account, kind=Handle.CODES, lost_at=None).first()


def liability(keeper: int | None) -> Liability | None:
    """The terms of lending that stand: the keeper's own, else the city's."""
    newest = Liability.objects.order_by("-version")
    own = newest.filter(keeper=keeper).first() if keeper is not None else None
    return own or newest.filter(keeper=None).first()


def has_accepted(who: Who, stands: Liability) -> bool:
    """Whether this person has accepted just this version before."""
    return who.account is not None and Loan.objects.filter(account=who.account, liability=stands).exists()


def borrower(who: Who, kit: Kit) -> terms.Borrower:
    """Who wants to borrow, as the rules know it; without their age."""
    paused = _pauses().filter(account=who.account).order_by("-until").values_list("until", flat=True).first()
    home = get_user_model().objects.filter(id=who.account or 0).values_list("home", flat=True).first()
    return terms.Borrower(
        loans=Loan.objects.filter(account=who.account, state__in=Loan.OPEN).count(),
        paused=paused,
        member=rights.is_member(who, kit.place.noun.keeper_id) or rights.is_member(who, kit.partner_id),
        resident=home is not None,
    )


def borrower_of(handle: Handle, kit: Kit) -> terms.Borrower:
    """The same of somebody with a card or PIN: the desk that gave it knows that they live here."""
    loans = Loan.objects.filter(state__in=Loan.OPEN)
    mine = loans.filter(account=handle.account_id) if handle.account_id else loans.filter(handle=handle)
    paused = _pauses().filter(account=handle.account_id) if handle.account_id else Pause.objects.none()
    until = paused.order_by("-until").values_list("until", flat=True).first()
    return terms.Borrower(loans=mine.count(), paused=until, member=False, resident=True)


def standing(found: "list[Loan] | QuerySet[Loan]") -> list[Standing]:
    """These loans, each with the last wish to open its door, in two questions."""
    rows = list(found)
    grants = [one.grant_id for one in rows if one.grant_id is not None]
    asked = LockCommand.objects.filter(grant__in=grants, what=messages.UNLOCK).order_by("made_at", "id")
    last = {one.grant_id: one for one in asked}
    return [
        Standing(
            one,
            course.read(one.evidence),
            last[one.grant_id].state if one.grant_id in last else "",
            last[one.grant_id].reason if one.grant_id in last else "",
        )
        for one in rows
    ]


def _pauses() -> QuerySet[Pause]:
    return Pause.objects.filter(lifted_at=None, until__gt=clock.now())


def _whole() -> QuerySet[Loan]:
    return Loan.objects.select_related("kit__place__noun", "kit__unit", "grant", "liability")
