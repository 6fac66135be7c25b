# SPDX-License-Identifier: EUPL-1.2
"""Feeds of OpenActive below /openactive/: pages of changes (RPDE 1.0), single items, and our own kinds of units."""

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from smilecity.core.elsewhere import site
from smilecity.core.problems import MEDIA_TYPE, Refusal
from smilecity.people.reads import who_asks
from smilecity.places.reads import openactive as reads
from smilecity.places.rules import openactive as rules

RPDE = "application/vnd.openactive.rpde+json; version=1"
JSON_LD = "application/ld+json"
# A page that has items says the same for ever, but for what stands further back by now; the last one fills soon.
KEPT_SECONDS, LAST_KEPT_SECONDS = 3600, 8


@require_safe
def feed(request: HttpRequest, feed: str) -> HttpResponse:
    """GET /openactive/<feed>?afterTimestamp=&afterId=: the next 500 changes, the oldest first."""
    try:
        since = rules.after(request.GET.get("afterTimestamp"), request.GET.get("afterId"))
    except Refusal as refusal:
        return _refused(refusal)
    items = reads.page(who_asks(request), feed, since)
    seconds = KEPT_SECONDS if items else LAST_KEPT_SECONDS
    return _answer(request, rules.page(feed, items, since), RPDE, seconds)


@require_safe
def item(request: HttpRequest, feed: str, number: int) -> HttpResponse:
    """GET /openactive/<feed>/<number>: one item, at the address that is its name."""
    body = reads.item(who_asks(request), feed, number)
    if body is None:
        return _refused(Refusal("openactive.unknown", "There is nothing at this address.", status=404))
    return _answer(request, body, JSON_LD, LAST_KEPT_SECONDS)


@require_safe
def kinds(request: HttpRequest) -> HttpResponse:
    """GET /openactive/kinds.json: what our units are, where OpenActive's list has no name for it."""
    return _answer(request, rules.kinds(), JSON_LD, KEPT_SECONDS)


def _answer(request: HttpRequest, said: dict[str, Any], media: str, seconds: int) -> HttpResponse:
    response = HttpResponse(orjson.dumps(rules.absolute(said, site(request))), content_type=media)
    response["Cache-Control"] = f"public, max-age={seconds}"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _refused(refusal: Refusal) -> HttpResponse:
    return HttpResponse(orjson.dumps(refusal.problem()), status=refusal.status, content_type=MEDIA_TYPE)
