# SPDX-License-Identifier: EUPL-1.2
"""One search for the whole city: whatever has a page, by people's words, as far as the asker may see it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from smilecity.core import nouns, remembered, search, words
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.paging import page
from smilecity.core.who import Who
from smilecity.people.reads import who_asks

# What has a page, in this order.
KINDS = ("place", "offer", "project", "organisation", "area", "thing", "need")
FIRST_SIZE = 5
SIZE = 20
LONGEST_SAID = 160
KEYS = ("rank", "sort", "id")


@dataclass(frozen=True, slots=True)
class Hit:
    """A noun in the answer."""

    id: int
    title: str
    url: str
    said: str


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind; `more` is the address of the rest, `after` the cursor of the next page.

    `guessed` is whether nothing of this kind has the words, only words much like them.
    """

    kind: str
    title: str
    hits: list[Hit]
    more: str = ""
    after: str = ""
    guessed: bool = False


@require_safe
def found(request: HttpRequest) -> HttpResponse:
    """GET /search/?q=&kind=&after=: by kind; of one kind page by page. Typing slips are forgiven and said."""
    who = who_asks(request)
    text = request.GET.get("q", "").strip()[: search.MOST_LETTERS]
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    after = request.GET.get("after", "")

    def look() -> list[Group]:
        some = [_group(who, text, kind, after)] if kind and text else _all(who, text)
        return [group for group in some if group.hits]

    groups = remembered.for_a_moment(who, "city.search", text, kind, after, make=look)
    context = {
        "q": text,
        "kind": kind,
        "groups": groups,
        "guessed": any(group.guessed for group in groups),
        "everything": f"{reverse('search')}?{urlencode({'q': text})}",
    }
    return render(request, "city/search.html", context)


def _all(who: Who, text: str) -> list[Group]:
    """The best of every kind; only if none has the words, what is much like them."""
    if not text:
        return []
    exact = [_group(who, text, kind, forgive=False) for kind in KINDS]
    return exact if any(group.hits for group in exact) else [_group(who, text, kind) for kind in KINDS]


def _group(who: Who, text: str, kind: str, after: str | None = None, *, forgive: bool = True) -> Group:
    """The best of a kind, or with `after` a page of it."""
    rows = search.matching(_seen(who).filter(kind=kind), text, forgive=forgive)
    some = page(rows, KEYS, after=after or "", size=FIRST_SIZE if after is None else SIZE)
    more = (
        f"{reverse('search')}?{urlencode({'q': text, 'kind': kind})}" if after is None and some.after else ""
    )
    language = get_language() or "de"
    hits = [_hit(noun, language) for noun in some.items]
    guessed = bool(some.items) and search.is_guess(some.items[0])
    return Group(kind, words.kind(kind), hits, more, some.after if after is not None else "", guessed=guessed)


def _seen(who: Who) -> QuerySet[Noun]:
    return Noun.objects.filter(nouns.sees(who), kind__in=KINDS)


def _hit(noun: Noun, language: str) -> Hit:
    said = in_text(noun.text, language)
    short = said if len(said) <= LONGEST_SAID else said[:LONGEST_SAID].rsplit(" ", 1)[0] + " …"
    return Hit(noun.id, in_text(noun.title, language), nouns.page_address(noun), short)
