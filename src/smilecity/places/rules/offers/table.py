# SPDX-License-Identifier: EUPL-1.2
"""Offers in a table (CSV), a line each, as programs for tables write it in German and English."""

import csv
import hashlib
import io
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence
from smilecity.places.rules.ical import MOST_BYTES, MOST_EVENTS, Broken, Entry

# A column's names, the first is the one the guide tells.
COLUMNS: dict[str, tuple[str, ...]] = {
    "uid": ("kennung", "id", "uid"),
    "title": ("titel", "name", "title"),
    "starts": ("beginn", "start", "starts"),
    "minutes": ("minuten", "dauer", "minutes", "duration"),
    "text": ("beschreibung", "text", "description"),
    "where": ("wo", "ort", "where", "location"),
    "rule": ("wiederholung", "rrule", "rule"),
    "url": ("webseite", "url", "website"),
}
_SHAPES = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M")


def read(body: bytes) -> tuple[list[Entry], list[Broken]]:
    """The lines as entries, and those that could not be read. Refuses what is no table with a title and a beginning."""
    if len(body) > MOST_BYTES:
        raise _refused(_("Diese Datei ist zu groß."))
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    try:
        rows = list(
            csv.DictReader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
        )
    except csv.Error as error:
        raise _refused(_("Das ist keine Tabelle (CSV).")) from error
    named = {_column(name): name for name in (rows[0] if rows else {}) if name is not None}
    if "title" not in named or "starts" not in named:
        raise _refused(_("Dieser Tabelle fehlt die Spalte „titel“ oder „beginn“."))
    if len(rows) > MOST_EVENTS:
        raise _refused(_("In dieser Datei sind zu viele Termine."))
    entries: list[Entry] = []
    broken: list[Broken] = []
    for number, row in enumerate(rows, start=2):
        said = {name: (row.get(column) or "").strip() for name, column in named.items() if name}
        try:
            entries.append(_entry(said))
        except ValueError:
            broken.append(
                Broken(
                    said["title"] or f"{number}", _("Beginn oder Dauer dieser Zeile sind nicht zu verstehen.")
                )
            )
    return entries, broken


def _entry(said: Mapping[str, str]) -> Entry:
    starts = _moment(said["starts"])
    title = said["title"][:120]
    if not title:
        raise ValueError("without a title")
    digest = hashlib.sha256(f"{title}\n{starts.isoformat()}".encode()).hexdigest()[:20]
    return Entry(
        uid=said.get("uid") or digest, title=title, starts=starts, minutes=int(said.get("minutes") or 60),
        text=said.get("text", "")[:4000], where=said.get("where", "")[:200], url=said.get("url", ""),
        rule=said.get("rule", ""),
    )  # fmt: skip


def _moment(text: str) -> datetime:
    for shape in _SHAPES:
        try:
            return datetime.strptime(text, shape)  # noqa: DTZ007 - in wall clock
        except ValueError:
            continue
    raise ValueError(text)


def _column(name: str) -> str:
    folded = name.strip().casefold()
    return next((kept for kept, known in COLUMNS.items() if folded in known), "")


def _refused(sentence: Sentence) -> Refusal:
    return Refusal(
        "table.not-readable", sentence, cure=_("Die Anleitung zeigt ein Beispiel."), field="file", status=422
    )
