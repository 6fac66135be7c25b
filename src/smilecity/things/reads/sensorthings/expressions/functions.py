# SPDX-License-Identifier: EUPL-1.2
"""The standard's functions of texts, times and numbers in SQL, by name: what they take, what they give.

Of what is null they give null. Arguments stand as {0}, {1} ...; numbers come as numeric.
"""

from dataclasses import dataclass

from smilecity.things.reads.sensorthings.expressions.values import Form, Type


@dataclass(frozen=True, slots=True)
class Function:
    """What it takes and gives, and how that is said in SQL. `optional` arguments may be left out."""

    takes: tuple[Type, ...]
    gives: Type
    sql: str
    form: Form = "exact"
    optional: int = 0


_UTC = "({0} AT TIME ZONE 'UTC')"
# Texts are shorter than a thousand million characters: beyond that there is nothing to cut out.
_COUNTED = "CASE WHEN {0} IS NOT NULL THEN least(greatest(floor({0}), 0), 1000000000)::int END"
_FROM = _COUNTED.replace("{0}", "{1}")
_MANY = _COUNTED.replace("{0}", "{2}")


def _part(name: str) -> Function:
    return Function(("instant",), "number", f"extract({name} FROM {_UTC})")


FUNCTIONS: dict[str, Function] = {
    "substringof": Function(("text", "text"), "bool", "(strpos({1}, {0}) > 0)"),
    "startswith": Function(("text", "text"), "bool", "starts_with({0}, {1})"),
    "endswith": Function(("text", "text"), "bool", "(right({0}, length({1})) = {1})"),
    "length": Function(("text",), "number", "length({0})::bigint", "int"),
    "indexof": Function(("text", "text"), "number", "(strpos({0}, {1}) - 1)::bigint", "int"),
    "substring": Function(("text", "number"), "text", f"substr({{0}}, {_FROM} + 1)"),
    "tolower": Function(("text",), "text", "lower({0})"),
    "toupper": Function(("text",), "text", "upper({0})"),
    "trim": Function(("text",), "text", "btrim({0}, E' \\t\\r\\n')"),
    "concat": Function(("text", "text"), "text", "({0} || {1})"),
    **{name: _part(name) for name in ("year", "month", "day", "hour", "minute")},
    "second": Function(("instant",), "number", f"floor(extract(second FROM {_UTC}))"),
    "fractionalseconds": Function(("instant",), "number", f"mod(extract(second FROM {_UTC}), 1)"),
    "date": Function(("instant",), "instant", "date_trunc('day', {0}, 'UTC')"),
    "time": Function(("instant",), "text", f"({_UTC}::time)::text"),
    "totaloffsetminutes": Function(
        ("instant",), "number", "CASE WHEN {0} IS NOT NULL THEN 0::bigint END", "int"
    ),
    "now": Function((), "instant", "now()"),
    "mindatetime": Function((), "instant", "timestamptz '0001-01-01 00:00:00Z'"),
    "maxdatetime": Function((), "instant", "timestamptz '9999-12-31 23:59:59.999999Z'"),
    "round": Function(("number",), "number", "round({0})"),
    "floor": Function(("number",), "number", "floor({0})"),
    "ceiling": Function(("number",), "number", "ceiling({0})"),
}
SUBSTRING_OF_LENGTH = Function(("text", "number", "number"), "text", f"substr({{0}}, {_FROM} + 1, {_MANY})")
