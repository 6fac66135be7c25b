# SPDX-License-Identifier: EUPL-1.2
"""geo.* and st_*: each becomes a question to the shapes, and a list of ids in the statement."""

import re
from dataclasses import dataclass
from typing import cast

from smilecity.things.reads.sensorthings import columns
from smilecity.things.reads.sensorthings.expressions.values import Context, Sql
from smilecity.things.reads.sensorthings.geography import (
    RADIUS,
    Comparison,
    Question,
    ShapeQuestion,
    read_shape,
)
from smilecity.things.rules.odata import tree

_QUESTIONS: dict[str, Question] = {
    "geo.intersects": "intersects",
    "st_equals": "equals",
    "st_disjoint": "intersects",
    "st_touches": "touches",
    "st_within": "within",
    "st_overlaps": "overlaps",
    "st_crosses": "crosses",
    "st_intersects": "intersects",
    "st_contains": "contains",
    "st_relate": "relate",
}
_CONVERSE: dict[Question, Question] = {"within": "contains", "contains": "within"}
_NEGATIONS = {"gt": "le", "ge": "lt", "ne": "eq"}
_PATTERN = re.compile("[012TF*]{9}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the geometry is: the property of the entity with this alias."""

    kind: str
    alias: str
    property: str


def is_predicate(name: str) -> bool:
    """Whether the function is a geographic condition."""
    return name in _QUESTIONS


def predicate(context: Context, node: tree.Call, place: Place) -> str:
    """The condition that the shapes lie so."""
    shape = _shape(context, node)
    question = _QUESTIONS[node.name]
    converse = isinstance(node.arguments[0], tree.Shape)
    if converse:
        question = _CONVERSE.get(question, question)
    pattern = ""
    if question == "relate":
        pattern = _pattern(context, node.arguments[2])
        if converse:
            pattern = "".join(pattern[place] for place in (0, 3, 6, 1, 4, 7, 2, 5, 8))
    asked = _asked(context, place, question, shape.text, shape.at, pattern=pattern)
    return _among(context, place, asked, negated=node.name == "st_disjoint")


def measured(context: Context, node: tree.Call, place: Place, operator: str, limit: float) -> str:
    """The condition that a distance or length compares so with a number of metres."""
    question: Question = "length" if node.name == "geo.length" else "distance"
    shape = None if question == "length" else _shape(context, node)
    compared = cast("Comparison", _NEGATIONS.get(operator, operator))
    asked = _asked(
        context,
        place,
        question,
        shape.text if shape else "",
        shape.at if shape else node.at,
        compared=compared,
        limit=limit,
    )
    return _among(context, place, asked, negated=operator in _NEGATIONS)


def metres(context: Context, node: tree.Call, place: Place) -> Sql:
    """The distance of a point; of other shapes to their box. For sorting."""
    shape = _shape(context, node)
    point = read_shape(shape.text, shape.at, context.field)
    if point.geom_type != "Point":
        raise context.wrong("Things are put in order by their distance from a point", shape.at)
    box = columns.TABLES[place.kind].columns[place.property].box.format(a=place.alias)
    east, north = (context.put(value, "double precision") for value in (float(point.x), float(point.y)))
    x = f"least(greatest({east}, (({box})[1])[0]), (({box})[0])[0])"
    y = f"least(greatest({north}, (({box})[1])[1]), (({box})[0])[1])"
    half = (
        f"(sin(radians({y} - {north}) / 2) ^ 2"
        f" + cos(radians({north})) * cos(radians({y})) * sin(radians({x} - {east}) / 2) ^ 2)"
    )
    far = f"{2 * RADIUS} * asin(sqrt(least({half}, 1)))"
    return Sql(f"CASE WHEN ({box}) IS NOT NULL THEN {far} END", "number")


def _asked(
    context: Context,
    place: Place,
    question: Question,
    text: str,
    at: int,
    *,
    pattern: str = "",
    compared: Comparison = "le",
    limit: float = 0.0,
) -> str:
    """Put the question among those to be resolved; the name of its parameter."""
    table = columns.TABLES[place.kind]
    found = table.columns[place.property]
    name = context.name()
    shape = read_shape(text, at, context.field) if text else None
    context.shapes.append(
        ShapeQuestion(
            name,
            table.source.format(a="g"),
            table.id.format(a="g"),
            found.value.format(a="g"),
            found.box.format(a="g"),
            question,
            shape,
            compared,
            limit,
            pattern,
        )
    )
    context.parameters[name] = []
    return name


def _among(context: Context, place: Place, name: str, *, negated: bool) -> str:
    table = columns.TABLES[place.kind]
    among = f"{table.id.format(a=place.alias)} = ANY(%({name})s::bigint[])"
    if not negated:
        return f"({among})"
    box = table.columns[place.property].box.format(a=place.alias)
    return f"(({box}) IS NOT NULL AND NOT {among})"


def _shape(context: Context, node: tree.Call) -> tree.Shape:
    found = next((one for one in node.arguments if isinstance(one, tree.Shape)), None)
    if found is None:
        raise context.wrong(
            f"{node.name} compares with a shape that is written out",
            node.at,
            "Write it as geography'POINT(12.1 54.1)'.",
        )
    return found


def _pattern(context: Context, node: tree.Expression) -> str:
    if isinstance(node, tree.Literal) and isinstance(node.value, str):
        pattern = node.value.upper()
        if _PATTERN.fullmatch(pattern):
            return pattern
    raise context.wrong("st_relate takes nine of 0, 1, 2, T, F and *, as 'T********'", node.at)
