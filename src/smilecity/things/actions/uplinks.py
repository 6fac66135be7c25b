# SPDX-License-Identifier: EUPL-1.2
"""Writes: partitions made ahead of time, raw uplinks forgotten in time."""

from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from smilecity.core import clock, log
from smilecity.core.who import Who
from smilecity.things import facts, rules
from smilecity.things.actions.desk import keeper
from smilecity.things.models import Uplink


def keep_months(who: Who, months: int = 3) -> int:
    """See that observations of this month and those that follow, `months` in all, have their partitions.

    Returns how many were made. The intake makes others when it meets them. Nothing is logged: nobody can see
    it. Lock: an advisory lock within `things_keep_partition`.
    """
    keeper(who)
    ahead = [datetime(*month, 1, tzinfo=UTC) for month in rules.months_from(clock.now(), months)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM unnest(%s::timestamptz[]) AS month WHERE things_keep_partition(month)",
            [ahead],
        )
        (made,) = cursor.fetchone() or (0,)
        return int(made)


def forget_uplinks(who: Who, before: datetime, chunk: int = 5000) -> int:
    """Delete raw uplinks stored before this moment, of any state; returns how many. Observations stay.

    Each chunk is a transaction of its own with its log entry. Lock: the rows, skipping those another holds.
    """
    old = (
        "SELECT key FROM things_uplink WHERE stored_at < %s ORDER BY stored_at LIMIT %s"
        " FOR UPDATE SKIP LOCKED"
    )
    return _forget(who, old, [before, chunk], chunk)


def cap_parked(who: Who, most: int = 1000, chunk: int = 5000) -> int:
    """Delete parked uplinks but the newest `most` of each EUI; returns how many. Chunks as above."""
    surplus = (
        "SELECT key FROM ("
        " SELECT key, row_number() OVER (PARTITION BY eui ORDER BY received_at DESC, key) AS n"
        " FROM things_uplink WHERE state = %s) AS parked WHERE n > %s LIMIT %s"
    )
    return _forget(who, surplus, [Uplink.PARKED, most, chunk], chunk)


def _forget(who: Who, keys: str, parameters: list[Any], chunk: int) -> int:
    keeper(who)
    total = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            query = f"DELETE FROM things_uplink WHERE key = ANY(ARRAY({keys}))"  # noqa: S608 - both ours
            cursor.execute(query, parameters)
            count: int = cursor.rowcount
            if count:
                log.append(who, facts.UPLINKS_FORGOTTEN, data={"count": count})
        total += count
        if count < chunk:
            return total
