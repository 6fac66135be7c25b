# SPDX-License-Identifier: EUPL-1.2
"""What an area must be: its key, its level below the one above, the time in which it holds."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence

# From the widest to the smallest.
LEVELS: dict[str, Sentence] = {
    "region": _("Region"),
    "municipality": _("Gemeinde"),
    "district": _("Stadtteil"),
    "quarter": _("Quartier"),
    "block": _("Block"),
}
MOST_NAME = 200
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ORDER = list(LEVELS)


def checked_level(level: str, *, above: str = "", below: Iterable[str] = ()) -> str:
    """The level, if there is such a one, and it lies below the level `above` and above all those `below`."""
    if level not in LEVELS:
        raise Refusal(
            "area.unknown-level",
            _("Diese Ebene von Gebieten gibt es nicht."),
            cure=_("Es gibt: Region, Gemeinde, Stadtteil, Quartier, Block."),
            field="level",
        )
    if (above and depth(above) >= depth(level)) or any(depth(one) <= depth(level) for one in below):
        raise Refusal(
            "area.level-not-below",
            _("Ein Gebiet liegt in einem Gebiet einer höheren Ebene."),
            cure=_("Region, darin Gemeinden, darin Stadtteile, darin Quartiere, darin Blöcke."),
            field="level",
        )
    return level


def depth(level: str) -> int:
    """How far below a region; 0 is a region itself."""
    return _ORDER.index(level)


def checked_key(key: str) -> str:
    """The official key, if it can stand in an address."""
    if not _KEY.fullmatch(key):
        raise Refusal(
            "area.wrong-key",
            _("Ein Gebietsschlüssel hat höchstens 64 Zeichen: Buchstaben ohne Umlaute, Ziffern, . _ -"),
            cure=_("Zum Beispiel der amtliche Gemeindeschlüssel oder die Nummer des Stadtteils."),
            field="key",
        )
    return key


def checked_names(names: Mapping[str, str]) -> dict[str, str]:
    """The names by language without the empty ones, if there is one at all."""
    kept = {language: " ".join(name.split()) for language, name in names.items() if name.strip()}
    if not kept or any(len(name) > MOST_NAME or "\0" in name for name in kept.values()):
        raise Refusal(
            "area.wrong-name",
            _("Ein Gebiet braucht einen Namen mit höchstens 200 Zeichen."),
            field="name",
        )
    return kept


def checked_time(start: date | None, end: date | None) -> None:
    """From a day to a later one; open ends are fine."""
    if start and end and end <= start:
        raise Refusal(
            "area.ends-before-it-begins",
            _("Ein Gebiet endet nach dem Tag, an dem es beginnt."),
            field="valid_to",
        )


def holds_on(day: date, start: date | None, end: date | None) -> bool:
    """Whether what holds from `start` (included) to `end` (not included) holds on this day."""
    return (start is None or start <= day) and (end is None or day < end)
