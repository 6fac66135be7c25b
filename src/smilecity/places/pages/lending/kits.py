# SPDX-License-Identifier: EUPL-1.2
"""What is lent, as its keepers set it: kits place by place, by which terms, and whether they are there."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal, Sentence
from smilecity.core.who import Who
from smilecity.places.actions import lending
from smilecity.places.actions.entries import unknown
from smilecity.places.actions.lending.kits import free_key
from smilecity.places.forms.kits import KitForm
from smilecity.places.models import Kit, Place
from smilecity.places.pages.lending import said
from smilecity.places.pages.lending.desk import lender
from smilecity.places.reads import changes
from smilecity.places.reads.lending import keeping as reads
from smilecity.places.rules.lending import terms

STATES: dict[str, tuple[str, Sentence]] = {
    Kit.READY: ("success", _later("da")),
    Kit.OUT: ("info", _later("ausgeliehen")),
    Kit.CHECK: ("warning", _later("jemand sieht nach")),
    Kit.BROKEN: ("danger", _later("kaputt")),
    Kit.LOST: ("danger", _later("verloren")),
    Kit.AWAY: ("info", _later("weggeräumt")),
}


@require_safe
@login_required
@never_cache
def kits(request: HttpRequest) -> HttpResponse:
    """GET /desk/lending/kits/?after=: what is lent at the places that I keep."""
    who = lender(request)
    found = reads.kept_kits(who, request.GET.get("after", ""))
    context = {
        "rows": [_row(one) for one in found.items],
        "after": found.after,
        "path": path(_("Leihsachen")),
    }
    return render(request, "places/desk_kits.html", context)


@require_safe
@login_required
@never_cache
def chosen(request: HttpRequest) -> HttpResponse:
    """GET /desk/lending/kits/places/?q=&after=: the place at which something new is lent."""
    who = lender(request)
    words = request.GET.get("q", "").replace("\0", "")
    found = changes.written(who, words, request.GET.get("after", ""))
    rows = [(one.address.removeprefix("places/"), in_text(one.title, said.language())) for one in found.items]
    context = {"rows": rows, "after": found.after, "words": words, "path": path(_list(), _("Neue Leihsache"))}
    return render(request, "places/desk_kit_places.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """/desk/lending/kits/at/<slug>/new/: something that is not lent yet."""
    who = lender(request)
    place = changes.editable(who, slug)
    if place is None:
        raise unknown()
    return _written(request, who, place, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def kit(request: HttpRequest, kit: int) -> HttpResponse:
    """/desk/lending/kits/<id>/: change it; `put` takes it away, brings it back, or says that it is lost or found."""
    who = lender(request)
    known = reads.kept_kit(who, kit)
    if known is None:
        raise Refusal("kit.unknown", _("Das gibt es hier nicht auszuleihen."), status=404)
    put = request.POST.get("put", "") if request.method == "POST" else ""
    if not put:
        return _written(request, who, known.place, known)
    try:
        messages.success(request, _put(who, kit, put))
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return _page(request, who, known.place, known, _form(who, known.place, known, None), refusal=refusal)
    return redirect("lending-desk:kit", kit=kit)


def path(*last: Any) -> list[dict[str, Any]]:
    """Where a page of this part of the desk is; `last` are titles, or titles with an address."""
    found = [{"title": _("Schreibtisch"), "url": reverse("desk:today")},
             {"title": _("Ausleihen"), "url": reverse("lending-desk:today")}]  # fmt: skip
    return found + [
        {"title": one[0], "url": one[1]} if isinstance(one, tuple) else {"title": one} for one in last
    ]


def _written(request: HttpRequest, who: Who, place: Place, known: Kit | None) -> HttpResponse:
    """The form, and what comes of it: looked at, refused, or kept."""
    if request.method != "POST":
        return _page(request, who, place, known, _form(who, place, known, None))
    form = _form(who, place, known, request.POST)
    keep = request.POST.get("then") == "keep"
    if not form.is_valid():
        return _page(request, who, place, known, form, status=422)
    try:
        rules = terms.checked(form.rules())
        if keep:
            made = _keep(who, place, known, form)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.show(refusal)
        return _page(request, who, place, known, form, status=refusal.status)
    if not keep:
        return _page(request, who, place, known, form, sentences=terms.explained(rules))
    messages.success(request, _("Gespeichert. Wer es gerade hat, behält es, wie es vereinbart war."))
    return redirect("lending-desk:kit", kit=made.id)


def _keep(who: Who, place: Place, known: Kit | None, form: KitForm) -> Kit:
    typed = form.cleaned_data
    key = known.key if known is not None else free_key(place.noun_id, typed["name_de"])
    return lending.keep_kit(
        who, place.noun_id, key, form.names(), form.items(), form.rules(),
        unit=typed["unit"], partner=typed["partner"], order=typed["order"],
    )  # fmt: skip


def _put(who: Who, kit: int, put: str) -> str:
    if put == "lost":
        lending.lose_kit(who, kit)
        return _("Es steht als verloren da und wird nicht mehr verliehen.")
    if put in ("away", "back", "found"):
        lending.show_kit(who, kit, away=put == "away")
        return _("Weggeräumt: Niemand sieht es mehr.") if put == "away" else _("Es wird wieder verliehen.")
    raise Refusal("lending.then", _("Das geht hier nicht."), status=422)


def _form(who: Who, place: Place, known: Kit | None, sent: Any) -> KitForm:
    units = [(one.id, _unit(one)) for one in reads.lying_places(who, place)]
    partners = reads.partners(who, known.partner_id if known else None)
    named = [(one.id, in_text(one.title, said.language())) for one in partners]
    return KitForm(sent, kit=known, units=units, partners=named)


def _unit(unit: Any) -> str:
    name = in_text(unit.name, said.language())
    return _("%(name)s, öffnet von selbst") % {"name": name} if hasattr(unit, "compartment") else name


def _page(
    request: HttpRequest, who: Who, place: Place, known: Kit | None, form: KitForm, *, status: int = 200,
    sentences: list[str] | None = None, refusal: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    name = in_text(known.name, said.language()) if known else _("Neue Leihsache")
    context = {
        "form": form,
        "name": name,
        "place": in_text(place.noun.title, said.language()),
        "kit": _row(known) if known else None,
        "sentences": terms.explained(terms.checked(known.rules)) if known and sentences is None and not form.is_bound
        else sentences,
        "refusal": refusal,
        "path": path(_list(), name),
    }  # fmt: skip
    return render(request, "places/desk_kit.html", context, status=refusal.status if refusal else status)


def _row(kit: Kit) -> dict[str, Any]:
    kind, state = STATES[kit.state]
    slug = kit.place.noun.address.removeprefix("places/")
    return {
        "id": kit.id, "name": in_text(kit.name, said.language()), "items": said.items(kit), "state": kit.state,
        "kind": kind, "told": state, "slug": slug, "place": in_text(kit.place.noun.title, said.language()),
        "url": reverse("places:borrow-kit", args=[slug, kit.key]),
    }  # fmt: skip


def _list() -> tuple[str, str]:
    return _("Leihsachen"), reverse("lending-desk:kits")
