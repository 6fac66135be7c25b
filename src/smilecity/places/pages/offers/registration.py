# SPDX-License-Identifier: EUPL-1.2
"""Registering for a date with one click or with a name, and the page by which one without an account comes back."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from smilecity.core import clock
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.people.reads import who_asks
from smilecity.places.actions.offers import seats as actions
from smilecity.places.forms.registering import RegisterForm
from smilecity.places.models import Registration
from smilecity.places.pages.offers import said
from smilecity.places.pages.offers.page import DATES, chosen, found, page
from smilecity.places.reads import offers as reads


@never_cache
@require_POST
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /offers/<slug>/register/: come to a date, or wait for a seat; what was wrong stands beside its field."""
    who = who_asks(request)
    one = found(who, slug)
    dates = chosen(request.POST.get("date", ""), reads.coming(who, one, DATES))
    form = RegisterForm(request.POST, signed_in=who.account is not None)
    if not form.is_valid():
        return page(request, who, one, dates, form, status=422)
    try:
        made = actions.register(who, _number(request.POST.get("date", "")), **form.cleaned_data)
    except Refusal as refusal:
        beside = refusal.field in form.fields
        if beside:
            form.show(refusal)
        return page(request, who, one, dates, form, None if beside else refusal, status=refusal.status)
    if made.token:
        return redirect("offers:registration", made.token)
    return redirect(
        f"{reverse('offers:offer', args=[slug])}?date={_number(request.POST.get('date', ''))}#anmelden"
    )


@never_cache
@require_POST
def unregister(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /offers/<slug>/unregister/: not come after all, with an account."""
    gone = actions.unregister(who_asks(request), _number(request.POST.get("registration", "")))
    return redirect(f"{reverse('offers:offer', args=[slug])}?date={gone.occasion_id}#anmelden")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def registration(request: HttpRequest, token: str) -> HttpResponse:
    """/offers/registration/<token>/: how it stands with a registration without an account, and taking it back."""
    who = who_asks(request)
    kept = reads.by_token(who, token)
    if kept is None:
        raise Refusal(
            "registration.unknown",
            _("Diese Anmeldung gibt es nicht."),
            cure=_("Vielleicht ist der Termin lange vorbei: dann haben wir sie gelöscht."),
            status=404,
        )
    if request.method == "POST":
        actions.unregister_by_token(who, token)
        return redirect("offers:registration", token)
    return render(request, "places/offer_registration.html", _shown(request, kept))


def _shown(request: HttpRequest, kept: Registration) -> dict[str, object]:
    offer, language = kept.occasion.offer, get_language() or "de"
    today = clock.now().astimezone(settings.SMILE.zone).date()
    title = in_text(offer.noun.title, language)
    return {
        "registration": kept,
        "position": reads.position(who_asks(request), kept),
        "title": title,
        "url": said.address(offer, kept.occasion),
        "when": said.moment_said(kept.occasion, today),
        "where": said.where(offer, language),
        "cancelled": kept.occasion.cancelled,
        "note": in_text(kept.occasion.note, language),
        "bring": in_text(offer.bring, language),
        "over": kept.occasion.during.upper <= clock.now(),
        "path": [
            {"title": _("Was ist los"), "url": reverse("offers:list")},
            {"title": title, "url": said.address(offer)},
            {"title": _("Ihre Anmeldung")},
        ],
    }


def _number(text: str) -> int:
    """The id that was typed; for what is none 0, which is nobody's: it is refused like an unknown one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
