# SPDX-License-Identifier: EUPL-1.2
"""What is different between two entries of a place: by field for publishing, by word for people's eyes."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from smilecity.core.problems import Sentence
from smilecity.places.rules import words

SAME, GONE, NEW = "same", "gone", "new"
MOST_WORDS = (
    1500  # above it, a comparison by words takes too long: the old and the new stand beside each other
)
_MARK = 10
_WORD = re.compile(r"\s+|\S+\s*")

# Every field of a description in the order of its form, as people call it.
FIELDS: dict[str, Sentence] = {
    "title": _later("Name"),
    "category": _later("Art des Ortes"),
    "text": _later("Beschreibung"),
    "street": _later("Straße und Hausnummer"),
    "position": _later("Lage auf der Karte"),
    "entry": _later("So kommt man hinein"),
    "opening_hours": _later("Öffnungszeiten"),
    "quiet_hours": _later("Ruhige Zeiten"),
    "access": _later("Barrierefreiheit"),
    "free": _later("Kostenlos"),
    "cost": _later("Was es kostet"),
    "indoors": _later("Drinnen oder draußen"),
    "age_from": _later("Alter von"),
    "age_to": _later("Alter bis"),
    "languages": _later("Sprachen vor Ort"),
    "website": _later("Webseite"),
    "email": _later("E-Mail des Ortes"),
    "phone": _later("Telefon"),
}
INDOORS: dict[str, Sentence] = {
    "in": _later("drinnen"),
    "out": _later("draußen"),
    "both": _later("drinnen und draußen"),
}
SPOKEN: dict[str, Sentence] = {
    "de": _later("Deutsch"),
    "dgs": _later("Deutsche Gebärdensprache"),
    "en": _later("Englisch"),
    "ar": _later("Arabisch"),
    "fa": _later("Persisch"),
    "fr": _later("Französisch"),
    "pl": _later("Polnisch"),
    "ru": _later("Russisch"),
    "es": _later("Spanisch"),
    "tr": _later("Türkisch"),
    "uk": _later("Ukrainisch"),
    "vi": _later("Vietnamesisch"),
}
_LANGUAGES: dict[str, Sentence] = {"de": _later("Deutsch"), "en": _later("Englisch")}


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: `kind` is same, gone or new."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is different, in words: `old` and `new` whole, `pieces` marked word by word."""

    field: str
    label: str
    old: str
    new: str
    pieces: list[Piece]


def plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The entry as JSON keeps it, every field by name, so that two of them can be compared."""
    found = {name: entry.get(name) for name in FIELDS}
    spot = found["position"]
    # Minus nought is nought, and must have the same mark.
    found["position"] = [round(float(one), 7) + 0.0 for one in spot] if spot else None
    found["languages"] = sorted(found["languages"] or ())
    for name in ("title", "text", "entry", "cost", "access"):
        found[name] = dict(found[name] or {})
    for name in (
        "category",
        "street",
        "opening_hours",
        "quiet_hours",
        "indoors",
        "website",
        "email",
        "phone",
    ):
        found[name] = found[name] or ""
    return found


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What of `new` differs from `old`, by field: all that a change keeps, so that it touches nothing else."""
    before, after = plain(old), plain(new)
    return {name: after[name] for name in FIELDS if before[name] != after[name]}


def merged(entry: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """The entry with a change on it."""
    return plain({**plain(entry), **{name: value for name, value in change.items() if name in FIELDS}})


def marks(entry: Mapping[str, Any]) -> str:
    """A short mark for each field's value: a form carries it, so that what changes meanwhile is noticed."""
    kept = plain(entry)
    return "".join(_mark(kept[name]) for name in FIELDS)


def changed_since(seen: str, entry: Mapping[str, Any]) -> list[str]:
    """The fields whose value is no longer what `marks` saw; all of them if the marks are none of ours."""
    now = marks(entry)
    if len(seen) != len(now):
        return list(FIELDS)
    return [
        name
        for number, name in enumerate(FIELDS)
        if seen[number * _MARK : (number + 1) * _MARK] != now[number * _MARK : (number + 1) * _MARK]
    ]


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Field by field what is different, in people's words."""
    before, after = plain(old), plain(new)
    found = []
    for name in changed(old, new):
        for label, was, becomes in _said_apart(name, before[name], after[name]):
            found.append(Difference(name, label, was, becomes, pieces(was, becomes)))
    return found


def said(name: str, value: Any) -> str:
    """A field's value in words; empty if nothing is said."""
    return "\n".join(
        f"{label}: {text}" if label else text for label, text in _parts(name, value).items() if text
    )


def pieces(old: str, new: str) -> list[Piece]:
    """The words that stay, go and come, in reading order."""
    was, becomes = _words(old), _words(new)
    if len(was) > MOST_WORDS or len(becomes) > MOST_WORDS:
        return [Piece(kind, text) for kind, text in ((GONE, old), (NEW, new)) if text]
    found: list[Piece] = []
    for kind, from_, to, start, end in SequenceMatcher(None, was, becomes, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece(SAME, "".join(was[from_:to])))
            continue
        if to > from_:
            found.append(Piece(GONE, "".join(was[from_:to])))
        if end > start:
            found.append(Piece(NEW, "".join(becomes[start:end])))
    return found


def _said_apart(name: str, old: Any, new: Any) -> Iterable[tuple[str, str, str]]:
    """One difference for each part of a field: a language, a question of accessibility."""
    was, becomes = _parts(name, old), _parts(name, new)
    for part in dict.fromkeys([*was, *becomes]):
        before, after = was.get(part, ""), becomes.get(part, "")
        if before != after:
            label = str(FIELDS[name])
            yield (f"{label}: {part}" if part else label), before, after


def _parts(name: str, value: Any) -> dict[str, str]:
    """A field's value in words, by part; a field without parts has one without a name."""
    if name in ("title", "text", "entry", "cost"):
        return {str(_LANGUAGES.get(code, code)): text for code, text in (value or {}).items()}
    if name == "access":
        return {
            str(words.ACCESS[key][0]): str(words.ACCESS[key][1].get(answer, answer))
            for key, answer in (value or {}).items()
            if key in words.ACCESS
        }
    return {"": _word(name, value)}


def _word(name: str, value: Any) -> str:
    if value is None or value in ("", []):
        return ""
    if name == "free":
        return _("ja") if value else _("nein")
    if name == "category":
        return str(words.CATEGORIES.get(value, value))
    if name == "indoors":
        return str(INDOORS.get(value, value))
    if name == "languages":
        return ", ".join(str(SPOKEN.get(code, code)) for code in value)
    if name == "position":
        return _("%(north)s Nord, %(east)s Ost") % {"north": value[1], "east": value[0]}
    return str(value)


def _words(text: str) -> Sequence[str]:
    """The words, each with the white space after it, so that they join to the same text again."""
    return _WORD.findall(text)


def _mark(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_MARK]
