# SPDX-License-Identifier: EUPL-1.2
"""Writes: the hours of each datastream rolled up, so that a year's chart reads thousands of rows, not millions.

Why the hours are exact. Whoever writes an observation of a datastream takes the lock of its `Latest` row in the same
transaction, and marks the hour stale if it lies before the `rolled_until` of the row it then holds. This job takes the
same lock first and counts in a statement after it. So of a writer and the job one is wholly before the other: either
the job's statement sees the value, or the writer sees the new `rolled_until` and marks the hour. Counting in the
statement that takes the lock would not do: it sees what was committed when it began to wait.
"""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from smilecity.core import clock
from smilecity.core.who import Who
from smilecity.things.actions.desk import keeper
from smilecity.things.reads.hours import AMOUNTS, HOUR
from smilecity.things.rules.calendar import SETTLED, whole_hour

AT_ONCE = 50  # datastreams in one transaction
ROWS_AT_ONCE = 100_000  # raw values counted in one transaction, all datastreams together: some 50 ms of lock
STALE_AT_ONCE = 500  # hours
SECONDS = 200.0  # then the next run goes on, so that other jobs get their turn

DUE = """
SELECT datastream_id FROM things_latest
WHERE phenomenon_time >= coalesce(rolled_until, '-infinity') AND coalesce(rolled_until, '-infinity') < %(until)s
ORDER BY datastream_id
"""

LOCK = """
SELECT datastream_id FROM things_latest WHERE datastream_id = ANY(%(ids)s) ORDER BY datastream_id
FOR NO KEY UPDATE
"""

# A piece ends at a whole hour, before its row number %(rows)s, but is an hour at least. Where nothing came for long,
# it begins at the next value.
ROLL = f"""
WITH piece AS (
    SELECT l.datastream_id AS ds, first.hour AS since,
        CASE WHEN last.hour IS NULL THEN %(until)s ELSE greatest(last.hour, first.hour + interval '1 hour') END
            AS until
    FROM things_latest AS l
    LEFT JOIN LATERAL (
        SELECT {HOUR} AS hour FROM things_observation AS o
        WHERE o.datastream_id = l.datastream_id AND o.phenomenon_time >= coalesce(l.rolled_until, '-infinity')
            AND o.phenomenon_time < %(until)s
        ORDER BY o.phenomenon_time LIMIT 1
    ) AS first ON true
    LEFT JOIN LATERAL (
        SELECT {HOUR} AS hour FROM things_observation AS o
        WHERE o.datastream_id = l.datastream_id AND o.phenomenon_time >= first.hour
            AND o.phenomenon_time < %(until)s
        ORDER BY o.phenomenon_time OFFSET %(rows)s LIMIT 1
    ) AS last ON first.hour IS NOT NULL
    WHERE l.datastream_id = ANY(%(ids)s) AND coalesce(l.rolled_until, '-infinity') < %(until)s
), hours AS (
    INSERT INTO things_hour (datastream_id, start, rows, count, total, low, high)
    SELECT p.ds, h.*
    FROM piece AS p CROSS JOIN LATERAL (
        SELECT {HOUR} AS start, {AMOUNTS} FROM things_observation AS o
        WHERE o.datastream_id = p.ds AND o.phenomenon_time >= p.since AND o.phenomenon_time < p.until
        GROUP BY 1
    ) AS h
    ON CONFLICT (datastream_id, start) DO UPDATE SET rows = excluded.rows, count = excluded.count,
        total = excluded.total, low = excluded.low, high = excluded.high
), moved AS (
    UPDATE things_latest AS l SET rolled_until = p.until FROM piece AS p WHERE l.datastream_id = p.ds
)
SELECT ds FROM piece WHERE until < %(until)s ORDER BY ds
"""  # noqa: S608 - of our own parts

# Of a datastream that is gone, and of forgotten raw values, only the mark goes.
REDO = f"""
WITH stale AS (
    DELETE FROM things_stalehour AS s USING (
        SELECT datastream_id, start FROM things_stalehour
        WHERE datastream_id = ANY(%(ids)s) ORDER BY datastream_id, start LIMIT %(hours)s
    ) AS piece
    WHERE s.datastream_id = piece.datastream_id AND s.start = piece.start
    RETURNING s.datastream_id AS ds, s.start
), fresh AS (
    SELECT s.ds, s.start, h.*
    FROM stale AS s JOIN things_latest AS l ON l.datastream_id = s.ds
    CROSS JOIN LATERAL (
        SELECT {AMOUNTS} FROM things_observation AS o
        WHERE o.datastream_id = s.ds AND o.phenomenon_time >= s.start
            AND o.phenomenon_time < s.start + interval '1 hour'
    ) AS h
    WHERE s.start < l.rolled_until AND s.start >= coalesce(l.forgotten_until, '-infinity')
), emptied AS (
    DELETE FROM things_hour AS h USING fresh AS f
    WHERE f.rows = 0 AND h.datastream_id = f.ds AND h.start = f.start
), filled AS (
    INSERT INTO things_hour (datastream_id, start, rows, count, total, low, high)
    SELECT * FROM fresh WHERE rows > 0
    ON CONFLICT (datastream_id, start) DO UPDATE SET rows = excluded.rows, count = excluded.count,
        total = excluded.total, low = excluded.low, high = excluded.high
)
SELECT count(*) FROM stale
"""  # noqa: S608


def roll_up(who: Who, seconds: float = SECONDS) -> bool:
    """Roll up every datastream's hours to the last that is whole and settled, and redo the stale ones.

    Returns whether all is done; after `seconds` it ends where it is, and the next call goes on. Nothing is logged:
    answers stay the same. Lock: the rows in `Latest` of at most 50 datastreams, in order of id, for a piece at a time.
    """
    keeper(who)
    until = settled_until()
    end = time.monotonic() + seconds
    for ids in _by_fifty(_ids(DUE, until=until)):
        more = ids
        while more:
            if time.monotonic() > end:
                return False
            with transaction.atomic():
                more = roll(more, until)
    for ids in _by_fifty(_ids("SELECT DISTINCT datastream_id FROM things_stalehour ORDER BY datastream_id")):
        while redo(ids):
            if time.monotonic() > end:
                return False
    return True


def settled_until() -> datetime:
    """The end of the last whole hour of which few values are still to come."""
    return whole_hour(clock.now() - SETTLED)


def roll(ids: Sequence[int], until: datetime) -> list[int]:
    """Roll up a piece of each of these datastreams in the caller's transaction; those that have more to do.

    Lock: their rows in `Latest`, until the transaction ends.
    """
    _ids(LOCK, ids=list(ids))
    return _ids(ROLL, ids=list(ids), until=until, rows=ROWS_AT_ONCE // max(1, len(ids)))


def redo(ids: Sequence[int]) -> int:
    """Count some stale hours of these datastreams again, in one transaction; returns how many. Lock: as `roll`."""
    with transaction.atomic():
        _ids(LOCK, ids=list(ids))
        return _ids(REDO, ids=list(ids), hours=STALE_AT_ONCE)[0]


def _by_fifty(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]


def _ids(query: str, **parameters: Any) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return [row[0] for row in cursor.fetchall()]
