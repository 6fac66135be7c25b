# SPDX-License-Identifier: EUPL-1.2
"""`Latest` made right after observations were changed or went: what can be told from them is, the rest is looked for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.backends.utils import CursorWrapper

from smilecity.things.actions.storing import REST
from smilecity.things.rules.observations import Observation

Moment = datetime | None


@dataclass(frozen=True, slots=True)
class Amount:
    """What a datastream's observations amounted to before."""

    count: int
    last_time: Moment
    first_result_time: Moment
    last_result_time: Moment
    rolled_until: Moment


@dataclass(frozen=True, slots=True)
class Gone:
    """What went: how many, the last end, the first and last result time among them."""

    count: int = 0
    last_time: Moment = None
    first_result_time: Moment = None
    last_result_time: Moment = None
    starts: tuple[datetime, ...] = ()

    @classmethod
    def of(cls, rows: Sequence[Observation]) -> "Gone":
        """What these amount to."""
        said = [row.result_time for row in rows if row.result_time is not None]
        return cls(
            len(rows),
            max((row.end or row.start for row in rows), default=None),
            min(said, default=None),
            max(said, default=None),
            tuple(row.start for row in rows),
        )

    def and_also(self, more: "Gone") -> "Gone":
        """Both together."""
        return Gone(
            self.count + more.count,
            _most(max, self.last_time, more.last_time),
            _most(min, self.first_result_time, more.first_result_time),
            _most(max, self.last_result_time, more.last_result_time),
            self.starts + more.starts,
        )


AMOUNT = """
SELECT count, last_time, first_result_time, last_result_time, rolled_until FROM things_latest
WHERE datastream_id = %s FOR UPDATE
"""

_NEWEST = ("id", "phenomenon_time", *REST)
_END = "max(coalesce(phenomenon_end, phenomenon_time))"
# The newest and the first are found by the key. What else must be looked for is read from all of the datastream's
# observations, so only where what went was the extreme.
RECOUNT = f"""
UPDATE things_latest SET
    ({", ".join(("observation", *_NEWEST[1:]))}) = (
        SELECT {", ".join(_NEWEST)} FROM things_observation WHERE datastream_id = %(datastream)s
        ORDER BY phenomenon_time DESC, id DESC LIMIT 1),
    count = %(count)s,
    first_time = (SELECT min(phenomenon_time) FROM things_observation WHERE datastream_id = %(datastream)s),
    last_time = CASE WHEN %(seek_end)s THEN
        (SELECT {_END} FROM things_observation WHERE datastream_id = %(datastream)s) ELSE %(end)s::timestamptz END,
    first_result_time = CASE WHEN %(seek_first)s THEN
        (SELECT min(result_time) FROM things_observation WHERE datastream_id = %(datastream)s)
        ELSE %(first)s::timestamptz END,
    last_result_time = CASE WHEN %(seek_last)s THEN
        (SELECT max(result_time) FROM things_observation WHERE datastream_id = %(datastream)s)
        ELSE %(last)s::timestamptz END
WHERE datastream_id = %(datastream)s
"""  # noqa: S608 - of our own parts

STALE = """
INSERT INTO things_stalehour (datastream_id, start)
SELECT DISTINCT %s::bigint, date_trunc('hour', moment, 'UTC') FROM unnest(%s::timestamptz[]) AS moment
ON CONFLICT DO NOTHING
"""


def locked(cursor: CursorWrapper, datastream: int) -> Amount:
    """Lock the datastream's row of `Latest` until the transaction ends; what is read after this is true until then."""
    cursor.execute(AMOUNT, [datastream])
    row = cursor.fetchone()
    return Amount(*row) if row else Amount(0, None, None, None, None)


def recount(
    cursor: CursorWrapper, datastream: int, amount: Amount, gone: Gone, come: Sequence[Observation]
) -> None:
    """Make `Latest` and stale hours right, after these went and those came; the caller has locked it (`locked`)."""
    new = Gone.of(come)
    values = {
        "datastream": datastream,
        "count": amount.count - gone.count + new.count,
        "seek_end": _reaches(gone.last_time, amount.last_time),
        "end": _most(max, amount.last_time, new.last_time),
        "seek_first": _reaches(amount.first_result_time, gone.first_result_time),
        "first": _most(min, amount.first_result_time, new.first_result_time),
        "seek_last": _reaches(gone.last_result_time, amount.last_result_time),
        "last": _most(max, amount.last_result_time, new.last_result_time),
    }
    cursor.execute(RECOUNT, values)
    hours = [
        moment
        for moment in (*gone.starts, *new.starts)
        if amount.rolled_until and moment < amount.rolled_until
    ]
    if hours:
        cursor.execute(STALE, [datastream, hours])


def _reaches(moment: Moment, extreme: Moment) -> bool:
    return moment is not None and extreme is not None and moment >= extreme


def _most(which: Callable[[Iterable[datetime]], datetime], one: Moment, other: Moment) -> Moment:
    found = [moment for moment in (one, other) if moment is not None]
    return which(found) if found else None
