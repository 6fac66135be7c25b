# SPDX-License-Identifier: EUPL-1.2
"""Hours as spans of time: what an index can be asked. Spans of one place never touch, and none is empty."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from smilecity.places.rules import hours, openness
from smilecity.places.rules.holidays import Days
from smilecity.places.rules.openness import Otherwise

DAYS_AHEAD = 14
# Spans begin before now, so that what is open since yesterday is one span, and end whole days later.
DAYS_BACK = 1
MOST = 400

Span = tuple[datetime, datetime]


def ahead(
    text: str,
    now: datetime,
    zone: ZoneInfo,
    position: hours.Position | None = None,
    *,
    state: str = "",
    exceptionals: Iterable[Otherwise] = (),
    school: Iterable[Days] = (),
) -> list[Span]:
    """When it is open, in UTC, in order, from yesterday to two weeks on; empty if the hours are unknown."""
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    since, until = today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD + 1)
    found = openness.open_spans(
        text, exceptionals, since.astimezone(UTC), until.astimezone(UTC), zone, position, state, school=school
    )
    return found[:MOST]


def holds(spans: list[Span], moment: datetime) -> bool:
    """Whether it is open at this moment: from the first second, and no more in the last."""
    moment = moment.astimezone(UTC)
    return any(start <= moment < end for start, end in spans)
