# SPDX-License-Identifier: EUPL-1.2
"""All values of a datastream, to take away: as lines of a table, or in batches of rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
from django.db import connection, transaction

from smilecity.core.who import Who
from smilecity.things import rights
from smilecity.things.reads import SEEN
from smilecity.things.reads.flagged import quality

MOST_ID = 2**53
MOST_ROWS = 5_000_000
SECONDS = 600  # who reads slower than that begins anew with less
LINES_AT_ONCE = 2000
ROWS_AT_ONCE = 50_000
HEAD = ("phenomenonTime", "phenomenonTimeEnd", "resultTime", "result", "parameters", "resultQuality")

FOUND = f"""
SELECT d.id, d.name, n.id, n.licence, k.title, t.operator, coalesce(l.count, 0)
FROM things_datastream AS d
JOIN things_thing AS t ON t.noun_id = d.thing_id
JOIN core_noun AS n ON n.id = d.thing_id
LEFT JOIN core_noun AS k ON k.id = n.keeper_id
LEFT JOIN things_latest AS l ON l.datastream_id = d.id
WHERE d.id = %(id)s AND n.address = %(address)s AND {SEEN}
    AND (NOT d.people OR %(all)s OR %(partners)s OR n.area_id = ANY(%(areas)s))
"""  # noqa: S608 - of our own parts

WHERE = "o.datastream_id = %(id)s AND o.phenomenon_time >= %(since)s AND o.phenomenon_time < %(until)s"
COUNT = (
    f"SELECT count(*) FROM (SELECT FROM things_observation AS o WHERE {WHERE} LIMIT %(most)s) AS some_of_them"  # noqa: S608
)


def _instant(column: str) -> str:
    return f"btrim(to_json(o.{column} AT TIME ZONE interval '0')::text, '\"') || 'Z'"


# A text that begins like a formula is told as text, so that no spreadsheet works it out.
TABLE = f"""
COPY (
    SELECT {_instant("phenomenon_time")}, {_instant("phenomenon_end")}, {_instant("result_time")},
        CASE WHEN o.result IS NOT NULL THEN o.result::text
            WHEN o.value #>> '{{}}' ~ E'^[=+\\\\-@\\\\t\\\\r\\\\n]' THEN '''' || (o.value #>> '{{}}')
            ELSE o.value #>> '{{}}' END,
        o.parameters::text, ({quality("o")})::text
    FROM things_observation AS o WHERE {WHERE} ORDER BY o.phenomenon_time, o.id
) TO STDOUT (FORMAT csv)
"""  # noqa: S608
ROWS = f"""
SELECT o.phenomenon_time, o.phenomenon_end, o.result_time, o.result, o.value::text, o.parameters::text,
    ({quality("o")})::text
FROM things_observation AS o WHERE {WHERE} ORDER BY o.phenomenon_time, o.id
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Values:
    """What of a datastream is to be taken away; `by` is who runs it, as titles by language, or a text."""

    datastream: int
    name: str
    thing: int
    licence: str
    by: dict[str, str]
    count: int
    since: datetime
    until: datetime

    @property
    def asked(self) -> dict[str, Any]:
        """The parameters of the statements."""
        return {"id": self.datastream, "since": self.since, "until": self.until}


def values(
    who: Who, address: str, datastream: int, since: datetime | None = None, until: datetime | None = None
) -> Values | None:
    """What there is of a datastream of the thing at this address; None if unknown or not for the asker.

    `count` is exact up to `MOST_ROWS` + 1, where it ends.
    """
    if datastream > MOST_ID:
        return None
    sight = rights.sight(who)
    seen: dict[str, Any] = {"all": sight.all, "areas": sight.areas, "partners": sight.partners}
    with connection.cursor() as cursor:
        cursor.execute(FOUND, {"id": datastream, "address": address, **seen})
        row = cursor.fetchone()
        if row is None:
            return None
        id_, name, thing, licence, keeper, operator, count = row
        by = _json(keeper) if keeper else {"de": operator} if operator else {}
        earliest, latest = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
        found = Values(id_, name, thing, licence, by, count, since or earliest, until or latest)
        if (since or until) and count > MOST_ROWS:
            cursor.execute(COUNT, {**found.asked, "most": MOST_ROWS + 1})
            (count,) = cursor.fetchone()
    return Values(id_, name, thing, licence, by, count, found.since, found.until)


def _json(text: str) -> dict[str, str]:
    """Django's cursors leave jsonb as text."""
    found: dict[str, str] = orjson.loads(text)
    return found


def lines(of: Values) -> Iterator[bytes]:
    """The values as a table (RFC 4180), some thousand lines at a time, as the database writes it.

    Lock: none; all is read as it was when the first line is asked for.
    """
    yield ",".join(HEAD).encode() + b"\r\n"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{SECONDS}s'")
        pending: list[bytes] = []
        with cursor.copy(TABLE, of.asked) as copy:
            for line in copy:
                pending.append(bytes(line)[:-1])
                if len(pending) == LINES_AT_ONCE:
                    yield b"\r\n".join(pending) + b"\r\n"
                    pending = []
        if pending:
            yield b"\r\n".join(pending) + b"\r\n"


def batches(of: Values) -> Iterator[list[tuple[Any, ...]]]:
    """The values as rows: times, the number, and what is no number as JSON. Bounded memory, one snapshot."""
    with transaction.atomic(), connection.cursor() as cursor:
        name = f"values_{uuid4().hex}"
        cursor.execute(f"SET LOCAL statement_timeout = '{SECONDS}s'")
        cursor.execute(f"DECLARE {name} NO SCROLL CURSOR FOR {ROWS}", of.asked)
        while True:
            cursor.execute(f"FETCH {ROWS_AT_ONCE} FROM {name}")
            rows = cursor.fetchall()
            if not rows:
                return
            yield rows
