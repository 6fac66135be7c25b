# SPDX-License-Identifier: EUPL-1.2
"""Comparisons, by the types of both sides.

As in OData what is null equals only null, is unlike all else, and neither greater nor less than anything.
"""

from collections.abc import Sequence

from smilecity.things.reads.sensorthings import times
from smilecity.things.reads.sensorthings.expressions.values import (
    NAMES,
    Context,
    Sql,
    Type,
    alike,
    is_null,
    read_as,
)

SIGNS = {**times.SIGNS, "ne": "IS DISTINCT FROM"}
_TIMES = ("instant", "period", "time")
_OPEN = ("json", "result")  # of a type that only each row knows


def compare(context: Context, operator: str, left: Sql, right: Sql, at: int) -> str:
    """The comparison in SQL. Refuses what can never be compared."""
    if left.type == "null" or right.type == "null":
        return _with_nothing(operator, right if left.type == "null" else left)
    common = _common(left, right)
    if common is None:
        raise _unlike(context, left, right, at)
    if common in _TIMES:
        pair = (stretch(context, left), stretch(context, right))
        if pair[0] is None or pair[1] is None:
            raise _unlike(context, left, right, at)
        return times.compare(operator, pair[0], pair[1])
    one, two = read_as(context, left, common), read_as(context, right, common)
    if one is None or two is None:
        raise _unlike(context, left, right, at)
    if common == "bool" and operator not in ("eq", "ne"):
        raise context.wrong("Truth values are compared by eq and ne only", at)
    first, second = alike(context, one, two) if common == "number" else (one.text, two.text)
    if common == "json":
        return _json(operator, first, second)
    sign = SIGNS[operator]
    if operator == "eq" and left.known is None and right.known is None:
        sign = "IS NOT DISTINCT FROM"
    return f"(({first}) {sign} ({second}))"


def among(context: Context, value: Sql, choices: Sequence[Sql], at: int) -> str:
    """Whether the value equals any of the choices; one list where all are constants of the value's own type."""
    kinds = {type(one.known) for one in choices}
    if value.type == "text" and kinds == {str}:
        return f"({value.text} = ANY({context.put([one.known for one in choices], 'text[]')}))"
    if value.type == "number" and value.form == "int" and kinds == {int}:
        return f"({value.text} = ANY({context.put([one.known for one in choices], 'bigint[]')}))"
    if value.type in ("number", "result") and value.form == "float" and kinds <= {int, float}:
        numbers = [float(one.known) for one in choices if isinstance(one.known, int | float)]
        return f"({value.text} = ANY({context.put(numbers, 'double precision[]')}))"
    return "(" + " OR ".join(compare(context, "eq", value, one, at) for one in choices) + ")"


def stretch(context: Context, value: Sql) -> times.Stretch | None:
    """The value as a time with its end; None if it is no time."""
    if value.type in ("period", "time"):
        return times.Stretch(value.text, value.end, open=value.type == "time")
    read = read_as(context, value, "instant")
    return times.Stretch(read.text) if read else None


def _with_nothing(operator: str, value: Sql) -> str:
    if operator not in ("eq", "ne"):
        return "false"
    nothing = "true" if value.type == "null" else is_null(value)
    return nothing if operator == "eq" else f"(NOT {nothing})"


def _common(left: Sql, right: Sql) -> Type | None:
    """The type in which both are compared."""
    for one, other in ((left, right), (right, left)):
        if one.type in _TIMES and (other.type in (*_TIMES, *_OPEN) or isinstance(other.known, str)):
            return "instant"
        if one.type in _OPEN and other.type in ("text", "number", "bool"):
            return other.type
        if one.type == "number" and isinstance(other.known, str):
            return "number"
    if left.type in _OPEN and right.type in _OPEN:
        return "json"
    return left.type if left.type == right.type and left.type != "geometry" else None


def _json(operator: str, left: str, right: str) -> str:
    """Two values of which only each row knows the type: equal, or of one type and greater or less."""
    left, right = f"nullif({left}, 'null'::jsonb)", f"nullif({right}, 'null'::jsonb)"
    if operator == "eq":
        return f"({left} IS NOT DISTINCT FROM {right})"
    if operator == "ne":
        return f"({left} IS DISTINCT FROM {right})"
    return f"(jsonb_typeof({left}) = jsonb_typeof({right}) AND {left} {SIGNS[operator]} {right})"


def _unlike(context: Context, left: Sql, right: Sql, at: int) -> Exception:
    return context.wrong(f"{NAMES[left.type].capitalize()} and {NAMES[right.type]} cannot be compared", at)
