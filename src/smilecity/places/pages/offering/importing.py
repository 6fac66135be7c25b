# SPDX-License-Identifier: EUPL-1.2
"""Bringing offers along from a calendar or a table: shown first, written when it looks right."""

import base64
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.core import reaching
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places.actions import offers as actions
from smilecity.places.actions.offers.importing import BROKEN, Line, Plan, nothing_found
from smilecity.places.forms.offer import ImportForm
from smilecity.places.pages.offering.writing import keepers, path, places
from smilecity.places.rules import ical
from smilecity.places.rules.offers import table

LIMITS = reaching.Limits(most_bytes=ical.MOST_BYTES, seconds=15.0)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def bring(request: HttpRequest) -> HttpResponse:
    """/desk/offers/import/: a file or an address; what would become of it; then write it."""
    who = who_asks(request)
    given: dict[str, Any] = {"keepers": keepers(who), "places": places(who)}
    if request.method != "POST":
        return _page(request, ImportForm(**given), [], 200)
    form = ImportForm(request.POST, request.FILES, **given)
    if not form.is_valid():
        return _page(request, form, [], 422)
    try:
        lines = _lines(who, form, dry_run=request.POST.get("then") != "write")
    except Refusal as refusal:
        form.show(refusal)
        return _page(request, form, [], refusal.status if refusal.status < 500 else 422)
    if request.POST.get("then") != "write":
        return _page(request, form, lines, 200)
    written = sum(line.what != BROKEN for line in lines)
    messages.success(request, _("Eingelesen: %(many)d Angebote.") % {"many": written})
    return redirect("offers-desk:list")


def _lines(who: Who, form: ImportForm, *, dry_run: bool) -> list[Line]:
    typed = form.cleaned_data
    body = _body(form)
    form.keep(body)
    entries, broken = (
        ical.read(body, settings.SMILE.zone) if b"BEGIN:VCALENDAR" in body[:4096] else table.read(body)
    )
    if not entries and not broken:
        raise nothing_found()
    plan = Plan(
        keeper=int(typed["keeper"]), category=typed["category"], place=int(typed["place"]) if typed["place"] else None,
        dry_run=dry_run,
    )  # fmt: skip
    found = actions.import_offers(who, entries, plan)
    return [*found, *(Line(one.name, BROKEN, why=one.why) for one in broken)]


def _body(form: ImportForm) -> bytes:
    given, address = form.cleaned_data["file"], form.cleaned_data["address"].strip()
    if given is not None:
        body: bytes = given.read(ical.MOST_BYTES + 1)
        return body
    if form.cleaned_data["kept"] and not address:
        return base64.b64decode(form.cleaned_data["kept"])
    if not address:
        raise Refusal(
            "import.nothing",
            _("Wählen Sie eine Datei, oder nennen Sie eine Adresse."),
            field="file",
            status=422,
        )
    return reaching.get(
        address.replace("webcal://", "https://", 1),
        LIMITS,
        inside=settings.SMILE.reach,
        accept="text/calendar, text/csv",
    )


def _page(request: HttpRequest, form: ImportForm, lines: list[Line], status: int) -> HttpResponse:
    named = {
        "new": _("neu"),
        "changed": _("wird geändert"),
        "same": _("unverändert"),
        "broken": _("geht nicht"),
    }
    kinds = {"new": "success", "changed": "info", "same": "info", "broken": "danger"}
    rows = [{"line": one, "badge": kinds[one.what], "what": named[one.what]} for one in lines]
    context = {"form": form, "rows": rows, "path": path(_("Angebote einlesen"))}
    return render(request, "places/desk_offer_import.html", context, status=status)
