# SPDX-License-Identifier: EUPL-1.2
"""What numbers amount to, hour by hour: from the hours rolled up where they hold, else counted from the raw values.

An hour before `Latest.rolled_until` that is not in `StaleHour` equals its raw values at every snapshot (why is said in
`actions/rolling.py`), so that one statement over both gives the same as counting all raw values. Hours before
`Latest.forgotten_until` are all that is left.
"""

HOUR = "date_bin('1 hour', o.phenomenon_time, 'epoch')"

# Sums beyond what a number holds would be an error: they are NaN, "not known", and so is what they are added to.
MOST = "1e290"
NOT_KNOWN = "double precision 'NaN'"
AMOUNTS = f"""count(*)::int AS rows, count(o.result)::int AS count,
    CASE WHEN greatest(max(o.result), -min(o.result)) < {MOST}
        THEN sum(o.result) FILTER (WHERE abs(o.result) < {MOST})
        WHEN count(o.result) > 0 THEN {NOT_KNOWN} END AS total,
    min(o.result) AS low, max(o.result) AS high"""

# The rows (datastream_id, name, start, rows, count, total, low, high), one an hour, of the datastreams of a CTE
# `ds (id, name, rolled_until, forgotten_until)` between %(since)s and %(until)s, both on the hour or infinite. The
# name is told here, because joined once more the database may well go through all hours for each datastream.
PARTS = f"""
    SELECT h.datastream_id, ds.name, h.start, h.rows, h.count, h.total, h.low, h.high
    FROM ds JOIN things_hour AS h ON h.datastream_id = ds.id
    WHERE h.start >= %(since)s AND h.start < %(until)s AND h.start < ds.rolled_until
        AND (h.start < ds.forgotten_until OR (h.datastream_id, h.start) NOT IN (
            SELECT s.datastream_id, s.start FROM things_stalehour AS s JOIN ds AS d ON d.id = s.datastream_id))
    UNION ALL
    SELECT s.datastream_id, ds.name, s.start, raw.*
    FROM ds JOIN things_stalehour AS s ON s.datastream_id = ds.id
    CROSS JOIN LATERAL (
        SELECT {AMOUNTS} FROM things_observation AS o
        WHERE o.datastream_id = s.datastream_id AND o.phenomenon_time >= s.start
            AND o.phenomenon_time < s.start + interval '1 hour'
    ) AS raw
    WHERE s.start >= greatest(%(since)s, ds.forgotten_until) AND s.start < %(until)s
        AND s.start < ds.rolled_until AND raw.rows > 0
    UNION ALL
    SELECT ds.id, ds.name, raw.*
    FROM ds CROSS JOIN LATERAL (
        SELECT {HOUR} AS start, {AMOUNTS} FROM things_observation AS o
        WHERE o.datastream_id = ds.id AND o.phenomenon_time >= greatest(%(since)s, ds.rolled_until)
            AND o.phenomenon_time < %(until)s
        GROUP BY 1
    ) AS raw
"""  # noqa: S608 - of our own parts
