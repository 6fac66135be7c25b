# SPDX-License-Identifier: EUPL-1.2
"""A season at the desk: wishes in their order, conflicts side by side, and the decision."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.core import clock, moments
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places.actions import booking as actions
from smilecity.places.forms.policy import SeasonForm
from smilecity.places.models import Place, Season
from smilecity.places.pages.booking import said
from smilecity.places.pages.booking.setting import frame, kept
from smilecity.places.reads import booking as reads


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """/desk/bookings/at/<slug>/seasons/new/: let clubs ask for a season."""
    who, place = kept(request, slug)
    form = SeasonForm(request.POST if request.method == "POST" else None)
    status = 422 if request.method == "POST" else 200
    if form.is_valid():
        typed = form.cleaned_data
        try:
            made = actions.open_season(
                who, place.noun_id, typed["name"], starts_on=typed["starts_on"], ends_on=typed["ends_on"],
                ask_until=form.until(settings.SMILE.zone),
            )  # fmt: skip
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            form.show(refusal)
            status = refusal.status
        else:
            messages.success(request, _("Die Saison ist ausgeschrieben. Vereine können anfragen."))
            return redirect("bookings-desk:season", slug=slug, season=made.id)
    name = _("Neue Saison")
    context = {**frame(place, name), "form": form, "name": name, "sentences": None}
    return render(request, "places/desk_booking_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def season(request: HttpRequest, slug: str, season: int) -> HttpResponse:
    """/desk/bookings/at/<slug>/seasons/<id>/: who comes first where wishes meet; then all is booked at once."""
    who, place = kept(request, slug)
    known = reads.season(who, season, place.noun_id)
    if known is None:
        raise Refusal("season.unknown", _("Diese Saison gibt es nicht."), status=404)
    refusal = None
    if request.method == "POST":
        try:
            messages.success(request, _do(request, who, known))
            return redirect("bookings-desk:season", slug=slug, season=season)
        except Refusal as why:
            if why.status in (403, 404):
                raise
            refusal = why
    return _page(request, who, place, known, refusal)


def _do(request: HttpRequest, who: Who, known: Season) -> str:
    """Put one wish before another, or decide."""
    then = request.POST.get("then", "")
    if then == "decide":
        actions.decide_season(who, known.id)
        return _("Die Saison ist verteilt. Alle, die gefragt haben, erfahren es.")
    asked = [one.series for one in reads.wishes(who, known.id) if one.series.state == one.series.ASKED]
    places = {str(one.id): index for index, one in enumerate(asked)}
    index = places.get(request.POST.get("up", ""), 0)
    if index == 0:
        raise Refusal("season.then", _("Dieser Wunsch steht schon vorn."), status=422)
    asked[index - 1], asked[index] = asked[index], asked[index - 1]
    for rank, one in enumerate(asked):
        if one.rank != rank:
            actions.rank_series(who, one.id, rank)
    return _("Die Reihenfolge ist geändert.")


def _page(
    request: HttpRequest, who: Who, place: Place, known: Season, refusal: Refusal | None
) -> HttpResponse:
    kind, state = said.SEASONS[known.state]
    wishes = reads.wishes(who, known.id)
    asking = known.ask_until > clock.now()
    context: dict[str, Any] = {
        **frame(place, known.name),
        "season": known,
        "kind": kind,
        "state": state,
        "days": _("%(first)s bis %(last)s") % {
            "first": moments.day_of(known.starts_on, said.today()), "last": moments.day_of(known.ends_on, said.today()),
        },
        "until": said.day(said.local(known.ask_until).date()),
        "asking": asking and known.state == Season.ASKING,
        "decides": not asking and known.state != Season.DECIDED,
        "wishes": [{**said.series_row(one.series), "open": one.series.state == "asked"} for one in wishes],
        "conflicts": [_conflict(one) for one in reads.conflicts(who, known.id)],
        "refusal": refusal,
    }  # fmt: skip
    return render(
        request, "places/desk_booking_season.html", context, status=refusal.status if refusal else 200
    )


def _conflict(one: reads.Conflict) -> dict[str, Any]:
    days = [moments.day_of(day, said.today()) for day in one.dates]
    return {
        "first": said.series_row(one.first), "second": said.series_row(one.second), "count": len(days),
        "days": ", ".join(days[:6]) + (" …" if len(days) > 6 else ""),
    }  # fmt: skip
