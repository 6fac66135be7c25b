# SPDX-License-Identifier: EUPL-1.2
"""The finder: a list of places by what people look for, and a map of the same; places in short for other pages."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from smilecity.core import log, remembered
from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places import reads
from smilecity.places.pages import find
from smilecity.places.pages.now import Card, card
from smilecity.places.pages.place import frame, live_address
from smilecity.places.rules.finding import Wish
from smilecity.space import reads as space

# More faces than these on a phone's map stand too close to be hit with a finger: then tiles gather them.
MOST_FACES = 30


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """GET /places/?q=&category=&...&after=: what answers the wish as a list, and a map of the same.

    One rendering serves, for a moment, all who ask the same and see what all see.
    """
    who = who_asks(request)
    wish = find.asked(request)
    main = remembered.for_a_moment(
        who,
        "places.list",
        request.GET.urlencode(),
        make=lambda: render_to_string("places/list_main.html", _answered(request, who, wish)),
    )
    return render(request, "places/list.html", {"main": main, "feed": _below("places:feed", wish)})


@require_safe
def tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """GET /places/tiles/<z>/<x>/<y>.mvt?<as the list>: the same places as tiles, for maps of very many."""
    who = who_asks(request)
    return space.tile_answer(request, who, reads.found(who, find.asked(request)), z, x, y)


def _answered(request: HttpRequest, who: Who, wish: Wish) -> dict[str, Any]:
    found, many = reads.sought_and_counted(who, wish, after=request.GET.get("after", ""))
    return {
        "request": request,
        "places": cards(who, found.items),
        "after": found.after,
        "finder": find.finder(who, wish),
        "count": _counted(many) if many else "",
        "with_unknown": _address(replace(wish, unknown=True)) if wish.leaves_out_unknown else "",
        "everything": reverse("places:list"),
        "feed": _below("places:feed", wish),
        "widget": _below("places:widget-snippet", wish),
        "map_style": settings.SMILE.map_style,
        **_map(wish, many),
    }


def cards(who: Who, nouns: Sequence[Noun]) -> list[Card]:
    """The places in short, in the same order; asks the database a few times, however many they are."""
    senses = reads.people_senses([noun.id for noun in nouns])
    readings = reads.readings(who, [sense for several in senses.values() for sense in several])
    at, start = frame([noun.id for noun in nouns]), reverse("places:list")
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


def _map(wish: Wish, many: int) -> dict[str, str]:
    """Points with how they are right now, or tiles where there are too many for that."""
    if many <= MOST_FACES:
        return {"points": _below("places:points", wish), "tiles": ""}
    pattern = reverse("places:tile", args=(0, 0, 0)).replace("0/0/0", "{z}/{x}/{y}")
    query = wish.query()
    return {"points": "", "tiles": f"{pattern}?{query}" if query else pattern}


def _counted(many: int) -> str:
    if many > reads.COUNTED_TO:
        return _("Mehr als %(many)d Orte") % {"many": reads.COUNTED_TO}
    return ngettext("%(many)d Ort", "%(many)d Orte", many) % {"many": many}


def _address(wish: Wish) -> str:
    return _below("places:list", wish)


def _below(name: str, wish: Wish) -> str:
    query = wish.query()
    return f"{reverse(name)}?{query}" if query else reverse(name)
