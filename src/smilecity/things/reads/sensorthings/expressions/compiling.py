# SPDX-License-Identifier: EUPL-1.2
"""From the tree of an expression to SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from smilecity.core.problems import Refusal
from smilecity.things.reads.sensorthings import times
from smilecity.things.reads.sensorthings.expressions import shapes
from smilecity.things.reads.sensorthings.expressions.comparing import among, compare, stretch
from smilecity.things.reads.sensorthings.expressions.functions import (
    FUNCTIONS,
    SUBSTRING_OF_LENGTH,
    Function,
)
from smilecity.things.reads.sensorthings.expressions.joining import (
    Bound,
    Frame,
    Way,
    column,
    into,
    joined,
    unknown,
    way,
)
from smilecity.things.reads.sensorthings.expressions.values import (
    MOST_TEXT,
    NAMES,
    Context,
    Sql,
    constant,
    exact,
    moment,
    read_as,
    span,
)
from smilecity.things.rules.odata import tree

COMPARISONS = {"eq", "ne", "gt", "ge", "lt", "le"}
_MEASURES = {"geo.distance", "geo.length"}
_SWAPPED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge", "eq": "eq", "ne": "ne"}
_FIXED = (tree.Moment, tree.Span, tree.Shape)


@dataclass(slots=True)
class Compiler:
    """Compiles expressions over an entity; `names` are the variables of `any` and `all` around it."""

    context: Context
    entity: Bound
    names: Mapping[str, Bound] = field(default_factory=dict)

    def condition(self, node: tree.Expression) -> str:
        """The expression as a condition."""
        if isinstance(node, tree.Binary) and node.operator in ("and", "or"):
            return self._joined(node)
        if isinstance(node, tree.Binary) and node.operator in COMPARISONS:
            return self._short(self._comparison(node), node.at)
        if isinstance(node, tree.Unary) and node.operator == "not":
            return f"(({self.condition(node.operand)}) IS NOT TRUE)"
        if isinstance(node, tree.Among):
            frame = Frame(strict=all(not _is_null(one) for one in node.choices))
            value = self.value(node.operand, frame)
            choices = [self.value(one, frame) for one in node.choices]
            return frame.around(among(self.context, value, choices, node.at))
        if isinstance(node, tree.Some):
            return self._some(node)
        return self._truth(node)

    def value(self, node: tree.Expression, frame: Frame | None) -> Sql:  # noqa: PLR0911 - one for each kind of node
        """The expression as a value; what its paths need is joined in the frame."""
        if isinstance(node, tree.Literal):
            return constant(self.context, node.value, node.at)
        if isinstance(node, tree.Moment):
            return moment(self.context, node)
        if isinstance(node, tree.Span):
            return span(self.context, node.length, node.at)
        if isinstance(node, tree.Member):
            return self._member(node, frame)
        if isinstance(node, tree.Binary) and node.operator in ("add", "sub", "mul", "div", "mod"):
            return self._calculated(node, frame)
        if isinstance(node, tree.Unary) and node.operator == "-":
            return self._negative(node, frame)
        if isinstance(node, tree.Call) and node.name in FUNCTIONS:
            return self._called(node, frame)
        if isinstance(node, tree.Shape | tree.Call) and not _is_condition(node):
            what = "A shape" if isinstance(node, tree.Shape) else node.name
            cure = "Write it as geo.distance(location, geography'POINT(12.1 54.1)') lt 500."
            raise self.context.wrong(f"{what} is not compared in this way", node.at, cure)
        return Sql(self.condition(node), "bool")

    def _joined(self, node: tree.Binary) -> str:
        """Chains of one operator side by side, so that their length is no depth."""
        parts: list[str] = []
        rest: tree.Expression = node
        while isinstance(rest, tree.Binary) and rest.operator == node.operator:
            parts.append(self.condition(rest.right))
            rest = rest.left
        parts.append(self.condition(rest))
        return "(" + f" {node.operator.upper()} ".join(reversed(parts)) + ")"

    def _truth(self, node: tree.Expression) -> str:
        """What is no comparison, read as a truth value."""
        frame = Frame(strict=True)
        if isinstance(node, tree.Call) and node.name in times.RELATIONS:
            return frame.around(self._related(node, frame))
        if isinstance(node, tree.Call) and shapes.is_predicate(node.name):
            return frame.around(shapes.predicate(self.context, node, self.place(node, frame)))
        value = self.value(node, frame)
        read = read_as(self.context, value, "bool")
        if read is None:
            raise self.context.wrong(
                f"A condition is expected, not {NAMES[value.type]}", node.at, "Compare it, as in result gt 5."
            )
        return frame.around(f"({read.text})")

    def _comparison(self, node: tree.Binary) -> str:
        measured = self._measured(node)
        if measured is not None:
            return measured
        nulls = _is_null(node.left) or _is_null(node.right)
        fixed = _is_constant(node.left) or _is_constant(node.right)
        strict = node.operator != "ne" and not nulls and (fixed or node.operator != "eq")
        frame = Frame(strict=strict)
        left, right = self.value(node.left, frame), self.value(node.right, frame)
        return frame.around(compare(self.context, node.operator, left, right, node.at))

    def _measured(self, node: tree.Binary) -> str | None:
        """A distance or length compared with a number: asked of the shapes beforehand."""
        for call, number, operator in (
            (node.left, node.right, node.operator),
            (node.right, node.left, _SWAPPED[node.operator]),
        ):
            if not isinstance(call, tree.Call) or call.name not in _MEASURES:
                continue
            limit = number.value if isinstance(number, tree.Literal) else None
            if isinstance(limit, bool) or not isinstance(limit, int | float):
                return None
            frame = Frame(strict=True)
            place = self.place(call, frame)
            return frame.around(shapes.measured(self.context, call, place, operator, float(limit)))
        return None

    def _related(self, node: tree.Call, frame: Frame) -> str:
        pair = [self.value(one, frame) for one in node.arguments]
        stretches = [stretch(self.context, one) for one in pair]
        if stretches[0] is None or stretches[1] is None:
            which = pair[0 if stretches[0] is None else 1]
            raise self.context.wrong(f"{node.name} compares times, not {NAMES[which.type]}", node.at)
        return times.relate(node.name, stretches[0], stretches[1])

    def place(self, node: tree.Call, frame: Frame | None) -> shapes.Place:
        """The property with a geometry among the arguments, and the shape beside it."""
        member = next((one for one in node.arguments if isinstance(one, tree.Member)), None)
        if member is None:
            raise self.context.wrong(f"{node.name} asks for a property with a geometry", node.at)
        taken = self._way(member)
        if not taken.kind:
            raise self.context.wrong(f"{node.name} asks for a property with a geometry", member.at)
        if frame is None and taken.links:
            raise self.context.wrong("Only by its own distance can an entity be put in order", member.at)
        alias = joined(self.context, frame or Frame(strict=True), taken, member.at)
        found = column(self.context, taken.kind, alias, taken.rest, member.at)
        if found.type != "geometry":
            raise self.context.wrong(
                f"{'/'.join(member.path)[:100]} is {NAMES[found.type]}, not a geometry", member.at
            )
        return shapes.Place(taken.kind, alias, taken.rest[0])

    def _some(self, node: tree.Some) -> str:
        """`any` and `all`: of entities over links, or of the values of a list in JSON."""
        taken = self._way(tree.Member(node.path, node.at))
        frame = Frame(strict=False)
        if taken.kind and not taken.rest and taken.links:
            alias = joined(self.context, frame, taken, node.at)
            bound = Bound(taken.kind, alias)
        else:
            bound = self._listed(taken, node.at, frame)
        inner = replace(self, names={**self.names, node.variable: bound} if node.variable else self.names)
        condition = inner.condition(node.condition) if node.condition is not None else "true"
        if node.kind == "any":
            return frame.around(condition)
        return f"(NOT {frame.around(f'(({condition}) IS NOT TRUE)')})"

    def _listed(self, taken: Way, at: int, frame: Frame) -> Bound:
        self.context.join(at)
        found = self._reached(taken, at, frame)
        list_ = read_as(self.context, found, "json") if found.type in ("json", "result") else None
        if list_ is None:
            raise self.context.wrong("any and all ask of related entities or of a list", at)
        alias = self.context.alias()
        only = f"CASE WHEN jsonb_typeof({list_.text}) = 'array' THEN {list_.text} END"
        frame.tables.append(f"LATERAL jsonb_array_elements({only}) AS {alias}(value)")
        return Bound("", "", f"{alias}.value")

    def _way(self, node: tree.Member) -> Way:
        start, path = self.entity, node.path
        if path[0] in self.names:
            start, path = self.names[path[0]], path[1:]
        return way(start, path) if start.kind else Way(start, (), "", path, many=False)

    def _member(self, node: tree.Member, frame: Frame | None) -> Sql:
        return self._reached(self._way(node), node.at, frame)

    def _reached(self, taken: Way, at: int, frame: Frame | None) -> Sql:
        if not taken.kind:
            return into(self.context, taken.start.value, taken.rest)
        if not taken.links:
            return column(self.context, taken.kind, taken.start.alias, taken.rest, at)
        if not taken.rest:
            raise unknown(self.context, taken.kind, (), at)
        if frame is not None and (taken.many or frame.strict):
            return column(self.context, taken.kind, joined(self.context, frame, taken, at), taken.rest, at)
        if taken.many:
            raise Refusal(
                "odata.wrong-type",
                f"{'/'.join((*taken.links, *taken.rest))[:100]} is many values: nothing can be put in order by it.",
                cure="Order by a property of the entity itself or of one it belongs to.",
                field=self.context.field,
            )
        return self._looked_up(taken, at)

    def _looked_up(self, taken: Way, at: int) -> Sql:
        """A property over links to one as a subquery: null if there is none, or none that may be seen."""
        inner = Frame(strict=True)
        found = column(self.context, taken.kind, joined(self.context, inner, taken, at), taken.rest, at)
        source = f"FROM {', '.join(inner.tables)} WHERE {' AND '.join(inner.conditions)}"

        def looked(sql: str) -> str:
            return f"(SELECT {sql} {source})" if sql else ""

        return replace(found, text=looked(found.text), end=looked(found.end), other=looked(found.other))

    def _called(self, node: tree.Call, frame: Frame | None) -> Sql:
        function = FUNCTIONS[node.name]
        if node.name == "substring" and len(node.arguments) == 3:
            function = SUBSTRING_OF_LENGTH
        arguments = [self._argument(node, function, number, frame) for number in range(len(node.arguments))]
        return Sql(self._short(function.sql.format(*arguments), node.at), function.gives, form=function.form)

    def _argument(self, node: tree.Call, function: Function, number: int, frame: Frame | None) -> str:
        value = self.value(node.arguments[number], frame)
        read = read_as(self.context, value, function.takes[number])
        if read is None:
            wanted = NAMES[function.takes[number]]
            raise self.context.wrong(
                f"{node.name} takes {wanted}, not {NAMES[value.type]}", node.arguments[number].at
            )
        return exact(self.context, read) if read.type == "number" else f"({read.text})"

    def _negative(self, node: tree.Unary, frame: Frame | None) -> Sql:
        value = self.value(node.operand, frame)
        if value.type == "duration":
            length = -value.known if isinstance(value.known, timedelta) else None
            return span(self.context, length, node.at) if length else replace(value, text=f"(-{value.text})")
        read = read_as(self.context, value, "number")
        if read is None:
            raise self.context.wrong(f"Minus takes a number, not {NAMES[value.type]}", node.at)
        return Sql(f"(-{exact(self.context, read)})", "number", form="exact")

    def _calculated(self, node: tree.Binary, frame: Frame | None) -> Sql:
        from smilecity.things.reads.sensorthings.expressions.calculating import calculate

        self.context.calculate(node.at)
        left, right = self.value(node.left, frame), self.value(node.right, frame)
        found = calculate(self.context, node.operator, left, right, node.at)
        return replace(found, text=self._short(found.text, node.at))

    def _short(self, text: str, at: int) -> str:
        if len(text) > MOST_TEXT:
            raise self.context.costly("too much at once", at)
        return text


def ordered(compiler: Compiler, node: tree.Expression) -> Sql:
    """The value to sort by; a distance as metres to the nearest point of the shape's box."""
    if isinstance(node, tree.Call) and node.name == "geo.distance":
        return shapes.metres(compiler.context, node, compiler.place(node, None))
    return compiler.value(node, None)


def _is_null(node: tree.Expression) -> bool:
    return isinstance(node, tree.Literal) and node.value is None


def _is_constant(node: tree.Expression) -> bool:
    return isinstance(node, _FIXED) or (isinstance(node, tree.Literal) and node.value is not None)


def _is_condition(node: tree.Expression) -> bool:
    return isinstance(node, tree.Call) and (node.name in times.RELATIONS or shapes.is_predicate(node.name))
