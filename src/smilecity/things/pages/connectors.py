# SPDX-License-Identifier: EUPL-1.2
"""The connectors at the desk: what is connected, how it is doing, and setting it up."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from smilecity.core.problems import Refusal, Sentence
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.things.actions import connectors as actions
from smilecity.things.actions.desk import keeper
from smilecity.things.forms.connectors import ConnectorForm, typed
from smilecity.things.models import Connector
from smilecity.things.pages.sections import sections
from smilecity.things.pages.troubles import in_words
from smilecity.things.reads import connectors as reads
from smilecity.things.reads.connectors import Shown

KINDS: dict[str, tuple[Sentence, Sentence]] = {
    Connector.CHIRPSTACK: (
        _later("ChirpStack"),
        _later("Ein LoRaWAN-Netz, das Sie selbst betreiben. Wir hören seinen Broker."),
    ),
    Connector.TTS: (
        _later("The Things Stack"),
        _later("Ein LoRaWAN-Netz bei The Things Network oder The Things Industries."),
    ),
    Connector.JSON: (
        _later("JSON"),
        _later("Alles andere, das JSON schickt: per HTTP zu uns, oder an einen Broker, den wir hören."),
    ),
    Connector.MIRROR: (
        _later("Anderer SensorThings-Dienst"),
        _later("Sensoren einer Nachbarstadt, die hier mit zu sehen sein sollen."),
    ),
}


@require_safe
@login_required
@never_cache
def connectors(request: HttpRequest) -> HttpResponse:
    """GET /desk/things/connectors/: all of them, each with how it is doing."""
    who = _keeper(request)
    context = {
        "rows": [shown(one) for one in reads.connectors(who)],
        "kinds": [{"key": key, "title": title, "text": text} for key, (title, text) in KINDS.items()],
        "sections": sections(request),
        "path": trail(),
    }
    return render(request, "things/connectors.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new_connector(request: HttpRequest, kind: str) -> HttpResponse:
    """/desk/things/connectors/new/<kind>/"""
    who = _keeper(request)
    if kind not in KINDS:
        raise Refusal("connector.bad-kind", _("Diese Art von Verbindung gibt es nicht."), status=404)
    form = ConnectorForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.keep_connector(who, form.said(), kind=kind)
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("Gespeichert."))
            return redirect(
                "things-desk:connector-mapping" if kind == Connector.JSON else "things-desk:connector",
                made.id,
            )
    title = _("Neue Verbindung: %(kind)s") % {"kind": KINDS[kind][0]}
    context = {"form": form, "title": title, "explained": KINDS[kind][1], "sections": sections(request)}
    context["path"] = trail(title)
    return render(
        request, "things/connector_new.html", context, status=422 if request.method == "POST" else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def connector(request: HttpRequest, number: int) -> HttpResponse:
    """/desk/things/connectors/<number>/: how it is doing, and what was set up."""
    who = _keeper(request)
    one = found(who, number)
    kind, has_secret = one.connector.kind, one.has_secret
    if request.method == "POST":
        form = ConnectorForm(request.POST, kind=kind, has_secret=has_secret)
        if form.is_valid():
            try:
                actions.keep_connector(who, form.said(), number=number)
            except Refusal as refusal:
                if refusal.status == 404:
                    raise
                form.show(refusal)
            else:
                messages.success(request, _("Gespeichert. Es gilt sofort."))
                return redirect("things-desk:connector", number)
    else:
        form = ConnectorForm(initial=typed(one.connector), kind=kind, has_secret=has_secret)
    context = {
        "form": form,
        "one": shown(one),
        "posts_to": request.build_absolute_uri(f"/things/json/{number}") if kind == Connector.JSON else "",
        "sections": sections(request),
        "path": trail(one.connector.name),
    }
    return render(request, "things/connector.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@login_required
@never_cache
def pause(request: HttpRequest, number: int) -> HttpResponse:
    """POST /desk/things/connectors/<number>/pause/ with active=1 to go on."""
    active = request.POST.get("active") == "1"
    actions.pause_connector(_keeper(request), number, active=active)
    messages.success(request, _("Die Verbindung läuft wieder.") if active else _("Die Verbindung ruht."))
    return redirect("things-desk:connector", number)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """/desk/things/connectors/<number>/remove/"""
    who = _keeper(request)
    one = found(who, number)
    if request.method == "POST":
        actions.remove_connector(who, number)
        messages.success(request, _("Die Verbindung ist gelöscht. Was über sie kam, ist noch da."))
        return redirect("things-desk:connectors")
    context = {"one": shown(one), "sections": sections(request), "path": trail(one.connector.name)}
    return render(request, "things/connector_remove.html", context)


def shown(one: Shown) -> dict[str, Any]:
    """What a page says of a connector."""
    state, made = one.state, one.connector
    lacks_mapping = made.kind == Connector.JSON and not made.mapping
    return {
        "id": made.id,
        "name": made.name,
        "kind": KINDS[made.kind][0],
        "is_json": made.kind == Connector.JSON,
        "active": made.active,
        "lacks_mapping": lacks_mapping,
        "address": made.address,
        "heard_at": state.heard_at if state else None,
        "tried_at": state.tried_at if state else None,
        "taken": state.taken if state else 0,
        "refused": state.refused if state else 0,
        "troubled_at": state.troubled_at if state and state.trouble else None,
        "trouble": in_words(state.trouble, state.sentence) if state and state.trouble else None,
    }


def found(who: Who, number: int) -> Shown:
    """The connector of this number; 404 if there is none."""
    one = reads.connector(who, number)
    if one is None:
        raise actions.unknown()
    return one


def trail(*last: str) -> list[dict[str, str]]:
    """Where a page of a connector is."""
    listed = {"title": _("Verbindungen"), **({"url": reverse("things-desk:connectors")} if last else {})}
    return [
        {"title": _("Schreibtisch"), "url": reverse("desk:today")},
        {"title": _("Sensoren"), "url": reverse("things-desk:list")},
        listed,
        *({"title": one} for one in last),
    ]


def _keeper(request: HttpRequest) -> Who:
    who = who_asks(request)
    keeper(who)
    return who
