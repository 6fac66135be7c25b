# SPDX-License-Identifier: EUPL-1.2
"""What everybody reads: published needs, those much like one that is being written, and how the city keeps up."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q
from orjson import loads

from smilecity.citizens import rules
from smilecity.citizens.models import Need
from smilecity.citizens.reads.needs import MOST_NEEDS, PAGE_SIZE
from smilecity.core import clock, nouns, search
from smilecity.core.models import Noun
from smilecity.core.paging import Page, page
from smilecity.core.who import Who

MONTH = timedelta(days=30)
MOST_ALIKE = 5
MOST_LETTERS = 2000


@dataclass(frozen=True, slots=True)
class Alike:
    """A published need that is much like what somebody writes."""

    noun: int
    form: UUID
    title: dict[str, str]
    state: str
    decision: str
    backing: int


def listed(who: Who, wish: rules.Wish, after: str = "") -> Page[Need]:
    """Published needs, each with its noun: the newest first, or the most supported. Merged ones are found at their head.

    `who` is asked for nothing: what is published is for everybody.
    """
    found = Need.objects.filter(published_at__isnull=False).exclude(decision=Need.MERGED)
    if wish.kind:
        found = found.filter(kind=wish.kind)
    if wish.group:
        found = found.filter(state__in=rules.GROUPS[wish.group][1])
    if wish.area is not None:
        found = found.filter(noun__area__in=nouns.areas_below([wish.area])[wish.area])
    if wish.words:
        rows = Noun.objects.filter(kind="need", visibility=Noun.PUBLIC)
        found = found.filter(noun__in=list(search.matching(rows, wish.words).values_list("pk", flat=True)))
    keys = ("less_backed", "back") if wish.backed else ("back",)
    return page(found.select_related("noun__area"), keys, after=after, size=PAGE_SIZE)


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


def suggest(who: Who, words: str, area: int | None = None) -> list[Alike]:
    """The published needs most like these words, those of the same area first; one question, answered by indexes.

    Alike is what has two of the longest words (or the only one), by their German stems or with slips in them.
    `who` is asked for nothing: what is published is for everybody.
    """
    typed = nouns.sort_key(words[:MOST_LETTERS])
    telling = rules.telling_words(typed)
    if not telling:
        return []
    given: dict[str, str | int | None] = {f"word{n}": word for n, word in enumerate(telling)}
    with connection.cursor() as cursor:
        cursor.execute(
            _alike_sql(len(telling)),
            given | {"all": " OR ".join(telling), "typed": typed, "area": area, "most": MOST_ALIKE},
        )
        return [Alike(noun, form, loads(title), *rest) for noun, form, title, *rest in cursor.fetchall()]


# As the index has it, so that the index answers.
_STEMS = "to_tsvector('german'::regconfig, COALESCE(need.alike, ''))"
_ALIKE = """
SELECT noun.id, need.form, noun.title::text, need.state, need.decision, need.backing
FROM citizens_need AS need JOIN core_noun AS noun ON noun.id = need.noun_id
WHERE need.alike <> '' AND need.decision <> 'merged' AND ({some})
ORDER BY (noun.area_id IS NOT DISTINCT FROM %(area)s::bigint AND noun.area_id IS NOT NULL) DESC,
    ts_rank({stems}, websearch_to_tsquery('pg_catalog.german', %(all)s))
        + public.word_similarity(%(typed)s, need.alike) DESC, need.noun_id
LIMIT %(most)s
"""


def _alike_sql(words: int) -> str:
    """The question for so many words: any two of them are enough, or the only one."""
    pairs: list[tuple[int, ...]] = [*combinations(range(words), 2)] or [(0,)]
    stems = " OR ".join(f"{_STEMS} @@ ({' && '.join(_stem(n) for n in pair)})" for pair in pairs)
    slips = " OR ".join(f"({' AND '.join(_slip(n) for n in pair)})" for pair in pairs)
    return _ALIKE.format(some=f"{stems} OR {slips}", stems=_STEMS)


def _stem(number: int) -> str:
    return f"plainto_tsquery('pg_catalog.german', %(word{number})s)"


def _slip(number: int) -> str:
    return f"need.alike OPERATOR(public.%%>) %(word{number})s"
