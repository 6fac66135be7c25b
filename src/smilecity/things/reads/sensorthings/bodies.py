# SPDX-License-Identifier: EUPL-1.2
"""One entity as the standard writes it (18-088, 9.2.2): its properties, its links, and what is expanded of it."""

from collections.abc import Sequence
from dataclasses import replace

from smilecity.core.problems import Refusal
from smilecity.things.reads.sensorthings.columns import TABLES, Column
from smilecity.things.reads.sensorthings.text import (
    BASE,
    Piece,
    Text,
    instant,
    instant_pieces,
    joined,
    literal,
    period,
    time,
)
from smilecity.things.rules.entities import Kind
from smilecity.things.rules.odata.functions import near
from smilecity.things.rules.odata.tree import Query

# What may be missing is left out; what the standard wants in any case is null.
MAY_MISS = {
    ("Datastream", "observedArea"),
    ("Datastream", "phenomenonTime"),
    ("Datastream", "resultTime"),
    ("MultiDatastream", "observedArea"),
    ("MultiDatastream", "phenomenonTime"),
    ("MultiDatastream", "resultTime"),
    ("Observation", "resultTime"),
    ("Observation", "resultQuality"),
    ("Observation", "validTime"),
    ("Observation", "parameters"),
}
NULL_IF_MISSING = {("Observation", "resultTime")}
IDS = {"id", "@iot.id"}
_EMPTY = "jsonb_build_object()"
OWNERS = ("Datastream", "MultiDatastream")


def address(kind: Kind, alias: str) -> list[Piece]:
    """Where the entity is: `.../Things(5)`."""
    return [Text(f"{BASE}/{kind.plural}("), TABLES[kind.name].id.format(a=alias), Text(")")]


def entity(kind: Kind, alias: str, query: Query, expanded: list[list[Piece]], owner: str = "") -> list[Piece]:
    """The entity of the kind at the alias, as JSON.

    `expanded` is what is written for the query's `$expand`, each part with its comma before it; `owner` is the kind from
    which the entity was reached, if that is known.
    """
    chosen = choice(kind, query)
    here = address(kind, alias)
    parts: list[list[Piece]] = []
    if chosen is None or chosen & IDS:
        parts.append([Text('"@iot.id":'), here[1]])
    if chosen is None or "@iot.selfLink" in chosen:
        parts.append([Text('"@iot.selfLink":"'), *here, Text('"')])
    optional: list[list[Piece]] = []
    missing: list[Column] = []
    for one in kind.properties:
        if chosen is None or one.name in chosen:
            column = column_of(kind, one.name, query)
            if (kind.name, one.name) in MAY_MISS - NULL_IF_MISSING:
                comma = literal(f',"{one.name}":')
                optional.append([f"{comma} || {json(column, alias)}"])
                missing.append(column)
            else:
                null = (kind.name, one.name) in NULL_IF_MISSING
                parts.append([Text(f'"{one.name}":'), *_shown(column, alias, null=null)])
    if kind.name == "Observation" and missing:
        optional = [[_seldom(optional, missing, alias)]]
    shown_whole = {item.link for item in query.expand}
    links = [one.name for one in kind.links if one.name not in shown_whole]
    links = [name for name in links if chosen is None or name in chosen]
    optional += _links(kind, alias, links, here, owner)
    return _object(parts, [*optional, *expanded])


def reference(kind: Kind, alias: str) -> list[Piece]:
    """The entity by its address alone, for `$ref`."""
    return [Text('{"@iot.selfLink":"'), *address(kind, alias), Text('"}')]


def choice(kind: Kind, query: Query) -> set[str] | None:
    """What `$select` names; None is everything. Refuses what the kind does not have."""
    if not query.select:
        return None
    links = [link.name for link in kind.links]
    names = [one.name for one in kind.properties]
    for path in query.select:
        if path[0] in IDS or path[0] == "@iot.selfLink" or path[0] in links or path[0] in names:
            continue
        raise Refusal(
            "odata.unknown-property",
            f"$select: a {kind.name} has no property '{path[0][:60]}'.",
            cure=near(path[0], ["id", *names, *links]) or f"It has {', '.join(['id', *names, *links])}.",
            field="$select",
        )
    return {path[0] for path in query.select}


def column_of(kind: Kind, name: str, query: Query) -> Column:
    """The property, of JSON only those members that `$select` names (`properties/a`)."""
    column = TABLES[kind.name].columns[name]
    inside = [path[1:] for path in query.select if path[0] == name]
    if column.type not in ("json", "geometry") or not all(inside) or not inside:
        return column
    picked = _picked(column.value, inside)
    return replace(
        column, value=f"CASE WHEN {column.value} IS NOT NULL THEN coalesce({picked}, {_EMPTY}) END"
    )


def _picked(sql: str, paths: Sequence[Sequence[str]]) -> str:
    """Of a JSON object (a template) the members at the paths, as far as they are there; null if none is."""
    names = dict.fromkeys(path[0] for path in paths)
    members = []
    for name in names:
        said = literal(name).replace("{", "{{").replace("}", "}}")
        below = [path[1:] for path in paths if path[0] == name]
        member = f"({sql}) -> {said}"
        members.append(f"({said}, {_picked(member, below) if all(below) else member})")
    return f"(SELECT jsonb_object_agg(m.k, m.v) FROM (VALUES {', '.join(members)}) AS m (k, v) WHERE m.v IS NOT NULL)"  # noqa: S608


def json(column: Column, alias: str) -> str:
    """The property as JSON text in SQL; null if there is none."""
    value, end, other = (said.format(a=alias) for said in (column.value, column.end, column.other))
    match column.type:
        case "text":
            return f"to_json(({value})::text)::text"
        case "instant":
            return f"'\"' || {instant(value)} || '\"'"
        case "time":
            return f"'\"' || {time(value, end)} || '\"'"
        case "period":
            return f"'\"' || {period(value, end)} || '\"'"
        case "result":
            return f"coalesce(({value})::text, ({other})::text)"
        case _:
            return f"({value})::text"


def plain(column: Column, alias: str) -> str:
    """The property as it is, without JSON's quotation marks, for `$value` and tables."""
    value, end, other = (said.format(a=alias) for said in (column.value, column.end, column.other))
    match column.type:
        case "text":
            return f"({value})::text"
        case "instant":
            return instant(value)
        case "time":
            return time(value, end)
        case "period":
            return period(value, end)
        case "result":
            return f"coalesce(({value})::text, ({other}) #>> ARRAY[]::text[])"
        case "json" | "geometry":
            return f"({value}) #>> ARRAY[]::text[]"  # a text in it without quotation marks
        case _:
            return f"({value})::text"


def _object(parts: list[list[Piece]], optional: list[list[Piece]]) -> list[Piece]:
    """A JSON object; each of `optional` begins with its own comma or is nothing at all."""
    pieces: list[Piece] = [Text("{")]
    for number, part in enumerate(parts):
        pieces += [Text(","), *part] if number else part
    rest = [piece for part in optional for piece in part]
    if parts or not rest:
        return [*pieces, *rest, Text("}")]
    # Nothing is certain to come first, so the comma of what does is taken off.
    return [Text("{"), f"substr({joined(rest)}, 2)", Text("}")]


def _seldom(optional: list[list[Piece]], columns: list[Column], alias: str) -> str:
    """What most have nothing of: one look at all columns tells, for a page has thousands of these."""
    none = " AND ".join(f"{column.value.format(a=alias)} IS NULL" for column in columns)
    return f"CASE WHEN NOT ({none}) THEN {joined([piece for part in optional for piece in part])} END"


def _shown(column: Column, alias: str, *, null: bool) -> list[Piece]:
    """As `json` has it (`null` if it is missing), in pieces where a page has thousands of these."""
    value, end, other = (said.format(a=alias) for said in (column.value, column.end, column.other))
    match column.type:
        case "time":
            more = f"CASE WHEN {end} IS NOT NULL THEN '/' || {instant(end)} END"
            return [Text('"'), *instant_pieces(value), more, Text('"')]
        case "result":
            return [value, f"CASE WHEN {value} IS NULL THEN ({other})::text END"]
        case "instant" if null:
            pieces = [Text('"'), *instant_pieces(value), Text('"')]
            return [f"CASE WHEN {value} IS NULL THEN 'null' ELSE {joined(pieces)} END"]
        case _:
            return [json(column, alias)]


def _links(kind: Kind, alias: str, names: list[str], here: list[Piece], owner: str) -> list[list[Piece]]:
    """`,"Datastreams@iot.navigationLink":"..."` of each link; of what an observation has not got, nothing."""
    said = {name: [Text(f',"{name}@iot.navigationLink":"'), *here, Text(f'/{name}"')] for name in names}
    if kind.name != "Observation":
        return list(said.values())
    found: list[list[Piece]] = []
    one, several = (said.get(name, []) for name in OWNERS)
    if owner in OWNERS:
        found.append(said.get(owner, []))
    elif one or several:
        multi = f"(SELECT {alias}_m.multi FROM things_datastream AS {alias}_m WHERE {alias}_m.id = {alias}.datastream_id)"  # noqa: S608
        found.append([f"CASE WHEN {multi} THEN {joined(several)} ELSE {joined(one)} END"])
    if "FeatureOfInterest" in said:
        feature = joined(said["FeatureOfInterest"])
        found.append([f"CASE WHEN {alias}.feature IS NOT NULL THEN {feature} END"])
    return found
