# SPDX-License-Identifier: EUPL-1.2
"""Devices registered, fed and replaced at the desk: with what they last sent, read, to choose from."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.things import actions
from smilecity.things.actions.desk import keeper
from smilecity.things.codecs import Codec as Script
from smilecity.things.codecs import CodecFailed, SandboxNow
from smilecity.things.forms.devices import FeedsForm, ReplaceForm, WhichForm
from smilecity.things.models import Codec, Thing, Uplink
from smilecity.things.pages import device_words as words
from smilecity.things.pages.devices import asked_of, path, sought
from smilecity.things.pages.sections import sections
from smilecity.things.reads import registered as reads
from smilecity.things.reads import thing_by_key
from smilecity.things.rules import normal_eui
from smilecity.things.rules.feeding import fields_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """/desk/things/devices/new/?eui=&model=&thing=&codec=: which device first, then what feeds what.

    The first part is asked by GET, so that going back loses nothing; the second part carries it along.
    """
    who = who_asks(request)
    keeper(who)
    posted = request.method == "POST"
    given = request.POST if posted else request.GET
    asked = posted or {"thing", "codec"} <= set(given)
    which = _which(who, given if asked else None, {"eui": given.get("eui", "")})
    if not asked or not which.is_valid() or (found := _found(who, which)) is None:
        return _new_page(request, which, None, 422 if posted else 200)
    thing, codec = found
    uplinks = reads.last_messages(who, which.cleaned_data["eui"])
    read = _read(codec, uplinks)
    form = FeedsForm(
        request.POST if posted else None, streams=reads.streams(who, thing), offered=_offered(read)
    )
    if posted and form.is_valid():
        typed = which.cleaned_data
        try:
            made = actions.register_device(
                who, typed["eui"], typed["model"] or codec.name, thing, codec, form.specs()
            )
        except Refusal as refusal:
            (which if refusal.field in which.fields else form).show(refusal)
        else:
            messages.success(request, _("Angemeldet. Was das Gerät schon gesendet hat, wird gleich gelesen."))
            return redirect("things-desk:device", eui=made.eui)
    return _new_page(request, which, form, 422 if posted else 200, read=read, thing=words.title(thing))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def feeds(request: HttpRequest, eui: str) -> HttpResponse:
    """/desk/things/devices/<eui>/feeds/: which field feeds which datastream."""
    who = who_asks(request)
    found = sought(who, eui)
    codec = reads.codec(who, found.codec_id)
    read = _read(codec, reads.last_messages(who, found.eui)) if codec else []
    streams, fed = reads.streams(who, found.thing), list(found.feeds.all())
    context = {
        "title": _("Was das Gerät speist"),
        "lead": _("Wählen Sie zu jeder Messreihe das Feld, aus dem ihre Werte kommen."),
        "button": _("Speichern"),
        "read": read,
    }

    def form(*given: Any) -> FeedsForm:
        return FeedsForm(*given, streams=streams, offered=_offered(read), fed=fed)

    def act(_typed: dict[str, Any]) -> None:
        filled = form(request.POST)
        filled.is_valid()
        actions.change_feeds(who, found.eui, filled.specs())

    return asked_of(request, found, form, context, act)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def replace(request: HttpRequest, eui: str) -> HttpResponse:
    """/desk/things/devices/<eui>/replace/: another device in its place."""
    who = who_asks(request)
    found = sought(who, eui)
    fed = list(found.feeds.all())
    codecs = [(one.id, f"{one.vendor}/{one.name}") for one in reads.codecs(who)]

    def form(*given: Any) -> ReplaceForm:
        return ReplaceForm(*given, codecs=codecs, fed=fed, initial={"codec": found.codec_id})

    def act(typed: dict[str, Any]) -> None:
        filled = form(request.POST)
        filled.is_valid()
        actions.replace_device(
            who,
            found.eui,
            typed["new_eui"],
            model=typed["model"],
            codec=reads.codec(who, typed["codec"]),
            fields=filled.renamed(),
            reason=typed["reason"],
            at=typed["at"],
        )

    context = {
        "title": _("Gerät tauschen"),
        "lead": _(
            "Das neue Gerät speist dieselben Messreihen. Was es seit dem Tausch gesendet hat, wird nachgetragen:"
            " Die Messreihen haben keine Lücke. Das alte Gerät ist dann außer Dienst."
        ),
        "button": _("Tauschen"),
    }
    return asked_of(request, found, form, context, act)


def _which(who: Who, given: Any, initial: dict[str, str]) -> WhichForm:
    things = [
        (
            one.noun.address.removeprefix("things/"),
            f"{words.title(one)} ({one.noun.address.removeprefix('things/')})",
        )
        for one in reads.things(who)
    ]
    codecs = [(one.id, f"{one.vendor}/{one.name}") for one in reads.codecs(who)]
    return WhichForm(given, things=things, codecs=codecs, initial=initial)


def _found(who: Who, which: WhichForm) -> tuple[Thing, Codec] | None:
    """The thing and the codec that were chosen; None, and said beside the field, if the EUI is none or taken."""
    typed = which.cleaned_data
    held = reads.device(who, typed["eui"])
    if normal_eui(typed["eui"]) is None:
        which.add_error(
            "eui", _("Eine EUI hat 16 Stellen aus den Ziffern 0 bis 9 und den Buchstaben A bis F.")
        )
    elif held is not None and held.active:
        which.add_error("eui", _("Ein Gerät mit dieser EUI ist schon angemeldet."))
    thing, codec = thing_by_key(who, typed["thing"]), reads.codec(who, typed["codec"])
    return None if which.errors or thing is None or codec is None else (thing, codec)


def _read(codec: Codec, uplinks: Iterable[Uplink]) -> list[dict[str, Any]]:
    """What these messages say by this codec, newest first; a few, so that the page is there at once."""
    shown = list(uplinks)
    if not shown:
        return []
    script = Script(codec.digest, codec.script)
    with SandboxNow() as sandbox:
        return [_said(sandbox, script, one) for one in shown]


def _said(sandbox: SandboxNow, script: Script, uplink: Uplink) -> dict[str, Any]:
    try:
        data = sandbox.decode_now(script, uplink.f_port, bytes(uplink.payload), uplink.received_at).data
    except CodecFailed as failure:
        return {"at": uplink.received_at, "fields": {}, "problem": str(failure.sentence)}
    return {"at": uplink.received_at, "fields": fields_of(data), "problem": ""}


def _offered(read: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The fields of all of them, each with its newest value."""
    offered: dict[str, Any] = {}
    for one in read:
        offered = {**one["fields"], **offered}
    return offered


def _new_page(
    request: HttpRequest, which: WhichForm, form: FeedsForm | None, status: int, **context: Any
) -> HttpResponse:
    shown = {
        **context,
        "which": which,
        "form": form,
        "sections": sections(request),
        "path": path("", _("Gerät anmelden")),
    }
    return render(request, "things/device_new.html", shown, status=status)
