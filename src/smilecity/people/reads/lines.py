# SPDX-License-Identifier: EUPL-1.2
"""A notice in words, in the language of the moment."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language

from smilecity.core import nouns, words
from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.people.models import Notice
from smilecity.people.rules.notices import sentence


@dataclass(frozen=True, slots=True)
class Line:
    """One notice as it is read; `title` and `path` are of what it is about, empty if there is nothing to see."""

    id: int
    says: str
    title: str
    path: str
    at: datetime
    new: bool


def line(who: Who, notice: Notice) -> Line:
    """The notice in words; what it is about is named only to those who may see it, and to its author."""
    noun = notice.noun
    own = bool(notice.data.get("mine")) and words.is_for_author(notice.verb)
    known = noun is not None and (own or nouns.may_see(who, noun))
    page = words.goes_to(notice.verb)
    return Line(
        id=notice.pk,
        says=sentence(notice.verb, notice.data, words.verb(notice.verb)),
        title=_title(noun) if noun and known else words.verb(notice.verb) if page else "",
        path=reverse(page) if page else nouns.page_address(noun) if noun and known else "",
        at=notice.at,
        new=notice.read_at is None,
    )


def _title(noun: Noun) -> str:
    return nouns.in_text(noun.title, get_language() or "de")
