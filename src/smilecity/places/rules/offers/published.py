# SPDX-License-Identifier: EUPL-1.2
"""An offer in the words of schema.org: an event, or a series of events with its next dates."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from smilecity.places.rules.published import CONTEXT

Date = tuple[datetime, datetime, bool]
"""From, to, whether it is cancelled."""


def described(  # noqa: PLR0913 - an offer is many facts, each given by its name
    *,
    address: str,
    title: str,
    text: str,
    dates: Sequence[Date],
    series: bool,
    place: dict[str, Any],
    organiser: dict[str, Any],
    ages: tuple[int | None, int | None],
    free: bool | None,
    capacity: int | None,
    languages: Sequence[str],
) -> dict[str, Any]:
    """The offer as JSON-LD; what nobody knows is not there."""
    said: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "EventSeries" if series else "Event",
        "@id": address,
        "url": address,
        "name": title,
        "description": text,
        "location": place,
        "organizer": organiser,
        "typicalAgeRange": _ages(*ages),
        "isAccessibleForFree": free,
        "maximumAttendeeCapacity": capacity,
        "inLanguage": list(languages),
        "eventAttendanceMode": f"{CONTEXT}/OfflineEventAttendanceMode",
    }
    if series:
        said["subEvent"] = [
            {"@type": "Event", "name": title, "location": place, **_date(date)} for date in dates
        ]
    if dates:
        said |= _date(dates[0]) if not series else {"startDate": dates[0][0].isoformat()}
    return _known(said)


def place(title: str, street: str, position: tuple[float, float] | None, address: str = "") -> dict[str, Any]:
    """Where it is."""
    geo = {"@type": "GeoCoordinates", "longitude": position[0], "latitude": position[1]} if position else {}
    at = {"@type": "PostalAddress", "streetAddress": street, "addressCountry": "DE"} if street else {}
    return (
        _known({"@type": "Place", "name": title, "url": address, "address": at, "geo": geo}) if title else {}
    )


def organiser(title: str, address: str) -> dict[str, Any]:
    """Who offers it."""
    return {"@type": "Organization", "name": title, "url": address} if title else {}


def _date(date: Date) -> dict[str, Any]:
    start, end, cancelled = date
    status = "EventCancelled" if cancelled else "EventScheduled"
    return {
        "startDate": start.isoformat(),
        "endDate": end.isoformat(),
        "eventStatus": f"{CONTEXT}/{status}",
    }


def _ages(youngest: int | None, oldest: int | None) -> str:
    if youngest is None and oldest is None:
        return ""
    return f"{youngest or 0}-{'' if oldest is None else oldest}"


def _known(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in (None, "", [], {})}
