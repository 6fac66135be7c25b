# SPDX-License-Identifier: EUPL-1.2
"""Answers that are not sent a second time while they have not changed, and addresses for other programmes."""

import hashlib
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from smilecity.core.elsewhere import site
from smilecity.core.who import ANYONE
from smilecity.people.reads import who_asks


def once(request: HttpRequest, body: bytes, content_type: str) -> HttpResponse:
    """The body with its ETag, or that it is the same as before; kept by shared caches only if anyone sees it so."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    response = get_conditional_response(request, etag=tag) or HttpResponse(body, content_type=content_type)
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache" if who_asks(request) == ANYONE else "private, no-cache"
    return response


def webcal(request: HttpRequest, path: str) -> str:
    """The address by which a calendar programme subscribes."""
    return f"webcal://{urlsplit(site(request)).netloc}{path}"
