# SPDX-License-Identifier: EUPL-1.2
"""How a list is told: as JSON, as the standard's data array (18-088, 14.1), as a table, as GeoJSON, as addresses."""

from collections.abc import Callable
from dataclasses import dataclass

import orjson

from smilecity.core.problems import Refusal
from smilecity.things.reads.sensorthings import bodies, scopes
from smilecity.things.reads.sensorthings.columns import TABLES, Column
from smilecity.things.reads.sensorthings.expressions.values import Context
from smilecity.things.reads.sensorthings.lists import Listed
from smilecity.things.reads.sensorthings.scopes import Scope
from smilecity.things.reads.sensorthings.text import BASE, Piece, Text, joined, literal
from smilecity.things.rules.entities import Kind
from smilecity.things.rules.odata.tree import Query

LINE = "\r\n"  # RFC 4180
# Spreadsheets take a cell that begins so for a formula.
FORMULA = r"E'^[=+\\-@\\t\\r\\n]'"

GEOMETRIES = {
    "Location": "location",
    "FeatureOfInterest": "feature",
    "Datastream": "observedArea",
    "MultiDatastream": "observedArea",
}


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the items of a list, put there by the door: the database would copy them all once more.

    `counted` stands before the count of all, if it is told; `ends` follows the link to the next page.
    """

    before: bytes = b"{"
    counted: bytes = b'"@iot.count":'
    opens: bytes = b'"value":['
    closes: bytes = b"]"
    ends: bytes = b"}"


ENTITIES = Around()


@dataclass(frozen=True, slots=True)
class Form:
    """A way of telling: SQL for one `row`, and what stands `around` the rows.

    `items` puts the rows together, if not by commas. `select`, given the SQL for the items and the list, makes the query
    over `r`; `beside` is one more column for it (`g`).
    """

    row: str
    around: Around = ENTITIES
    items: str = ""
    media: str = "application/json"
    beside: str = ""
    select: Callable[[str, Listed], str] | None = None


def quoted(text: str) -> str:
    """The text as a JSON string."""
    return orjson.dumps(text).decode()


def entities(row: str) -> Form:
    """As the standard writes it."""
    return Form(row)


def references(scope: Scope) -> Form:
    """`$ref`: addresses alone."""
    return Form(joined(bodies.reference(scope.kind, scope.alias)))


def data_array(scope: Scope, query: Query) -> Form:
    """Rows of values by datastream, in the order of the first of each."""
    if scope.kind.name != "Observation":
        raise _unfit("dataArray is for Observations", "Ask for JSON.")
    if query.expand:
        raise _unfit("$expand has no place in a dataArray", "Leave it out, or ask for JSON.")
    names = _names(scope.kind, query)
    cells: list[Piece] = []
    for name in names:
        shown = (
            _id(scope)
            if name == "id"
            else bodies.json(bodies.column_of(scope.kind, name, query), scope.alias)
        )
        cells += [Text("," if cells else "["), f"coalesce(({shown})::text, 'null')"]
    cells.append(Text("]"))
    heads = ",".join(quoted(name) for name in names)
    group: list[Piece] = [
        Text('{"'),
        "CASE WHEN d.multi THEN 'MultiDatastream' ELSE 'Datastream' END",
        Text(f'@iot.navigationLink":"{BASE}/'),
        "CASE WHEN d.multi THEN 'MultiDatastreams' ELSE 'Datastreams' END",
        Text("("),
        "b.g",
        Text(f')","components":[{heads}],"dataArray@iot.count":'),
        "b.many",
        Text(',"dataArray":['),
        "b.items",
        Text("]}"),
    ]

    def select(items: str, found: Listed) -> str:
        return (
            f"SELECT {items} AS items, (SELECT {found.next} FROM r) AS next, {found.count} AS count FROM ("  # noqa: S608
            f"SELECT {joined(group)} AS told, b.first FROM (SELECT r.g, count(*) AS many, min(r.n) AS first,"
            f" string_agg(r.j, ',' ORDER BY r.n) AS items FROM r WHERE r.n <= {found.top} GROUP BY r.g) AS b"
            " JOIN things_datastream AS d ON d.id = b.g) AS t"
        )

    return Form(
        joined(cells),
        beside=f"{scope.alias}.datastream_id",
        items="string_agg(t.told, ',' ORDER BY t.first)",
        select=select,
    )


def csv(context: Context, scope: Scope, query: Query) -> Form:
    """A table with a header; links to one that are expanded add their columns. JSON is in cells as it is."""
    heads, cells = _cells(context, scope, query, "")
    row = _line(cells)
    header = ",".join(heads) + LINE
    return Form(
        row,
        Around(header.encode(), b"", b"", b"", b""),
        items=f"string_agg(r.j, {_line_end()}) FILTER (WHERE r.n <= {_top(scope, query)}) || {_line_end()}",
        media="text/csv; charset=utf-8; header=present",
    )


def geojson(scope: Scope, query: Query) -> Form:
    """A FeatureCollection (RFC 7946): each entity a feature, its other properties those of the feature."""
    kind = scope.kind
    if kind.name != "Thing" and kind.name not in GEOMETRIES:
        raise _unfit(
            f"{kind.plural} have no place",
            "Ask for GeoJSON of Locations, Things, FeaturesOfInterest or Datastreams.",
        )
    if query.expand:
        raise _unfit("$expand has no place in GeoJSON", "Leave it out, or ask for JSON.")
    shape = GEOMETRIES.get(kind.name, "")
    geometry = (
        _where(scope)
        if kind.name == "Thing"
        else _bare(scope.table.columns[shape].value.format(a=scope.alias))
    )
    chosen = bodies.choice(kind, query)
    names = [
        one.name for one in kind.properties if one.name != shape and (chosen is None or one.name in chosen)
    ]
    told: list[Piece] = []
    for name in names:
        shown = bodies.json(bodies.column_of(scope.kind, name, query), scope.alias)
        told.append(literal(f",{quoted(name)}:") + f" || {shown}")
    row = joined(
        [
            Text('{"type":"Feature","id":'),
            _id(scope),
            Text(',"geometry":'),
            f"coalesce(({geometry})::text, 'null')",
            Text(',"properties":{"@iot.selfLink":"'),
            *bodies.address(kind, scope.alias),
            Text('"'),
            *told,
            Text("}}"),
        ]
    )
    return Form(
        row,
        Around(b'{"type":"FeatureCollection",', b'"numberMatched":', b'"features":['),
        media="application/geo+json",
    )


def _cells(context: Context, scope: Scope, query: Query, prefix: str) -> tuple[list[str], list[str]]:
    """The names of the columns, and SQL for each cell."""
    heads, cells = [], []
    for name in _names(scope.kind, query):
        heads.append(prefix + name)
        cells.append(_id(scope) if name == "id" else _cell(scope, bodies.column_of(scope.kind, name, query)))
    for item in query.expand:
        link = scope.kind.link(item.link)
        if link is None or link.many:
            raise _unfit(
                f"'{item.link[:60]}' is no link to one entity, so it has no place in a table",
                "Leave it out of $expand, or ask for JSON.",
            )
        context.join(item.at)
        far = scopes.linked(context, scope.kind, scope.alias, item.link)
        more, below = _cells(context, far, item.query, f"{prefix}{item.link}/")
        heads += more
        empty = literal("," * (len(more) - 1))
        # One subquery for all cells of the link: its commas are within it.
        cells.append(f"coalesce((SELECT {_line(below)} {far.found()} LIMIT 1), {empty})")
    return heads, cells


def _line(cells: list[str]) -> str:
    pieces: list[Piece] = []
    for number, cell in enumerate(cells):
        pieces += [Text(","), cell] if number else [cell]
    return joined(pieces)


def _cell(scope: Scope, column: Column) -> str:
    """A number or a time as it is; a text in quotation marks, and never a formula."""
    plain = bodies.plain(column, scope.alias)
    if column.type in ("instant", "time", "period", "number", "bool"):
        return plain
    if column.type == "result":
        number, other = (said.format(a=scope.alias) for said in (column.value, column.other))
        return f"coalesce(({number})::text, {_quoted(f'({other}) #>> ARRAY[]::text[]')})"
    return _quoted(plain)


def _quoted(sql: str) -> str:
    guarded = f"CASE WHEN ({sql}) ~ {FORMULA} THEN '''' || ({sql}) ELSE {sql} END"
    return f"'\"' || replace({guarded}, '\"', '\"\"') || '\"'"


def _names(kind: Kind, query: Query) -> list[str]:
    """The columns of a table or data array, in the order of `$select` if there is one."""
    if bodies.choice(kind, query) is None:
        return ["id", *(one.name for one in kind.properties)]
    chosen = ["id" if path[0] in bodies.IDS else path[0] for path in query.select]
    known = {"id", *(one.name for one in kind.properties)}
    return [name for name in dict.fromkeys(chosen) if name in known] or ["id"]


def _where(scope: Scope) -> str:
    """The place of a thing: that of its location, or all of them together."""
    join = TABLES["Thing"].links["Locations"]
    near = join.condition.format(a=scope.alias, b=f"{scope.alias}_w", t=f"{scope.alias}_v")
    one = _bare(f"{scope.alias}_w.location")
    return (
        "(SELECT CASE WHEN count(*) > 1 THEN jsonb_build_object('type', 'GeometryCollection', 'geometries',"  # noqa: S608
        f" jsonb_agg({one})) ELSE min(({one})::text)::jsonb END FROM things_location AS {scope.alias}_w"
        f" CROSS JOIN {join.through.format(t=f'{scope.alias}_v')} WHERE {near})"
    )


def _bare(sql: str) -> str:
    """The geometry itself, where a whole feature is stored."""
    return f"CASE WHEN ({sql}) ->> 'type' = 'Feature' THEN ({sql}) -> 'geometry' ELSE {sql} END"


def _id(scope: Scope) -> str:
    return scope.table.id.format(a=scope.alias)


def _line_end() -> str:
    return "E'\\r\\n'"


def _top(scope: Scope, query: Query) -> int:
    from smilecity.things.reads.sensorthings.lists import top_of

    return top_of(scope.kind, query)


def _unfit(sentence: str, cure: str) -> Refusal:
    return Refusal("odata.bad-option", f"$resultFormat: {sentence}.", cure=cure, field="$resultFormat")
