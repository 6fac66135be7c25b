# SPDX-License-Identifier: EUPL-1.2
"""What is known of a place's accessibility, as A11yJSON. What nobody has said is not there: unknown is not no."""

from collections.abc import Mapping
from typing import Any

FORMAT = "31.1.0"
CATEGORIES = {
    "sport": "sports_centre", "play": "playground", "park": "park", "garden": "garden", "square": "square",
    "water": "beach", "meeting": "community_centre", "culture": "culture", "learning": "library",
    "help": "social_facility",
}  # fmt: skip
_GRADES = {"yes": "fully", "limited": "partially", "no": "not"}
_SURFACES = {
    "paved": {"types": ["paved"], "smoothness": "good"},
    "firm": {"types": ["compacted"], "smoothness": "intermediate"},
    "artificial": {"types": ["artificial"], "smoothness": "good"},
    "grass": {"types": ["grass"]},
    "loose": {"types": ["unpaved"], "smoothness": "bad"},
}
_YES_NO = {"yes": True, "no": False}


def feature(
    *,
    number: int,
    page: str,
    title: Mapping[str, str],
    entry: Mapping[str, str],
    category: str,
    street: str,
    position: tuple[float, float],
    access: Mapping[str, str],
    contact: Mapping[str, str],
) -> dict[str, Any]:
    """The place as a feature of GeoJSON whose properties are those of A11yJSON."""
    said = {
        "originalId": str(number),
        "infoPageUrl": page,
        "name": dict(title),
        "description": dict(entry),
        "category": CATEGORIES.get(category, "other"),
        "address": {"text": {"de": street}, "countryCode": "DEU"} if street else {},
        "phoneNumber": contact.get("phone", ""),
        "emailAddress": contact.get("email", ""),
        "placeWebsiteUrl": contact.get("website", ""),
        "accessibility": accessibility(access),
    }
    return {
        "type": "Feature",
        "formatVersion": FORMAT,
        "geometry": {"type": "Point", "coordinates": list(position)},
        "properties": {name: value for name, value in said.items() if value not in ("", {}, [])},
    }


def accessibility(access: Mapping[str, str]) -> dict[str, Any]:
    """The answers in A11yJSON's words; null says that there is none."""
    said: dict[str, Any] = {}
    step_free = access.get("step_free", "")
    if step_free in _GRADES:
        said["wheelchairAccessibilityGrade"] = _GRADES[step_free]
    if step_free in _YES_NO:
        said["entrances"] = [{"properties": {"isLevel": _YES_NO[step_free]}}]
    if access.get("surface") in _SURFACES:
        said["surface"] = _SURFACES[access["surface"]]
    for ours, theirs in (("guidance", "hasTactileGuideStrips"), ("light", "isWellLit")):
        if access.get(ours) in _YES_NO:
            said[theirs] = _YES_NO[access[ours]]
    return said | _toilet(access.get("toilet", "")) | _parking(access.get("parking", ""))


def _toilet(answer: str) -> dict[str, Any]:
    """Whether a wheelchair gets into a toilet is only known where somebody says that it does."""
    if answer == "no":
        return {"restrooms": None}
    if answer == "wheelchair":
        return {"restrooms": [{"isAccessibleWithWheelchair": True}]}
    return {"restrooms": [{}]} if answer == "yes" else {}


def _parking(answer: str) -> dict[str, Any]:
    if answer == "no":
        return {"parking": {"forWheelchairUsers": None}}
    return {"parking": {"forWheelchairUsers": {"hasDedicatedSignage": True}}} if answer == "yes" else {}
