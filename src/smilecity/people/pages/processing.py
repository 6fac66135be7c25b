# SPDX-License-Identifier: EUPL-1.2
"""The register of processing: whole for operators, in short for everyone."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from smilecity.core import privacy
from smilecity.core.problems import Refusal
from smilecity.people import reads, rights


@require_safe
def public_register(request: HttpRequest) -> HttpResponse:
    """GET /privacy/register/: what is kept of people, what for, who sees it and how long."""
    context = {
        "register": privacy.register(),
        "path": [{"title": _("Datenschutz"), "url": reverse("privacy")}, {"title": _("Was wir speichern")}],
    }
    return render(request, "people/register.html", context)


@require_safe
@never_cache
@login_required
def desk_processing(request: HttpRequest) -> HttpResponse:
    """GET /desk/processing/: the same with codes and legal bases, as article 30 wants it."""
    if not rights.may_see_processing(reads.who_asks(request)):
        raise Refusal("processing.not-yours", _("Dieses Verzeichnis führen die Betreiber."), status=403)
    return render(request, "people/desk_processing.html", {"register": privacy.register()})
