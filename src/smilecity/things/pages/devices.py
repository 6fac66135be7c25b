# SPDX-License-Identifier: EUPL-1.2
"""The devices at the desk: the list, one of them, and what is done to it. Registering is in `registering`."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from smilecity.core import clock
from smilecity.core.problems import Refusal, Sentence
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.things import actions
from smilecity.things.actions.desk import keeper
from smilecity.things.actions.devices import set_network
from smilecity.things.forms.devices import DeskForm, NetworkForm, NoteForm, RetireForm
from smilecity.things.models import Device, Uplink
from smilecity.things.pages import device_words as words
from smilecity.things.pages.commands import commands_of
from smilecity.things.pages.sections import sections
from smilecity.things.reads import registered as reads
from smilecity.things.rules import is_silent

STATES: tuple[tuple[str, Sentence], ...] = (
    ("", gettext_lazy("Alle")),
    (reads.ACTIVE, gettext_lazy("In Betrieb")),
    (reads.SILENT, gettext_lazy("Stumm")),
    (reads.RETIRED, gettext_lazy("Außer Dienst")),
)


@require_safe
@login_required
@never_cache
def devices(request: HttpRequest) -> HttpResponse:
    """GET /desk/things/devices/?q=&state=&after="""
    who = who_asks(request)
    keeper(who)
    asked, state = request.GET.get("q", ""), request.GET.get("state", "")
    found = reads.found(who, words=asked, state=state, after=request.GET.get("after", ""))
    context = {
        "rows": [_row(one) for one in found.items],
        "after": found.after,
        "words": asked.replace("\0", ""),
        "state": state,
        "states": STATES,
        "sections": sections(request),
        "path": path(),
    }
    return render(request, "things/devices.html", context)


@require_safe
@login_required
@never_cache
def device(request: HttpRequest, eui: str) -> HttpResponse:
    """GET /desk/things/devices/<eui>/: all that is known of it, and what can be done."""
    who = who_asks(request)
    return _page(request, who, sought(who, eui), NoteForm(), 200)


@require_POST
@login_required
def note(request: HttpRequest, eui: str) -> HttpResponse:
    """POST /desk/things/devices/<eui>/note/"""
    who = who_asks(request)
    found, form = sought(who, eui), NoteForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.note_device(who, found.eui, given["kind"], at=given["at"], text=given["text"])
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("Notiert."))
            return redirect("things-desk:device", eui=found.eui)
    return _page(request, who, found, form, 422)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def retire(request: HttpRequest, eui: str) -> HttpResponse:
    """/desk/things/devices/<eui>/retire/: asked once more, for what it sends is then not read."""
    who = who_asks(request)
    found = sought(who, eui)
    context = {
        "title": _("Gerät außer Dienst nehmen"),
        "lead": _("Was es danach sendet, wird aufgehoben, aber nicht gelesen. Gemessenes bleibt."),
        "button": _("Außer Dienst nehmen"),
    }
    return asked_of(
        request,
        found,
        RetireForm,
        context,
        lambda form: actions.retire_device(who, found.eui, form["reason"]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def network(request: HttpRequest, eui: str) -> HttpResponse:
    """/desk/things/devices/<eui>/network/: by which network it is told things."""
    who = who_asks(request)
    found = sought(who, eui)
    networks = reads.networks(who)
    context = {
        "title": _("Netz des Geräts"),
        "lead": _("Nur nötig, wenn das Gerät Befehle bekommen soll."),
        "button": _("Speichern"),
    }

    def form(*given: Any) -> DeskForm:
        now = {"network": found.network_id, "known_as": found.known_as}
        return NetworkForm(*given, networks=networks, initial=now)

    return asked_of(
        request,
        found,
        form,
        context,
        lambda typed: set_network(who, found.eui, typed["network"], typed["known_as"]),
    )


@require_POST
@login_required
def replay(request: HttpRequest) -> HttpResponse:
    """POST /desk/things/replay/ (`eui`): what is parked is read soon; the works do it."""
    who = who_asks(request)
    actions.ask_replay(who, request.POST.get("eui", ""))
    messages.success(request, _("Aufgehobene Nachrichten angemeldeter Geräte werden gleich gelesen."))
    return redirect("things-desk:today")


def sought(who: Who, eui: str) -> Device:
    """The device with this EUI; refuses who may not, and what is not there."""
    keeper(who)
    found = reads.device(who, eui)
    if found is None:
        raise Refusal(
            "device.unknown",
            _("Ein Gerät mit dieser EUI ist nicht angemeldet."),
            cure=_("Suchen Sie es in der Liste der Geräte."),
            status=404,
        )
    return found


def asked_of(
    request: HttpRequest,
    found: Device,
    form_of: Callable[..., DeskForm],
    context: dict[str, Any],
    act: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    """A page with one form of a device: shown, refused, or done and back to the device."""
    form, status = (form_of(request.POST), 422) if request.method == "POST" else (form_of(), 200)
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("Gespeichert."))
            return redirect("things-desk:device", eui=found.eui)
    shown = {
        **context,
        "form": form,
        "device": found,
        "thing": words.title(found.thing),
        "sections": sections(request),
        "path": path(found.eui, context["title"]),
    }
    return render(request, "things/device_form.html", shown, status=status)


def path(eui: str = "", last: Sentence = "") -> list[dict[str, Any]]:
    """Where one is: the desk, the devices, a device, and what is done to it."""
    ways: list[dict[str, Any]] = [
        {"title": _("Schreibtisch"), "url": reverse("desk:today")},
        {"title": _("Sensoren"), "url": reverse("things-desk:list")},
        {"title": _("Geräte"), "url": reverse("things-desk:devices")},
    ]
    if eui:
        ways.append({"title": eui, "url": reverse("things-desk:device", args=[eui])})
    if last:
        ways.append({"title": last})
    else:
        del ways[-1]["url"]
    return ways


def _row(one: Any) -> dict[str, Any]:
    return {
        "eui": one.eui,
        "thing": words.title(one.thing),
        "model": one.model,
        "active": one.active,
        "heard": words.last_heard(one.last_heard),
    }


def _page(request: HttpRequest, who: Who, found: Any, form: NoteForm, status: int) -> HttpResponse:
    raw = reads.kept_raw(who, found.eui)
    context = {
        "device": found,
        "thing": words.title(found.thing),
        "thing_key": found.thing.noun.address.removeprefix("things/"),
        "silent": found.active and _silent(found),
        "facts": words.facts(found, found.last_heard),
        "feeds": [words.fed(one) for one in found.feeds.all()],
        "heard": [words.heard(one) for one in found.heard_by.all()],
        "notes": [
            {"kind": words.NOTES[one.kind], "at": one.at, "text": one.text, "by": by}
            for one, by in reads.notes(who, found)
        ],
        "instead_of": list(found.replaces.all()),
        "raw": raw,
        "parked": any(one.state == Uplink.PARKED for one in raw),
        "form": form,
        "sections": sections(request),
        "path": path(found.eui),
        **commands_of(who, found),
    }
    return render(request, "things/device.html", context, status=status)


def _silent(found: Any) -> bool:
    """Whether none of its datastreams has said anything in its time."""
    now = clock.now()
    return all(
        is_silent(latest.phenomenon_time if latest else None, feed.datastream.silent_after, now)
        for feed in found.feeds.all()
        for latest in [getattr(feed.datastream, "latest", None)]
    )
