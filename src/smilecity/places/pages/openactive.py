# SPDX-License-Identifier: EUPL-1.2
"""The page about the feeds of OpenActive: which there are, for people and as a Dataset for programmes."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.core.elsewhere import block, site
from smilecity.places.rules import openactive as rules

SPECIFICATION = "https://openactive.io/modelling-opportunity-data/"


@require_safe
def dataset(request: HttpRequest, city: Callable[[], str]) -> HttpResponse:
    """GET /openactive/: the feeds. `city` knows the name of who publishes them."""
    name = _("Sport und Bewegung: Angebote und freie Zeiten")
    text = _(
        "Sportangebote von Vereinen und der Stadt mit ihren Terminen, und was sich buchen lässt mit freien Zeiten."
    )
    start = site(request)
    said = rules.dataset(
        name=name,
        text=text,
        publisher=rules.publisher(city() or urlsplit(start).netloc),
        documentation=SPECIFICATION,
        questions=f"{start}{reverse('citizens:say')}",
        language=get_language() or "de",
    )
    titles = {
        rules.SERIES: _("Angebote"),
        rules.SESSIONS: _("Termine der nächsten 60 Tage"),
        rules.FACILITIES: _("Was sich buchen lässt"),
        rules.SLOTS: _("Freie Zeiten der nächsten 14 Tage"),
    }
    context = {
        "title": name,
        "text": text,
        "feeds": [(title, f"{start}/openactive/{feed}") for feed, title in titles.items()],
        "licence": rules.LICENCE,
        "schema": block(rules.absolute(said, start)),
        "path": [
            {"title": _("Offene Daten der Stadt"), "url": reverse("space:ogc") + "?f=html"},
            {"title": name},
        ],
    }
    return render(request, "places/openactive.html", context)
