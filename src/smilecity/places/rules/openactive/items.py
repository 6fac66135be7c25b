# SPDX-License-Identifier: EUPL-1.2
"""Offers and bookable units in the words of OpenActive: Modelling Opportunity Data 2.0."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from smilecity.places.rules.booking import times
from smilecity.places.rules.offers import recurrence
from smilecity.places.rules.openactive import concepts
from smilecity.places.rules.openactive.feeds import (
    FACILITIES,
    HERE,
    KINDS,
    OPENACTIVE,
    SCHEMA,
    SERIES,
    SESSIONS,
    SLOTS,
    known,
)

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
STATES = {
    "BB": "Brandenburg", "BE": "Berlin", "BW": "Baden-Württemberg", "BY": "Bayern", "HB": "Bremen", "HE": "Hessen",
    "HH": "Hamburg", "MV": "Mecklenburg-Vorpommern", "NI": "Niedersachsen", "NW": "Nordrhein-Westfalen",
    "RP": "Rheinland-Pfalz", "SH": "Schleswig-Holstein", "SL": "Saarland", "SN": "Sachsen", "ST": "Sachsen-Anhalt",
    "TH": "Thüringen",
}  # fmt: skip
_AMOUNT = re.compile(r"(\d{1,4})(?:[,.](\d{2}))?\s*(?:€|euro\b)", re.IGNORECASE)
_POSTAL = re.compile(r"(?P<street>[^,].*?),?\s+(?P<code>\d{5})\s+(?P<town>\D{2,})")


Point = tuple[float, float]


def price_cents(free: bool | None, cost: Mapping[str, str]) -> int | None:
    """What an offer costs, if that is known: nothing, or the one amount in euros that its text names."""
    if free:
        return 0
    for text in cost.values():
        found = {int(euros) * 100 + int(cents or 0) for euros, cents in _AMOUNT.findall(text)}
        if len(found) == 1:
            return found.pop()
    return None


def slot_number(unit: int, start: datetime) -> int:
    """The number by which a slot is known, always the same for this unit and minute."""
    return unit * 100_000_000 + int(start.timestamp()) // 60


def item_id(feed: str, number: int) -> str:
    """The address of an item, which is its name too."""
    return f"{HERE}/openactive/{feed}/{number}"


def location(
    title: str, path: str, street: str, position: Point | None, state: str, phone: str = ""
) -> dict[str, Any]:
    """Where it is. Without a postal code the address stays a text: half an address in parts is worth less."""
    geo = {"@type": "GeoCoordinates", "longitude": position[0], "latitude": position[1]} if position else {}
    return known(
        {
            "@type": "Place",
            "@id": HERE + path if path else "",
            "name": title,
            "url": HERE + path if path else "",
            "address": address(street, state),
            "geo": geo,
            "telephone": phone,
        }
    )


def address(street: str, state: str) -> dict[str, str] | str:
    """`Uferweg 1, 18055 Stadt` as a postal address; what has no postal code as it is."""
    parts = _POSTAL.fullmatch(street.strip())
    if parts is None or state not in STATES:
        return street
    return {
        "@type": "PostalAddress",
        "streetAddress": parts["street"].rstrip(", "),
        "postalCode": parts["code"],
        "addressLocality": parts["town"].strip(),
        "addressRegion": STATES[state],
        "addressCountry": "DE",
    }


def organisation(
    title: str, path: str, *, phone: str = "", email: str = "", website: str = ""
) -> dict[str, Any]:
    """Who offers it."""
    said = {"name": title, "telephone": phone, "email": email, "sameAs": [website] if website else []}
    return known({"@type": "Organization", "@id": HERE + path, "url": HERE + path, **said})


def series(  # noqa: PLR0913 - an offer is many facts, each given by its name
    *,
    number: int,
    path: str,
    title: str,
    text: str,
    category: str,
    place: dict[str, Any],
    organiser: dict[str, Any],
    ages: tuple[int | None, int | None],
    cents: int,
    cost: str,
    access: Collection[str],
    access_text: str,
    schedule: dict[str, Any],
    cancelled: bool,
) -> dict[str, Any]:
    """An offer with all its dates in common: a SessionSeries."""
    youngest, oldest = ages
    age = known({"@type": "QuantitativeValue", "minValue": youngest or 0, "maxValue": oldest})
    return _item(
        SERIES,
        number,
        path,
        name=title,
        description=text,
        activity=[concepts.activity(f"{title} {text}")],
        category=[category],
        location=place,
        organizer=organiser,
        ageRange=age,
        genderRestriction=f"{OPENACTIVE}/NoRestriction",
        isAccessibleForFree=cents == 0,
        offers=[_offer(cents, cost)],
        accessibilitySupport=concepts.support(access),
        accessibilityInformation=access_text,
        eventSchedule=[schedule],
        eventStatus=_status(cancelled=cancelled),
        eventAttendanceMode=f"{SCHEMA}/OfflineEventAttendanceMode",
    )


def session(
    *,
    number: int,
    series: int,
    path: str,
    span: times.Span,
    cancelled: bool,
    seats: int | None,
    taken: int,
    zone: ZoneInfo,
) -> dict[str, Any]:
    """One date of an offer: a ScheduledSession."""
    left = None if seats is None else max(0, seats - taken)
    return _item(
        SESSIONS,
        number,
        path,
        superEvent=item_id(SERIES, series),
        **_when(span, zone),
        eventStatus=_status(cancelled=cancelled),
        maximumAttendeeCapacity=seats,
        remainingAttendeeCapacity=left,
    )


def facility(
    *,
    number: int,
    path: str,
    title: str,
    text: str,
    kind: str,
    place: dict[str, Any],
    provider: dict[str, Any],
    access: Collection[str],
    access_text: str,
) -> dict[str, Any]:
    """A unit that can be booked: a FacilityUse."""
    return _item(
        FACILITIES,
        number,
        path,
        name=title,
        description=text,
        facilityType=[concepts.facility(kind)],
        location=place,
        provider=provider,
        accessibilitySupport=concepts.support(access),
        accessibilityInformation=access_text,
    )


def slot(*, unit: int, path: str, span: times.Span, free: bool, cents: int, zone: ZoneInfo) -> dict[str, Any]:
    """A time at which a unit can be booked, or could, if it were not taken: a Slot."""
    return _item(
        SLOTS,
        slot_number(unit, span[0]),
        path,
        facilityUse=item_id(FACILITIES, unit),
        **_when(span, zone),
        maximumUses=1,
        remainingUses=int(free),
        offers=[_offer(cents, "")],
    )


def schedule(rule: str, starts: datetime, lasts: timedelta, zone: ZoneInfo) -> dict[str, Any]:
    """How often it is, as far as OpenActive can say it; `starts` is the first date."""
    local = starts.astimezone(zone)
    ends = (starts + lasts).astimezone(zone)
    parts = recurrence.parts(rule) if rule else {}
    unit = {"DAILY": "D", "WEEKLY": "W", "MONTHLY": "M", "YEARLY": "Y"}.get(parts.get("FREQ", ""), "")
    days = [one for one in parts.get("BYDAY", "").split(",") if one in recurrence.DAYS]
    return known(
        {
            "@type": "PartialSchedule",
            "startDate": local.date().isoformat(),
            "endDate": "" if rule else ends.date().isoformat(),
            "startTime": f"{local:%H:%M}",
            "endTime": f"{ends:%H:%M}",
            "duration": duration(lasts),
            "repeatFrequency": f"P{parts.get('INTERVAL', '1')}{unit}" if unit else "",
            "byDay": [f"{SCHEMA}/{_DAYS[recurrence.DAYS.index(one)]}" for one in days],
            "scheduleTimezone": str(zone),
        }
    )


def duration(lasts: timedelta) -> str:
    """ISO 8601, in days, hours and minutes."""
    hours, minutes = divmod(int(lasts.total_seconds()) // 60, 60)
    days, hours = divmod(hours, 24)
    clock = "".join(f"{n}{name}" for n, name in ((hours, "H"), (minutes, "M")) if n)
    return f"P{f'{days}D' if days else ''}{f'T{clock}' if clock else ''}"


def _item(feed: str, number: int, path: str, **said: Any) -> dict[str, Any]:
    head = {
        "@context": [f"{OPENACTIVE}/"], "@type": KINDS[feed], "@id": item_id(feed, number), "identifier": str(number),
        "url": HERE + path,
    }  # fmt: skip
    return known({**head, **said})


def _when(span: times.Span, zone: ZoneInfo) -> dict[str, str]:
    start, end = (one.astimezone(zone).isoformat(timespec="seconds") for one in span)
    return {"startDate": start, "endDate": end, "duration": duration(span[1] - span[0])}


def _status(*, cancelled: bool) -> str:
    return f"{SCHEMA}/{'EventCancelled' if cancelled else 'EventScheduled'}"


def _offer(cents: int, text: str) -> dict[str, Any]:
    euros: float = cents / 100
    money = {"price": int(euros) if euros == int(euros) else euros, "priceCurrency": "EUR"}
    return known({"@type": "Offer", "name": "Teilnahme", "description": text}) | money
