# SPDX-License-Identifier: EUPL-1.2
"""The gateways at the desk: which hear, which are silent, and what would be lost with one."""

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
from smilecity.people.reads import who_asks
from smilecity.things.actions.desk import keeper
from smilecity.things.actions.gateways import name_gateway
from smilecity.things.forms.devices import GatewayForm
from smilecity.things.pages import device_words as words
from smilecity.things.pages.sections import sections
from smilecity.things.reads import gateways as reads


@require_safe
@login_required
@never_cache
def gateways(request: HttpRequest) -> HttpResponse:
    """GET /desk/things/gateways/"""
    who = who_asks(request)
    keeper(who)
    context = {"gateways": reads.gateways(who), "sections": sections(request), "path": _path()}
    return render(request, "things/gateways.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def gateway(request: HttpRequest, gateway_id: str) -> HttpResponse:
    """/desk/things/gateways/<id>/: its name, when it is silent, and the devices that only it hears."""
    who = who_asks(request)
    keeper(who)
    found = reads.gateway(who, gateway_id)
    if found is None:
        raise Refusal("gateway.unknown", _("Von diesem Gateway haben wir noch nichts gehört."), status=404)
    form = GatewayForm(request.POST) if request.method == "POST" else GatewayForm(initial=_typed(found))
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                name_gateway(who, found.id, form.cleaned_data["name"], form.silent_after())
            except Refusal as refusal:
                form.show(refusal)
            else:
                messages.success(request, _("Gespeichert."))
                return redirect("things-desk:gateways")
        status = 422
    context = {
        "gateway": found,
        "form": form,
        "facts": _facts(found),
        "only": [
            {"eui": one.eui, "model": one.model, "title": words.title(one.thing)}
            for one in reads.only_heard_by(who, found.id)
        ],
        "sections": sections(request),
        "path": [*_path(linked=True), {"title": found.name or found.id}],
    }
    return render(request, "things/gateway.html", context, status=status)


def _facts(found: reads.GatewayHealth) -> list[tuple[str, Any]]:
    return [
        (_("Kennung"), found.id),
        (_("Zuletzt gehört"), words.moment(found.heard_at)),
        (_("Zuerst gehört"), words.moment(found.first_heard_at)),
        (_("Nachrichten"), found.uplinks),
        (_("Geräte in den letzten 7 Tagen"), str(found.devices)),
    ]


def _typed(found: reads.GatewayHealth) -> dict[str, Any]:
    hours = found.silent_after.total_seconds() / 3600 if found.silent_after else None
    return {"name": found.name, "hours": hours}


def _path(*, linked: bool = False) -> list[dict[str, str]]:
    last = {"title": _("Gateways"), **({"url": reverse("things-desk:gateways")} if linked else {})}
    return [
        {"title": _("Schreibtisch"), "url": reverse("desk:today")},
        {"title": _("Sensoren"), "url": reverse("things-desk:list")},
        last,
    ]
