# SPDX-License-Identifier: EUPL-1.2
"""Places, what they consist of, and which sensors speak for them."""

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, OuterRef, QuerySet

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.places.models import Place, Sense, Unit
from smilecity.things import reads as things

PAGE_SIZE = 20


def with_people(who: Who, limit: int) -> list[Noun]:
    """The first places where a sensor counts people, at most `limit`."""
    counted = Sense.objects.filter(role="people", place=OuterRef("id"))
    return list(visible(who).filter(Exists(counted)).order_by("sort", "id")[:limit])


def place(who: Who, slug: str) -> Noun | None:
    """The noun of the place at `/places/<slug>/`, with its `place`, if it is there for this reader."""
    return visible(who).filter(address=f"places/{slug}").first()


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


def senses_of(noun: Noun) -> list[Sense]:
    """The sensors that speak for one place, in the order of its units."""
    return list(_senses().filter(place=noun.id))


def readings(who: Who, senses: Iterable[Sense]) -> dict[int, things.Reading]:
    """The latest values by datastream, in one query; one that this reader may not see is not there."""
    return things.latest(who, {sense.datastream_id for sense in senses})


def visible(who: Who, category: str = "") -> QuerySet[Noun]:
    """The places this reader may see, each noun with its `place`."""
    found = Noun.objects.filter(nouns.sees(who), kind="place", place__isnull=False).select_related("place")
    found = found.defer("search", "plain", "words", "cell", "box")  # only queries read these
    return found.filter(place__category=category) if category else found


def _senses() -> QuerySet[Sense]:
    return Sense.objects.select_related("unit").order_by("unit__order", "unit_id", "id")
