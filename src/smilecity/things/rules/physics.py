# SPDX-License-Identifier: EUPL-1.2
"""What is physically possible of what sensors measure out of doors, by observed property and unit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smilecity.things.rules.results import ANY, MEASUREMENT


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of a datastream by what it measures.

    `least_step`: it moves smoothly, and a step up to this is none too great; None: steps tell nothing. `varies`: it
    does not stay the same for ever. `rests`: but zero may, as with rain, wind and people.
    """

    low: float | None = None
    high: float | None = None
    least_step: float | None = None
    varies: bool = True
    rests: bool = True


STATE = Kind(varies=False)  # of no number, or of one that only names a state
PEOPLE = Kind(low=0.0, varies=False)
UNKNOWN = Kind()

# What units are called, by their UCUM code.
_UNITS = {
    "Cel": ("cel", "°c", "degc", "degree celsius", "degrees celsius", "grad celsius"),
    "K": ("k", "kelvin"),
    "%": ("%", "percent", "prozent"),
    "[ppm]": ("[ppm]", "ppm", "10*-6"),
    "[pH]": ("[ph]", "ph"),
    "dB": ("db", "db(a)", "db[spl]", "dba", "decibel"),
    "Pa": ("pa", "pascal"),
    "hPa": ("hpa", "mbar", "millibar"),
    "kPa": ("kpa",),
    "m/s": ("m/s", "m.s-1"),
    "km/h": ("km/h",),
    "deg": ("deg", "°", "degree"),
    "mm": ("mm",),
    "ug/m3": ("ug/m3", "µg/m³", "μg/m³", "µg/m3", "ug/m³"),
    "W/m2": ("w/m2", "w/m²"),
    "lx": ("lx", "lux"),
}
_CODES = {name: code for code, names in _UNITS.items() for name in names}

# The first that fits: what is observed, then by unit what is possible.
_KNOWN: tuple[tuple[str, Mapping[str, Kind]], ...] = (
    ("battery|batterie", {"%": Kind(0, 100, varies=False)}),
    (
        "water.?temp|wassertemp|soil.?temp|bodentemp",
        {"Cel": Kind(-30, 70, 5, rests=False), "K": Kind(243, 343, 5, rests=False)},
    ),
    (
        "air.?temp|lufttemp|umgebungstemp|ambient.?temp",
        {"Cel": Kind(-60, 60, 8, rests=False), "K": Kind(213, 333, 8, rests=False)},
    ),
    ("temp", {"Cel": Kind(-273.15, None, 8, rests=False), "K": Kind(0, None, 8, rests=False)}),
    ("soil.?moist|bodenfeucht|fill|füllstand|occupan|belegung", {"%": Kind(0, 100)}),
    ("humid|feuchte", {"%": Kind(0, 100, 30, rests=False)}),
    ("carbon.?dioxide|co2|kohlendioxid|kohlenstoffdioxid", {"[ppm]": Kind(200, 100_000, rests=False)}),
    (r"\bph\b|ph.?(value|wert)|acidity", {"[pH]": Kind(0, 14, 2), "": Kind(0, 14, 2)}),
    ("sound|noise|schall|lärm", {"dB": Kind(0, 194, rests=False)}),
    (
        "air.?pressure|atmospheric.?pressure|barometric|luftdruck",
        {
            "Pa": Kind(50_000, 110_000, 1000, rests=False),
            "hPa": Kind(500, 1100, 10, rests=False),
            "kPa": Kind(50, 110, 1, rests=False),
        },
    ),
    ("wind.*(direction|from)|windrichtung", {"deg": Kind(0, 360)}),
    ("wind|gust|böe", {"m/s": Kind(0, 120), "km/h": Kind(0, 432)}),
    ("rain|precip|regen|niederschlag", {"mm": Kind(0, 500)}),
    (
        r"pm.?(1|2|4|10)|particulate|feinstaub|no2|ozon|nitrogen|stickstoff",
        {"ug/m3": Kind(0, 10_000)},
    ),
    ("irradian|radiation|strahlung", {"W/m2": Kind(-20, 1800)}),
    ("illuminan|beleuchtungs|helligkeit", {"lx": Kind(0, 200_000)}),
)
_PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), kinds) for pattern, kinds in _KNOWN)


def kind_of(definition: str, name: str, unit: Any, observation_type: str, *, people: bool) -> Kind:
    """The kind of a datastream; what is not known of it is not watched."""
    if people:
        return PEOPLE
    if observation_type not in (MEASUREMENT, ANY):
        return STATE
    said, code = f"{definition} {name}".replace("_", " "), unit_code(unit)
    for pattern, kinds in _PATTERNS:
        if pattern.search(said):
            return kinds.get(code, UNKNOWN)
    return UNKNOWN


def unit_code(unit: Any) -> str:
    """The UCUM code of a unit, as far as it is one of those known here; else empty."""
    if not isinstance(unit, Mapping):
        return ""
    for member in ("definition", "symbol", "name"):
        said = str(unit.get(member) or "").lower()
        found = _CODES.get(said) or _CODES.get(re.split(r"[:#/]", said)[-1] if ":" in said else "")
        if found:
            return found
    return ""
