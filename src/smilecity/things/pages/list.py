# SPDX-License-Identifier: EUPL-1.2
"""The register of sensors: a list by what people look for, and a map of the same."""

import hashlib
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from smilecity.core import remembered
from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.space import reads as space
from smilecity.things.pages import find, words
from smilecity.things.reads import register as reads
from smilecity.things.rules import register
from smilecity.things.rules.register import Wish

# More faces than these on a phone's map stand too close to be hit with a finger: then tiles gather them.
MOST_FACES = 30
GEOJSON = "application/geo+json"


@require_safe
def things(request: HttpRequest) -> HttpResponse:
    """GET /things/?q=&measures=&area=&runs=&state=&after=: what answers the wish as a list, and a map of the same.

    One rendering serves, for a moment, all who ask the same and see what all see.
    """
    who, wish = who_asks(request), register.asked(request.GET)
    main = remembered.for_a_moment(
        who,
        "things.list",
        request.GET.urlencode(),
        make=lambda: render_to_string("things/list_main.html", _answered(request, who, wish)),
    )
    return render(request, "things/list.html", {"main": main})


@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """GET /things/points.json?<as the list>: the things as GeoJSON, at most `MOST_FACES`; the map has tiles for more."""
    who, wish = who_asks(request), register.asked(request.GET)
    return collection(request, who, reads.with_position(who, wish, MOST_FACES))


@require_safe
def tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """GET /things/tiles/<z>/<x>/<y>.mvt?<as the list>: the same things as tiles, for maps of very many."""
    who = who_asks(request)
    return space.tile_answer(request, who, reads.found(who, register.asked(request.GET)), z, x, y)


def collection(request: HttpRequest, who: Who, nouns: list[Noun]) -> HttpResponse:
    """These things as points for a map, each with how it is."""
    streams = reads.streams(who, [noun.id for noun in nouns])
    cards = [words.card(noun, streams[noun.id]) for noun in nouns]
    features = [
        {
            "type": "Feature",
            "id": one.id,
            "geometry": noun.geo,
            "properties": {
                "id": one.id,
                "title": one.title,
                "url": one.url,
                "kind": "thing",
                "state": one.state,
                "state_text": one.state_text,
            },
        }
        for noun, one in zip(nouns, cards, strict=True)
    ]
    body = orjson.dumps({"type": "FeatureCollection", "features": features})
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    answer = get_conditional_response(request, etag=tag) or HttpResponse(body, content_type=GEOJSON)
    answer["ETag"] = tag
    answer["Cache-Control"] = "no-cache"
    return answer


def _answered(request: HttpRequest, who: Who, wish: Wish) -> dict[str, Any]:
    found, many = reads.sought_and_counted(who, wish, after=request.GET.get("after", ""))
    streams = reads.streams(who, [noun.id for noun in found.items])
    return {
        "request": request,
        "things": [words.card(noun, streams[noun.id]) for noun in found.items],
        "after": found.after,
        "finder": find.finder(who, wish),
        "count": _counted(many) if many else "",
        "everything": reverse("things:list"),
        "map_style": settings.SMILE.map_style,
        **_map(wish, many),
    }


def _map(wish: Wish, many: int) -> dict[str, str]:
    """Points with how they are right now, or tiles where there are too many for that."""
    if many <= MOST_FACES:
        return {"points": find.address("things:points", wish), "tiles": ""}
    pattern = reverse("things:tile", args=(0, 0, 0)).replace("0/0/0", "{z}/{x}/{y}")
    query = wish.query()
    return {"points": "", "tiles": f"{pattern}?{query}" if query else pattern}


def _counted(many: int) -> str:
    if many > reads.COUNTED_TO:
        return _("Mehr als %(many)d Sensoren") % {"many": reads.COUNTED_TO}
    return ngettext("%(many)d Sensor", "%(many)d Sensoren", many) % {"many": many}
