# SPDX-License-Identifier: EUPL-1.2
"""The dates of an offer: RFC 5545's RRULE, EXDATE and RDATE in the city's wall clock, never more than people can read.

Of the rule as much is understood as people need; what is left out (rules within a day, the combinations that may never
come true) would let a short text keep a machine busy for long.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence

MOST_DATES = 1000
HORIZON_DAYS = 400
MOST_MINUTES = 14 * 24 * 60
MOST_TEXT = 200
FIRST_YEAR, LAST_YEAR = 2000, 2100
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = "(?:" + "|".join(DAYS) + ")"
_ORDINAL = rf"(?:[+-]?[1-5]){_DAY}"
_MONTH_DAY = r"(?:-?(?:[1-9]|[12]\d|3[01]))"
_UNTIL = r"\d{8}(?:T\d{6}Z?)?"
_INTERVAL = r"[1-9]\d?"
_COUNT = r"[1-9]\d{0,8}"


def _several(one: str) -> str:
    return rf"{one}(?:,{one}){{0,30}}"


_ALWAYS = {"INTERVAL": _INTERVAL, "COUNT": _COUNT, "UNTIL": _UNTIL, "WKST": _DAY}
# What each frequency may be narrowed by.
_PARTS: dict[str, dict[str, str]] = {
    "DAILY": {"BYDAY": _several(_DAY)},
    "WEEKLY": {"BYDAY": _several(_DAY)},
    "MONTHLY": {
        "BYDAY": f"{_several(_ORDINAL)}|{_several(_DAY)}",
        "BYMONTHDAY": _several(_MONTH_DAY),
        "BYSETPOS": r"-?[1-4]",
    },
    "YEARLY": {
        "BYMONTH": _several(r"(?:[1-9]|1[0-2])"),
        "BYDAY": _several(_ORDINAL),
        "BYMONTHDAY": _several(_MONTH_DAY),
    },
}


@dataclass(frozen=True, slots=True)
class Dates:
    """The starts of an offer, in order: as its organiser said them (`wall`), with the moment in UTC.

    `gaps` are those no clock in the city shows, in the night in which summer time begins: they are left out.
    """

    starts: list[tuple[datetime, datetime]]
    gaps: list[datetime]


def parts(rule: str) -> dict[str, str]:
    """The rule's parts by name, each checked; empty for no rule. Refuses what is not understood."""
    text = rule.strip().upper().removeprefix("RRULE:")
    if not text:
        return {}
    if len(text) > MOST_TEXT or not text.isascii():
        raise wrong(_("Diese Wiederholung ist zu lang."))
    given = [part.partition("=")[::2] for part in text.rstrip(";").split(";")]
    found = dict(given)
    allowed = _PARTS.get(found.pop("FREQ", ""))
    if allowed is None:
        raise wrong(_("Ein Angebot wiederholt sich täglich, wöchentlich, monatlich oder jährlich."))
    if len(given) != len(found) + 1:
        raise wrong(_("Diese Wiederholung ist nicht zu verstehen."))
    for name, value in found.items():
        shape = _ALWAYS.get(name) or allowed.get(name)
        if shape is None or not re.fullmatch(shape, value):
            raise wrong(_("Diese Wiederholung ist nicht zu verstehen."))
    found = {"FREQ": dict(given)["FREQ"], **found}
    _together(found)
    return found


def checked(rule: str, starts: datetime, extra: Iterable[str] = (), without: Iterable[str] = ()) -> str:
    """The rule as it is kept, if from `starts` (naive, the city's wall clock) on there is any date at all."""
    kept = ";".join(f"{name}={value}" for name, value in parts(rule).items())
    last = starts.date() + timedelta(days=HORIZON_DAYS)
    if not dates(kept, starts, starts.date(), last, tuple(extra), tuple(without)):
        raise wrong(_("Diese Wiederholung hat keinen einzigen Termin."))
    return kept


def dates(
    rule: str,
    starts: datetime,
    since: date,
    until: date,
    extra: Sequence[str] = (),
    without: Sequence[str] = (),
) -> list[datetime]:
    """The starts in wall clock (naive) on the days `since` to `until`, in order.

    Looks 400 days ahead of `since` at most, and refuses more than 1,000 dates in that time.
    """
    until = min(until, since + timedelta(days=HORIZON_DAYS))
    span = datetime.combine(since, time()), datetime.combine(until, time.max)
    found = {one for one in map(datetime.fromisoformat, extra) if span[0] <= one <= span[1]}
    found |= (
        _of_rule(parts(rule), starts, span) if rule else {starts} if span[0] <= starts <= span[1] else set()
    )
    if len(found) > MOST_DATES:
        raise wrong(_("Ein Angebot hat höchstens 1000 Termine im Jahr."))
    left_out = set(map(datetime.fromisoformat, without))
    return sorted(found - left_out)


def moments(walls: Iterable[datetime], zone: ZoneInfo) -> Dates:
    """The moments of these starts; in the hour said twice the first is meant, what no clock shows is a gap."""
    known: list[tuple[datetime, datetime]] = []
    gaps: list[datetime] = []
    for wall in walls:
        moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == wall:
            known.append((wall, moment))
        else:
            gaps.append(wall)
    return Dates(known, gaps)


def ended(rule: str, last: datetime) -> str:
    """The rule, going no further than this moment of the wall clock; a count, which says when it ends, goes."""
    kept = {name: value for name, value in parts(rule).items() if name not in ("COUNT", "UNTIL")}
    return ";".join(f"{name}={value}" for name, value in {**kept, "UNTIL": f"{last:%Y%m%dT%H%M%S}"}.items())


def shifted(rule: str, days: int) -> str:
    """The rule so many days later: its end moves along; what names days of the month or the year stays."""
    found = parts(rule)
    if "UNTIL" in found:
        found["UNTIL"] = f"{until_of(found['UNTIL']) + timedelta(days=days):%Y%m%dT%H%M%S}"
    return ";".join(f"{name}={value}" for name, value in found.items())


def until_of(text: str) -> datetime:
    """The last moment in wall clock; a date means its whole day."""
    try:
        day = datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 - in wall clock
        at = datetime.strptime(text[9:15], "%H%M%S").time() if len(text) > 8 else time.max  # noqa: DTZ007
    except ValueError as error:
        raise wrong(_("Den letzten Tag dieser Wiederholung gibt es nicht.")) from error
    return datetime.combine(day, at)


def wrong(sentence: Sentence) -> Refusal:
    """The refusal of a rule."""
    return Refusal(
        "offer.rule", sentence, field="rule", status=422,
        cure=_("Zum Beispiel: FREQ=WEEKLY;BYDAY=TU;UNTIL=20270630"),
    )  # fmt: skip


def _together(found: dict[str, str]) -> None:
    """Refuses parts that do not go together, and those that together never come true."""
    if "COUNT" in found and "UNTIL" in found:
        raise wrong(_("Entweder eine Anzahl von Terminen oder ein letzter Tag, nicht beides."))
    if int(found.get("COUNT", 1)) > MOST_DATES:
        raise wrong(_("Ein Angebot hat höchstens 1000 Termine im Jahr."))
    if "UNTIL" in found:
        until_of(found["UNTIL"])
    days, month_days, months = (found.get(name, "") for name in ("BYDAY", "BYMONTHDAY", "BYMONTH"))
    plain_days = bool(days) and not any(one[0] in "+-12345" for one in days.split(","))
    never = (
        (found["FREQ"] == "DAILY" and days and found.get("INTERVAL", "1") != "1")
        or (days and month_days)
        or ("BYSETPOS" in found and not plain_days)
        or (found["FREQ"] == "MONTHLY" and int(found.get("INTERVAL", 1)) > 12)
        or (found["FREQ"] == "YEARLY" and (days or month_days) and not months)
        or not _day_exists(month_days, months)
    )
    if never:
        raise wrong(_("So eine Wiederholung können wir nicht berechnen."))


def _day_exists(month_days: str, months: str) -> bool:
    """Whether one of the days is there in one of the months, in a leap year at least."""
    if not month_days or not months:
        return True
    longest = max(monthrange(2028, int(month))[1] for month in months.split(","))
    return any(abs(int(day)) <= longest for day in month_days.split(","))


def _of_rule(found: dict[str, str], starts: datetime, span: tuple[datetime, datetime]) -> set[datetime]:
    last = min(until_of(found["UNTIL"]), span[1]) if "UNTIL" in found else span[1]
    step = _step(found, starts)
    return (
        _stepped(found, starts, step, (span[0], last)) if step else _searched(found, starts, (span[0], last))
    )


def _step(found: dict[str, str], starts: datetime) -> timedelta | None:
    """How far apart all dates of the rule are, where that is all it says: most offers are weekly, and a city has many."""
    every = int(found.get("INTERVAL", 1))
    if found["FREQ"] == "DAILY" and "BYDAY" not in found:
        return timedelta(days=every)
    own = DAYS[starts.weekday()]
    return timedelta(weeks=every) if found["FREQ"] == "WEEKLY" and found.get("BYDAY", own) == own else None


def _stepped(
    found: dict[str, str], starts: datetime, step: timedelta, span: tuple[datetime, datetime]
) -> set[datetime]:
    last = min(span[1], starts + step * (int(found["COUNT"]) - 1)) if "COUNT" in found else span[1]
    first = max(0, -((starts - span[0]) // step))
    return {starts + step * number for number in range(first, (last - starts) // step + 1)}


def _searched(found: dict[str, str], starts: datetime, span: tuple[datetime, datetime]) -> set[datetime]:
    from dateutil.rrule import rrulestr

    last = span[1]
    kept = {name: value for name, value in found.items() if name != "UNTIL"}
    if "COUNT" not in kept:
        kept["UNTIL"] = f"{last:%Y%m%dT%H%M%S}"
    some: set[datetime] = set()
    try:
        for one in rrulestr(";".join(f"{name}={value}" for name, value in kept.items()), dtstart=starts):
            if one > last or len(some) > MOST_DATES:
                break
            if one >= span[0]:
                some.add(one)
    except (ValueError, OverflowError) as error:
        raise wrong(_("Diese Wiederholung ist nicht zu verstehen.")) from error
    return some
