# SPDX-License-Identifier: EUPL-1.2
"""Public holidays of the sixteen federal states, beside the nine that all of them share, and school holidays.

Public ones are written as OSM's opening hours name days (`easter +60 days` is Corpus Christi), so that they hold for
every year. School holidays are other dates each year, so they are imported and written into the rules as dates.
"""

import re
from collections.abc import Iterable
from datetime import date

EPIPHANY, WOMEN, EASTER, WHITSUN = "Jan 06", "Mar 08", "easter", "easter +49 days"
CORPUS_CHRISTI, ASSUMPTION, CHILDREN = "easter +60 days", "Aug 15", "Sep 20"
REFORMATION, ALL_SAINTS = "Oct 31", "Nov 01"
REPENTANCE = "Nov 16-Nov 22 We"  # the Wednesday before 23 November

# Assumption is a holiday in most, not all, municipalities of Bavaria: who has it writes `Aug 15` in the hours.
OF_STATE: dict[str, tuple[str, ...]] = {
    "BB": (EASTER, WHITSUN, REFORMATION),
    "BE": (WOMEN,),
    "BW": (EPIPHANY, CORPUS_CHRISTI, ALL_SAINTS),
    "BY": (EPIPHANY, CORPUS_CHRISTI, ALL_SAINTS),
    "HB": (REFORMATION,),
    "HE": (CORPUS_CHRISTI,),
    "HH": (REFORMATION,),
    "MV": (WOMEN, REFORMATION),
    "NI": (REFORMATION,),
    "NW": (CORPUS_CHRISTI, ALL_SAINTS),
    "RP": (CORPUS_CHRISTI, ALL_SAINTS),
    "SH": (REFORMATION,),
    "SL": (CORPUS_CHRISTI, ASSUMPTION, ALL_SAINTS),
    "SN": (REFORMATION, REPENTANCE),
    "ST": (EPIPHANY, REFORMATION),
    "TH": (CHILDREN, REFORMATION),
}

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)(?:-(?:Mo|Tu|We|Th|Fr|Sa|Su))?"
# A rule for days of the week and holidays alone: others (`Dec PH off`) mean the shared holidays only.
_FOR_DAYS = re.compile(rf"\s*(?P<days>{_DAY}(?:\s*,\s*{_DAY})*)(?P<rest>\s.*)", re.DOTALL)


def with_state(hours: str, state: str) -> str:
    """The hours with every rule for `PH` said again, right behind it, for the days that only this state has."""
    days = OF_STATE.get(state, ())
    if not days or "PH" not in hours or '"' in hours or "||" in hours:
        return hours
    return ";".join(part for rule in hours.split(";") for part in (rule, *_again(rule, days)))


# The first and the last day.
Days = tuple[date, date]


def with_school(hours: str, school: Iterable[Days]) -> str:
    """The hours with every rule for `SH` said for these dates instead; without dates such a rule means no day.

    The library that reads the hours knows no school holidays, and would take `SH Mo-Fr` for every week.
    """
    if "SH" not in hours or '"' in hours or "||" in hours:
        return hours
    dated = [_dated(days) for days in school]
    return ";".join(part for rule in hours.split(";") for part in _in_school(rule, dated)).strip() or "off"


def _in_school(rule: str, dated: list[str]) -> list[str]:
    found = _FOR_DAYS.fullmatch(rule)
    if found is None or re.search(rf",\s*{_DAY}", found["rest"]):
        return [rule]
    days = re.split(r"\s*,\s*", found["days"])
    if "SH" not in days:
        return [rule]
    others = [day for day in days if day != "SH"]
    kept = [f" {','.join(others)}{found['rest']}"] if others else []
    return [*kept, *(f" {one}{found['rest']}" for one in dated)]


def _dated(days: Days) -> str:
    first, last = (f"{day.year} {_MONTHS[day.month - 1]} {day.day:02}" for day in days)
    return first if first == last else f"{first}-{last}"


def _again(rule: str, days: tuple[str, ...]) -> list[str]:
    found = _FOR_DAYS.fullmatch(rule)
    if found is None or "PH" not in re.split(r"\s*,\s*", found["days"]):
        return []
    # A comma between rules adds one: its second half is not about holidays.
    if re.search(rf",\s*{_DAY}", found["rest"]):
        return []
    return [f" {day}{found['rest']}" for day in days]
