# SPDX-License-Identifier: EUPL-1.2
"""Values held against their limits: the statements, the same number of them however many values and datastreams.

Each value is judged with those right before it; and the few after it once more, for which it is one of those before.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection
from django.db.backends.utils import CursorWrapper

from smilecity.things.actions.rolling import LOCK
from smilecity.things.rules.physics import Kind, kind_of
from smilecity.things.rules.watch import LOOKED_BACK, Limits, Value, judge, stretches

APART = 4  # usual intervals between two new values that are still looked at together
UNLEARNED_APART = timedelta(minutes=10)

WATCHED = """
SELECT d.id, d.people, d.observation_type, d.unit, p.definition, p.name, coalesce(w.set_by_people, false), w.interval,
    w.low, w.high, w.most_step, w.stuck_after, w.looked_until, w.same_since
FROM things_datastream AS d
LEFT JOIN things_observedproperty AS p ON p.id = d.observed_property_id
LEFT JOIN things_watch AS w ON w.datastream_id = d.id
WHERE d.id = ANY(%(ids)s) AND NOT d.multi
"""

_NUMBERS = "SELECT o.phenomenon_time, o.id, o.result, o.flags FROM things_observation AS o"
_OF = "WHERE o.datastream_id = s.ds AND o.result IS NOT NULL"
AROUND = f"""
SELECT s.n::int, o.* FROM unnest(%(ds)s::bigint[], %(since)s::timestamptz[], %(until)s::timestamptz[])
    WITH ORDINALITY AS s (ds, since, until, n)
CROSS JOIN LATERAL (
    ({_NUMBERS} {_OF} AND o.phenomenon_time < s.since
        ORDER BY o.phenomenon_time DESC, o.id DESC LIMIT {LOOKED_BACK})
    UNION ALL
    ({_NUMBERS} {_OF} AND o.phenomenon_time >= s.since AND o.phenomenon_time <= s.until)
    UNION ALL
    ({_NUMBERS} {_OF} AND o.phenomenon_time > s.until ORDER BY o.phenomenon_time, o.id LIMIT {LOOKED_BACK})
) AS o
ORDER BY s.n, o.phenomenon_time, o.id
"""  # noqa: S608 - of our own parts

# Since when a value is the same: looked for no further back than it may stay.
SAME = """
SELECT s.n::int, (
    SELECT min(o.phenomenon_time) FROM things_observation AS o
    WHERE o.datastream_id = s.ds AND o.result IS NOT NULL
        AND o.phenomenon_time >= s.at - s.most AND o.phenomenon_time <= s.at
        AND o.phenomenon_time > coalesce((
            SELECT x.phenomenon_time FROM things_observation AS x
            WHERE x.datastream_id = s.ds AND x.result <> s.number
                AND x.phenomenon_time >= s.at - s.most AND x.phenomenon_time <= s.at
            ORDER BY x.phenomenon_time DESC LIMIT 1), '-infinity'))
FROM unnest(%(n)s::int[], %(ds)s::bigint[], %(at)s::timestamptz[], %(number)s::float8[], %(most)s::interval[])
    AS s (n, ds, at, number, most)
"""

FLAG = """
UPDATE things_observation AS o SET flags = nullif(g.flags, 0)
FROM unnest(%(ds)s::bigint[], %(at)s::timestamptz[], %(id)s::bigint[], %(flags)s::smallint[]) AS g (ds, at, id, flags)
WHERE o.datastream_id = g.ds AND o.phenomenon_time = g.at AND o.id = g.id
    AND o.phenomenon_time >= %(since)s AND o.phenomenon_time <= %(until)s
"""
FLAG_LATEST = """
UPDATE things_latest AS l SET flags = nullif(g.flags, 0)
FROM unnest(%(ds)s::bigint[], %(id)s::bigint[], %(flags)s::smallint[]) AS g (ds, id, flags)
WHERE l.datastream_id = g.ds AND l.observation = g.id
"""
LOOKED = """
INSERT INTO things_watch AS w (datastream_id, set_by_people, looked_until, same_since)
SELECT ds, false, looked_until, same_since
FROM unnest(%(ds)s::bigint[], %(until)s::timestamptz[], %(same)s::timestamptz[]) AS g (ds, looked_until, same_since)
ORDER BY ds
ON CONFLICT (datastream_id) DO UPDATE SET looked_until = excluded.looked_until, same_since = excluded.same_since
"""


@dataclass(slots=True)
class Watched:
    """A datastream as the watch knows it; `until` and `same` are up to where it has looked, and since when the same."""

    id: int
    kind: Kind
    limits: Limits
    until: datetime | None
    same: datetime | None

    def looked(self, values: Sequence["Seen"], same: datetime | None) -> None:
        """Remember where it has come; a late value may have ended the stillness that was known."""
        last = values[-1].value.at
        if self.until is None or last >= self.until:
            self.until, self.same = last, same
        elif self.same is not None and last >= self.same:
            self.same = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A value with its id."""

    id: int
    value: Value


@dataclass(frozen=True, slots=True)
class Odd:
    """A value in which something odd was found that was not known before."""

    datastream: int
    at: datetime
    flags: int


@dataclass(slots=True)
class _Stretch:
    watched: Watched
    since: datetime
    until: datetime
    before: list[Seen] = field(default_factory=list)
    values: list[Seen] = field(default_factory=list)
    same: datetime | None = None


def judged(cursor: CursorWrapper, fresh: Mapping[int, Iterable[datetime]]) -> list[Odd]:
    """Judge the values of these datastreams at these moments, in the caller's transaction; what is newly odd.

    Lock: their rows in `Latest`, in order of id, as whoever writes an observation takes them.
    """
    cursor.execute(LOCK, {"ids": list(fresh)})
    known = watched(cursor, fresh)
    found = [
        _Stretch(one, since, until)
        for one in known
        for since, until in stretches(list(fresh[one.id]), _apart(one.limits))
    ]
    if not found:
        return []
    _fill(cursor, found)
    _same_since(cursor, [one for one in found if one.before and one.watched.limits.stuck_after is not None])
    # Keyed by what it is of: the values after one stretch may be the first of the next.
    changed = list(
        {
            (one.watched.id, seen.id): (one.watched.id, seen, flags)
            for one in found
            for seen, flags in _judged(one)
        }.values()
    )
    _flag(cursor, changed)
    _remember(cursor, [one for one in known if one.until is not None])
    return [Odd(ds, seen.value.at, new) for ds, seen, flags in changed if (new := flags & ~seen.value.flags)]


def watched(cursor: CursorWrapper, ids: Iterable[int]) -> list[Watched]:
    """These datastreams in order of id. What people did not set is held against what is possible for its kind."""
    cursor.execute(WATCHED, {"ids": list(ids)})
    return sorted((_watched(row) for row in cursor.fetchall()), key=lambda one: one.id)


def _watched(row: tuple[Any, ...]) -> Watched:
    id_, people, type_, unit, definition, name, by_people, interval, low, high, step, stuck, until, same = row
    kind = kind_of(definition or "", name or "", orjson.loads(unit), type_, people=people)
    if not by_people:
        low, high = kind.low, kind.high
    return Watched(id_, kind, Limits(interval, low, high, step, stuck, rests=kind.rests), until, same)


def _apart(limits: Limits) -> timedelta:
    return APART * limits.interval if limits.interval else UNLEARNED_APART


def _fill(cursor: CursorWrapper, found: Sequence[_Stretch]) -> None:
    """Read the values of each stretch and those around it; a stretch whose values have gone stays empty."""
    asked: dict[str, Any] = {
        "ds": [one.watched.id for one in found],
        "since": [one.since for one in found],
        "until": [one.until for one in found],
    }
    cursor.execute(AROUND, asked)
    for number, at, id_, result, flags in cursor.fetchall():
        one = found[number - 1]
        (one.before if at < one.since else one.values).append(Seen(id_, Value(at, result, flags or 0)))


def _same_since(cursor: CursorWrapper, found: Sequence[_Stretch]) -> None:
    """Since when the value before each stretch has been the same: known where the watch has come, else looked for."""
    unknown = []
    for one in found:
        if one.watched.same is not None and one.before[-1].value.at == one.watched.until:
            one.same = one.watched.same
        else:
            unknown.append(one)
    if not unknown:
        return
    last = [one.before[-1].value for one in unknown]
    asked: dict[str, Any] = {
        "n": list(range(len(unknown))),
        "ds": [one.watched.id for one in unknown],
        "at": [value.at for value in last],
        "number": [value.number for value in last],
        "most": [one.watched.limits.stuck_after for one in unknown],
    }
    cursor.execute(SAME, asked)
    for number, same in cursor.fetchall():
        unknown[number].same = same


def _judged(one: _Stretch) -> list[tuple[Seen, int]]:
    """The values of which other things are odd than before."""
    if not one.values:
        return []
    values = [seen.value for seen in one.values]
    found, same = judge([seen.value for seen in one.before], values, one.watched.limits, one.same)
    one.watched.looked(one.values, same)
    return [(seen, flags) for seen, flags in zip(one.values, found, strict=True) if flags != seen.value.flags]


def _flag(cursor: CursorWrapper, changed: Sequence[tuple[int, Seen, int]]) -> None:
    if not changed:
        return
    times = [seen.value.at for _, seen, _ in changed]
    given: dict[str, Any] = {
        "ds": [ds for ds, _, _ in changed],
        "at": times,
        "id": [seen.id for _, seen, _ in changed],
        "flags": [flags for _, _, flags in changed],
        "since": min(times),
        "until": max(times),
    }
    cursor.execute(FLAG, given)
    cursor.execute(FLAG_LATEST, given)


def _remember(cursor: CursorWrapper, known: Sequence[Watched]) -> None:
    given: dict[str, Any] = {
        "ds": [one.id for one in known],
        "until": [one.until for one in known],
        "same": [one.same for one in known],
    }
    cursor.execute(LOOKED, given)


def moments_of(rows: Iterable[tuple[int, datetime]]) -> dict[int, list[datetime]]:
    """Moments by datastream."""
    found: dict[int, list[datetime]] = defaultdict(list)
    for ds, at in rows:
        found[ds].append(at)
    return dict(found)


def rows(query: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a query of the watch."""
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
