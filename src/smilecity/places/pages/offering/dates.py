# SPDX-License-Identifier: EUPL-1.2
"""The dates of an offer, one by one: moved, cancelled, noted; who comes; next season; and cancelled as a whole."""

import csv
import io
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places import rights
from smilecity.places.actions import offers as actions
from smilecity.places.actions.offers.importing import free_key
from smilecity.places.actions.offers.seats import no_occasion
from smilecity.places.forms.offer import ReasonForm
from smilecity.places.models import Occasion, Offer, Registration
from smilecity.places.pages.offering.writing import key_of, must_keep, path, when_of
from smilecity.places.reads import offers as reads

MOST_DAYS = 3 * 366


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def dates(request: HttpRequest, key: str) -> HttpResponse:
    """/desk/offers/<key>/dates/: the coming dates; copy the offer, or cancel all that comes."""
    who = who_asks(request)
    offer = must_keep(who, key)
    form = ReasonForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _dates_page(request, who, offer, form, 200)
    try:
        if request.POST.get("then") == "copy":
            copy = actions.copy_season(
                who,
                offer.noun_id,
                free_key(next(iter(offer.noun.title.values()))),
                _number(request, "days", MOST_DAYS),
            )
            messages.success(
                request,
                _("Hier ist der Entwurf der nächsten Saison. Sehen Sie ihn durch, und schicken Sie ihn ab."),
            )
            return redirect("offers-desk:edit", key=key_of(copy))
        actions.cancel_offer(who, offer.noun_id, form.cleaned_data["reason"])
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error(
            "reason" if refusal.field == "reason" else None, f"{refusal.sentence} {refusal.cure}".strip()
        )
        return _dates_page(request, who, offer, form, refusal.status)
    messages.success(request, _("Das Angebot ist abgesagt. Alle Angemeldeten erfahren davon."))
    return redirect("offers-desk:dates", key=key)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def date(request: HttpRequest, key: str, occasion: int) -> HttpResponse:
    """/desk/offers/<key>/dates/<id>/: one date: another time, a note, how many seats, or cancelled; who comes."""
    who = who_asks(request)
    one = _date(who, must_keep(who, key), occasion)
    problem = None
    if request.method == "POST":
        try:
            said = _do(request, who, one)
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            problem = refusal
        else:
            messages.success(request, said)
            return redirect("offers-desk:date", key=key, occasion=occasion)
    return _date_page(request, who, one, problem)


@require_safe
@login_required
@never_cache
def people(request: HttpRequest, key: str, occasion: int) -> HttpResponse:
    """GET /desk/offers/<key>/dates/<id>/people.csv: who comes, for the organiser alone."""
    who = who_asks(request)
    one = _date(who, must_keep(who, key), occasion)
    if not rights.may_see_registered(who, one.offer):
        raise no_occasion()
    out = io.StringIO()
    table = csv.writer(out, delimiter=";")
    table.writerow([_("Name"), _("Erreichbar"), _("Personen"), _("Stand"), _("Bemerkung")])
    for each in reads.registered(who, one.id):
        table.writerow([_harmless(str(part)) for name, part in _row(each).items() if name != "one"])
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{key}.csv"'
    return answer


def _do(request: HttpRequest, who: Who, one: Occasion) -> str:
    then, said = request.POST.get("then", ""), request.POST
    if then == "move":
        actions.move_occasion(who, one.id, said.get("starts", "")[:16], _number(request, "minutes", 1 << 20))
        return _("Der Termin ist verschoben. Alle Angemeldeten erfahren davon.")
    if then == "cancel":
        actions.cancel_occasion(who, one.id, said.get("reason", ""))
        return _("Der Termin ist abgesagt. Alle Angemeldeten erfahren davon.")
    if then == "note":
        actions.note_occasion(who, one.id, {"de": said.get("note", "")})
        return _("Der Hinweis steht jetzt beim Termin.")
    if then == "room":
        actions.keep_capacity(
            who, one.id, _number(request, "capacity", 1 << 30) if said.get("capacity") else None
        )
        return _("Gespeichert. Wer gewartet hat und jetzt Platz hat, erfährt davon.")
    if then == "off":
        actions.unregister(who, _number(request, "registration", (1 << 63) - 1))
        return _("Die Person ist abgemeldet.")
    raise Refusal("occasion.then", _("Das geht mit einem Termin nicht."), status=422)


def _number(request: HttpRequest, name: str, most: int) -> int:
    """A whole number of the form; what is none is -1, which the rules refuse."""
    text = request.POST.get(name, "").strip()
    found = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1
    if not 0 <= found <= most:
        raise Refusal("offer.number", _("Hier fehlt eine ganze Zahl."), field=name, status=422)
    return found


def _date(who: Who, offer: Offer, occasion: int) -> Occasion:
    one = reads.occasion(who, occasion)
    if one is None or one.offer_id != offer.noun_id:
        raise no_occasion()
    return one


def _dates_page(request: HttpRequest, who: Who, offer: Offer, form: ReasonForm, status: int) -> HttpResponse:
    context = {
        "offer": offer,
        "key": key_of(offer),
        "title": in_text(offer.noun.title, get_language() or "de"),
        "when": when_of(offer),
        "dates": reads.dates(who, offer),
        "form": form,
        "path": path(_("Termine"), offer),
    }
    return render(
        request,
        "places/desk_offer_dates.html",
        context,
        status=422 if form.errors and status == 200 else status,
    )


def _date_page(request: HttpRequest, who: Who, one: Occasion, problem: Refusal | None) -> HttpResponse:
    starts = one.during.lower.astimezone(settings.SMILE.zone)
    typed: dict[str, Any] = request.POST.dict() if problem else {}
    context = {
        "date": one,
        "offer": one.offer,
        "key": key_of(one.offer),
        "title": in_text(one.offer.noun.title, get_language() or "de"),
        "starts": typed.get("starts") or f"{starts:%Y-%m-%dT%H:%M}",
        "minutes": typed.get("minutes") or int((one.during.upper - one.during.lower).total_seconds()) // 60,
        "note": typed.get("note", in_text(one.note, get_language() or "de")),
        "reason": typed.get("reason", ""),
        "capacity": typed.get("capacity", one.capacity if one.capacity is not None else ""),
        "problem": problem,
        "people": [_row(each) for each in reads.registered(who, one.id)],
        "organises": rights.may_see_registered(who, one.offer),
        "path": path(f"{starts:%d.%m.%Y}", one.offer),
    }
    return render(request, "places/desk_offer_date.html", context, status=problem.status if problem else 200)


def _row(one: Registration) -> dict[str, Any]:
    """A registration for the list: who has an account is reached by notices."""
    states = {Registration.COMES: _("kommt"), Registration.WAITS: _("wartet")}
    return {
        "name": one.account.pseudonym if one.account else one.name,
        "reach": one.reach or _("über das Konto"),
        "seats": one.seats,
        "state": states.get(one.state, ""),
        "note": one.note,
        "one": one,
    }


def _harmless(text: str) -> str:
    """Programs for tables take what begins so for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
