# SPDX-License-Identifier: EUPL-1.2
"""Keyset paging: page 10,000 costs what page 1 costs, and no row is shown twice when others come and go."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson
from django.db.models import F, ForeignKey, IntegerField, Model, QuerySet
from django.db.models.expressions import Value
from django.db.models.fields.tuple_lookups import TupleGreaterThan
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal

Row = TypeVar("Row", bound=Model)
MOST = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """`after` is the cursor for the next page, or empty at the end."""

    items: list[Row]
    after: str


def page(
    rows: QuerySet[Row], keys: tuple[str, ...], *, after: str = "", size: int = 50, most: int = MOST
) -> Page[Row]:
    """One page of `rows` ordered by `keys` (ascending, together unique); `size` is capped at `most`.

    Refuses a cursor that was not given out by this function for the same keys.
    """
    size = max(1, min(size, most))
    if after:
        rows = rows.filter(_behind(keys, _decode(after, [_is_integer(rows, key) for key in keys])))
    found = list(rows.order_by(*keys)[: size + 1])
    if len(found) <= size:
        return Page(found, "")
    return Page(found[:size], _encode([_value(found[size - 1], key) for key in keys]))


def last_shown(rows: QuerySet[Row], keys: tuple[str, ...], after: str) -> list[Any]:
    """The keys of the last row before this page, empty on the first; refuses what `page` refuses."""
    return _decode(after, [_is_integer(rows, key) for key in keys]) if after else []


def _behind(keys: tuple[str, ...], values: list[Any]) -> Any:
    return TupleGreaterThan(tuple(F(key) for key in keys), tuple(Value(value) for value in values))


def _value(row: Any, key: str) -> Any:
    for part in key.split("__"):
        row = getattr(row, part)
    return row


def _encode(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def _is_integer(rows: QuerySet[Any], key: str) -> bool:
    """Whether this key is a whole number in the database."""
    found = rows.query.clone().resolve_ref(key).output_field
    return isinstance(found, IntegerField | ForeignKey)


def _decode(cursor: str, integers: list[bool]) -> list[Any]:
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        values = None
    if not isinstance(values, list) or len(values) != len(integers) or not all(map(_fits, values, integers)):
        raise Refusal(
            "paging.bad-cursor",
            _("Diese Seite der Liste gibt es nicht."),
            cure=_("Beginnen Sie am Anfang der Liste."),
            field="after",
        )
    return values


def _fits(value: Any, integer: bool) -> bool:
    """Whether the database can compare the value with its column at all."""
    if integer:
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63
    return isinstance(value, str) and "\0" not in value
