# SPDX-License-Identifier: EUPL-1.2
"""Keyset paging: a next link carries the last row's place in the order, so that page 10,000 costs what page 1 costs.

Whatever comes or goes between two pages, nothing is shown twice, and nothing is left out that was there all the time.
"""

import base64
import binascii
import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import orjson

from smilecity.core.problems import Refusal

Type = Literal["whole", "text", "number", "instant", "bool", "json", "exact", "duration"]
CASTS: dict[Type, str] = {
    "whole": "bigint",
    "text": "text",
    "number": "double precision",
    "instant": "timestamptz",
    "bool": "boolean",
    "json": "jsonb",
    "exact": "numeric",
    "duration": "interval",
}
SPELLED = {"json", "exact", "duration"}
"""Types whose values a token holds as PostgreSQL's text, for JSON cannot hold all of them."""

PLAIN = {"whole", "instant"}
"""Types whose values stand in a token as they are: a place in a list within a list is written for each, and to write
JSON in base64 took ten times as long."""

MOST_ID = 2**63
_BETWEEN = "~"  # not of base64
_WHOLE = re.compile(r"-?[0-9]{1,19}")
_SECONDS = re.compile(r"-?[0-9]{1,12}\.[0-9]{6}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an order. As OData has it, null comes before everything else, or descending after it."""

    sql: str
    type: Type
    descending: bool = False
    nullable: bool = True

    def ordered(self) -> str:
        """For ORDER BY. Where there is no null, the order is said as an index has it."""
        direction = "DESC" if self.descending else "ASC"
        nulls = (" NULLS LAST" if self.descending else " NULLS FIRST") if self.nullable else ""
        return f"{self.sql} {direction}{nulls}"

    @property
    def is_plain(self) -> bool:
        """Whether its value stands in a token as it is."""
        return self.type in PLAIN and not self.nullable


def order_by(keys: Sequence[Key]) -> str:
    """The order."""
    return ", ".join(key.ordered() for key in keys)


def mark(kind: str, order: str) -> str:
    """What tells a place in this order from one in another: what is ordered and how, hashed."""
    return hashlib.blake2s(f"{kind}|{order}".encode(), digest_size=5).hexdigest()


def token(marked: str, keys: Sequence[Key], columns: Sequence[str]) -> str:
    """SQL that writes the place of a row with the keys' values in these columns: as base64, unless all are plain."""
    named = list(zip(keys, columns, strict=True))
    if all(key.is_plain for key in keys):
        plain = [column if key.type == "whole" else f"extract(epoch FROM {column})" for key, column in named]
        return f"concat_ws('{_BETWEEN}', '{marked}', {', '.join(plain)})"
    values = [f"({column})::text" if key.type in SPELLED else column for key, column in named]
    listed = ", ".join((f"'{marked}'::text", *values))
    return (
        f"translate(encode(convert_to(jsonb_build_array({listed})::text, 'UTF8'), 'base64'), E'+/=\\n', '-_')"
    )


def parse(text: str) -> list[Any]:
    """What a token says, without knowing yet which order it belongs to. Refuses what no token ever was."""
    if _BETWEEN in text:
        return [int(one) if _WHOLE.fullmatch(one) else one for one in text.split(_BETWEEN)]
    try:
        said = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        said = None
    if not isinstance(said, list) or len(said) < 2 or not isinstance(said[0], str):
        raise wrong_token()
    return said


def checked(said: list[Any], expected_mark: str, types: Sequence[tuple[Type, bool]]) -> dict[str, Any]:
    """The parameters `after0`, `after1` ... for `behind`. Refuses a token of another order, or a forged one."""
    given = said[1:]
    if said[0] != expected_mark or len(given) != len(types):
        raise wrong_token()
    return {
        f"after{number}": _fitting(value, type_, nullable)
        for number, (value, (type_, nullable)) in enumerate(zip(given, types, strict=True))
    }


def behind(keys: Sequence[Key], nulls: Sequence[bool]) -> str:
    """The condition for rows that come after the place; `nulls` says which of its values are null."""
    if len(keys) != len(nulls):
        raise wrong_token()
    values = [f"%(after{number})s::{CASTS[key.type]}" for number, key in enumerate(keys)]
    first = keys[0]
    if is_even(keys):
        sign = "<" if first.descending else ">"
        row = f"({', '.join(key.sql for key in keys)}) {sign} ({', '.join(values)})"
        # Said once more of the first key alone, because partitions are not pruned by a comparison of rows.
        return f"{first.sql} {sign}= {values[0]} AND {row}" if len(keys) > 1 else row
    return _stepwise(keys, nulls, values)


def is_even(keys: Sequence[Key]) -> bool:
    """Whether none of the keys can be null and all go in one direction, so that rows compare as a whole."""
    return not any(key.nullable or key.descending != keys[0].descending for key in keys)


def from_on(keys: Sequence[Key], found: str, skip: int) -> str:
    """The condition for rows from the one after `skip` others on; only for even keys."""
    columns = ", ".join(key.sql for key in keys)
    sign = "<=" if keys[0].descending else ">="
    return f"({columns}) {sign} (SELECT {columns} {found} ORDER BY {order_by(keys)} LIMIT 1 OFFSET {skip})"


def _stepwise(keys: Sequence[Key], nulls: Sequence[bool], values: Sequence[str]) -> str:
    """After at the first key, or equal there and after at the second, and so on."""
    ways: list[str] = []
    equal: list[str] = []
    for key, null, value in zip(keys, nulls, values, strict=True):
        after = _after(key, value, null=null)
        if after:
            ways.append(" AND ".join([*equal, after]))
        equal.append(f"{key.sql} IS NULL" if null else f"{key.sql} = {value}")
    return "(" + " OR ".join(f"({way})" for way in ways) + ")" if ways else "false"


def _after(key: Key, value: str, *, null: bool) -> str:
    if null:
        return "" if key.descending else f"{key.sql} IS NOT NULL"
    if not key.descending:
        return f"{key.sql} > {value}"
    return f"({key.sql} < {value} OR {key.sql} IS NULL)" if key.nullable else f"{key.sql} < {value}"


def _fitting(value: Any, type_: Type, nullable: bool) -> Any:
    """The value as a parameter; refuses one that this type of key never had."""
    if value is None and nullable:
        return None
    if type_ == "whole" and isinstance(value, int) and not isinstance(value, bool) and abs(value) < MOST_ID:
        return value
    if type_ == "number" and isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    if type_ == "bool" and isinstance(value, bool):
        return value
    if (type_ == "text" or type_ in SPELLED) and isinstance(value, str) and "\0" not in value:
        return value
    if type_ == "instant" and isinstance(value, str):
        return _moment(value)
    raise wrong_token()


def _number(value: float) -> float:
    try:
        found = float(value)
    except OverflowError as error:
        raise wrong_token() from error
    if not math.isfinite(found):
        raise wrong_token()
    return found


def _moment(text: str) -> datetime:
    try:
        if _SECONDS.fullmatch(text):
            return _EPOCH + timedelta(microseconds=int(text.replace(".", "")))
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise wrong_token() from error
    if found.tzinfo is None:
        raise wrong_token()
    return found


def wrong_token() -> Refusal:
    """The refusal of a place that was not given out for this order."""
    return Refusal(
        "odata.bad-option",
        "$skiptoken is not one that was given out for this list.",
        cure="Follow @iot.nextLink as it is, or begin without $skiptoken.",
        field="$skiptoken",
    )
