# SPDX-License-Identifier: EUPL-1.2
"""What becomes of JSON that anybody sends: which of its values is a result of which datastream.

A mapping is read once (`read_mapping`) and then tried on message after message (`trying.tried`), by the intake and by the
page on which it is made.
"""

import math
from collections.abc import Mapping as Object
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence
from smilecity.things.rules.mapping.paths import Path, read_path
from smilecity.things.rules.observations import LAST_ID

ISO, SECONDS, MILLISECONDS, NOW = "iso", "seconds", "milliseconds", "now"
FORMS = (ISO, SECONDS, MILLISECONDS, NOW)
MOST_RULES = 64
MOST_IDENTITY = 4
MOST_TEXT = 200

Constant = str | float | bool


@dataclass(frozen=True, slots=True)
class Only:
    """A rule is for a reading only if this value stands there."""

    path: Path
    equals: Constant


@dataclass(frozen=True, slots=True)
class Rule:
    """What the path finds is a result of the datastream; a number times `scale` plus `offset`."""

    path: Path
    datastream: int
    scale: float = 1.0
    offset: float = 0.0
    only: Only | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """`readings` finds the readings in a message; without it the message is the one reading.

    Rules look into the reading. Time, identity and `only` are looked for in the reading, and if they are not there, in
    the whole message. `form` says how the time is written; `NOW`: it says none.
    """

    rules: tuple[Rule, ...]
    readings: Path | None = None
    time: Path | None = None
    form: str = NOW
    identity: tuple[Path, ...] = ()

    @property
    def says_nothing_of_itself(self) -> bool:
        """Whether nothing in a message tells it from another one with the same values."""
        return self.form == NOW and not self.identity

    def said(self) -> dict[str, Any]:
        """As it is kept; `read_mapping` reads it again."""
        return {
            "readings": self.readings.text if self.readings else "",
            "time": {"form": self.form, "path": self.time.text if self.time else ""},
            "identity": [one.text for one in self.identity],
            "rules": [_rule_said(one) for one in self.rules],
        }


def read_mapping(said: Any) -> Mapping:
    """The mapping as it is kept, or typed. Refuses (422) with the field at fault, such as `rules.2.path`."""
    if not isinstance(said, Object):
        raise wrong("mapping.bad-form", _("Eine Zuordnung ist ein JSON-Objekt."), "")
    rules = _list(said.get("rules"), "rules", MOST_RULES)
    if not rules:
        raise wrong("mapping.no-rules", _("Sagen Sie mindestens einen Wert und seine Messreihe."), "rules")
    identity = _list(said.get("identity") or [], "identity", MOST_IDENTITY)
    form, time = _time(said.get("time") or {})
    return Mapping(
        rules=tuple(_rule(one, f"rules.{number}") for number, one in enumerate(rules)),
        readings=read_path(said["readings"], "readings") if said.get("readings") else None,
        time=time,
        form=form,
        identity=tuple(read_path(one, "identity") for one in identity),
    )


def wrong(code: str, sentence: Sentence, field: str) -> Refusal:
    """The refusal of a part of a mapping."""
    return Refusal(code, sentence, field=field, status=422)


def _list(said: Any, field: str, most: int) -> list[Any]:
    if not isinstance(said, list):
        raise wrong("mapping.bad-form", _("Hier wird eine Liste erwartet."), field)
    if len(said) > most:
        raise wrong("mapping.too-many", _("Das sind mehr als %(most)d.") % {"most": most}, field)
    return said


def _time(said: Any) -> tuple[str, Path | None]:
    form = said.get("form", NOW) if isinstance(said, Object) else None
    if form not in FORMS:
        raise wrong("mapping.bad-time-form", _("Diese Schreibweise einer Zeit gibt es nicht."), "time.form")
    return form, None if form == NOW else read_path(said.get("path"), "time.path")


def _rule(said: Any, field: str) -> Rule:
    if not isinstance(said, Object):
        raise wrong("mapping.bad-form", _("Eine Zeile ist ein JSON-Objekt."), field)
    datastream = said.get("datastream")
    if isinstance(datastream, bool) or not isinstance(datastream, int) or not 0 < datastream <= LAST_ID:
        raise wrong("mapping.bad-datastream", _("Wählen Sie eine Messreihe."), f"{field}.datastream")
    scale, offset = _number(said, "scale", 1.0, field), _number(said, "offset", 0.0, field)
    if scale == 0:
        raise wrong("mapping.bad-scale", _("Der Faktor darf nicht null sein."), f"{field}.scale")
    path = read_path(said.get("path"), f"{field}.path")
    return Rule(path, datastream, scale, offset, _only(said.get("only"), field))


def _number(said: Object[str, Any], name: str, default: float, field: str) -> float:
    value = said.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(float(value)):
        raise wrong("mapping.bad-scale", _("Hier wird eine Zahl erwartet."), f"{field}.{name}")
    return float(value)


def _only(said: Any, field: str) -> Only | None:
    if not said:
        return None
    equals = said.get("equals") if isinstance(said, Object) else None
    if not isinstance(equals, str | int | float | bool) or not 0 < len(str(equals)) <= MOST_TEXT:
        raise wrong("mapping.bad-only", _("Sagen Sie, was dort stehen soll."), f"{field}.only.equals")
    return Only(read_path(said.get("path"), f"{field}.only.path"), equals)


def _rule_said(rule: Rule) -> dict[str, Any]:
    said: dict[str, Any] = {
        "path": rule.path.text,
        "datastream": rule.datastream,
        "scale": rule.scale,
        "offset": rule.offset,
    }
    if rule.only is not None:
        said["only"] = {"path": rule.only.path.text, "equals": rule.only.equals}
    return said
