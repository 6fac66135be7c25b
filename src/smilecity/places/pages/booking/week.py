# SPDX-License-Identifier: EUPL-1.2
"""A unit's calendar as a page shows it: what is free as buttons, what is not in as few lines as possible."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from smilecity.core import moments
from smilecity.places.pages.booking import said
from smilecity.places.reads import booking as reads
from smilecity.places.rules import booking as rules

DAYS = 7
FREE, ASK, OWN, NO = "free", "ask", "own", "no"


@dataclass(slots=True)
class Line:
    """One line of a day: a start that can be had, one's own booking, or starts in a row that cannot, with the reason."""

    kind: str
    start: str
    end: str
    value: str = ""
    why: str = ""
    booking: int | None = None
    last: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the week: `short` on top of its column, `chosen` is the one the phone shows."""

    key: str
    name: str
    short: str
    url: str
    chosen: bool
    lines: list[Line]
    free: int


def first_of(day: date) -> date:
    """The first of the seven days shown with this one: today, or today in some weeks, for nobody books the past."""
    today = said.today()
    return today + timedelta(days=max((day - today).days, 0) // DAYS * DAYS)


def week(calendar: reads.Calendar, chosen: date, query: Mapping[str, Any]) -> list[Day]:
    """The calendar's days; `query` is what an address keeps when the day changes."""
    return [
        Day(
            key=one.isoformat(),
            name=said.day(one),
            short=f"{moments.weekday(one)[:2]} {one.day}.",
            url="?" + urlencode({**query, "day": one.isoformat()}),
            chosen=one == chosen,
            lines=(lines := _lines(cells)),
            free=sum(line.kind in (FREE, ASK) for line in lines),
        )
        for one, cells in calendar.days
    ]


def ways(first: date, query: Mapping[str, Any]) -> dict[str, str]:
    """The addresses of the days before and after; none before today."""
    before, after = first - timedelta(days=DAYS), first + timedelta(days=DAYS)
    return {
        "before": "?" + urlencode({**query, "day": before}) if before >= said.today() else "",
        "after": "?" + urlencode({**query, "day": after}),
    }


def _lines(cells: list[reads.Cell]) -> list[Line]:
    found: list[Line] = []
    for cell in cells:
        line = _line(cell)
        if line is None:
            continue
        last = found[-1] if found else None
        if last and (last.kind, last.why, last.booking) == (line.kind, line.why, line.booking):
            if line.kind == OWN:
                continue
            if line.kind == NO:
                last.last = line.start
                continue
        found.append(line)
    return found


def _line(cell: reads.Cell) -> Line | None:
    slot, decision = cell.slot, cell.slot.decision
    if decision.code == "booking.past":
        return None
    start, end = said.local(slot.start), said.local(slot.end)
    line = Line(
        NO, f"{start:%H:%M}", f"{end:%H:%M}", value=slot.start.isoformat(), why=str(decision.sentence)
    )
    if decision.verdict == rules.ALLOWED:
        line.kind, line.why = FREE, ""
    elif decision.verdict == rules.ASK:
        line.kind = ASK
    elif cell.mine and cell.booking is not None:
        own = said.span(cell.booking)
        line.kind, line.booking, line.why = OWN, cell.booking.id, ""
        line.start, line.end = f"{said.local(own[0]):%H:%M}", f"{said.local(own[1]):%H:%M}"
    elif decision.code == rules.TAKEN:
        line.why = _("vergeben")
    return line
