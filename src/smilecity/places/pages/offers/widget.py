# SPDX-License-Identifier: EUPL-1.2
"""What there is to do as a small list that other sites may show in a frame: no cookies, no account, no script."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.core.elsewhere import site
from smilecity.core.who import ANYONE
from smilecity.places.pages.offers import find, said
from smilecity.places.pages.widget import KEPT_SECONDS, MOST, POLICY
from smilecity.places.reads import offers as reads


@require_safe
def widget(request: HttpRequest) -> HttpResponse:
    """GET /offers/widget/?<as the list>: the next dates as anyone sees them, whoever looks."""
    wish = find.asked(request)
    context = {
        "days": said.days(reads.sought(ANYONE, wish, size=MOST).items),
        "more": find.below("offers:list", wish),
        "site": site(request),
    }
    # Without the request: nothing of the person who looks at the other site may get into it, nor a cookie out.
    response = HttpResponse(render_to_string("places/offers_widget.html", context))
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    return response


@require_safe
def snippet(request: HttpRequest) -> HttpResponse:
    """GET /offers/widget/code/?<as the list>: what to copy into another site, and how it looks."""
    wish = find.asked(request)
    path = find.below("offers:widget", wish)
    context = {
        "path": [
            {"title": _("Was ist los"), "url": reverse("offers:list")},
            {"title": _("Auf der eigenen Seite zeigen")},
        ],
        "address": f"{site(request)}{path}",
        "look": path,
        "said": find.said(ANYONE, wish),
    }
    return render(request, "places/offers_snippet.html", context)
