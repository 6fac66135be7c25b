# SPDX-License-Identifier: EUPL-1.2
"""Doors of clubs at the desk: the city entrusts them, a club lets its trainers in, both see who opened."""

import csv
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places import rights
from smilecity.places.actions import access
from smilecity.places.forms.access import EntrustForm, LetInForm, days_of
from smilecity.places.models import Entrusted
from smilecity.places.pages.access import said
from smilecity.places.pages.booking.figures import plain
from smilecity.places.pages.lending.desk import EVENTS
from smilecity.places.reads import access as reads


@require_safe
@login_required
@never_cache
def entrusted(request: HttpRequest) -> HttpResponse:
    """GET /desk/access/: what is entrusted to whom, and the ways from there."""
    who = _must(request)
    context = {
        "rows": [_own(one) for one in reads.entrusted(who)],
        "keeps": rights.may_publish_any(who),
    }
    return render(request, "places/desk_access.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """/desk/access/new/: the city lets a club have a door."""
    who = _must(request)
    if not rights.may_publish_any(who):
        raise Refusal("access.not-yours", _("Türen vertraut die Stadt Vereinen an."), status=403)
    doors = [(one.id, said.where(one)) for one in reads.entrustable(who)]
    clubs = [(one.id, in_text(one.title, said.language())) for one in reads.clubs(who)]
    form = EntrustForm(request.POST if request.method == "POST" else None, doors=doors, clubs=clubs)
    status = 422 if request.method == "POST" else 200
    if form.is_valid():
        typed = form.cleaned_data
        try:
            made = access.entrust(
                who, typed["compartment"], typed["organisation"], form.during(settings.SMILE.zone)
            )
        except Refusal as refusal:
            form.show(refusal)
            status = refusal.status
        else:
            messages.success(request, _("Anvertraut. Der Verein lässt jetzt selbst ein, wen er will."))
            return redirect("access-desk:door", entrusted=made.id)
    return render(request, "places/desk_access_new.html", {"form": form, "doors": doors}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def door(request: HttpRequest, entrusted: int) -> HttpResponse:
    """/desk/access/<id>/: whom the club lets in when; the form, and locking out at once."""
    who = _must(request)
    own = reads.door(who, entrusted)
    if own is None:
        raise Refusal("access.unknown", _("Das ist keinem Verein anvertraut."), status=404)
    then = request.POST.get("then", "")
    lets = rights.may_let_in(who, own.organisation_id)
    first = days_of(own.during.lower, own.during.upper, settings.SMILE.zone)
    form = LetInForm(request.POST if then == "let-in" else None, initial={**first, "kind": "weekly"})
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if then != "let-in" or form.is_valid():
            try:
                _do(request, who, own, form)
                return (
                    redirect("access-desk:door", entrusted=own.id)
                    if then != "end"
                    else redirect("access-desk:list")
                )
            except Refusal as why:
                refusal, status = (why if then != "let-in" else None), why.status
                if then == "let-in":
                    form.show(why)
    context = {
        "own": _own(own),
        "holders": _holders(own),
        "pending": reads.pending(who, own),
        "form": form,
        "refusal": refusal,
        "lets": lets,
        "keeps": rights.may_keep(who, own.compartment.unit.place.noun.area_id),
    }
    return render(request, "places/desk_access_door.html", context, status=status)


def _do(request: HttpRequest, who: Who, own: Entrusted, form: LetInForm) -> None:
    """One of the buttons: `then` is what, `id` of which."""
    number = request.POST.get("id", "")
    one = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    then = request.POST.get("then", "")
    if then == "let-in":
        typed = form.cleaned_data
        access.enter(who, own.id, typed["whom"], typed["name"], form.when())
        told = _("Eingetragen. %(box)s") % {"box": said.box(own.compartment.controller)}
    elif then in ("dismiss", "lose"):
        locked = access.dismiss(who, one) if then == "dismiss" else access.lose_key(who, one)
        told = _("Gesperrt. %(boxes)s") % {"boxes": " ".join(said.box(each) for each in locked.boxes)}
    elif then == "end-permit":
        access.end_permit(who, one)
        told = _("Beendet. %(box)s") % {"box": said.box(own.compartment.controller)}
    elif then == "end":
        access.end_entrusted(who, own.id)
        told = _("Zurückgenommen. %(box)s") % {"box": said.box(own.compartment.controller)}
    else:
        raise Refusal("access.then", _("Das geht hier nicht."), status=422)
    messages.success(request, told.strip())


@require_safe
@login_required
@never_cache
def log(request: HttpRequest) -> HttpResponse:
    """GET /desk/access/log/: who opened when; nothing is older than 90 days."""
    rows = [_line(one) for one in reads.log(_must(request))]
    return render(request, "places/desk_access_log.html", {"rows": rows})


@require_safe
@login_required
@never_cache
def log_file(request: HttpRequest) -> HttpResponse:
    """GET /desk/access/log.csv: the same for a spreadsheet."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="access.csv"'
    response.write("\ufeff")  # so that spreadsheets read it as UTF-8
    writer = csv.writer(response, delimiter=";")
    writer.writerow(["at", "door", "what", "club", "who"])
    for one in reads.log(_must(request), limit=reads.MOST_LINES):
        there = said.where(one.compartment) if one.compartment else one.controller.name
        row = [f"{one.at.astimezone(settings.SMILE.zone):%Y-%m-%d %H:%M:%S}", there, one.what, *said.by(one)]
        writer.writerow(map(plain, row))
    return response


def _must(request: HttpRequest) -> Who:
    who = who_asks(request)
    if not rights.may_lend_any(who):
        raise Refusal("access.not-yours", _("Hier arbeiten die Stadt und ihre Vereine."), status=403)
    return who


def _own(one: Entrusted) -> dict[str, Any]:
    return said.own(one, *days_of(one.during.lower, one.during.upper, settings.SMILE.zone).values())


def _holders(own: Entrusted) -> list[dict[str, Any]]:
    """Whom the club lets in at this door, each with their times."""
    found: dict[int, dict[str, Any]] = {}
    for one in own.open_permits:  # type: ignore[attr-defined]
        holder = one.keyholder
        row = found.setdefault(
            holder.id,
            {"id": holder.id, "who": said.who(holder), "card": holder.account_id is None, "times": []},
        )
        row["times"].append(said.permit(one))
        row["lost"] = holder.handle is not None and holder.handle.lost_at is not None
    return list(found.values())


def _line(one: Any) -> dict[str, Any]:
    club, who = said.by(one)
    there = said.where(one.compartment) if one.compartment else one.controller.name
    at = one.at.astimezone(settings.SMILE.zone)
    return {
        "at": f"{at:%d.%m.%Y %H:%M}",
        "where": there,
        "what": EVENTS.get(one.what, one.what),
        "club": club,
        "who": who,
    }
