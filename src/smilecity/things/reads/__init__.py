# SPDX-License-Identifier: EUPL-1.2
"""The only queries of this room. What the asker may not see is answered as if it were not there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from django.db import connection
from django.utils.timezone import get_default_timezone

from smilecity.core import clock
from smilecity.core.paging import Page, page
from smilecity.core.who import Who
from smilecity.things import rights, rules
from smilecity.things.models import Codec, Datastream, Device, Thing, Uplink

MINUTES_A_DAY = 24 * 60

# A datastream is seen only if its thing is.
SEEN = (
    "(%(all)s OR n.area_id = ANY(%(areas)s)"
    " OR n.visibility = 'public' AND (d.visibility = 'public' OR d.visibility = 'partners' AND %(partners)s))"
)

LATEST = f"""
SELECT d.id, l.phenomenon_time, l.result, l.value, d.unit, d.people, d.silent_after
FROM things_datastream AS d
JOIN core_noun AS n ON n.id = d.thing_id
LEFT JOIN things_latest AS l ON l.datastream_id = d.id
WHERE d.id = ANY(%(ids)s) AND {SEEN}
"""  # noqa: S608 - of our own parts

# One row without a bucket tells a datastream that said nothing from one that is not there.
CURVE = f"""
SELECT b.start, b.mean, b.low, b.high, b.count
FROM things_datastream AS d
JOIN core_noun AS n ON n.id = d.thing_id
LEFT JOIN LATERAL (
    SELECT date_bin(%(width)s, o.phenomenon_time, %(since)s) AS start,
        avg(o.result) AS mean, min(o.result) AS low, max(o.result) AS high, count(*) AS count
    FROM things_observation AS o
    WHERE o.datastream_id = %(id)s AND o.phenomenon_time >= %(since)s AND o.phenomenon_time < %(until)s
        AND o.result IS NOT NULL
    GROUP BY 1
) AS b ON true
WHERE d.id = %(id)s AND {SEEN}
ORDER BY b.start
"""  # noqa: S608

# Quarters of an hour first, because every time zone is whole ones away from UTC, and the zone's rules are
# then asked far less often. An hour that comes twice (clocks set back) is one hour of its day.
USUAL = f"""
WITH quarter AS (
    SELECT date_bin('15 minutes', o.phenomenon_time, 'epoch') AS start,
        sum(o.result) AS sum, count(*) AS count
    FROM things_observation AS o
    WHERE o.datastream_id = %(id)s AND o.phenomenon_time >= %(since)s AND o.phenomenon_time < %(until)s
        AND o.result IS NOT NULL
        AND EXISTS (SELECT FROM things_datastream AS d JOIN core_noun AS n ON n.id = d.thing_id
                    WHERE d.id = %(id)s AND {SEEN})
    GROUP BY 1
), hourly AS (
    SELECT extract(hour FROM start AT TIME ZONE %(zone)s)::int AS hour, sum(sum) / sum(count) AS mean
    FROM quarter
    GROUP BY 1, (start AT TIME ZONE %(zone)s)::date
)
SELECT hour, percentile_cont(0.5) WITHIN GROUP (ORDER BY mean), count(*) FROM hourly GROUP BY hour
"""  # noqa: S608

PARKED = f"""
SELECT eui, min(received_at), max(received_at), count(*)
FROM things_uplink WHERE state = {Uplink.PARKED}
GROUP BY eui ORDER BY max(received_at) DESC, eui LIMIT %(limit)s
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Reading:
    """The last value of a datastream: `number`, or else `value`. `at` is None if there never was one."""

    datastream: int
    at: datetime | None
    number: float | None
    value: Any
    unit: Mapping[str, str]
    people: bool
    silent_after: timedelta

    def silent(self, now: datetime | None = None) -> bool:
        """Whether this is too old (or nothing) to be called current at `now`, by default the present."""
        return rules.is_silent(self.at, self.silent_after, now or clock.now())


@dataclass(frozen=True, slots=True)
class Bucket:
    """A stretch of a day from `start` (UTC). Without values `count` is 0, the rest None: unknown, no zero."""

    start: datetime
    mean: float | None
    low: float | None
    high: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Curve:
    """A local day from `since` to `until` (UTC), in buckets without a gap: 92, 96 or 100 quarter hours."""

    since: datetime
    until: datetime
    buckets: list[Bucket]


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual at a local hour: the median of that hour's means on `days` days that had values then."""

    hour: int
    median: float
    days: int


@dataclass(frozen=True, slots=True)
class ParkedDevice:
    """A device that nobody has registered, by what it sent."""

    eui: str
    first: datetime
    last: datetime
    count: int


def latest(who: Who, datastreams: Iterable[int]) -> dict[int, Reading]:
    """The last values by datastream id, in one query; ids unknown or not for the asker are left out."""
    ids = list(datastreams)
    rows = _rows(LATEST, {"ids": ids, **_sight(who)}) if ids else []
    return {
        id_: Reading(id_, at, number, _json(value), _json(unit), people, silent_after)
        for id_, at, number, value, unit, people, silent_after in rows
    }


def day_curve(who: Who, datastream: int, day: date, *, minutes: int = 15) -> Curve | None:
    """A datastream's numbers on a day of the city's calendar, in buckets of `minutes`, in one query.

    None if the datastream is unknown or not for the asker. Buckets to come are there too, empty.
    """
    since, until = rules.local_day(day, get_default_timezone())
    width = timedelta(minutes=max(1, min(minutes, MINUTES_A_DAY)))
    asked = {"id": datastream, "since": since, "until": until, "width": width, **_sight(who)}
    rows = _rows(CURVE, asked)
    if not rows:
        return None
    found = {row[0]: Bucket(*row) for row in rows if row[0] is not None}
    starts = (since + width * step for step in range(-((since - until) // width)))
    return Curve(since, until, [found.get(start, Bucket(start, None, None, None, 0)) for start in starts])


def usual(who: Who, datastream: int, day: date, *, days: int = 28) -> dict[int, Usual]:
    """What was usual at each local hour on the `days` days before `day`; hours without values are left out.

    Empty if the datastream is unknown or not for the asker. With `days` 1 in an answer it was but one day.
    """
    zone = get_default_timezone()
    since, _ = rules.local_day(day - timedelta(days=days), zone)
    until, _ = rules.local_day(day, zone)
    asked = {"id": datastream, "since": since, "until": until, "zone": str(zone), **_sight(who)}
    return {hour: Usual(hour, median, count) for hour, median, count in _rows(USUAL, asked)}


def parked(who: Who, limit: int = 100) -> list[ParkedDevice]:
    """Devices that send and are not registered, last heard first; for those who may see raw messages."""
    if not rights.may_see_raw(who):
        return []
    return [ParkedDevice(*row) for row in _rows(PARKED, {"limit": limit})]


def undecodable(who: Who, limit: int = 100) -> list[Uplink]:
    """Messages kept raw because not all of them could be read, newest first, each with its reason."""
    if not rights.may_see_raw(who):
        return []
    return list(Uplink.objects.filter(state=Uplink.UNDECODABLE).order_by("-received_at", "-key")[:limit])


def devices(who: Who, *, after: str = "", size: int = 50) -> Page[Device]:
    """The register in order of EUI, with thing and codec, page by page (`core.paging`)."""
    if not rights.may_see_raw(who):
        return Page([], "")
    rows = Device.objects.select_related("thing__noun", "codec").defer("codec__script")
    return page(rows, ("eui",), after=after, size=size)


def thing_by_key(who: Who, key: str) -> Thing | None:
    """The thing at `things/<key>`, for those who keep things."""
    found = Thing.objects.select_related("noun").filter(noun__address=f"things/{key}")
    return found.first() if rights.may_keep_things(who) else None


def datastreams_of(who: Who, thing: Thing) -> list[Datastream]:
    """The datastreams of a thing in order of name, for those who keep things."""
    if not rights.may_keep_things(who):
        return []
    return list(Datastream.objects.filter(thing=thing).order_by("name"))


def codec_by_name(who: Who, vendor: str, name: str) -> Codec | None:
    """The imported codec of this name, for those who keep things."""
    found = Codec.objects.filter(vendor=vendor, name=name)
    return found.first() if rights.may_keep_things(who) else None


def _sight(who: Who) -> dict[str, Any]:
    seen = rights.sight(who)
    return {"all": seen.all, "areas": seen.areas, "partners": seen.partners}


def _rows(query: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _json(text: str | None) -> Any:
    """Django's cursors leave jsonb as text."""
    return None if text is None else orjson.loads(text)
