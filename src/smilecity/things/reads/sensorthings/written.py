# SPDX-License-Identifier: EUPL-1.2
"""A query as text again: what stands in the next link of an expanded list, which has no address of its own yet."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from smilecity.things.rules.odata.tree import (
    Among,
    Binary,
    Call,
    Expand,
    Expression,
    Literal,
    Member,
    Moment,
    Order,
    Query,
    Shape,
    Some,
    Span,
    Unary,
)

# What may stand in a query unescaped (RFC 3986, 3.4), without what the query language parts options by.
SAFE = "$,;()/@:'!*=-._~"


def address(query: Query) -> str:
    """The options as a query string, percent-encoded; without $skip and $skiptoken."""
    return "&".join(f"{name}={quote(said, safe=SAFE)}" for name, said in _options(query))


def orderby(keys: tuple[Order, ...]) -> str:
    """`name,id desc`."""
    return ",".join(expression(key.by) + (" desc" if key.descending else "") for key in keys)


def expression(said: Expression) -> str:
    """The expression, with a parenthesis around each operation."""
    match said:
        case Literal(value):
            return _literal(value)
        case Moment(start, end):
            return _instant(start) + (f"/{_instant(end)}" if end else "")
        case Span(length):
            return f"duration'{_duration(length)}'"
        case Shape(text):
            return f"geography'{_doubled(text)}'"
        case Member(path):
            return "/".join(path)
        case Call(name, arguments):
            return f"{name}({','.join(expression(one) for one in arguments)})"
        case _:
            return _operation(said)


def _operation(said: Expression) -> str:
    match said:
        case Binary(operator, left, right):
            return f"({expression(left)} {operator} {expression(right)})"
        case Unary("-", operand):
            return f"-({expression(operand)})"
        case Unary(_, operand):
            return f"not ({expression(operand)})"
        case Among(operand, choices):
            return f"({expression(operand)} in ({','.join(expression(one) for one in choices)}))"
        case Some(kind, path, variable, condition):
            inside = f"{variable}:{expression(condition)}" if variable and condition else ""
            return f"{'/'.join(path)}/{kind}({inside})"
    raise TypeError(said)


def _options(query: Query) -> list[tuple[str, str]]:
    said = [
        ("$select", ",".join("/".join(path) for path in query.select)),
        ("$expand", ",".join(_expand(one) for one in query.expand)),
        ("$filter", expression(query.filter) if query.filter is not None else ""),
        ("$orderby", orderby(query.orderby)),
        ("$top", "" if query.top is None else str(query.top)),
        ("$count", "" if query.count is None else str(query.count).lower()),
    ]
    return [(name, value) for name, value in said if value]


def _expand(item: Expand) -> str:
    options = _options(item.query)
    if item.query.skip:
        options.append(("$skip", str(item.query.skip)))
    inside = ";".join(f"{name}={value}" for name, value in options)
    return f"{item.link}({inside})" if inside else item.link


def _literal(value: bool | float | str | None) -> str:
    if value is None or isinstance(value, bool):
        return str(value).lower().replace("none", "null")
    return f"'{_doubled(value)}'" if isinstance(value, str) else repr(value)


def _doubled(text: str) -> str:
    return text.replace("'", "''")


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _duration(length: timedelta) -> str:
    """Whole days, and seconds with a fraction: what `timedelta` holds, exactly."""
    sign, positive = ("-", -length) if length < timedelta(0) else ("", length)
    fraction = f".{positive.microseconds:06}" if positive.microseconds else ""
    return f"{sign}P{positive.days}DT{positive.seconds}{fraction}S"
