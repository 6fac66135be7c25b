# SPDX-License-Identifier: EUPL-1.2
"""Telling a device what to do, at the desk, and taking it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.things.actions import commands as actions
from smilecity.things.forms.commands import CommandForm
from smilecity.things.models import Device
from smilecity.things.pages import device_words as words
from smilecity.things.pages.commands import shown
from smilecity.things.pages.devices import path, sought
from smilecity.things.pages.sections import sections
from smilecity.things.reads import commands as reads


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def tell(request: HttpRequest, eui: str) -> HttpResponse:
    """/desk/things/devices/<eui>/command/: one of the vendor's examples, JSON of one's own, or bytes."""
    who = who_asks(request)
    found = sought(who, eui)
    examples = [(str(label), data) for label, data in found.codec.commands]
    fed = found.feeds.select_related("datastream")
    streams = [(one.datastream_id, one.datastream.name) for one in fed]
    form, status = CommandForm(request.POST or None, examples=examples, streams=streams), 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and _given(who, found, form):
            messages.success(request, _("Der Befehl ist unterwegs."))
            return redirect("things-desk:device", eui=found.eui)
    title = _("Befehl geben")
    context = {
        "form": form,
        "has_examples": bool(examples),
        "title": title,
        "thing": words.title(found.thing),
        "device": found,
        "sections": sections(request),
        "path": path(found.eui, title),
    }
    return render(request, "things/command_give.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def take_back(request: HttpRequest, eui: str, command: int) -> HttpResponse:
    """/desk/things/devices/<eui>/command/<id>/withdraw/: asked once more."""
    who = who_asks(request)
    found = sought(who, eui)
    one = reads.command(who, eui, command)
    if one is None:
        raise Refusal("command.unknown", _("Diesen Befehl gibt es nicht."), status=404)
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            actions.withdraw(who, one)
        except Refusal as refusal:
            if refusal.status != 409:
                raise
            refused = refusal
        else:
            messages.success(request, _("Der Befehl ist zurückgenommen."))
            return redirect("things-desk:device", eui=found.eui)
    title = _("Befehl zurücknehmen")
    context = {
        "command": shown(one, found),
        "device": found,
        "refused": refused,
        "title": title,
        "sections": sections(request),
        "path": path(found.eui, title),
    }
    return render(request, "things/command_withdraw.html", context, status=409 if refused else 200)


def _given(who: Who, device: Device, form: CommandForm) -> bool:
    """Whether it is given; else the form says why not."""
    typed = form.cleaned_data
    try:
        actions.command(
            who,
            device,
            typed["wanted"],
            key=typed["key"],
            expires_at=clock.now() + typed["lasts"],
            confirmed=typed["confirmed"],
            effect=typed.get("effect"),
        )
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        form.show(refusal)
        return False
    return True
