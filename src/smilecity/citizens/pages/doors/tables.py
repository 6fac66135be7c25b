# SPDX-License-Identifier: EUPL-1.2
"""The desk's pages of tables from workshops: one is brought, understood, looked through, taken in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from smilecity.citizens.actions.doors import tables as actions
from smilecity.citizens.forms.doors import BringTableForm, TableForm, column_title, typed
from smilecity.citizens.models import NeedTable
from smilecity.citizens.pages.doors import around, writer
from smilecity.citizens.reads import doors as reads
from smilecity.citizens.rules.tables import ROLES, Guess, Layout, row_of
from smilecity.core.problems import Refusal, Sentence
from smilecity.core.who import Who

SHOWN_ROWS = 8
SECONDS = 3  # after which the page of a running table comes anew

STATES: dict[str, tuple[str, Sentence]] = {
    NeedTable.DRAFT: ("info", gettext_lazy("noch nicht übernommen")),
    NeedTable.RUNNING: ("info", gettext_lazy("läuft")),
    NeedTable.DONE: ("success", gettext_lazy("übernommen")),
    NeedTable.STOPPED: ("warning", gettext_lazy("angehalten")),
}
TROUBLES: dict[str, Sentence] = {
    "table.long-line": gettext_lazy("Diese Zeile ist viel zu lang."),
    "table.too-long": gettext_lazy("Hier endet die millionste Zeile; was danach kommt, passt nicht mehr."),
    "table.nul": gettext_lazy("Diese Zeile enthält Zeichen, die kein Text sind."),
    "table.bad-day": gettext_lazy("Dieser Tag ist nicht zu lesen."),
    "table.bad-position": gettext_lazy("Diese Stelle ist nicht zu lesen."),
    "table.lost": gettext_lazy("Die Datei ist nicht mehr da."),
    "need.words-missing": gettext_lazy("Hier stehen noch keine Worte."),
    "need.words-too-long": gettext_lazy("Diese Worte sind zu lang."),
    "need.unknown-kind": gettext_lazy("Diese Art gibt es nicht."),
    "need.unknown-category": gettext_lazy("Diese Kategorie gibt es nicht."),
    "need.detail-missing": gettext_lazy("Diese Kategorie fragt nach mehr, als in der Tabelle steht."),
    "need.where-too-long": gettext_lazy("Diese Ortsangabe ist zu lang."),
    "need.bad-position": gettext_lazy("Diese Stelle gibt es nicht."),
    "need.outside": gettext_lazy("Diese Stelle liegt außerhalb der Stadt."),
    "need.contact": gettext_lazy("Das ist keine E-Mail-Adresse."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def tables(request: HttpRequest) -> HttpResponse:
    """/desk/needs/table/?after=: my tables, with how far they are; a file is brought."""
    who = writer(request)
    form, status = BringTableForm(), 200
    if request.method == "POST":
        form, status = BringTableForm(request.POST, request.FILES), 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                made = actions.bring_table(who, file.name, file.chunks())
            except Refusal as refusal:
                form.show(refusal)
                status = refusal.status
            else:
                return redirect("needs:table", number=made.pk)
    found = reads.need_tables(who, after=request.GET.get("after", ""))
    context = {
        **around(who, request, _("Tabelle")),
        "rows": [{"table": one, "state": STATES[one.state]} for one in found.items],
        "after": found.after,
        "form": form,
        "roles": ROLES.values(),
    }
    return render(request, "citizens/door_tables.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def table(request: HttpRequest, number: int) -> HttpResponse:
    """/desk/needs/table/<number>/: how it is read, while nothing is taken in; then how far it is."""
    who = writer(request)
    kept = _sought(who, number)
    if kept.state != NeedTable.DRAFT:
        return _progress_page(request, who, kept)
    layout = actions.layout_of(kept)
    guessed = reads.table_guessed(who, kept, layout.delimiter, layout.encoding)
    if request.method != "POST":
        return _draft_page(request, who, kept, TableForm(initial=typed(layout), guessed=guessed), 200)
    form = TableForm(request.POST, guessed=guessed)
    if not form.is_valid():
        return _draft_page(request, who, kept, form, 422)
    try:
        actions.understand_table(who, number, form.layout())
        if request.POST.get("do") == "look":
            actions.look_through_table(who, number)
    except Refusal as refusal:
        form.show(refusal)
        return _draft_page(request, who, _sought(who, number), form, refusal.status)
    return redirect("needs:table", number=number)


@require_POST
@login_required
def take(request: HttpRequest, number: int) -> HttpResponse:
    """POST /desk/needs/table/<number>/take/: the person has seen what is wrong with it."""
    who, seen = writer(request), request.POST.get("seen", "")
    known = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 16 else -1
    return _then(request, number, lambda: actions.take_in_table(who, number, seen=known))


@require_POST
@login_required
def change(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """POST /desk/needs/table/<number>/<stop|go-on|remove>/"""
    who = writer(request)
    done = {"stop": actions.stop_table, "go-on": actions.go_on_with_table, "remove": actions.forget_table}[
        what
    ]
    return _then(request, number, lambda: done(who, number), gone=what == "remove")


def _then(request: HttpRequest, number: int, do: Any, *, gone: bool = False) -> HttpResponse:
    try:
        do()
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, f"{refusal.sentence} {refusal.cure}".strip())
        return redirect("needs:table", number=number)
    if gone:
        messages.success(request, _("Die Tabelle ist gelöscht. Was schon übernommen war, bleibt."))
        return redirect("needs:tables")
    return redirect("needs:table", number=number)


def _sought(who: Who, number: int) -> NeedTable:
    kept = reads.need_table(who, number)
    if kept is None:
        raise Refusal("table.unknown", _("Diese Tabelle gibt es hier nicht."), status=404)
    return kept


def _draft_page(
    request: HttpRequest, who: Who, kept: NeedTable, form: TableForm, status: int
) -> HttpResponse:
    layout = actions.layout_of(kept)
    guessed = reads.table_guessed(who, kept, layout.delimiter, layout.encoding)
    context = {
        **_common(request, who, kept),
        "form": form,
        "looked": kept.columns["looked"],
        "good": kept.rows - kept.refused,
        "heads": [(column_title(guessed, at), ROLES[role]) for role, at in _shown(layout, guessed)],
        "preview": _preview(layout, guessed),
    }
    return render(request, "citizens/door_table.html", context, status=status)


def _progress_page(request: HttpRequest, who: Who, kept: NeedTable) -> HttpResponse:
    running, still = kept.state == NeedTable.RUNNING, request.GET.get("still") == "1"
    context = {
        **_common(request, who, kept),
        "running": running,
        "stopped": kept.state == NeedTable.STOPPED,
        "done": kept.state == NeedTable.DONE,
        "looking": kept.columns["pass"] == actions.LOOK,
        "share": min(100, kept.bytes_done * 100 // max(1, kept.size)),
        "still": still,
    }
    response = render(request, "citizens/door_table_progress.html", context)
    if running and not still:
        response["Refresh"] = str(SECONDS)  # also without JavaScript
    return response


def _common(request: HttpRequest, who: Who, kept: NeedTable) -> dict[str, Any]:
    return {
        **around(who, request, kept.name),
        "table": kept,
        "state": STATES[kept.state],
        "troubles": [
            {**one, "words": TROUBLES.get(one["code"], _("Das geht nicht."))} for one in kept.troubles
        ],
        "more_troubles": max(0, kept.refused - len(kept.troubles)),
    }


def _shown(layout: Layout, guessed: Guess) -> list[tuple[str, int]]:
    return [
        (role, layout.columns[role]) for role in ROLES if layout.columns.get(role, 999) < len(guessed.names)
    ]


def _preview(layout: Layout, guessed: Guess) -> list[dict[str, Any]]:
    """The first rows as they are understood, each with what is wrong with it."""
    rows = guessed.rows
    if layout.header != guessed.layout.header:
        rows = rows[1:] if layout.header else [guessed.names, *rows]
    found = []
    for cells in rows[:SHOWN_ROWS]:
        shown = [cells[at][:80] if at < len(cells) else "" for _role, at in _shown(layout, guessed)]
        found.append({"cells": shown, "trouble": _trouble(cells, layout)})
    return found


def _trouble(cells: list[str], layout: Layout) -> str:
    try:
        row_of(cells, layout)
    except Refusal as refusal:
        return str(TROUBLES.get(refusal.code, refusal.sentence))
    return ""
