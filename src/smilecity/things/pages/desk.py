# SPDX-License-Identifier: EUPL-1.2
"""The desk of those who keep sensors: what residents are told of each, and what needs a look today."""

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

from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.things import reads as raw
from smilecity.things import rights
from smilecity.things.actions import declaring
from smilecity.things.forms import DeclarationForm
from smilecity.things.forms.declaration import typed
from smilecity.things.pages import words
from smilecity.things.pages.sections import sections
from smilecity.things.pages.today import today_of
from smilecity.things.reads import fleet as reads
from smilecity.things.rules import declaration

MOST_RAW = 50


@require_safe
@login_required
@never_cache
def things(request: HttpRequest) -> HttpResponse:
    """GET /desk/things/?q=&lacking=1&after=: the sensors of which I write, with what is missing to show them to all."""
    who = _writer(request)
    asked, lacking = request.GET.get("q", "").replace("\0", ""), request.GET.get("lacking") == "1"
    found = reads.declared(who, words=asked, lacking=lacking, after=request.GET.get("after", ""))
    context = {
        "rows": [_row(noun) for noun in found.items],
        "after": found.after,
        "words": asked,
        "lacking": lacking,
        "sections": sections(request),
        "path": [{"title": _("Schreibtisch"), "url": reverse("desk:today")}, {"title": _("Sensoren")}],
    }
    return render(request, "things/desk_things.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def declare(request: HttpRequest, key: str) -> HttpResponse:
    """/desk/things/<key>/declare/: what residents are told of this sensor, and who sees it."""
    who = who_asks(request)
    noun = reads.to_declare(who, key)
    if noun is None:
        raise declaring.unknown()
    language = get_language() or "de"
    keepers = [(one.id, in_text(one.title, language)) for one in reads.keepers(who)]
    if noun.keeper is not None and noun.keeper_id not in dict(keepers):
        keepers.append((noun.keeper.id, in_text(noun.keeper.title, language)))
    if request.method != "POST":
        return _form_page(request, noun, DeclarationForm(initial=typed(noun), keepers=keepers), 200)
    form = DeclarationForm(request.POST, keepers=keepers)
    if not form.is_valid():
        return _form_page(request, noun, form, 422)
    given = form.cleaned_data
    try:
        declaring.declare(
            who,
            noun.id,
            form.said(),
            visibility=given["visibility"],
            keeper=given["keeper"],
            seen=given["seen"],
        )
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.show(refusal)
        if refusal.status == 409:
            form.data = {**request.POST.dict(), "seen": noun.changed_at.isoformat()}
        return _form_page(request, noun, form, refusal.status)
    messages.success(request, _("Gespeichert. So steht es jetzt auf der Seite des Sensors."))
    return (
        redirect("things:thing", key=key)
        if given["visibility"] == Noun.PUBLIC
        else redirect("things-desk:list")
    )


@require_safe
@login_required
@never_cache
def today(request: HttpRequest) -> HttpResponse:
    """GET /desk/things/today/: what is wrong with the sensors now, messages nobody could read, each with what to do."""
    who = _writer(request)
    context = {
        **today_of(who),
        "parked": raw.parked(who, MOST_RAW),
        "undecodable": raw.undecodable(who, MOST_RAW),
        "sees_raw": rights.may_see_raw(who),
        "sections": sections(request),
        "path": [
            {"title": _("Schreibtisch"), "url": reverse("desk:today")},
            {"title": _("Sensoren"), "url": reverse("things-desk:list")},
            {"title": _("Unsere Sensoren heute")},
        ],
    }
    return render(request, "things/desk_today.html", context)


def _writer(request: HttpRequest) -> Who:
    who = who_asks(request)
    if not rights.may_declare_any(who):
        raise Refusal(
            "things.not-yours",
            _("Sensoren pflegen Betreiber und die Verantwortlichen ihres Gebiets."),
            status=403,
        )
    return who


def _row(noun: Noun) -> dict[str, Any]:
    lacking = declaration.missing(noun.thing.purpose, words.runs_it(noun), noun.thing.retention)
    return {
        "title": in_text(noun.title, get_language() or "de"),
        "key": words.key(noun),
        "runs_it": words.runs_it(noun),
        "public": noun.visibility == noun.PUBLIC,
        "lacking": [str(declaring.LACKING[one]) for one in lacking],
    }


def _form_page(request: HttpRequest, noun: Noun, form: DeclarationForm, status: int) -> HttpResponse:
    title = in_text(noun.title, get_language() or "de")
    context = {
        "form": form,
        "title": title,
        "key": words.key(noun),
        "noun": noun,
        "path": [
            {"title": _("Schreibtisch"), "url": reverse("desk:today")},
            {"title": _("Sensoren"), "url": reverse("things-desk:list")},
            {"title": title},
        ],
    }
    return render(request, "things/desk_declare.html", context, status=status)
