# SPDX-License-Identifier: EUPL-1.2
"""What there is to do: today first, by day, with a map of the same."""

from dataclasses import replace
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.core import clock, remembered
from smilecity.core.nouns import in_text
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places.pages.offers import find, said
from smilecity.places.pages.sending import once, webcal
from smilecity.places.reads import offers as reads
from smilecity.places.reads.offers.finding import COUNTED_TO
from smilecity.places.rules.offers.wishing import Wish

GEOJSON = "application/geo+json"
MOST_POINTS = 300


@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    """GET /offers/?q=&when=&...&after=: what answers the wish by day, and a map of the same.

    One rendering serves, for a moment, all who ask the same and see what all see.
    """
    who = who_asks(request)
    wish = find.asked(request)
    main = remembered.for_a_moment(
        who,
        "offers.list",
        request.GET.urlencode(),
        request.get_host(),
        make=lambda: render_to_string("places/offers_main.html", _answered(request, who, wish)),
    )
    return render(
        request,
        "places/offers.html",
        {
            "main": main,
            "feed": find.below("offers:feed", wish),
            "calendar": find.below("offers:calendar", wish),
        },
    )


@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """GET /offers/points.json?<as the list>: where it is, each offer once with its next date."""
    who, wish = who_asks(request), find.asked(request)
    language = get_language() or "de"
    today = clock.now().astimezone(settings.SMILE.zone).date()
    features = [
        {
            "type": "Feature",
            "id": one.offer_id,
            "geometry": one.offer.noun.geo,
            "properties": {
                "id": one.offer_id,
                "title": in_text(one.offer.noun.title, language),
                "url": said.address(one.offer, one),
                "kind": one.offer.category,
                "state": "free",
                "state_text": said.moment_said(one, today),
            },
        }
        for one in reads.with_position(who, wish, MOST_POINTS)
    ]
    return once(request, orjson.dumps({"type": "FeatureCollection", "features": features}), GEOJSON)


def _answered(request: HttpRequest, who: Who, wish: Wish) -> dict[str, Any]:
    after = request.GET.get("after", "")
    some = reads.sought(who, wish, after=after)
    many = reads.counted(who, wish) if after or some.after else len(some.items)
    return {
        "request": request,
        "days": said.days(some.items),
        "after": some.after,
        "finder": find.finder(who, wish),
        "count": _counted(many) if many else "",
        "with_unknown": _with_unknown(wish),
        "everything": reverse("offers:list"),
        "feed": find.below("offers:feed", wish),
        "calendar": webcal(request, find.below("offers:calendar", wish)),
        "widget": find.below("offers:widget-snippet", wish),
        "points": find.below("offers:points", wish),
        "map_style": settings.SMILE.map_style,
    }


def _with_unknown(wish: Wish) -> str:
    """The list with what nobody has said it of; empty if nothing is left out for that."""
    leaves_out = wish.free or wish.language or wish.access or wish.age is not None
    return find.below("offers:list", replace(wish, unknown=True)) if leaves_out and not wish.unknown else ""


def _counted(many: int) -> str:
    if many > COUNTED_TO:
        return _("Mehr als %(many)d Termine") % {"many": COUNTED_TO}
    return ngettext("%(many)d Termin", "%(many)d Termine", many) % {"many": many}
