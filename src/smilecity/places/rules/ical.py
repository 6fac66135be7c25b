# SPDX-License-Identifier: EUPL-1.2
"""iCalendar (RFC 5545), written and read: an offer is a VEVENT, with its recurrence and what is left out of it.

The library folds and escapes. What comes in is bounded before it is expanded: bytes, events, and each rule.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence
from smilecity.places.rules.offers import recurrence

MOST_BYTES = 2 << 20
MOST_EVENTS = 500
MOST_LINES = 100_000
PRODUCER = "-//Smile City//Offers//DE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event of a calendar. `starts` is naive wall clock; `instance` names the start that this one replaces.

    With a `rule` it is the whole series; `instance` entries of the same `uid` are its moved or cancelled dates.
    """

    uid: str
    title: str
    starts: datetime
    minutes: int
    text: str = ""
    where: str = ""
    url: str = ""
    rule: str = ""
    extra: Sequence[str] = ()
    without: Sequence[str] = ()
    cancelled: bool = False
    instance: datetime | None = None
    position: tuple[float, float] | None = None
    organiser: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """An event that could not be read: which one, and why."""

    name: str
    why: Sentence


def calendar(name: str, entries: Iterable[Entry], zone: ZoneInfo, stamp: datetime) -> bytes:
    """The entries as an iCalendar file, with the time zone they are in; `stamp` is when it was made."""
    from icalendar import Calendar, Timezone

    made = Calendar()
    for key, value in (
        ("prodid", PRODUCER),
        ("version", "2.0"),
        ("method", "PUBLISH"),
        ("x-wr-calname", name),
    ):
        made.add(key, value)
    year = stamp.year
    made.add_component(
        Timezone.from_tzinfo(zone, first_date=date(year - 1, 1, 1), last_date=date(year + 2, 1, 1))
    )
    for one in entries:
        made.add_component(_event(one, zone, stamp))
    written: bytes = made.to_ical()
    return written


def read(body: bytes, zone: ZoneInfo) -> tuple[list[Entry], list[Broken]]:
    """The events of a file as entries in the wall clock of `zone`, and those that could not be read.

    Refuses what is no calendar, is larger than 2 MiB or has more than 500 events. Events that move one date of a series
    come as entries with their `instance`.
    """
    from icalendar import Calendar

    if len(body) > MOST_BYTES or body.count(b"\n") > MOST_LINES:
        raise _refused("ical.too-large", _("Diese Datei ist zu groß."), _("Sie hat höchstens 2 MB."))
    if body.upper().count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise _refused(
            "ical.too-many", _("In dieser Datei sind zu viele Termine."), _("Es sind höchstens 500.")
        )
    try:
        events = Calendar.from_ical(body.decode("utf-8-sig")).walk("VEVENT")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise _refused("ical.not-a-calendar", _("Das ist keine Kalenderdatei (iCalendar).")) from error
    entries: list[Entry] = []
    broken: list[Broken] = []
    for event in events:
        try:
            entries.append(_entry(event, zone))
        except Refusal as refusal:
            broken.append(Broken(_name(event), refusal.sentence))
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
            broken.append(Broken(_name(event), _("Dieser Termin ist nicht zu verstehen.")))
    return entries, broken


def _event(one: Entry, zone: ZoneInfo, stamp: datetime) -> Any:
    from icalendar import Event, vRecur

    event = Event()
    event.add("uid", one.uid)
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("dtstart", one.starts.replace(tzinfo=zone))
    event.add("dtend", _end(one, zone))
    event.add("summary", one.title)
    for key, value in (("description", one.text), ("location", one.where), ("url", one.url)):
        if value:
            event.add(key, value)
    if one.position:
        event.add("geo", (one.position[1], one.position[0]))
    if one.rule:
        event.add("rrule", vRecur.from_ical(_with_utc(one.rule, one.starts, zone)))
    for key, known in (("rdate", one.extra), ("exdate", one.without)):
        for text in known:
            event.add(key, datetime.fromisoformat(text).replace(tzinfo=zone))
    if one.instance is not None:
        event.add("recurrence-id", one.instance.replace(tzinfo=zone))
    event.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
    return event


def _end(one: Entry, zone: ZoneInfo) -> datetime:
    """So many minutes later by the sun, whatever the clock does in between."""
    return (one.starts.replace(tzinfo=zone).astimezone(UTC) + timedelta(minutes=one.minutes)).astimezone(zone)


def _with_utc(rule: str, starts: datetime, zone: ZoneInfo) -> str:
    """The rule with its UNTIL in UTC, as RFC 5545 wants it beside a start with a time zone."""
    parts = recurrence.parts(rule)
    if "UNTIL" in parts:
        last = recurrence.until_of(parts["UNTIL"]).replace(microsecond=0, tzinfo=zone)
        parts["UNTIL"] = f"{last.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _entry(event: Any, zone: ZoneInfo) -> Entry:
    starts = _wall(event.decoded("dtstart"), zone)
    title = _text(event, "summary", 120)
    if not title:
        raise _refused("ical.title", _("Diesem Termin fehlt ein Name."))
    instance = event.get("recurrence-id")
    entry = Entry(
        uid=_text(event, "uid", 300),
        title=title,
        starts=starts,
        minutes=_minutes(event, starts, zone),
        text=_text(event, "description", 4000),
        where=_text(event, "location", 200),
        url=_text(event, "url", 300),
        rule=_rule(event, zone),
        extra=_times(event, "rdate", zone),
        without=_times(event, "exdate", zone),
        cancelled=_text(event, "status", 20).upper() == "CANCELLED",
        instance=_wall(instance.dt, zone) if instance is not None else None,
    )
    if not entry.uid:
        raise _refused("ical.uid", _("Diesem Termin fehlt die Kennung (UID)."))
    if not recurrence.FIRST_YEAR <= starts.year <= recurrence.LAST_YEAR:
        raise _refused("ical.year", _("Dieses Datum liegt zu weit weg."))
    return entry


def _minutes(event: Any, starts: datetime, zone: ZoneInfo) -> int:
    if event.get("dtend") is not None:
        begin, end = event.decoded("dtstart"), event.decoded("dtend")
        timed = isinstance(begin, datetime) and isinstance(end, datetime)
        lasts = _utc(end, zone) - _utc(begin, zone) if timed else _wall(end, zone) - starts
    elif event.get("duration") is not None:
        lasts = event.decoded("duration")
    else:
        lasts = timedelta(hours=1) if isinstance(event.decoded("dtstart"), datetime) else timedelta(days=1)
    minutes = int(lasts.total_seconds()) // 60
    if not 0 < minutes <= recurrence.MOST_MINUTES:
        raise _refused("ical.length", _("Das Ende liegt nach dem Anfang, höchstens zwei Wochen später."))
    return minutes


def _rule(event: Any, zone: ZoneInfo) -> str:
    given = event.get("rrule")
    if given is None:
        return ""
    if isinstance(given, list):
        raise _refused("ical.rules", _("Mehr als eine Wiederholung können wir nicht lesen."))
    text = given.to_ical().decode()
    # An end in UTC is meant in the wall clock of the city.
    until = re.search(r"UNTIL=(\d{8}T\d{6})Z", text)
    if until:
        last = datetime.strptime(until[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC).astimezone(zone)
        text = text.replace(until[0], f"UNTIL={last:%Y%m%dT%H%M%S}")
    return ";".join(f"{name}={value}" for name, value in recurrence.parts(text).items())


def _times(event: Any, name: str, zone: ZoneInfo) -> tuple[str, ...]:
    given = event.get(name)
    lists = given if isinstance(given, list) else [given] if given is not None else []
    found = {f"{_wall(one.dt, zone):%Y-%m-%dT%H:%M}" for many in lists for one in many.dts}
    if len(found) > recurrence.MOST_DATES:
        raise _refused("ical.dates", _("Ein Angebot hat höchstens 1000 Termine im Jahr."))
    return tuple(sorted(found))


def _wall(value: Any, zone: ZoneInfo) -> datetime:
    """The wall clock of the city; a day begins at midnight, a time without a zone is the city's."""
    if isinstance(value, tuple):  # a period: its beginning
        value = value[0]
    if not isinstance(value, datetime):
        return datetime.combine(value, time())
    found = value.astimezone(zone).replace(tzinfo=None) if value.tzinfo is not None else value
    return found.replace(second=0, microsecond=0, fold=0)


def _utc(value: datetime, zone: ZoneInfo) -> datetime:
    """The moment itself: two times of one zone differ by what their clocks show, whatever was set in between."""
    return (value if value.tzinfo is not None else value.replace(tzinfo=zone)).astimezone(UTC)


def _text(event: Any, name: str, most: int) -> str:
    value = event.get(name, "")
    text = str(value[0] if isinstance(value, list) else value)
    return "".join(c for c in text if ord(c) >= 32 or c in "\n\t").strip()[:most]


def _name(event: Any) -> str:
    return _text(event, "summary", 120) or _text(event, "uid", 120)


def _refused(code: str, sentence: Sentence, cure: Sentence = "") -> Refusal:
    return Refusal(code, sentence, cure=cure, field="file", status=422)
