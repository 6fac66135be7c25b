# SPDX-License-Identifier: EUPL-1.2
"""What sensors tell, in plain words that give nobody away.

All counts of people from 1 to below `few_below` must be told alike, in words, comparisons and drawings: whoever can
tell 1 from 2 can tell who came. Zero is said, for it is about no one.
"""

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

MOST_LETTERS = 80
LONGEST_IN_DAYS = timedelta(days=365)


def whole(count: float | None) -> int | None:
    """The count as a whole number of people; `None` for what cannot be one (nothing, NaN, below zero)."""
    if count is None or not math.isfinite(count) or count < 0:
        return None
    return math.floor(count + 0.5)


def drawn(people: int, few_below: int) -> float:
    """The number a drawing or comparison gets: the same for all counts that read "a few"."""
    return few_below / 2 if 0 < people < few_below else float(people)


def shown(people: int, few_below: int) -> str:
    """The count in a table."""
    return _("einige wenige") if 0 < people < few_below else str(people)


def counted(people: int, few_below: int) -> str:
    """The count in a sentence."""
    if people == 0:
        return _("gerade niemand gezählt")
    if people < few_below:
        return _("einige wenige Personen")
    return ngettext("etwa %(count)d Person", "etwa %(count)d Personen", people) % {"count": people}


def measured(value: float, symbol: str) -> str:
    """`23,4 °C`: at most one decimal, in the way of the active language; empty if it is not a number."""
    if not math.isfinite(value):
        return ""
    number = f"{value:.1f}" if abs(value) < 100 else f"{value:.0f}"
    number = number.removesuffix(".0")
    number = "0" if number == "-0" else number
    if (get_language() or "de").startswith("de"):
        number = number.replace(".", ",")
    return f"{number}\N{NO-BREAK SPACE}{symbol}".rstrip() if symbol else number


def result(number: float | None, value: Any, unit: Any, *, people: bool, few_below: int) -> str:
    """A result of any type; empty if there is nothing that can be said."""
    if number is not None:
        count = whole(number) if people else None
        if people:
            return counted(count, few_below) if count is not None else ""
        return measured(number, symbol(unit))
    if isinstance(value, list):
        units = unit if isinstance(unit, list) else []
        parts = [
            result(*_split(one), units[rank] if rank < len(units) else {}, people=people, few_below=few_below)
            for rank, one in enumerate(value)
        ]
        return ", ".join(part or "–" for part in parts)[:MOST_LETTERS]
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    return (
        "" if value is None else _shortened(value if isinstance(value, str) else orjson.dumps(value).decode())
    )


def symbol(unit: Any) -> str:
    """The sign of a unit, its name if it has none; the unit of mere numbers has neither."""
    if not isinstance(unit, Mapping):
        return ""
    found = unit.get("symbol") or ("" if unit.get("name") == "1" else unit.get("name"))
    return str(found or "")


def title(name: str, properties: Any, language: str) -> str:
    """What something is called in this language: `properties.title` may say it by language, else its name."""
    known = properties.get("title") if isinstance(properties, Mapping) else None
    if isinstance(known, Mapping):
        texts = {key: text for key, text in known.items() if isinstance(text, str) and text}
        found = texts.get(language) or next(iter(texts.values()), "")
        if found:
            return found
    return known if isinstance(known, str) and known else name


def kept_for(retention: timedelta) -> str:
    """`2 Jahre`, `30 Tage`: how long values are kept."""
    days = max(1, round(retention / timedelta(days=1)))
    years = days // 365
    # A calendar's years are a few days longer than so many times 365.
    if years and days - years * 365 <= years // 4 + 1:
        return ngettext("%(count)d Jahr", "%(count)d Jahre", years) % {"count": years}
    return ngettext("%(count)d Tag", "%(count)d Tage", days) % {"count": days}


def _split(one: Any) -> tuple[float | None, Any]:
    """A result as a number or else something else; a truth is no number."""
    is_number = isinstance(one, int | float) and not isinstance(one, bool)
    return (one, None) if is_number else (None, one)


def _shortened(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]} …"
