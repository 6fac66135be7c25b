# SPDX-License-Identifier: EUPL-1.2
"""The desk's pages on when a place is otherwise open: closings, whom they hit, and what closes it by itself."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places import reads as entries
from smilecity.places.actions import limits as limiting
from smilecity.places.actions import opening as actions
from smilecity.places.actions.entries import unknown
from smilecity.places.actions.offers import cancel_occasion
from smilecity.places.forms.opening import ClosingForm, LimitForm, cause_of, unit_of
from smilecity.places.models import Exceptional, Limit, Place
from smilecity.places.pages.booking import said
from smilecity.places.reads import booking, changes
from smilecity.places.reads import opening as reads
from smilecity.places.rules import limits as rules
from smilecity.places.rules.booking.times import Span

MOST_PROPOSED = 3


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def closings(request: HttpRequest, slug: str) -> HttpResponse:
    """/desk/places/<slug>/closings/: what is otherwise, whom it hits; a `do` ends one, or cancels a date it hits."""
    who, place = _kept(request, slug)
    if request.method == "POST":
        _do(request, who, place)
        return redirect("places-desk:closings", slug=slug)
    rows = [_row(who, place, one) for one in reads.closings(who, place)]
    return render(request, "places/closings.html", {**_frame(place, _("Öffnung")), "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """/desk/places/<slug>/closings/new/: first it is shown whom it hits, then it is kept."""
    who, place = _kept(request, slug)
    units = [(one.id, said.name(one)) for one in entries.units(place.noun)]
    form = ClosingForm(request.POST, units=units) if request.method == "POST" else ClosingForm(units=units)
    struck, status = None, 200
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        if request.POST.get("then") == "keep" and _keep(who, place, form):
            messages.success(request, _("Das gilt jetzt, und alle lesen es auf der Seite des Ortes."))
            return redirect("places-desk:closings", slug=slug)
        status = 422 if form.errors else 200
        if form.cleaned_data["what"] == "close":
            struck = _struck(reads.struck(who, place, form.during, form.cleaned_data.get("unit")))
    shown = status == 200 and request.method == "POST"
    context = {**_frame(place, _("Schließen oder öffnen")), "form": form, "struck": struck, "shown": shown}
    return render(request, "places/closing_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def limits(request: HttpRequest, slug: str) -> HttpResponse:
    """/desk/places/<slug>/limits/: what closes the place by itself; a `drop` takes one away."""
    who, place = _kept(request, slug)
    roles = reads.measured_roles(who, place)
    if request.method == "POST" and "drop" in request.POST:
        limiting.drop_limit(who, place.noun_id, request.POST["drop"])
        messages.success(request, _("Diese Grenze schließt hier nichts mehr."))
        return redirect("places-desk:limits", slug=slug)
    form = LimitForm(request.POST, roles=roles) if request.method == "POST" else LimitForm(roles=roles)
    if request.method == "POST" and form.is_valid():
        try:
            limiting.keep_limit(who, place.noun_id, **form.said())
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            form.show(refusal)
        else:
            messages.success(request, _("Die Grenze ist gespeichert. Jede Minute wird nachgesehen."))
            return redirect("places-desk:limits", slug=slug)
    rows = [_limit_row(one) for one in reads.limits(who, place)]
    context = {**_frame(place, _("Wettergrenzen")), "form": form, "rows": rows, "roles": roles}
    return render(request, "places/limits.html", context, status=422 if form.errors else 200)


def _keep(who: Who, place: Place, form: ClosingForm) -> bool:
    typed = form.cleaned_data
    unit = typed.get("unit")
    try:
        if typed["what"] == "open":
            actions.open_extra(who, place.noun_id, form.during, form.reason, unit=unit)
        else:
            actions.close(who, place.noun_id, form.during, typed["cause"], form.reason, unit=unit)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.show(refusal)
        return False
    return True


def _do(request: HttpRequest, who: Who, place: Place) -> None:
    """End one of the place's closings, or cancel the date of an offer for the closing's reason."""
    number = request.POST.get("closing", "")
    row = reads.closing(who, int(number)) if number.isascii() and number.isdecimal() else None
    if row is None or row.place_id != place.noun_id:
        raise unknown()
    occasion = request.POST.get("occasion", "")
    if occasion.isascii() and occasion.isdecimal():
        cancel_occasion(who, int(occasion), reads.as_rule(row).why)
        messages.success(request, _("Der Termin ist abgesagt. Wer angemeldet ist, erfährt es."))
    else:
        actions.end_closing(who, row.id)
        messages.success(request, _("Beendet. Ab jetzt gelten wieder die Öffnungszeiten."))


def _row(who: Who, place: Place, one: Exceptional) -> dict[str, Any]:
    rule = reads.as_rule(one)
    struck: dict[str, Any] | None = None
    if not one.open:
        struck = _struck(reads.struck(who, place, (rule.start, rule.end), one.unit_id))
        instead = {} if rule.open_ended else {hit.booking.id: hit.instead for hit in booking.hit(who, one.id)}
        for each in struck["bookings"]:
            each["instead"] = [said.when(span) for span in instead.get(each["id"], ())[:MOST_PROPOSED]]
    return {
        "id": one.id,
        "open": one.open,
        "reason": rule.why,
        "cause": cause_of(one),
        "when": _when((rule.start, rule.end), open_ended=rule.open_ended),
        "unit": said.name(one.unit) if one.unit else "",
        "by_weather": one.by == limiting.BY_WEATHER,
        "struck": struck,
    }


def _struck(found: reads.Struck | None) -> dict[str, Any]:
    found = found or reads.Struck()
    return {
        "bookings": [
            {"id": one.id, "unit": said.name(one.unit), "when": said.when(said.span(one))}
            for one in found.bookings
        ],
        "occasions": [
            {
                "id": one.id,
                "title": said.title(one.offer.noun),
                "when": said.when((one.during.lower, one.during.upper)),
            }
            for one in found.occasions
        ],
    }


def _when(span: Span, *, open_ended: bool) -> str:
    if not open_ended:
        return said.when(span)
    start = said.local(span[0])
    return _("seit %(day)s, %(time)s Uhr, bis es ruhig ist") % {
        "day": said.day(start.date()),
        "time": f"{start:%H:%M}",
    }


def _limit_row(one: Limit) -> dict[str, Any]:
    closing = one.closing
    return {
        "role": one.role,
        "name": rules.ROLES[one.role],
        "closes_above": one.closes_above,
        "opens_below": one.opens_below,
        "unit": unit_of(one),
        "minutes": int(one.calm_for.total_seconds()) // 60,
        "closed": closing is not None and closing.ended_at is None,
        "waived": closing is not None and closing.ended_at is not None,
    }


def _kept(request: HttpRequest, slug: str) -> tuple[Who, Place]:
    who = who_asks(request)
    place = changes.editable(who, slug)
    if place is None:
        raise unknown()
    return who, place


def _frame(place: Place, title: str) -> dict[str, Any]:
    slug = place.noun.address.removeprefix("places/")
    name = said.title(place.noun)
    return {
        "slug": slug,
        "title": name,
        "path": [
            {"title": _("Schreibtisch"), "url": reverse("desk:today")},
            {"title": _("Orte pflegen"), "url": reverse("places-desk:list")},
            {"title": name, "url": reverse("places-desk:edit", args=[slug])},
            {"title": title},
        ],
    }
