# SPDX-License-Identifier: EUPL-1.2
"""$apply: `filter(...)/groupby((day(phenomenonTime,'Europe/Berlin') as day),aggregate(result with average as mean))`.

The syntax is OData's (Extension for Data Aggregation 4.0, clause 3). Stretches of time, which OData leaves to the
service, are spelled as functions of phenomenonTime: unit(phenomenonTime, zone, how many at once).
"""

from typing import Literal as OneOf
from typing import cast

from smilecity.things.rules.odata.expressions import expression, name_of
from smilecity.things.rules.odata.functions import near
from smilecity.things.rules.odata.literals import number
from smilecity.things.rules.odata.tokens import Cursor, quoted
from smilecity.things.rules.odata.tree import Aggregate, Apply, Binary, Bucket, Expression, Member

MOST_AT_ONCE = 10_000  # units of a bucket
MOST_AGGREGATES = 50
_MOST_NAME = 64

_UNITS = ["minute", "hour", "day", "week", "month", "year"]
_METHODS = ["min", "max", "average", "sum", "count", "countdistinct", "percentile"]
_SEQUENCE = "filter(...), groupby(...) or aggregate(...)"

Unit = OneOf["minute", "hour", "day", "week", "month", "year"]
Method = OneOf["min", "max", "average", "sum", "count", "countdistinct", "percentile"]


def apply(cursor: Cursor) -> Apply:
    """The whole option: any number of filters, then one groupby or aggregate."""
    condition: Expression | None = None
    while True:
        what, at = cursor.word(), cursor.now.at
        if what not in {"filter", "groupby", "aggregate"}:
            raise cursor.wrong(_SEQUENCE)
        cursor.step()
        cursor.must_pass("(")
        if what == "aggregate":
            return Apply(condition, None, (), _aggregates(cursor))
        if what == "groupby":
            return _groupby(cursor, condition)
        more = expression(cursor)
        cursor.must_pass(")", "an operator")
        condition = more if condition is None else Binary("and", condition, more, at)
        if not cursor.passes("/"):
            raise cursor.wrong("'/' and groupby(...) or aggregate(...)")


def _groupby(cursor: Cursor, condition: Expression | None) -> Apply:
    cursor.must_pass("(")
    bucket: Bucket | None = None
    by: list[Member] = []
    while True:
        cursor.spend()
        if cursor.ahead().text == "(" and cursor.now.kind == "name":
            if bucket is not None:
                raise cursor.wrong("a property: a second stretch of time cannot be grouped by")
            bucket = _bucket(cursor)
        else:
            by.append(_member(cursor))
        if not cursor.passes(","):
            break
    cursor.must_pass(")", "','")
    if not cursor.passes(","):
        raise cursor.wrong("',' and aggregate(...)")
    if cursor.word() != "aggregate":
        raise cursor.wrong("aggregate(...)")
    cursor.step()
    cursor.must_pass("(")
    aggregates = _aggregates(cursor, *([bucket.name] if bucket else []))
    cursor.must_pass(")")
    return Apply(condition, bucket, tuple(by), aggregates)


def _bucket(cursor: Cursor) -> Bucket:
    """`minute(phenomenonTime,'UTC',10) as tag`."""
    unit = cursor.word()
    if unit not in _UNITS:
        raise cursor.refusal(
            "odata.unknown-function",
            cursor.now.at,
            f"There is no stretch of time {quoted(cursor.now.text)}.",
            near(unit, _UNITS) or f"Known are {', '.join(_UNITS)}.",
        )
    cursor.step()
    cursor.step()
    if cursor.now.text != "phenomenonTime":
        raise cursor.wrong("phenomenonTime")
    cursor.step()
    zone, many = "UTC", 1
    if cursor.passes(","):
        zone = _zone(cursor)
        many = _many(cursor) if cursor.passes(",") else 1
    cursor.must_pass(")", "','")
    name = _name(cursor) if cursor.word() == "as" else "phenomenonTime"
    return Bucket(cast("Unit", unit), zone, many, name)


def _zone(cursor: Cursor) -> str:
    if cursor.now.kind != "text":
        raise cursor.wrong("a time zone, as 'Europe/Berlin'")
    return cursor.step().text[1:-1].replace("''", "'")


def _many(cursor: Cursor) -> int:
    token = cursor.now
    if token.kind != "number" or not token.text.isdigit() or not 1 <= float(token.text) <= MOST_AT_ONCE:
        raise cursor.wrong(f"a whole number from 1 to {MOST_AT_ONCE}")
    return int(cursor.step().text)


def _aggregates(cursor: Cursor, *taken: str) -> tuple[Aggregate, ...]:
    found: list[Aggregate] = []
    names = set(taken)
    while True:
        at = cursor.now.at
        one = _aggregate(cursor)
        if one.name in names:
            raise cursor.refusal("odata.syntax", at, f"The name {quoted(one.name)} is given twice.")
        names.add(one.name)
        found.append(one)
        if len(found) > MOST_AGGREGATES:
            raise cursor.too_costly(f"more than {MOST_AGGREGATES} aggregates")
        if not cursor.passes(","):
            cursor.must_pass(")", "','")
            return tuple(found)


def _aggregate(cursor: Cursor) -> Aggregate:
    """`result with average as mean`, `$count as n`."""
    cursor.spend()
    if cursor.word() == "$count":
        cursor.step()
        return Aggregate(None, "count", _name(cursor))
    member = _member(cursor)
    if cursor.word() != "with":
        raise cursor.wrong("with, as in: result with average as mean")
    cursor.step()
    method = cursor.word()
    if method not in _METHODS:
        raise cursor.refusal(
            "odata.unknown-function",
            cursor.now.at,
            f"There is no way to aggregate called {quoted(cursor.now.text)}.",
            near(method, _METHODS) or f"Known are {', '.join(_METHODS)}.",
        )
    cursor.step()
    share = _share(cursor) if method == "percentile" else None
    return Aggregate(member, cast("Method", method), _name(cursor), share)


def _share(cursor: Cursor) -> float:
    cursor.must_pass("(")
    token = cursor.now
    if token.kind != "number" or not 0 <= (share := float(number(cursor, token))) <= 1:
        raise cursor.wrong("a number from 0 to 1")
    cursor.step()
    cursor.must_pass(")")
    return share


def _member(cursor: Cursor) -> Member:
    at = cursor.now.at
    parts: list[str] = []
    while True:
        if cursor.now.kind not in {"name", "step"} or cursor.now.text.startswith("$"):
            raise cursor.wrong("a property")
        parts.append(name_of(cursor.step()))
        if not cursor.passes("/"):
            return Member(tuple(parts), at)


def _name(cursor: Cursor) -> str:
    """`as mean`."""
    if cursor.word() != "as":
        raise cursor.wrong("as and a name")
    cursor.step()
    token = cursor.now
    if token.kind != "name" or not token.text.isidentifier() or len(token.text) > _MOST_NAME:
        raise cursor.wrong(f"a name of letters, digits and '_', at most {_MOST_NAME}")
    cursor.step()
    return token.text
