# SPDX-License-Identifier: EUPL-1.2
"""Areas as they are today: by key, by level, at a position, and as a tree. Those of former days have pages only."""

from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db.models import BooleanField, Count, F, FloatField, Func, Max, Min, Q, QuerySet, Value

from smilecity.core import clock, nouns
from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.space import rules
from smilecity.space.models import Area


@dataclass(slots=True)
class Branch:
    """An area with those below it, in German dictionary order."""

    area: Area
    parts: list["Branch"] = field(default_factory=list)


class _Touches(Func):
    """Whether a box has a position in common with another."""

    template = "%(expressions)s"
    arg_joiner = " && "
    output_field = BooleanField()


def today() -> date:
    """The day in the city: areas change at its midnight."""
    return clock.now().astimezone(settings.SMILE.zone).date()


def area_by_key(who: Who, key: str) -> Area | None:
    """The area that has this official key today."""
    return of_today(who).filter(key=key).first()


def areas_of_level(who: Who, level: str) -> list[Area]:
    """Today's areas of a level in German dictionary order, each with its `noun`."""
    return list(of_today(who).filter(level=level).order_by("noun__sort", "noun_id"))


def area_at(who: Who, longitude: float, latitude: float, level: str | None = None) -> Area | None:
    """The smallest area of today at this position (of this level), with its `noun`; `None` is nowhere we know.

    What the box of an outline cannot decide is decided exactly; one query, no library is loaded.
    """
    found = areas_near(who, longitude, latitude, longitude, latitude, level)
    return next((area for area in found if rules.holds(area.noun.geo or {}, longitude, latitude)), None)


def areas_near(
    who: Who, west: float, south: float, east: float, north: float, level: str | None = None
) -> list[Area]:
    """Today's areas (of this level) whose box touches this one, each with its `noun` and an outline.

    The smallest come first; of two of a size the one that is not only schematic, then the older: the first that holds
    a position is the area there.
    """
    corners = (Func(Value(x), Value(y), function="point") for x, y in ((east, north), (west, south)))
    box = Func(*corners, function="box", output_field=FloatField())
    there = of_today(who).filter(_Touches(F("noun__box"), box))
    found = [area for area in (there.filter(level=level) if level else there) if area.noun.geo]
    return sorted(found, key=lambda area: (-rules.depth(area.level), area.schematic, area.noun_id))


def tree(who: Who) -> list[Branch]:
    """All areas of today: those without one above, each with its parts. One query."""
    branches = {a.noun_id: Branch(a) for a in _light(of_today(who)).order_by("noun__sort", "noun_id")}
    tops: list[Branch] = []
    for branch in branches.values():
        above = branches.get(branch.area.parent_id or 0)
        (above.parts if above else tops).append(branch)
    return sorted(tops, key=lambda branch: rules.depth(branch.area.level))


def whole(who: Who) -> Area | None:
    """The area of today that all others lie in; nothing where there are several, or none."""
    tops = list(_light(of_today(who)).filter(parent=None).order_by("noun_id")[:2])
    return tops[0] if len(tops) == 1 else None


def extent(who: Who) -> tuple[float, float, float, float] | None:
    """West, south, east, north of today's outlines, without regions, which reach far beyond; `None` without any."""
    edges = (
        of_today(who)
        .exclude(level="region")
        .aggregate(
            west=Min(_edge(1, 0)), south=Min(_edge(1, 1)), east=Max(_edge(0, 0)), north=Max(_edge(0, 1))
        )
    )
    found = (edges["west"], edges["south"], edges["east"], edges["north"])
    return None if None in found else found


def _edge(corner: int, axis: int) -> Func:
    """Of an outline's box: corner 0 is north-east, 1 south-west; axis 0 is longitude, 1 latitude."""
    template = f"((%(expressions)s)[{corner}])[{axis}]"
    return Func(F("noun__box"), template=template, output_field=FloatField())


def area(who: Who, address: str) -> Area | None:
    """The area at `/areas/<address>/`, of today or of former days, with its `noun`."""
    found = Area.objects.filter(nouns_seen(who), noun__address=f"areas/{address}")
    return found.select_related("noun", "parent__noun").first()


def parts(who: Who, area: Area) -> list[Area]:
    """What an area consists of today: the areas right below it."""
    found = _light(of_today(who)).filter(parent=area)
    return list(found.order_by("noun__sort", "noun_id"))


def outlined_parts(who: Who, area: Area) -> list[Area]:
    """The same, with their outlines."""
    return list(of_today(who).filter(parent=area).order_by("noun_id"))


def earlier(who: Who, area: Area) -> list[Area]:
    """What had the same key at other times, the latest first."""
    found = _light(Area.objects.filter(nouns_seen(who), key=area.key)).exclude(noun=area.noun_id)
    return list(found.order_by("-valid_to", "noun_id"))


def counts(who: Who, area: Area) -> dict[str, int]:
    """How many nouns of each kind are in the area or below it, as far as `who` sees them; areas aside."""
    inside = nouns.areas_below([area.noun_id])[area.noun_id]
    found = Noun.objects.filter(nouns.sees(who), area__in=inside).exclude(kind="area")
    return dict(found.values_list("kind").annotate(many=Count("id")).order_by("kind"))


def nouns_seen(who: Who) -> Q:
    """`core.nouns.sees` for a query on areas."""
    seen = nouns.sees(who)
    return Q(noun__in=Noun.objects.filter(seen, kind="area").values("id"))


def of_today(who: Who) -> QuerySet[Area]:
    """The areas that hold today, each with its `noun`."""
    day = today()
    holds = Q(valid_from=None) | Q(valid_from__lte=day)
    holds &= Q(valid_to=None) | Q(valid_to__gt=day)
    return Area.objects.filter(holds, nouns_seen(who)).select_related("noun")


def _light(found: QuerySet[Area]) -> QuerySet[Area]:
    """Without outlines, which may be large, and what only queries read."""
    return found.select_related("noun").defer(
        "noun__geo", "noun__search", "noun__plain", "noun__cell", "noun__box"
    )
