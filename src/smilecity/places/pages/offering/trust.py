# SPDX-License-Identifier: EUPL-1.2
"""Which organisations publish their offers without a look of the city: grant it, and take it back with a reason."""

from typing import Any

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
from smilecity.places.actions.offers.keeping import trust_organisation
from smilecity.places.forms.trusting import TrustForm, WithdrawForm
from smilecity.places.pages.offering.writing import path
from smilecity.places.reads import offers as reads
from smilecity.places.rules import offers as rules


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def trust(request: HttpRequest) -> HttpResponse:
    """/desk/offers/trust/: who is trusted since when and by whom; `then` grants it, or takes it back with a reason."""
    who = who_asks(request)
    if not rights.may_publish_any(who):
        raise Refusal(
            "offer.trust-not-yours", _("Das entscheiden die Verantwortlichen eines Gebiets."), status=403
        )
    grant = TrustForm(None, organisations=_choices(reads.to_trust(who)))
    withdraw = WithdrawForm(
        None, organisations=_choices(one.organisation for one in reads.trusts(who) if one.trusted)
    )
    if request.method != "POST":
        return _page(request, who, grant, withdraw)
    takes = request.POST.get("then") == "withdraw"
    asked = withdraw if takes else grant
    form = type(asked)(request.POST, organisations=asked.known)
    if form.is_valid():
        try:
            said = form.cleaned_data
            trust_organisation(who, said["organisation"], trusted=not takes, reason=said.get("reason", ""))
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            form.show(refusal)
        else:
            messages.success(request, _said(takes=takes))
            return redirect("offers-desk:trust")
    return _page(request, who, *((grant, form) if takes else (form, withdraw)), status=422)


def _page(
    request: HttpRequest, who: Who, grant: TrustForm, withdraw: TrustForm, *, status: int = 200
) -> HttpResponse:
    rows = [_row(one) for one in reads.trusts(who)]
    context = {
        "trusted": [one for one in rows if one["trusted"]],
        "withdrawn": [one for one in rows if not one["trusted"]],
        "grant": grant,
        "withdraw": withdraw,
        "path": path(_("Ohne Prüfung veröffentlichen")),
    }
    return render(request, "places/desk_offer_trust.html", context, status=status)


def _row(one: reads.Trust) -> dict[str, Any]:
    language = get_language() or "de"
    area = one.organisation.area
    return {
        "name": in_text(one.organisation.title, language),
        "area": in_text(area.title, language) if area else "",
        "trusted": one.trusted,
        "since": one.since,
        "by": one.by,
        "reason": rules.WITHDRAWN.get(one.reason, ""),
    }


def _choices(found: Any) -> list[tuple[int, str]]:
    language = get_language() or "de"
    return [(one.id, in_text(one.title, language)) for one in found]


def _said(*, takes: bool) -> str:
    if takes:
        return _("Ab jetzt sieht die Stadt ihre Angebote wieder zuerst an. Was veröffentlicht ist, bleibt.")
    return _(
        "Diese Organisation veröffentlicht ihre Angebote ab jetzt selbst. Aufrufe sieht die Stadt weiter zuerst an."
    )
