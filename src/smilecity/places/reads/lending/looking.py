# SPDX-License-Identifier: EUPL-1.2
"""What those see who look after lending: today, chores, boxes, what happened at doors; and a person's own codes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from smilecity.core import clock, nouns, sealing
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.models import Access, Chore, Controller, Exceptional, Kit, Loan
from smilecity.places.reads.lending.borrowing import Standing, codes_of, standing
from smilecity.places.rules.locks import handles

MOST = 100
SILENT_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Today:
    """All that the operator's page shows: open loans, kits that are not lent, boxes, closings now, open chores."""

    loans: list[Standing]
    away: list[Kit]
    boxes: list[Controller]
    closings: list[Exceptional]
    chores: list[Chore]


def today(who: Who) -> Today:
    """What is to be seen and done now at the places and kits that this person looks after."""
    place, kit = _kept(who, "place__noun__"), _kept(who, "kit__place__noun__")
    mine = Q(partner__in=who.organisations(nouns.KEEP))
    open_ = Loan.objects.filter(kit | Q(kit__partner__in=who.organisations(nouns.KEEP)), state__in=Loan.OPEN)
    whole = open_.select_related("kit__place__noun", "kit__unit", "grant", "liability")
    away = Kit.objects.filter(place | mine, state__in=[Kit.CHECK, Kit.BROKEN, Kit.LOST, Kit.AWAY])
    boxes = Controller.objects.filter(place, active=True).select_related("place__noun")
    now = clock.now()
    closings = Exceptional.objects.filter(place, open=False, ended_at=None, during__contains=now)
    chores = Chore.objects.filter(place | mine, state=Chore.OPEN).select_related("place__noun", "kit")
    return Today(
        standing(whole.order_by("due_at", "id")[:MOST]),
        list(away.select_related("place__noun").order_by("id")[:MOST]),
        list(boxes.order_by("id")[:MOST]),
        list(closings.select_related("place__noun").order_by("id")[:MOST]),
        list(chores.order_by("made_at", "id")[:MOST]),
    )


def lendable(who: Who) -> list[Kit]:
    """What this person may lend over the desk just now."""
    mine = _kept(who, "place__noun__") | Q(partner__in=who.organisations(nouns.KEEP))
    found = Kit.objects.filter(mine, state=Kit.READY).select_related("place__noun")
    return list(found.order_by("place__noun__sort", "order", "id")[:500])


def access_log(who: Who) -> list[Access]:
    """What happened at the doors of this person's places, newest first; the city sees who and when, for 90 days."""
    found = Access.objects.filter(_kept(who, "controller__place__noun__"))
    whole = found.select_related(
        "controller", "compartment__unit", "grant__account", "grant__organisation", "grant__handle"
    )
    return list(whole.order_by("-at", "-id")[:MOST])


def by(line: Access) -> str:
    """By whom, as far as it is known: a name on this page, an organisation, or the number of a card; else nothing."""
    grant = line.grant
    if grant is None:
        return ""
    if grant.organisation is not None:
        who = grant.account.pseudonym if grant.account else ""
        return f"{nouns.in_text(grant.organisation.title, 'de')} {who}".strip()
    if grant.account is not None:
        return str(grant.account.pseudonym)
    return grant.handle.handle if grant.handle else ""


def box(who: Who, key: str) -> Controller | None:
    """The box of this key, if its place is there for this reader."""
    found = Controller.objects.filter(key=key, active=True).select_related("place__noun").first()
    return found if found is not None and rights.may_see_place(who, found.place.noun) else None


def is_silent(controller: Controller) -> bool:
    """Whether the box has not been heard for a while."""
    return controller.reported_at is None or controller.reported_at < clock.now() - SILENT_AFTER


def codes(who: Who) -> list[tuple[datetime, str]]:
    """This person's one-time codes for the next twelve hours, each with the start of its time."""
    handle = codes_of(who)
    seed = sealing.opened(bytes(handle.seed)) if handle is not None else None
    if not seed:
        return []
    now = clock.now()
    return handles.codes(bytes.fromhex(seed), now, now + handles.CODES_AHEAD)


def _kept(who: Who, noun: str) -> Q:
    """Places that this person writes for, as a condition."""
    if who.label == "node" or who.holds_any(("operator", "steward", "clerk")):
        return ~Q(pk__in=[])  # all; an empty condition would vanish beside another
    return Q(**{f"{noun}area__in": who.areas(("steward", "clerk"))}) | Q(
        **{f"{noun}keeper__in": who.organisations(nouns.KEEP)}
    )
