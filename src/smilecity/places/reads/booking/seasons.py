# SPDX-License-Identifier: EUPL-1.2
"""What is asked for again and again: the dates of series, and where wishes of a season meet."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.conf import settings

from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.models import Season, Series
from smilecity.places.reads.booking.tree import leaves_of
from smilecity.places.rules.booking import series as expanding
from smilecity.places.rules.booking import times


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two wishes of a season that cannot both be had on these dates; the first is the one that would get them."""

    first: Series
    second: Series
    dates: list[date]


def dates_of(series: Series) -> list[datetime]:
    """The series' dates in wall clock; in a season, those within its days."""
    wall = series.starts_at.astimezone(UTC).astimezone(settings.SMILE.zone).replace(tzinfo=None)
    season = series.season
    found = expanding.dates(series.rule, wall)
    return [one for one in found if season is None or season.starts_on <= one.date() <= season.ends_on]


def conflicts(who: Who, season: int) -> list[Conflict]:
    """Where wishes of the season meet that are not decided yet, for those who keep its place; nothing for others."""
    found = (
        Season.objects.select_related("place__noun").filter(id=season).first()
        if 0 < season < 1 << 63
        else None
    )
    if found is None or not rights.may_write(who, found.place.noun.area_id, found.place.noun.keeper_id):
        return []
    asked = Series.objects.select_related("season", "unit", "organisation").filter(
        season=season, state=Series.ASKED
    )
    return meeting(list(asked.order_by("rank", "made_at", "id")))


def meeting(asked: list[Series]) -> list[Conflict]:
    """Where these wishes meet, in the order in which they would be had."""
    by_leaf: dict[int, list[tuple[datetime, datetime, int]]] = defaultdict(list)
    for order, series in enumerate(asked):
        spans = _spans(series)
        for leaf in leaves_of(series.unit_id):
            by_leaf[leaf] += [(start, end, order) for start, end in spans]
    met: dict[tuple[int, int], set[date]] = defaultdict(set)
    for spans_there in by_leaf.values():
        going: list[tuple[datetime, datetime, int]] = []
        for start, end, order in sorted(spans_there):
            going = [one for one in going if one[1] > start]
            for _start, _end, other in going:
                if other != order:
                    met[min(order, other), max(order, other)].add(_day(start))
            going.append((start, end, order))
    return [Conflict(asked[a], asked[b], sorted(days)) for (a, b), days in sorted(met.items())]


def _spans(series: Series) -> list[times.Span]:
    found = []
    for one in dates_of(series):
        try:
            start = times.moment(one, settings.SMILE.zone)
        except Refusal:
            continue  # no clock shows it: that date is left out when the series is granted
        found.append((start, start + series.duration))
    return found


def _day(moment: datetime) -> date:
    return moment.astimezone(settings.SMILE.zone).date()
