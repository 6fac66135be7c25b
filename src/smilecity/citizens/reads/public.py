# SPDX-License-Identifier: EUPL-1.2
"""What everybody reads: published needs, those much like one that is being written, and how the city keeps up."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from math import cos, radians
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import Count, Q, QuerySet
from orjson import loads

from smilecity.citizens import rules
from smilecity.citizens.models import Need
from smilecity.citizens.reads.needs import MOST_NEEDS, PAGE_SIZE
from smilecity.core import clock, nouns, search
from smilecity.core.models import Noun
from smilecity.core.paging import Page, page
from smilecity.core.who import Who

MONTH = timedelta(days=30)
MOST_LINES = 900
MOST_FOUND = 2000
MOST_ALIKE = 5
MOST_LETTERS = 2000
MOST_FAR = 60
NEAR, METRES_A_DEGREE = 250, 111_320.0


@dataclass(frozen=True, slots=True)
class Alike:
    """A published need that is much like what somebody writes."""

    noun: int
    form: UUID
    title: dict[str, str]
    state: str
    decision: str
    backing: int


_ON_A_LINE = (
    "form", "kind", "state", "decision", "backing", "said_at", "back", "less_backed", "noun__title",
)  # fmt: skip
# And with some words of it. Areas have outlines as long as a book: only their titles are fetched.
_IN_A_ROW = (*_ON_A_LINE, "door", "noun__text", "noun__area__title", "category__title")


def listed(who: Who, wish: rules.Wish, after: str = "") -> Page[Need]:
    """Published needs, each with its noun: the newest first, or the most supported. Merged ones are found at their head.

    `who` is asked for nothing: what is published is for everybody.
    """
    some = _answering(wish).select_related("noun__area", "category").only(*_IN_A_ROW)
    return page(some, _keys(wish), after=after, size=PAGE_SIZE)


def listed_long(who: Who, wish: rules.Wish, after: str = "") -> Page[Any]:
    """The same as `listed`, very many on a page: of each only what a line says, for a model of each would cost more."""
    some = _answering(wish).values_list(*_ON_A_LINE, named=True)
    return page(some, _keys(wish), after=after, size=MOST_LINES, most=MOST_LINES)


def found(who: Who, wish: rules.Wish) -> QuerySet[Noun]:
    """The nouns of all that `listed` pages through, in no order. `who` is asked for nothing."""
    # Kind and visibility are said again, so that the index of the map answers.
    rows = Noun.objects.filter(kind="need", visibility=Noun.PUBLIC)
    return rows.filter(id__in=_answering(wish).values("noun"))


def with_position(who: Who, wish: rules.Wish, limit: int) -> list[Need]:
    """Those of them that are somewhere, at most `limit`, the newest first, each with its noun."""
    some = _answering(wish).filter(noun__geo__isnull=False).select_related("noun")
    return list(some.order_by("back")[:limit])


def newest(who: Who, wish: rules.Wish, limit: int) -> list[Need]:
    """The last that something happened to, each with its noun."""
    return list(
        _answering(wish).select_related("noun", "category").order_by("-noun__changed_at", "noun")[:limit]
    )


def _answering(wish: rules.Wish) -> QuerySet[Need]:
    """Published needs that answer the wish."""
    found = Need.objects.filter(published_at__isnull=False).exclude(decision=Need.MERGED)
    if wish.kind:
        found = found.filter(kind=wish.kind)
    if wish.group:
        found = found.filter(state__in=rules.GROUPS[wish.group][1])
    if wish.category:
        found = found.filter(Q(category__code=wish.category) | Q(category__parent__code=wish.category))
    if wish.area is not None:
        found = found.filter(noun__area__in=nouns.areas_below([wish.area])[wish.area])
    return Need.objects.filter(noun__in=_worded(found, wish.words)) if wish.words.strip() else found


def _worded(found: QuerySet[Need], words: str) -> list[int]:
    """Those among them that have the words, by id, at most `MOST_FOUND`: of a word that more have, no more are looked at.

    Asked of the needs' own words and indexes: their nouns would have to be fetched one by one. If none has them, then
    those with words much like them.
    """
    having = found.exclude(alike="").alias(stems=SearchVector("alike", config="german"))
    typed = search.words_of(words)
    for word in typed:
        having = having.filter(_has(search.spellings(word)))
    exact = list(having.order_by().values_list("pk", flat=True)[:MOST_FOUND]) if typed else []
    rows = Noun.objects.filter(kind="need", visibility=Noun.PUBLIC, need__in=found)
    return exact or search.having(rows, words)


def _has(spellings: list[str]) -> Q:
    """One of these as a part of a word, which costs less to see and so comes first, or by its stem."""
    found = Q()
    for one in spellings:
        found |= Q(alike__contains=one) if len(one) >= search.SHORTEST_PART else Q()
    stems = " OR ".join(f'"{one}"' for one in spellings)
    return found | Q(stems=SearchQuery(stems, config="german", search_type="websearch"))


def _keys(wish: rules.Wish) -> tuple[str, ...]:
    return ("less_backed", "back") if wish.backed else ("back",)


def areas(who: Who) -> list[Noun]:
    """The areas by which the list can be narrowed."""
    found = Noun.objects.filter(nouns.sees(who), kind="area").order_by("sort", "id")
    return list(found.only("title", "address")[:MOST_NEEDS])


def month(who: Who) -> rules.Month:
    """What was said and decided in the last thirty days, and what is owed; published or not, for it counts only."""
    now = clock.now()
    fresh, due = (now - timedelta(days=days) for days in (rules.FRESH_DAYS, rules.DUE_DAYS))
    owed = Need.objects.filter(state__in=Need.OWED).aggregate(
        fresh=Count("pk", filter=Q(said_at__gt=fresh)),
        due=Count("pk", filter=Q(said_at__lte=fresh, said_at__gt=due)),
        late=Count("pk", filter=Q(said_at__lte=due)),
    )
    decided = Need.objects.filter(state=Need.CLOSED, answered_at__gt=now - MONTH)
    by_decision = decided.order_by().values_list("decision").annotate(count=Count("pk"))
    return rules.Month(
        said=Need.objects.filter(said_at__gt=now - MONTH).count(), decided=dict(by_decision), **owed
    )


def suggest(who: Who, words: str, area: int | None = None, spot: rules.Spot | None = None) -> list[Alike]:
    """The published needs most like these words, the near ones first; one question, answered by indexes.

    Alike is what has two of the longest words (or the only one), by their German stems or with slips in them;
    within `NEAR` metres of the spot the stem of one is enough, and the nearer the better. Without a spot those of the
    same area come first. `who` is asked for nothing: what is published is for everybody.
    """
    typed = nouns.sort_key(words[:MOST_LETTERS])
    telling = rules.telling_words(typed)
    if not telling:
        return []
    given: dict[str, str | int | float | None] = {f"word{n}": word for n, word in enumerate(telling)}
    given |= {"all": " OR ".join(telling), "typed": typed, "area": area, "most": MOST_ALIKE, "some": MOST_FAR}
    if spot is not None:
        given |= _around(spot)
    with connection.cursor() as cursor:
        cursor.execute(_alike_sql(len(telling), near=spot is not None), given)
        return [Alike(noun, form, loads(title), *rest) for noun, form, title, *rest in cursor.fetchall()]


# As the index has it, so that the index answers.
_STEMS = "to_tsvector('german'::regconfig, COALESCE(need.alike, ''))"
# What is alike anywhere: by stems as many as the index gives at once, for more would say the same and only cost; slips
# are looked for where stems find too little, in the two longest words alone, since letters are dearer to look up.
# The limits stand outside, where the planner does not mind them: within, it would rather read all rows than the index.
_FAR = """
stems AS MATERIALIZED (
    SELECT need.noun_id FROM citizens_need AS need
    WHERE need.alike <> '' AND need.decision <> 'merged' AND {stems} @@ ({pairs})
), likely AS MATERIALIZED (SELECT noun_id FROM stems LIMIT %(some)s
), slips AS MATERIALIZED (
    SELECT need.noun_id FROM citizens_need AS need
    WHERE (SELECT count(*) FROM likely) < %(most)s AND need.alike <> '' AND need.decision <> 'merged' AND ({slips})
), found AS (SELECT noun_id FROM likely UNION (SELECT noun_id FROM slips LIMIT %(some)s){near})
"""
_NEAR = """
UNION SELECT need.noun_id FROM core_noun AS noun JOIN citizens_need AS need ON need.noun_id = noun.id
WHERE noun.box && box(point(%(west)s, %(south)s), point(%(east)s, %(north)s)) AND noun.kind = 'need'
    AND need.alike <> '' AND need.decision <> 'merged' AND {stems} @@ ({any})
"""
_FIRST = "(noun.area_id IS NOT DISTINCT FROM %(area)s::bigint AND noun.area_id IS NOT NULL) DESC,"
# How near, from 1 for the same spot down to 0 at the edge; a degree to the east is shorter than one to the north.
_NEARNESS = """
CASE WHEN noun.box IS NULL THEN 0 ELSE greatest(0, 1 - sqrt(
    power(((center(noun.box))[0] - %(longitude)s) * %(wide)s, 2)
    + power(((center(noun.box))[1] - %(latitude)s) * %(high)s, 2)) / %(near)s) END
"""
_ALIKE = """
WITH {found}
SELECT noun.id, need.form, noun.title::text, need.state, need.decision, need.backing
FROM found JOIN citizens_need AS need ON need.noun_id = found.noun_id JOIN core_noun AS noun ON noun.id = need.noun_id
ORDER BY {first} ts_rank({stems}, websearch_to_tsquery('pg_catalog.german', %(all)s))
        + public.word_similarity(%(typed)s, need.alike) + {nearness} DESC, need.noun_id
LIMIT %(most)s
"""


def _around(spot: rules.Spot) -> dict[str, float]:
    """The square around a spot, and how many metres a degree has there."""
    high = METRES_A_DEGREE
    wide = high * max(cos(radians(spot.latitude)), 0.01)
    return {
        "longitude": spot.longitude,
        "latitude": spot.latitude,
        "wide": wide,
        "high": high,
        "near": float(NEAR),
        "west": spot.longitude - NEAR / wide,
        "east": spot.longitude + NEAR / wide,
        "south": spot.latitude - NEAR / high,
        "north": spot.latitude + NEAR / high,
    }


def _alike_sql(words: int, *, near: bool = False) -> str:
    """The question for so many words: any two of them are enough, or the only one."""
    pairs: list[tuple[int, ...]] = [*combinations(range(words), 2)] or [(0,)]
    any_ = " || ".join(map(_stem, range(words)))
    found = _FAR.format(
        stems=_STEMS,
        pairs=" || ".join(f"({' && '.join(map(_stem, one))})" for one in pairs),
        slips=" AND ".join(map(_slip, pairs[0])),
        near=_NEAR.format(stems=_STEMS, any=any_) if near else "",
    )
    first, nearness = ("", _NEARNESS) if near else (_FIRST, "0")
    return _ALIKE.format(found=found, stems=_STEMS, first=first, nearness=nearness)


def _stem(number: int) -> str:
    return f"plainto_tsquery('pg_catalog.german', %(word{number})s)"


def _slip(number: int) -> str:
    return f"need.alike OPERATOR(public.%%>) %(word{number})s"
