# SPDX-License-Identifier: EUPL-1.2
"""What a datastream says of its results: their types (18-088, table 12) and units, by UCUM code or URI."""

import difflib
import re
from typing import Any

from smilecity.core.problems import Refusal

OM = "http://www.opengis.net/def/observationType/OGC-OM/2.0/"
_OBSERVATIONS = ("Category", "Count", "", "Truth", "Geometry", "Temporal", "Complex")
TYPES = ("OM_Measurement", *(f"OM_{name}Observation" for name in _OBSERVATIONS))
MEMBERS = ("name", "symbol", "definition")
MOST_TEXT = 500
MOST_PROPERTIES = 100  # of a MultiDatastream

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_UCUM = re.compile(r"[!-~]+")  # UCUM codes are of printable ASCII without blanks


def observation_type(value: Any, at: str) -> str:
    """The URI of a type of observation; one that begins as the standard's do must be one of them."""
    if not isinstance(value, str) or len(value) > MOST_TEXT or not _URI.fullmatch(value):
        raise _bad(at, f"is a URI such as {OM}OM_Measurement")
    if value.startswith(OM) and value.removeprefix(OM) not in TYPES:
        near = difflib.get_close_matches(value.removeprefix(OM), TYPES, 2)
        raise _bad(at, "is no type of the standard", f"Did you mean {' or '.join(near or TYPES)}?")
    return value


def observation_types(value: Any, at: str) -> list[str]:
    """Those of a MultiDatastream, in order."""
    return [observation_type(one, f"{at}[{number}]") for number, one in enumerate(_several(value, at))]


def unit(value: Any, at: str) -> dict[str, str | None]:
    """A unit with all three members; those that are not said are null."""
    if not isinstance(value, dict):
        raise _bad(at, "is an object with name, symbol and definition")
    for name, text in value.items():
        if name not in MEMBERS:
            raise _bad(f"{at}.{name}", "is not known", f"A unit has {', '.join(MEMBERS)}.")
        if text is not None and (not isinstance(text, str) or len(text) > MOST_TEXT):
            raise _bad(f"{at}.{name}", f"is a text of at most {MOST_TEXT} characters, or null")
    definition = value.get("definition")
    if definition and not (_URI.fullmatch(definition) or _UCUM.fullmatch(definition)):
        raise _bad(f"{at}.definition", "is a URI or a UCUM code", "For degrees Celsius: ucum:Cel or Cel.")
    return {name: value.get(name) for name in MEMBERS}


def units(value: Any, at: str) -> list[dict[str, str | None]]:
    """Those of a MultiDatastream, in order."""
    return [unit(one, f"{at}[{number}]") for number, one in enumerate(_several(value, at))]


def _several(value: Any, at: str) -> list[Any]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_PROPERTIES:
        raise _bad(at, f"is a list of 1 to {MOST_PROPERTIES}")
    return value


def _bad(at: str, what: str, cure: str = "") -> Refusal:
    return Refusal("entity.bad-property", f"'{at}' {what}.", cure=cure, field=at)
