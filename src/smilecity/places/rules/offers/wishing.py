# SPDX-License-Identifier: EUPL-1.2
"""What people ask for when they look for something to do, as one value; and whether a date of an offer answers it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence

NOW, TODAY, TOMORROW, WEEKEND, DAY = "now", "today", "tomorrow", "weekend", "day"
WHEN: dict[str, Sentence] = {
    NOW: _("gerade jetzt"),
    TODAY: _("heute"),
    TOMORROW: _("morgen"),
    WEEKEND: _("am Wochenende"),
    DAY: _("an einem Tag"),
}
NEAR_METRES = 2000
Span = tuple[datetime, datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to do; empty is whatever, from now on. `unknown` takes in of what nobody has said it.

    `when` names a time (`WHEN`), `day` the one meant by `day`, `hours` (from, to, in minutes of the city's day) in
    which it begins. `weekday` (1 is Monday) asks for what is there regularly on it. `place` and `organiser` are the
    last part of an address, `area` an area's key with all below it, `near` (longitude, latitude).
    """

    q: str = ""
    when: str = ""
    day: date | None = None
    hours: tuple[int, int] | None = None
    weekday: int | None = None
    kind: str = ""
    category: str = ""
    place: str = ""
    area: str = ""
    near: tuple[float, float] | None = None
    age: int | None = None
    free: bool = False
    language: str = ""
    access: tuple[str, ...] = ()
    organiser: str = ""
    unknown: bool = False

    def span(self, now: datetime, zone: ZoneInfo) -> Span:
        """The time in which a date lies that is asked for, in UTC; without an end it goes on."""
        today = now.astimezone(zone).date()
        if self.when == NOW:
            return now, now + timedelta(microseconds=1)
        if self.when == WEEKEND:
            # On Sunday the weekend is what is left of it.
            saturday = today + timedelta(days=(5 - today.weekday()) % 7) if today.weekday() < 6 else today
            sunday = saturday + timedelta(days=(6 - saturday.weekday()) % 7)
            return max(now, _midnight(saturday, zone)), _midnight(sunday + timedelta(days=1), zone)
        days = {TODAY: today, TOMORROW: today + timedelta(days=1), DAY: self.day}
        chosen = days.get(self.when)
        if chosen is None:
            return now, None
        return max(now, _midnight(chosen, zone)), _midnight(chosen + timedelta(days=1), zone)


def answers(
    wish: Wish, offer: Mapping[str, Any], during: tuple[datetime, datetime], now: datetime, zone: ZoneInfo
) -> bool:
    """Whether this date of the offer answers the wish, as `reads.offers.found` asks the database.

    `offer` is what is said of it by name (with `place_access`); words, place, area, organiser and nearness are the
    database's alone.
    """
    since, until = wish.span(now, zone)
    begins = during[0].astimezone(zone)
    minute = begins.hour * 60 + begins.minute
    return (
        during[1] > since
        and (until is None or during[0] < until)
        and (wish.hours is None or wish.hours[0] <= minute < wish.hours[1])
        and (wish.weekday is None or (begins.isoweekday() == wish.weekday and bool(offer["rule"])))
        and wish.kind in ("", offer["kind"])
        and wish.category in ("", offer["category"])
        and _said(wish, offer)
    )


def _said(wish: Wish, offer: Mapping[str, Any]) -> bool:
    youngest, oldest = offer["age_from"], offer["age_to"]
    told = {**offer.get("place_access", {}), **offer["access"]}
    return (
        (not wish.free or offer["free"] is True or (wish.unknown and offer["free"] is None))
        and (
            not wish.language
            or wish.language in offer["languages"]
            or (wish.unknown and not offer["languages"])
        )
        and (wish.age is None or _fits(wish.age, youngest, oldest, unknown=wish.unknown))
        and all(told.get(one) == "yes" or (wish.unknown and one not in told) for one in wish.access)
    )


def _fits(age: int, youngest: int | None, oldest: int | None, *, unknown: bool) -> bool:
    if youngest is None and oldest is None:
        return unknown
    return (youngest is None or youngest <= age) and (oldest is None or age <= oldest)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
