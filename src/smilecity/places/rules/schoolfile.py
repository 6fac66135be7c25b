# SPDX-License-Identifier: EUPL-1.2
"""School holidays as ministries publish them: a calendar (iCal) or a table (CSV), read and checked."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal
from smilecity.places.rules import holidays, words

LARGEST = 500_000
MOST = 500
LONGEST = timedelta(days=100)
YEARS = (2000, 2200)


@dataclass(frozen=True, slots=True)
class SchoolDays:
    """Holidays of a school, both days included."""

    first: date
    last: date
    name: Mapping[str, str] = field(default_factory=dict, hash=False)


def read(body: bytes) -> list[SchoolDays]:
    """The holidays of a file: iCal if it says so, else CSV with the columns `name`, `start`, `end`."""
    if len(body) > LARGEST:
        raise _wrong(_("Diese Datei ist zu groß für Schulferien."))
    if body.lstrip(b"\xef\xbb\xbf \r\n").upper().startswith(b"BEGIN:VCALENDAR"):
        return _from_calendar(body)
    return _from_table(body)


def checked(state: str, rows: Iterable[SchoolDays]) -> list[SchoolDays]:
    """The rows in order, as they are kept. Refuses them all if one of them cannot be meant."""
    if state not in holidays.OF_STATE:
        raise Refusal(
            "school.state", _("Dieses Bundesland gibt es nicht."), field="state", status=422,
            cure=_("Möglich sind: %(known)s.") % {"known": ", ".join(holidays.OF_STATE)},
        )  # fmt: skip
    found = sorted(rows, key=lambda one: one.first)
    if not 0 < len(found) <= MOST:
        raise _wrong(_("Darin stehen keine Ferien, oder zu viele."))
    for one in found:
        if not (YEARS[0] <= one.first.year and one.last.year < YEARS[1] and one.first <= one.last):
            raise _wrong(_("Ferien vom %(first)s bis %(last)s kann es nicht geben.") % _days(one))
        if one.last - one.first > LONGEST:
            raise _wrong(_("Ferien vom %(first)s bis %(last)s sind zu lang.") % _days(one))
    if len({one.first for one in found}) < len(found):
        raise _wrong(_("Zwei Ferien beginnen am selben Tag."))
    return [
        SchoolDays(one.first, one.last, words.checked_texts(one.name, "name", needed=True)) for one in found
    ]


def _from_table(body: bytes) -> list[SchoolDays]:
    try:
        text = body.decode("utf-8-sig")
        rows = list(
            csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ",")
        )
    except (UnicodeDecodeError, csv.Error) as error:
        raise _wrong(_("Das ist keine Tabelle in UTF-8.")) from error
    found = []
    for number, row in enumerate(rows[: MOST + 1], start=2):
        try:
            first, last = (date.fromisoformat((row.get(name) or "").strip()) for name in ("start", "end"))
        except ValueError as error:
            raise _wrong(_("Zeile %(line)d hat keine zwei Tage.") % {"line": number}) from error
        found.append(SchoolDays(first, last, {"de": (row.get("name") or "").strip()}))
    return found


def _from_calendar(body: bytes) -> list[SchoolDays]:
    from icalendar import Calendar  # rarely needed, and large

    try:
        events = Calendar.from_ical(body).walk("VEVENT")
        return [_from_event(one) for one in events[: MOST + 1]]
    except (ValueError, KeyError, AttributeError, TypeError, OverflowError, RecursionError) as error:
        raise _wrong(_("Dieser Kalender ist nicht zu lesen.")) from error


def _from_event(event: Any) -> SchoolDays:
    """RFC 5545 says the day after the last one; a moment counts as its day."""
    first = event["DTSTART"].dt
    end = event["DTEND"].dt if "DTEND" in event else first + timedelta(days=1)
    last = end.date() if isinstance(end, datetime) else end - timedelta(days=1)
    start = first.date() if isinstance(first, datetime) else first
    return SchoolDays(start, max(start, last), {"de": str(event.get("SUMMARY", "")).strip()})


def _days(one: SchoolDays) -> dict[str, str]:
    return {"first": one.first.isoformat(), "last": one.last.isoformat()}


def _wrong(sentence: Any) -> Refusal:
    return Refusal(
        "school.file", sentence, field="file", status=422,
        cure=_("Nehmen Sie einen Kalender (.ics) oder eine Tabelle mit den Spalten name, start, end."),
    )  # fmt: skip
