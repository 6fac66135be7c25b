# SPDX-License-Identifier: EUPL-1.2
"""The terms that are accepted before borrowing: the city's and those of organisations, version by version."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places.actions import lending
from smilecity.places.forms.kits import LiabilityForm
from smilecity.places.pages.lending import said
from smilecity.places.pages.lending.desk import lender
from smilecity.places.pages.lending.kits import path
from smilecity.places.reads.lending import keeping as reads

CITY = "city"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def liability(request: HttpRequest, keeper: str = "") -> HttpResponse:
    """/desk/lending/terms/<whose>/: what holds since when, and a new version; first as it will be read, then kept."""
    who = lender(request)
    keepers = reads.terms_keepers(who)
    known = {_key(one): one for one in keepers}
    if not keeper and len(known) == 1:
        keeper = next(iter(known))
    if not keeper:
        rows = [(key, _name(one)) for key, one in known.items()]
        return render(
            request, "places/desk_terms_keepers.html", {"rows": rows, "path": path(_("Leihbedingungen"))}
        )
    if keeper not in known:
        raise Refusal("liability.not-yours", _("Das entscheidet, wer die Sachen verleiht."), status=404)
    return _terms(request, who, keeper, known[keeper])


def _terms(request: HttpRequest, who: Who, key: str, keeper: Noun | None) -> HttpResponse:
    found = reads.versions(who, keeper.id if keeper else None)
    stands = {f"text_{language}": text for language, text in found[0].terms.text.items()} if found else {}
    form = LiabilityForm(request.POST if request.method == "POST" else None, initial=stands)
    preview: list[str] = []
    if request.method == "POST" and form.is_valid():
        if request.POST.get("then") != "keep":
            preview = list(form.texts().values())
        elif _keep(who, keeper, form):
            messages.success(request, _("Das gilt ab jetzt. Beim nächsten Ausleihen stimmt man neu zu."))
            return redirect("lending-desk:terms", keeper=key)
    context = {
        "form": form,
        "name": _name(keeper),
        "preview": preview,
        "versions": [
            {
                "version": one.terms.version, "since": one.terms.since, "loans": one.loans,
                "text": in_text(one.terms.text, said.language()),
            }
            for one in found
        ],
        "path": path(_("Leihbedingungen"), _name(keeper)),
    }  # fmt: skip
    return render(request, "places/desk_terms.html", context, status=422 if form.errors else 200)


def _keep(who: Who, keeper: Noun | None, form: LiabilityForm) -> bool:
    try:
        lending.keep_liability(who, form.texts(), keeper=keeper.id if keeper else None)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.show(refusal)
        return False
    return True


def _key(keeper: Noun | None) -> str:
    return str(keeper.id) if keeper else CITY


def _name(keeper: Any) -> str:
    return in_text(keeper.title, said.language()) if keeper else _("Leihbedingungen der Stadt")
