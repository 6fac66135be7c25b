# SPDX-License-Identifier: EUPL-1.2
"""Categories as a table (CSV), there and back again."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from smilecity.citizens.rules.categories import KeptCategory, checked_category
from smilecity.core.problems import Refusal, Sentence

COLUMNS = (
    "code", "group", "title_de", "title_en", "text_de", "text_en", "words", "organisation", "days", "order", "active",
    "asks",
)  # fmt: skip
MOST_BYTES, MOST_ROWS = 1_000_000, 1000
# What programs for tables take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t")


@dataclass(frozen=True, slots=True)
class Line:
    """A category, and the address of the organisation that is responsible for it (empty for none)."""

    category: KeptCategory
    organisation: str = ""


def written(lines: Iterable[Line]) -> str:
    """The table; with a byte order mark, so that programs for tables know its letters."""
    out = io.StringIO()
    rows = csv.writer(out, delimiter=";", lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for line in lines:
        one = line.category
        rows.writerow(
            _harmless(cell)
            for cell in (
                one.code, one.parent, one.title.get("de", ""), one.title.get("en", ""), one.text.get("de", ""),
                one.text.get("en", ""), one.words, line.organisation, "" if one.days is None else str(one.days),
                str(one.order), "1" if one.active else "0",
                json.dumps(list(one.asks), ensure_ascii=False) if one.asks else "",
            )
        )  # fmt: skip
    return "\ufeff" + out.getvalue()


def read(body: bytes) -> list[Line]:
    """The lines of a table, all of them right. Refuses the first that is not, with its number."""
    rows = _rows(body)
    lines: list[Line] = []
    for number, row in enumerate(rows, start=2):
        try:
            lines.append(_line(row))
        except Refusal as refusal:
            raise _wrong(
                refusal.code,
                _("Zeile %(number)d: %(why)s") % {"number": number, "why": refusal.sentence},
                refusal.cure
                or _("Nichts ist geändert. Ändern Sie die Zeile, und lesen Sie die Datei noch einmal ein."),
            ) from refusal
    codes = [line.category.code for line in lines]
    if twice := next((code for code in codes if codes.count(code) > 1), ""):
        raise _wrong("category.code-twice", _("Die Kennung %(code)s steht zweimal da.") % {"code": twice})
    return lines


def _rows(body: bytes) -> list[dict[str, str]]:
    if len(body) > MOST_BYTES:
        raise _wrong("category.file-too-large", _("Diese Datei ist zu groß."))
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong("category.file-not-text", _("Diese Datei ist keine Tabelle in UTF-8.")) from error
    first = text.partition("\n")[0]
    try:
        rows = list(
            csv.DictReader(io.StringIO(text), delimiter=";" if first.count(";") >= first.count(",") else ",")
        )
    except csv.Error as error:
        raise _wrong("category.file-no-table", _("Das ist keine Tabelle (CSV).")) from error
    if not rows or not {"code", "title_de"} <= {str(name).strip() for name in rows[0]}:
        raise _wrong(
            "category.file-columns", _("Dieser Tabelle fehlen Zeilen oder die Spalten „code“ und „title_de“.")
        )
    if len(rows) > MOST_ROWS:
        raise _wrong(
            "category.file-too-many", _("Mehr als %(most)d Zeilen sind zu viele.") % {"most": MOST_ROWS}
        )
    return [
        {str(name).strip(): _plain(cell) for name, cell in row.items() if name is not None} for row in rows
    ]


def _line(row: Mapping[str, str]) -> Line:
    return Line(
        checked_category(
            KeptCategory(
                code=row["code"],
                title={"de": row["title_de"], "en": row.get("title_en", "")},
                text={"de": row.get("text_de", ""), "en": row.get("text_en", "")},
                words=row.get("words", ""),
                parent=row.get("group", ""),
                days=_number(row.get("days", "")),
                asks=_asks(row.get("asks", "")),
                order=_number(row.get("order", "")) or 0,
                active=row.get("active", "1") not in ("0", "false", "nein", "no"),
            )
        ),
        row.get("organisation", ""),
    )


def _number(text: str) -> int | None:
    if not text:
        return None
    try:
        return int(text) if len(text) < 10 else 10**9
    except ValueError as error:
        raise _wrong(
            "category.number", _("„%(text)s“ ist keine ganze Zahl.") % {"text": text[:40]}
        ) from error


def _asks(text: str) -> Any:
    try:
        return json.loads(text) if text else []
    except (ValueError, RecursionError) as error:
        raise _wrong(
            "category.asks", _("Die Fragen in der Spalte „asks“ sind nicht zu verstehen.")
        ) from error


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) and not cell.lstrip("-").isdigit() else cell


def _plain(cell: str | list[str] | None) -> str:
    text = (cell if isinstance(cell, str) else "").strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text


def _wrong(code: str, sentence: Sentence, cure: Sentence = "") -> Refusal:
    return Refusal(code, sentence, cure=cure, field="file", status=422)
