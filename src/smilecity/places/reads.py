# SPDX-License-Identifier: EUPL-1.2
"""The only queries of this room; each asks a number of times that does not grow with the city."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.cache import cache
from django.db.models import Exists, OuterRef, QuerySet

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.paging import Page, page
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.models import Place, Sense, Unit
from smilecity.things import reads as things

PAGE_SIZE = 20
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


def listed(who: Who, *, category: str = "", after: str = "", size: int = PAGE_SIZE) -> Page[Noun]:
    """Places in German dictionary order, each noun with its `place`."""
    return page(_visible(who, category), ("sort", "id"), after=after, size=size)


def with_position(who: Who, category: str, limit: int) -> list[Noun]:
    """The first places that are somewhere, at most `limit`, for a map."""
    return list(_visible(who, category).filter(geo__isnull=False).order_by("sort", "id")[:limit])


def with_people(who: Who, limit: int) -> list[Noun]:
    """The first places where a sensor counts people, at most `limit`."""
    counted = Sense.objects.filter(role="people", place=OuterRef("id"))
    return list(_visible(who, "").filter(Exists(counted)).order_by("sort", "id")[:limit])


def place(who: Who, slug: str) -> Noun | None:
    """The noun of the place at `/places/<slug>/`, with its `place`, if it is there for this reader."""
    return _visible(who, "").filter(address=f"places/{slug}").first()


def followed(places: Collection[int]) -> list[int]:
    """The datastreams that speak for these places; a live stream tells of those anyone may see."""
    found = Sense.objects.filter(place__in=places).values_list("datastream", flat=True)
    return list(found.order_by("datastream").distinct())


def version(noun: Noun) -> Any:
    """A value that is another one after any change of the place or a new measurement."""
    latest = ArrayAgg("senses__datastream__latest__observation", order_by="senses", default=None)
    return noun.changed_at, Place.objects.filter(noun=noun).aggregate(latest=latest)["latest"]


def units(noun: Noun) -> list[Unit]:
    """What the place consists of."""
    return list(Unit.objects.filter(place=noun.id).order_by("order", "id"))


def people_senses(places: Collection[int]) -> dict[int, list[Sense]]:
    """The sensors that count people, by place, each with its unit."""
    found: dict[int, list[Sense]] = {one: [] for one in places}
    for sense in _senses().filter(place__in=places, role="people"):
        found[sense.place_id].append(sense)
    return found


def readings(who: Who, senses: Iterable[Sense]) -> dict[int, things.Reading]:
    """The latest values by datastream, in one query; one that this reader may not see is not there."""
    return things.latest(who, {sense.datastream_id for sense in senses})


def snapshot(who: Who, noun: Noun, now: datetime, zone: tzinfo) -> Snapshot:
    """All that the changing part of the place's page says; at most `MOST_CURVES` days of people."""
    senses = list(_senses().filter(place=noun.id))
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
    key = f"places.usual:{datastream}:{today}" if rights.sees_what_all_see(who) else ""
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


def _visible(who: Who, category: str) -> QuerySet[Noun]:
    found = Noun.objects.filter(nouns.sees(who), kind="place", place__isnull=False).select_related("place")
    return found.filter(place__category=category) if category else found


def _senses() -> QuerySet[Sense]:
    return Sense.objects.select_related("unit").order_by("unit__order", "unit_id", "id")
