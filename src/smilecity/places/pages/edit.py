# SPDX-License-Identifier: EUPL-1.2
"""Writing the entry of a place: the list of one's places, the form, and a new place."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.core import clock, nouns
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places import actions, rights
from smilecity.places.actions.changes import KEEP, PUBLISH, SEND
from smilecity.places.actions.entries import unknown
from smilecity.places.forms import EntryForm, NewPlaceForm
from smilecity.places.models import Change, Place
from smilecity.places.reads import changes as reads
from smilecity.places.reads.opening import otherwise
from smilecity.places.reads.school import school
from smilecity.places.rules import difference, hours, openness

PREVIEW = "preview"


@require_safe
@login_required
@never_cache
def written(request: HttpRequest) -> HttpResponse:
    """GET /desk/places/?q=&after=: the places whose entry I write."""
    who = _writer(request)
    words = request.GET.get("q", "").replace("\0", "")
    found = reads.written(who, words, request.GET.get("after", ""))
    language = get_language() or "de"
    rows = [
        {
            "title": in_text(noun.title, language),
            "keeper": in_text(noun.keeper.title, language) if noun.keeper else "",
            "draft": noun.visibility != noun.PUBLIC,
            "slug": noun.address.removeprefix("places/"),
        }
        for noun in found.items
    ]
    context = {"rows": rows, "after": found.after, "words": words, "path": path(_("Orte pflegen"))}
    return render(request, "places/desk_places.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """/desk/places/<slug>/: the entry with what is changed in it; keep the draft, send it, or publish it."""
    who = who_asks(request)
    place = reads.editable(who, slug)
    if place is None:
        raise unknown()
    shown = _shown(who, place)
    if request.method != "POST":
        return _edit_page(request, who, place, EntryForm(entry=shown), 200)
    form = EntryForm(request.POST, entry=shown)
    if not form.is_valid():
        return _edit_page(request, who, place, form, 422)
    then = request.POST.get("then", KEEP)
    if then == PREVIEW:
        return _edit_page(request, who, place, form, 200)
    try:
        change = actions.write_change(who, slug, then=then, seen=form.cleaned_data["seen"], **form.said())
    except Refusal as refusal:
        return _refused(request, who, place, form, refusal)
    messages.success(request, _said(then))
    if then == PUBLISH:
        return redirect("places:place", slug=slug)
    return redirect("places-desk:review", change=change.id)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """/desk/places/new/: a place that is not there yet, as a draft."""
    who = _writer(request)
    language = get_language() or "de"
    keepers = [(noun.id, in_text(noun.title, language)) for noun in reads.keepers(who)]
    given: dict[str, Any] = {"keepers": keepers, "alone": rights.may_publish_any(who)}
    form = NewPlaceForm(request.POST, **given) if request.method == "POST" else NewPlaceForm(**given)
    status = 200
    if request.method == "POST" and form.is_valid() and request.POST.get("then") != PREVIEW:
        typed = form.cleaned_data
        try:
            change = actions.propose_place(
                who, typed["slug"], keeper=typed["keeper"], area=None if typed["position"] else reads.own_area(who),
                **form.said(),
            )  # fmt: skip
        except Refusal as refusal:
            form.show(refusal)
            status = refusal.status
        else:
            messages.success(request, _("Der Entwurf ist gespeichert. Niemand sonst sieht ihn."))
            return redirect("places-desk:review", change=change.id)
    status = 422 if form.errors and status == 200 else status
    context = {"form": form, "new": True, "week": _week(form), "path": path(_("Neuer Ort"))}
    return render(request, "places/edit.html", context, status=status)


def path(title: str) -> list[dict[str, str]]:
    """Where a page of the desk is."""
    return [
        {"title": _("Schreibtisch"), "url": reverse("desk:today")},
        {"title": _("Orte pflegen"), "url": reverse("places-desk:list")},
        {"title": title},
    ]


def _writer(request: HttpRequest) -> Who:
    who = who_asks(request)
    if not rights.may_write_any(who):
        raise Refusal("place.not-yours", _("Einträge schreiben die, die Orte pflegen."), status=403)
    return who


def _shown(who: Who, place: Place) -> dict[str, Any]:
    """The entry as it would be with the open change on it."""
    change = reads.open_change(who, place)
    return difference.merged(reads.entry(place), change.values if change else {})


def _refused(request: HttpRequest, who: Who, place: Place, form: EntryForm, refusal: Refusal) -> HttpResponse:
    """Nothing is lost: the form keeps what was typed, and shows what is there now if that is why."""
    if refusal.status in (403, 404):
        raise refusal
    meanwhile: list[difference.Difference] = []
    if refusal.code == "change.meanwhile":
        place.refresh_from_db()
        present = _shown(who, place)
        since = difference.changed_since(form.cleaned_data["seen"], present)
        typed = difference.merged(present, form.said())
        meanwhile = [one for one in difference.differences(present, typed) if one.field in since]
        form.seen_again(present)
    form.show(refusal)
    return _edit_page(request, who, place, form, refusal.status, meanwhile)


def _edit_page(
    request: HttpRequest,
    who: Who,
    place: Place,
    form: EntryForm,
    status: int,
    meanwhile: list[difference.Difference] | None = None,
) -> HttpResponse:
    noun = place.noun
    change = reads.open_change(who, place)
    title = in_text(noun.title, get_language() or "de")
    context = {
        "form": form,
        "new": False,
        "slug": noun.address.removeprefix("places/"),
        "noun": noun,
        "title": title,
        "change": change,
        "in_review": change is not None and change.state == Change.REVIEW,
        "returned": change is not None and change.state == Change.RETURNED,
        "publishes": rights.may_keep(who, noun.area_id),
        "meanwhile": meanwhile or [],
        "week": _week(form, place),
        "url": nouns.page_address(noun),
        "path": path(title),
    }
    return render(request, "places/edit.html", context, status=status)


def _week(form: EntryForm, place: Place | None = None) -> list[hours.Day]:
    """The coming week with its holidays and exceptions, as we understand the form; empty if we do not."""
    text = form.hours_now()
    try:
        hours.checked(text or "")
    except Refusal:
        return []
    spot = (place.noun.geo or {}).get("coordinates") if place is not None else None
    exceptionals = otherwise([place.noun_id]).get(place.noun_id, []) if place is not None else []
    return openness.week(
        text, exceptionals, clock.now(), settings.SMILE.zone, tuple(spot) if spot else None, settings.SMILE.state,
        school=school(),
    ) if text else []  # fmt: skip


def _said(then: str) -> str:
    return {
        KEEP: _("Der Entwurf ist gespeichert. Im veröffentlichten Eintrag steht noch nichts davon."),
        SEND: _("Danke. Ihre Änderung liegt jetzt bei der Stadt. Wenn sie gelesen ist, erfahren Sie es."),
        PUBLISH: _("Der Eintrag ist veröffentlicht."),
    }[then]
