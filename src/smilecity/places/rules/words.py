# SPDX-License-Identifier: EUPL-1.2
"""What may be said of a place: its categories, its accessibility, and the checks of what is to be kept."""

import math
import re
from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from smilecity.core.problems import Refusal, Sentence

LANGUAGES = frozenset({"de", "en"})
LONGEST = {"title": 120, "name": 120, "text": 4000, "entry": 1000, "street": 200, "cost": 400}
MOST_ROOM = 100_000
# Pages of their own, or beginnings of such, beside those of places here and at the desk.
TAKEN = frozenset({"widget", "tiles", "photos", "new", "review", "feed", "points"})
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_WEBSITE = re.compile(r"https?://[^\s/$.?#][^\s<>\"]*", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
_PHONE = re.compile(r"[+0-9][0-9 ()/-]{2,39}")
_SPOKEN = re.compile(r"[a-z]{2,3}")
_KEY = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")

CATEGORIES: dict[str, Sentence] = {
    "sport": _later("Sport und Bewegung"),
    "play": _later("Spielplatz"),
    "park": _later("Park und Grün"),
    "garden": _later("Garten"),
    "square": _later("Platz und Promenade"),
    "water": _later("Am Wasser"),
    "meeting": _later("Treffpunkt"),
    "culture": _later("Kultur"),
    "learning": _later("Lernen und Bibliothek"),
    "help": _later("Rat und Hilfe"),
    "other": _later("Ort"),
}

PUBLISHED = (
    "category", "street", "opening_hours", "quiet_hours", "entry", "access", "free", "cost", "indoors", "age_from",
    "age_to", "languages", "website", "email", "phone",
)  # fmt: skip

ROLES: dict[str, Sentence] = {
    "people": _later("Personen"),
    "wind": _later("Wind"),
    "gust": _later("Böen"),
    "rain": _later("Regen"),
    "temperature": _later("Temperatur"),
    "sound": _later("Geräusch"),
    "soil": _later("Bodenfeuchte"),
    "fill": _later("Abfallbehälter"),
}

# What others may do with the entry of a place.
LICENCES = ("CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0")

_YES_NO: dict[str, Sentence] = {"yes": _later("ja"), "no": _later("nein")}
# What people ask before they come. Every one is answered on every page, if only by "not known".
ACCESS: dict[str, tuple[Sentence, dict[str, Sentence]]] = {
    "step_free": (_later("Stufenlos erreichbar"), {**_YES_NO, "limited": _later("teilweise")}),
    "toilet": (
        _later("Toilette"),
        {**_YES_NO, "wheelchair": _later("ja, mit Rollstuhl benutzbar")},
    ),
    "surface": (
        _later("Boden"),
        {
            "paved": _later("fest und eben"),
            "firm": _later("fest, etwas uneben"),
            "artificial": _later("Kunststoff"),
            "grass": _later("Rasen"),
            "loose": _later("lose (Sand, Kies)"),
        },
    ),
    "parking": (_later("Parkplatz für Menschen mit Behinderung"), _YES_NO),
    "guidance": (_later("Leitsystem für blinde Menschen"), _YES_NO),
    "seats": (_later("Sitzplätze"), _YES_NO),
    "light": (_later("Beleuchtung am Abend"), _YES_NO),
}


def access_said(access: Mapping[str, str]) -> list[tuple[str, str]]:
    """Every question of accessibility with its answer."""
    unknown = _("nicht bekannt")
    return [
        (str(label), str(answers.get(access.get(key, ""), unknown)))
        for key, (label, answers) in ACCESS.items()
    ]


_STEP_FREE: dict[str, Sentence] = {
    "yes": _later("stufenlos"),
    "limited": _later("teilweise stufenlos"),
    "no": _later("nicht stufenlos"),
}


def step_free_said(access: Mapping[str, str]) -> str:
    """Whether one gets in without a step, in two or three words; what nobody knows is said too."""
    return str(_STEP_FREE.get(access.get("step_free", ""), _("ob stufenlos, ist nicht bekannt")))


def checked_access(access: Mapping[str, str]) -> dict[str, str]:
    """The facts of accessibility, if each is a known answer to a known question."""
    for key, value in access.items():
        if key not in ACCESS or value not in ACCESS[key][1]:
            raise Refusal(
                "place.access",
                _("Diese Angabe zur Barrierefreiheit gibt es nicht."),
                cure=_("Möglich sind: %(known)s.") % {"known": ", ".join(ACCESS.get(key, ("", ACCESS))[1])},
                field=f"access.{key}",
            )
    return dict(access)


def checked_spoken(language: str) -> str:
    """A language that is spoken at a place: its code (ISO 639), or `dgs` for German Sign Language."""
    if not _SPOKEN.fullmatch(language):
        raise Refusal("place.language", _("Diese Sprache kennen wir nicht."), field="languages")
    return language


def checked_website(address: str) -> str:
    """The address of a website, or nothing."""
    address = address.strip()
    if address and (len(address) > 300 or not _WEBSITE.fullmatch(address)):
        raise Refusal(
            "place.website",
            _("Diese Webadresse geht nicht."),
            cure=_("Sie beginnt mit https://"),
            field="website",
        )
    return address


def checked_email(address: str) -> str:
    """An e-mail address of the place, or nothing."""
    address = address.strip()
    if address and (len(address) > 254 or not _EMAIL.fullmatch(address)):
        raise Refusal("place.email", _("Diese E-Mail-Adresse geht nicht."), field="email")
    return address


def checked_phone(number: str) -> str:
    """A telephone number of the place, or nothing."""
    number = number.strip()
    if number and not _PHONE.fullmatch(number):
        raise Refusal(
            "place.phone",
            _("Diese Telefonnummer geht nicht."),
            cure=_("Nehmen Sie Ziffern, zum Beispiel +49 381 123456."),
            field="phone",
        )
    return number


def facts(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What machines may read of a place beside title and text: what is known, by name."""
    return {name: kept[name] for name in PUBLISHED if kept[name] not in (None, "", {}, [])}


def further(kept: Mapping[str, Any]) -> dict[str, str]:
    """Further words to find a place by: what kind it is, where it is, and how one gets in."""
    found = {}
    for language in sorted(LANGUAGES):
        with translation.override(language):
            kind = str(CATEGORIES[kept["category"]])
        entry = kept["entry"].get(language, "")
        found[language] = " ".join(part for part in (kind, kept["street"], entry) if part)
    return found


def checked_category(category: str) -> str:
    """The category, if there is one of this key."""
    if category not in CATEGORIES:
        raise Refusal(
            "place.category",
            _("Diese Art von Ort gibt es nicht."),
            cure=_("Möglich sind: %(known)s.") % {"known": ", ".join(CATEGORIES)},
            field="category",
        )
    return category


def checked_role(role: str) -> str:
    """What a sensor tells, if residents have a word for it."""
    if role not in ROLES:
        raise Refusal(
            "sense.role",
            _("Das kann ein Sensor hier nicht erzählen."),
            cure=_("Möglich sind: %(known)s.") % {"known": ", ".join(ROLES)},
            field="role",
        )
    return role


def checked_slug(slug: str) -> str:
    """The last part of a place's address."""
    if slug in TAKEN:
        raise Refusal(
            "place.address-taken",
            _("Unter dieser Adresse steht schon eine andere Seite."),
            cure=_("Hängen Sie zum Beispiel den Stadtteil an."),
            field="slug",
        )
    if len(slug) > 80 or not _SLUG.fullmatch(slug):
        raise Refusal(
            "place.address",
            _("Diese Adresse geht nicht."),
            cure=_("Nehmen Sie kleine Buchstaben, Ziffern und Bindestriche."),
            field="slug",
        )
    return slug


def checked_key(key: str) -> str:
    """The key of a unit, unique in its place."""
    if len(key) > 80 or not _KEY.fullmatch(key):
        raise Refusal(
            "unit.key",
            _("Dieser Schlüssel geht nicht."),
            cure=_("Nehmen Sie kleine Buchstaben, Ziffern und Bindestriche."),
            field="key",
        )
    return key


def checked_texts(texts: Mapping[str, str], field: str, *, needed: bool) -> dict[str, str]:
    """A text per language, without invisible characters; at least one if `needed`."""
    kept = {language: plain(text, field).strip() for language, text in texts.items()}
    if set(kept) - LANGUAGES:
        raise _refused_text(field, _("Diese Sprache gibt es hier nicht."))
    kept = {language: text for language, text in kept.items() if text}
    if needed and not kept:
        raise _refused_text(field, _("Hier fehlt ein Text."))
    return kept


def plain(text: str, field: str) -> str:
    """The text, if it is short enough and has no characters that cannot be kept or seen."""
    if len(text) > LONGEST[field]:
        raise _refused_text(field, _("Dieser Text ist zu lang."))
    if any((ord(c) < 32 and c not in "\n\t") or 0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise _refused_text(field, _("In diesem Text stecken unsichtbare Zeichen."))
    return text


def checked_position(position: tuple[float, float]) -> tuple[float, float]:
    """(longitude, latitude) in degrees, WGS 84."""
    longitude, latitude = position
    if not (
        math.isfinite(longitude) and math.isfinite(latitude) and abs(longitude) <= 180 and abs(latitude) <= 90
    ):
        raise Refusal(
            "place.position",
            _("Diese Position liegt nicht auf der Erde."),
            cure=_("Geben Sie Länge und Breite in Grad an, Länge zuerst."),
            field="position",
        )
    return float(longitude), float(latitude)


def checked_room(room_for: int | None) -> int | None:
    """How many fit well: a positive number, or nothing."""
    if room_for is not None and not 1 <= room_for <= MOST_ROOM:
        raise Refusal("unit.room", _("Platz ist für mindestens eine Person."), field="room_for")
    return room_for


def _refused_text(field: str, sentence: str) -> Refusal:
    most = LONGEST[field]
    return Refusal(
        "place.text", sentence, cure=_("Schreiben Sie bis zu %(most)d Zeichen.") % {"most": most}, field=field
    )
