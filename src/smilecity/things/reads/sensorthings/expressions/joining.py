# SPDX-License-Identifier: EUPL-1.2
"""Properties by their path: over links to other entities, into JSON, or of a variable of `any` and `all`.

Whatever lies behind a link is joined with the condition that the asker may see it: what is hidden is not there.
"""

from dataclasses import dataclass, field
from difflib import get_close_matches

from smilecity.core.problems import Refusal
from smilecity.things.reads.sensorthings import columns
from smilecity.things.reads.sensorthings.expressions.values import Context, Sql
from smilecity.things.rules.entities import KINDS

ID_NAMES = ("id", "@iot.id")


@dataclass(frozen=True, slots=True)
class Bound:
    """What a name stands for: an entity of a `kind` by its alias, or else a JSON value."""

    kind: str
    alias: str
    value: str = ""


@dataclass(slots=True)
class Frame:
    """The tables that one condition needs beside the entity's own: the same path is the same row within it.

    `strict` says that nothing in it is true of what is not there, so that links to one may be joined too.
    """

    strict: bool
    tables: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    met: dict[tuple[str, ...], str] = field(default_factory=dict)

    def around(self, condition: str) -> str:
        """The condition, true if it is of any of the rows joined."""
        if not self.tables:
            return condition
        where = " AND ".join([*self.conditions, condition])
        return f"EXISTS (SELECT FROM {', '.join(self.tables)} WHERE {where})"


@dataclass(frozen=True, slots=True)
class Way:
    """A path taken apart: from `start` over `links`, then `rest` within the last entity (of `kind`)."""

    start: Bound
    links: tuple[str, ...]
    kind: str
    rest: tuple[str, ...]
    many: bool


def way(start: Bound, path: tuple[str, ...]) -> Way:
    """As far as the path goes over links."""
    kind, many, taken = start.kind, False, 0
    while taken < len(path) and (join := columns.TABLES[kind].links.get(path[taken])):
        kind, many, taken = join.to, many or join.many, taken + 1
    return Way(start, path[:taken], kind, path[taken:], many)


def joined(context: Context, frame: Frame, taken: Way, at: int) -> str:
    """The alias of the last entity, its tables added to the frame."""
    kind, alias = taken.start.kind, taken.start.alias
    for length, link in enumerate(taken.links, 1):
        prefix = (taken.start.alias, *taken.links[:length])
        join = columns.TABLES[kind].links[link]
        far = frame.met.get(prefix)
        if far is None:
            context.join(at)
            far = frame.met[prefix] = context.alias()
            _add(context, frame, join, alias, far)
        kind, alias = join.to, far
    return alias


def _add(context: Context, frame: Frame, join: columns.Join, near: str, far: str) -> None:
    table, between = columns.TABLES[join.to], f"{far}_t"
    if join.through:
        frame.tables.append(join.through.format(t=between))
    frame.tables.append(table.source.format(a=far))
    for condition in (table.only, table.seen_by(context.sight)):
        if condition != "true":
            frame.conditions.append(condition.format(a=far))
    frame.conditions.append(join.condition.format(a=near, b=far, t=between))


def column(context: Context, kind: str, alias: str, rest: tuple[str, ...], at: int) -> Sql:
    """The property of the entity with this alias, or what the path finds in it."""
    table = columns.TABLES[kind]
    if len(rest) == 1 and rest[0] in ID_NAMES:
        return Sql(table.id.format(a=alias), "number", form="int")
    found = table.columns.get(rest[0]) if rest else None
    if found is None:
        raise unknown(context, kind, rest, at)
    value = found.value.format(a=alias)
    if len(rest) == 1:
        return Sql(value, found.type, end=found.end.format(a=alias), other=found.other.format(a=alias))
    if found.type == "result":
        return into(context, found.other.format(a=alias), rest[1:])
    if found.type in ("json", "geometry"):
        return into(context, value, rest[1:])
    raise unknown(context, kind, rest, at)


def into(context: Context, json: str, path: tuple[str, ...]) -> Sql:
    """What the path finds in the JSON value; digits step into lists."""
    return Sql(f"(({json}) #> {context.put(list(path), 'text[]')})", "json") if path else Sql(json, "json")


def unknown(context: Context, kind: str, rest: tuple[str, ...], at: int) -> Refusal:
    """The property that there is not, and which there are."""
    known = [*(one.name for one in KINDS[kind].properties), *(one.name for one in KINDS[kind].links), "id"]
    place = f"at character {at + 1}"
    if not rest:
        return Refusal(
            "odata.unknown-property",
            f"A property of {kind} is expected, not the {kind} itself ({place}).",
            cure=f"It has {', '.join(known)}.",
            field=context.field,
        )
    if rest[0] in known:
        return Refusal(
            "odata.unknown-property",
            f"{rest[0]} of {kind} has no part {rest[1]} ({place}).",
            field=context.field,
        )
    by_small = {name.lower(): name for name in known}
    near = [by_small[word] for word in get_close_matches(rest[0].lower(), by_small, n=3, cutoff=0.6)]
    return Refusal(
        "odata.unknown-property",
        f"{kind} has no property {rest[0][:100]} ({place}).",
        cure=f"Did you mean {' or '.join(near)}?" if near else f"It has {', '.join(known)}.",
        field=context.field,
    )
