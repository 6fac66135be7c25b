# SPDX-License-Identifier: EUPL-1.2
"""Writes: raw values deleted when their time is over; hours outlive them where the thing says so.

First a datastream's `forgotten_until` is set, with all hours before it rolled up: from then on these hours are never
counted again, and nothing is lost by what follows, even if the process dies. Then months of which every value is past
its time are dropped as a whole; what is left is deleted piece by piece. A newest value past its time goes too.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper

from smilecity.core import log
from smilecity.core.who import Who
from smilecity.things import facts
from smilecity.things.actions.desk import keeper
from smilecity.things.actions.recounting import Amount, Gone, locked, recount
from smilecity.things.actions.rolling import AT_ONCE, redo, roll
from smilecity.things.models import Latest
from smilecity.things.reads.forgetting import Due, due

ROWS_AT_ONCE = 10_000
TRIES, PAUSE = 5, 1.0  # to drop a month: each try waits at most 0.3 s, and so do those who come after it

SETTLE = """
UPDATE things_latest SET forgotten_until = greatest(forgotten_until, %(until)s) WHERE datastream_id = ANY(%(ids)s)
"""
HOURS = "DELETE FROM things_hour WHERE datastream_id = ANY(%(ids)s) AND start < %(until)s"

# A piece is the oldest values, about ROWS_AT_ONCE of them.
FORGET = """
WITH gone AS (
    DELETE FROM things_observation
    WHERE datastream_id = %(datastream)s AND phenomenon_time < %(until)s
        AND phenomenon_time <= coalesce((
            SELECT phenomenon_time FROM things_observation
            WHERE datastream_id = %(datastream)s AND phenomenon_time < %(until)s
            ORDER BY phenomenon_time OFFSET %(rows)s LIMIT 1), 'infinity')
    RETURNING coalesce(phenomenon_end, phenomenon_time) AS last, result_time
)
SELECT count(*), max(last), min(result_time), max(result_time) FROM gone
"""

MONTHS = """
SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = 'public.things_observation'::regclass ORDER BY c.relname
"""
# A value of a datastream that is not past its time keeps its month.
HELD = """
SELECT EXISTS (
    SELECT FROM things_datastream AS d LEFT JOIN things_latest AS l ON l.datastream_id = d.id
    WHERE coalesce(l.forgotten_until, '-infinity') < %(end)s
        AND EXISTS (SELECT FROM {month} AS o WHERE o.datastream_id = d.id)
)
"""
AMOUNTS = """
SELECT o.datastream_id, d.thing_id, count(*), max(coalesce(o.phenomenon_end, o.phenomenon_time)),
    min(o.result_time), max(o.result_time)
FROM {month} AS o LEFT JOIN things_datastream AS d ON d.id = o.datastream_id
GROUP BY o.datastream_id, d.thing_id ORDER BY o.datastream_id
"""

_KEPT = ("datastream", "count", "first_time", "rolled_until", "forgotten_until")
_TOLD = [one.column for one in Latest._meta.local_fields if one.name not in _KEPT]  # noqa: SLF001 - Django's own
DROPPED = f"""
UPDATE things_latest AS l SET count = l.count - gone.count, first_time = rest.first_time,
    {", ".join(f"{name} = CASE WHEN rest.first_time IS NOT NULL THEN l.{name} END" for name in _TOLD)}
FROM unnest(%(ids)s::bigint[], %(counts)s::bigint[]) AS gone (ds, count)
LEFT JOIN LATERAL (
    SELECT o.phenomenon_time AS first_time FROM things_observation AS o WHERE o.datastream_id = gone.ds
    ORDER BY o.phenomenon_time LIMIT 1
) AS rest ON true
WHERE l.datastream_id = gone.ds
"""  # noqa: S608 - of our own parts


def forget_observations(who: Who) -> int:
    """Delete every thing's raw values that are older than its retention; returns how many went.

    One log entry a thing, and one more for each month of it that was dropped as a whole: how many, and until when. Each
    piece is a transaction of its own. Lock: the row in `Latest` of each datastream, as `rolling`; for a month its
    partition, then shortly the whole table.
    """
    keeper(who)
    found = due(who)
    for one in found:
        _settle(one)
    total = sum(_drop(who, *month) for month in _months()) if found else 0
    return total + sum(_forget(who, one) for one in found)


def _settle(one: Due) -> None:
    """Roll up what must outlive its values, and say from when on values are forgotten."""
    for start in range(0, len(one.datastreams), AT_ONCE):
        ids = one.datastreams[start : start + AT_ONCE]
        while not _settled(ids, one):
            pass


def _settled(ids: list[int], one: Due) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        if one.keeps_hours:
            if roll(ids, one.until):
                return False
            while redo(ids):
                pass
        cursor.execute(SETTLE, {"ids": ids, "until": one.until})
        if not one.keeps_hours:
            cursor.execute(HOURS, {"ids": ids, "until": one.until})
    return True


def _forget(who: Who, one: Due) -> int:
    """Delete what is left of a thing, the oldest first."""
    total = 0
    for number, datastream in enumerate(one.datastreams, 1):
        count = ROWS_AT_ONCE
        while count >= ROWS_AT_ONCE:
            with transaction.atomic(), connection.cursor() as cursor:
                amount = locked(cursor, datastream)
                given: dict[str, Any] = {"datastream": datastream, "until": one.until, "rows": ROWS_AT_ONCE}
                cursor.execute(FORGET, given)
                count, *extremes = cursor.fetchone()
                if count:
                    recount(cursor, datastream, amount, Gone(count, *extremes), [])
                total += count
                if count < ROWS_AT_ONCE and number == len(one.datastreams) and total:
                    _tell(who, one.thing, total, one.until, one.datastreams)
    return total


def _tell(who: Who, thing: int, count: int, until: datetime, about: list[int]) -> None:
    data = {"count": count, "until": until.isoformat()}
    log.append(who, facts.OBSERVATIONS_FORGOTTEN, noun=thing, about=about, data=data)


def _months() -> Iterator[tuple[str, datetime]]:
    """The partitions of which every value is past its time, and where each ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(forgotten_until) FROM things_latest")
        (most,) = cursor.fetchone() or (None,)
        cursor.execute(MONTHS)
        for (name,) in cursor.fetchall():
            year, month = int(name[-7:-3]), int(name[-2:])
            end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
            if most is not None and end <= most and not _held(cursor, name, end):
                yield name, end


def _held(cursor: CursorWrapper, month: str, end: datetime) -> bool:
    cursor.execute(HELD.format(month=month), {"end": end})
    return bool((cursor.fetchone() or (True,))[0])


def _drop(who: Who, month: str, end: datetime) -> int:
    """Drop a month as a whole; 0 if others are in the way for too long: then its values are deleted one by one."""
    for pause in (*[PAUSE] * (TRIES - 1), 0.0):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                gone = _dropped(who, cursor, month, end)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != "55P03":
                raise
            time.sleep(pause)
        else:
            for datastream, amounts in gone.items():
                _look_again(datastream, amounts)
            return sum(one.count for one in gone.values())
    return 0


def _dropped(who: Who, cursor: CursorWrapper, month: str, end: datetime) -> dict[int, Gone]:
    """Writers into this month wait while it is counted; then all wait for as long as it takes to let it go."""
    cursor.execute("SET LOCAL lock_timeout = '300ms'")
    cursor.execute(f"LOCK TABLE ONLY {month} IN SHARE MODE")
    if _held(cursor, month, end):
        return {}
    cursor.execute(AMOUNTS.format(month=month))
    rows = cursor.fetchall()
    cursor.execute("LOCK TABLE ONLY things_observation IN ACCESS EXCLUSIVE MODE")
    cursor.execute(f"ALTER TABLE things_observation DETACH PARTITION {month}")
    cursor.execute(f"DROP TABLE {month}")
    cursor.execute(DROPPED, {"ids": [row[0] for row in rows], "counts": [row[2] for row in rows]})
    for thing in sorted({row[1] for row in rows if row[1] is not None}):
        mine = [row for row in rows if row[1] == thing]
        _tell(who, thing, sum(row[2] for row in mine), end, [row[0] for row in mine])
    return {row[0]: Gone(*row[2:]) for row in rows}


def _look_again(datastream: int, gone: Gone) -> None:
    """Extremes that went with a month are looked for, outside its lock; if the process dies before, they stay as told."""
    with transaction.atomic(), connection.cursor() as cursor:
        amount: Amount = locked(cursor, datastream)
        if amount.count:
            recount(cursor, datastream, amount, Gone(0, *_extremes(gone)), [])


def _extremes(gone: Gone) -> tuple[datetime | None, datetime | None, datetime | None]:
    return gone.last_time, gone.first_result_time, gone.last_result_time
