# SPDX-License-Identifier: EUPL-1.2
"""What I agreed to: read, given and taken back on one page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.core.problems import Refusal
from smilecity.people import actions, reads
from smilecity.people.rules.purposes import PURPOSES


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def consents(request: HttpRequest) -> HttpResponse:
    """/me/consents/: every purpose with its text; a button gives or takes back one consent."""
    who, refused = reads.who_asks(request), None
    if request.method == "POST":
        try:
            _change(request)
        except Refusal as refusal:
            refused = refusal
        else:
            messages.success(request, _("Gespeichert."))
            return redirect("my-consents")
    context = {
        "agreements": reads.agreements(who),
        "history": [
            {"title": PURPOSES[one.purpose].title if one.purpose in PURPOSES else one.purpose, "consent": one}
            for one in reads.consent_history(who)
        ],
        "refusal": refused,
        "path": [{"title": _("Mein Konto"), "url": reverse("me")}, {"title": _("Einwilligungen")}],
    }
    return render(request, "people/consents.html", context, status=refused.status if refused else 200)


def _change(request: HttpRequest) -> None:
    who, purpose, version = (
        reads.who_asks(request),
        request.POST.get("purpose", ""),
        request.POST.get("version", ""),
    )
    if request.POST.get("do") == "withdraw":
        actions.withdraw_consent(who, purpose)
    else:
        actions.give_consent(who, purpose, int(version) if version.isascii() and version.isdigit() else 0)
