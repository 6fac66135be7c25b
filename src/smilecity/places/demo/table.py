# SPDX-License-Identifier: EUPL-1.2
"""What the demo says of a place, and the words that its tables are written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# German and English.
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit and the thing that counts people on it; by default the one named after the place."""

    key: str
    name: Pair
    room_for: int
    counter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPlace:
    """A place: `de` and `en` are its title and text, `senses` are (role, thing, stream), `ages` from and to."""

    slug: str
    category: str
    area: str
    position: tuple[float, float]
    de: Pair
    en: Pair
    street: str = ""
    hours: str = ""
    quiet: str = ""
    entry: Pair | None = None
    access: Mapping[str, str] | None = None
    free: bool | None = None
    cost: Pair | None = None
    indoors: str = ""
    ages: tuple[int | None, int | None] = (None, None)
    languages: tuple[str, ...] = ()
    keeper: str = "rostock"
    units: tuple[DemoUnit, ...] = ()
    senses: tuple[tuple[str, str, str], ...] = ()
    visibility: str = "public"


# What often is so; a place adds to it or takes from it.
HOUSE: dict[str, str] = {"step_free": "yes", "toilet": "wheelchair", "surface": "paved", "seats": "yes"}
OLD_HOUSE: dict[str, str] = {"step_free": "limited", "toilet": "yes", "surface": "paved", "seats": "yes"}
GREEN: dict[str, str] = {"step_free": "yes", "toilet": "no", "surface": "firm", "seats": "yes"}
SAND: dict[str, str] = {"step_free": "limited", "surface": "loose"}

Sense = tuple[str, str, str]


def sound(slug: str) -> Sense:
    """How loud it is there."""
    return ("sound", f"{slug}-schall", "sound")


def soil(slug: str) -> Sense:
    """How moist the ground is."""
    return ("soil", f"{slug}-boden", "soil")


def litter(slug: str) -> Sense:
    """How full the bin is."""
    return ("fill", f"{slug}-eimer", "fill")


def weather(thing: str) -> tuple[Sense, ...]:
    """What a weather station tells."""
    return tuple((role, thing, role) for role in ("wind", "gust", "rain", "temperature"))


def texts(pair: Pair | None) -> dict[str, str]:
    """The texts by language."""
    return dict(zip(("de", "en"), pair, strict=True)) if pair else {}
