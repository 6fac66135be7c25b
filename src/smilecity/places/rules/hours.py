# SPDX-License-Identifier: EUPL-1.2
"""Opening hours in the syntax of OpenStreetMap: checked when they are kept, said in words when shown."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined]  # one is not in its stub

from smilecity.core import moments
from smilecity.core.problems import Refusal
from smilecity.places.rules import holidays

LONGEST = 400
OPEN, CLOSED, UNKNOWN = "open", "closed", "unknown"
# Whose public holidays `PH` means. Guessing the country from the position would cost 110 MB of borders.
HOLIDAYS_OF = "DE"
# A change further away than this is none: nobody plans by it, and looking for it takes time.
HORIZON_DAYS = 366
_STATES = {State.OPEN: OPEN, State.CLOSED: CLOSED}

Position = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Opening:
    """`state` is a code, `words` say it with the next change, `note` is what the hours themselves remark."""

    state: str
    words: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the coming week and when it is open then; `note` says what is otherwise than usual, and why."""

    date: date
    name: str
    hours: str
    open: bool = True
    note: str = ""


def checked(text: str, field: str = "opening_hours") -> str:
    """The hours as they will be kept; empty means unknown. Refuses what is not OSM's syntax."""
    text = text.strip()
    if len(text) > LONGEST or (text and _parsed(text, ZoneInfo("UTC"), None) is None):
        raise Refusal(
            "place.opening-hours",
            _("Diese Öffnungszeiten sind nicht zu verstehen."),
            cure=_(
                "Schreiben Sie sie wie in OpenStreetMap, zum Beispiel:"
                " Mo-Fr 08:00-20:00; Sa,Su,PH 10:00-22:00"
            ),
            field=field,
        )
    return text


def opening(
    text: str, now: datetime, zone: ZoneInfo, position: Position | None, *, state: str = ""
) -> Opening:
    """Whether it is open at `now` and until when; `position` (longitude, latitude) tells the sun's times.

    `state` (such as `MV`) adds the holidays that only that federal state has.
    """
    hours = _parsed(holidays.with_state(text, state), zone, position) if text else None
    if hours is None:
        return Opening(UNKNOWN, _("Öffnungszeiten nicht bekannt"))
    local = now.astimezone(zone)
    found, note = hours.state(local)
    change = hours.next_change(local)
    code = _STATES.get(found, UNKNOWN)
    return Opening(code, said(code, change, now, zone), note)


def open_between(
    text: str,
    since: datetime,
    until: datetime,
    zone: ZoneInfo,
    position: Position | None = None,
    *,
    state: str = "",
) -> Iterator[tuple[datetime, datetime]]:
    """When it is open from `since` to `until`, in order and in UTC; what the hours call unknown is left out."""
    hours = _parsed(holidays.with_state(text, state), zone, position) if text else None
    if hours is None:
        return
    for start, end, found, _note in hours.intervals(since.astimezone(zone), until.astimezone(zone)):
        if found == State.OPEN:
            yield max(start.astimezone(UTC), since.astimezone(UTC)), min(end, until).astimezone(UTC)


def week(
    text: str, now: datetime, zone: ZoneInfo, position: Position | None, *, state: str = ""
) -> list[Day]:
    """Today and the six days after it; empty if the hours are unknown."""
    hours = _parsed(holidays.with_state(text, state), zone, position) if text else None
    if hours is None:
        return []
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=n) for n in range(8)]
    return [_said_day(hours, day, after, zone) for day, after in pairwise(days)]


def said(code: str, change: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    """The state in words, with when it changes next, if it does."""
    if code == OPEN:
        if change is None:
            return _("Immer geöffnet")
        return _("Jetzt geöffnet, bis %(until)s") % {"until": until_when(change, now, zone)}
    if code == CLOSED:
        if change is None:
            return _("Geschlossen")
        return _("Jetzt geschlossen, öffnet %(when)s") % {"when": moments.coming(change, now, zone)}
    return _("Ob geöffnet ist, ist gerade nicht sicher")


def until_when(change: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`18:00 Uhr`, `Mitternacht`, `Montag, 08:00 Uhr`: until when something lasts."""
    local, today = change.astimezone(zone), now.astimezone(zone).date()
    if local.time() == time() and local.date() == today + timedelta(days=1):
        return _("Mitternacht")
    if local.date() == today or local - now.astimezone(zone) < timedelta(hours=12):
        return moments.clock_time(change, zone)
    near = local.date() < today + timedelta(days=7)
    day = moments.weekday(local) if near else moments.day_of(local.date(), today)
    return f"{day}, {moments.clock_time(change, zone)}"


def _said_day(hours: OpeningHours, day: date, after: date, zone: ZoneInfo) -> Day:
    start, end = (datetime.combine(one, time(), zone) for one in (day, after))
    found = hours.intervals(start, end)
    spans = [(from_, to) for from_, to, state, _note in found if state == State.OPEN and from_ < end]
    return day_said(day, spans, zone)


def day_said(day: date, spans: Iterable[tuple[datetime, datetime]], zone: ZoneInfo, note: str = "") -> Day:
    """The day with the spans of it that are open, in the city's time."""
    start = datetime.combine(day, time(), zone)
    parts = [
        f"{_hour(a.astimezone(zone), start)}\N{EN DASH}{_hour(b.astimezone(zone), start)}" for a, b in spans
    ]
    all_day = parts == ["00:00\N{EN DASH}24:00"]
    words = _("durchgehend") if all_day else ", ".join(parts) or _("geschlossen")
    return Day(day, moments.weekday(day), words, open=bool(parts), note=note)


def _hour(moment: datetime, start: datetime) -> str:
    return "24:00" if moment.date() > start.date() else f"{moment:%H:%M}"


@lru_cache(maxsize=4096)
def _parsed(text: str, zone: ZoneInfo, position: Position | None) -> OpeningHours | None:
    coords = (position[1], position[0]) if position else None
    try:
        return OpeningHours(
            text,
            timezone=zone,
            country=HOLIDAYS_OF,
            coords=coords,
            auto_country=False,
            auto_timezone=True,  # needed for the sun's times; the given zone is kept
            max_interval_days=HORIZON_DAYS,
        )
    except ParserError:
        return None
