# SPDX-License-Identifier: EUPL-1.2
"""A place in the words of schema.org, as search engines and assistants read it."""

from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from smilecity.places.rules.spans import Span

CONTEXT = "https://schema.org"
TYPES = {
    "sport": "SportsActivityLocation",
    "play": "Playground",
    "park": "Park",
    "learning": "Library",
    "water": "Beach",
    "culture": "CivicStructure",
}
# Of the questions of accessibility those that schema.org has a name for, or that say themselves.
FEATURES = {
    "step_free": ("step-free access", {"yes": True, "no": False}),
    "toilet": ("toilet", {"yes": True, "wheelchair": True, "no": False}),
    "parking": ("accessible parking", {"yes": True, "no": False}),
    "guidance": ("guidance system for blind people", {"yes": True, "no": False}),
    "seats": ("seats", {"yes": True, "no": False}),
    "light": ("light in the evening", {"yes": True, "no": False}),
}


def described(  # noqa: PLR0913 - a place is many facts, each given by its name
    *,
    address: str,
    title: str,
    text: str,
    category: str,
    street: str,
    position: tuple[float, float] | None,
    access: Mapping[str, str],
    free: bool | None,
    open_spans: Sequence[Span],
    zone: ZoneInfo,
    contact: Mapping[str, str],
    images: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """The place as JSON-LD; what nobody knows is not there."""
    said: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": TYPES.get(category, "CivicStructure"),
        "@id": address,
        "url": address,
        "name": title,
        "description": text,
        "publicAccess": True,
        "address": _address(street),
        "geo": _geo(position),
        "isAccessibleForFree": free,
        "amenityFeature": _features(access),
        "openingHoursSpecification": [part for span in open_spans for part in _opened(span, zone)],
        "image": list(images),
        "telephone": contact.get("phone", ""),
        "email": contact.get("email", ""),
        "sameAs": contact.get("website", ""),
    }
    return {name: value for name, value in said.items() if value not in (None, "", [], {})}


def _address(street: str) -> dict[str, str]:
    return {"@type": "PostalAddress", "streetAddress": street, "addressCountry": "DE"} if street else {}


def _geo(position: tuple[float, float] | None) -> dict[str, Any]:
    if position is None:
        return {}
    return {"@type": "GeoCoordinates", "longitude": position[0], "latitude": position[1]}


def _features(access: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"@type": "LocationFeatureSpecification", "name": name, "value": values[access[key]]}
        for key, (name, values) in FEATURES.items()
        if access.get(key) in values
    ]


def _opened(span: Span, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Real stretches of time by their dates, one for each day: holidays, sunsets and seasons are in them already."""
    start, end = (one.astimezone(zone) for one in span)
    found = []
    day = start.date()
    while day <= end.date() and not (day == end.date() and end.time() == time()):
        found.append(
            {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": f"{CONTEXT}/{_DAYS[day.weekday()]}",
                "opens": _time(start.time() if day == start.date() else time()),
                "closes": _time(end.time() if day == end.date() else time(23, 59, 59)),
                "validFrom": day.isoformat(),
                "validThrough": day.isoformat(),
            }
        )
        day += timedelta(days=1)
    return found


def _time(moment: time) -> str:
    return f"{moment:%H:%M:%S}"


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
