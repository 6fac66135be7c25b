# SPDX-License-Identifier: EUPL-1.2
"""What is different between two states of an offer, by field, in people's words."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from smilecity.core.problems import Sentence
from smilecity.places.rules.difference import SPOKEN, Difference, pieces
from smilecity.places.rules.offers import described, spoken

# Every field in the order of the form, as people call it.
FIELDS: dict[str, Sentence] = {
    "title": _later("Titel"),
    "kind": _later("Was es ist"),
    "category": _later("Worum es geht"),
    "text": _later("Beschreibung"),
    "plain": _later("In einfacher Sprache"),
    "place": _later("Ort"),
    "unit": _later("Teil des Ortes"),
    "where": _later("Wo sonst"),
    "starts": _later("Erster Termin"),
    "minutes": _later("Dauer in Minuten"),
    "rule": _later("Wiederholung"),
    "extra": _later("Weitere Termine"),
    "without": _later("Fällt aus am"),
    "age_from": _later("Alter von"),
    "age_to": _later("Alter bis"),
    "capacity": _later("Plätze"),
    "registration": _later("Anmeldung"),
    "register_at": _later("Anmeldung unter"),
    "whole_series": _later("Anmeldung für alle Termine zusammen"),
    "free": _later("Kostenlos"),
    "cost": _later("Was es kostet"),
    "access": _later("Barrierefreiheit"),
    "bring": _later("Mitbringen"),
    "languages": _later("Sprachen"),
    "website": _later("Webseite"),
}
_TEXTS = ("title", "text", "plain", "cost", "bring")
_LANGUAGES: dict[str, Sentence] = {"de": _later("Deutsch"), "en": _later("Englisch")}
_EMPTY: dict[str, Any] = {
    **dict.fromkeys(_TEXTS), "access": None, "languages": (), "extra": (), "without": (), "whole_series": False,
}  # fmt: skip


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The offer as JSON keeps it, every field by name, so that two of them can be compared."""
    found = {name: values.get(name, _EMPTY.get(name)) for name in FIELDS}
    for name in (*_TEXTS, "access"):
        found[name] = dict(sorted((found[name] or {}).items()))
    for name in ("languages", "extra", "without"):
        found[name] = sorted(found[name] or ())
    for name in ("kind", "category", "where", "starts", "rule", "registration", "register_at", "website"):
        found[name] = found[name] or ""
    found["minutes"] = found["minutes"] or 0
    found["whole_series"] = bool(found["whole_series"])
    return found


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What of `new` differs from `old`, by field."""
    before, after = plain(old), plain(new)
    return {name: after[name] for name in FIELDS if before[name] != after[name]}


def merged(values: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """The offer with a change on it."""
    return plain({**plain(values), **{name: value for name, value in change.items() if name in FIELDS}})


def mark(values: Mapping[str, Any]) -> str:
    """A short mark of all of it: a form carries it, so that what changes meanwhile is noticed."""
    return hashlib.sha256(json.dumps(plain(values), sort_keys=True).encode()).hexdigest()[:20]


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any], places: Mapping[int, str] | None = None
) -> list[Difference]:
    """Field by field what is different, in people's words; `places` are names of places and units by id."""
    before, after = plain(old), plain(new)
    found = []
    for name in changed(old, new):
        was, becomes = (_parts(name, one, places or {}) for one in (before, after))
        for part in dict.fromkeys([*was, *becomes]):
            gone, came = was.get(part, ""), becomes.get(part, "")
            if gone != came:
                label = f"{FIELDS[name]}: {part}" if part else str(FIELDS[name])
                found.append(Difference(name, label, gone, came, pieces(gone, came)))
    return found


def _parts(name: str, values: Mapping[str, Any], places: Mapping[int, str]) -> dict[str, str]:
    """A field's value in words, by part; a field without parts has one without a name."""
    value = values[name]
    if name in _TEXTS:
        return {str(_LANGUAGES.get(code, code)): text for code, text in value.items()}
    if name == "access":
        return {
            str(label): str(answers.get(value.get(key, ""), ""))
            for key, (label, answers) in described.ACCESS.items()
            if key in value
        }
    if value in (None, "", []):
        return {"": ""}
    return {"": _word(name, value, values, places)}


def _word(name: str, value: Any, values: Mapping[str, Any], places: Mapping[int, str]) -> str:
    if name in ("free", "whole_series"):
        return _("ja") if value else _("nein")
    if name in ("place", "unit"):
        return places.get(value, str(value))
    if name == "languages":
        return ", ".join(str(SPOKEN.get(one, one)) for one in value)
    if name == "rule":
        return spoken.said(value, datetime.fromisoformat(values["starts"]), values["minutes"])
    if name in ("starts", "extra", "without"):
        times = [value] if name == "starts" else value
        return ", ".join(f"{datetime.fromisoformat(one):%d.%m.%Y %H:%M}" for one in times)
    named: dict[str, Mapping[str, Sentence]] = {
        "kind": described.KINDS, "category": described.CATEGORIES, "registration": described.REGISTRATION,
    }  # fmt: skip
    return str(named[name].get(value, value)) if name in named else str(value)
