# SPDX-License-Identifier: EUPL-1.2
"""The desk of lending: today, the chores of a partner club, and cards and PINs for people without a phone."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal, Sentence
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places import rights
from smilecity.places.actions import handles, lending
from smilecity.places.forms.lending import GiveForm, LendForm, LostForm
from smilecity.places.pages.lending import said
from smilecity.places.reads.lending import looking

CHORES: dict[str, Sentence] = {
    "check": _later("Nachsehen, ob alles da und heil ist"),
    "clean": _later("Sauber machen"),
    "fill": _later("Nachzählen und auffüllen"),
    "mend": _later("Reparieren oder ersetzen"),
    "look": _later("Nachsehen, was mit der Box oder der Sache ist"),
}
# What a controller reported, and what we asked of it.
EVENTS: dict[str, Sentence] = {
    "opened": _later("Tür offen gemeldet"),
    "closed": _later("Tür zu gemeldet"),
    "forced": _later("Tür ohne Freigabe geöffnet"),
    "unlocked": _later("Schloss auf gemeldet"),
    "denied": _later("Abgewiesen"),
    "code-used": _later("Einmal-Code benutzt"),
    "power": _later("Box neu gestartet"),
    "asked-unlock": _later("Öffnen angefordert"),
    "asked-lock": _later("Verriegeln angefordert"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def today(request: HttpRequest) -> HttpResponse:
    """/desk/lending/: what is out, late, broken, what boxes say, what is to be done, and who opened what."""
    who = lender(request)
    if request.method == "POST":
        messages.success(request, _do(who, request))
        return redirect("lending-desk:today")
    found = looking.today(who)
    context = {
        "loans": [said.loan(one) for one in found.loans],
        "late": sum(one.late for one in found.loans),
        "kits": [(in_text(one.name, said.language()), in_text(one.place.noun.title, said.language()), one.state)
                 for one in found.away],
        "boxes": [_box(one) for one in found.boxes],
        "closings": [(in_text(one.place.noun.title, said.language()), in_text(one.reason, said.language()))
                     for one in found.closings],
        "chores": [_chore(one) for one in found.chores],
        "log": [_line(one) for one in looking.access_log(who)],
    }  # fmt: skip
    return render(request, "places/desk_lending.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def cards(request: HttpRequest) -> HttpResponse:
    """/desk/lending/cards/: give a PIN or card (its secret is on this answer and never again), lend by it, lose it."""
    who = lender(request)
    if not rights.may_give_handles(who):
        raise Refusal("handle.not-yours", _("Karten und PINs geben Mitarbeitende der Stadt aus."), status=403)
    then = request.POST.get("then", "")
    kits = [
        (one.id, f"{in_text(one.name, said.language())}, {in_text(one.place.noun.title, said.language())}")
        for one in looking.lendable(who)
    ]
    give = GiveForm(request.POST if then == "give" else None, auto_id="give_%s")
    lend = LendForm(request.POST if then == "lend" else None, kits=kits, auto_id="lend_%s")
    lost = LostForm(request.POST if then == "lost" else None, auto_id="lost_%s")
    asked = {"give": give, "lend": lend, "lost": lost}.get(then)
    given, status = None, 200
    if asked is not None:
        status = 422
        if asked.is_valid():
            try:
                given = _handle(request, who, then, asked.cleaned_data)
            except Refusal as refusal:
                asked.show(refusal)
                status = refusal.status
            else:
                if given is None:
                    return redirect("lending-desk:cards")
                give, status = GiveForm(auto_id="give_%s"), 200
    context = {"give": give, "lend": lend, "lost": lost, "given": given, "kits": kits}
    return render(request, "places/desk_lending_cards.html", context, status=status)


def _handle(request: HttpRequest, who: Who, then: str, data: dict[str, Any]) -> handles.Given | None:
    if then == "give":
        return handles.give_handle(who, data["kind"], number=data["number"])
    if then == "lend":
        lending.lend(who, data["kit"], data["key"], data["handle"])
        messages.success(
            request, _("Ausgeliehen. Die Box öffnet mit der Karte oder PIN, sobald sie davon weiß.")
        )
    else:
        handles.lose_by_name(who, data["handle"])
        messages.success(
            request, _("Diese Nummer gilt nicht mehr. Jede Box lernt es bei ihrer nächsten Meldung.")
        )
    return None


def _do(who: Who, request: HttpRequest) -> str:
    """One of the buttons of a row: `then` is what, `id` of which."""
    number = request.POST.get("id", "")
    one = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    then = request.POST.get("then", "")
    if then in ("fine", "not-fine"):
        lending.do_chore(who, one, fine=then == "fine")
        return _("Danke, erledigt.")
    if then == "drop":
        lending.drop_chore(who, one)
        return _("Die Aufgabe ist verworfen.")
    if then in ("back", "back-missing"):
        lending.take_back(who, one, complete=then == "back")
        return _("Die Rückgabe ist eingetragen.")
    if then == "out":
        lending.report_out(who, one)
        return _("Die Ausgabe ist eingetragen.")
    raise Refusal("lending.then", _("Das geht hier nicht."), status=422)


def lender(request: HttpRequest) -> Who:
    """Who asks, if there may be something that they lend or look after."""
    who = who_asks(request)
    if not rights.may_lend_any(who):
        raise Refusal("lending.not-yours", _("Hier arbeiten die, die etwas verleihen."), status=403)
    return who


def _box(one: Any) -> dict[str, Any]:
    heard = one.reported_at
    return {
        "name": one.name,
        "place": in_text(one.place.noun.title, said.language()),
        "heard": said.when(heard) if heard else _("noch nie"),
        "silent": looking.is_silent(one),
    }


def _chore(one: Any) -> dict[str, Any]:
    return {
        "id": one.id,
        "what": CHORES[one.kind],
        "kit": in_text(one.kit.name, said.language()) if one.kit else "",
        "place": in_text(one.place.noun.title, said.language()),
        "text": one.text,
        "asks_fine": one.kind in ("check", "mend", "look"),
        "made": said.when(one.made_at),
    }


def _line(one: Any) -> dict[str, Any]:
    where = one.compartment.unit.name if one.compartment else {"de": one.controller.name}
    return {"at": said.when(one.at), "what": EVENTS.get(one.what, one.what), "where": in_text(where, said.language()),
            "by": looking.by(one)}  # fmt: skip
