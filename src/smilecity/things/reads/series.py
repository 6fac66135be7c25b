# SPDX-License-Identifier: EUPL-1.2
"""The course of a day, a week, a month or a year of one datastream, for charts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.timezone import get_default_timezone

from smilecity.core.who import Who
from smilecity.things import rights
from smilecity.things.reads import SEEN, Bucket
from smilecity.things.reads.hours import NOT_KNOWN, PARTS
from smilecity.things.rules.calendar import STEPS, Span, Step, starts, whole_since

_DS = f"""
WITH ds AS MATERIALIZED (
    SELECT d.id, d.name, l.rolled_until, l.forgotten_until
    FROM things_datastream AS d
    JOIN core_noun AS n ON n.id = d.thing_id
    LEFT JOIN things_latest AS l ON l.datastream_id = d.id
    WHERE d.id = %(id)s AND {SEEN}
)"""  # noqa: S608 - of our own parts

# One row without a step tells a datastream that said nothing from one that is not there.
OF_HOURS = f"""
{_DS}, step AS (
    SELECT width_bucket(p.start, %(starts)s::timestamptz[]) AS number,
        nullif(sum(p.total), {NOT_KNOWN}) / nullif(sum(p.count), 0) AS mean,
        min(p.low) AS low, max(p.high) AS high, sum(p.count) AS count
    FROM ({PARTS}) AS p GROUP BY 1
)
SELECT step.* FROM ds LEFT JOIN step ON step.count > 0 ORDER BY step.number
"""  # noqa: S608
OF_VALUES = f"""
{_DS}, step AS (
    SELECT width_bucket(o.phenomenon_time, %(starts)s::timestamptz[]) AS number,
        avg(o.result) FILTER (WHERE abs(o.result) < 1e290) AS mean,
        min(o.result) AS low, max(o.result) AS high, count(*) AS count
    FROM ds JOIN things_observation AS o ON o.datastream_id = ds.id
    WHERE o.datastream_id = %(id)s AND o.phenomenon_time >= %(since)s AND o.phenomenon_time < %(until)s
        AND o.result IS NOT NULL
    GROUP BY 1
)
SELECT step.* FROM ds LEFT JOIN step ON true ORDER BY step.number
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Series:
    """From `since` to `until` (UTC), in steps without a gap: quarters of an hour, hours, or days of the city."""

    since: datetime
    until: datetime
    step: Step
    buckets: list[Bucket]

    @property
    def count(self) -> int:
        """How many numbers were measured."""
        return sum(one.count for one in self.buckets)

    @property
    def mean(self) -> float | None:
        """The mean of all numbers; None if there are none."""
        known = [(one.mean, one.count) for one in self.buckets if one.mean is not None]
        total = sum(count for _, count in known)
        return sum(mean * (count / total) for mean, count in known) if total else None

    @property
    def least(self) -> Bucket | None:
        """The step in which the least number was measured, the first if there are several."""
        known = [one for one in self.buckets if one.low is not None]
        return min(known, key=lambda one: one.low or 0.0) if known else None

    @property
    def most(self) -> Bucket | None:
        """The step in which the greatest number was measured, the first if there are several."""
        known = [one for one in self.buckets if one.high is not None]
        return max(known, key=lambda one: one.high or 0.0) if known else None


def series(who: Who, datastream: int, span: str, day: date) -> Series | None:
    """The course of the span (`calendar.Span`) that the day lies in, by the city's calendar, in one query.

    None if the datastream is unknown or not for the asker. Steps to come are there too, empty. What was deleted after
    its time is still told by the hours kept, but for the quarters of a day.
    """
    zone = get_default_timezone()
    kind = cast("Span", span)
    edges, step = starts(kind, day, zone), STEPS[kind]
    sight = rights.sight(who)
    asked: dict[str, Any] = {
        "id": datastream,
        "since": edges[0],
        "until": edges[-1],
        "starts": edges[:-1],
        "all": sight.all,
        "areas": sight.areas,
        "partners": sight.partners,
    }
    with connection.cursor() as cursor:
        cursor.execute(OF_HOURS if step != "quarter" and _of_hours(edges[0]) else OF_VALUES, asked)
        rows = cursor.fetchall()
    if not rows:
        return None
    found = {number: (mean, low, high, int(count or 0)) for number, mean, low, high, count in rows}
    nothing = (None, None, None, 0)
    buckets = [Bucket(start, *found.get(number, nothing)) for number, start in enumerate(edges[:-1], 1)]
    return Series(edges[0], edges[-1], step, buckets)


def _of_hours(since: datetime) -> bool:
    """Whether the city's days consist of hours of UTC."""
    zone = get_default_timezone()
    whole = whole_since(zone) if isinstance(zone, ZoneInfo) else None
    return whole is not None and since >= whole
