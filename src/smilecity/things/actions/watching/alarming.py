# SPDX-License-Identifier: EUPL-1.2
"""Alarms opened and closed: what should be open is asked of the tables, so that doing it again changes nothing."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.backends.utils import CursorWrapper

from smilecity.things.actions.watching.looking import Odd
from smilecity.things.rules.radio import USUALLY_SILENT_AFTER
from smilecity.things.rules.register import LOW_BATTERY
from smilecity.things.rules.watch import BITS, RANGE, STUCK

AGAIN = timedelta(hours=1)  # what comes back within it is the same alarm
ODD_FOR = timedelta(
    hours=6
)  # after the last odd value, so that who looks in the morning sees what was at night
CHARGED = LOW_BATTERY + 5  # percent from which a battery is no longer low
TROUBLED = timedelta(minutes=5)  # that a connector may be in trouble and get well by itself

# A row of `wanted`: kind, whom it is about (ds, gateway, connector: two of them null), since when, how many new values.
_SAME = """a.kind = w.kind AND a.datastream_id IS NOT DISTINCT FROM w.ds
    AND a.gateway_id IS NOT DISTINCT FROM w.gateway AND a.connector_id IS NOT DISTINCT FROM w.connector"""

# An alarm that is open counts on, one that was closed a short while ago is open again, else a new one is opened.
OPEN = f"""
counted AS (
    UPDATE things_alarm AS a SET count = a.count + w.times FROM wanted AS w
    WHERE a.until IS NULL AND w.times > 0 AND {_SAME}
), reopened AS (
    UPDATE things_alarm AS a SET until = NULL, count = a.count + greatest(w.times, 1) FROM wanted AS w
    WHERE {_SAME} AND a.id = (
        SELECT a.id FROM things_alarm AS a WHERE {_SAME} AND a.until > %(again)s ORDER BY a.until DESC LIMIT 1)
        AND NOT EXISTS (SELECT FROM things_alarm AS a WHERE {_SAME} AND a.until IS NULL)
    RETURNING a.kind, a.datastream_id, a.gateway_id, a.connector_id
), opened AS (
    INSERT INTO things_alarm (kind, datastream_id, gateway_id, connector_id, since, count, seen_by)
    SELECT w.kind, w.ds, w.gateway, w.connector, w.since, greatest(w.times, 1), '' FROM wanted AS w
    WHERE NOT EXISTS (SELECT FROM things_alarm AS a WHERE {_SAME} AND a.until IS NULL)
        AND NOT EXISTS (
            SELECT FROM reopened AS r WHERE r.kind = w.kind AND r.datastream_id IS NOT DISTINCT FROM w.ds
                AND r.gateway_id IS NOT DISTINCT FROM w.gateway
                AND r.connector_id IS NOT DISTINCT FROM w.connector)
    ON CONFLICT DO NOTHING
)"""  # noqa: S608 - of our own parts

OPEN_ODD = f"""
WITH wanted AS (
    SELECT kind, ds, NULL::text AS gateway, NULL::bigint AS connector, since, times
    FROM unnest(%(kind)s::text[], %(ds)s::bigint[], %(since)s::timestamptz[], %(times)s::int[])
        AS g (kind, ds, since, times)
), {OPEN}
SELECT count(*) FROM wanted
"""  # noqa: S608

_NOBODY = "NULL::text AS gateway, NULL::bigint AS connector"
# That the last value jumped is over with the next one, and if none comes, with time.
_ODD_NOW = f"""SELECT 'range', l.datastream_id, {_NOBODY}, l.phenomenon_time
        FROM things_latest AS l WHERE l.flags & {RANGE} <> 0
        UNION ALL
        SELECT 'stuck', l.datastream_id, {_NOBODY}, coalesce(w.same_since, l.phenomenon_time)
        FROM things_latest AS l LEFT JOIN things_watch AS w ON w.datastream_id = l.datastream_id
        WHERE l.flags & {STUCK} <> 0"""  # noqa: S608 - of our own parts
_BIT = "CASE a.kind " + " ".join(f"WHEN '{code}' THEN {bit}" for code, bit in BITS.items()) + " END"
SETTLE = f"""
WITH wanted AS MATERIALIZED (
    SELECT found.*, 0 AS times FROM (
        SELECT 'silent' AS kind, l.datastream_id AS ds, {_NOBODY}, l.phenomenon_time AS since
        FROM things_latest AS l JOIN things_datastream AS d ON d.id = l.datastream_id
        LEFT JOIN things_watch AS w ON w.datastream_id = d.id
        WHERE l.phenomenon_time < %(now)s - coalesce(w.quiet_after, d.silent_after)
            AND (%(listening)s < %(now)s - coalesce(w.quiet_after, d.silent_after) OR EXISTS (
                SELECT FROM things_alarm AS a WHERE a.datastream_id = d.id AND a.kind = 'silent' AND a.until IS NULL))
        UNION ALL
        SELECT 'battery', l.datastream_id, {_NOBODY}, l.phenomenon_time
        FROM things_latest AS l JOIN things_datastream AS d ON d.id = l.datastream_id
        JOIN things_observedproperty AS p ON p.id = d.observed_property_id
        WHERE (p.definition ~* 'battery|batterie' OR p.name ~* 'battery|batterie') AND d.unit ->> 'symbol' = '%%'
            AND l.result < CASE WHEN EXISTS (
                SELECT FROM things_alarm AS a WHERE a.datastream_id = d.id AND a.kind = 'battery' AND a.until IS NULL
            ) THEN %(charged)s ELSE %(low)s END
        UNION ALL
        {_ODD_NOW}
        UNION ALL
        SELECT a.kind, a.datastream_id, {_NOBODY}, a.since FROM things_alarm AS a
        WHERE a.until IS NULL AND a.kind = ANY(%(odd)s) AND EXISTS (
            SELECT FROM things_observation AS o WHERE o.datastream_id = a.datastream_id AND o.flags IS NOT NULL
                AND o.phenomenon_time > %(lately)s AND o.flags & {_BIT} <> 0)
        UNION ALL
        SELECT 'gateway', NULL, g.id, NULL, g.heard_at FROM things_gateway AS g
        WHERE g.heard_at < %(now)s - coalesce(g.silent_after, %(gateway)s)
        UNION ALL
        SELECT 'connector', NULL, NULL, c.id, s.troubled_at
        FROM things_connector AS c JOIN things_connectorstate AS s ON s.connector_id = c.id
        WHERE c.active AND s.trouble <> '' AND s.troubled_at < %(now)s - %(troubled)s
    ) AS found
), {OPEN}, closed AS (
    UPDATE things_alarm AS a SET until = %(now)s
    WHERE a.until IS NULL AND NOT EXISTS (SELECT FROM wanted AS w WHERE {_SAME})
)
SELECT count(*) FROM wanted
"""  # noqa: S608


def open_odd(cursor: CursorWrapper, found: Sequence[Odd], now: datetime) -> None:
    """Alarms for what was found odd in values of the last hours; of older ones only the flags tell."""
    counted: dict[tuple[str, int], list[datetime]] = defaultdict(list)
    for one in found:
        if one.at > now - ODD_FOR:
            for code, bit in BITS.items():
                if one.flags & bit:
                    counted[code, one.datastream].append(one.at)
    if counted:
        kinds, streams = zip(*counted, strict=True)
        given: dict[str, Any] = {
            "kind": list(kinds),
            "ds": list(streams),
            "since": [min(times) for times in counted.values()],
            "times": [len(times) for times in counted.values()],
            "again": now - AGAIN,
        }
        cursor.execute(OPEN_ODD, given)


def settle(cursor: CursorWrapper, now: datetime, listening_since: datetime) -> None:
    """Open what is wrong now, close what is well again, in one statement over the newest values, not the stored ones.

    Nobody falls silent while the node itself was not there to hear.
    """
    given: dict[str, Any] = {
        "now": now,
        "listening": listening_since,
        "again": now - AGAIN,
        "lately": now - ODD_FOR,
        "low": LOW_BATTERY,
        "charged": CHARGED,
        "odd": list(BITS),
        "gateway": USUALLY_SILENT_AFTER,
        "troubled": TROUBLED,
    }
    cursor.execute(SETTLE, given)
