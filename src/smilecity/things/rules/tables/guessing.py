# SPDX-License-Identifier: EUPL-1.2
"""How a table of values is written, guessed from its first lines."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from smilecity.core.lines import MOST_CELL, cells_of, delimiter_of, first_lines
from smilecity.things.rules.tables.reading import (
    CLOCK,
    EPOCH,
    EPOCH_MS,
    GERMAN,
    GERMAN_TIME,
    ISO,
    ISO_TIME,
    MILLISECONDS,
    NOTHING,
    SECONDS,
    Layout,
    number,
)

MOST_COLUMNS = 500
MOST_NAMES = 100  # of datastreams, in a column


@dataclass(frozen=True, slots=True)
class Guess:
    """What the first lines look like: the layout without datastreams, the names of columns, the first rows."""

    layout: Layout
    names: list[str]
    rows: list[list[str]]


def guess(head: bytes, encoding: str, zone: str, *, delimiter: str = "") -> Guess:
    """How the table is written, by its first lines; its `delimiter` may be known."""
    lines = first_lines(head, encoding)
    delimiter = delimiter or delimiter_of(lines)
    table = [cells_of(line, delimiter)[:MOST_COLUMNS] for line in lines]
    width = max(map(len, table), default=0)
    has_header = bool(table) and not any(_is_datum(cell) for cell in table[0]) and len(table) > 1
    rows = table[1:] if has_header else table
    columns = [[row[number] for row in rows if number < len(row)] for number in range(width)]
    layout = Layout(encoding=encoding, delimiter=delimiter, header=has_header, zone=zone)
    layout = _with_time(layout, columns)
    layout = msgspec.structs.replace(layout, decimal=_decimal(layout, columns))
    layout = _with_long_form(layout, columns)
    titles = table[0] if has_header else []
    names = [(titles[number] if number < len(titles) else "")[:MOST_CELL] for number in range(width)]
    return Guess(layout, names, [[cell[:MOST_CELL] for cell in row] for row in rows])


def names_in(guessed: Guess, column: int) -> list[str]:
    """The names in a column of a long table, as far as the first rows show them."""
    found = dict.fromkeys(row[column] for row in guessed.rows if column < len(row))
    return [name for name in found if name.casefold() not in NOTHING][:MOST_NAMES]


def format_of(texts: Sequence[str]) -> str | None:
    """The format of most of these; None if fewer than seven of ten are times."""
    for format_, shape in (
        (ISO, ISO_TIME),
        (GERMAN, GERMAN_TIME),
        (SECONDS, EPOCH),
        (MILLISECONDS, EPOCH_MS),
    ):
        if texts and sum(shape.fullmatch(text) is not None for text in texts) >= 0.7 * len(texts):
            return format_
    return None


def _is_datum(cell: str) -> bool:
    return bool(cell) and (
        _is_number(cell) or any(shape.fullmatch(cell) for shape in (ISO_TIME, GERMAN_TIME))
    )


def _is_number(cell: str) -> bool:
    for decimal in (",", "."):
        try:
            number(cell, decimal)
        except ValueError:
            continue
        return True
    return False


def _with_time(layout: Layout, columns: Sequence[Sequence[str]]) -> Layout:
    for place, column in enumerate(columns):
        said = [cell for cell in column if cell]
        format_ = format_of(said)
        if format_ is None:
            continue
        after = [cell for cell in columns[place + 1] if cell] if place + 1 < len(columns) else []
        apart = (
            bool(after)
            and all(CLOCK.fullmatch(cell) for cell in after)
            and not any(":" in one for one in said)
        )
        return msgspec.structs.replace(layout, time=place, format=format_, clock=place + 1 if apart else None)
    return layout


def _decimal(layout: Layout, columns: Sequence[Sequence[str]]) -> str:
    cells = [
        cell
        for place, column in enumerate(columns)
        if place not in (layout.time, layout.clock)
        for cell in column
    ]
    commas = sum(re.fullmatch(r"[+-]?[\d.]*\d,\d+", cell, re.ASCII) is not None for cell in cells)
    points = sum(re.fullmatch(r"[+-]?[\d,]*\d\.\d+", cell, re.ASCII) is not None for cell in cells)
    if commas == points:
        return "." if layout.delimiter == "," else ","
    return "," if commas > points else "."


def _with_long_form(layout: Layout, columns: Sequence[Sequence[str]]) -> Layout:
    """A table is long if beside the time there is one column of numbers, and one of a few names that come again."""
    others = [place for place in range(len(columns)) if place not in (layout.time, layout.clock)]
    numbers = [place for place in others if _mostly(columns[place], _is_number)]
    names = [place for place in others if place not in numbers and _repeats(columns[place])]
    if len(numbers) != 1 or not names:
        return layout
    return msgspec.structs.replace(layout, name=names[0], value=numbers[0])


def _mostly(column: Sequence[str], holds: Callable[[str], bool]) -> bool:
    said = [cell for cell in column if cell.casefold() not in NOTHING]
    return bool(said) and sum(map(holds, said)) >= 0.8 * len(said)


def _repeats(column: Sequence[str]) -> bool:
    said = [cell for cell in column if cell]
    return len(said) > 1 and len(set(said)) <= min(MOST_NAMES, len(said) // 2 + 1)
