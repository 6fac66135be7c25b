# SPDX-License-Identifier: EUPL-1.2
"""A request becomes one statement, and its one row is the answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from smilecity.core.problems import Refusal
from smilecity.things.reads.sensorthings import bodies, etags, formats, lists, scopes
from smilecity.things.reads.sensorthings.expressions.values import Context
from smilecity.things.reads.sensorthings.geography import ShapeQuestion
from smilecity.things.reads.sensorthings.paging import Type
from smilecity.things.reads.sensorthings.scopes import Scope
from smilecity.things.reads.sensorthings.text import Text, joined, literal
from smilecity.things.rights import Sight
from smilecity.things.rules.odata.tree import Path, Query, Request

Answer = Literal["entity", "list", "text", "value"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement with its named parameters; those of the path's ids (`scopes.name_of_step`) come with each call.

    No row means that there is no such place. What its row holds depends on `answer`:
    `list`: the items (null: none), the token of the next page or null, and how many there are in all, if that is asked;
    `around` says what stands around them.
    `entity`: the answer, and the hash of the stored row.
    `text`: the answer (null: there is nothing), of the media type `media`; `value` the same in JSON.

    `shapes` are resolved before, each into the parameter of its name. `mark` and `types` belong to the order of a list:
    they tell a place in it (`after0` ...) from one in another.
    """

    text: str
    answer: Answer
    parameters: dict[str, Any] = field(default_factory=dict)
    shapes: tuple[ShapeQuestion, ...] = ()
    media: str = "application/json"
    around: formats.Around = formats.ENTITIES
    mark: str = ""
    types: tuple[tuple[Type, bool], ...] = ()


def compile(request: Request, sight: Sight, nulls: Sequence[bool] | None = None) -> Statement:  # noqa: A001 - what it does
    """The statement for a request that has a step. `nulls`: which values of the place after which to go on are null."""
    context = Context(sight)
    made = _compiled(context, request, nulls)
    steps = {scopes.name_of_step(number) for number in range(len(request.path.steps))}
    known = {name: value for name, value in context.parameters.items() if name not in steps}
    return replace(made, parameters=known, shapes=tuple(context.shapes))


def _compiled(context: Context, request: Request, nulls: Sequence[bool] | None) -> Statement:
    path, query = request.path, request.query
    scope = scopes.walk(context, path.steps)
    if query.apply is not None:
        from smilecity.things.reads.sensorthings import aggregates

        return aggregates.compile(request, scope, context, nulls)
    if path.end in ("property", "$value"):
        return _property(scope, path)
    if path.end == "$count":
        return Statement(
            _guarded(scope, f"SELECT {lists.counted(context, scope, query)}::text AS body"),
            "text",
            media="text/plain",
        )
    if not is_collection(scope, path):
        return _entity(context, scope, query, reference=path.end == "$ref")
    return _list(context, scope, query, nulls, reference=path.end == "$ref")


def is_collection(scope: Scope, path: Path) -> bool:
    """Whether the path leads to many."""
    last = path.steps[-1]
    return last.id is None and last.name == scope.kind.plural


def _entity(context: Context, scope: Scope, query: Query, *, reference: bool) -> Statement:
    _only_of_lists(query)
    if reference:
        body = joined(bodies.reference(scope.kind, scope.alias))
    else:
        body = lists.entity(context, scope, query, 1)
    row = etags.ROW[scope.kind.name].format(a=scope.alias)
    guard = (scope.guard,) if scope.guard else ()
    return Statement(f"SELECT {body} AS body, {row} AS row {scope.found(*guard)}", "entity")


def _property(scope: Scope, path: Path) -> Statement:
    guard = (scope.guard,) if scope.guard else ()
    name, *inside = path.property
    if name in bodies.IDS:
        plain = shown = f"{scope.table.id.format(a=scope.alias)}::text"
        name = "@iot.id"
    else:
        column = scope.table.columns[name]
        plain, shown = bodies.plain(column, scope.alias), bodies.json(column, scope.alias)
        if inside:
            way = "ARRAY[" + ", ".join(literal(part) for part in inside) + "]"
            plain, shown = f"({shown})::jsonb #>> {way}", f"(({shown})::jsonb #> {way})::text"
    if path.end == "$value":
        return Statement(f"SELECT {plain} AS body {scope.found(*guard)}", "text", media="text/plain")
    told = joined([Text("{" + formats.quoted(inside[-1] if inside else name) + ":"), "v.shown", Text("}")])
    return Statement(
        f"SELECT CASE WHEN v.shown <> 'null' THEN {told} END AS body"  # noqa: S608
        f" FROM (SELECT {shown} AS shown {scope.found(*guard)}) AS v",
        "value",
    )


def _list(
    context: Context, scope: Scope, query: Query, nulls: Sequence[bool] | None, *, reference: bool
) -> Statement:
    rows = lists.spent(max(1, lists.top_of(scope.kind, query)))
    if reference:
        form = formats.references(scope)
    elif query.result_format == "json":
        form = formats.entities(lists.entity(context, scope, query, rows))
    elif query.result_format == "dataArray":
        form = formats.data_array(scope, query)
    elif query.result_format == "CSV":
        form = formats.csv(context, scope, query)
    else:
        form = formats.geojson(scope, query)
    alone = not form.items and not form.select
    found = lists.listed(context, scope, query, form.row, nulls=nulls, beside=form.beside, alone=alone)
    items = form.items or found.items
    text = (
        f"WITH r AS MATERIALIZED (SELECT * FROM {found.rows} AS q) {form.select(items, found)}"  # noqa: S608
        if form.select
        else f"SELECT {items} AS items, {found.next} AS next, {found.count} AS count FROM {found.rows} AS r"  # noqa: S608
    )
    return Statement(
        _guarded(scope, text),
        "list",
        media=form.media,
        around=form.around,
        mark=found.mark,
        types=tuple((key.type, key.nullable) for key in found.keys),
    )


def _guarded(scope: Scope, text: str) -> str:
    return f"SELECT g.* FROM ({text}) AS g WHERE {scope.guard}" if scope.guard else text  # noqa: S608


def _only_of_lists(query: Query) -> None:
    """Refuses what has no meaning for one entity."""
    said = [
        name
        for name, value in (
            ("$filter", query.filter),
            ("$orderby", query.orderby),
            ("$top", query.top is not None),
            ("$skip", query.skip),
            ("$count", query.count),
            ("$skiptoken", query.after),
            ("$resultFormat", query.result_format in ("dataArray", "CSV")),
        )
        if value
    ]
    if said:
        raise Refusal(
            "odata.bad-option",
            f"{said[0]} is for lists; this is one entity.",
            cure="Leave it out, or ask for the whole set.",
            field=said[0],
        )
