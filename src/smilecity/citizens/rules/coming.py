# SPDX-License-Identifier: EUPL-1.2
"""How something said comes in: by which door, about what, from where, with which pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import cos, floor, radians
from typing import Any

from django.utils.translation import gettext_lazy as _

from smilecity.citizens.rules.words import cleaned
from smilecity.core.pictures import Picture
from smilecity.core.problems import Refusal, Sentence

DOORS: dict[str, Sentence] = {
    "web": _("Internet"),
    "kiosk": _("Terminal im Haus"),
    "email": _("E-Mail"),
    "phone": _("Telefon"),
    "paper": _("Papier"),
    "table": _("Veranstaltung"),
    "open311": _("App (Open311)"),
}
# By these a clerk writes down what others said: the clerk is not its author.
ON_BEHALF = frozenset({"phone", "paper", "table"})
# By these only the node itself takes something in, after its own checks.
BY_THE_NODE = frozenset({"email"})
# How many receipts one address gets in a day, and all together in an hour.
RECEIPTS_A_DAY, RECEIPTS_AN_HOUR = 3, 300
MOST_WHERE, MOST_DETAIL, MOST_PHOTOS = 200, 500, 3
# The side of the squares of which only the middle is told, when it is at somebody's home; in degrees and metres.
_BLUR_METRES, _METRES_A_DEGREE = 250.0, 111_320.0
Details = Mapping[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Spot:
    """A position in degrees, WGS 84."""

    longitude: float
    latitude: float

    def geo(self) -> dict[str, Any]:
        """As GeoJSON, to a decimetre."""
        return {"type": "Point", "coordinates": [round(self.longitude, 6), round(self.latitude, 6)]}

    def blurred(self) -> "Spot":
        """The middle of the square that it is in: always the same one, so that asking often tells no more."""
        high = _BLUR_METRES / _METRES_A_DEGREE
        south = floor(self.latitude / high) * high
        wide = high / max(cos(radians(south)), 0.01)
        return Spot((floor(self.longitude / wide) + 0.5) * wide, south + high / 2)


@dataclass(frozen=True, slots=True)
class Coming:
    """All that goes with the words. `category` is a code; `said_at` is given when it was said before it was written."""

    door: str = "web"
    category: str = ""
    spot: Spot | None = None
    at_home: bool = False
    where: str = ""
    details: Details = field(default_factory=dict)
    pictures: tuple[Picture, ...] = ()
    said_at: datetime | None = None


def public_point(spot: Spot | None, *, at_home: bool) -> dict[str, Any] | None:
    """What everybody may know of the position."""
    if spot is None:
        return None
    return (spot.blurred() if at_home else spot).geo()


def may_be_told(same: int, lately: int) -> bool:
    """Whether one more receipt goes out: `same` went to its address in a day, `lately` to all in an hour."""
    return same < RECEIPTS_A_DAY and lately < RECEIPTS_AN_HOUR


def checked_door(door: str) -> str:
    """One of the doors."""
    if door not in DOORS:
        raise Refusal("need.unknown-door", _("Auf diesem Weg kommt hier nichts an."), status=422)
    return door


def checked_spot(longitude: float, latitude: float) -> Spot:
    """A position on earth; whether it is in the city is asked elsewhere."""
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):  # what is not a number is refused as well
        raise Refusal(
            "need.bad-position",
            _("Diese Stelle gibt es nicht."),
            cure=_("Wählen Sie die Stelle noch einmal auf der Karte."),
            field="spot",
            status=422,
        )
    return Spot(longitude, latitude)


def typed_spot(text: str) -> Spot | None:
    """The position as a form or an address gives it, "longitude,latitude"; nothing for nothing."""
    if not text.strip():
        return None
    parts = text.split(",")
    if len(parts) != 2 or not all(_is(float, part) for part in parts):
        return checked_spot(float("nan"), float("nan"))
    return checked_spot(float(parts[0]), float(parts[1]))


def checked_where(where: str) -> str:
    """The place in words, on one line."""
    said = " ".join(cleaned(where).split())
    if len(said) > MOST_WHERE:
        raise Refusal(
            "need.where-too-long",
            _("Diese Ortsangabe ist zu lang."),
            cure=_("Schreiben Sie bis zu %(most)d Zeichen.") % {"most": MOST_WHERE},
            field="where",
            status=422,
        )
    return said


def checked_pictures(pictures: Sequence[Picture]) -> tuple[Picture, ...]:
    """Not too many."""
    if len(pictures) > MOST_PHOTOS:
        raise Refusal(
            "need.too-many-photos",
            _("So viele Bilder passen nicht dazu."),
            cure=_("Wählen Sie bis zu %(most)d aus.") % {"most": MOST_PHOTOS},
            field="photos",
            status=422,
        )
    return tuple(pictures)


def checked_details(asks: Sequence[Mapping[str, Any]], given: Details) -> dict[str, str | list[str]]:
    """Answers to what a category asks (`Category.asks`), by code; what it does not ask is refused."""
    known = {one["code"]: one for one in asks}
    for code in given:
        if code not in known:
            raise _detail("need.unknown-detail", _("Danach wird hier nicht gefragt."), code)
    kept: dict[str, str | list[str]] = {}
    for code, ask in known.items():
        answer = _answered(ask, given.get(code, ""))
        if answer:
            kept[code] = answer
        elif ask.get("required"):
            raise _detail("need.detail-missing", _("Hier fehlt noch eine Antwort."), code)
    return kept


def _answered(ask: Mapping[str, Any], given: str | list[str]) -> str | list[str]:
    code, kind = ask["code"], ask["type"]
    several = [cleaned(one) for one in (given if isinstance(given, list) else [given])]
    several = [one for one in several if one]
    if kind in ("choice", "choices"):
        offered = {one["code"] for one in ask.get("choices", ())}
        if not offered.issuperset(several) or (kind == "choice" and len(several) > 1):
            raise _detail("need.unknown-choice", _("Wählen Sie eine der Antworten."), code)
        return several if kind == "choices" else "".join(several)
    answer = "\n".join(several)
    if len(answer) > MOST_DETAIL:
        raise _detail("need.detail-too-long", _("Diese Antwort ist zu lang."), code)
    if answer and kind == "number" and not _is(float, answer.replace(",", ".")):
        raise _detail("need.detail-no-number", _("Hier gehört eine Zahl hin."), code)
    if answer and kind == "date" and not _is(date.fromisoformat, answer):
        raise _detail("need.detail-no-date", _("Hier gehört ein Tag hin, zum Beispiel 2026-05-31."), code)
    return answer


def _is(reads: Any, answer: str) -> bool:
    try:
        reads(answer)
    except ValueError:
        return False
    return True


def _detail(code: str, sentence: Sentence, ask: str) -> Refusal:
    return Refusal(code, sentence, field=f"detail_{ask}", status=422)
