# SPDX-License-Identifier: EUPL-1.2
"""What can be borrowed at a place or out of a box, and borrowing it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places import rights
from smilecity.places.actions import lending
from smilecity.places.forms.lending import BorrowForm
from smilecity.places.pages.lending import said
from smilecity.places.pages.place import found
from smilecity.places.reads.lending import borrowing as reads
from smilecity.places.reads.lending import looking
from smilecity.places.rules.lending import terms


@require_safe
@never_cache
def kits(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /places/<slug>/borrow/: what can be borrowed, what is there now, and what holds."""
    who = who_asks(request)
    noun = found(who, slug)
    return _list(request, who, noun, "")


@require_safe
@never_cache
def box(request: HttpRequest, key: str) -> HttpResponse:
    """GET /box/<key>/, where the QR code on the box leads: what is in it, and how it opens with or without a phone."""
    who = who_asks(request)
    controller = looking.box(who, key)
    if controller is None:
        raise Refusal(
            "box.unknown", _("Diese Box gibt es nicht."), status=404,
            cure=_("Suchen Sie den Ort in der Liste der Orte."),
        )  # fmt: skip
    return _list(request, who, controller.place.noun, controller.name)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def borrow(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """/places/<slug>/borrow/<key>/: the rules in words, the conditions once per version, and the button."""
    who = who_asks(request)
    noun = found(who, slug)
    lent = next((one for one in reads.kits(who, noun) if one.kit.key == key), None)
    if lent is None:
        raise Refusal("kit.unknown", _("Das gibt es hier nicht auszuleihen."), status=404)
    stands = reads.liability(noun.keeper_id)
    ask = stands is not None and not reads.has_accepted(who, stands)
    form = BorrowForm(request.POST or None, terms=lent.rules, ask_terms=ask)
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                loan = _borrow(who, lent.kit.id, form, stands.version if stands else None, request)
            except Refusal as why:
                refusal, status = _shown(form, why), why.status
            else:
                messages.success(request, _("Es ist für Sie ausgeliehen."))
                return redirect("loans:one", loan=loan)
    context = {
        **_about(noun),
        "kit": said.lent(lent),
        "form": form,
        "refusal": refusal,
        "conditions": in_text(stands.text, said.language()) if stands else "",
        "signed_in": rights.may_book(who),
        "login": f"{reverse('account_login')}?{urlencode({'next': request.path})}",
        "box": lent.kit.unit_id is not None,
    }
    return render(request, "places/borrow_kit.html", context, status=status)


def _borrow(who: Who, kit: int, form: BorrowForm, version: int | None, request: HttpRequest) -> int:
    given: dict[str, Any] = form.cleaned_data
    loan = lending.borrow(
        who, kit, given["key"], accepts=version, later=request.POST.get("then") == "later",
        age=given.get("age"), guardian=bool(given.get("guardian")),
    )  # fmt: skip
    return int(loan.id)


def _shown(form: BorrowForm, refusal: Refusal) -> Refusal | None:
    """Beside its field, or above the form."""
    if refusal.field in form.fields:
        form.show(refusal)
        return None
    return refusal


def _about(noun: Noun) -> dict[str, Any]:
    slug = noun.address.removeprefix("places/")
    title = in_text(noun.title, said.language())
    return {
        "title": title,
        "slug": slug,
        "path": [
            {"title": _("Orte"), "url": reverse("places:list")},
            {"title": title, "url": reverse("places:place", args=[slug])},
            {"title": _("Ausleihen")},
        ],
    }


def _list(request: HttpRequest, who: Who, noun: Noun, box_name: str) -> HttpResponse:
    rows = reads.kits(who, noun)
    context = {
        **_about(noun),
        "box": box_name,
        "kits": [said.lent(one) for one in rows],
        "rules": terms.explained(rows[0].rules) if rows else [],
        "mine": [said.loan(one) for one in reads.mine(who) if one.loan.kit.place_id == noun.id],
        "signed_in": rights.may_book(who),
    }
    return render(request, "places/borrow.html", context)
