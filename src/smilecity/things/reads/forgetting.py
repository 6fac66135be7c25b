# SPDX-License-Identifier: EUPL-1.2
"""What is past its time: for each thing that says how long its raw values are kept."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from smilecity.core import clock
from smilecity.core.who import Who
from smilecity.things import rights
from smilecity.things.rules.calendar import SETTLED, whole_hour

# To the whole hour, so that an hour is kept or gone as a whole; a retention of centuries would leave the calendar.
DUE = """
WITH kept AS (
    SELECT t.noun_id AS thing, n.address, t.keeps_hours,
        least(%(until)s, date_trunc('hour', %(now)s - t.retention, 'UTC')) AS until
    FROM things_thing AS t JOIN core_noun AS n ON n.id = t.noun_id
    WHERE t.retention BETWEEN interval '0' AND interval '36525 days'
)
SELECT k.thing, k.address, k.keeps_hours, k.until, array_agg(d.id ORDER BY d.id), sum(o.count)::bigint
FROM kept AS k JOIN things_datastream AS d ON d.thing_id = k.thing
JOIN things_latest AS l ON l.datastream_id = d.id
CROSS JOIN LATERAL (
    SELECT count(*) FROM things_observation AS o WHERE o.datastream_id = d.id AND o.phenomenon_time < k.until
) AS o
WHERE l.first_time < k.until OR NOT k.keeps_hours AND EXISTS (
    SELECT FROM things_hour AS h WHERE h.datastream_id = d.id AND h.start < k.until)
GROUP BY k.thing, k.address, k.keeps_hours, k.until
ORDER BY k.thing
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A thing, and those of its datastreams that have values from before `until`: `count` of them in all."""

    thing: int
    address: str
    keeps_hours: bool
    until: datetime
    datastreams: list[int]
    count: int


def due(who: Who) -> list[Due]:
    """What is to be deleted now; for those who keep things."""
    if not rights.may_keep_things(who):
        return []
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"now": now, "until": whole_hour(now - SETTLED)})
        return [Due(*row) for row in cursor.fetchall()]
