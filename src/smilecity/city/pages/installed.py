# SPDX-License-Identifier: EUPL-1.2
"""The city as an app on the phone: what it is called there, its worker, and its page for when there is no network."""

import hashlib
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from smilecity.city.asgi import CONTENT_POLICY
from smilecity.city.identity import identity
from smilecity.core.assets import asset_url, manifest

PAPER = "#fffdf9"
FONTS = ("files/fira-sans-latin-400-normal.woff2", "files/fira-sans-latin-600-normal.woff2")
ALWAYS = ("app.css", "app.js", "say.js", "logo.svg", "favicon.svg", "icon-192.png", *FONTS)


@require_safe
def web_manifest(request: HttpRequest) -> HttpResponse:
    """GET /manifest.webmanifest: name, colours and icons of the app."""
    city = identity()
    own = [{"src": city.logo_url, "sizes": "any", "type": city.logo_type}] if city.logo_url else []
    said = {
        "id": "/",
        "name": city.name,
        "short_name": city.name if len(city.name) <= 12 else city.name.split()[0][:12],
        "lang": settings.LANGUAGE_CODE,
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            *own,
            {"src": asset_url("icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": asset_url("icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {
                "src": asset_url("icon-maskable-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
    }
    answer = JsonResponse(said, content_type="application/manifest+json")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """GET /sw.js: the built worker behind what it has to know; it changes whenever one of the files does."""
    built = Path(settings.STATIC_ROOT) / manifest()["sw.js"]
    body = b"const SHELL=" + orjson.dumps(_shell()) + b";\n" + built.read_bytes()
    answer = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    answer["Service-Worker-Allowed"] = "/"
    answer["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    return get_conditional_response(request, etag=answer["ETag"], response=answer) or answer


@never_cache
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """GET /offline/: the worker keeps it; the list of places seen last is made in the browser."""
    nothing_personal: dict[str, Any] = {"account_links": [], "messages": []}
    return render(request, "city/offline.html", nothing_personal)


def _shell() -> dict[str, Any]:
    """What the worker keeps from the start (`files`), what of the rest it may keep (`known`), and the city's words."""
    city, offline_pages = identity(), _offline_pages()
    own = [address for address in (city.theme_url, city.logo_url) if address]
    chunks = [name for name in manifest() if name.startswith("chunk")]
    files = [*(asset_url(name) for name in (*ALWAYS, *chunks)), *own, *offline_pages.values()]
    every = [settings.STATIC_URL + file for file in manifest().values()]
    return {
        "name": city.name,
        "icon": asset_url("icon-192.png"),
        "policy": CONTENT_POLICY,
        "offline": offline_pages,
        "files": files,
        "known": [*every, *own, *offline_pages.values()],
    }


def _offline_pages() -> dict[str, str]:
    """Prefix of addresses -> the page shown there without a network: the form first, then each language's own."""
    forms, pages = {}, {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            address = reverse("offline")
            forms[reverse("citizens:say")] = reverse("citizens:offline")
        pages["" if code == settings.LANGUAGE_CODE else address.removesuffix("offline/")] = address
    return forms | pages
