# SPDX-License-Identifier: EUPL-1.2
"""Places that answer a wish: in a list, on a map, as a feed, for machines."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Exists, F, FloatField, Func, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.lookups import Lookup

from smilecity.core import clock, nouns, search
from smilecity.core.fields import BoxField
from smilecity.core.models import Noun
from smilecity.core.paging import Page, last_shown, page
from smilecity.core.remembered import sees_what_all_see
from smilecity.core.who import Who
from smilecity.places.models import OpenSpan, Place, Sense
from smilecity.places.reads import offers
from smilecity.places.reads.entries import PAGE_SIZE, visible
from smilecity.places.reads.opening import otherwise
from smilecity.places.reads.school import school
from smilecity.places.rules import finding, hours, openness, people
from smilecity.places.rules.finding import Wish
from smilecity.places.rules.offers import Wish as Something
from smilecity.places.rules.offers.addressing import WEEKDAYS
from smilecity.space import reads as space
from smilecity.things import reads as things

if TYPE_CHECKING:
    Question = Lookup[Any]
else:
    Question = Lookup

COUNTED_TO = 200
MOST_COMPUTED = 2000
MOST_COUNTERS = 5000
MOST_SORTED = 400  # by distance, without asking first how far the last one of the page is
BUSY_KEPT_SECONDS = 5
DISTRICTS_KEPT_SECONDS = 30
SPANS_KEPT_SECONDS = 5
QUIET_DAYS = 7
ENOUGH_DAYS = 7


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose from: what the address says, and what people read."""

    key: str
    title: dict[str, str]


@BoxField.register_lookup
class Touches(Question):
    """`box__touches=(west, south, east, north)`."""

    lookup_name = "touches"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """As the index of boxes understands it."""
        left, values = self.process_lhs(compiler, connection)
        west, south, east, north = self.rhs
        return f"{left} && box(point(%s, %s), point(%s, %s))", [*values, east, north, west, south]


def found(who: Who, wish: Wish) -> QuerySet[Noun]:
    """All places that answer the wish, in no order, each noun with its `place`; each with `rank` if `q` is asked.

    At most five questions of its own: the area, whether spans are there, who is counted, whether words are known.
    """
    return _found(who, wish)[0]


def _found(who: Who, wish: Wish) -> tuple[QuerySet[Noun], int | None]:
    """The same, and how many they are where that is known without asking."""
    rows = visible(who, wish.category)
    if wish.area:
        rows = rows.filter(area__in=_areas(who, wish.area))
    if wish.keeper:
        kept_by = Noun.objects.filter(nouns.sees(who), address=f"organisations/{wish.keeper}")
        rows = rows.filter(keeper__in=kept_by.values("id"))
    rows = rows.filter(_described(wish))
    if wish.open:
        rows = _open_at(rows, wish.at or clock.now(), unknown=wish.unknown)
    if wish.on:
        rows = rows.filter(id__in=_on(who, wish))
    if wish.quiet:
        rows = rows.filter(_quiet(wish.quiet))
    if wish.busy:
        rows = rows.filter(id__in=counted(who, wish.busy))
    if not wish.q:
        return rows, None
    matching, many = search.matching_and_counted(rows, wish.q)
    return matching.select_related("place"), many


def sought(who: Who, wish: Wish, *, after: str = "", size: int = PAGE_SIZE) -> Page[Noun]:
    """A page of what answers the wish: the nearest first, else what fits the words best, else by title.

    Near somewhere each noun has its `distance` in metres.
    """
    return _paged(*_found(who, wish), wish, after, size)


def sought_and_counted(who: Who, wish: Wish, *, after: str = "") -> tuple[Page[Noun], int]:
    """The same, and how many answer the wish in all: one more than `COUNTED_TO` is many."""
    rows, many = _found(who, wish)
    some = _paged(rows, many, wish, after, PAGE_SIZE)
    if not after and not some.after:
        return some, len(some.items)
    if many is None:
        many = rows.order_by()[: COUNTED_TO + 1].count()
    return some, min(many, COUNTED_TO + 1)


def _paged(rows: QuerySet[Noun], many: int | None, wish: Wish, after: str, size: int) -> Page[Noun]:
    if wish.near is not None:
        nearest = _nearest(rows, many, wish.near, after, size)
        return page(nearest, ("distance", "id"), after=after, size=size)
    return page(rows, ("rank", "sort", "id") if wish.q else ("sort", "id"), after=after, size=size)


def with_position(who: Who, wish: Wish, limit: int) -> list[Noun]:
    """What answers the wish and is somewhere, at most `limit`, for a map."""
    return list(found(who, wish).filter(geo__isnull=False).order_by("sort", "id")[:limit])


def newest(who: Who, wish: Wish, limit: int) -> list[Noun]:
    """What answers the wish, the last changed first."""
    return list(found(who, wish).order_by("-changed_at", "-id")[:limit])


def spans_end_soon(who: Who) -> bool:
    """Whether some place has hours, and no span of any reaches beyond a week."""
    has_hours = Place.objects.exclude(opening_hours="").exists()
    return has_hours and not _spans_reach(clock.now() + timedelta(days=ENOUGH_DAYS))


def districts(who: Who) -> list[Choice]:
    """The districts of today; remembered a while for those who see what all see, their outlines are large."""
    shared = sees_what_all_see(who)
    kept: list[Choice] | None = cache.get("places.districts") if shared else None
    if kept is None:
        kept = [Choice(area.key, area.noun.title) for area in space.areas_of_level(who, "district")]
        if shared:
            cache.set("places.districts", kept, DISTRICTS_KEPT_SECONDS)
    return kept


def keeper(who: Who, slug: str) -> Noun | None:
    """The organisation of this address, if this reader may see it."""
    return Noun.objects.filter(nouns.sees(who), address=f"organisations/{slug}", kind="organisation").first()


def counted(who: Who, busy: str) -> list[int]:
    """The places that are calm (room on every part) or lively (little or no room on one) by what is counted now.

    One question about every counter there is; remembered a moment for those who see what all see.
    """
    shared = sees_what_all_see(who)
    kept: dict[str, list[int]] | None = cache.get("places.busy") if shared else None
    if kept is None:
        kept = _counted(who)
        if shared:
            cache.set("places.busy", kept, BUSY_KEPT_SECONDS)
    return kept[busy]


def _counted(who: Who) -> dict[str, list[int]]:
    counters = Sense.objects.filter(role="people").order_by("place_id", "id")
    rows = list(counters.values_list("place_id", "datastream_id", "unit__room_for")[:MOST_COUNTERS])
    latest = things.latest(who, {datastream for _place, datastream, _room in rows})
    rooms: dict[int, set[str]] = {}
    for place, datastream, room in rows:
        reading = latest.get(datastream)
        if reading is None or reading.silent():
            continue
        said = people.occupancy(reading.number, room, settings.SMILE.few_below)
        if said.room != people.UNKNOWN:
            rooms.setdefault(place, set()).add(said.room)
    calm = [place for place, said in rooms.items() if said == {people.FREE}]
    awake = set(_not_closed([*rooms]))
    lively = [place for place, said in rooms.items() if said & {people.LITTLE, people.FULL}]
    return {
        finding.CALM: [one for one in calm if one in awake],
        finding.LIVELY: [one for one in lively if one in awake],
    }


def _not_closed(places: list[int]) -> list[int]:
    """Those of the places that are open now, or of which the hours are unknown: a closed one is neither."""
    rows = _open_at(Noun.objects.filter(id__in=places, place__isnull=False), clock.now(), unknown=True)
    return list(rows.values_list("id", flat=True))


def _areas(who: Who, key: str) -> list[int]:
    area = space.area_by_key(who, key)
    return sorted(nouns.areas_below([area.noun_id])[area.noun_id]) if area else []


def _described(wish: Wish) -> Q:
    """What entries say of themselves, as one condition."""
    asked = Q()
    if wish.step_free:
        asked &= _access("step_free", ("yes", "limited") if wish.step_free == "some" else ("yes",), wish)
    for one in wish.access:
        question, answers, _label = finding.ACCESS[one]
        asked &= _access(question, answers, wish)
    if wish.free:
        asked &= Q(place__free=True) | (Q(place__free=None) if wish.unknown else Q())
    if wish.where:
        known = Q(place__indoors__in=[wish.where, "both"])
        asked &= known | (Q(place__indoors="") if wish.unknown else Q())
    if wish.language:
        known = Q(place__languages__contains=[wish.language])
        asked &= known | (Q(place__languages=[]) if wish.unknown else Q())
    return asked & _age(wish) if wish.age is not None and not wish.on else asked


def _access(question: str, answers: tuple[str, ...], wish: Wish) -> Q:
    said = Q()
    for answer in answers:
        said |= Q(place__access__contains={question: answer})
    return said | ~Q(place__access__has_key=question) if wish.unknown else said


def _age(wish: Wish) -> Q:
    fits = (Q(place__age_from=None) | Q(place__age_from__lte=wish.age)) & (
        Q(place__age_to=None) | Q(place__age_to__gte=wish.age)
    )
    if wish.unknown:
        return fits
    return fits & (Q(place__age_from__isnull=False) | Q(place__age_to__isnull=False))


def _open_at(rows: QuerySet[Noun], moment: datetime, *, unknown: bool) -> QuerySet[Noun]:
    """What is open at this moment: by the spans; where none reach so far, by the hours themselves."""
    is_open = Q(_span(quiet=False, during__contains=moment))
    if not _spans_reach(moment):
        is_open = Q(id__in=_computed(rows, moment))
    return rows.filter(is_open | Q(place__opening_hours="")) if unknown else rows.filter(is_open)


def _spans_reach(moment: datetime) -> bool:
    """Whether some span ends after this moment. A yes is remembered for a moment: spans are not taken back."""
    key = f"places.spans-reach:{moment:%Y-%m-%dT%H:%M}"
    reach: bool | None = cache.get(key)
    if not reach:
        reach = OpenSpan.objects.filter(during__overlap=(moment, None)).exists()
        if reach:
            cache.set(key, reach, SPANS_KEPT_SECONDS)
    return reach


def _computed(rows: QuerySet[Noun], moment: datetime) -> list[int]:
    """The truth without spans, for a node whose clock work has not run: slower, and of so many places only."""
    known = list(
        rows.order_by()
        .exclude(place__opening_hours="")
        .select_related("place")
        .order_by("id")[:MOST_COMPUTED]
    )
    zone, state, holidays = settings.SMILE.zone, settings.SMILE.state, school()
    told = otherwise([noun.id for noun in known])
    return [
        noun.id
        for noun in known
        if openness.opening(
            noun.place.opening_hours,
            told.get(noun.id, ()),
            moment,
            zone,
            _position(noun),
            state,
            school=holidays,
        ).state
        == hours.OPEN
    ]


def _position(noun: Noun) -> tuple[float, float] | None:
    coordinates = (noun.geo or {}).get("coordinates")
    return (coordinates[0], coordinates[1]) if coordinates else None


def _on(who: Who, wish: Wish) -> QuerySet[Any, int]:
    """Where something is on: at this moment, on a day or regularly, for whom it is asked."""
    asked: dict[str, Any] = {"age": wish.age, "unknown": wish.unknown}
    if wish.on in WEEKDAYS:
        return offers.places_with(who, Something(weekday=list(WEEKDAYS).index(wish.on) + 1, **asked))
    if wish.on != "at":
        return offers.places_with(who, Something(when=wish.on, **asked))
    return offers.places_with(who, Something(**asked), wish.at)


def _quiet(when: str) -> Q:
    now = clock.now()
    if when == "now":
        return Q(_span(quiet=True, during__contains=now))
    return Q(_span(quiet=True, during__overlap=(now, now + timedelta(days=QUIET_DAYS))))


def _span(**asked: Any) -> Exists:
    return Exists(OpenSpan.objects.filter(place=OuterRef("id"), **asked))


def _nearest(
    rows: QuerySet[Noun], many: int | None, start: tuple[float, float], after: str, size: int
) -> QuerySet[Noun]:
    """The rows with their `distance`, no more of them than this page may need; few are simply sorted.

    The index of boxes orders by degrees, and a degree of longitude is shorter than one of latitude. So first it
    is asked how many degrees away the last one of the page may be, and metres are sorted only within that.
    """
    somewhere = rows.filter(geo__isnull=False).annotate(
        distance=_Metres(F("box"), *(Value(part) for part in start))
    )
    if many is not None and many <= MOST_SORTED:
        return somewhere
    somewhere = somewhere.annotate(degrees=_Degrees(F("box"), _point(*start)))
    last = last_shown(somewhere, ("distance", "id"), after)
    shown = somewhere.filter(degrees__gt=_most_degrees(last[0] + 1, start[1])) if last else somewhere
    furthest = shown.order_by("degrees").values_list("degrees", flat=True)[size : size + 1]
    for degrees in furthest:
        return somewhere.filter(box__touches=_around(start, degrees))
    return somewhere


def _most_degrees(metres: float, latitude: float) -> float:
    """How many degrees away something this near can be: most to the east or west."""
    return metres / finding.METRES_A_DEGREE / max(0.01, math.cos(math.radians(min(89.0, abs(latitude) + 1))))


def _around(start: tuple[float, float], degrees: float) -> tuple[float, float, float, float]:
    """A box that holds all that is as near in metres as so many degrees of latitude."""
    longitude, latitude = start
    high = degrees * 1.001 + 0.00001
    wide = _most_degrees(high * finding.METRES_A_DEGREE, abs(latitude) + high)
    return longitude - wide, latitude - high, longitude + wide, latitude + high


def _point(longitude: float, latitude: float) -> Func:
    return Func(Value(longitude), Value(latitude), function="point", output_field=FloatField())


class _Degrees(Func):
    """How far a box is from a point, as the index orders it."""

    template = "%(expressions)s"
    arg_joiner = " <-> "
    output_field = FloatField()


class _Metres(Func):
    """How far the middle of a box is from (longitude, latitude): `finding.metres`, in the database."""

    template = (
        "round(%(metres)s * sqrt(((middle[0] - x) * cosd((middle[1] + y) / 2)) ^ 2 + (middle[1] - y) ^ 2))::int"
        " FROM (VALUES (%(expressions)s)) AS given (box, x, y), center(given.box) AS middle"
    )
    output_field = IntegerField()

    def as_sql(self, compiler: Any, connection: Any, *given: Any, **extra: Any) -> Any:
        """As a scalar subquery, so that the middle is computed once."""
        sql, values = super().as_sql(compiler, connection, **extra, metres=finding.METRES_A_DEGREE)
        return f"(SELECT {sql})", list(values)
