# SPDX-License-Identifier: EUPL-1.2
"""Everything public about needs, to take away: as a table (CSV) and as JSON, streamed; and what the columns mean."""

import csv
import io
from collections.abc import Iterable, Iterator

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from smilecity.citizens.pages.finding import wish_of
from smilecity.citizens.reads.opendata import Row, comments_data, needs_data
from smilecity.people.reads import who_asks

LICENCE = "CC-BY-4.0"
NEEDS = {
    "id": gettext_lazy("Nummer; sie bleibt immer dieselbe"),
    "address": gettext_lazy("Adresse der Seite auf diesem Server"),
    "kind": gettext_lazy("Art: wish, problem, idea, praise, correction, question"),
    "category": gettext_lazy("Kategorie einer Meldung, leer ohne"),
    "title": gettext_lazy("Titel, wie er veröffentlicht ist"),
    "text": gettext_lazy("Worte, wie sie veröffentlicht sind; nie die ursprünglichen"),
    "language": gettext_lazy("Sprache von Titel und Text"),
    "door": gettext_lazy("Weg, auf dem es kam: web, kiosk, email, phone, paper, table, open311"),
    "said_on": gettext_lazy("Tag, an dem es gesagt wurde"),
    "published_on": gettext_lazy("Tag, an dem es öffentlich wurde"),
    "area": gettext_lazy("Schlüssel des Gebiets"),
    "longitude": gettext_lazy("Länge (WGS 84), auf Quadrate von 250 m vergröbert, wo jemand wohnt"),
    "latitude": gettext_lazy("Breite, ebenso"),
    "state": gettext_lazy("Stand: new, open, in_progress, answered, closed, reopened"),
    "decision": gettext_lazy("Entscheidung: accepted, done, merged, refused, referred, answered"),
    "answer": gettext_lazy("Antwort oder Begründung der Stadt"),
    "answered_on": gettext_lazy("Tag der Antwort"),
    "target": gettext_lazy("wodurch angenommen, womit zusammengeführt, an wen weitergegeben"),
    "keeper": gettext_lazy("Organisation, die es bearbeitet"),
    "due_on": gettext_lazy("Tag, bis zu dem die Stadt es schaffen will"),
    "backing": gettext_lazy("wie viele andere Menschen es auch brauchen"),
    "comments": gettext_lazy("wie viele Beiträge alle lesen"),
    "licence": gettext_lazy("Lizenz des Textes"),
}
COMMENTS = {
    "id": gettext_lazy("Nummer; sie bleibt immer dieselbe"),
    "need": gettext_lazy("Nummer des Anliegens"),
    "said_on": gettext_lazy("Tag, an dem er geschrieben wurde"),
    "language": gettext_lazy("Sprache"),
    "words": gettext_lazy("Worte des Beitrags; wer ihn schrieb, steht nicht dabei"),
    "official": gettext_lazy("ob ihn jemand schrieb, der Anliegen beantwortet"),
    "organisation": gettext_lazy("für welche Organisation, wenn ja"),
}
# A cell that begins so is taken for a formula by spreadsheets.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """GET /needs/data/: what there is, under which licence, and what each column means."""
    context = {
        "needs": NEEDS.items(),
        "comments": COMMENTS.items(),
        "licence": LICENCE,
        "path": [{"title": _("Anliegen"), "url": reverse("needs:list")}, {"title": _("Daten")}],
    }
    return render(request, "citizens/opendata.html", context)


@require_safe
def needs_csv(request: HttpRequest) -> HttpResponseBase:
    """GET /needs.csv?<as the list>: one public need a row, UTF-8, commas, RFC 4180."""
    return _csv(request, "needs", NEEDS, needs_data(who_asks(request), wish_of(request)))


@require_safe
def needs_json(request: HttpRequest) -> HttpResponseBase:
    """GET /needs.json?<as the list>: the same as JSON."""
    return _json(request, "needs", needs_data(who_asks(request), wish_of(request)))


@require_safe
def comments_csv(request: HttpRequest) -> HttpResponseBase:
    """GET /needs/comments.csv: one public comment a row."""
    return _csv(request, "comments", COMMENTS, comments_data(who_asks(request)))


@require_safe
def comments_json(request: HttpRequest) -> HttpResponseBase:
    """GET /needs/comments.json: the same as JSON."""
    return _json(request, "comments", comments_data(who_asks(request)))


def _csv(
    request: HttpRequest, name: str, columns: Iterable[str], some: Iterator[list[Row]]
) -> HttpResponseBase:
    return _stream(
        request, _table(list(columns), some), "text/csv; charset=utf-8; header=present", f"{name}.csv"
    )


def _json(request: HttpRequest, name: str, some: Iterator[list[Row]]) -> HttpResponseBase:
    return _stream(request, _items(name, some), "application/json", f"{name}.json")


def _table(columns: list[str], some: Iterator[list[Row]]) -> Iterator[bytes]:
    yield _lines([columns])
    for rows in some:
        yield _lines([_plain(row[name]) for name in columns] for row in rows)


def _lines(rows: Iterable[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def _plain(value: object) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text


def _items(name: str, some: Iterator[list[Row]]) -> Iterator[bytes]:
    """All of it as one document, a row a line; the same state gives the same bytes."""
    yield b'{"licence":"%s","%s":[' % (LICENCE.encode(), name.encode())
    comma = b"\n"
    for rows in some:
        for row in rows:
            yield comma + orjson.dumps(row)
            comma = b",\n"
    yield b"\n]}\n"


def _stream(request: HttpRequest, body: Iterator[bytes], content_type: str, name: str) -> HttpResponseBase:
    """With a name to save it by, its licence, and where it is explained."""
    answer = StreamingHttpResponse(body if request.method == "GET" else iter(()), content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-cache"
    page = request.build_absolute_uri(reverse("needs:data"))
    answer["Link"] = f'<{page}>; rel="describedby", <https://spdx.org/licenses/{LICENCE}>; rel="license"'
    return answer
