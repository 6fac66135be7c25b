# SPDX-License-Identifier: EUPL-1.2
"""The statement that stores observations, and the parts of it that the intake's uplinks share.

`Latest` is kept whole by whoever writes an observation. Lock: the upsert takes the datastream's row of `Latest`,
always, in order of datastreams; that orders writers of a datastream against each other, and against the job that rolls
up: whichever comes second sees what the first has done (`rolled_until` is read from the locked row, not from the
statement's snapshot). So a value is either among those that were rolled up, or marks its hour stale.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import orjson

from smilecity.things.facts import OBSERVED
from smilecity.things.rules.observations import FIRST_GIVEN_ID, Observation

Value = TypeVar("Value")

# Of an observation beside (datastream_id, phenomenon_time, id), with their types.
REST = {
    "phenomenon_end": "timestamptz",
    "result_time": "timestamptz",
    "result": "float8",
    "value": "jsonb",
    "parameters": "jsonb",
    "feature": "bigint",
    "valid_start": "timestamptz",
    "valid_end": "timestamptz",
    "quality": "jsonb",
    "flags": "smallint",
}
COLUMNS = {"datastream_id": "bigint", "phenomenon_time": "timestamptz", "id": "bigint", **REST}


def keeping(source: str, known: Iterable[str] = REST) -> str:
    """CTEs that keep `Latest` and stale hours true to the observations in the CTE `source`.

    It has datastream_id, phenomenon_time, id and the columns `known`; the others are null. The newest observation is
    that with the greatest (phenomenon_time, id).
    """
    given = [name for name in REST if name in set(known)]
    older = "(excluded.phenomenon_time, excluded.observation) < (l.phenomenon_time, l.observation)"
    newest = ", ".join(
        f"{name} = CASE WHEN {older} THEN l.{name} ELSE excluded.{name} END"
        for name in ("observation", *REST)
    )
    end = "coalesce(phenomenon_end, phenomenon_time)" if "phenomenon_end" in given else "phenomenon_time"
    result_time = "result_time" if "result_time" in given else "NULL::timestamptz"
    columns = "".join(f", {name}" for name in given)
    return f"""latest AS (
    INSERT INTO things_latest AS l (datastream_id, observation, phenomenon_time{columns},
        count, first_time, last_time, first_result_time, last_result_time)
    SELECT DISTINCT ON (datastream_id) datastream_id, id, phenomenon_time{columns}, count(*) OVER one,
        min(phenomenon_time) OVER one, max({end}) OVER one,
        min({result_time}) OVER one, max({result_time}) OVER one
    FROM {source} WINDOW one AS (PARTITION BY datastream_id)
    ORDER BY datastream_id, phenomenon_time DESC, id DESC
    ON CONFLICT (datastream_id) DO UPDATE SET {newest},
        phenomenon_time = greatest(l.phenomenon_time, excluded.phenomenon_time),
        count = l.count + excluded.count,
        first_time = least(l.first_time, excluded.first_time),
        last_time = greatest(l.last_time, excluded.last_time),
        first_result_time = least(l.first_result_time, excluded.first_result_time),
        last_result_time = greatest(l.last_result_time, excluded.last_result_time)
    RETURNING datastream_id, rolled_until
), stale AS (
    INSERT INTO things_stalehour (datastream_id, start)
    SELECT DISTINCT datastream_id, date_trunc('hour', phenomenon_time, 'UTC')
    FROM {source} JOIN latest USING (datastream_id) WHERE phenomenon_time < rolled_until
    ON CONFLICT DO NOTHING
)"""  # noqa: S608 - of our own parts


def announcing(source: str) -> str:
    """A CTE that tells the log once of the observations in the CTE `source`, if there are any.

    `about` are their datastreams; `from` and `to` the least and greatest id, all given by the node.
    """
    return f"""announced AS (
    INSERT INTO core_logentry (actor, verb, about, data)
    SELECT 'node', '{OBSERVED}', array_agg(DISTINCT datastream_id ORDER BY datastream_id),
        jsonb_build_object('from', min(id), 'to', max(id))
    FROM {source} HAVING count(*) > 0
)"""  # noqa: S608 - of our own parts


# A feature that is being deleted takes its observations with it: who deletes it has the datastreams' rows of `Latest`
# first, too. So whoever comes second here finds the link gone, tries to make it anew, and is refused by its foreign key.
# (A look would see what was there when the statement began; asking for the unique key sees what is there now.)
FEATURED = """featured AS (
    INSERT INTO things_featured (datastream_id, feature_id)
    SELECT DISTINCT datastream_id, feature FROM rows JOIN latest USING (datastream_id) WHERE feature IS NOT NULL
    ON CONFLICT DO NOTHING
)"""

_COLUMNS = ", ".join(COLUMNS)
_GIVEN = f"SELECT * FROM unnest({', '.join(f'%s::{one}[]' for one in COLUMNS.values())})"  # noqa: S608 - ours
_ANNOUNCED = f"""announced AS (
    INSERT INTO core_logentry (actor, verb, about, data)
    SELECT 'node', '{OBSERVED}', %s::bigint[], %s::jsonb WHERE EXISTS (SELECT FROM rows)
)"""  # noqa: S608 - of our own parts

# In one line each: psycopg forgets how it has read a statement of more than 4,096 characters.
STORE = " ".join(
    f"""
WITH rows ({_COLUMNS}) AS MATERIALIZED ({_GIVEN}), stored AS (
    INSERT INTO things_observation ({_COLUMNS}) SELECT * FROM rows
), {keeping("rows")}, {FEATURED}, {_ANNOUNCED}
SELECT count(*) FROM rows
""".split()  # noqa: S608 - of our own parts
)

# The same where it may have been done before: ids are drawn first, so that what an earlier try had committed conflicts,
# and is left out of everything. (Looking for conflicts always would cost a third of the rate.)
STORE_AGAIN = " ".join(
    f"""
WITH rows AS (
    INSERT INTO things_observation ({_COLUMNS}) {_GIVEN} ON CONFLICT DO NOTHING RETURNING {_COLUMNS}
), {keeping("rows")}, {FEATURED}, {_ANNOUNCED}
SELECT count(*) FROM rows
""".split()  # noqa: S608 - of our own parts
)

# A client's id may stand in any month and datastream, so no constraint can keep it unique. Lock: an advisory lock for a
# share of all such ids, taken in order before they are looked for.
LOCK_GIVEN = f"""
SELECT pg_advisory_xact_lock({FIRST_GIVEN_ID} + share)
FROM (SELECT DISTINCT id %% 64 AS share FROM unnest(%s::bigint[]) AS id ORDER BY share) AS shares
"""  # noqa: S608 - a number of our own
HELD = "SELECT id, datastream_id FROM things_observation WHERE id = ANY(%s::bigint[])"

DRAW_IDS = "SELECT nextval('public.things_observation_id') FROM generate_series(1, %s)"


def parameters(rows: Sequence[Observation]) -> list[str | None]:
    """What STORE wants: the columns as PostgreSQL's array literals (one that is empty throughout is None), then what
    the log is told.
    """
    return [
        _plain([str(row.datastream) for row in rows]),
        times([row.start for row in rows]),
        _plain([str(row.id) for row in rows]),
        times([row.end for row in rows]),
        times([row.result_time for row in rows]),
        _column([row.number for row in rows], repr),
        _column([row.value for row in rows], quoted),
        _column([row.parameters for row in rows], quoted),
        _column([row.feature for row in rows], str),
        times([row.valid_start for row in rows]),
        times([row.valid_end for row in rows]),
        _column([row.quality for row in rows], quoted),
        None,
        _plain([str(one) for one in sorted({row.datastream for row in rows})]),
        _told([row.id for row in rows]),
    ]


def _told(ids: list[int]) -> str:
    """What the log is told: from which id to which, of those that the node gave, and which were given by clients."""
    own = [one for one in ids if one < FIRST_GIVEN_ID]
    given = [one for one in ids if one >= FIRST_GIVEN_ID]
    told = [f'"from":{min(own)},"to":{max(own)}'] if own else []
    if given:
        told.append(f'"ids":{given}')
    return "{" + ",".join(told) + "}"


def quoted(text: str | None) -> str:
    """A text as an element of an array literal."""
    if text is None:
        return "NULL"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def times(moments: list[datetime | None]) -> str | None:
    """Moments as an array literal; None if there are none. Each written by itself took a hundredth of the door's time."""
    if moments[:1] == [None] and moments.count(None) == len(moments):
        return None
    listed = orjson.dumps([moment and moment.astimezone(UTC) for moment in moments]).decode()
    return "{" + listed[1:-1] + "}"


def _plain(elements: list[str]) -> str:
    return "{" + ",".join(elements) + "}"


def _column(values: list[Value | None], written: Callable[[Value], str]) -> str | None:
    if values[0] is None and values.count(None) == len(values):
        return None
    return _plain(["NULL" if value is None else written(value) for value in values])
