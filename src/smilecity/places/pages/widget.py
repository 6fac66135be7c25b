# SPDX-License-Identifier: EUPL-1.2
"""A list of places that other sites may show in a frame: no cookies, no account, no script; and its snippet."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.core.elsewhere import site
from smilecity.core.who import ANYONE
from smilecity.places import reads
from smilecity.places.pages import find
from smilecity.places.pages.list import cards

MOST = 10
KEPT_SECONDS = 60
# The front door leaves an answer its own policy, and forbids framing only where there is none.
POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors *"
)


@require_safe
def widget(request: HttpRequest) -> HttpResponse:
    """GET /places/widget/?<as the list>: the first places as anyone sees them, whoever looks."""
    wish = find.asked(request)
    found = reads.sought(ANYONE, wish, size=MOST)
    query = wish.query()
    start = reverse("places:list")
    context = {
        "places": cards(ANYONE, found.items),
        "more": f"{start}?{query}" if query else start,
        "site": site(request),
    }
    # Without the request: nothing of the person who looks at the other site may get into it, nor a cookie out.
    response = HttpResponse(render_to_string("places/widget.html", context))
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    return response


@require_safe
def snippet(request: HttpRequest) -> HttpResponse:
    """GET /places/widget/code/?<as the list>: what to copy into another site, and how it looks."""
    wish = find.asked(request)
    query = wish.query()
    path = reverse("places:widget")
    context = {
        "path": [
            {"title": _("Orte"), "url": reverse("places:list")},
            {"title": _("Auf der eigenen Seite zeigen")},
        ],
        "address": f"{site(request)}{path}?{query}" if query else f"{site(request)}{path}",
        "look": f"{path}?{query}" if query else path,
        "finder": find.finder(ANYONE, wish),
        "few_below": settings.SMILE.few_below,
    }
    return render(request, "places/widget_snippet.html", context)
