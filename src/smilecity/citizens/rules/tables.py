# SPDX-License-Identifier: EUPL-1.2
"""A table of what people said at a meeting: which column is what is guessed, and what its rows say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
from django.utils.translation import gettext_lazy as _

from smilecity.citizens.rules.coming import Spot, checked_spot, checked_where
from smilecity.citizens.rules.sheets import LETTERS
from smilecity.citizens.rules.words import KINDS, checked_contact, checked_kind, checked_words
from smilecity.core.lines import (
    BLANK,
    MOST_CELL,
    MOST_LINE,
    UTF8,
    cells_of,
    delimiter_of,
    first_lines,
    text_of,
)
from smilecity.core.problems import Refusal, Sentence

ROLES: dict[str, Sentence] = {
    "words": _("Worte"),
    "kind": _("Art"),
    "category": _("Kategorie"),
    "place": _("Ort oder Stadtteil"),
    "longitude": _("Länge (Ost)"),
    "latitude": _("Breite (Nord)"),
    "date": _("Tag"),
    "contact": _("E-Mail"),
}
MOST_COLUMNS = 60
# How people title such columns, folded; the first that fits.
_TITLES = {
    "words": ("worte", "anliegen", "text", "beitrag", "beschreibung", "words", "description", "comment"),
    "kind": ("art", "typ", "kind", "type"),
    "category": ("kategorie", "thema", "category", "service_code"),
    "place": ("ort", "stadtteil", "ortsteil", "quartier", "bezirk", "place", "district"),
    "longitude": ("länge", "laenge", "longitude", "lon", "lng", "long", "x"),
    "latitude": ("breite", "latitude", "lat", "y"),
    "date": ("datum", "tag", "date", "am"),
    "contact": ("e-mail", "email", "mail", "kontakt", "contact"),
}
_KINDS = {
    "wunsch": "wish", "problem": "problem", "idee": "idea", "lob": "praise", "korrektur": "correction",
    "frage": "question",
}  # fmt: skip


class Layout(msgspec.Struct, frozen=True):
    """How a table is written and which column (by number, from 0) is what; `kind` is meant where none is said."""

    encoding: str = UTF8
    delimiter: str = ";"
    header: bool = True
    kind: str = "wish"
    columns: dict[str, int] = {}


@dataclass(frozen=True, slots=True)
class Guess:
    """What the first lines look like: the layout, the titles of columns, the first rows."""

    layout: Layout
    names: list[str]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """What a line says, checked as far as can be without the city's own lists."""

    kind: str
    words: str
    category: str
    place: str
    spot: Spot | None
    day: date | None
    contact: str


def guess(head: bytes, encoding: str, delimiter: str = "") -> Guess:
    """How the table is written, by its first lines; a lone column, or the one with the longest texts, is the words."""
    lines = first_lines(head, encoding)
    delimiter = delimiter or delimiter_of(lines)
    table = [[cell[:MOST_CELL] for cell in cells_of(line, delimiter)[:MOST_COLUMNS]] for line in lines]
    columns = _titled(table[0]) if table else {}
    header = bool(columns) and len(table) > 1
    names, rows = (table[0], table[1:]) if header else ([], table)
    width = max(map(len, table), default=0)
    if not header:
        columns = {}
    if "words" not in columns and width:
        free = [one for one in range(width) if one not in columns.values()] or [0]
        columns["words"] = max(free, key=lambda one: sum(len(row[one]) for row in rows if one < len(row)))
    names = [names[one] if one < len(names) else "" for one in range(width)]
    return Guess(Layout(encoding=encoding, delimiter=delimiter, header=header, columns=columns), names, rows)


def read_row(line: bytes, layout: Layout) -> Row | None:
    """What a line says; None if it is empty. Refuses what cannot be taken, by the code of the rule that says no."""
    if len(line) > MOST_LINE:
        raise Refusal("table.long-line", _("Diese Zeile ist viel zu lang."))
    text = text_of(line, layout.encoding)
    if not text.strip(BLANK + layout.delimiter):
        return None
    cells = cells_of(text, layout.delimiter)
    if "\0" in text or not cells:
        raise Refusal("table.nul", _("Diese Zeile enthält Zeichen, die kein Text sind."))
    return row_of(cells, layout)


def row_of(cells: Sequence[str], layout: Layout) -> Row:
    """What the cells of a line say."""
    said = {role: cells[at] for role, at in layout.columns.items() if at < len(cells)}
    return Row(
        kind=checked_kind(kind_of(said.get("kind", "")) or layout.kind),
        words=checked_words(said.get("words", "")),
        category=said.get("category", ""),
        place=checked_where(said.get("place", "")),
        spot=_spot(said.get("longitude", ""), said.get("latitude", "")),
        day=day_of(said.get("date", "")),
        contact=checked_contact(said.get("contact", "")),
    )


def kind_of(text: str) -> str:
    """The kind that is written there, in German, by its code or by its letter; empty if none is."""
    said = text.strip().casefold()
    return _KINDS.get(said) or (said if said in KINDS else LETTERS.get(said, said))


def day_of(text: str) -> date | None:
    """The day, written 2026-05-31, 31.05.2026 or 31.5.26; None if there is none. Refuses what is no day."""
    said = text.strip().partition(" ")[0].partition("T")[0]
    if not said:
        return None
    for shape in ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"):
        try:
            return datetime.strptime(said, shape).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise Refusal("table.bad-day", _("Dieser Tag ist nicht zu lesen."), field="date")


def _spot(longitude: str, latitude: str) -> Spot | None:
    if not (longitude or latitude):
        return None
    try:
        east, north = float(longitude.replace(",", ".")), float(latitude.replace(",", "."))
    except ValueError as error:
        raise Refusal("table.bad-position", _("Diese Stelle ist nicht zu lesen."), field="spot") from error
    return checked_spot(east, north)


def _titled(titles: Sequence[str]) -> dict[str, int]:
    """Which column is what, by its title."""
    folded = [title.casefold() for title in titles]
    found: dict[str, int] = {}
    for role, names in _TITLES.items():
        at = next((folded.index(name) for name in names if name in folded), None)
        if at is not None and at not in found.values():
            found[role] = at
    return found
