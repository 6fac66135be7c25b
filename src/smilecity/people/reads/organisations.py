# SPDX-License-Identifier: EUPL-1.2
"""Organisations, for everyone; and those that somebody keeps, for the desk."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.paging import Page, page
from smilecity.core.who import Who
from smilecity.people import rights
from smilecity.people.models import Organisation

PAGE_SIZE = 30
KEPT_SIZE = 60
MOST_CHOICES = 500
MOST_WORDS = 100


@dataclass(frozen=True, slots=True)
class Kin:
    """What an organisation belongs to, and what belongs to it, as far as this reader may see."""

    parent: Noun | None
    children: list[Noun]


def listed_organisations(
    who: Who, *, words: str = "", kind: str = "", after: str = "", size: int = PAGE_SIZE
) -> Page[Noun]:
    """Organisations in German dictionary order, each noun with its `organisation`; `words` are parts of words."""
    return page(_matching(_seen(who), words, kind), ("sort", "id"), after=after, size=size)


def organisation(who: Who, slug: str) -> Noun | None:
    """The noun of the organisation at `/organisations/<slug>/`, if it is there for this reader."""
    return _seen(who).select_related("area").filter(address=f"organisations/{slug}").first()


def kin(who: Who, noun: Noun) -> Kin:
    """The organisations above and below this one."""
    near = Noun.objects.filter(nouns.sees(who), kind="organisation").filter(
        Q(organisation__children=noun.organisation) | Q(organisation__parent=noun.organisation)
    )
    found = list(near.select_related("organisation").order_by("sort", "id")[:MOST_CHOICES])
    above = noun.organisation.parent_id
    return Kin(
        next((one for one in found if one.id == above), None), [one for one in found if one.id != above]
    )


def kept_by(who: Who, noun: Noun, *, after: str = "", size: int = KEPT_SIZE) -> Page[Noun]:
    """What this organisation keeps, kind by kind, as far as this reader may see."""
    return page(
        Noun.objects.filter(nouns.sees(who), keeper=noun), ("kind", "sort", "id"), after=after, size=size
    )


def kept_organisations(
    who: Who, *, words: str = "", kind: str = "", after: str = "", size: int = PAGE_SIZE
) -> Page[Noun]:
    """The organisations that this person may keep, of any visibility; nothing for others."""
    found = Noun.objects.filter(kind="organisation").select_related("organisation", "area")
    if not (rights.runs_the_node(who) or who.holds("steward")):
        found = found.filter(area__in=who.areas(("steward",)))
    return page(_matching(found, words, kind), ("sort", "id"), after=after, size=size)


def kept_organisation(who: Who, slug: str) -> Noun | None:
    """One of them, to be changed or to give roles for."""
    found = (
        Noun.objects.filter(kind="organisation", address=f"organisations/{slug}")
        .select_related("organisation__parent", "area")
        .first()
    )
    return found if found is not None and rights.may_keep_organisations(who, found.area_id) else None


def areas_to_choose(who: Who) -> list[Noun]:
    """The areas in which this person keeps organisations and gives roles, by name."""
    found = Noun.objects.filter(kind="area")
    if not (rights.runs_the_node(who) or who.holds("steward")):
        found = found.filter(id__in=who.areas(("steward",)))
    return list(found.order_by("sort", "id")[:MOST_CHOICES])


def organisations_to_choose(who: Who) -> list[Noun]:
    """Organisations that another may belong to: all that this person may see, by name."""
    return list(_seen(who).order_by("sort", "id")[:MOST_CHOICES])


def by_id(who: Who, organisation: int) -> Organisation | None:
    """The organisation with this noun's id, if this person may see it."""
    found = Organisation.objects.filter(pk=organisation).select_related("noun").first()
    return found if found is not None and nouns.may_see(who, found.noun) else None


def kind_of(organisation: int) -> str:
    """What kind an organisation is, a hidden one too: for rules such as fees, not to be shown."""
    return Organisation.objects.filter(pk=organisation).values_list("kind", flat=True).first() or ""


def home_area() -> int | None:
    """Where the municipality is whose node this is, for rules, not to be shown: of those that belong to nobody the one
    that was founded first; nothing before one has an area.
    """
    found = Organisation.objects.filter(kind="municipality", parent=None, noun__area__isnull=False)
    return found.order_by("pk").values_list("noun__area", flat=True).first()


def _seen(who: Who) -> QuerySet[Noun]:
    found = Noun.objects.filter(nouns.sees(who), kind="organisation", organisation__isnull=False)
    return found.select_related("organisation")


def _matching(found: QuerySet[Noun], words: str, kind: str) -> QuerySet[Noun]:
    for word in nouns.sort_key(words[:MOST_WORDS].replace("\0", "")).split():
        found = found.filter(plain__contains=word)
    return found.filter(organisation__kind=kind) if kind else found
