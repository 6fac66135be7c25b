# SPDX-License-Identifier: EUPL-1.2
"""A recurrence as a form shows it, and back: the few that nearly everybody means."""

from dataclasses import dataclass
from datetime import date, datetime

from smilecity.places.rules.offers.recurrence import DAYS, parts, until_of

ONCE, DAILY, WEEKLY, MONTHLY_DAY, MONTHLY_NTH, YEARLY = "", "day", "week", "month-day", "month-nth", "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """How often: every `interval` days, weeks or months. `days` are weekdays (0 is Monday) of a week.

    `month-day` is the same day of each month, `month-nth` its same weekday, such as each second Tuesday (the last one
    if the first date is in the fifth week). It ends on `until`, or after `count` dates, or not.
    """

    every: str = ONCE
    interval: int = 1
    days: tuple[int, ...] = ()
    until: date | None = None
    count: int | None = None


def rule_of(repeat: Repeat, starts: datetime) -> str:
    """The RRULE of what was chosen; `starts` is the first date in wall clock."""
    if repeat.every == ONCE:
        return ""
    found = {
        DAILY: "FREQ=DAILY",
        WEEKLY: "FREQ=WEEKLY",
        MONTHLY_DAY: "FREQ=MONTHLY",
        MONTHLY_NTH: "FREQ=MONTHLY",
        YEARLY: "FREQ=YEARLY",
    }[repeat.every]
    if repeat.interval != 1:
        found += f";INTERVAL={repeat.interval}"
    if repeat.every == WEEKLY:
        days = repeat.days or (starts.weekday(),)
        found += ";BYDAY=" + ",".join(DAYS[one] for one in sorted(set(days)))
    if repeat.every == MONTHLY_DAY:
        found += f";BYMONTHDAY={starts.day}"
    if repeat.every == MONTHLY_NTH:
        found += f";BYDAY={nth(starts)}{DAYS[starts.weekday()]}"
    if repeat.until is not None:
        found += f";UNTIL={repeat.until:%Y%m%d}"
    elif repeat.count is not None:
        found += f";COUNT={repeat.count}"
    return found


def repeat_of(rule: str, starts: datetime) -> Repeat | None:
    """What a form shows of the rule; None if it says more than a form can, as imported ones may."""
    found = parts(rule)
    if not found:
        return Repeat()
    by = {
        name: value for name, value in found.items() if name in ("BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS")
    }
    every = _every(found["FREQ"], by, starts)
    if not every or found.get("WKST", "MO") != "MO":
        return None
    return Repeat(
        every=every,
        interval=int(found.get("INTERVAL", 1)),
        days=_weekdays(by, starts) if every == WEEKLY else (),
        until=until_of(found["UNTIL"]).date() if "UNTIL" in found else None,
        count=int(found["COUNT"]) if "COUNT" in found else None,
    )


def nth(starts: datetime) -> int:
    """The how-manieth of its weekday it is in its month; the fifth is the last."""
    number = (starts.day - 1) // 7 + 1
    return number if number < 5 else -1


def _every(frequency: str, by: dict[str, str], starts: datetime) -> str:
    if frequency == "DAILY":
        return "" if by else DAILY
    if frequency == "WEEKLY":
        return WEEKLY
    if frequency == "YEARLY":
        return "" if by else YEARLY
    if by in ({}, {"BYMONTHDAY": str(starts.day)}):
        return MONTHLY_DAY
    return MONTHLY_NTH if by == {"BYDAY": f"{nth(starts)}{DAYS[starts.weekday()]}"} else ""


def _weekdays(by: dict[str, str], starts: datetime) -> tuple[int, ...]:
    if "BYDAY" not in by:
        return (starts.weekday(),)
    return tuple(sorted({DAYS.index(one) for one in by["BYDAY"].split(",")}))
