# SPDX-License-Identifier: EUPL-1.2
"""The desk's pages of tables: one is brought, understood, looked through, taken in."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal, Sentence
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.things.actions import tables as actions
from smilecity.things.actions.desk import keeper
from smilecity.things.forms.tables import LayoutForm, NewTableForm, column_title, typed
from smilecity.things.models import TableImport
from smilecity.things.pages.sections import sections
from smilecity.things.reads import tables as reads
from smilecity.things.rules import tables as rules
from smilecity.things.rules.tables import Guess, Layout, Troubled

SHOWN_ROWS = 8
SHOWN_COLUMNS = 12
SECONDS = 3  # after which the page of a running table comes anew

STATES: dict[str, tuple[str, Sentence]] = {
    TableImport.DRAFT: ("info", gettext_lazy("noch nicht übernommen")),
    TableImport.RUNNING: ("info", gettext_lazy("läuft")),
    TableImport.DONE: ("success", gettext_lazy("übernommen")),
    TableImport.STOPPED: ("warning", gettext_lazy("angehalten")),
}
TROUBLES: dict[str, Sentence] = {
    "table.long-line": gettext_lazy("Diese Zeile ist viel zu lang."),
    "table.nul": gettext_lazy("Diese Zeile enthält Zeichen, die kein Text sind."),
    "table.short-row": gettext_lazy("Diese Zeile hat zu wenige Spalten."),
    "table.bad-time": gettext_lazy("Diese Zeit ist nicht zu lesen."),
    "table.no-such-time": gettext_lazy("Diese Uhrzeit gab es nicht: Die Uhren wurden vorgestellt."),
    "table.time-twice": gettext_lazy("Diese Uhrzeit gab es zweimal: Die Uhren wurden zurückgestellt."),
    "table.bad-value": gettext_lazy("Das ist kein Wert dieser Messreihe."),
    "table.lost": gettext_lazy("Die Datei oder eine Messreihe ist nicht mehr da."),
    "observation.bad-result": gettext_lazy("Das ist kein Wert dieser Messreihe."),
    "observation.impossible-time": gettext_lazy("Diese Zeit liegt vor 1900 oder in der Zukunft."),
}


@require_safe
@login_required
@never_cache
def tables(request: HttpRequest) -> HttpResponse:
    """GET /desk/things/tables/?after=: all tables, with how far they are."""
    who = who_asks(request)
    keeper(who)
    found = reads.imports(who, after=request.GET.get("after", ""))
    context = {
        "rows": [{"table": one, "thing": _title(one), "state": STATES[one.state]} for one in found.items],
        "after": found.after,
        "sections": sections(request),
        "path": _path(),
    }
    return render(request, "things/tables.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new_table(request: HttpRequest) -> HttpResponse:
    """/desk/things/tables/new/?thing=: a file is brought."""
    who = who_asks(request)
    keeper(who)
    things = [(one.pk, in_text(one.noun.title, get_language() or "de")) for one in reads.things_to_feed(who)]
    if request.method != "POST":
        form = NewTableForm(things=things, initial={"thing": request.GET.get("thing", "")})
        return _new_page(request, form, 200)
    form = NewTableForm(request.POST, request.FILES, things=things)
    if not form.is_valid():
        return _new_page(request, form, 422)
    file = form.cleaned_data["file"]
    try:
        made = actions.bring(who, form.cleaned_data["thing"], file.name, file.chunks())
    except Refusal as refusal:
        form.show(refusal)
        return _new_page(request, form, refusal.status)
    return redirect("things-desk:table", number=made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def table(request: HttpRequest, number: int) -> HttpResponse:
    """/desk/things/tables/<number>/: how it is read, while nothing is taken in; then how far it is."""
    who = who_asks(request)
    kept = _sought(who, number)
    if kept.state != TableImport.DRAFT:
        return _progress_page(request, kept)
    form = _form(request, who, kept)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.understand(who, number, form.layout())
                if request.POST.get("do") == "look":
                    actions.look_through(who, number)
            except Refusal as refusal:
                form.show(refusal)
            else:
                return redirect("things-desk:table", number=number)
    return _draft_page(request, who, _sought(who, number), form, status)


@require_POST
@login_required
def take(request: HttpRequest, number: int) -> HttpResponse:
    """POST /desk/things/tables/<number>/take/: the person has seen what is wrong with it."""
    who = who_asks(request)
    seen = request.POST.get("seen", "")
    try:
        actions.take_in(who, number, seen=int(seen) if seen.isdecimal() and len(seen) < 16 else -1)
    except Refusal as refusal:
        return _back(request, number, refusal)
    return redirect("things-desk:table", number=number)


@require_POST
@login_required
def change(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """POST /desk/things/tables/<number>/<stop|go-on|remove>/"""
    who = who_asks(request)
    try:
        {"stop": actions.stop, "go-on": actions.go_on, "remove": actions.forget}[what](who, number)
    except Refusal as refusal:
        return _back(request, number, refusal)
    if what == "remove":
        messages.success(request, _("Die Tabelle ist gelöscht. Was schon übernommen war, bleibt."))
        return redirect("things-desk:tables")
    return redirect("things-desk:table", number=number)


def _back(request: HttpRequest, number: int, refusal: Refusal) -> HttpResponse:
    if refusal.status in (403, 404):
        raise refusal
    messages.error(request, f"{refusal.sentence} {refusal.cure}".strip())
    return redirect("things-desk:table", number=number)


def _sought(who: Who, number: int) -> TableImport:
    keeper(who)
    kept = reads.table(who, number)
    if kept is None:
        raise Refusal("table.unknown", _("Diese Tabelle gibt es hier nicht."), status=404)
    return kept


def _form(request: HttpRequest, who: Who, kept: TableImport) -> LayoutForm:
    """The form, by the layout that was sent if that can be seen, else by the one that is kept."""
    layout = actions.layout_of(kept)
    guessed = reads.guessed(who, kept, layout)
    names = rules.names_in(guessed, layout.name) if layout.name is not None else []
    streams = [(one.id, one.name) for one in reads.fed(who, kept.thing_id)]
    given: dict[str, Any] = {
        "guessed": guessed,
        "names": names,
        "streams": streams,
        "zone": str(settings.SMILE.zone),
    }
    if request.method == "POST":
        return LayoutForm(request.POST, **given)
    return LayoutForm(initial=typed(layout, names), **given)


def _new_page(request: HttpRequest, form: NewTableForm, status: int) -> HttpResponse:
    context = {"form": form, "sections": sections(request), "path": _path(_("Tabelle hochladen"))}
    return render(request, "things/table_new.html", context, status=status)


def _draft_page(
    request: HttpRequest, who: Who, kept: TableImport, form: LayoutForm, status: int
) -> HttpResponse:
    layout = actions.layout_of(kept)
    context = {
        **_common(request, kept),
        "form": form,
        "looked": kept.columns["looked"],
        "preview": _preview(who, kept, layout, reads.guessed(who, kept, layout)),
    }
    return render(request, "things/table_draft.html", context, status=status)


def _progress_page(request: HttpRequest, kept: TableImport) -> HttpResponse:
    running = kept.state == TableImport.RUNNING
    still = request.GET.get("still") == "1"
    context = {
        **_common(request, kept),
        "running": running,
        "stopped": kept.state == TableImport.STOPPED,
        "done": kept.state == TableImport.DONE,
        "looking": kept.columns["pass"] == actions.LOOK,
        "share": min(100, kept.bytes_done * 100 // max(1, kept.size)),
        "before": max(0, kept.columns["values"] - kept.stored - kept.columns["failed"]),
        "still": still,
    }
    response = render(request, "things/table_progress.html", context)
    if running and not still:
        response["Refresh"] = str(SECONDS)  # also without JavaScript
    return response


def _common(request: HttpRequest, kept: TableImport) -> dict[str, Any]:
    return {
        "table": kept,
        "thing": _title(kept),
        "thing_key": kept.thing.noun.address.rpartition("/")[2],
        "state": STATES[kept.state],
        "troubles": [
            {**one, "words": TROUBLES.get(one["code"], _("Das geht nicht."))} for one in kept.troubles
        ],
        "more_troubles": max(0, kept.refused - len(kept.troubles)),
        "values": kept.columns["values"],
        "sections": sections(request),
        "path": _path(kept.name),
    }


def _preview(who: Who, kept: TableImport, layout: Layout, guessed: Guess) -> dict[str, Any]:
    """The first rows as they are understood: the time, and in each column what is stored of it."""
    zone = ZoneInfo(layout.zone)
    streams = {one.id: one for one in reads.fed(who, kept.thing_id)}
    readers = reads.readers(reads.streams(who, kept.thing_id, list(layout.values.values())))
    columns = [number for number in range(len(guessed.names)) if number not in (layout.time, layout.clock)]
    shown = columns[:SHOWN_COLUMNS]
    heads = []
    for number in shown:
        stream = streams.get(layout.values.get(number, 0))
        unit = (stream.unit or {}).get("symbol") if stream else ""
        feeds = f"{stream.name} ({unit})" if stream and unit else stream.name if stream else ""
        heads.append({"title": column_title(guessed, number), "feeds": feeds})
    rows = []
    for cells in _data(guessed, layout)[:SHOWN_ROWS]:
        row: dict[str, Any] = {"cells": [_cell(cells, number, layout, readers) for number in shown]}
        try:
            row["time"] = rules.time_of(cells, layout, zone)
        except Troubled as troubled:
            row["trouble"] = TROUBLES[troubled.trouble.code]
        rows.append(row)
    return {"heads": heads, "rows": rows, "left_out": len(columns) - len(shown)}


def _data(guessed: Guess, layout: Layout) -> list[list[str]]:
    """The rows of values; whether the first line is one is for the person to say."""
    if layout.header == guessed.layout.header:
        return guessed.rows
    return guessed.rows[1:] if layout.header else [guessed.names, *guessed.rows]


def _cell(cells: list[str], number: int, layout: Layout, readers: dict[int, Any]) -> dict[str, Any]:
    text = cells[number] if number < len(cells) else ""
    reader = readers.get(layout.values.get(number, 0))
    if reader is None or text.casefold() in rules.NOTHING:
        return {"text": text[:60], "fed": False}
    try:
        return {"text": reader(text, layout.decimal), "fed": True}
    except ValueError:
        return {"text": text[:60], "fed": True, "wrong": True}


def _title(kept: TableImport) -> str:
    return in_text(kept.thing.noun.title, get_language() or "de")


def _path(last: str = "") -> list[dict[str, Any]]:
    ways: list[dict[str, Any]] = [
        {"title": _("Schreibtisch"), "url": reverse("desk:today")},
        {"title": _("Sensoren"), "url": reverse("things-desk:list")},
        {"title": _("Tabellen"), "url": reverse("things-desk:tables")},
    ]
    if last:
        return [*ways, {"title": last}]
    del ways[-1]["url"]
    return ways
