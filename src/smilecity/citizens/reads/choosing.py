# SPDX-License-Identifier: EUPL-1.2
"""What is told to those who choose while they say something."""

from dataclasses import dataclass

from smilecity.citizens import rules
from smilecity.citizens.models import Category
from smilecity.citizens.reads.categories import would_be
from smilecity.citizens.reads.forecast import usual
from smilecity.citizens.reads.reports import area_of, category
from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.who import Who

ANSWERING = ("place", "offer", "project")
MOST_ANSWERS = 3


@dataclass(frozen=True, slots=True)
class Chosen:
    """A category as it is chosen here: who looks after it, and how long it usually takes."""

    category: Category
    area: int | None
    keeper: Noun | None
    usual: rules.Spread | None


def chosen(who: Who, code: str, spot: rules.Spot | None, area: int | None = None) -> Chosen | None:
    """The category of this code at this position, else in this area; nothing for no code. Everybody may know."""
    found = category(who, code)
    if found is None:
        return None
    where = area_of(who, spot) if spot else area
    return Chosen(found, where, would_be(who, found, where), usual(who, found, where))


def answering(who: Who, words: str) -> list[Noun]:
    """Pages of the city that may be the answer already: places, offers and projects called by one of these words."""
    telling = rules.telling_words(nouns.sort_key(words[: rules.MOST]))
    if not telling:
        return []
    rows = Noun.objects.filter(nouns.sees(who), kind__in=ANSWERING)
    named = rows.filter(search__title_stems=" OR ".join(f'"{word}"' for word in telling))
    return list(named.only("title", "address", "kind").order_by("sort", "id")[:MOST_ANSWERS])
