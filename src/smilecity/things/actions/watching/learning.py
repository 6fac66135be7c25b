# SPDX-License-Identifier: EUPL-1.2
"""What is usual of each datastream, learned from its last values."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.backends.utils import CursorWrapper

from smilecity.things.actions.watching.looking import Watched, watched
from smilecity.things.rules.watch import ENOUGH_VALUES, LEARNED_FROM, MOST_LEARNED, Learned, Value, learn

DUE = """
SELECT l.datastream_id FROM things_latest AS l
JOIN things_datastream AS d ON d.id = l.datastream_id AND NOT d.multi
LEFT JOIN things_watch AS w ON w.datastream_id = l.datastream_id
WHERE l.phenomenon_time > coalesce(w.learned_at, '-infinity') AND l.phenomenon_time > %(since)s
    AND coalesce(w.learned_at, '-infinity') < %(before)s
ORDER BY l.datastream_id
"""

# A new sensor is learned from as soon as there is enough.
NEW = """
SELECT l.datastream_id FROM things_latest AS l
JOIN things_datastream AS d ON d.id = l.datastream_id AND NOT d.multi
LEFT JOIN things_watch AS w ON w.datastream_id = l.datastream_id
WHERE w.learned_at IS NULL AND l.count >= %(enough)s AND l.phenomenon_time > %(since)s
ORDER BY l.datastream_id LIMIT %(most)s
"""

RECENT = """
SELECT s.ds, o.phenomenon_time, o.result, o.flags
FROM unnest(%(ids)s::bigint[]) AS s (ds)
CROSS JOIN LATERAL (
    SELECT o.phenomenon_time, o.id, o.result, o.flags FROM things_observation AS o
    WHERE o.datastream_id = s.ds AND o.result IS NOT NULL AND o.phenomenon_time > %(since)s
    ORDER BY o.phenomenon_time DESC, o.id DESC LIMIT %(most)s
) AS o
ORDER BY s.ds, o.phenomenon_time, o.id
"""

# What people have set stays; how often it speaks is learned all the same.
# After the first time, what is known already is judged once more.
KEEP = """
INSERT INTO things_watch AS w (datastream_id, interval, quiet_after, most_step, stuck_after, again_from, learned_at,
    again_until, set_by_people)
SELECT g.*, %(now)s, CASE WHEN g.since IS NOT NULL THEN %(now)s::timestamptz END, false
FROM unnest(%(ds)s::bigint[], %(interval)s::interval[], %(quiet)s::interval[], %(step)s::float8[],
    %(stuck)s::interval[], %(since)s::timestamptz[]) AS g (ds, usual, quiet, step, stuck, since)
ORDER BY 1
ON CONFLICT (datastream_id) DO UPDATE SET interval = excluded.interval, quiet_after = excluded.quiet_after,
    learned_at = excluded.learned_at,
    again_from = CASE WHEN w.learned_at IS NULL THEN excluded.again_from ELSE w.again_from END,
    again_until = CASE WHEN w.learned_at IS NULL THEN excluded.again_until ELSE w.again_until END,
    most_step = CASE WHEN w.set_by_people THEN w.most_step ELSE excluded.most_step END,
    stuck_after = CASE WHEN w.set_by_people THEN w.stuck_after ELSE excluded.stuck_after END
"""


def due(cursor: CursorWrapper, now: datetime, before: datetime) -> list[int]:
    """Datastreams that have said something since they were learned from, which was before this moment."""
    cursor.execute(DUE, {"since": now - LEARNED_FROM, "before": before})
    return [row[0] for row in cursor.fetchall()]


def new(cursor: CursorWrapper, now: datetime, most: int) -> list[int]:
    """Some datastreams that were never learned from and have said enough."""
    cursor.execute(NEW, {"since": now - LEARNED_FROM, "enough": ENOUGH_VALUES, "most": most})
    return [row[0] for row in cursor.fetchall()]


def learn_some(cursor: CursorWrapper, ids: Sequence[int], now: datetime) -> None:
    """Learn what is usual of these, in the caller's transaction. Lock: their rows of `Watch`, in order of id."""
    cursor.execute(RECENT, {"ids": list(ids), "since": now - LEARNED_FROM, "most": MOST_LEARNED})
    values: dict[int, list[Value]] = defaultdict(list)
    for ds, at, number, flags in cursor.fetchall():
        values[ds].append(Value(at, number, flags or 0))
    found = [(one, learn(values[one.id], one.kind)) for one in watched(cursor, ids)]
    since = [values[one.id][0].at - timedelta(microseconds=1) if values[one.id] else None for one, _ in found]
    _keep(cursor, found, since, now)


def _keep(
    cursor: CursorWrapper,
    found: Sequence[tuple[Watched, Learned]],
    since: list[datetime | None],
    now: datetime,
) -> None:
    given: dict[str, Any] = {
        "ds": [one.id for one, _ in found],
        "interval": [known.interval for _, known in found],
        "quiet": [known.quiet_after for _, known in found],
        "step": [known.most_step for _, known in found],
        "stuck": [known.stuck_after for _, known in found],
        "since": since,
        "now": now,
    }
    cursor.execute(KEEP, given)
