# SPDX-License-Identifier: EUPL-1.2
"""What waits of an offer, field by field in words: publish it, give it back, send it, or throw it away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places import rights
from smilecity.places.actions import offers as actions
from smilecity.places.actions.offers.keeping import unknown
from smilecity.places.forms import ReturnForm
from smilecity.places.models import Offer
from smilecity.places.pages.offering.writing import key_of, path, places, state_of, when_of
from smilecity.places.reads import offers as reads
from smilecity.places.rules import offers as rules


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def review(request: HttpRequest, offer: int) -> HttpResponse:
    """/desk/offers/review/<id>/: what would be different, and the buttons of those who may press them."""
    who = who_asks(request)
    found = reads.editable_id(who, offer)
    if found is None:
        raise unknown()
    form = ReturnForm(request.POST) if request.method == "POST" else ReturnForm()
    if request.method != "POST" or not form.is_valid():
        return _page(request, who, found, form, 422 if form.errors else 200)
    try:
        said = _do(who, found, request.POST.get("then", ""), form)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error(
            "reason" if refusal.field == "reason" else None, f"{refusal.sentence} {refusal.cure}".strip()
        )
        return _page(request, who, reads.editable_id(who, offer) or found, form, refusal.status)
    messages.success(request, said)
    gone = reads.editable_id(who, offer) is None
    return redirect("offers-desk:list") if gone else redirect("offers-desk:review", offer=offer)


def _do(who: Who, found: Offer, then: str, form: ReturnForm) -> str:
    if then == "publish":
        actions.publish_offer(who, found.noun_id, seen=form.cleaned_data["seen"] or "none")
        return _("Das Angebot ist veröffentlicht. Wer es geschrieben hat, erfährt davon.")
    if then == "return":
        actions.return_offer(who, found.noun_id, form.cleaned_data["reason"])
        return _("Das Angebot ist zurückgegeben. Wer es geschrieben hat, liest Ihren Satz.")
    if then == "send":
        actions.send_offer(who, found.noun_id)
        return _("Danke. Ihr Angebot liegt jetzt bei der Stadt. Wenn es gelesen ist, erfahren Sie es.")
    if then == "drop":
        actions.drop_offer(who, found.noun_id)
        return _("Der Entwurf ist verworfen.")
    raise Refusal("offer.then", _("Das geht mit einem Angebot nicht."), status=422)


def _page(request: HttpRequest, who: Who, found: Offer, form: ReturnForm, status: int) -> HttpResponse:
    becomes = reads.becoming(found)
    is_new = found.noun.visibility == found.noun.DRAFT
    title = in_text(becomes["title"], get_language() or "de")
    keeps = rights.may_keep(who, found.noun.area_id)
    before = rules.plain({}) if is_new else reads.described(found)
    context = {
        "offer": found,
        "key": key_of(found),
        "title": title,
        "when": when_of(found),
        "state": state_of(found),
        "new": is_new,
        "differences": rules.differences(before, becomes, dict(places(who))) if found.waiting else [],
        "seen": rules.mark(becomes),
        "author": found.author.pseudonym if found.author else "",
        "publishes": keeps and bool(found.waiting),
        "returns": keeps and found.waiting == "review",
        "sends": found.waiting in ("draft", "returned"),
        "form": form,
        "path": path(title),
    }
    return render(request, "places/desk_offer_review.html", context, status=status)
