# SPDX-License-Identifier: EUPL-1.2
"""$apply: observations grouped by stretches of time and by what they belong to, in one statement.

Where nothing is asked that hours rolled up do not know (numbers' min, max, average, sum and count, of whole hours), they
answer, with the raw values of those hours that are not rolled up or not true any more (`reads.hours`). The answers are
the same either way, up to the order in which numbers are added.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from smilecity.things.reads.hours import MOST, NOT_KNOWN, PARTS
from smilecity.things.reads.sensorthings import paging
from smilecity.things.reads.sensorthings.asked import GROUPS, Asked
from smilecity.things.reads.sensorthings.bodies import OWNERS
from smilecity.things.reads.sensorthings.buckets import Stretch
from smilecity.things.reads.sensorthings.columns import TABLES
from smilecity.things.reads.sensorthings.expressions import compile as compile_expression
from smilecity.things.reads.sensorthings.expressions.values import Context
from smilecity.things.reads.sensorthings.scopes import Scope, walk
from smilecity.things.reads.sensorthings.statements import Statement
from smilecity.things.reads.sensorthings.text import Piece, Text, joined
from smilecity.things.rules.calendar import whole_since
from smilecity.things.rules.odata import tree

TOP, MOST_ROWS = 1000, 10_000

_ALL_STREAMS = TABLES["Datastream"].source.format(a="d")
_EARLIEST, _LATEST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)

_TOTAL = f"nullif(sum(total), {NOT_KNOWN})"
_OF_HOURS = {
    "min": "min(low)",
    "max": "max(high)",
    "sum": _TOTAL,
    "average": f"{_TOTAL} / nullif(sum(count), 0)",
    "count": "coalesce(sum(count), 0)",
}
_SUM = f"CASE WHEN greatest(max({{x}}), -min({{x}})) < {MOST} THEN sum({{x}}) FILTER (WHERE abs({{x}}) < {MOST}) END"
_OF_VALUES = {
    "min": "min({x})",
    "max": "max({x})",
    "sum": _SUM,
    "average": f"{_SUM} / nullif(count({{x}}), 0)",
    "count": "count({x})",
    "countdistinct": "count(DISTINCT {x})",
}


def compile(  # noqa: A001 - as re.compile
    request: tree.Request, scope: Scope, context: Context, nulls: Sequence[bool] | None
) -> Statement:
    """The statement for a request with $apply, whose path leads to the scope. Raises `Refusal`.

    `nulls` says which values of the place to go on from are null (they come with each call); None is from the beginning.
    """
    context.field = "$apply"
    asked = Asked.of(request)
    steps = request.path.steps
    if asked.stretch:
        context.parameters |= asked.stretch.parameters()
    plan = _Plan(asked, _keys(asked), nulls, min(MOST_ROWS, TOP if asked.top is None else asked.top))
    owner = walk(context, steps[:-1]) if len(steps) > 1 and scope.owner in OWNERS else None
    streams = _streams(asked, owner, context)
    if from_hours(asked, scope):
        part, chosen = _hours(plan, context), [_of_hours(one) for one in asked.aggregates]
    else:
        part, chosen = _values(plan, scope, context)
    text = _statement(plan, streams, part, chosen)
    return Statement(
        f"SELECT g.* FROM ({text}) AS g WHERE {scope.guard or 'true'}",  # noqa: S608 - of our own parts
        "list",
        mark=plan.mark,
        types=tuple((key.type, key.nullable) for key in plan.keys),
    )


def from_hours(asked: Asked, scope: Scope) -> bool:
    """Whether the hours rolled up know all that is asked."""
    if not asked.of_hours or "feature" in asked.columns or scope.owner not in ("", *OWNERS):
        return False
    if asked.stretch and (not asked.stretch.is_of_hours or whole_since(asked.stretch.zone) is None):
        return False
    return all(
        one.member is None or (one.member.path == ("result",) and one.method in _OF_HOURS)
        for one in asked.aggregates
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is asked, the order of the rows, the place to go on from (`nulls`, see `compile`), and how many at most."""

    asked: Asked
    keys: list[paging.Key]
    nulls: Sequence[bool] | None
    top: int

    @property
    def mark(self) -> str:
        """What tells a place in this order from others."""
        return paging.mark("Observation", f"{self.asked.apply}{self.asked.descending}")

    @property
    def resumes(self) -> bool:
        """Whether nothing before the place to go on from need be looked at."""
        return (
            self.nulls is not None
            and self.asked.stretch is not None
            and not self.asked.descending
            and not self.asked.counts
        )


def _streams(asked: Asked, owner: Scope | None, context: Context) -> str:
    """The datastreams whose hours are asked for: the path's, or all that are seen."""
    if owner is not None:
        alias, found = owner.alias, owner.found()
    else:
        alias, seen = "d", TABLES["Datastream"].seen_by(context.sight).format(a="d")
        found = f"FROM {_ALL_STREAMS} WHERE {seen}"
    rolled = f"{alias}_l.rolled_until"
    whole = whole_since(asked.stretch.zone) if asked.stretch else None
    if whole is not None and whole.year > 1900:
        # Where days once did not consist of hours, datastreams that go back so far are counted anew.
        context.parameters["whole"] = whole
        rolled = f"CASE WHEN {alias}_l.first_time < %(whole)s THEN NULL ELSE {rolled} END"
    return f"SELECT {alias}.id, {alias}.name, {rolled} AS rolled_until, {alias}_l.forgotten_until {found}"


def _hours(plan: _Plan, context: Context) -> str:
    """The hours between the bounds, each with its stretch."""
    asked = plan.asked
    since, until = asked.bounds
    context.parameters |= {"since": since or _EARLIEST, "until": until or _LATEST}
    sql = (
        PARTS.replace("%(since)s", "greatest(%(since)s, %(after0)s::timestamptz)") if plan.resumes else PARTS
    )
    key = f"{asked.stretch.of_hour('p.start')} AS b, " if asked.stretch else ""
    columns = f"{key}p.datastream_id AS ds, p.name, p.rows, p.count, p.total, p.low, p.high"
    return f"SELECT {columns} FROM ({sql}) AS p"  # noqa: S608 - of our own parts


def _of_hours(one: tree.Aggregate) -> str:
    return "coalesce(sum(rows), 0)" if one.member is None else _OF_HOURS[one.method]


def _values(plan: _Plan, scope: Scope, context: Context) -> tuple[str, list[str]]:
    """The raw values, each with its stretch, and what is worked out of them."""
    asked, o = plan.asked, scope.alias
    columns, chosen = [f"{o}.datastream_id AS ds", f"{o}.feature"], []
    sources, conditions = list(scope.sources), list(scope.conditions)
    if asked.stretch:
        columns.append(f"{asked.stretch.of_moment(f'{o}.phenomenon_time')} AS b")
    if plan.resumes:
        conditions.append(f"{o}.phenomenon_time >= %(after0)s::timestamptz")
    if "name" in asked.columns:
        columns.append("ds.name")
        sources.append("ds")
        conditions.append(f"ds.id = {o}.datastream_id")
    if asked.filter is not None:
        conditions.append(compile_expression(asked.filter, "Observation", o, context).text)
    for number, one in enumerate(asked.aggregates):
        if one.member is None:
            chosen.append("count(*)")
            continue
        columns.append(f"{_value(one, o, context)} AS x{number}")
        chosen.append(_of_values(one, f"x{number}", context))
    found = f"FROM {' CROSS JOIN '.join(sources)} WHERE {' AND '.join(conditions) or 'true'}"
    return f"SELECT {', '.join(columns)} {found}", chosen


def _of_values(one: tree.Aggregate, x: str, context: Context) -> str:
    if one.method != "percentile":
        return _OF_VALUES[one.method].format(x=x)
    share = context.put(float(one.share or 0), "double precision")
    # Between two numbers that are as far apart as can be lies nothing that a number holds.
    found = f"percentile_cont({share}) WITHIN GROUP (ORDER BY {x})"
    return f"CASE WHEN abs({found}) < double precision 'Infinity' THEN {found} END"


def _value(one: tree.Aggregate, o: str, context: Context) -> str:
    """What is aggregated: a number, or JSON where different values are counted."""
    assert one.member is not None
    first, *rest = one.member.path
    if not rest:
        return (
            f"{o}.result" if one.method != "countdistinct" else f"coalesce({o}.value, to_jsonb({o}.result))"
        )
    path = context.put(rest, "text[]")
    json = f"({o}.{'value' if first == 'result' else 'parameters'} #> {path})"
    if one.method == "countdistinct":
        return f"nullif({json}, 'null'::jsonb)"
    number = f"({json})::numeric"
    return (
        f"CASE WHEN jsonb_typeof({json}) = 'number' THEN"
        f" CASE WHEN abs({number}) < 1e308 THEN {number}::double precision END END"
    )


def _keys(asked: Asked) -> list[paging.Key]:
    """What the rows are in order of: time first."""
    keys = [paging.Key("since", "instant", asked.descending, nullable=False)] if asked.stretch else []
    return keys + [paging.Key(*GROUPS[name][:2], nullable=GROUPS[name][2]) for name in asked.groups]


def _statement(plan: _Plan, streams: str, part: str, chosen: list[str]) -> str:
    asked, top, skip = plan.asked, plan.top, plan.asked.skip
    by = [*(["b"] if asked.stretch else []), *asked.columns]
    listed = [*by, *(f"{sql} AS a{number}" for number, sql in enumerate(chosen))]
    met, placed, shown = _places(asked.stretch)
    order = paging.order_by(plan.keys) or "1"
    behind = "true" if plan.nulls is None else paging.behind(plan.keys, plan.nulls)
    count = "(SELECT count(*) FROM placed)" if asked.counts else "NULL"
    rows = f"string_agg({joined(_row(asked))}, ',' ORDER BY n) FILTER (WHERE n <= {top})"
    following = "NULL"
    if plan.keys and top:
        place = paging.token(plan.mark, plan.keys, [key.sql for key in plan.keys])
        following = f"CASE WHEN count(*) > {top} THEN (SELECT {place} FROM page WHERE n = {top}) END"  # noqa: S608
    return f"""
WITH ds AS MATERIALIZED ({streams}),
part AS ({part}),
grouped AS MATERIALIZED (SELECT {", ".join(listed)} FROM part{f" GROUP BY {', '.join(by)}" if by else ""}),
met AS MATERIALIZED (SELECT {met} FROM grouped),
placed AS MATERIALIZED (SELECT {placed} FROM met),
page AS (
    SELECT row_number() OVER (ORDER BY {order}) AS n, * FROM (
        SELECT * FROM placed WHERE {behind} ORDER BY {order} LIMIT {top + 1} OFFSET {skip}
    ) AS q
),
shown AS MATERIALIZED (SELECT {shown} FROM page)
SELECT {rows} AS items, {following} AS next, {count} AS count FROM shown
"""  # noqa: S608 - of our own parts


def _places(stretch: Stretch | None) -> tuple[str, str, str]:
    """Where a group's stretch begins and ends, step by step, so that the zone is asked as seldom as can be."""
    if stretch is None:
        return "*", "*", "*"
    return (
        f"*, {stretch.start('b')} AS s, {stretch.end('b')} AS u",
        f"*, {stretch.first('s', 'b')} AS since, {stretch.first('u', stretch.after('b'))} AS until",
        f"*, {stretch.local('since')} AS since_local, {stretch.local('until')} AS until_local",
    )


def _row(asked: Asked) -> list[Piece]:
    """One row as JSON; names are the request's, letters and digits (the parser says so)."""
    pieces: list[Piece] = []
    if asked.stretch:
        told = asked.stretch.told
        pieces += [
            Text(f',"{asked.stretch.bucket.name}":"'),
            told("since", "since_local"),
            Text("/"),
            told("until", "until_local"),
            Text('"'),
        ]
    for to in dict.fromkeys(name[0] for name in asked.groups):
        inside = [(name[1], GROUPS[name][0]) for name in asked.groups if name[0] == to]
        pieces.append(Text(f',"{to}":{{'))
        for number, (name, column) in enumerate(inside):
            value = f"to_json({column})::text" if column == "name" else f"coalesce({column}::text, 'null')"
            pieces += [Text(f'{"," if number else ""}"{name}":'), value]
        pieces.append(Text("}"))
    for number, one in enumerate(asked.aggregates):
        pieces += [Text(f',"{one.name}":'), f"coalesce(a{number}::text, 'null')"]
    assert isinstance(pieces[0], Text)
    return [Text("{" + pieces[0].said[1:]), *pieces[1:], Text("}")]
