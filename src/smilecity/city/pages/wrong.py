# SPDX-License-Identifier: EUPL-1.2
"""Pages for when something is wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from smilecity.city.middleware import answered
from smilecity.core.problems import Refusal


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
    if request.path.startswith("/api/"):
        return answered(request, Refusal("request.unknown", "There is nothing at this address.", status=404))
    if request.path.endswith(".json"):
        return answered(request, Refusal("request.unknown", _("Diese Seite gibt es nicht."), status=404))
    return render(request, "404.html", status=404)
