# SPDX-License-Identifier: EUPL-1.2
"""What can be booked in the demo: a court with two halves, a hall in thirds with a season for clubs, a room on request.

All of it is data: units, policies, wishes. Days are reckoned from when the city is founded, so that calendars look alive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings

from smilecity.core import clock
from smilecity.core.who import NODE, Who
from smilecity.places.actions import booking as acts
from smilecity.places.actions import keep_unit
from smilecity.places.demo.table import Pair, texts
from smilecity.places.models import Place, Unit
from smilecity.places.reads import booking as reads
from smilecity.places.rules import booking as rules
from smilecity.places.rules.booking.series import weekly

# Who asks, by the name of one of the demo's people.
Known = Callable[[str], Who]


@dataclass(frozen=True, slots=True)
class DemoPart:
    """A unit: what it is part of, its kind; one that the place has already keeps its name."""

    key: str
    kind: str
    name: Pair | None = None
    parent: str = ""
    room_for: int | None = None


@dataclass(frozen=True, slots=True)
class Bookable:
    """What can be booked at a place, by which rules."""

    slug: str
    policy: str
    rules: dict[str, Any]
    parts: tuple[DemoPart, ...]
    booked: tuple[tuple[str, str, int, int, str], ...] = field(default=())
    """Who, which unit, in how many days, not before which hour, what for."""


COURT = Bookable(
    "hafensport",
    "Felder",
    {
        "step": 30, "shortest": 60, "longest": 120, "latest_days": 14, "cancel_until": 60, "grace": 15,
        "person": {"open": 4, "minutes": 360}, "people": 20,
    },
    (
        DemoPart("korb", "court"),
        DemoPart("korb-nord", "court", ("Nordkorb", "North basket"), "korb", 6),
        DemoPart("korb-sued", "court", ("Südkorb", "South basket"), "korb", 6),
    ),
    (
        ("Anna", "korb-nord", 1, 16, "Basketball nach der Schule"), ("Rolf", "korb", 1, 18, ""),
        ("Mia", "korb-sued", 2, 9, "Frühsport"), ("Anna", "korb", 3, 17, "Geburtstagsspiel"),
        ("Paul", "korb-nord", 3, 12, ""), ("Tina", "korb", 4, 10, "Schnuppertraining"), ("Mia", "korb", 5, 15, ""),
        ("Rolf", "korb-sued", 6, 11, ""),
    ),
)  # fmt: skip
HALL = Bookable(
    "sporthalle-luetten-klein",
    "Hallenzeiten",
    {
        "step": 30, "shortest": 60, "longest": 240, "latest_days": 60, "soonest": 120,
        "approval": "longer", "approval_over": 120, "cancel_until": 24 * 60,
        "fees": {"person": 1500, "club": 500, "business": 4000},
        "fee_text": {"de": "Der Preis deckt Licht und Heizung.", "en": "The price covers light and heating."},
    },
    (
        DemoPart("halle", "hall"),
        *(
            DemoPart(f"drittel-{n}", "court", (f"Drittel {n}", f"Third {n}"), "halle", 15)
            for n in (1, 2, 3)
        ),
    ),
    (("Anna", "drittel-1", 2, 16, "Federball"), ("Karim", "drittel-2", 2, 17, ""), ("Rolf", "halle", 4, 16, "")),
)  # fmt: skip
ROOM = Bookable(
    "nachbarschaftstreff",
    "Raum auf Anfrage",
    {
        "step": 30, "shortest": 60, "longest": 240, "latest_days": 90, "soonest": 24 * 60, "approval": "always",
        "gap": 30, "people": 35, "fees": {"person": 0, "club": 0, "business": 2500},
    },
    (DemoPart("cafe", "room"),),
    (("Anna", "cafe", 5, 14, "Kindergeburtstag"), ("Mia", "cafe", 8, 10, "Nähkreis"), ("Rolf", "cafe", 9, 15, "Skat")),
)  # fmt: skip
ALL = (COURT, HALL, ROOM)


def let_book(kept: Mapping[str, int], organisations: Mapping[str, int], known: Known) -> None:
    """Arrange what can be booked, book some of it, and let two clubs wish for the same evening; all by slug."""
    units: dict[str, Unit] = {}
    for one in ALL:
        units |= _arrange(one, kept[one.slug])
    _stand(units["halle"], organisations, known)
    for one in ALL:
        for name, key, days, hour, what in one.booked:
            _book(known(name), units[key], days, hour, what)
    _season(kept[HALL.slug], units, organisations, known)


def _arrange(one: Bookable, place_id: int) -> dict[str, Unit]:
    place = Place.objects.get(noun=place_id)
    policy = acts.keep_policy(NODE, place_id, one.policy, one.rules)
    found: dict[str, Unit] = {}
    for order, part in enumerate(one.parts):
        if part.name is None:
            unit = Unit.objects.get(place=place, key=part.key)
        else:
            unit = keep_unit(
                NODE, place, part.key, texts(part.name), room_for=part.room_for, order=10 + order
            )
        parent = found[part.parent].id if part.parent else None
        found[part.key] = acts.arrange_unit(NODE, unit.id, parent=parent, kind=part.kind, policy=policy.id)
    return found


def _book(who: Who, unit: Unit, days: int, hour: int, what: str) -> None:
    """The first free slot of that day from this hour on; a day that is closed is left out."""
    day = _today() + timedelta(days=days)
    calendar = reads.calendar(who, unit.id, day)
    cells = calendar.days[0][1] if calendar else []
    for cell in cells:
        slot = cell.slot
        wanted = slot.start.astimezone(settings.SMILE.zone).hour >= hour
        if wanted and slot.decision.verdict != rules.REFUSED:
            key = uuid5(NAMESPACE_URL, f"urn:smilecity:demo:{unit.id}:{slot.start.isoformat()}")
            acts.book(who, unit.id, (slot.start, slot.end), key=key, what=what)
            return


def _stand(hall: Unit, organisations: Mapping[str, int], known: Known) -> None:
    """The club that keeps the hall has it every Tuesday."""
    first = _next(1, _today() + timedelta(days=1))
    series = acts.ask_series(
        known("Tina"), hall.id, datetime.combine(first, time(18)), 120, weekly(first + timedelta(weeks=8)),
        organisation=organisations["tsv-luetten-klein"], what="Volleyball",
    )  # fmt: skip
    acts.grant_series(NODE, series.id)


def _season(place: int, units: Mapping[str, Unit], organisations: Mapping[str, int], known: Known) -> None:
    """A season that clubs can ask for; two of them want the same evening."""
    starts, ends = _today() + timedelta(days=60), _today() + timedelta(days=150)
    season = acts.open_season(
        NODE, place, f"Hallensaison {starts.year}", starts_on=starts, ends_on=ends,
        ask_until=clock.now() + timedelta(days=21),
    )  # fmt: skip
    thursday = _next(3, starts)
    for name, organisation, key, hour, what in (
        ("Karim", "sv-hafensport", "halle", 18, "Basketball, Jugend"),
        ("Tina", "tsv-luetten-klein", "drittel-1", 19, "Turnen"),
    ):
        acts.ask_series(
            known(name), units[key].id, datetime.combine(thursday, time(hour)), 120, weekly(ends),
            organisation=organisations[organisation], what=what, season=season.id,
        )  # fmt: skip


def _next(weekday: int, day: date) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _today() -> date:
    return clock.now().astimezone(settings.SMILE.zone).date()
