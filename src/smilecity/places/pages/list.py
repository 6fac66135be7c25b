# SPDX-License-Identifier: EUPL-1.2
"""The list of places, and places in short for other pages."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from smilecity.core import log
from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places import reads
from smilecity.places.pages.now import Card, card
from smilecity.places.pages.place import frame, live_address
from smilecity.places.rules import words


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """GET /places/?category=&after=: the list, and a map of the same."""
    who = who_asks(request)
    category = request.GET.get("category", "")
    if category:
        words.checked_category(category)
    found = reads.listed(who, category=category, after=request.GET.get("after", ""))
    context = {
        "places": cards(who, found.items),
        "after": found.after,
        "category": category,
        "categories": words.CATEGORIES.items(),
        "points": reverse("places:points") + (f"?category={category}" if category else ""),
    }
    return render(request, "places/list.html", context)


def cards(who: Who, nouns: Sequence[Noun]) -> list[Card]:
    """The places in short, in the same order; asks the database twice, however many they are."""
    senses = reads.people_senses([noun.id for noun in nouns])
    readings = reads.readings(who, [sense for several in senses.values() for sense in several])
    at, start = frame(), reverse("places:list")
    return [card(noun.place, address(noun, start), senses[noun.id], readings, at) for noun in nouns]


def places_now(who: Who, limit: int = 6) -> tuple[list[Card], str]:
    """For the start page: the first places that count people in short, and the stream about them."""
    since = log.head()
    nouns = reads.with_people(who, limit)
    followed = reads.followed([noun.id for noun in nouns])
    return cards(who, nouns), live_address([*(noun.id for noun in nouns), *followed], since)


def address(noun: Noun, start: str) -> str:
    """The place's page; `start` is the address of the list."""
    return f"{start}{noun.address.removeprefix('places/')}/"
