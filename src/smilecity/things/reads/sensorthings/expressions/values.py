# SPDX-License-Identifier: EUPL-1.2
"""Values in SQL: what type a piece of a query has, and how one type is read as another without ever failing.

A value that is of another type than asked for (JSON holds anything) is null, never an error of the database.
"""

import dataclasses
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from psycopg.types.numeric import Int8

from smilecity.core.problems import Refusal
from smilecity.things.reads.sensorthings import columns
from smilecity.things.reads.sensorthings.geography import ShapeQuestion
from smilecity.things.rights import Sight
from smilecity.things.rules.odata import tree

Type = columns.Type | Literal["duration", "null"]
Form = Literal["int", "float", "exact"]

MOST_JOINS = 12
MOST_ARITHMETIC = 40
MOST_TEXT = 100_000  # characters of SQL
MOST_SPAN = timedelta(days=36_525)  # so that no sum of times leaves PostgreSQL's calendar

CASTS: dict[str, str] = {
    "text": "text",
    "number": "double precision",
    "instant": "timestamptz",
    "period": "timestamptz",
    "time": "timestamptz",
    "json": "jsonb",
    "result": "double precision",
    "geometry": "jsonb",
    "bool": "boolean",
    "duration": "interval",
    "null": "text",
}
FORMS: dict[Form, str] = {"int": "bigint", "float": "double precision", "exact": "numeric"}
NAMES: dict[str, str] = {
    "text": "text",
    "number": "a number",
    "instant": "a time",
    "period": "a period of time",
    "time": "a time",
    "json": "JSON",
    "result": "a result",
    "geometry": "a geometry",
    "bool": "a truth value",
    "duration": "a duration",
    "null": "null",
}

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DIGITS = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of a query with its type; `cast` is PostgreSQL's.

    `end` belongs to `time` and `period`, `other` to `result`, `form` to `number`, as in `columns.Column`; `known` is the
    constant's value if it is one.
    """

    text: str
    type: Type
    end: str = ""
    other: str = ""
    form: Form = "float"
    known: object = None

    @property
    def cast(self) -> str:
        """PostgreSQL's type of `text`."""
        return FORMS[self.form] if self.type == "number" else CASTS[self.type]


@dataclass(slots=True)
class Context:
    """What the parts of one statement share: who sees, the parameters, the aliases, and what it may still cost.

    `shapes` are to be resolved before the statement runs, each into the parameter of its `name`.
    """

    sight: Sight
    field: str = "$filter"
    parameters: dict[str, Any] = dataclasses.field(default_factory=dict)
    shapes: list[ShapeQuestion] = dataclasses.field(default_factory=list)
    joins: int = 0
    arithmetic: int = 0
    _aliases: int = 0

    def __post_init__(self) -> None:
        self.parameters.update(columns.parameters(self.sight))

    def name(self) -> str:
        """A name for a parameter that no other has."""
        return f"p{len(self.parameters) + 1}"

    def put(self, value: object, cast: str) -> str:
        """The value as a parameter."""
        name = self.name()
        self.parameters[name] = Int8(value) if type(value) is int else value
        return f"%({name})s::{cast}"

    def alias(self) -> str:
        """An alias that no other table has."""
        self._aliases += 1
        return f"x{self._aliases}"

    def join(self, at: int) -> None:
        """Count a table or subquery more."""
        self.joins += 1
        if self.joins > MOST_JOINS:
            raise self.costly(f"more than {MOST_JOINS} related entities", at)

    def calculate(self, at: int) -> None:
        """Count an operation more."""
        self.arithmetic += 1
        if self.arithmetic > MOST_ARITHMETIC:
            raise self.costly(f"more than {MOST_ARITHMETIC} calculations", at)

    def costly(self, what: str, at: int) -> Refusal:
        """What is refused before it runs."""
        return Refusal(
            "odata.too-costly",
            f"This asks for {what} (at character {at + 1}).",
            cure="Ask in several requests.",
            field=self.field,
        )

    def wrong(self, sentence: str, at: int, cure: str = "") -> Refusal:
        """What does not fit together."""
        return Refusal(
            "odata.wrong-type", f"{sentence} (at character {at + 1}).", cure=cure, field=self.field
        )


def constant(context: Context, value: tree.Scalar, at: int) -> Sql:
    """A literal as a parameter of its own type."""
    if value is None:
        return Sql("NULL", "null")
    if isinstance(value, bool):
        return Sql(context.put(value, "boolean"), "bool", known=value)
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            raise context.wrong("No text holds this character", at)
        return Sql(context.put(value, "text"), "text", known=value)
    if isinstance(value, int):
        return Sql(context.put(value, "bigint"), "number", form="int", known=value)
    return Sql(context.put(value, "double precision"), "number", known=value)


def moment(context: Context, value: tree.Moment) -> Sql:
    """An instant, or an interval as a period."""
    start = context.put(value.start, "timestamptz")
    if value.end is None:
        return Sql(start, "instant", known=value)
    return Sql(start, "period", end=context.put(value.end, "timestamptz"), known=value)


def span(context: Context, length: timedelta, at: int) -> Sql:
    """A duration."""
    if abs(length) > MOST_SPAN:
        raise context.wrong("A duration is at most 100 years", at)
    return Sql(context.put(length, "interval"), "duration", known=length)


def read_as(context: Context, value: Sql, wanted: Type) -> Sql | None:  # noqa: PLR0911 - one for each way
    """The value as one of the wanted type; None if it never can be."""
    if value.type == "null":
        return Sql(f"NULL::{CASTS[wanted]}", wanted)
    if value.type == wanted:
        return value
    if value.type == "result":
        return _from_result(context, value, wanted)
    if value.type == "json":
        return _from_json(value.text, wanted)
    if wanted == "json" and value.type in ("text", "number", "bool"):
        return Sql(f"to_jsonb({value.text})", "json")
    if wanted == "instant" and value.type in ("period", "time"):
        return Sql(value.text, "instant")
    if wanted == "instant" and isinstance(value.known, str):
        return _iso(context, value.known)
    if wanted == "number" and isinstance(value.known, str) and _DIGITS.fullmatch(value.known):
        return constant(context, int(value.known), 0)
    return None


def _from_result(context: Context, value: Sql, wanted: Type) -> Sql | None:
    if wanted == "number":
        return Sql(value.text, "number")
    if wanted == "json":
        return Sql(
            f"CASE WHEN {value.text} IS NULL THEN {value.other} ELSE to_jsonb({value.text}) END", "json"
        )
    return read_as(context, Sql(value.other, "json"), wanted)


# PostgreSQL's own casts would fail on a thirty-first of February; this one gives the third of March.
_TIME = (
    r"^((?!0000)[0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"(?:[T ]([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9](?:\.[0-9]{1,9})?))?"
    r"(?:Z|([+-])([01][0-9]):?([0-5][0-9]))?)?$"
)
_READ_TIME = (
    "(SELECT (make_timestamp(m[1]::int, m[2]::int, 1, 0, 0, 0) + make_interval(days => m[3]::int - 1,"
    " hours => coalesce(m[4]::int, 0), mins => coalesce(m[5]::int, 0), secs => coalesce(m[6]::float8, 0))"
    " - coalesce((m[7] || '1')::int * make_interval(hours => m[8]::int, mins => m[9]::int), interval '0'))"
    " AT TIME ZONE 'UTC' FROM regexp_match({json} #>> ARRAY[]::text[], '{time}') AS m)"
)


def _from_json(json: str, wanted: Type) -> Sql | None:
    kind = f"jsonb_typeof({json})"
    if wanted == "text":
        return Sql(f"CASE WHEN {kind} = 'string' THEN {json} #>> ARRAY[]::text[] END", "text")
    if wanted == "number":
        return Sql(f"CASE WHEN {kind} = 'number' THEN ({json})::numeric END", "number", form="exact")
    if wanted == "bool":
        return Sql(f"CASE WHEN {kind} = 'boolean' THEN ({json})::boolean END", "bool")
    if wanted == "instant":
        return Sql(_READ_TIME.replace("{json}", f"({json})").replace("{time}", _TIME), "instant")
    return None


def _iso(context: Context, text: str) -> Sql | None:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    known = tree.Moment(read if read.tzinfo else read.replace(tzinfo=UTC))
    return moment(context, known)


def exact(context: Context, number: Sql) -> str:
    """The number as numeric, digit for digit: sums and products of these neither overflow nor divide by surprise."""
    if isinstance(number.known, int | float):
        return context.put(Decimal(repr(number.known)), "numeric")
    if number.form == "float":
        return f"({number.text})::text::numeric"
    return f"({number.text})::numeric"


def alike(context: Context, left: Sql, right: Sql) -> tuple[str, str]:
    """Two numbers in one form; a constant takes the column's, so that the column's index serves."""
    if left.form == right.form:
        return left.text, right.text
    if _fits(left, right):
        return _cast(context, left, right.form), right.text
    if _fits(right, left):
        return left.text, _cast(context, right, left.form)
    return exact(context, left), exact(context, right)


def _fits(value: Sql, other: Sql) -> bool:
    if not isinstance(value.known, int | float) or other.form == "exact":
        return False
    if other.form == "float":
        return float(value.known) == value.known
    return isinstance(value.known, float) and value.known.is_integer() and abs(value.known) < 2**63


def _cast(context: Context, value: Sql, form: Form) -> str:
    assert isinstance(value.known, int | float)
    return context.put(float(value.known) if form == "float" else int(value.known), FORMS[form])


def is_null(value: Sql) -> str:
    """Whether there is nothing; JSON's null is nothing too."""
    if value.type == "json":
        return f"coalesce(({value.text}) = 'null'::jsonb, true)"
    if value.type == "result":
        return f"(({value.text}) IS NULL AND coalesce(({value.other}) = 'null'::jsonb, true))"
    return f"(({value.text}) IS NULL)"
