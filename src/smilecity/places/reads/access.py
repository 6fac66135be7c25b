# SPDX-License-Identifier: EUPL-1.2
"""Doors of clubs: what is entrusted to whom, who is let in when, who opened; a keyholder's own doors; and callers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Prefetch, Q, QuerySet

from smilecity.core import clock, nouns
from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.people.reads import who_is
from smilecity.places import rights
from smilecity.places.models import (
    Access,
    Booking,
    Compartment,
    Controller,
    Entrusted,
    Grant,
    Handle,
    Keyholder,
    LockCommand,
    Permit,
)
from smilecity.places.rules.access import CODE_LASTS
from smilecity.places.rules.locks import messages

MOST = 200
MOST_LINES = 5000
ONLINE = timedelta(minutes=2)
"""A box that said something so lately learns within seconds what is new."""
ROLES = ("steward", "clerk")


@dataclass(frozen=True, slots=True)
class Door:
    """A time in which a keyholder may open a door, with what the door was last asked."""

    grant: Grant
    asked: str
    reason: str

    @property
    def is_now(self) -> bool:
        """Whether it is that time."""
        return bool(self.grant.during.lower <= clock.now() < self.grant.during.upper)

    @property
    def is_known(self) -> bool:
        """Whether the box has said that it knows of it."""
        return self.grant.state == Grant.INSTALLED


def entrusted(who: Who) -> list[Entrusted]:
    """What is entrusted to clubs now or later: of the places this person keeps, and to those they work for."""
    now = clock.now()
    mine = _kept(who, "compartment__unit__place__noun__") | Q(organisation__in=who.organisations(nouns.KEEP))
    found = _entrusted().filter(mine, ended_at=None, during__endswith__gt=now)
    return list(found.order_by("organisation__sort", "during", "id")[:MOST])


def door(who: Who, number: int) -> Entrusted | None:
    """One of them, with its permits and whom they let in, for the club and for who keeps the places there."""
    if not 0 < number < 1 << 63:
        return None
    permits = Permit.objects.filter(ended_at=None, keyholder__ended_at=None).order_by("keyholder", "id")
    whole = permits.select_related("keyholder__account", "keyholder__handle")
    found = (
        _entrusted()
        .prefetch_related(Prefetch("permits", whole, to_attr="open_permits"))
        .filter(id=number)
        .first()
    )
    if found is None:
        return None
    area = found.compartment.unit.place.noun.area_id
    return found if rights.may_see_entrusted(who, area, found.organisation_id) else None


def keyholders(who: Who, organisation: int) -> list[Keyholder]:
    """Whom a club lets in, for those who work for it."""
    if not rights.may_let_in(who, organisation):
        return []
    found = Keyholder.objects.filter(organisation=organisation, ended_at=None).select_related(
        "account", "handle"
    )
    return list(found.order_by("id")[:MOST])


def pending(who: Who, one: Entrusted) -> int:
    """How many grants at this door the box has still to drop of those who are let in no more; of a door one was shown.

    Who got another time instead still gets in, and is not counted.
    """
    there = Grant.objects.filter(compartment=one.compartment_id, organisation=one.organisation_id)
    live = there.filter(state__in=(Grant.WANTED, Grant.INSTALLED), keyholder__isnull=False)
    return there.filter(state=Grant.REVOKING).exclude(keyholder__in=live.values("keyholder")).count()


def entrustable(who: Who) -> list[Compartment]:
    """The doors that this person may entrust to a club."""
    found = Compartment.objects.filter(_kept(who, "unit__place__noun__")).select_related("unit__place__noun")
    return list(found.order_by("unit__place__noun__sort", "channel")[:MOST])


def clubs(who: Who) -> list[Noun]:
    """Whom they may entrust it to."""
    if not rights.may_publish_any(who):
        return []
    return list(Noun.objects.filter(kind="organisation", visibility=Noun.PUBLIC).order_by("sort", "id")[:500])


def log(who: Who, *, limit: int = MOST) -> list[Access]:
    """Who opened which door of a club, newest first: all of it for who keeps the places, of their own for clubs."""
    own = Q(grant__organisation__in=who.organisations(nouns.KEEP), grant__why="trainer")
    kept = _kept(who, "controller__place__noun__") & Q(
        compartment__in=Entrusted.objects.values("compartment")
    )
    found = Access.objects.filter(own | kept)
    whole = found.select_related(
        "compartment__unit__place__noun", "grant__keyholder__account", "grant__organisation", "grant__handle",
        "grant__account", "controller",
    )  # fmt: skip
    return list(whole.order_by("-at", "-id")[:limit])


def my_doors(who: Who) -> list[Door]:
    """When and where this person may open the doors of their clubs, the next first."""
    if who.account is None:
        return []
    live = Grant.objects.filter(
        account=who.account, why="trainer", state__in=(Grant.WANTED, Grant.INSTALLED),
        during__endswith__gt=clock.now(),
    )  # fmt: skip
    whole = live.select_related("compartment__unit__place__noun", "compartment__controller", "organisation")
    rows = list(whole.order_by("during", "id")[:MOST])
    asked = LockCommand.objects.filter(grant__in=rows, what=messages.UNLOCK).order_by("made_at", "id")
    last = {one.grant_id: one for one in asked}
    return [
        Door(one, last[one.id].state if one.id in last else "", last[one.id].reason if one.id in last else "")
        for one in rows
    ]


def callers_doors(who: Who, said: str) -> list[Grant]:
    """What somebody on the telephone may open in the next twelve hours, by the number of their card, their e-mail address
    or their name on this page; for those who tell codes, at places they write for.
    """
    name = said.strip().replace("\0", "")
    if not name or not rights.may_give_handles(who):
        return []
    now = clock.now()
    accounts = get_user_model().objects.filter(is_active=True)
    own = accounts.filter(email=name.lower()) if "@" in name else accounts.filter(pseudonym=name)
    number = "".join(name.split()).upper()
    carriers = Handle.objects.filter(handle=number, account__isnull=False).values("account")
    found = Grant.objects.filter(
        Q(account__in=own) | Q(handle__handle=number) | Q(account__in=carriers),
        _kept(who, "compartment__unit__place__noun__"), state__in=(Grant.WANTED, Grant.INSTALLED), stands_for=None,
        during__overlap=(now, now + CODE_LASTS), why__in=("loan", "booking", "trainer"),
    ).exclude(uses_left=0)  # fmt: skip
    whole = found.select_related("compartment__unit__place__noun", "compartment__controller", "organisation")
    return list(whole.order_by("during", "id")[:20])


def is_online(controller: Controller) -> bool:
    """Whether the box hears within seconds what is new."""
    return controller.reported_at is not None and controller.reported_at > clock.now() - ONLINE


def let_in_for(bookings: Collection[Booking]) -> dict[int, set[int]]:
    """By booking, the accounts whom its club lets in at the place because it is booked; for this room's own actions.

    One question, and those after each person's roles.
    """
    found: dict[int, set[int]] = {one.id: set() for one in bookings}
    clubs = {one.organisation_id for one in bookings if one.organisation_id and one.state == Booking.BOOKED}
    if not clubs:
        return found
    permits = Permit.objects.select_related("keyholder__account", "entrusted__compartment__unit").filter(
        kind=Permit.BOOKINGS, ended_at=None, keyholder__ended_at=None, keyholder__account__is_active=True,
        entrusted__ended_at=None, entrusted__organisation__in=clubs,
    )  # fmt: skip
    known: dict[int, Who] = {}
    for one in permits.order_by("id"):
        account, club = one.keyholder.account, one.entrusted.organisation_id
        assert account is not None
        if account.pk not in known:
            known[account.pk] = who_is(account)
        if not rights.trains_for(known[account.pk], club):
            continue
        for booking in bookings:
            if booking.state == Booking.BOOKED and booking.organisation_id == club and _lets_in(one, booking):
                found[booking.id].add(account.pk)
    return found


def _lets_in(permit: Permit, booking: Booking) -> bool:
    """Whether it is for that place and that day, and the club has the door then."""
    own, start = permit.entrusted, booking.during.lower
    there = own.compartment.unit.place_id == booking.unit.place_id
    day = start.astimezone(settings.SMILE.zone).date()
    held = own.during.lower < booking.during.upper and start < own.during.upper
    return bool(there and held and permit.first <= day <= permit.last)


def _entrusted() -> QuerySet[Entrusted]:
    return Entrusted.objects.select_related(
        "compartment__unit__place__noun", "compartment__controller", "organisation"
    )


def _kept(who: Who, noun: str) -> Q:
    """Places that this person keeps, as a condition."""
    if who.label == "node" or who.holds_any(("operator", *ROLES)):
        return ~Q(pk__in=[])
    return Q(**{f"{noun}area__in": who.areas(ROLES)})
