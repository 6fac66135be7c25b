# SPDX-License-Identifier: EUPL-1.2
"""What its organiser says of an offer, as one value: what an offer is made of, what a change changes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypedDict

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from smilecity.core.problems import Refusal, Sentence
from smilecity.places.rules import words
from smilecity.places.rules.description import OLDEST
from smilecity.places.rules.offers import recurrence

Texts = Mapping[str, str]
TRUSTED = "trusted_in"  # an organisation, linked so with its area, publishes its offers without a look before
# Why no longer, as a code in the log.
WITHDRAWN: dict[str, Sentence] = {
    "wrong": _later("Angaben stimmten mehrmals nicht"),
    "rules": _later("Angebote passten nicht zu den Regeln der Stadt"),
    "silent": _later("Niemand ist dort mehr zu erreichen"),
    "asked": _later("Die Organisation hat darum gebeten"),
    "other": _later("Anderer Grund, mit der Organisation besprochen"),
}
LOOK_BACK = timedelta(days=7)
MOST_SEATS = 100_000
MOST_TIMES = 500
LONGEST = {"title": 120, "text": 4000, "plain": 4000, "cost": 400, "bring": 400, "where": 200}
TAKEN = frozenset(
    {"calendar", "registration", "widget", "feed", "map", "points", "new", "import", "review", "trust"}
)
_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")

OFFER, JOIN, HELP = "offer", "join", "help"
KINDS: dict[str, Sentence] = {
    OFFER: _later("Angebot"),
    JOIN: _later("Wer macht mit?"),
    HELP: _later("Helfende Hände gesucht"),
}
CATEGORIES: dict[str, Sentence] = {
    "sport": _later("Sport und Bewegung"),
    "culture": _later("Kultur"),
    "learning": _later("Lernen und Lesen"),
    "making": _later("Werkeln und Reparieren"),
    "meeting": _later("Treffen und Feiern"),
    "nature": _later("Natur und Garten"),
    "family": _later("Familie und Kinder"),
    "advice": _later("Rat und Hilfe"),
    "market": _later("Markt und Tausch"),
    "other": _later("Anderes"),
}
REGISTRATION: dict[str, Sentence] = {
    "none": _later("nicht nötig"),
    "here": _later("hier auf der Seite"),
    "elsewhere": _later("auf einer anderen Webseite"),
}
_YES_NO: dict[str, Sentence] = {"yes": _later("ja"), "no": _later("nein")}
ACCESS: dict[str, tuple[Sentence, dict[str, Sentence]]] = {
    "step_free": (_later("Stufenlos erreichbar"), {**_YES_NO, "limited": _later("teilweise")}),
    "sign_language": (_later("Mit Deutscher Gebärdensprache"), _YES_NO),
    "hearing_loop": (_later("Mit Höranlage"), _YES_NO),
}


class Said(TypedDict, total=False):
    """What may be said of an offer; see `checked` for how it is kept.

    Texts are by language. `starts` is the first date in the city's wall clock (`2026-11-24T18:00`), `extra` and
    `without` are further and left-out ones, written so too. `place` and `unit` are ids.
    """

    title: Texts
    text: Texts
    plain: Texts
    kind: str
    category: str
    place: int | None
    unit: int | None
    where: str
    starts: str
    minutes: int
    rule: str
    extra: Iterable[str]
    without: Iterable[str]
    age_from: int | None
    age_to: int | None
    capacity: int | None
    registration: str
    register_at: str
    whole_series: bool
    free: bool | None
    cost: Texts
    access: Mapping[str, str]
    bring: Texts
    languages: Iterable[str]
    website: str


@dataclass(frozen=True, slots=True)
class Checked:
    """An offer as it will be kept: `values` by name, of which `starts` is naive wall clock."""

    values: dict[str, Any]
    starts: datetime


def checked(said: Said) -> Checked:
    """All of it as it will be kept. Refuses the first thing that cannot be, with its field."""
    starts = checked_time(said.get("starts", ""), "starts")
    extra = _times(said.get("extra", ()), "extra")
    without = _times(said.get("without", ()), "without")
    registration = _one_of(said.get("registration", "none"), REGISTRATION, "registration")
    register_at = _website(said.get("register_at", ""), "register_at")
    if registration == "elsewhere" and not register_at:
        raise _refused("register_at", _("Wo meldet man sich an? Hier fehlt die Webadresse."))
    values = {
        "title": checked_texts(said.get("title", {}), "title", needed=True),
        "text": checked_texts(said.get("text", {}), "text"),
        "plain": checked_texts(said.get("plain", {}), "plain"),
        "kind": _one_of(said.get("kind", OFFER), KINDS, "kind"),
        "category": _one_of(said.get("category", "other"), CATEGORIES, "category"),
        "place": said.get("place"),
        "unit": said.get("unit"),
        "where": checked_text(said.get("where", ""), "where"),
        "starts": f"{starts:%Y-%m-%dT%H:%M}",
        "minutes": _minutes(said.get("minutes", 0)),
        "rule": recurrence.checked(said.get("rule", ""), starts, extra, without),
        "extra": extra,
        "without": without,
        **_ages(said.get("age_from"), said.get("age_to")),
        "capacity": checked_seats(said.get("capacity"), "capacity"),
        "registration": registration,
        "register_at": register_at,
        "whole_series": bool(said.get("whole_series", False)),
        "free": said.get("free"),
        "cost": checked_texts(said.get("cost", {}), "cost"),
        "access": _access(said.get("access", {})),
        "bring": checked_texts(said.get("bring", {}), "bring"),
        "languages": sorted(words.checked_spoken(one) for one in set(said.get("languages", ()))),
        "website": _website(said.get("website", ""), "website"),
    }
    return Checked(values, starts)


def facts(values: Mapping[str, Any]) -> dict[str, Any]:
    """What machines may read of an offer beside title and text: what is known, by name."""
    known = {name: value for name, value in values.items() if name not in ("title", "text", "place", "unit")}
    return {name: value for name, value in known.items() if value not in (None, "", {}, [], False)}


def found_by(values: Mapping[str, Any], place: Texts) -> dict[str, str]:
    """Further words to find an offer by: what kind it is, where it is, and that it costs nothing."""
    found = {}
    for language in sorted(words.LANGUAGES):
        with translation.override(language):
            said = [str(KINDS[values["kind"]]), str(CATEGORIES[values["category"]])]
            said += [_("kostenlos")] if values["free"] else []
        where = place.get(language) or next(iter(place.values()), "") or values["where"]
        found[language] = " ".join(part for part in (*said, where) if part)
    return found


def checked_key(key: str) -> str:
    """The last part of an offer's address."""
    if key in TAKEN or len(key) > 80 or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key):
        raise _refused(
            "key",
            _("Diese Adresse geht nicht."),
            _("Nehmen Sie kleine Buchstaben, Ziffern und Bindestriche."),
        )
    return key


def checked_time(text: str, field: str) -> datetime:
    """A moment of the wall clock, written as browsers send it."""
    try:
        found = datetime.fromisoformat(text) if _LOCAL.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None or not recurrence.FIRST_YEAR <= found.year <= recurrence.LAST_YEAR:
        raise _refused(
            field, _("Diesen Tag und diese Uhrzeit gibt es nicht."), _("Zum Beispiel: 2026-11-24T18:00")
        )
    return found


def checked_seats(seats: int | None, field: str) -> int | None:
    """How many there is room for: a positive number, or nothing."""
    if seats is not None and not 1 <= seats <= MOST_SEATS:
        raise _refused(field, _("Platz ist für mindestens eine Person."))
    return seats


def checked_texts(texts: Texts, field: str, *, needed: bool = False) -> dict[str, str]:
    """A text per language, without invisible characters; at least one if `needed`."""
    if set(texts) - words.LANGUAGES:
        raise _refused(field, _("Diese Sprache gibt es hier nicht."))
    kept = {one: checked_text(text, field) for one, text in sorted(texts.items())}
    kept = {one: text for one, text in kept.items() if text}
    if needed and not kept:
        raise _refused(field, _("Hier fehlt ein Text."))
    return kept


def checked_text(text: str, field: str) -> str:
    """The text, if it is short enough and has no characters that cannot be kept or seen."""
    text = text.replace("\r\n", "\n").strip()
    most = LONGEST.get(field, 400)
    if len(text) > most:
        raise _refused(
            field, _("Dieser Text ist zu lang."), _("Schreiben Sie bis zu %(most)d Zeichen.") % {"most": most}
        )
    if any((ord(c) < 32 and c not in "\n\t") or 0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise _refused(field, _("In diesem Text stecken unsichtbare Zeichen."))
    return text


def _times(texts: Iterable[str], field: str) -> list[str]:
    kept = sorted({f"{checked_time(one, field):%Y-%m-%dT%H:%M}" for one in texts})
    if len(kept) > MOST_TIMES:
        raise _refused(field, _("So viele einzelne Termine gehen nicht."), _("Höchstens sind es 500."))
    return kept


def _minutes(minutes: int) -> int:
    if not 0 < minutes <= recurrence.MOST_MINUTES:
        raise _refused("minutes", _("Das Ende liegt nach dem Anfang, höchstens zwei Wochen später."))
    return minutes


def _ages(youngest: int | None, oldest: int | None) -> dict[str, int | None]:
    for name, age in (("age_from", youngest), ("age_to", oldest)):
        if age is not None and not 0 <= age <= OLDEST:
            raise _refused(name, _("Ein Alter liegt zwischen 0 und 120 Jahren."))
    if youngest is not None and oldest is not None and youngest > oldest:
        raise _refused("age_to", _("Das Alter von liegt über dem Alter bis."))
    return {"age_from": youngest, "age_to": oldest}


def _access(access: Mapping[str, str]) -> dict[str, str]:
    for name, value in access.items():
        if name not in ACCESS or value not in ACCESS[name][1]:
            raise _refused(f"access.{name}", _("Diese Angabe zur Barrierefreiheit gibt es nicht."))
    return dict(sorted(access.items()))


def _one_of(value: str, known: Mapping[str, object], field: str) -> str:
    if value not in known:
        cure = _("Möglich sind: %(known)s.") % {"known": ", ".join(known)}
        raise _refused(field, _("Das gibt es hier nicht."), cure)
    return value


def _website(address: str, field: str) -> str:
    try:
        return words.checked_website(address)
    except Refusal as refusal:
        raise _refused(field, refusal.sentence, refusal.cure) from None


def _refused(field: str, sentence: Sentence, cure: Sentence = "") -> Refusal:
    return Refusal(
        f"offer.{field.partition('.')[0].replace('_', '-')}", sentence, cure=cure, field=field, status=422
    )
