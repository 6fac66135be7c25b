# SPDX-License-Identifier: EUPL-1.2
"""Searching everything a person may see, drafts too."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict

from smilecity.core import nouns, search, words
from smilecity.core.models import Noun
from smilecity.core.paging import Page, page
from smilecity.core.who import Who

SIZE = 30
MOST_CHOICES = 500
VISIBILITIES = (Noun.PUBLIC, Noun.INTERNAL, Noun.DRAFT)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty is all."""

    words: str
    kind: str
    visibility: str
    area: int | None
    keeper: int | None
    after: str


def wanted(asked: QueryDict) -> Wanted:
    """What an address asks for; what is none of the choices is not asked."""
    kind, visibility = asked.get("kind", ""), asked.get("visibility", "")
    return Wanted(
        words=(asked.get("q") or "").replace("\0", "")[:200].strip(),
        kind=kind if kind in words.kinds() else "",
        visibility=visibility if visibility in VISIBILITIES else "",
        area=_number(asked.get("area", "")),
        keeper=_number(asked.get("keeper", "")),
        after=asked.get("after", ""),
    )


def found(who: Who, want: Wanted) -> Page[Noun]:
    """The nouns in German dictionary order, each with area and keeper; never one whose page this person may not see."""
    rows: QuerySet[Noun] = Noun.objects.filter(nouns.sees(who))
    if want.kind:
        rows = rows.filter(kind=want.kind)
    if want.visibility:
        rows = rows.filter(visibility=want.visibility)
    if want.area is not None:
        rows = rows.filter(area__in=nouns.areas_below([want.area])[want.area])
    if want.keeper is not None:
        rows = rows.filter(keeper=want.keeper)
    if want.words:
        rows = search.matching(rows, want.words)
    return page(rows.select_related("area", "keeper"), ("sort", "id"), after=want.after, size=SIZE)


def choices(who: Who, kind: str) -> list[Noun]:
    """Areas or organisations to choose from."""
    rows = Noun.objects.filter(nouns.sees(who), kind=kind)
    return list(rows.order_by("sort", "id").only("title", "address")[:MOST_CHOICES])


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
