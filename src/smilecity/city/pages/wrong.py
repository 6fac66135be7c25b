# SPDX-License-Identifier: EUPL-1.2
"""Pages for when something is wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from smilecity.city.middleware import answered
from smilecity.core.asgi import LOST_COOKIE
from smilecity.core.problems import Refusal


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form did not come from this node's own page, or its cookie is gone."""
    if request.META.get("asgi.scope", {}).get(LOST_COOKIE):
        return answered(request, _bad_cookie())
    refusal = Refusal(
        "form.expired",
        _("Das Formular ist abgelaufen."),
        cure=_("Laden Sie die Seite neu und senden Sie es noch einmal ab."),
        status=403,
    )
    return answered(request, refusal)


def _bad_cookie() -> Refusal:
    return Refusal(
        "request.bad-cookie",
        _("Ihr Browser schickt das Cookie einer anderen Website mit, das unlesbare Zeichen enthält."),
        cure=_("Löschen Sie in Ihrem Browser die Cookies dieser Adresse und laden Sie die Seite neu."),
        status=403,
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing here, or nothing that this reader may see: both look the same."""
    if request.path.startswith("/api/"):
        return answered(request, Refusal("request.unknown", "There is nothing at this address.", status=404))
    if request.path.endswith(".json"):
        return answered(request, Refusal("request.unknown", _("Diese Seite gibt es nicht."), status=404))
    return render(request, "404.html", status=404)
