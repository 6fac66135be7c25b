# SPDX-License-Identifier: EUPL-1.2
"""The query options of a collection: of the address itself, and within the parentheses of `$expand` at any depth."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast
from urllib.parse import quote, unquote_plus

from smilecity.core.problems import Refusal
from smilecity.things.rules.odata.applying import apply
from smilecity.things.rules.odata.expressions import expression, name_of
from smilecity.things.rules.odata.functions import near
from smilecity.things.rules.odata.tokens import MOST_CHARACTERS, Budget, Cursor, quoted
from smilecity.things.rules.odata.tree import Expand, Format, Order, Query

MOST_EXPANDS = 8  # links within links
_MOST = 2**63 - 1

_FORMATS = {"json": "json", "dataarray": "dataArray", "csv": "CSV", "geojson": "GeoJSON"}


def read_query(query: str) -> Query:
    """The query string as it was sent. Raises `Refusal`."""
    budget = Budget()
    said: dict[str, Any] = {}
    for name, value in _parts(query):
        option = _option(name, list(_READERS) + list(_WHOLE), "")
        field = _FIELDS.get(option, option)
        if field in said:
            raise _bad(f"${option}", "is given twice", "Give each option once.")
        if option in _WHOLE:
            said[field] = _WHOLE[option](value)
            continue
        cursor = Cursor(value, f"${option}", budget)
        said[field] = _READERS[option](cursor)
        cursor.end(*_GOES_ON.get(option, ()))
    return Query(**said)


def next_query(query: str, token: str) -> str:
    """The same query string for the page that begins after `token`: without $skip, with $skiptoken."""
    kept = [
        part
        for part in query.split("&")
        if part
        and unquote_plus(part.partition("=")[0]).strip().lstrip("$").lower() not in {"skip", "skiptoken"}
    ]
    return "&".join([*kept, f"$skiptoken={quote(token, safe='')}"])


def _parts(query: str) -> list[tuple[str, str]]:
    if len(query) > 3 * MOST_CHARACTERS:  # each character may be percent-encoded
        raise Refusal(
            "odata.too-costly",
            f"The query is longer than {3 * MOST_CHARACTERS} characters.",
            cure="Ask for less at once.",
        )
    try:
        pairs = [part.partition("=") for part in query.split("&") if part]
        return [
            (unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict"))
            for name, _, value in pairs
        ]
    except UnicodeDecodeError as error:
        raise Refusal(
            "odata.syntax", "The query is not UTF-8.", cure="Percent-encode the address as UTF-8."
        ) from error


def _option(name: str, known: list[str], where: str) -> str:
    """The option's name in small letters, without the dollar."""
    option = name.strip().removeprefix("$").lower()
    if option in known:
        return option
    dollars = [f"${one}" for one in known]
    raise Refusal(
        "odata.bad-option",
        f"There is no option {quoted(name)}{where}.",
        cure=near(f"${option}", dollars) or f"Known are {', '.join(dollars)}.",
        field=name[:40],
    )


def _bad(field: str, sentence: str, cure: str = "") -> Refusal:
    return Refusal("odata.bad-option", f"{field} {sentence}.", cure=cure, field=field)


def _select(cursor: Cursor) -> tuple[tuple[str, ...], ...]:
    """`name,properties/owner`; `*` is everything, as if nothing had been said."""
    if cursor.passes("*"):
        return ()
    found = [_names(cursor)]
    while cursor.passes(","):
        found.append(_names(cursor))
    return tuple(found)


def _names(cursor: Cursor) -> tuple[str, ...]:
    """`properties/owner/name`."""
    parts = []
    while True:
        if cursor.now.kind not in {"name", "step"}:
            raise cursor.wrong("a name")
        cursor.spend()
        parts.append(name_of(cursor.step()))
        if not cursor.passes("/"):
            return tuple(parts)


def _orderby(cursor: Cursor) -> tuple[Order, ...]:
    found = []
    while True:
        by = expression(cursor)
        descending = cursor.word() == "desc"
        if cursor.word() in {"asc", "desc"}:
            cursor.step()
        found.append(Order(by, descending))
        if not cursor.passes(","):
            return tuple(found)


def _whole_number(cursor: Cursor) -> int:
    """Not negative. What is beyond 64 bits is as good as the greatest number there."""
    token = cursor.now
    if cursor.sees("-"):
        raise _bad(cursor.field, "cannot be negative", "Give a whole number from 0.")
    if token.kind != "number" or not token.text.isdigit():
        raise cursor.wrong("a whole number from 0")
    cursor.step()
    return min(int(token.text), _MOST) if len(token.text) < 20 else _MOST


def _truth(cursor: Cursor) -> bool:
    word = cursor.word()
    if word not in {"true", "false"}:
        raise cursor.wrong("true or false")
    cursor.step()
    return word == "true"


def _expand(cursor: Cursor, depth: int = 1) -> tuple[Expand, ...]:
    """`Datastreams($top=1;$expand=Observations),Locations`; items that share their first links become one."""
    found: dict[str, Expand] = {}
    while True:
        item = _expanded(cursor, depth)
        twin = found.get(item.link)
        found[item.link] = _together(cursor, twin, item) if twin else item
        if not cursor.passes(","):
            return tuple(found.values())


def _expanded(cursor: Cursor, depth: int) -> Expand:
    token = cursor.now
    if depth > MOST_EXPANDS:
        raise cursor.too_costly(f"more than {MOST_EXPANDS} links expanded within each other")
    if token.kind not in {"name", "step"}:
        raise cursor.wrong("a link's name")
    cursor.spend()
    cursor.step()
    if cursor.passes("/"):
        return Expand(token.text, Query(expand=(_expanded(cursor, depth + 1),)), token.at)
    return Expand(token.text, _nested(cursor, depth) if cursor.passes("(") else Query(), token.at)


def _nested(cursor: Cursor, depth: int) -> Query:
    """The options after the parenthesis, up to its end."""
    said: dict[str, Any] = {}
    while not cursor.passes(")"):
        if cursor.now.kind != "name":
            raise cursor.wrong("an option, as $select")
        token = cursor.now
        option = _option(token.text, _NESTED, " within $expand")
        cursor.step()
        cursor.must_pass("=")
        if option in said:
            raise cursor.refusal("odata.bad-option", token.at, f"${option} is given twice.")
        said[option] = _expand(cursor, depth + 1) if option == "expand" else _READERS[option](cursor)
        if not cursor.sees(")"):
            cursor.must_pass(";", "')'", *_GOES_ON.get(option, ()))
    return Query(**said)


def _together(cursor: Cursor, one: Expand, other: Expand) -> Expand:
    """`Datastreams/Sensor,Datastreams/Observations` as one link with two below it."""
    bare, rich = (one, other) if one.query == Query(expand=one.query.expand) else (other, one)
    if bare.query != Query(expand=bare.query.expand) or (one.query == other.query == Query()):
        raise cursor.refusal(
            "odata.bad-option", other.at, f"{one.link} is expanded twice.", "Put both together."
        )
    below = {item.link: item for item in one.query.expand}
    for item in other.query.expand:
        twin = below.get(item.link)
        below[item.link] = _together(cursor, twin, item) if twin else item
    return replace(one, query=replace(rich.query, expand=tuple(below.values())))


def _result_format(value: str) -> Format:
    found = _FORMATS.get(value.strip().lower())
    if found is None:
        raise _bad(
            "$resultFormat",
            f"cannot be {quoted(value)}",
            near(value.strip().lower(), list(_FORMATS)) or "Known are json, dataArray, CSV and GeoJSON.",
        )
    return cast("Format", found)


def _after(value: str) -> str:
    if len(value) > MOST_CHARACTERS or not value.isascii() or not value.isprintable():
        raise _bad("$skiptoken", "is not one of ours", "Follow @iot.nextLink as it is.")
    return value


_READERS: dict[str, Callable[[Cursor], Any]] = {
    "filter": expression,
    "select": _select,
    "orderby": _orderby,
    "top": _whole_number,
    "skip": _whole_number,
    "count": _truth,
    "expand": _expand,
    "apply": apply,
}
_WHOLE: dict[str, Callable[[str], Any]] = {"resultformat": _result_format, "skiptoken": _after}
_FIELDS = {"resultformat": "result_format", "skiptoken": "after"}
_NESTED = [name for name in _READERS if name != "apply"]
_GOES_ON = {
    "filter": ("an operator",),
    "select": ("','",),
    "orderby": ("asc", "desc", "','", "an operator"),
    "expand": ("'('", "'/'", "','"),
    "apply": ("'/'",),
}
