# SPDX-License-Identifier: EUPL-1.2
"""In which order a list is told: what `$orderby` says, and always a last key that no two entities share."""

from collections.abc import Sequence

from smilecity.core.problems import Refusal
from smilecity.things.reads.sensorthings import written
from smilecity.things.reads.sensorthings.bodies import IDS, MAY_MISS, OWNERS
from smilecity.things.reads.sensorthings.expressions import compile as compile_expression
from smilecity.things.reads.sensorthings.expressions.values import Context, Sql
from smilecity.things.reads.sensorthings.paging import Key, Type
from smilecity.things.reads.sensorthings.scopes import Scope
from smilecity.things.rules.odata.tree import Expression, Member, Order

BY_TIME = "phenomenonTime,id"

_TYPES: dict[str, Type] = {
    "text": "text",
    "instant": "instant",
    "time": "instant",
    "period": "instant",
    "bool": "bool",
    "json": "json",
    "duration": "duration",
}
_NUMBERS: dict[str, Type] = {"int": "whole", "float": "number", "exact": "exact"}


def keys(context: Context, scope: Scope, orderby: Sequence[Order]) -> tuple[tuple[Key, ...], str]:
    """The keys, and the order in words, by which a place in it is told from one in another."""
    id_ = scope.table.id.format(a=scope.alias)
    if not orderby:
        first, said = _by_nature(scope)
        return (*first, Key(id_, "whole", nullable=False)), said
    context.field = "$orderby"
    found = [key for one in orderby for key in _keys(context, scope, one)]
    if not any(key.sql == id_ for key in found):
        # In the direction of the key before it, so that an index serves backwards too.
        found.append(Key(id_, "whole", orderby[-1].descending, nullable=False))
    return tuple(found), written.orderby(tuple(orderby))


def _by_nature(scope: Scope) -> tuple[tuple[Key, ...], str]:
    if scope.order:
        return (Key(scope.order, "whole", nullable=False),), "order"
    if scope.kind.name == "Observation" and scope.owner in OWNERS:
        return (Key(f"{scope.alias}.phenomenon_time", "instant", nullable=False),), BY_TIME
    return (), "id"


def _keys(context: Context, scope: Scope, order: Order) -> list[Key]:
    by = order.by
    if isinstance(by, Member) and len(by.path) == 1 and by.path[0] in IDS:
        return [Key(scope.table.id.format(a=scope.alias), "whole", order.descending, nullable=False)]
    found = compile_expression(by, scope.kind.name, scope.alias, context)
    nullable = not _is_certain(scope, by)
    if found.type == "null" or found.text in ("false", "true"):
        return []  # the same for all
    if found.type == "result":
        return [
            Key(f"({found.text})", "number", order.descending),
            Key(f"({found.other})", "json", order.descending),
        ]
    if found.type == "json":
        return [Key(f"nullif({found.text}, 'null'::jsonb)", "json", order.descending)]
    return [Key(_bare(found), _type(found), order.descending, nullable)]


def _bare(found: Sql) -> str:
    """Without parentheses where none are needed, so that the key reads as the index's column."""
    return found.text if found.text.replace(".", "").replace("_", "").isalnum() else f"({found.text})"


def _is_certain(scope: Scope, by: Expression) -> bool:
    """Whether there is no entity without it."""
    if not isinstance(by, Member) or len(by.path) != 1:
        return False
    described = scope.kind.property(by.path[0])
    return (
        described is not None
        and described.type in ("text", "instant", "time")
        and (scope.kind.name, by.path[0]) not in MAY_MISS
    )


def _type(found: Sql) -> Type:
    if found.type == "number":
        return _NUMBERS[found.form]
    type_ = _TYPES.get(found.type)
    if type_ is None:
        raise Refusal(
            "odata.wrong-type",
            "A geometry has no order.",
            cure="Order by geo.distance from a point.",
            field="$orderby",
        )
    return type_
