# SPDX-License-Identifier: EUPL-1.2
"""The node's own pages: the start, what the law asks for, and the pages for when something is wrong."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from smilecity.city import wiring
from smilecity.city.middleware import answered
from smilecity.core.problems import Refusal


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What is going on right now, and what one can do here."""
    return render(request, "city/start.html", wiring.start_page(request))


@require_safe
def start_now(request: HttpRequest) -> HttpResponse:
    """The part of the start page that changes by itself."""
    return render(request, "city/places_now.html", wiring.start_page(request))


@require_safe
def imprint(request: HttpRequest) -> HttpResponse:
    """Who answers for the node."""
    return render(request, "city/imprint.html", {"contact": settings.SMILE.contact})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of people, what for and how long."""
    days = {"uplink_days": settings.SMILE.uplink_days, "contact_days": settings.SMILE.contact_days}
    return render(request, "city/privacy.html", days)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How accessible the pages are, and whom to tell when they are not."""
    return render(request, "city/accessibility.html", {"say": reverse("citizens:say")})


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form did not come from this node's own page, or its cookie is gone."""
    refusal = Refusal(
        "form.expired",
        _("Das Formular ist abgelaufen."),
        cure=_("Laden Sie die Seite neu und senden Sie es noch einmal ab."),
        status=403,
    )
    return answered(request, refusal)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing here, or nothing that this reader may see: both look the same."""
    if request.path.endswith(".json"):
        return answered(request, Refusal("request.unknown", _("Diese Seite gibt es nicht."), status=404))
    return render(request, "404.html", status=404)
