# SPDX-License-Identifier: EUPL-1.2
"""Moments as people say them, in the city's time."""

from datetime import date, datetime, timedelta, tzinfo

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _


def clock_time(moment: datetime, zone: tzinfo) -> str:
    """`14:10 Uhr`."""
    return _("%(time)s Uhr") % {"time": f"{moment.astimezone(zone):%H:%M}"}


def past(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment gone by: `14:10 Uhr`, `gestern, 14:10 Uhr`, `3. November, 14:10 Uhr`."""
    then, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    time = clock_time(moment, zone)
    if then == today:
        return time
    if then == today - timedelta(days=1):
        return _("gestern, %(time)s") % {"time": time}
    return f"{day_of(then, today)}, {time}"


def coming(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment to come: `um 08:00 Uhr`, `morgen um 08:00 Uhr`, `am Montag um ...`, `am 3. Mai um ...`."""
    then, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    said = {"time": clock_time(moment, zone)}
    if then <= today:
        return _("um %(time)s") % said
    if then == today + timedelta(days=1):
        return _("morgen um %(time)s") % said
    day = weekday(then) if then < today + timedelta(days=7) else day_of(then, today)
    return _("am %(day)s um %(time)s") % {**said, "day": day}


def weekday(day: date) -> str:
    """`Montag`."""
    return str(WEEKDAYS[day.weekday()])


def day_of(day: date, today: date) -> str:
    """`3. November`, with the year if it is another one than today's."""
    said = _("%(day)d. %(month)s") % {"day": day.day, "month": MONTHS[day.month]}
    return said if day.year == today.year else f"{said} {day.year}"


def month_of(day: date) -> str:
    """`November 2026`."""
    return f"{MONTHS[day.month]} {day.year}"
