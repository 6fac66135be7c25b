# SPDX-License-Identifier: EUPL-1.2
"""The accessibility of places as A11yJSON, for apps such as Wheelmap: one place, or all that answer a wish."""

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from smilecity.core.elsewhere import site
from smilecity.core.models import Noun
from smilecity.core.nouns import page_address
from smilecity.people.reads import who_asks
from smilecity.places import reads
from smilecity.places.pages import find, now
from smilecity.places.pages.place import found
from smilecity.places.pages.sending import once
from smilecity.places.rules import a11y

GEOJSON = "application/geo+json"
MOST = 2000


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """GET /places/a11y.json?<as the list>: places that answer the wish; `limited` says if these are not all."""
    nouns = reads.with_position(who_asks(request), find.asked(request), MOST + 1)
    return _answer(request, nouns[:MOST], limited=len(nouns) > MOST)


@require_safe
def place(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /places/<slug>/a11y.json: this place alone, as a collection of one; empty if nobody has said where it is."""
    return _answer(request, [found(who_asks(request), slug)])


def _answer(request: HttpRequest, nouns: list[Noun], *, limited: bool = False) -> HttpResponse:
    made = [one for one in (_feature(noun, site(request)) for noun in nouns) if one]
    body = orjson.dumps({"type": "FeatureCollection", "features": made, "limited": limited})
    response = once(request, body, GEOJSON)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _feature(noun: Noun, start: str) -> dict[str, Any]:
    place = noun.place
    spot = now.position(place)
    if spot is None:
        return {}
    return a11y.feature(
        number=noun.id,
        page=f"{start}{page_address(noun)}",
        title=noun.title,
        entry=place.entry,
        category=place.category,
        street=place.street,
        position=(spot[0], spot[1]),
        access=place.access,
        contact={"phone": place.phone, "email": place.email, "website": place.website},
    )
