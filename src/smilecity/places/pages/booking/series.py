# SPDX-License-Identifier: EUPL-1.2
"""The same time every week: asking for it, alone or in a season, and what becomes of it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.core import moments
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places.actions import booking as actions
from smilecity.places.actions.booking.taking import not_bookable
from smilecity.places.forms.booking import SeriesForm
from smilecity.places.models import Season, Series
from smilecity.places.pages.booking import said
from smilecity.places.pages.booking.calendar import asking, frame
from smilecity.places.pages.place import found
from smilecity.places.reads import booking as reads


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def ask(request: HttpRequest, slug: str, season: int = 0) -> HttpResponse:
    """/places/<slug>/book/series/ and /places/<slug>/book/season/<id>/: a time for every week, for people to decide."""
    who = who_asks(request)
    noun = found(who, slug)
    known = reads.season(who, season, noun.id) if season else None
    if season and known is None:
        raise Refusal("season.unknown", _("Diese Saison gibt es nicht."), status=404)
    units = [(one.id, said.name(one)) for one in reads.bookable(who, noun.id)]
    if not units:
        raise not_bookable()
    sent = request.POST if request.method == "POST" else None
    form = SeriesForm(
        sent, units=units, organisations=said.organisations(who), alone=known is None,
        initial=_proposed(known, request.GET.get("unit", "")),
    )  # fmt: skip
    if sent is None:
        return _page(request, who, noun, known, form, 200)
    if not form.is_valid():
        return _page(request, who, noun, known, form, 422)
    try:
        made = actions.ask_series(who, **form.asked(), season=known.id if known else None)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.show(refusal)
        return _page(request, who, noun, known, form, refusal.status)
    messages.success(request, _("Ihr Wunsch ist angekommen. Menschen entscheiden, und Sie erfahren es."))
    return (
        redirect("places:book-season", slug=slug, season=known.id)
        if known
        else redirect("bookings:series", made.id)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def series(request: HttpRequest, series: int) -> HttpResponse:
    """/me/bookings/series/<id>/: its dates; give one back, or let all the rest go to others."""
    who = who_asks(request)
    one = _known(who, series)
    refusal = None
    if request.method == "POST":
        try:
            messages.success(request, _do(who, one, request.POST.get("give", "")))
        except Refusal as why:
            if why.status in (403, 404):
                raise
            refusal = why
        else:
            return redirect("bookings:series", series=series)
    held = reads.standing(who, one)
    assert held is not None
    rows = [said.row(each) for each in held.coming]
    context = {
        "row": said.series_row(one),
        "dates": rows,
        "past": held.past,
        "unused": held.unused,
        "open": one.state in (Series.ASKED, Series.GRANTED),
        "asked": one.state == Series.ASKED,
        "refusal": refusal,
        "season": _season_address(one),
        "path": [
            {"title": _("Mein Konto"), "url": reverse("me")},
            {"title": _("Meine Buchungen"), "url": reverse("bookings:list")},
            {"title": said.name(one.unit)},
        ],
    }
    return render(request, "places/book_series.html", context, status=refusal.status if refusal else 200)


def _do(who: Who, one: Series, give: str) -> str:
    if give == "all":
        actions.offer_series(who, one.id)
        return _("Alle weiteren Termine sind wieder frei für andere. Danke.")
    if not (give.isascii() and give.isdigit() and len(give) < 19):
        raise Refusal("series.give", _("Wählen Sie einen Termin."), status=422)
    held = reads.booking(who, int(give))
    if held is None or held.series_id != one.id:
        raise Refusal("booking.unknown", _("Diese Buchung gibt es nicht."), status=404)
    actions.cancel(who, held.id)
    return _("Der Termin ist wieder frei für andere. Danke.")


def _page(
    request: HttpRequest, who: Who, noun: Noun, season: Season | None, form: SeriesForm, status: int
) -> HttpResponse:
    slug = noun.address.removeprefix("places/")
    context: dict[str, Any] = {
        **frame(noun, season.name if season else _("Jede Woche")),
        "slug": slug,
        "form": form,
        "season": None,
        "clubs": bool(said.organisations(who)),
        "seasons": asking(who, noun),
    }  # fmt: skip
    if season is not None:
        kind, state = said.SEASONS[season.state]
        context |= {
            "season": season,
            "kind": kind,
            "state": state,
            "asking": season in reads.seasons(who, noun.id, asking=True),
            "days": _("%(first)s bis %(last)s") % {
                "first": moments.day_of(season.starts_on, said.today()),
                "last": moments.day_of(season.ends_on, said.today()),
            },
            "until": said.day(said.local(season.ask_until).date()),
            "wishes": [_wish(one) for one in reads.wishes(who, season.id)],
        }  # fmt: skip
    return render(request, "places/season.html", context, status=status)


def _wish(one: reads.Wish) -> dict[str, Any]:
    """A wish of one's own with all there is, of others only when and where."""
    row = said.series_row(one.series)
    if not one.mine:
        row = {key: row[key] for key in ("when", "unit", "kind", "state")}
    return {**row, "mine": one.mine, "meets": len(one.meets), "dates": one.dates}


def _proposed(season: Season | None, unit: str) -> dict[str, Any]:
    found: dict[str, Any] = {"unit": unit}
    return {**found, "first": season.starts_on, "last": season.ends_on} if season else found


def _season_address(one: Series) -> str:
    if one.season is None:
        return ""
    slug = one.unit.place.noun.address.removeprefix("places/")
    return reverse("places:book-season", args=[slug, one.season.id])


def _known(who: Who, series_id: int) -> Series:
    found_one = reads.series(who, series_id)
    if found_one is None:
        raise Refusal("series.unknown", _("Diese Serie gibt es nicht."), status=404)
    return found_one
