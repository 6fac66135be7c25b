# SPDX-License-Identifier: EUPL-1.2
"""Machine formats: the plain base map as GeoJSON."""

import hashlib

import orjson
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from smilecity.core.who import ANYONE
from smilecity.space import reads

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
        kept = (f'"{hashlib.sha256(body).hexdigest()[:24]}"', body)
        cache.set(key, kept, KEPT_SECONDS)
    tag, body = kept
    response = get_conditional_response(request, etag=tag) or HttpResponse(body, content_type=MEDIA_TYPE)
    response["ETag"] = tag
    response["Cache-Control"] = "public, max-age=60"
    return response
