# SPDX-License-Identifier: EUPL-1.2
"""Public holidays of the sixteen federal states, beside the nine that all of them share.

Written as OSM's opening hours name days (`easter +60 days` is Corpus Christi), so that they hold for every year.
"""

import re

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

_DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)(?:-(?:Mo|Tu|We|Th|Fr|Sa|Su))?"
# A rule for days of the week and holidays alone: others (`Dec PH off`) mean the shared holidays only.
_FOR_DAYS = re.compile(rf"\s*(?P<days>{_DAY}(?:\s*,\s*{_DAY})*)(?P<rest>\s.*)", re.DOTALL)


def with_state(hours: str, state: str) -> str:
    """The hours with every rule for `PH` said again, right behind it, for the days that only this state has."""
    days = OF_STATE.get(state, ())
    if not days or "PH" not in hours or '"' in hours or "||" in hours:
        return hours
    return ";".join(part for rule in hours.split(";") for part in (rule, *_again(rule, days)))


def _again(rule: str, days: tuple[str, ...]) -> list[str]:
    found = _FOR_DAYS.fullmatch(rule)
    if found is None or "PH" not in re.split(r"\s*,\s*", found["days"]):
        return []
    # A comma between rules adds one: its second half is not about holidays.
    if re.search(rf",\s*{_DAY}", found["rest"]):
        return []
    return [f" {day}{found['rest']}" for day in days]
