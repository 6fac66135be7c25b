# SPDX-License-Identifier: EUPL-1.2
"""A table of values that somebody brought: how it is written, and what its rows say.

A row is a line; a value that runs over several lines is trouble of those lines.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import msgspec

from smilecity.core.lines import BLANK, MOST_CELL, MOST_LINE, UTF8, cells_of, text_of

ISO, GERMAN, SECONDS, MILLISECONDS = "iso", "german", "epoch", "epoch-ms"
FORMATS = (ISO, GERMAN, SECONDS, MILLISECONDS)
REFUSED, FIRST, SECOND = "refused", "first", "second"
TWICE = (REFUSED, FIRST, SECOND)

NOTHING = frozenset(
    {"", "-", "--", "---", "nan", "null", "na", "n/a", "#n/a", "none", "k.a.", "keine angabe"}
)
TRUE = frozenset({"true", "wahr", "ja", "yes", "1"})
FALSE = frozenset({"false", "falsch", "nein", "no", "0"})

ISO_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ]+(\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?) ?(Z|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)
GERMAN_TIME = re.compile(
    r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?:[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII
)
CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?", re.ASCII)
EPOCH = re.compile(r"\d{9,10}(\.\d{1,6})?", re.ASCII)
EPOCH_MS = re.compile(r"\d{12,13}", re.ASCII)
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


class Layout(msgspec.Struct, frozen=True):
    """How a table is written and what its columns (by number, from 0) are.

    `time`, with `clock` if the time of day stands in a column of its own. Either `values` says which column feeds which
    datastream, or, in a long table, `name` is the column that says of what a row is, `value` that of its value, and
    `named` which datastream each name means. Times without an offset are of the time zone `zone`; `twice` says which of
    two moments is meant where clocks go back.
    """

    encoding: str = UTF8
    delimiter: str = ";"
    decimal: str = ","
    header: bool = True
    time: int | None = None
    clock: int | None = None
    format: str = ISO
    zone: str = "UTC"
    twice: str = REFUSED
    values: dict[int, int] = {}
    name: int | None = None
    value: int | None = None
    named: dict[str, int] = {}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a row, or one value of it, cannot be taken: a code, and the words in question."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value of a row: for which datastream, when, what."""

    datastream: int
    time: datetime
    result: Any


@dataclass(slots=True)
class Row:
    """What a row says."""

    readings: list[Reading] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


def read_row(
    line: bytes, layout: Layout, zone: tzinfo, types: Mapping[int, Callable[[str, str], Any]]
) -> Row | None:
    """What a line says; None if it is empty. `types` says by datastream how its values are read."""
    if len(line) > MOST_LINE:
        return Row(troubles=[Trouble("table.long-line")])
    text = text_of(line, layout.encoding)
    if not text.strip(BLANK + layout.delimiter):
        return None
    if "\0" in text:
        return Row(troubles=[Trouble("table.nul")])
    return row_of(cells_of(text, layout.delimiter), layout, zone, types)


def row_of(
    cells: Sequence[str], layout: Layout, zone: tzinfo, types: Mapping[int, Callable[[str, str], Any]]
) -> Row:
    """What the cells of a line say."""
    row = Row()
    try:
        moment = time_of(cells, layout, zone)
        for datastream, said in _values_in(cells, layout):
            if said.casefold() in NOTHING:
                continue
            try:
                row.readings.append(Reading(datastream, moment, types[datastream](said, layout.decimal)))
            except ValueError:
                row.troubles.append(Trouble("table.bad-value", said[:80]))
    except Troubled as troubled:
        row.troubles.append(troubled.trouble)
    return row


def number(text: str, decimal: str) -> float:
    """The number with this decimal mark; the other mark or blanks may part thousands. ValueError if none."""
    other = "." if decimal == "," else ","
    whole, mark, rest = text.partition(decimal)
    if other in whole or "'" in whole or "\u2019" in whole or " " in whole or "\u00a0" in whole:
        if not re.fullmatch(r"[+-]?\d{1,3}([.,' \u2019\u00a0]\d{3})+", whole, re.ASCII):
            raise ValueError(text)
        whole = re.sub(r"[.,' \u2019\u00a0]", "", whole)
    plain = (whole + ("." + rest if mark else "")).replace("\u2212", "-")
    if not _PLAIN.fullmatch(plain):
        raise ValueError(text)
    found = float(plain)
    if found in (float("inf"), float("-inf")):
        raise ValueError(text)
    return found


def truth(text: str, decimal: str) -> bool:
    """Whether it says yes; ValueError if neither yes nor no."""
    said = text.casefold()
    if said not in TRUE | FALSE:
        raise ValueError(text)
    return said in TRUE


def words(text: str, decimal: str) -> str:
    """A text as it is; ValueError if it is longer than a cell may be."""
    if len(text) > MOST_CELL:
        raise ValueError(text)
    return text


def moment_of(text: str, format_: str, zone: tzinfo, twice: str = REFUSED) -> datetime:
    """The moment that a cell says, in UTC. Raises `Troubled` by its code: bad-time, no-such-time, time-twice."""
    try:
        moment = _READ[format_](text)
    except (ValueError, OverflowError, OSError) as error:
        raise Troubled("table.bad-time", text) from error
    if moment.tzinfo is None:
        moment = _placed(moment, text, zone, twice)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise Troubled("table.bad-time", text) from error


class Troubled(ValueError):
    """A row whose time, or whose cells, cannot be read."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(code)
        self.trouble = Trouble(code, text[:80])


def _placed(moment: datetime, text: str, zone: tzinfo, twice: str) -> datetime:
    """A time of day in its zone: one that the clocks skip is none, one that they show twice must be said which."""
    first, second = moment.replace(tzinfo=zone, fold=0), moment.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        raise Troubled("table.no-such-time", text)
    if twice == REFUSED:
        raise Troubled("table.time-twice", text)
    return first if twice == FIRST else second


def _iso(text: str) -> datetime:
    found = ISO_TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    day, clock, offset = found.groups()
    return datetime.fromisoformat(f"{day}T{(clock or '00:00').replace(',', '.')}{offset or ''}")


def _german(text: str) -> datetime:
    found = GERMAN_TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
    if len(found[3]) == 2:
        year += 2000 if year < 70 else 1900
    if (hour, minute, second) == (24, 0, 0):  # how many write midnight at the end of a day
        return datetime(year, month, day) + timedelta(days=1)  # noqa: DTZ001 - of the zone that is said apart
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001


def _seconds(text: str) -> datetime:
    if not EPOCH.fullmatch(text):
        raise ValueError(text)
    return datetime.fromtimestamp(float(text), UTC)


def _milliseconds(text: str) -> datetime:
    if not EPOCH_MS.fullmatch(text):
        raise ValueError(text)
    return datetime.fromtimestamp(int(text) / 1000, UTC)


_READ: dict[str, Callable[[str], datetime]] = {
    ISO: _iso,
    GERMAN: _german,
    SECONDS: _seconds,
    MILLISECONDS: _milliseconds,
}


def time_of(cells: Sequence[str], layout: Layout, zone: tzinfo) -> datetime:
    """When a row is of, in UTC; raises `Troubled`."""
    wanted = [one for one in (layout.time, layout.clock) if one is not None]
    if not wanted or max(wanted) >= len(cells):
        raise Troubled("table.short-row")
    return moment_of(" ".join(cells[one] for one in wanted), layout.format, zone, layout.twice)


def _values_in(cells: Sequence[str], layout: Layout) -> list[tuple[int, str]]:
    if layout.name is None:
        return [(stream, cells[column]) for column, stream in layout.values.items() if column < len(cells)]
    if layout.value is None or max(layout.name, layout.value) >= len(cells):
        raise Troubled("table.short-row")
    datastream = layout.named.get(cells[layout.name])
    return [] if datastream is None else [(datastream, cells[layout.value])]
