# SPDX-License-Identifier: EUPL-1.2
"""When places of the demo are otherwise open: a fair in August, a storm's limit, and the state's school holidays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.conf import settings

from smilecity.core import clock
from smilecity.core.who import NODE
from smilecity.places.actions import limits, opening
from smilecity.places.rules.schoolfile import SchoolDays

FAIR = {"de": "Hanse Sail", "en": "Hanse Sail"}
FAIR_LASTS = timedelta(days=4)
# As the ministry of education has published them for 2026/27.
SCHOOL = (
    ("Weihnachtsferien", date(2026, 12, 21), date(2027, 1, 2)),
    ("Winterferien", date(2027, 2, 8), date(2027, 2, 19)),
    ("Osterferien", date(2027, 3, 24), date(2027, 4, 2)),
    ("Pfingstferien", date(2027, 5, 14), date(2027, 5, 18)),
    ("Sommerferien", date(2027, 7, 5), date(2027, 8, 14)),
)


def open_and_close(kept: Mapping[str, int]) -> None:
    """The fair closes the harbour's court next August; gusts above 75 km/h close it on any day."""
    start = _next_fair()
    opening.close(NODE, kept["hafensport"], (start, start + FAIR_LASTS), "event", FAIR)
    limits.keep_limit(NODE, kept["hafensport"], "gust", 75, 50, 30)
    opening.import_school_holidays(
        NODE, "MV", [SchoolDays(first, last, {"de": name}) for name, first, last in SCHOOL]
    )


def _next_fair() -> datetime:
    """The second Thursday of August that is still to come, eight in the morning."""
    now = clock.now().astimezone(settings.SMILE.zone)
    starts = (_fair(now.year), _fair(now.year + 1))
    return next(one for one in starts if one > now)


def _fair(year: int) -> datetime:
    first = datetime(year, 8, 8, 8, tzinfo=settings.SMILE.zone)
    return first + timedelta(days=(3 - first.weekday()) % 7)
