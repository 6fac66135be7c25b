# SPDX-License-Identifier: EUPL-1.2
"""What is lent as those see it who keep it: kits of their places, and the terms of lending by version."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.paging import Page, page
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.models import Kit, Liability, Loan, Place, Unit
from smilecity.places.reads import changes


@dataclass(frozen=True, slots=True)
class Version:
    """Terms of lending, and how many loans were made by just these; never by whom."""

    terms: Liability
    loans: int


def kept_kits(who: Who, after: str = "") -> Page[Kit]:
    """The kits at the places that this person writes for, place by place."""
    found = Kit.objects.filter(_mine(who)).select_related("place__noun", "partner")
    return page(
        found.annotate(sort=F("place__noun__sort")), ("sort", "place_id", "order", "id"), after=after, size=50
    )


def kept_kit(who: Who, number: int) -> Kit | None:
    """One of them, with its place; nothing for others."""
    if not 0 < number < 1 << 63:
        return None
    return Kit.objects.filter(_mine(who), id=number).select_related("place__noun").first()


def lying_places(who: Who, place: Place) -> list[Unit]:
    """The parts of the place where a kit may lie, each with its compartment; nothing for who does not write for it."""
    if not rights.may_write(who, place.noun.area_id, place.noun.keeper_id):
        return []
    return list(Unit.objects.filter(place=place).select_related("compartment").order_by("order", "id"))


def partners(who: Who, now: int | None = None) -> QuerySet[Noun]:
    """Organisations that may look after a kit: those this person may name, and the one that does `now`."""
    found = Noun.objects.filter(kind="organisation").filter(
        Q(id__in=changes.keepers(who).order_by().values("id")) | Q(id=now)
    )
    return found.order_by("sort", "id")


def terms_keepers(who: Who) -> list[Noun | None]:
    """Whose terms of lending this person writes: the city's (None), and those of the organisations they work for."""
    own = Noun.objects.filter(kind="organisation", id__in=who.organisations(nouns.KEEP))
    city: list[Noun | None] = [None] if rights.may_keep_liability(who, None) else []
    return [*city, *own.order_by("sort", "id")]


def versions(who: Who, keeper: int | None) -> list[Version]:
    """The terms of one keeper, the newest first, for those who write them; nothing for others."""
    if not rights.may_keep_liability(who, keeper):
        return []
    found = list(Liability.objects.filter(keeper=keeper).order_by("-version"))
    counted = Loan.objects.filter(liability__in=found).values_list("liability").annotate(Count("id"))
    loans = dict(counted)
    return [Version(one, loans.get(one.id, 0)) for one in found]


def _mine(who: Who) -> Q:
    """Kits at places that this person writes for, as a condition."""
    kept = changes.kept_by(who, "place__noun__")
    return kept | Q(place__noun__keeper__in=who.organisations(nouns.KEEP)) if kept else kept
