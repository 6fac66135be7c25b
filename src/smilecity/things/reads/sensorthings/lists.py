# SPDX-License-Identifier: EUPL-1.2
"""Lists of entities, and what is expanded of each, to any depth: one query within the other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from smilecity.core.problems import Refusal
from smilecity.things.reads.sensorthings import bodies, newest, order, paging, scopes, written
from smilecity.things.reads.sensorthings.expressions import compile as compile_expression
from smilecity.things.reads.sensorthings.expressions.values import Context
from smilecity.things.reads.sensorthings.paging import Key
from smilecity.things.reads.sensorthings.scopes import Scope
from smilecity.things.reads.sensorthings.text import Piece, Text, joined, literal
from smilecity.things.rules.entities import Kind
from smilecity.things.rules.odata.functions import near
from smilecity.things.rules.odata.tree import Expand, Query

USUAL_TOP = 100
MOST = 1_000
MOST_OBSERVATIONS = 10_000
MOST_ROWS = 2_000_000
"""How many entities an answer may hold at worst, by its $top and those within $expand."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list as parts of SQL: `rows` is a subquery `r` with `j`, an entity, and `n`, its number from 1.

    `items` puts the entities of the page together; `more` says whether there is a next page, `token` where it begins
    (both over all rows), and `next` is that token or null; `count` is of all there are, null if that is not asked.
    """

    rows: str
    top: int
    items: str
    more: str
    token: str
    next: str
    count: str
    mark: str
    keys: tuple[Key, ...]


def listed(
    context: Context,
    scope: Scope,
    query: Query,
    row: str,
    *,
    nulls: Sequence[bool] | None = None,
    beside: str = "",
    alone: bool = False,
) -> Listed:
    """The list of a scope; `row` writes one entity, `beside` is one more column, `nulls` as in `paging.behind`.

    A list that stands `alone`, as text, needs no numbers in its rows where another way to the next page is shorter.
    """
    top = top_of(scope.kind, query)
    keys, said = order.keys(context, scope, query.orderby)
    marked = paging.mark(scope.kind.name, said)
    conditions = filters(context, scope, query)
    count = _count(scope, query, conditions) if query.count else "NULL"
    behind = "" if nulls is None else paging.behind(keys, nulls)
    kept = newest.is_kept(scope, query) and not behind
    columns = [f"{row} AS j", *(f"{key.sql} AS k{number}" for number, key in enumerate(keys))]
    columns += [f"{scope.alias}.count AS many"] if kept else []
    columns += [f"{beside} AS g"] if beside else []
    if kept:
        place = replace(scope, sources=(*scope.sources[:-1], newest.KEPT.format(a=scope.alias)))
    else:
        place = newest.merged(scope, query, keys, behind, top + query.skip + 1)
    conditions = (*conditions, behind) if behind else conditions
    skip = query.skip
    if skip and paging.is_even(keys):
        # Entities that are left out are not written: only their place in the order is looked for.
        conditions, skip = (*conditions, paging.from_on(keys, place.found(*conditions), skip)), 0
    found = f"{', '.join(columns)} {place.found(*conditions)}"
    rows = f"(SELECT 1 AS n, {found})" if kept and scope.owner else _numbered(found, keys, top, skip)
    told = paging.token(marked, keys, [f"r.k{number}" for number in range(len(keys))])
    more = "false" if not top else f"count(*) > {top}" + (" OR max(r.many) > 1" if kept else "")
    token = f"max(CASE WHEN r.n = {top} THEN {told} END)"
    items = f"string_agg(r.j, ',') FILTER (WHERE r.n <= {top})"
    following = f"CASE WHEN {more} THEN {token} END"
    if alone and top and not kept and newest.is_straight(scope, query, keys):
        by = paging.order_by(keys)
        rows = f"(SELECT {row} AS j {place.found(*conditions)} ORDER BY {by} LIMIT {top}{_offset(skip)})"
        items, following = (
            "string_agg(r.j, ',')",
            _further(place.found(*conditions), keys, told, top + skip),
        )
    return Listed(rows, top, items, more, token, following, count, marked, keys)


def _numbered(found: str, keys: Sequence[Key], top: int, skip: int) -> str:
    """One row more than is shown, so that it is known whether there are more."""
    return (
        f"(SELECT p.*, row_number() OVER () AS n FROM (SELECT {found} ORDER BY {paging.order_by(keys)}"  # noqa: S608
        f" LIMIT {top + 1}{_offset(skip)}) AS p)"
    )


def _further(found: str, keys: Sequence[Key], told: str, last: int) -> str:
    """The place of the last row shown, if another comes after it: by the index alone, where that is in order."""
    columns = ", ".join(f"{key.sql} AS k{number}" for number, key in enumerate(keys))
    return (
        f"(SELECT {told} FROM (SELECT q.*, lead(true) OVER () AS goes_on FROM (SELECT {columns} {found}"  # noqa: S608
        f" ORDER BY {paging.order_by(keys)} LIMIT 2{_offset(last - 1)}) AS q) AS r WHERE r.goes_on)"
    )


def _offset(skip: int) -> str:
    return f" OFFSET {skip}" if skip else ""


def top_of(kind: Kind, query: Query) -> int:
    """How many at most; more than allowed is capped, and the next link says that there is more."""
    most = MOST_OBSERVATIONS if kind.name == "Observation" else MOST
    return min(USUAL_TOP if query.top is None else query.top, most)


def filters(context: Context, scope: Scope, query: Query) -> tuple[str, ...]:
    """The condition of `$filter`, if there is one."""
    if query.filter is None:
        return ()
    context.field = "$filter"
    found = compile_expression(query.filter, scope.kind.name, scope.alias, context)
    if found.type not in ("bool", "null"):
        raise Refusal(
            "odata.wrong-type",
            "$filter is no condition.",
            cure="Compare with something, as in result gt 20.",
            field="$filter",
        )
    return (f"({found.text})",)


def counted(context: Context, scope: Scope, query: Query) -> str:
    """How many entities the scope has, by the filter."""
    return _count(scope, query, filters(context, scope, query))


def expanded(context: Context, kind: Kind, alias: str, query: Query, rows: int) -> list[list[Piece]]:
    """What is written of each expanded link of the entity at the alias; `rows` is how many such entities there may be."""
    return [_expand(context, kind, alias, item, rows) for item in query.expand]


def entity(context: Context, scope: Scope, query: Query, rows: int) -> str:
    """SQL that writes one entity of the scope with what is expanded of it."""
    shown = expanded(context, scope.kind, scope.alias, query, rows)
    return joined(bodies.entity(scope.kind, scope.alias, query, shown, scope.owner))


def spent(rows: int) -> int:
    """The number, if an answer may hold as many entities; refuses it otherwise."""
    if rows > MOST_ROWS:
        raise Refusal(
            "odata.too-costly",
            f"With all that is expanded, this answer could hold {rows} entities; {MOST_ROWS} are the most.",
            cure="Say smaller $top, also within $expand.",
            field="$expand",
        )
    return rows


def _expand(context: Context, kind: Kind, alias: str, item: Expand, rows: int) -> list[Piece]:
    link = kind.link(item.link)
    if link is None:
        known = [one.name for one in kind.links]
        raise Refusal(
            "odata.unknown-property",
            f"$expand, character {item.at + 1}: a {kind.name} has no link '{item.link[:60]}'.",
            cure=near(item.link, known) or f"It has {', '.join(known)}.",
            field="$expand",
        )
    context.join(item.at)
    scope = scopes.linked(context, kind, alias, item.link)
    if link.many:
        return _many(context, kind, alias, scope, item, rows)
    text = entity(context, scope, item.query, rows)
    one = f"(SELECT {text} {scope.found(*filters(context, scope, item.query))} LIMIT 1)"
    comma = literal(f',"{item.link}":')
    return [f"{comma} || {one}"]


def _many(context: Context, kind: Kind, alias: str, scope: Scope, item: Expand, rows: int) -> list[Piece]:
    """`,"Datastreams@iot.count":2,"Datastreams":[...],"Datastreams@iot.nextLink":"..."`."""
    name, query = item.link, item.query
    row = entity(context, scope, query, spent(rows * max(1, top_of(scope.kind, query))))
    all_of = listed(context, scope, query, row)
    options = written.address(query)
    link: list[Piece] = [
        Text(f',"{name}@iot.nextLink":"'),
        *bodies.address(kind, alias),
        Text(f"/{name}?{options}{'&' if options else ''}$skiptoken="),
        all_of.token,
        Text('"'),
    ]
    count: list[Piece] = [Text(f',"{name}@iot.count":'), all_of.count] if query.count else []
    told: list[Piece] = [
        *count,
        Text(f',"{name}":['),
        all_of.items,
        Text("]"),
        f"CASE WHEN {all_of.more} THEN {joined(link)} END",
    ]
    return [f"(SELECT {joined(told)} FROM {all_of.rows} AS r)"]  # noqa: S608


def _count(scope: Scope, query: Query, conditions: tuple[str, ...]) -> str:
    if scope.kind.name == "Observation" and query.filter is None and scope.owner in ("", *bodies.OWNERS):
        # Kept exactly by whoever writes observations.
        kept = replace(scope, sources=(*scope.sources[:-1], f"things_latest AS {scope.alias}"))
        return f"(SELECT coalesce(sum({scope.alias}.count), 0) {kept.found()})"
    return f"(SELECT count(*) {scope.found(*conditions)})"
