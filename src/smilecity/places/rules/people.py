# SPDX-License-Identifier: EUPL-1.2
"""How busy it is, in words that give nobody away.

All counts from 1 to below `few_below` must be told alike, in words, comparisons and drawings: whoever can
tell 1 from 2 can tell who came. Zero is said, for it is about no one.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from smilecity.core.problems import Sentence
from smilecity.things.rules import said

FREE, LITTLE, FULL, UNKNOWN = "free", "little", "full", "unknown"
LITTLE_FROM = 0.7
SAME_SHARE = 0.25
SAME_PEOPLE = 1.5
# Counts are told alike here and on the pages of sensors.
whole, drawn, shown = said.whole, said.drawn, said.shown
_VERDICTS: dict[str, Sentence] = {
    FREE: _later("Platz frei"),
    LITTLE: _later("Wenig Platz"),
    FULL: _later("Voll"),
    UNKNOWN: _later("Nicht bekannt"),
}


@dataclass(frozen=True, slots=True)
class Occupancy:
    """`room` is a code, `verdict` says it; `count` says how many; `seen` is what comparisons may know."""

    room: str
    verdict: str
    count: str
    seen: float | None = None


def occupancy(count: float | None, room_for: int | None, few_below: int) -> Occupancy:
    """What is said of `count` people where `room_for` fit well. `None` and impossible counts are no data."""
    people = whole(count)
    if people is None:
        return Occupancy(UNKNOWN, verdict(UNKNOWN), _("Keine aktuellen Daten"))
    seen = drawn(people, few_below)
    room = _room(people, seen, room_for, few_below)
    return Occupancy(room, verdict(room), said.counted(people, few_below), seen)


def verdict(room: str) -> str:
    """The code of a room in words."""
    return str(_VERDICTS[room])


def compared(seen: float, usual: float, few_below: int, days: int) -> str:
    """`seen` (of an `Occupancy`) with what is usual at this hour, known from so many days (one or more)."""
    often = whole(usual)
    if often is None:
        return ""
    then = drawn(often, few_below)
    if abs(seen - then) <= max(SAME_PEOPLE, SAME_SHARE * then):
        return (
            _("so viel los wie gestern um diese Zeit")
            if days == 1
            else _("so viel los wie sonst um diese Zeit")
        )
    if seen > then:
        return _("mehr los als gestern um diese Zeit") if days == 1 else _("mehr los als sonst um diese Zeit")
    return (
        _("weniger los als gestern um diese Zeit") if days == 1 else _("weniger los als sonst um diese Zeit")
    )


def best(rooms: list[str]) -> str:
    """Of the units of one place, the one a newcomer would go to."""
    return next((room for room in (FREE, LITTLE, FULL) if room in rooms), UNKNOWN)


def _room(people: int, seen: float, room_for: int | None, few_below: int) -> str:
    if not room_for:
        return UNKNOWN
    if 0 < people < few_below:  # "full" would tell that it is the most of the few
        return FREE if seen / room_for < LITTLE_FROM else LITTLE
    if people >= room_for:
        return FULL
    return FREE if people / room_for < LITTLE_FROM else LITTLE
