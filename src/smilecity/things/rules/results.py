# SPDX-License-Identifier: EUPL-1.2
"""Results of observations: what their datastream's type allows, and how they are kept (18-088, table 13).

A number is kept as one; every other result as JSON text for `value`. So a result is a pair of which one is None.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from smilecity.core.problems import Refusal

MOST_BYTES = 64 * 1024  # of a text, or of JSON
MOST_DEPTH = 32

_TYPES = "http://www.opengis.net/def/observationType/OGC-OM/2.0/"
MEASUREMENT = f"{_TYPES}OM_Measurement"
COUNT = f"{_TYPES}OM_CountObservation"
TRUTH = f"{_TYPES}OM_TruthObservation"
CATEGORY = f"{_TYPES}OM_CategoryObservation"
COMPLEX = f"{_TYPES}OM_ComplexObservation"
ANY = f"{_TYPES}OM_Observation"

Kept = tuple[float | None, str | None]


def checked_result(value: Any, observation_type: str) -> Kept:
    """The result as it is kept. Refuses `observation.bad-result` (422) what the type does not allow.

    A type that is none of the standard's allows anything.
    """
    return _CHECKS.get(observation_type, _anything)(value)


def checked_results(value: Any, observation_types: Sequence[str]) -> Kept:
    """The result of a MultiDatastream: one value for each type, in order; null where there is none."""
    if not isinstance(value, list) or len(value) != len(observation_types):
        raise bad_result(f"an array of {len(observation_types)} values")
    for one, observation_type in zip(value, observation_types, strict=True):
        if one is not None:
            checked_result(one, observation_type)
    return None, json_text(value, "result")


def json_text(value: Any, field: str) -> str:
    """The value as JSON that PostgreSQL holds. Refuses `observation.bad-json`: too long, too deep, or with NUL."""
    try:
        text = orjson.dumps(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise _bad_json(field, "is no JSON") from error
    if len(text) > MOST_BYTES:
        raise _bad_json(field, f"is over {MOST_BYTES} bytes")
    # NUL is told apart from a backslash that happens to stand before "u0000" by taking pairs away first.
    if b"\\u0000" in text and b"\\u0000" in text.replace(b"\\\\", b""):
        raise _bad_json(field, "holds the character NUL")
    if isinstance(value, list | dict) and too_deep(value):
        raise _bad_json(field, f"is nested deeper than {MOST_DEPTH}")
    return text.decode()


def too_deep(value: Any, most: int = MOST_DEPTH) -> bool:
    """Whether lists and objects are nested deeper than that."""
    level = [value]
    for _depth in range(most + 1):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, list | dict)
        ]
        if not level:
            return False
    return True


def bad_result(wanted: str) -> Refusal:
    """The refusal of a result of another type."""
    return Refusal(
        "observation.bad-result",
        f"The result must be {wanted}.",
        cure="Send what the datastream's observationType says.",
        field="result",
        status=422,
    )


def _measurement(value: Any) -> Kept:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise bad_result("a number")
    return _finite(value), None


def _count(value: Any) -> Kept:
    number, _ = _measurement(value)
    if number is None or not number.is_integer():
        raise bad_result("a whole number")
    return number, None


def _truth(value: Any) -> Kept:
    if not isinstance(value, bool):
        raise bad_result("true or false")
    return None, "true" if value else "false"


def _category(value: Any) -> Kept:
    if not isinstance(value, str):
        raise bad_result("a text")
    return None, json_text(value, "result")


def _complex(value: Any) -> Kept:
    if not isinstance(value, list | dict):
        raise bad_result("an array or an object")
    return None, json_text(value, "result")


def _anything(value: Any) -> Kept:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(value), None
    return None, json_text(value, "result")


def _finite(value: float) -> float:
    try:
        number = float(value)
    except OverflowError as error:
        raise bad_result("a number that fits in 64 bits") from error
    if not math.isfinite(number):
        raise bad_result("a finite number")
    return number


def _bad_json(field: str, why: str) -> Refusal:
    return Refusal(
        "observation.bad-json",
        f"{field} {why}.",
        cure=f"Send JSON of at most {MOST_BYTES} bytes, nested at most {MOST_DEPTH} deep.",
        field=field,
        status=422,
    )


_CHECKS: dict[str, Callable[[Any], Kept]] = {
    MEASUREMENT: _measurement,
    COUNT: _count,
    TRUTH: _truth,
    CATEGORY: _category,
    COMPLEX: _complex,
}
