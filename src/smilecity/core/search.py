# SPDX-License-Identifier: EUPL-1.2
"""Finding nouns by people's words: stems, parts of words, other words for the same, and mistyped ones.

Each room tells the other words its people use (`tell`), so that one search serves all of them.
"""

import re
from collections.abc import Iterable
from functools import reduce
from operator import add, and_, or_
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    IntegerField,
    Min,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.lookups import GreaterThanOrEqual, Lookup

from smilecity.core.fields import SearchVector
from smilecity.core.models import Noun
from smilecity.core.nouns import sort_key

if TYPE_CHECKING:
    Asked = Lookup[Any]
else:
    Asked = Lookup

MOST_LETTERS = 200
MOST_WORDS = 6
LONGEST_WORD = 40
# Beyond these nobody looks for one by its words alone; putting more in order would cost more than it gives.
MOST_RANKED = 2000
MOST_ALIKE = 500
SHORTEST_PART = 3  # an index of three letters cannot find fewer
SHORTEST_TYPO = 4
FIRST_SLIP = 10
SLIPS_BESIDE = 20
# Titles that hold a word at least this much alike come before texts, however much alike those are.
TITLE_ALIKE = 0.4
BEHIND_TITLES = 200

_WORD = re.compile(r"[^\W_]+")
# Words that stand in nearly every sentence, and that the stems leave out too.
_EMPTY = frozenset(
    (  # noqa: SIM905 - a list of sixty strings is harder to read
        "am an auf aus bei das dem den der des die ein eine einem einen einer es fur gibt hier ich im in ist mein"
        " mit nach oder und uns vom von vor wo zu zum zur a and at for i is near of on or the there to where with"
    ).split()
)
# How ä, ö and ü are typed where there is no key for them.
_SPELT_OUT = (("ae", "a"), ("oe", "o"), ("ue", "u"))

_ASKED = "(websearch_to_tsquery('pg_catalog.german', %s) || websearch_to_tsquery('pg_catalog.english', %s))"

_also: dict[str, tuple[str, ...]] = {}


def tell(others: Iterable[Iterable[str]]) -> None:
    """Called by a room's `apps.py`: groups of words by which people mean the same."""
    for group in others:
        words = [sort_key(word) for word in group]
        for word in words:
            known = _also.get(word, ())
            _also[word] = (*known, *(one for one in words if one != word and one not in known))


@SearchVector.register_lookup
class Stems(Asked):
    """`search__stems="word OR other"`: the stems of one of the words are there, by German or English rules."""

    lookup_name = "stems"
    prepare_rhs = False
    within = "{vector}"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """The question as the index understands it."""
        left, values = self.process_lhs(compiler, connection)
        return f"{self.within.format(vector=left)} @@ {_ASKED}", [*values, self.rhs, self.rhs]


@SearchVector.register_lookup
class TitleStems(Stems):
    """`search__title_stems`: the same in the titles alone; no index answers this, so ask it of few."""

    lookup_name = "title_stems"
    within = "ts_filter({vector}, '{{a}}')"


def words_of(text: str) -> list[str]:
    """The words that count, in small letters; whatever else is typed (signs, operators) is nothing."""
    found = _WORD.findall(text[:MOST_LETTERS].casefold())
    counting = [word[:LONGEST_WORD] for word in found if sort_key(word) not in _EMPTY]
    return list(dict.fromkeys(counting or [word[:LONGEST_WORD] for word in found]))[:MOST_WORDS]


def matching(rows: QuerySet[Noun], text: str, *, forgive: bool = True) -> QuerySet[Noun]:
    """Those of `rows` that have all the words of `text`, each with its `rank`: order by rank, sort, id.

    0 is the title itself, then titles that begin with it, titles that have all of it (in the language they are
    sorted by, then in any), then the texts. If no noun has all the words, those with words much like them.
    Without any word: nothing if signs were typed, else all rows. Without `forgive` slips find nothing.
    """
    return matching_and_counted(rows, text, forgive=forgive)[0]


def matching_and_counted(
    rows: QuerySet[Noun], text: str, *, forgive: bool = True
) -> tuple[QuerySet[Noun], int | None]:
    """The same, and how many they are where that is known by now, which saves a question; None where it is not."""
    words = words_of(text)
    if not words:
        found = rows.none() if text.strip() else rows
        return found.annotate(rank=Value(0, output_field=IntegerField())), None
    exact = _exactly(rows, words)
    if exact or not forgive:
        return _ranked(exact, words), len(exact)
    return _nearly(_loosely(rows, words), words), None


def having(rows: QuerySet[Noun], text: str) -> list[int]:
    """The ids of those that `matching` finds by words, at most `MOST_RANKED`: for lists with an order of their own."""
    words = words_of(text)
    if not words:
        return []
    exact = _exactly(rows, words)
    return exact or list(_nearly(_loosely(rows, words), words).values_list("pk", flat=True))


def is_guess(noun: Noun) -> bool:
    """Whether a noun of `matching` has not the words, only words much like them."""
    rank: int = noun.rank  # type: ignore[attr-defined]
    return rank >= FIRST_SLIP


def _exactly(rows: QuerySet[Noun], words: list[str]) -> list[int]:
    return _some(rows.filter(reduce(and_, (_has(word) for word in words))))


def _loosely(rows: QuerySet[Noun], words: list[str]) -> list[int]:
    return _some(rows.filter(reduce(and_, (_has(word) | _alike(word) for word in words))))


def _has(word: str) -> Q:
    known = spellings(word)
    found = Q(search__stems=_or(word, known))
    parts = [Q(plain__contains=one) for one in known if len(one) >= SHORTEST_PART]
    return reduce(or_, parts, found)


def _or(word: str, others: Iterable[str]) -> str:
    return " OR ".join(f'"{one}"' for one in dict.fromkeys((word, *others)))


def spellings(word: str) -> list[str]:
    """The word as it is stored, as it may be spelt out, and other words for the same."""
    folded = sort_key(word)
    short = reduce(lambda text, pair: text.replace(*pair), _SPELT_OUT, folded)
    others = [other for one in _stems(folded) for other in _also.get(one, ())]
    return list(dict.fromkeys((folded, short, *others)))


def _stems(folded: str) -> tuple[str, ...]:
    """The word, and what it may be without a German or English plural."""
    return (
        folded,
        *(folded.removesuffix(end) for end in ("s", "e", "n", "en", "er") if folded.endswith(end)),
    )


def _alike(word: str) -> Q:
    folded = sort_key(word)
    if len(folded) < SHORTEST_TYPO:
        return Q(pk__in=[])
    near = RawSQL("SELECT core_words_alike(%s, %s)", (folded, MOST_ALIKE))
    return Q(pk__in=near)


def _some(found: QuerySet[Noun]) -> list[int]:
    """Their ids, in one question of its own: the order of few is then asked without the planner's guesses."""
    return list(found.order_by().values_list("pk", flat=True)[:MOST_RANKED])


def _ranked(found: list[int], words: list[str]) -> QuerySet[Noun]:
    whole = " ".join(sort_key(word) for word in words)
    titled = reduce(and_, (_in_title(word) for word in words))
    stemmed = reduce(and_, (Q(search__title_stems=_or(word, spellings(word))) for word in words))
    rank = Case(
        When(sort=whole, then=Value(0)),
        When(sort__startswith=whole, then=Value(1)),
        When(titled, then=Value(2)),
        When(stemmed, then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    return _light().filter(pk__in=found).annotate(rank=rank).order_by("rank", "sort", "id")


def _nearly(found: list[int], words: list[str]) -> QuerySet[Noun]:
    """What is most like the words, and what is nearly as much; its `rank` begins behind all that has them.

    Who mistypes a name looks for what is called so: the titles come first, then what only the texts hold.
    """
    typed = [Value(sort_key(word)) for word in words]
    slips = _number(reduce(add, [_Slip(word, F("sort"), F("plain")) for word in typed]))
    behind = reduce(add, [_behind_titles(word) for word in typed])
    ranked = _light().filter(pk__in=found).annotate(slips=slips)
    best = ranked.aggregate(best=Min("slips"))["best"]
    near = ranked.filter(slips__lte=best + SLIPS_BESIDE * len(words)) if best is not None else ranked
    rank = _number(Value(FIRST_SLIP) + F("slips") + behind)
    return near.annotate(rank=rank).order_by("rank", "sort", "id")


def _number(said: Any) -> "ExpressionWrapper[Any]":
    return ExpressionWrapper(said, output_field=IntegerField())


def _behind_titles(word: Value) -> Case:
    alike = Func(word, F("sort"), function="word_similarity", output_field=FloatField())
    titled = When(GreaterThanOrEqual(alike, Value(TITLE_ALIKE)), then=Value(0))
    return Case(titled, default=Value(BEHIND_TITLES), output_field=IntegerField())


class _Slip(Func):
    """How unlike a word and the nearest to it are: 0 to 120, in the title less than in the text."""

    template = "round(120 - 100 * %(expressions)s)::int"
    output_field = IntegerField()

    def as_sql(self, compiler: Any, connection: Any, *given: Any, **extra: Any) -> Any:
        """The title counts a fifth more."""
        word, title, text = (compiler.compile(one) for one in self.get_source_expressions())
        alike = (
            f"greatest(1.2 * word_similarity({word[0]}, {title[0]}), word_similarity({word[0]}, {text[0]}))"
        )
        values = [*word[1], *title[1], *word[1], *text[1]]
        return self.template % {"expressions": alike}, values


def _light() -> QuerySet[Noun]:
    """Without what only queries read."""
    return Noun.objects.defer("search", "plain", "words", "cell", "box")


def _in_title(word: str) -> Q:
    return reduce(or_, (Q(sort__contains=one) for one in spellings(word)))
