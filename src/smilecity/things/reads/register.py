# SPDX-License-Identifier: EUPL-1.2
"""The register of sensors as people see it: things that answer a wish, and what each of them measures.

A datastream that the asker may not see is nowhere: it is not listed, finds no thing, and makes none work or silent.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import orjson
from django.core.cache import cache
from django.db import connection
from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value
from django.db.models.lookups import Exact, In

from smilecity.core import clock, links, nouns, search
from smilecity.core.models import Noun
from smilecity.core.paging import Page, page
from smilecity.core.remembered import sees_what_all_see
from smilecity.core.who import Who
from smilecity.space import reads as space
from smilecity.things import rights
from smilecity.things.models import Datastream, ObservedProperty, Thing
from smilecity.things.reads import SEEN
from smilecity.things.rules import register
from smilecity.things.rules.register import Wish

Choice = TypeVar("Choice")

PAGE_SIZE = 20
COUNTED_TO = 200
MOST_STREAMS = 100  # of one thing that are shown
MOST_CHOICES = 200
CHOICES_KEPT_SECONDS = 60

STREAMS = f"""
SELECT d.thing_id, d.id, d.name, d.description, d.properties, d.unit, d.people, d.multi, d.silent_after,
    p.definition, p.name, p.properties, l.observation, l.phenomenon_time, l.result, l.value, l.flags
FROM unnest(%(things)s::bigint[]) AS asked (thing)
CROSS JOIN LATERAL (
    SELECT d.* FROM things_datastream AS d JOIN core_noun AS n ON n.id = d.thing_id
    WHERE d.thing_id = asked.thing AND {SEEN}
    ORDER BY d.name, d.id LIMIT %(most)s
) AS d
LEFT JOIN things_observedproperty AS p ON p.id = d.observed_property_id
LEFT JOIN things_latest AS l ON l.datastream_id = d.id
ORDER BY d.thing_id, d.name, d.id
"""  # noqa: S608 - of our own parts


@dataclass(frozen=True, slots=True)
class Observed:
    """What is observed: its definition (a URI), its name, and further texts."""

    definition: str
    name: str
    properties: Any


@dataclass(frozen=True, slots=True)
class Stream:
    """A datastream with its last value: `number`, or else `value`. `at` is None if there never was one.

    `flags` says what the watch found odd about it (bits, `rules.watch`).
    """

    id: int
    name: str
    description: str
    properties: Any
    unit: Any
    people: bool
    multi: bool
    silent_after: timedelta
    observed: Observed | None
    observation: int | None
    at: datetime | None
    number: float | None
    value: Any
    flags: int | None = None

    @property
    def is_battery(self) -> bool:
        """Whether it tells how full a battery is."""
        return self.observed is not None and register.is_battery(self.observed.definition, self.observed.name)


def things(who: Who) -> QuerySet[Noun]:
    """The things that this person may see, in no order, each a noun."""
    seen = Q() if rights.sight(who).all else nouns.sees(who)
    return Noun.objects.filter(seen, kind="thing").defer("search", "plain", "words", "cell", "box")


def found(who: Who, wish: Wish) -> QuerySet[Noun]:
    """All things that answer the wish, in no order; each with `rank` if `q` is asked."""
    rows = things(who)
    if wish.area:
        rows = rows.filter(area__in=_areas(who, wish.area))
    if wish.runs.startswith("organisations/"):
        rows = rows.filter(keeper__in=Noun.objects.filter(nouns.sees(who), address=wish.runs).values("id"))
    elif wish.runs:
        rows = rows.filter(keeper=None, thing__operator=wish.runs)
    if wish.measures:
        # Known by their ids, the planner knows how common they are.
        observed = ObservedProperty.objects.filter(definition=wish.measures).values_list("id", flat=True)
        rows = rows.filter(Exists(_streams(who).filter(observed_property__in=list(observed[:MOST_CHOICES]))))
    if wish.state:
        rows = rows.filter(_state(who, wish.state))
    return search.matching(rows, wish.q) if wish.q else rows


def sought_and_counted(who: Who, wish: Wish, *, after: str = "") -> tuple[Page[Noun], int]:
    """A page of what answers the wish, each with `thing`, `area` and `keeper`, and how many answer it in all.

    What fits the words best comes first, else by title. One more than `COUNTED_TO` is many.
    """
    rows = found(who, wish)
    some = page(
        rows.select_related("thing", "area", "keeper"),
        ("rank", "sort", "id") if wish.q else ("sort", "id"),
        after=after,
        size=PAGE_SIZE,
    )
    if not after and not some.after:
        return some, len(some.items)
    return some, rows.order_by().values("id")[: COUNTED_TO + 1].count()


def with_position(who: Who, wish: Wish, limit: int) -> list[Noun]:
    """What answers the wish and stands somewhere, at most `limit`, for a map."""
    return list(
        found(who, wish).select_related("area").filter(geo__isnull=False).order_by("sort", "id")[:limit]
    )


def thing(who: Who, key: str) -> Noun | None:
    """The noun of the thing at `/things/<key>/`, with its `thing`, if it is there for this reader."""
    found = things(who).select_related("thing", "area", "keeper")
    return found.filter(address=f"things/{key}", thing__isnull=False).first()


def streams(who: Who, ids: Collection[int]) -> dict[int, list[Stream]]:
    """What these things measure, as far as this person may see it, in order of name; in one query."""
    seen = rights.sight(who)
    asked: dict[str, Any] = {
        "things": list(ids),
        "most": MOST_STREAMS,
        "all": seen.all,
        "areas": seen.areas,
        "partners": seen.partners,
    }
    made: dict[int, list[Stream]] = {one: [] for one in ids}
    with connection.cursor() as cursor:
        cursor.execute(STREAMS, asked)
        for row in cursor.fetchall():
            made[row[0]].append(_stream(row))
    return made


def linked(who: Who, noun: Noun) -> list[Noun]:
    """What the thing measures for and this person may see: places, mostly."""
    return [one for one in links.linked_from(noun.id, "measures") if nouns.may_see(who, one)]


def measured(who: Who) -> list[Observed]:
    """What can be asked for by what is measured: each definition once, of what this person may see."""

    def ask() -> list[Observed]:
        used = _streams_of(who, observed_property=OuterRef("id"))
        rows = (
            ObservedProperty.objects.filter(Exists(used)).order_by("definition", "id").distinct("definition")
        )
        return [Observed(one.definition, one.name, one.properties) for one in rows[:MOST_CHOICES]]

    return _remembered(who, "measured", ask)


def runners(who: Who) -> list[tuple[str, Mapping[str, str]]]:
    """Who runs sensors that this person may see: organisations, then names of others; with what they are called."""

    def ask() -> list[tuple[str, Mapping[str, str]]]:
        keeps = things(who).filter(keeper=OuterRef("id"))
        known = Noun.objects.filter(nouns.sees(who), Exists(keeps), kind="organisation").order_by(
            "sort", "id"
        )
        organisations = [(one.address, one.title) for one in known[:MOST_CHOICES]]
        others = Thing.objects.filter(noun__in=things(who).filter(keeper=None).values("id")).exclude(
            operator=""
        )
        names = others.order_by("operator").values_list("operator", flat=True).distinct()[:MOST_CHOICES]
        return [*organisations, *((name, {"": name}) for name in names)]

    return _remembered(who, "runners", ask)


def districts(who: Who) -> list[tuple[str, Mapping[str, str]]]:
    """The districts of today: key and title."""

    def ask() -> list[tuple[str, Mapping[str, str]]]:
        return [(area.key, area.noun.title) for area in space.areas_of_level(who, "district")]

    return _remembered(who, "districts", ask)


def _remembered(who: Who, what: str, ask: Callable[[], list[Choice]]) -> list[Choice]:
    """Choices change seldom: remembered a while for those who see what all see."""
    shared = sees_what_all_see(who) and not who.scopes
    kept: list[Choice] | None = cache.get(f"things.{what}") if shared else None
    if kept is None:
        kept = ask()
        if shared:
            cache.set(f"things.{what}", kept, CHOICES_KEPT_SECONDS)
    return kept


def _areas(who: Who, key: str) -> list[int]:
    area = space.area_by_key(who, key)
    return sorted(nouns.areas_below([area.noun_id])[area.noun_id]) if area else []


def _streams(who: Who) -> QuerySet[Datastream]:
    """The datastreams of the thing at hand, a row of `things`, that this person may see."""
    found, sight = Datastream.objects.filter(thing=OuterRef("id")), rights.sight(who)
    if sight.all:
        return found
    # Asked of the row at hand, its noun is not looked up again.
    seen = Q(visibility__in=_shared(sight)) & Q(Exact(OuterRef("visibility"), Value(Noun.PUBLIC)))
    return found.filter(seen | Q(In(OuterRef("area"), sight.areas)) if sight.areas else seen)


def _streams_of(who: Who, **given: Any) -> QuerySet[Datastream]:
    """Datastreams that this person may see, of whatever thing."""
    found, sight = Datastream.objects.filter(**given), rights.sight(who)
    if sight.all:
        return found
    seen = Q(visibility__in=_shared(sight), thing__noun__visibility=Noun.PUBLIC)
    return found.filter(seen | Q(thing__noun__area__in=sight.areas) if sight.areas else seen)


def _shared(sight: rights.Sight) -> list[str]:
    return [Noun.PUBLIC, Datastream.PARTNERS] if sight.partners else [Noun.PUBLIC]


def _state(who: Who, state: str) -> Q:
    heard = _streams(who).filter(latest__phenomenon_time__isnull=False)
    if state == register.NEVER:
        return ~Q(Exists(heard))
    since = ExpressionWrapper(Value(clock.now()) - F("silent_after"), output_field=DateTimeField())
    speaks = Exists(_streams(who).filter(latest__phenomenon_time__gte=since))
    return Q(speaks) if state == register.WORKING else Q(Exists(heard)) & ~Q(speaks)


def _stream(row: tuple[Any, ...]) -> Stream:
    observed = Observed(row[9], row[10], _json(row[11])) if row[9] is not None else None
    return Stream(
        id=row[1],
        name=row[2],
        description=row[3],
        properties=_json(row[4]),
        unit=_json(row[5]),
        people=row[6],
        multi=row[7],
        silent_after=row[8],
        observed=observed,
        observation=row[12],
        at=row[13],
        number=row[14],
        value=_json(row[15]),
        flags=row[16],
    )


def _json(text: str | None) -> Any:
    """Django's cursors leave jsonb as text."""
    return None if text is None else orjson.loads(text)
