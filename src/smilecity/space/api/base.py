# SPDX-License-Identifier: EUPL-1.2
"""The plain base map and the outlines of areas as GeoJSON."""

import hashlib

import orjson
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from smilecity.core.asking import who_asks
from smilecity.core.nouns import in_text, page_address
from smilecity.core.who import ANYONE
from smilecity.space import reads
from smilecity.space.models import Area

KEPT_SECONDS = 30
MEDIA_TYPE = "application/geo+json"


@require_safe
def base_map(request: HttpRequest) -> HttpResponse:
    """GET /space/base.json: land, water, green, roads, outlines of areas; names in the page's language."""
    language = get_language() or "de"
    key = f"space.base:{language}"
    kept = cache.get(key)
    if kept is None:
        body = orjson.dumps(reads.base_map(ANYONE, language))
        kept = (_tag(body), body)
        cache.set(key, kept, KEPT_SECONDS)
    tag, body = kept
    return _answer(request, tag, body, "public, max-age=60")


@require_safe
def outline(request: HttpRequest, key: str) -> HttpResponse:
    """GET /areas/<key>/outline.json: the outline of an area, those of its parts below it."""
    who = who_asks(request)
    area = reads.area(who, key)
    if area is None:
        raise Http404
    features = [_outlined(one) for one in (area, *reads.outlined_parts(who, area))]
    body = orjson.dumps({"type": "FeatureCollection", "features": features})
    return _answer(request, _tag(body), body, "no-cache")


def _outlined(area: Area) -> dict[str, object]:
    title = in_text(area.noun.title, get_language() or "de")
    properties = {"id": area.noun_id, "title": title, "url": page_address(area.noun), "kind": area.level}
    return {"type": "Feature", "id": area.noun_id, "geometry": area.noun.geo, "properties": properties}


def _tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:24]}"'


def _answer(request: HttpRequest, tag: str, body: bytes, kept: str) -> HttpResponse:
    response = get_conditional_response(request, etag=tag) or HttpResponse(body, content_type=MEDIA_TYPE)
    response["ETag"] = tag
    response["Cache-Control"] = kept
    return response
