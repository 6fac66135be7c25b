# SPDX-License-Identifier: EUPL-1.2
"""What is said of a project, and the checks of what is to be kept."""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from smilecity.core.problems import Refusal

LANGUAGES = ("de", "en")
LONGEST = {
    "title": 120, "text": 4000, "simple": 2000, "contact": 200, "money_from": 400, "why": 1000, "delay": 1000,
    "milestone": 160, "dropped": 400,
}  # fmt: skip
MOST_CENTS = 10**14
MOST_WEIGHT = 100
MOST_MILESTONES = 60
MOST_PLACES = 20
FIRST_YEAR, LAST_YEAR = 1990, 2150
# Pages of their own beside those of projects, here and at the desk.
TAKEN = frozenset({"new", "feed", "points", "projects"})

Texts = Mapping[str, str]
Spot = tuple[float, float]

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
# Half characters, invisible controls, and what turns the direction of all text after it.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?")
_EUROS = re.compile(r"\d{1,12}(?:[.,]\d{1,2})?")


class Said(TypedDict, total=False):
    """`Description` by name, for those who say only part of it."""

    title: Texts
    text: Texts | None
    simple: Texts | None
    contact: Texts | None
    email: str
    position: Spot | None
    places: Sequence[int]
    budget: int | None
    spent: int | None
    money_from: Texts | None
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """Texts are by language, `simple` is plain language; money is in cents, and None is "not said yet".

    `contact` is who answers, by role; `places` are noun ids; `position` is (longitude, latitude).
    """

    title: Texts
    text: Texts | None = None
    simple: Texts | None = None
    contact: Texts | None = None
    email: str = ""
    position: Spot | None = None
    places: Sequence[int] = ()
    budget: int | None = None
    spent: int | None = None
    money_from: Texts | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A milestone as it is written: `id` is that of one that is there already, `dropped` says why it falls away."""

    title: Texts
    due: date | None = None
    weight: int = 1
    dropped: Texts = field(default_factory=dict)
    id: int | None = None


def checked(said: Description) -> dict[str, Any]:
    """All of it, as it will be kept."""
    if said.starts_on and said.ends_on and said.ends_on < said.starts_on:
        raise _wrong("project.days", _("Das Ende liegt vor dem Anfang."), "ends_on")
    kept = asdict(said)
    for name in ("text", "simple", "contact", "money_from"):
        kept[name] = checked_texts(kept[name] or {}, name)
    return kept | {
        "title": checked_texts(said.title, "title", needed=True),
        "email": _checked_email(said.email.strip()),
        "position": _checked_position(said.position),
        "places": _checked_places(said.places),
        "budget": _checked_money(said.budget, "budget"),
        "spent": _checked_money(said.spent, "spent"),
        "starts_on": checked_day(said.starts_on, "starts_on"),
        "ends_on": checked_day(said.ends_on, "ends_on"),
    }


def checked_rows(rows: Sequence[Row]) -> list[Row]:
    """The milestones as they will be kept, in their order."""
    if len(rows) > MOST_MILESTONES:
        raise _wrong(
            "milestone.too-many",
            _("Mehr als %(most)d Meilensteine kann niemand überblicken.") % {"most": MOST_MILESTONES},
            "milestones",
        )
    return [_checked_row(row, number) for number, row in enumerate(rows)]


def _checked_row(row: Row, number: int) -> Row:
    if not 1 <= row.weight <= MOST_WEIGHT:
        raise _wrong(
            "milestone.weight",
            _("Das Gewicht ist eine Zahl von 1 bis %(most)d.") % {"most": MOST_WEIGHT},
            f"milestones.{number}.weight",
        )
    where = f"milestones.{number}"
    return Row(
        title=checked_texts(row.title, "milestone", needed=True, at=f"{where}.title"),
        due=checked_day(row.due, f"{where}.due"),
        weight=row.weight,
        dropped=checked_texts(row.dropped, "dropped", at=f"{where}.dropped"),
        id=row.id,
    )


def checked_slug(slug: str) -> str:
    """The last part of a project's address."""
    if slug in TAKEN or len(slug) > 80 or not _SLUG.fullmatch(slug):
        raise Refusal(
            "project.address",
            _("Diese Adresse geht nicht."),
            cure=_("Nehmen Sie kleine Buchstaben, Ziffern und Bindestriche."),
            field="slug",
            status=422,
        )
    return slug


def checked_why(why: Texts, at: str = "why") -> dict[str, str]:
    """The sentence that everyone reads; there is none without words."""
    kept = checked_texts(why, "why", at=at)
    if not kept:
        raise Refusal(
            "project.why",
            _("Hier fehlt noch ein Satz für alle."),
            cure=_("Schreiben Sie in einem Satz, was geschehen ist oder was geschieht, und warum."),
            field=at,
            status=422,
        )
    return kept


def checked_texts(texts: Texts, name: str, *, needed: bool = False, at: str = "") -> dict[str, str]:
    """A text per language without invisible characters, none of them empty; at least one if `needed`."""
    kept = {language: cleaned(text) for language, text in texts.items()}
    kept = {language: text for language, text in kept.items() if text}
    if set(kept) - set(LANGUAGES):
        raise _wrong("project.text", _("Diese Sprache gibt es hier nicht."), at or name)
    if needed and not kept:
        raise _wrong("project.text", _("Hier fehlt ein Text."), at or name)
    if any(len(text) > LONGEST[name] for text in kept.values()):
        raise _wrong(
            "project.text",
            _("Dieser Text ist zu lang: es passen %(most)d Zeichen.") % {"most": LONGEST[name]},
            at or name,
        )
    return kept


def cleaned(text: str) -> str:
    """The text with composed characters and plain line ends, nothing in it that cannot be seen."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", plain)).strip()


def checked_day(day: date | None, at: str) -> date | None:
    """A day that people alive could mean."""
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _wrong("project.day", _("Dieses Jahr kann nicht gemeint sein."), at)
    return day


def cents(text: str) -> int | None:
    """An amount as it is typed, in cents: `12.500`, `12.500,50`, `12500.50 €`; None for nothing typed."""
    typed = re.sub(r"[\s\u202f]|€|EUR", "", text)
    if not typed:
        return None
    plain = typed.replace(".", "").replace(",", ".") if _GROUPED.fullmatch(typed) else typed.replace(",", ".")
    if not _EUROS.fullmatch(plain):
        raise _wrong("project.money", _("Schreiben Sie einen Betrag in Euro, zum Beispiel 12.500,50."), "")
    euros, _point, rest = plain.partition(".")
    return int(euros) * 100 + int(rest.ljust(2, "0") or 0)


def euros(amount: int) -> str:
    """The amount as it may be typed."""
    whole, rest = divmod(amount, 100)
    return f"{whole},{rest:02}" if rest else str(whole)


def _checked_money(amount: int | None, name: str) -> int | None:
    if amount is not None and not 0 <= amount <= MOST_CENTS:
        raise _wrong("project.money", _("Dieser Betrag kann nicht gemeint sein."), name)
    return amount


def _checked_email(address: str) -> str:
    if address and (len(address) > 254 or address != cleaned(address) or not _EMAIL.fullmatch(address)):
        raise _wrong(
            "project.email",
            _("Das ist keine E-Mail-Adresse. Schreiben Sie sie wie amt@beispiel.de."),
            "email",
        )
    return address


def _checked_position(spot: Spot | None) -> Spot | None:
    if spot is None:
        return None
    longitude, latitude = spot
    if not (
        math.isfinite(longitude) and math.isfinite(latitude) and abs(longitude) <= 180 and abs(latitude) <= 90
    ):
        raise _wrong("project.position", _("Diese Position liegt nicht auf der Erde."), "position")
    return float(longitude), float(latitude)


def _checked_places(places: Sequence[int]) -> list[int]:
    kept = list(dict.fromkeys(places))
    if len(kept) > MOST_PLACES:
        raise _wrong(
            "project.places", _("Es gehen höchstens %(most)d Orte.") % {"most": MOST_PLACES}, "places"
        )
    return kept


def _wrong(code: str, sentence: str, at: str) -> Refusal:
    return Refusal(code, sentence, field=at, status=422)
