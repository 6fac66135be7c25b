# SPDX-License-Identifier: EUPL-1.2
"""Nouns: whatever has a page is one row in one table, written by its room's action.

Map, search, export and erase are queries on this table, so a new kind appears in all of them at once.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from smilecity.core import clock
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who

Texts = Mapping[str, str]

_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"})


def sort_key(text: str) -> str:
    """Folded for German dictionary order (DIN 5007-1: ä as a, ß as ss), so that byte order sorts it."""
    # Folding case can bring marks to light, and taking marks away can bring capitals: until nothing changes.
    while (folded := _folded(text)) != text:
        text = folded
    return text


def _folded(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return plain.casefold().translate(_LETTERS)


def put(
    kind: str,
    address: str,
    title: Texts,
    *,
    text: Texts | None = None,
    geo: Mapping[str, Any] | None = None,
    area: int | None = None,
    visibility: str = Noun.DRAFT,
    licence: str = "CC-BY-4.0",
) -> Noun:
    """Create the noun at `address` (`places/hafensport`) or bring it up to date.

    Lock: the row of that address (unique), taken by the upsert. Refuses an address held by another kind.
    """
    noun, _created = Noun.objects.select_for_update().get_or_create(
        address=address,
        defaults={"kind": kind, "title": {}, "sort": "", "changed_at": clock.now()},
    )
    if noun.kind != kind:
        raise Refusal(
            "noun.address-taken", f"Die Adresse {address} ist schon vergeben.", status=409, field="address"
        )
    noun.title, noun.text, noun.geo = dict(title), dict(text or {}), dict(geo) if geo else None
    noun.sort = sort_key(next(iter(title.values())))
    noun.area_id, noun.visibility, noun.licence = area, visibility, licence
    noun.changed_at = clock.now()
    noun.save()
    return noun


def published(kind: str) -> QuerySet[Noun]:
    """What everyone may see of a kind, in German dictionary order."""
    return Noun.objects.filter(kind=kind, visibility=Noun.PUBLIC).order_by("sort", "id")


def may_see(who: Who, noun: Noun) -> bool:
    """Public nouns are for everyone; what is not public yet is for stewards of its area."""
    return noun.visibility == Noun.PUBLIC or who.holds("steward", noun.area_id)


def in_text(texts: Texts, language: str) -> str:
    """The text in this language, else in the first there is: something to read is better than nothing."""
    return texts.get(language) or next((t for t in texts.values() if t), "")


def ids_within(
    kind: str, west: float, south: float, east: float, north: float, limit: int = 10_000
) -> list[int]:
    """Ids of public nouns whose box touches these degrees (WGS 84)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM core_noun WHERE kind = %s AND visibility = 'public'"
            " AND box && box(point(%s, %s), point(%s, %s)) LIMIT %s",
            [kind, east, north, west, south, limit],
        )
        return [row[0] for row in cursor.fetchall()]
