# SPDX-License-Identifier: EUPL-1.2
"""Writing an offer: the list of one's offers, the form, and a new one."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.core import nouns
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places import rights
from smilecity.places.actions import offers as actions
from smilecity.places.actions.offers.importing import free_key
from smilecity.places.actions.offers.keeping import KEEP, SEND, unknown
from smilecity.places.forms.offer import NewOfferForm, OfferForm
from smilecity.places.models import Offer
from smilecity.places.reads import offers as reads
from smilecity.places.reads.entries import visible
from smilecity.places.rules import offers as rules


@require_safe
@login_required
@never_cache
def written(request: HttpRequest) -> HttpResponse:
    """GET /desk/offers/?q=&after=: the offers that I keep."""
    who = who_asks(request)
    words = request.GET.get("q", "").replace("\0", "")
    found = reads.written(who, words, request.GET.get("after", ""))
    nexts = reads.next_of(who, [one.noun_id for one in found.items])
    language = get_language() or "de"
    rows = [
        {
            "title": in_text(one.noun.title, language),
            "keeper": in_text(one.noun.keeper.title, language) if one.noun.keeper else "",
            "key": key_of(one),
            "next": nexts.get(one.noun_id),
            "state": state_of(one),
        }
        for one in found.items
    ]
    context = {"rows": rows, "after": found.after, "words": words, "path": path(_("Angebote")),
               "trusts": rights.may_publish_any(who)}  # fmt: skip
    return render(request, "places/desk_offers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """/desk/offers/<key>/: the offer with what is changed in it; keep the draft or send it."""
    who = who_asks(request)
    offer = must_keep(who, key)
    given: dict[str, Any] = {"offer": reads.becoming(offer), "places": places(who)}
    if request.method != "POST":
        return _page(request, who, OfferForm(**given), offer, 200)
    form = OfferForm(request.POST, **given)
    if not form.is_valid():
        return _page(request, who, form, offer, 422)
    try:
        kept = actions.keep_offer(
            who,
            key,
            keeper=offer.noun.keeper_id,
            then=_then(request),
            seen=form.cleaned_data["seen"],
            **form.said(),
        )
    except Refusal as refusal:
        return _refused(request, who, form, offer, refusal)
    messages.success(request, _said(kept))
    return redirect("offers-desk:edit", key=key)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """/desk/offers/new/: an offer that is not there yet."""
    who = who_asks(request)
    given: dict[str, Any] = {"places": places(who), "keepers": keepers(who)}
    if request.method != "POST":
        return _page(request, who, NewOfferForm(**given), None, 200)
    form = NewOfferForm(request.POST, **given)
    if not form.is_valid():
        return _page(request, who, form, None, 422)
    keeper = int(form.cleaned_data["keeper"]) if form.cleaned_data["keeper"] else None
    key = free_key(form.cleaned_data["title_de"])
    try:
        kept = actions.keep_offer(who, key, keeper=keeper, then=_then(request), **form.said())
    except Refusal as refusal:
        return _refused(request, who, form, None, refusal)
    messages.success(request, _said(kept))
    return redirect("offers-desk:edit", key=key)


def path(title: str, offer: Offer | None = None) -> list[dict[str, str]]:
    """Where a page of the desk is."""
    between = []
    if offer is not None:
        name = in_text(offer.noun.title, get_language() or "de")
        between = [{"title": name, "url": reverse("offers-desk:edit", kwargs={"key": key_of(offer)})}]
    return [
        {"title": _("Schreibtisch"), "url": reverse("desk:today")},
        {"title": _("Angebote"), "url": reverse("offers-desk:list")},
        *between,
        {"title": title},
    ]


def key_of(offer: Offer) -> str:
    """The last part of its address."""
    return str(offer.noun.address.removeprefix("offers/"))


def must_keep(who: Who, key: str) -> Offer:
    """The offer of this key, for those who keep it; for others it is not there."""
    offer = reads.editable(who, key)
    if offer is None:
        raise unknown()
    return offer


def state_of(offer: Offer) -> tuple[str, str] | None:
    """What waits, as a badge; nothing if all is published."""
    if offer.cancelled_at is not None:
        return "danger", _("abgesagt")
    said = {
        "draft": ("info", _("Entwurf, noch nicht abgeschickt")),
        "review": ("warning", _("wartet auf einen Blick der Stadt")),
        "returned": ("warning", _("zurückgegeben: bitte ergänzen")),
    }
    return said.get(offer.waiting)


def places(who: Who) -> list[tuple[int, str]]:
    """The places to choose from, by name."""
    language = get_language() or "de"
    return [(one.id, in_text(one.title, language)) for one in visible(who).order_by("sort", "id")]


def keepers(who: Who) -> list[tuple[int, str]]:
    """The organisations to choose from, by name."""
    language = get_language() or "de"
    return [(one.id, in_text(one.title, language)) for one in reads.organisers(who)]


def when_of(offer: Offer) -> str:
    """When it takes place, in words, with what waits."""
    values = reads.becoming(offer)
    starts = datetime.fromisoformat(values["starts"])
    return rules.said(values["rule"], starts, values["minutes"], values["extra"], values["without"])


def _then(request: HttpRequest) -> str:
    return SEND if request.POST.get("then") == SEND else KEEP


def _refused(
    request: HttpRequest, who: Who, form: OfferForm, offer: Offer | None, refusal: Refusal
) -> HttpResponse:
    """Nothing is lost: the form keeps what was typed."""
    if refusal.status == 404 or (refusal.status == 403 and offer is not None):
        raise refusal
    form.show(refusal)
    return _page(request, who, form, offer, refusal.status)


def _page(request: HttpRequest, who: Who, form: OfferForm, offer: Offer | None, status: int) -> HttpResponse:
    title = in_text(offer.noun.title, get_language() or "de") if offer else _("Neues Angebot")
    context: dict[str, Any] = {"form": form, "offer": offer, "title": title, "path": path(title)}
    if offer is not None:
        public = offer.noun.visibility == offer.noun.PUBLIC
        context |= {
            "key": key_of(offer),
            "url": nouns.page_address(offer.noun) if public else "",
            "state": state_of(offer),
            "when": when_of(offer),
            "publishes": rights.may_keep(who, offer.noun.area_id)
            or reads.is_trusted(who, offer.noun.keeper_id, offer.noun.area_id),
        }
    return render(request, "places/desk_offer.html", context, status=status)


def _said(kept: Offer) -> str:
    if not kept.waiting:
        return _("Das Angebot ist veröffentlicht.")
    if kept.waiting == "review":
        return _("Danke. Ihr Angebot liegt jetzt bei der Stadt. Wenn es gelesen ist, erfahren Sie es.")
    return _("Der Entwurf ist gespeichert. Niemand sonst sieht ihn.")
