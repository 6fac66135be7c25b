# SPDX-License-Identifier: EUPL-1.2
"""Stretches of time in SQL: which one a moment lies in, and how it is told, in any time zone.

Minutes and hours are told apart by the instant, so that an hour that comes twice is two. Longer stretches are those of
the calendar and the clock on the wall: a day is one day, whether it has 23, 24 or 25 hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from smilecity.core import clock
from smilecity.things.rules.calendar import known_zone, offsets
from smilecity.things.rules.odata import tree

Range = tuple[datetime | None, datetime | None]

ZONE = "%(zone)s::text"
MOST_OFFSETS = 8  # four years with summer time
_WIDTHS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
}
_MONTHS = {"month": 1, "year": 12}
_MONDAY = "timestamp '2000-01-03'"  # weeks begin on Mondays (ISO 8601)


@dataclass(frozen=True, slots=True)
class Stretch:
    """How to group by a bucket. The statement needs the parameters `zone` and `width`."""

    bucket: tree.Bucket
    zone: ZoneInfo
    bounds: Range = (None, None)

    @classmethod
    def of(cls, bucket: tree.Bucket, bounds: Range) -> "Stretch":
        """For moments between the bounds (None is none). Refuses an unknown time zone."""
        return cls(bucket, known_zone(bucket.zone), bounds)

    @property
    def is_of_hours(self) -> bool:
        """Whether it consists of whole hours, where the zone does."""
        return self.bucket.unit != "minute"

    def parameters(self) -> dict[str, object]:
        """What the SQL wants to know."""
        return {"zone": self.zone.key, "width": self._width() or f"{self._months()} months"}

    def of_moment(self, at: str) -> str:
        """What moments of one stretch have in common: where it begins, by the clock on the wall or as an instant."""
        local = self._wall(at)
        if self._width() is None:
            return self._of_months(local)
        binned = f"date_bin(%(width)s::interval, {local}, {_MONDAY})"
        if not self._is_instant:
            return binned
        return f"(({binned} - ({local} - {_utc(at)})) AT TIME ZONE interval '0')"

    def of_hour(self, start: str) -> str:
        """The same of an hour of UTC, in a zone whole hours away from it."""
        return start if self._is_instant else self.of_moment(start)

    def start(self, of: str) -> str:
        """The instant at which the stretch of this column begins, the second one if the clock says so twice."""
        return of if self._is_instant else f"({of} AT TIME ZONE {ZONE})"

    def end(self, of: str) -> str:
        """The instant at which it ends, likewise."""
        return self.start(self.after(of))

    def after(self, of: str) -> str:
        """The same as `of`, one stretch later."""
        return f"({of} + %(width)s::interval)"

    def first(self, instant: str, of: str) -> str:
        """The first of two instants at which the clock says `of`: PostgreSQL takes the second, we the first."""
        if self._is_instant:
            return instant
        earlier = f"({instant} - interval '1 hour')"
        return f"CASE WHEN {self.local(earlier)} = {of} THEN {earlier} ELSE {instant} END"

    def local(self, at: str) -> str:
        """What the clock on the wall says."""
        return f"({at} AT TIME ZONE {ZONE})"

    def told(self, at: str, local: str) -> str:
        """An instant with the zone's offset: 2026-11-01T00:00:00+01:00."""
        offset = f"({local} - {_utc(at)})"
        if self.zone.key == "UTC":
            return f"btrim(to_json({local})::text, '\"') || 'Z'"
        return (
            f"btrim(to_json({local})::text, '\"') || CASE WHEN {offset} < interval '0' THEN '-' ELSE '+' END"
            f" || to_char(greatest({offset}, -{offset}), 'HH24:MI')"
        )

    def _wall(self, at: str) -> str:
        """As `local`, of a moment between the bounds, seldom asking the zone: that took a third of a year's chart.

        The offsets of the last years are said; the zone is asked for what lies before them or still to come.
        """
        since, until = self.bounds
        known = offsets(self.zone)
        now = clock.now()
        first = _held(known, since) if since else 0
        last = max(first, _held(known, min(until, now) if until else now))
        begin = max(first, last - MOST_OFFSETS + 1)
        ways = []
        if last + 1 < len(known) and (until is None or known[last + 1][0] <= until):
            ways.append(f"WHEN {at} >= {_moment(known[last + 1][0])} THEN {self.local(at)}")
        for start, by in known[last:begin:-1]:
            ways.append(f"WHEN {at} >= {_moment(start)} THEN {_ahead(at, by)}")
        rest = _ahead(at, known[begin][1])
        if begin > first:
            ways.append(f"WHEN {at} >= {_moment(known[begin][0])} THEN {rest}")
            rest = self.local(at)
        return f"(CASE {' '.join(ways)} ELSE {rest} END)" if ways else rest

    def _of_months(self, local: str) -> str:
        if self.bucket.many == 1:
            return f"date_trunc('{self.bucket.unit}', {local})"
        months = f"(extract(year FROM {local})::int * 12 + extract(month FROM {local})::int - 1)"
        return f"(date_trunc('month', {local}) - mod({months}, {self._months()}) * interval '1 month')"

    @property
    def _is_instant(self) -> bool:
        unit, many = self.bucket.unit, self.bucket.many
        return (unit == "minute" and 60 % many == 0) or (unit == "hour" and many == 1)

    def _width(self) -> timedelta | None:
        one = _WIDTHS.get(self.bucket.unit)
        return None if one is None else one * self.bucket.many

    def _months(self) -> int:
        return _MONTHS[self.bucket.unit] * self.bucket.many


def _utc(at: str) -> str:
    """The instant by the clock of UTC; said by an interval, because names of zones are looked up each time."""
    return f"({at} AT TIME ZONE interval '0')"


def _held(known: Sequence[tuple[datetime, timedelta]], at: datetime) -> int:
    """Which of the offsets holds at this moment."""
    return max((number for number, (start, _) in enumerate(known) if start <= at), default=0)


def _moment(at: datetime) -> str:
    return f"timestamptz '{at.isoformat()}'"


def _ahead(at: str, offset: timedelta) -> str:
    return f"({at} AT TIME ZONE interval '{offset.total_seconds():.0f} seconds')"
