# SPDX-License-Identifier: EUPL-1.2
"""Needs a project answers. They are kept in another room: of them only their nouns are known here, and what is handed."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.db.models import Count

from smilecity.core import nouns
from smilecity.core.models import Link, Noun
from smilecity.core.who import Who

MOST_TO_CHOOSE = 50
MOST_SHOWN = 100

# The words of these needs, for those who read them: handed by the composition.
WordsOf = Callable[[Who, Collection[int]], Mapping[int, str]]
_words_of: list[WordsOf] = []


@dataclass(frozen=True, slots=True)
class Answered:
    """How many needs a project answers, and those of them this person may read."""

    count: int
    seen: list[Noun]


def tell(words_of: WordsOf) -> None:
    """Called when Django is ready, by whoever knows the room that keeps needs."""
    _words_of[:] = [words_of]


def words(who: Who, needs: Collection[Noun]) -> Mapping[int, str]:
    """What was said in these needs, by id; nothing for those who may not read it."""
    return _words_of[0](who, [one.id for one in needs]) if _words_of and needs else {}


def answered(who: Who, project: Noun) -> Answered:
    """The needs this project answers."""
    links = Link.objects.filter(source=project, kind="answers", target__kind="need")
    seen = Noun.objects.filter(nouns.sees(who), kind="need", id__in=links.values("target"))
    return Answered(links.count(), list(seen.order_by("sort", "id")[:MOST_SHOWN]))


def to_answer(who: Who, project: Noun) -> list[Noun]:
    """The newest needs this person may read that this project does not answer yet, those of its area first."""
    known = Link.objects.filter(source=project, kind="answers").values("target")
    found = Noun.objects.filter(nouns.sees(who), kind="need").exclude(id__in=known)
    if project.area_id:
        inside = nouns.areas_below([project.area_id])[project.area_id]
        near = list(found.filter(area__in=inside).order_by("-id")[:MOST_TO_CHOOSE])
        rest = found.exclude(area__in=inside).order_by("-id")[: MOST_TO_CHOOSE - len(near)]
        return [*near, *rest]
    return list(found.order_by("-id")[:MOST_TO_CHOOSE])


def counted_needs(projects: Collection[int]) -> dict[int, int]:
    """How many needs each of these projects answers: a number that all may know."""
    links = Link.objects.filter(source__in=projects, kind="answers", target__kind="need")
    return dict(links.values_list("source").annotate(many=Count("id")))
