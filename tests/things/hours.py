# SPDX-License-Identifier: EUPL-1.2
"""A writer of observations as `actions/rolling.py` wants one, and what hours must come to, counted in Python."""

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection

from smilecity.things.rules.calendar import whole_hour

# The lock is taken first; the hour is stale if it lies before the `rolled_until` of the row held.
HOLD = """
INSERT INTO things_latest AS l (datastream_id, count) VALUES (%(ds)s, 0)
ON CONFLICT (datastream_id) DO UPDATE SET count = l.count RETURNING rolled_until
"""
# A partition for each month there is, then all values in one go, in the order they are given.
KEEP = "SELECT things_keep_partition(month) FROM (SELECT DISTINCT date_trunc('month', unnest(%s), 'UTC') AS month) AS m"
ADD = """
INSERT INTO things_observation (datastream_id, phenomenon_time, result, value)
SELECT %s, at, number, CASE WHEN number IS NULL THEN '"text"'::jsonb END
FROM unnest(%s, %s::float8[]) WITH ORDINALITY AS a (at, number, place) ORDER BY place
"""
STALE = "INSERT INTO things_stalehour VALUES (%s, %s) ON CONFLICT DO NOTHING"
AMOUNTS = """
UPDATE things_latest AS l SET count = o.count, first_time = o.first, last_time = o.last,
    phenomenon_time = n.phenomenon_time, observation = n.id, result = n.result, value = n.value
FROM (SELECT count(*), min(phenomenon_time) AS first, max(phenomenon_time) AS last
      FROM things_observation WHERE datastream_id = %(ds)s) AS o
LEFT JOIN (SELECT * FROM things_observation WHERE datastream_id = %(ds)s
           ORDER BY phenomenon_time DESC, id DESC LIMIT 1) AS n ON true
WHERE l.datastream_id = %(ds)s
"""


def write(
    cursor: Any,
    ds: int,
    added: Iterable[tuple[datetime, float | None]],
    gone: Iterable[datetime] = (),
) -> None:
    """Add values (None is a text) and take those at these times away, in the caller's transaction."""
    added, gone = list(added), list(gone)
    cursor.execute(HOLD, {"ds": ds})
    (rolled_until,) = cursor.fetchone()
    if added:
        times = [at for at, _ in added]
        cursor.execute(KEEP, [times])
        cursor.execute(ADD, [ds, times, [number for _, number in added]])
    for at in gone:
        cursor.execute(
            "DELETE FROM things_observation WHERE datastream_id = %s AND phenomenon_time = %s", [ds, at]
        )
    for at in (*[at for at, _ in added], *gone):
        if rolled_until is not None and at < rolled_until:
            cursor.execute(STALE, [ds, whole_hour(at)])
    cursor.execute(AMOUNTS, {"ds": ds})


def fill(ds: int, added: Iterable[tuple[datetime, float | None]]) -> None:
    """Values of a datastream, in Django's transaction."""
    with connection.cursor() as cursor:
        write(cursor, ds, added)


def hours_of(ds: int) -> dict[datetime, tuple[int, int, float | None, float | None, float | None]]:
    """The hours rolled up and not stale."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT start, rows, count, total, low, high FROM things_hour AS h WHERE datastream_id = %s AND NOT"
            " EXISTS (SELECT FROM things_stalehour AS s WHERE (s.datastream_id, s.start) = (%s, h.start))",
            [ds, ds],
        )
        return {row[0]: row[1:] for row in cursor.fetchall()}


def counted(
    values: Iterable[tuple[datetime, float | None]],
) -> dict[datetime, tuple[int, int, float | None, float | None, float | None]]:
    """What the hours of these values must come to."""
    hours: dict[datetime, list[float | None]] = {}
    for at, number in values:
        hours.setdefault(whole_hour(at), []).append(number)
    return {start: _amounts(numbers) for start, numbers in hours.items()}


def _amounts(values: list[float | None]) -> tuple[int, int, float | None, float | None, float | None]:
    numbers = [number for number in values if number is not None]
    if not numbers:
        return len(values), 0, None, None, None
    return len(values), len(numbers), math.fsum(numbers), min(numbers), max(numbers)


def ask_raw(url: str, ds: int) -> list[tuple[datetime, float | None]]:
    """All raw values of a datastream."""
    with psycopg.connect(url, autocommit=True) as beside:
        return beside.execute(
            "SELECT phenomenon_time, result FROM things_observation WHERE datastream_id = %s", [ds]
        ).fetchall()
