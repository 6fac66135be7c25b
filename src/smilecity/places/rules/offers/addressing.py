# SPDX-License-Identifier: EUPL-1.2
"""A wish for something to do in an address: the same in the list, on the map, in a feed and in a calendar."""

from dataclasses import fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from smilecity.core.problems import Sentence
from smilecity.places.rules import asking, words
from smilecity.places.rules.asking import Asked
from smilecity.places.rules.offers.described import CATEGORIES, KINDS
from smilecity.places.rules.offers.wishing import DAY, WHEN, Wish

DAYS_AHEAD = 400
WHOLE_DAY = 24 * 60
# What an offer has for people with disabilities, in the words of a filter.
ACCESS: dict[str, Sentence] = {
    "step_free": _later("stufenlos"),
    "sign_language": _later("mit Gebärdensprache"),
    "hearing_loop": _later("mit Höranlage"),
}
# As RFC 5545 calls them, in the order of the week.
WEEKDAYS: dict[str, Sentence] = {
    "mo": _later("regelmäßig montags"),
    "tu": _later("regelmäßig dienstags"),
    "we": _later("regelmäßig mittwochs"),
    "th": _later("regelmäßig donnerstags"),
    "fr": _later("regelmäßig freitags"),
    "sa": _later("regelmäßig samstags"),
    "su": _later("regelmäßig sonntags"),
}


def asked(given: Asked, now: datetime, zone: ZoneInfo) -> Wish:
    """The wish in a query string. Refuses what cannot be asked, with the name it was asked by."""
    when = asking.choice(given, "when", WHEN)
    day = _day(given, now.astimezone(zone).date()) if when in ("", DAY) else None
    weekday = asking.choice(given, "weekday", WEEKDAYS)
    chosen = set(asking.choices(given.getlist("access"), ACCESS, "access"))
    return Wish(
        q=asking.sentence(given, "q"),
        when=DAY if day else "" if when == DAY else when,
        day=day,
        hours=_hours(given),
        weekday=list(WEEKDAYS).index(weekday) + 1 if weekday else None,
        kind=asking.choice(given, "kind", KINDS),
        category=asking.choice(given, "category", CATEGORIES),
        place=asking.matching(given, "place", asking.SLUG),
        area=asking.matching(given, "area", asking.KEY),
        near=asking.near(given),
        age=asking.age(given),
        free=asking.ticked(given, "free"),
        language=words.checked_spoken(language) if (language := given.get("language") or "") else "",
        access=tuple(one for one in ACCESS if one in chosen),
        organiser=asking.matching(given, "organiser", asking.SLUG),
        unknown=asking.ticked(given, "unknown"),
    )


def query(wish: Wish) -> str:
    """The wish as a query string, always the same for the same wish."""
    said: list[tuple[str, str]] = []
    for one in fields(wish):
        value = getattr(wish, one.name)
        if value is not False and value not in ("", None, ()) and not (one.name == "when" and wish.day):
            said += _said(one.name, value)
    return urlencode(said)


def without(wish: Wish, name: str, value: str = "") -> Wish:
    """The wish without one of its parts; of several values only this one goes."""
    if name == "access":
        return replace(wish, access=tuple(one for one in wish.access if one != value))
    gone = replace(wish, **{name: getattr(Wish(), name)})
    return replace(gone, day=None) if name == "when" else gone


def clock_of(minutes: int) -> str:
    """`14:30` of the minutes of a day."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _said(name: str, value: Any) -> list[tuple[str, str]]:
    if name == "near":
        return [(name, asking.near_said(value))]
    if name == "hours":
        since, until = value
        return [("from", clock_of(since))] + ([("to", clock_of(until))] if until < WHOLE_DAY else [])
    if name == "weekday":
        return [(name, list(WEEKDAYS)[value - 1])]
    if name == "access":
        return [(name, each) for each in value]
    return [(name, "1" if value is True else str(value))]


def _day(given: Asked, today: date) -> date | None:
    """A day from today on, no further than dates are written ahead."""
    text = given.get("day") or ""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not today <= day <= today + timedelta(days=DAYS_AHEAD):
        cure = _("Nehmen Sie einen Tag von heute an im nächsten Jahr.")
        raise asking.not_possible("day", cure)
    return day


def _hours(given: Asked) -> tuple[int, int] | None:
    """From when to when it may begin; one of both is enough."""
    since, until = _minutes(given, "from"), _minutes(given, "to")
    if since is None and until is None:
        return None
    first, last = since or 0, until or WHOLE_DAY  # midnight as an end is that of the day
    if first >= last:
        raise asking.not_possible("to", _("Das Ende liegt vor dem Anfang. Tauschen Sie die beiden Zeiten."))
    return first, last


def _minutes(given: Asked, name: str) -> int | None:
    text = given.get(name) or ""
    if not text:
        return None
    try:
        moment = time.fromisoformat(text)
    except ValueError as wrong:
        raise asking.not_possible(name, _("Schreiben Sie die Zeit wie 14:30.")) from wrong
    return moment.hour * 60 + moment.minute
