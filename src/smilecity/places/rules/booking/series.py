# SPDX-License-Identifier: EUPL-1.2
"""The dates of a series: RFC 5545's RRULE, as much of it as clubs need, and never more dates than people can read."""

import re
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence

MOST_DATES = 400
LONGEST_DAYS = 731
MOST_TEXT = 200
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_DAY = r"(?:[+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU)"
_NUMBER = r"-?\d{1,2}"
_PARTS = {
    "FREQ": r"[A-Z]+",
    "INTERVAL": r"[1-9]\d?",
    "COUNT": r"[1-9]\d{0,8}",
    "UNTIL": r"\d{8}(?:T\d{6}Z?)?",
    "BYDAY": rf"{_DAY}(?:,{_DAY}){{0,13}}",
    "BYMONTHDAY": rf"{_NUMBER}(?:,{_NUMBER}){{0,30}}",
    "BYMONTH": r"\d{1,2}(?:,\d{1,2}){0,11}",
    "BYSETPOS": rf"{_NUMBER}(?:,{_NUMBER}){{0,4}}",
    "WKST": r"(?:MO|TU|WE|TH|FR|SA|SU)",
}


def dates(rule: str, starts: datetime) -> list[datetime]:
    """When the series takes place, in order, in the wall clock of `starts` (naive), whose date is the first possible.

    Refuses a rule without an end, one that asks for more than 400 dates or two years, and one that has none;
    all before anything is expanded further than two years.
    """
    from dateutil.rrule import rrulestr

    parts = _read(rule)
    limit = datetime.combine(starts.date() + timedelta(days=LONGEST_DAYS), time.max)
    until = min(_until(parts["UNTIL"]), limit) if "UNTIL" in parts else limit
    wanted = int(parts.get("COUNT", MOST_DATES))
    kept = ";".join(f"{name}={value}" for name, value in parts.items() if name not in ("COUNT", "UNTIL"))
    try:
        found = rrulestr(f"{kept};UNTIL={until:%Y%m%dT%H%M%S}", dtstart=starts)
        some = list(islice(found, wanted + 1))
    except (ValueError, OverflowError) as error:
        raise _wrong(_("Diese Wiederholung ist nicht zu verstehen.")) from error
    if "COUNT" in parts and len(some) < wanted:
        raise _wrong(_("Eine Serie reicht höchstens zwei Jahre."))
    if "COUNT" not in parts and len(some) > MOST_DATES:
        raise _wrong(_("Eine Serie hat höchstens 400 Termine."))
    if not some:
        raise _wrong(_("Diese Wiederholung hat keinen einzigen Termin."))
    return some[:wanted]


def weekly(last: date) -> str:
    """The rule of a slot every week until this day."""
    return f"FREQ=WEEKLY;UNTIL={last:%Y%m%d}"


def _read(rule: str) -> dict[str, str]:
    """The rule's parts, each checked for its form."""
    text = rule.strip().upper().removeprefix("RRULE:")
    if len(text) > MOST_TEXT:
        raise _wrong(_("Diese Wiederholung ist zu lang."))
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, _sign, value = part.partition("=")
        if name in parts or name not in _PARTS or not re.fullmatch(_PARTS[name], value, re.ASCII):
            raise _wrong(_("Diese Wiederholung ist nicht zu verstehen."))
        parts[name] = value
    if parts.get("FREQ") not in _FREQUENCIES:
        raise _wrong(_("Eine Serie wiederholt sich täglich, wöchentlich, monatlich oder jährlich."))
    if ("COUNT" in parts) == ("UNTIL" in parts):
        raise _wrong(_("Eine Serie braucht ein Ende: entweder eine Anzahl oder einen letzten Tag."))
    if int(parts.get("COUNT", 1)) > MOST_DATES:
        raise _wrong(_("Eine Serie hat höchstens 400 Termine."))
    return parts


def _until(text: str) -> datetime:
    """The last moment, in wall clock; a date means its whole day."""
    try:
        day = datetime.strptime(text[:8], "%Y%m%d")  # noqa: DTZ007 - the series is in wall clock
        at = datetime.strptime(text[9:15], "%H%M%S").time() if len(text) > 8 else time.max  # noqa: DTZ007
    except ValueError as error:
        raise _wrong(_("Den letzten Tag dieser Serie gibt es nicht.")) from error
    return datetime.combine(day.date(), at)


def _wrong(sentence: Sentence) -> Refusal:
    return Refusal(
        "series.rule", sentence, field="rule", status=422,
        cure=_("Zum Beispiel: FREQ=WEEKLY;BYDAY=TU;UNTIL=20270630"),
    )  # fmt: skip
