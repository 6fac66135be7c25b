# SPDX-License-Identifier: EUPL-1.2
"""Nouns: whatever has a page is one row in one table, written by its room's action.

Map, search, export and erase are queries on this table, so a new kind appears in all of them at once.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict, Unpack

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from smilecity.core import clock, words
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who

Texts = Mapping[str, str]

# What is not public yet is seen by those who look after it: in an area, or for the organisation that keeps it.
LOOK_AFTER_DRAFTS = ("steward", "clerk", "moderator")
LOOK_AFTER = (*LOOK_AFTER_DRAFTS, "planner", "council")
KEEP = ("steward", "clerk", "trainer", "moderator")

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


class Told(TypedDict, total=False):
    """What a noun says besides its title: `facts` is what machines may read, `words` are further words to find it by."""

    text: Texts | None
    geo: Mapping[str, Any] | None
    area: int | None
    keeper: int | None
    facts: Mapping[str, Any] | None
    words: Texts | None
    visibility: str
    licence: str


# All that is written of a noun.
_WRITTEN = (
    "kind", "title", "text", "sort", "plain", "geo", "area_id", "keeper_id", "facts", "words", "visibility", "licence",
    "changed_at",
)  # fmt: skip


def put(kind: str, address: str, title: Texts, **told: Unpack[Told]) -> Noun:
    """Create the noun at `address` (`places/stadtpark`) or bring it up to date; what is not told is empty.

    Lock: the row of that address (unique), taken by the upsert. Refuses an address held by another kind.
    """
    made = new(kind, address, title, **told)
    written = {name: getattr(made, name) for name in _WRITTEN}
    noun, created = Noun.objects.select_for_update().get_or_create(address=address, defaults=written)
    if created:
        return noun
    if noun.kind != kind:
        raise Refusal(
            "noun.address-taken", f"Die Adresse {address} ist schon vergeben.", status=409, field="address"
        )
    for name, value in written.items():
        setattr(noun, name, value)
    noun.save()
    return noun


def new(kind: str, address: str, title: Texts, **told: Unpack[Told]) -> Noun:
    """A noun that is nowhere kept yet: for `put`, and for actions that `add` many."""
    text, words, geo = told.get("text") or {}, told.get("words") or {}, told.get("geo")
    return Noun(
        kind=kind,
        address=address,
        title=dict(title),
        text=dict(text),
        sort=sort_key(next(iter(title.values()))),
        plain="\n".join(sort_key(each) for texts in (title, words, text) for each in texts.values()),
        geo=dict(geo) if geo else None,
        area_id=told.get("area"),
        keeper_id=told.get("keeper"),
        facts=dict(told.get("facts") or {}),
        words=dict(words),
        visibility=told.get("visibility", Noun.DRAFT),
        licence=told.get("licence", "CC-BY-4.0"),
        changed_at=clock.now(),
    )


def add(made: Sequence[Noun]) -> None:
    """Keep nouns that are new, all at once. Lock: their addresses (unique); raises `IntegrityError` if one is taken."""
    with connection.cursor() as cursor:  # Django does not tell what the database drew for many at once
        cursor.execute("SELECT nextval('public.core_id') FROM generate_series(1, %s)", [len(made)])
        for noun, (number,) in zip(made, cursor.fetchall(), strict=True):
            noun.id = number
    Noun.objects.bulk_create(made)


def published(kind: str) -> QuerySet[Noun]:
    """What everyone may see of a kind, in German dictionary order."""
    return Noun.objects.filter(kind=kind, visibility=Noun.PUBLIC).order_by("sort", "id")


def sees(who: Who) -> Q:
    """The nouns that `who` may see: the same answer as `may_see`, for every list, map, feed, tile and export.

    Public ones are for everyone; internal ones for those with a role in the area or for the keeper; drafts for
    stewards, clerks and moderators of the area and for those who keep it.
    """
    found = Q(visibility=Noun.PUBLIC)
    for visibility, roles in ((Noun.INTERNAL, LOOK_AFTER), (Noun.DRAFT, LOOK_AFTER_DRAFTS)):
        if who.holds_any(roles):
            found |= Q(visibility=visibility)
        elif areas := who.areas(roles):
            found |= Q(visibility=visibility, area__in=areas)
    if organisations := who.organisations(KEEP):
        found |= Q(keeper__in=organisations)
    return found


def may_see(who: Who, noun: Noun) -> bool:
    """Whether `who` may see this noun; see `sees`."""
    if noun.visibility == Noun.PUBLIC or who.works_for(noun.keeper_id, KEEP):
        return True
    roles = LOOK_AFTER if noun.visibility == Noun.INTERNAL else LOOK_AFTER_DRAFTS
    return who.holds_any(roles, noun.area_id)


def areas_below(areas: Iterable[int]) -> dict[int, set[int]]:
    """Each of these areas' noun ids with itself and every area below it."""
    below: dict[int, set[int]] = {area: {area} for area in areas}
    if below:
        with connection.cursor() as cursor:
            cursor.execute(_BELOW, [list(below)])
            for top, area in cursor.fetchall():
                below[top].add(area)
    return below


_BELOW = """
WITH RECURSIVE below (top, area) AS (
    SELECT id, id FROM core_noun WHERE id = ANY(%s)
    UNION
    SELECT below.top, core_noun.id FROM below JOIN core_noun ON core_noun.area_id = below.area
    WHERE core_noun.kind = 'area'
)
SELECT top, area FROM below
"""


def page_address(noun: Noun) -> str:
    """The path of the noun's page, in the language of the page that links to it; empty if its kind has none."""
    if not words.has_page(noun.kind):
        return ""
    language = get_language() or settings.LANGUAGE_CODE
    prefix = "/" if language == settings.LANGUAGE_CODE else f"/{language}/"
    return f"{prefix}{noun.address}/"


def in_text(texts: Texts, language: str) -> str:
    """The text in this language, else in the first there is: something to read is better than nothing."""
    return texts.get(language) or next((t for t in texts.values() if t), "")


def foreign_language(texts: Texts, language: str) -> str:
    """The code of the language that `in_text` falls back to, for `lang`; nothing where it is the one asked for."""
    return "" if texts.get(language) else next((code for code, t in texts.items() if t), "")


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
