# SPDX-License-Identifier: EUPL-1.2
"""From a resource path to tables and conditions: which entities it leads to, each step seen and of the one before."""

from dataclasses import dataclass

from smilecity.things.reads.sensorthings.columns import TABLES, Join, Table
from smilecity.things.reads.sensorthings.expressions.values import Context
from smilecity.things.rules.entities import BY_PLURAL, KINDS, Kind
from smilecity.things.rules.odata.tree import Step

# Whoever sees the near entity sees the far one: what is hidden by its thing or datastream was asked there already.
SEEN_WITH = {
    ("Thing", "Locations"),
    ("Thing", "HistoricalLocations"),
    ("HistoricalLocation", "Thing"),
    ("HistoricalLocation", "Locations"),
    ("Datastream", "Thing"),
    ("Datastream", "Observations"),
    ("MultiDatastream", "Thing"),
    ("MultiDatastream", "Observations"),
    ("Observation", "Datastream"),
    ("Observation", "MultiDatastream"),
    ("Observation", "FeatureOfInterest"),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """The entities of `kind` at `alias`, in the FROM items and conditions given.

    `owner` is the kind they were reached from; `guard` a condition without which there is no such place at all;
    `order` is what they are in by nature, if there is more to it than their ids.
    """

    kind: Kind
    alias: str
    sources: tuple[str, ...]
    conditions: tuple[str, ...]
    owner: str = ""
    guard: str = ""
    order: str = ""

    @property
    def table(self) -> Table:
        """How the kind is stored."""
        return TABLES[self.kind.name]

    def found(self, *more: str) -> str:
        """`FROM ... WHERE ...`, with more conditions."""
        conditions = " AND ".join(one for one in (*self.conditions, *more) if one != "true")
        return f"FROM {' CROSS JOIN '.join(self.sources)}" + (f" WHERE {conditions}" if conditions else "")


def name_of_step(number: int) -> str:
    """The parameter that holds the id in the path's step of this number."""
    return f"s{number}"


def walk(context: Context, steps: tuple[Step, ...]) -> Scope:
    """Where the path leads. The parser has seen to it that each link is there, and leads on from one entity."""
    kind = BY_PLURAL[steps[0].name]
    alias = context.alias()
    table = TABLES[kind.name]
    seen = table.seen_by(context.sight).format(a=alias)
    scope = Scope(kind, alias, (table.source.format(a=alias),), (*_own(table, alias, steps[0], 0), seen))
    for number, step in enumerate(steps[1:], 1):
        scope = _further(context, scope, steps[number - 1], step, number)
    return scope


def linked(context: Context, near: Kind, near_alias: str, name: str) -> Scope:
    """What the link leads to from one entity, to be asked within a query over the near kind."""
    join = TABLES[near.name].links[name]
    far = context.alias()
    table = TABLES[join.to]
    sources, condition = _joined(context, join, near_alias, far)
    conditions = (condition, *_always(table, far), *_seen(context, near, name, far))
    return Scope(
        KINDS[join.to],
        far,
        (*sources, table.source.format(a=far)),
        conditions,
        near.name,
        "",
        _order(join, sources),
    )


def _further(context: Context, scope: Scope, before: Step, step: Step, number: int) -> Scope:
    join = scope.table.links[step.name]
    far = context.alias()
    table = TABLES[join.to]
    sources, condition = _joined(context, join, scope.alias, far)
    near_sources, near_conditions, guard = scope.sources, scope.conditions, _exists(scope)
    if before.id is not None:
        told = condition.replace(scope.table.id.format(a=scope.alias), _parameter(number - 1))
        if f"{scope.alias}." not in told:
            # The near entity's id is all that is wanted of it, so an index leads straight to the far ones.
            condition, near_sources, near_conditions = told, (), ()
    conditions = (
        *near_conditions,
        condition,
        *_own(table, far, step, number),
        *_seen(context, scope.kind, step.name, far),
    )
    return Scope(
        KINDS[join.to],
        far,
        (*near_sources, *sources, table.source.format(a=far)),
        conditions,
        scope.kind.name,
        guard,
        _order(join, sources),
    )


def _exists(scope: Scope) -> str:
    within = f"EXISTS (SELECT {scope.found()})"
    return f"{scope.guard} AND {within}" if scope.guard else within


def _own(table: Table, alias: str, step: Step, number: int) -> tuple[str, ...]:
    always = _always(table, alias)
    return always if step.id is None else (f"{table.id.format(a=alias)} = {_parameter(number)}", *always)


def _always(table: Table, alias: str) -> tuple[str, ...]:
    return () if table.only == "true" else (table.only.format(a=alias),)


def _seen(context: Context, near: Kind, name: str, far: str) -> tuple[str, ...]:
    if (near.name, name) in SEEN_WITH:
        return ()
    seen = TABLES[TABLES[near.name].links[name].to].seen_by(context.sight).format(a=far)
    return () if seen == "true" else (seen,)


def _joined(context: Context, join: Join, near: str, far: str) -> tuple[tuple[str, ...], str]:
    """The table between the two, if there is one, and the condition."""
    between = context.alias() if join.through else ""
    condition = join.condition.format(a=near, b=far, t=between)
    return ((join.through.format(a=near, b=far, t=between),) if between else ()), condition


def _order(join: Join, sources: tuple[str, ...]) -> str:
    if not join.order:
        return ""
    return join.order.format(t=sources[0].rpartition(" ")[2])


def _parameter(number: int) -> str:
    return f"%({name_of_step(number)})s::bigint"
