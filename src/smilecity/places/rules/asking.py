# SPDX-License-Identifier: EUPL-1.2
"""What a query string says, name by name; refused with that name if it cannot be asked."""

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from django.utils.translation import gettext as _

from smilecity.core.problems import Refusal, Sentence
from smilecity.places.rules import words
from smilecity.places.rules.description import OLDEST

MOST_LETTERS = 200
# About a hundred metres: near enough to sort by, too rough to say in which house somebody is.
ROUNDED_TO = 3
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KEY = re.compile(r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*")


class Asked(Protocol):
    """What is asked, by name: a query string that knows several values of a name."""

    def get(self, key: str, /) -> str | None:
        """The value of this name."""

    def getlist(self, key: str, /) -> list[str]:
        """All values of this name."""


def sentence(given: Asked, name: str) -> str:
    """People's own words, no more of them than anybody would type."""
    return (given.get(name) or "").strip()[:MOST_LETTERS]


def choice(given: Asked, name: str, known: Mapping[str, object]) -> str:
    """One of what is known, or nothing."""
    found = choices([given.get(name) or ""], known, name)
    return found[0] if found else ""


def choices(values: Sequence[str], known: Mapping[str, object], name: str) -> list[str]:
    """Several of what is known; what is empty is not asked."""
    for value in values:
        if value and value not in known:
            cure = _("Möglich sind: %(known)s.") % {"known": ", ".join(known)}
            raise not_possible(name, cure)
    return [value for value in values if value]


def ticked(given: Asked, name: str) -> bool:
    """Whether a box is ticked."""
    return (given.get(name) or "") not in ("", "0")


def matching(given: Asked, name: str, shape: re.Pattern[str]) -> str:
    """A key of this shape, or nothing."""
    value = given.get(name) or ""
    if value and (len(value) > 120 or not shape.fullmatch(value)):
        raise not_possible(name)
    return value


def near(given: Asked, name: str = "near") -> tuple[float, float] | None:
    """`lat,lon` as it stands in addresses of maps; kept no finer than about a hundred metres."""
    text = given.get(name) or ""
    if not text:
        return None
    try:
        latitude, longitude = (float(part) for part in text.split(","))
        longitude, latitude = words.checked_position((longitude, latitude))
    except (ValueError, Refusal) as wrong:
        raise not_possible(
            name, _("Schreiben Sie Breite und Länge in Grad, mit einem Komma dazwischen.")
        ) from wrong
    return round(longitude, ROUNDED_TO), round(latitude, ROUNDED_TO)


def near_said(point: tuple[float, float]) -> str:
    """The same, as an address says it."""
    return f"{point[1]:.{ROUNDED_TO}f},{point[0]:.{ROUNDED_TO}f}"


def age(given: Asked, name: str = "age") -> int | None:
    """An age in years."""
    text = given.get(name) or ""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= OLDEST):
        raise not_possible(name, _("Ein Alter liegt zwischen 0 und 120 Jahren."))
    return int(text)


def not_possible(name: str, cure: Sentence = "") -> Refusal:
    """The refusal of what cannot be asked."""
    return Refusal(f"places.{name}", _("So lässt sich nicht suchen."), cure=cure, field=name)
