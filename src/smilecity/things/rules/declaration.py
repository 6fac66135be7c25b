# SPDX-License-Identifier: EUPL-1.2
"""What must be said of a thing before it is public: what for, who runs it, and how long its data are kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from smilecity.core.problems import Refusal

PUBLIC, INTERNAL, DRAFT = "public", "internal", "draft"
VISIBILITIES = (PUBLIC, INTERNAL, DRAFT)
MOST_RETENTION = timedelta(days=36_525)  # a hundred years
MOST_TEXT = 4000

PURPOSE, LEGAL_BASIS, SAFEGUARD = "purpose", "legalBasis", "safeguard"
OPERATOR, RETENTION, KEEPS_HOURS, VISIBILITY = "operator", "retention", "keepsHours", "visibility"
MEMBERS = (PURPOSE, LEGAL_BASIS, SAFEGUARD, OPERATOR, RETENTION, KEEPS_HOURS, VISIBILITY)
"""Members of a Thing's `properties` in the API that are kept in columns of their own."""

SILENT_AFTER = "silentAfter"
"""Like `VISIBILITY`, a member of a Datastream's `properties` that is kept in a column of its own."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_DURATION = re.compile(
    r"P(?=.)(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?",
    re.ASCII,
)
_PARTS = (365 * 86400, 30 * 86400, 7 * 86400, 86400, 3600, 60, 1)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What residents are told of a thing; texts are by language. See `models.Thing`."""

    purpose: Mapping[str, str] = field(default_factory=dict)
    legal_basis: Mapping[str, str] = field(default_factory=dict)
    safeguard: Mapping[str, str] = field(default_factory=dict)
    operator: str = ""
    retention: timedelta | None = None
    keeps_hours: bool = True


def missing(purpose: Mapping[str, str], operator: str, retention: timedelta | None) -> list[str]:
    """What has yet to be said before the thing may be public, by its names in the API; empty if all is said.

    `operator` is whoever runs it: the declared text, or the title of the organisation that keeps the thing.
    """
    said = {
        PURPOSE: any(text.strip() for text in purpose.values()),
        OPERATOR: bool(operator.strip()),
        RETENTION: retention is not None,
    }
    return [name for name, is_said in said.items() if not is_said]


def read_duration(text: Any) -> timedelta | None:
    """The length of an ISO 8601 duration (`P2Y`, `P30D`, `PT12H`); a year is 365 days, a month 30. None if it is none."""
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    return timedelta(
        seconds=sum(float(part) * size for part, size in zip(found.groups(), _PARTS, strict=True) if part)
    )


def write_duration(length: timedelta) -> str:
    """The ISO 8601 duration, in days, hours, minutes and seconds."""
    hours, rest = divmod(length.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{length.microseconds:06d}".rstrip("0") if length.microseconds else ""
    parts = [f"{hours}H" if hours else "", f"{minutes}M" if minutes else ""]
    parts.append(f"{seconds}{fraction}S" if seconds or fraction else "")
    of_a_day = "".join(parts)
    days = f"{length.days}D" if length.days or not of_a_day else ""
    return f"P{days}" + (f"T{of_a_day}" if of_a_day else "")


def read_member(name: str, value: Any, language: str) -> Any:
    """The value of one of `MEMBERS` as it is kept; null is what it was before it was said. Refuses with its name.

    A text without a language is in the node's own, `language`.
    """
    if name in (PURPOSE, LEGAL_BASIS, SAFEGUARD):
        return _texts(name, value, language)
    if name == OPERATOR:
        return _text(name, "" if value is None else value)
    if name == RETENTION:
        return None if value is None else _retention(value)
    if name == KEEPS_HOURS:
        if not isinstance(value, bool | None):
            raise _refused(name, "is true or false")
        return value is not False
    if value not in (None, *VISIBILITIES):
        raise _refused(name, f"is one of {', '.join(VISIBILITIES)}")
    return value


def _texts(name: str, value: Any, language: str) -> dict[str, str]:
    given = {} if value is None else {language: value} if isinstance(value, str) else value
    if not isinstance(given, dict) or not all(_LANGUAGE.fullmatch(key) for key in given):
        raise _refused(
            name, "is a text, or an object of texts by language such as {'de': '...', 'en': '...'}"
        )
    return {key: _text(name, text) for key, text in given.items()}


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        raise _refused(name, f"is a text of at most {MOST_TEXT} characters")
    return value.strip()


def _retention(value: Any) -> timedelta:
    length = read_duration(value)
    if length is None or not timedelta(0) < length <= MOST_RETENTION:
        raise _refused(name=RETENTION, what="is an ISO 8601 duration such as P2Y or P30D, at most P100Y")
    return length


def _refused(name: str, what: str) -> Refusal:
    return Refusal("entity.bad-property", f"'{name}' {what}.", field=f"properties.{name}", status=400)
