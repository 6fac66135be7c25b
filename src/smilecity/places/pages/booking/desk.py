# SPDX-License-Identifier: EUPL-1.2
"""The desk's inbox of bookings: what waits for somebody's decision, one by one or many at once."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.core import moments, undo
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places import rights
from smilecity.places.actions import booking as actions
from smilecity.places.actions.booking.taking import keeps_place, unknown
from smilecity.places.actions.booking.together import WHAT
from smilecity.places.forms.booking import ReasonForm
from smilecity.places.models import Booking, Series
from smilecity.places.pages.booking import said
from smilecity.places.reads import booking as reads
from smilecity.places.rules.booking import policy as policies
from smilecity.places.rules.booking.times import minutes


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """/desk/bookings/: what waits, the longest first; tick and grant many, and take that back for a day."""
    who = keeper(request)
    refusal = None
    if request.method == "POST":
        try:
            _do_many(request, who)
        except Refusal as why:
            if why.status in (403, 404):
                raise
            refusal = why
        else:
            return redirect("bookings-desk:inbox")
    context = {
        "rows": [_waiting(one) for one in reads.asked(who)],
        "series": [said.series_row(one) for one in reads.asked_series(who)],
        "unused": [(said.series_row(one), missed) for one, missed in reads.unused(who)],
        "undos": [one for one in undo.recent(who) if one.what == WHAT],
        "refusal": refusal,
        "path": path(),
    }
    return render(request, "places/desk_bookings.html", context, status=refusal.status if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def decide(request: HttpRequest, booking: int) -> HttpResponse:
    """/desk/bookings/<id>/: one booking with why it waits; grant it, or refuse it with a sentence."""
    who = keeper(request)
    known = reads.booking(who, booking)
    if known is None or not keeps_place(who, known):
        raise unknown()
    return _decision(
        request, said.row(known), _facts(known), known.state == Booking.ASKED,
        lambda: actions.approve(who, booking), lambda reason: actions.refuse(who, booking, reason),
        why=_why(known),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def decide_series(request: HttpRequest, series: int) -> HttpResponse:
    """/desk/bookings/series/<id>/: a wish for every week; granted, what cannot be had costs that date only."""
    who = keeper(request)
    known = reads.series(who, series)
    noun = known.unit.place.noun if known else None
    if known is None or noun is None or not rights.may_write(who, noun.area_id, noun.keeper_id):
        raise Refusal("series.unknown", _("Diese Serie gibt es nicht."), status=404)
    row = said.series_row(known)
    facts = [(_("Wann"), row["when"]), (_("Was"), row["unit"]), (_("Wo"), row["place"]),
             (_("Für wen"), row["organisation"] or _("eine Person")), (_("Wofür"), row["what"]),
             (_("Termine"), len(reads.dates_of(known)))]  # fmt: skip
    return _decision(
        request, row, facts, known.state == Series.ASKED, lambda: actions.grant_series(who, series),
        lambda reason: actions.refuse_series(who, series, reason),
        why=_("Zusagen bucht jeden Termin, der frei ist. Was nicht geht, wird ausgelassen und der Organisation gesagt."),
        left_out=row["left_out"],
    )  # fmt: skip


def keeper(request: HttpRequest) -> Who:
    """Who asks, if there may be places that they keep."""
    who = who_asks(request)
    if not rights.may_write_any(who):
        raise Refusal("booking.not-yours", _("Darüber entscheiden die, die Orte pflegen."), status=403)
    return who


def path(*last: Any) -> list[dict[str, Any]]:
    """Where a page of this part of the desk is; `last` are titles, or titles with an address."""
    found: list[dict[str, Any]] = [{"title": _("Schreibtisch"), "url": reverse("desk:today")}]
    found.append({"title": _("Buchungen"), **({"url": reverse("bookings-desk:inbox")} if last else {})})
    return found + [
        {"title": one[0], "url": one[1]} if isinstance(one, tuple) else {"title": one} for one in last
    ]


def _do_many(request: HttpRequest, who: Who) -> None:
    if request.POST.get("then") == "undo":
        taken = actions.take_back(who, _number(request.POST.get("undo", "")))
        count = len(taken.done)
        messages.success(
            request,
            ngettext("%(count)d Anfrage wartet wieder.", "%(count)d Anfragen warten wieder.", count)
            % {"count": count},
        )  # fmt: skip
        if taken.left:
            messages.warning(request, _("Was sich inzwischen geändert hat, ist geblieben, wie es ist."))
        return
    chosen = [_number(one) for one in request.POST.getlist("booking")]
    done = actions.approve_many(who, chosen)
    count = len(done.before)
    messages.success(
        request,
        ngettext("%(count)d Anfrage zugesagt.", "%(count)d Anfragen zugesagt.", count) % {"count": count},
    )


def _decision(
    request: HttpRequest, row: dict[str, Any], facts: list[tuple[str, Any]], is_open: bool, grant: Any, refuse: Any,
    *, why: str, left_out: list[str] | None = None,
) -> HttpResponse:  # fmt: skip
    form = ReasonForm(request.POST if request.method == "POST" else None)
    refusal, status = None, 200
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        try:
            if request.POST.get("then") == "grant":
                grant()
                messages.success(request, _("Zugesagt. Wer gefragt hat, erfährt es."))
            else:
                refuse(form.cleaned_data["reason"])
                messages.success(request, _("Abgelehnt. Wer gefragt hat, liest Ihren Satz."))
            return redirect(request.path)
        except Refusal as caught:
            if caught.status in (403, 404):
                raise
            status = caught.status
            if caught.field == "reason":
                form.show(caught)
            else:
                refusal = caught
    context = {
        "row": row, "facts": facts, "open": is_open, "why": why, "form": form, "refusal": refusal,
        "left_out": left_out or [],
        "path": path(row["unit"]),
    }  # fmt: skip
    return render(request, "places/desk_booking.html", context, status=status)


def _waiting(one: Booking) -> dict[str, Any]:
    return {
        **said.row(one),
        "why": _why(one),
        "made": moments.day_of(said.local(one.made_at).date(), said.today()),
    }


def _facts(known: Booking) -> list[tuple[str, Any]]:
    row = said.row(known)
    return [
        (_("Wann"), f"{row['when']} ({row['lasts']})"), (_("Was"), row["unit"]), (_("Wo"), row["place"]),
        (_("Für wen"), row["organisation"] or _("eine Person")), (_("Wofür"), row["what"]),
        (_("Wie viele Menschen"), row["people"]), (_("Kosten"), row["fee"] or _("keine")),
        (_("Begründung"), row["reason"]),
    ]  # fmt: skip


def _why(one: Booking) -> str:
    """Why a booking waits for a person, as its policy has it now."""
    policy = reads.policy_of_unit(one.unit)
    if policy is None:
        return _("Was hier steht, wird nicht mehr gebucht.")
    return {
        policies.LONGER: _("Länger, als man hier ohne Nachfrage bucht.")
        if minutes(*said.span(one)) > policy.approval_over
        else "",
        policies.OUTSIDE: _("Außerhalb der Öffnungszeiten."),
        policies.ALWAYS: _("Hier wird jede Anfrage angesehen."),
    }.get(policy.approval, "") or _("Die Regeln haben sich geändert, seit gefragt wurde.")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
