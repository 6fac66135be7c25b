# SPDX-License-Identifier: EUPL-1.2
"""How a place is booked, as its keepers set it: units as a tree, and rules with the sentences that residents read."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import actions as places
from smilecity.places import rights
from smilecity.places.actions import booking as actions
from smilecity.places.actions.entries import unknown
from smilecity.places.forms.policy import PolicyForm, UnitForm
from smilecity.places.models import Place, Policy, Unit
from smilecity.places.pages.booking import said
from smilecity.places.pages.booking.desk import keeper, path
from smilecity.places.reads import booking as reads
from smilecity.places.reads.changes import editable, written
from smilecity.places.rules import booking as rules


@require_safe
@login_required
@never_cache
def chosen(request: HttpRequest) -> HttpResponse:
    """GET /desk/bookings/places/?q=&after=: the places whose booking I set."""
    who = keeper(request)
    words = request.GET.get("q", "").replace("\0", "")
    listed = written(who, words, request.GET.get("after", ""))
    rows = [(noun.address.removeprefix("places/"), said.title(noun)) for noun in listed.items]
    context = {"rows": rows, "after": listed.after, "words": words, "path": path(_("Orte"))}
    return render(request, "places/desk_booking_places.html", context)


@require_safe
@login_required
@never_cache
def setting(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /desk/bookings/at/<slug>/: what can be booked at a place and how, and its seasons."""
    who, place = kept(request, slug)
    policies = reads.policies(who, place)
    seasons = [(one.id, one.name, *said.SEASONS[one.state]) for one in reads.seasons(who, place.noun_id)]
    context = {
        **frame(place),
        "units": [
            {
                "id": one.id, "name": said.name(one), "depth": min(depth, 4), "kind": said.KINDS.get(one.kind, one.kind),
                "policy": one.booked_by.name if one.booked_by else "",
            }
            for depth, one in reads.units(who, place)
        ],
        "keeps": rights.may_keep(who, place.noun.area_id),
        "policies": [(one.id, one.name, said.explained(rules.checked(one.rules))) for one in policies],
        "seasons": seasons,
    }  # fmt: skip
    return render(request, "places/desk_booking_place.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def unit(request: HttpRequest, slug: str, unit: int = 0) -> HttpResponse:
    """/desk/bookings/at/<slug>/units/<id>/ and .../units/new/: a part of the place, and how it is booked."""
    who, place = kept(request, slug)
    tree = reads.units(who, place)
    known = next((one for _depth, one in tree if one.id == unit), None)
    if unit and known is None:
        raise unknown()
    sent = request.POST if request.method == "POST" else None
    form = UnitForm(
        sent, unit=known, parents=[(one.id, f"{'– ' * depth}{said.name(one)}") for depth, one in tree if one.id != unit],
        policies=[(one.id, one.name) for one in reads.policies(who, place)], kinds=list(said.KINDS.items()),
    )  # fmt: skip
    status = 200
    if sent is not None:
        status = _keep_unit(who, place, known, form)
        if status == 200:
            messages.success(request, _("Gespeichert."))
            return redirect("bookings-desk:place", slug=slug)
    name = said.name(known) if known else _("Neuer Teil")
    return _form(request, place, form, name, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def policy(request: HttpRequest, slug: str, policy: int = 0) -> HttpResponse:
    """/desk/bookings/at/<slug>/rules/<id>/ and .../rules/new/: rules as fields, and beside them what residents read."""
    who, place = kept(request, slug)
    known = next((one for one in reads.policies(who, place) if one.id == policy), None)
    if policy and known is None:
        raise Refusal("policy.unknown", _("Diese Regeln gibt es für diesen Ort nicht."), status=404)
    rule = rules.checked(known.rules) if known else rules.Policy()
    sent = request.POST if request.method == "POST" else None
    form = PolicyForm(sent, policy=rule, name=known.name if known else "")
    status = 200
    shown: rules.Policy | None = rule
    if sent is not None:
        status, shown = _keep_policy(who, place, known, form, keep=sent.get("then") != "preview")
        if status == 200 and sent.get("then") != "preview":
            messages.success(request, _("Die Regeln gelten ab jetzt. Was schon gebucht ist, bleibt."))
            return redirect("bookings-desk:place", slug=slug)
    sentences = said.explained(shown) if shown else []
    return _form(
        request, place, form, known.name if known else _("Neue Regeln"), status=status, sentences=sentences
    )


def kept(request: HttpRequest, slug: str) -> tuple[Who, Place]:
    """Who asks, and the place, if they keep it; else as if it were not there."""
    who = keeper(request)
    place = editable(who, slug)
    if place is None:
        raise unknown()
    return who, place


def frame(place: Place, last: str = "") -> dict[str, Any]:
    """What every page about the booking of a place shows."""
    slug, title = place.noun.address.removeprefix("places/"), said.title(place.noun)
    here: Any = (title, reverse("bookings-desk:place", args=[slug])) if last else title
    return {"slug": slug, "title": title, "path": path(here, *([last] if last else []))}


def _form(
    request: HttpRequest,
    place: Place,
    form: Any,
    name: str,
    *,
    status: int,
    sentences: list[str] | None = None,
) -> HttpResponse:
    context = {**frame(place, name), "form": form, "name": name, "sentences": sentences}
    return render(request, "places/desk_booking_form.html", context, status=status)


def _keep_unit(who: Who, place: Place, known: Unit | None, form: UnitForm) -> int:
    """Save what was typed; the status of the answer. A part's name is its area's, how it is booked is its keeper's."""
    if not form.is_valid():
        return 422
    typed = form.cleaned_data
    try:
        if known is None and any(one.key == typed["key"] for _depth, one in reads.units(who, place)):
            raise Refusal(
                "unit.taken", _("Diesen Schlüssel hat hier schon ein anderer Teil."), field="key", status=409
            )
        made = known
        if made is None or (made.name, made.room_for) != (form.names(), typed["room_for"]):
            made = places.keep_unit(
                who, place, known.key if known else typed["key"], form.names(), room_for=typed["room_for"],
                order=known.order if known else 0,
            )  # fmt: skip
        actions.arrange_unit(who, made.id, parent=typed["parent"], kind=typed["kind"], policy=typed["policy"])
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        form.show(refusal)
        return refusal.status
    return 200


def _keep_policy(
    who: Who, place: Place, known: Policy | None, form: PolicyForm, *, keep: bool
) -> tuple[int, rules.Policy | None]:
    """Save what was typed, or only look at it: the status of the answer, and the rules as they would be."""
    if not form.is_valid():
        return 422, None
    shown = None
    try:
        shown = rules.checked(form.rules())
        if keep:
            actions.keep_policy(
                who,
                place.noun_id,
                form.cleaned_data["name"],
                form.rules(),
                policy=known.id if known else None,
            )
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        form.show(refusal)
        return refusal.status, shown
    return 200, shown
