# SPDX-License-Identifier: EUPL-1.2
"""All that the changing part of a place's page says, at one moment."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from django.core.cache import cache

from smilecity.core.models import Noun
from smilecity.core.remembered import sees_what_all_see
from smilecity.core.who import Who
from smilecity.places.models import Sense, Unit
from smilecity.places.reads.entries import readings, senses_of, units
from smilecity.things import reads as things

USUAL_DAYS = 28
USUAL_KEPT_SECONDS = 600
MOST_CURVES = 3


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of a day: its mean (`None` is unknown, never zero), and what is usual then."""

    start: datetime
    mean: float | None
    usual: things.Usual | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that the changing part of a place's page says, as it is at `now`."""

    noun: Noun
    now: datetime
    units: list[Unit]
    senses: list[Sense]
    readings: dict[int, things.Reading]
    hours: dict[int, list[Hour]]

    def of_role(self, role: str) -> list[Sense]:
        """The sensors that tell this, in the order of the units, those of the whole place last."""
        return [sense for sense in self.senses if sense.role == role]

    @property
    def room_for(self) -> int | None:
        """How many fit into all units together, if that is known of each."""
        rooms = [unit.room_for for unit in self.units]
        return sum(room for room in rooms if room) if rooms and all(rooms) else None

    def usual_now(self, datastream: int) -> things.Usual | None:
        """What is usual at this hour."""
        for hour in self.hours.get(datastream, []):
            if hour.start <= self.now < hour.start + timedelta(hours=1):
                return hour.usual
        return None


def snapshot(who: Who, noun: Noun, now: datetime, zone: tzinfo) -> Snapshot:
    """All that the changing part of the place's page says; at most `MOST_CURVES` days of people."""
    senses = senses_of(noun)
    known = readings(who, senses)
    counting = [one.datastream_id for one in senses if one.role == "people" and one.datastream_id in known]
    today = now.astimezone(zone).date()
    hours = {one: _hours(who, one, today, zone) for one in counting[:MOST_CURVES]}
    return Snapshot(noun, now, units(noun), senses, known, hours)


def _hours(who: Who, datastream: int, today: date, zone: tzinfo) -> list[Hour]:
    curve = things.day_curve(who, datastream, today, minutes=60)
    if curve is None:
        return []
    usual = _usual(who, datastream, today)
    return [Hour(one.start, one.mean, usual.get(one.start.astimezone(zone).hour)) for one in curve.buckets]


def _usual(who: Who, datastream: int, today: date) -> dict[int, things.Usual]:
    """What is usual by local hour; remembered for a while, because days gone by hardly change."""
    key = f"places.usual:{datastream}:{today}" if sees_what_all_see(who) else ""
    kept: dict[int, things.Usual] | None = cache.get(key) if key else None
    if kept is not None:
        return kept
    usual = things.usual(who, datastream, today, days=USUAL_DAYS)
    if (
        usual and max(one.days for one in usual.values()) == 1
    ):  # which is called yesterday, so it must be that
        usual = things.usual(who, datastream, today, days=1)
    if key:
        cache.set(key, usual, USUAL_KEPT_SECONDS)
    return usual
