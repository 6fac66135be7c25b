# SPDX-License-Identifier: EUPL-1.2
"""Trees of the query language: random ones, and how each is written, so that what is read can be compared."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from smilecity.things.rules.odata.functions import FUNCTIONS
from smilecity.things.rules.odata.tree import (
    Among,
    Binary,
    Call,
    Expression,
    Literal,
    Member,
    Moment,
    Shape,
    Some,
    Span,
    Unary,
)

OPERATORS = ["or", "and", "eq", "ne", "gt", "ge", "lt", "le", "add", "sub", "mul", "div", "mod"]
_RESERVED = {"not", "true", "false", "null"}


def written(one: Expression) -> str:  # noqa: PLR0911 - a line for each kind
    """The expression as a client could write it, every operator in parentheses."""
    match one:
        case Literal():
            return _literal(one.value)
        case Moment():
            return one.start.isoformat() + (f"/{one.end.isoformat()}" if one.end else "")
        case Span():
            return f"duration'{_length(one.length)}'"
        case Shape():
            return "geography'" + one.text.replace("'", "''") + "'"
        case Member():
            return "/".join(one.path)
        case Call():
            return f"{one.name}({','.join(written(part) for part in one.arguments)})"
        case Binary():
            return f"({written(one.left)} {one.operator} {written(one.right)})"
        case Unary():
            return f"({one.operator}({written(one.operand)}))"
        case Among():
            return f"({written(one.operand)} in ({','.join(written(part) for part in one.choices)}))"
        case Some():
            inside = f"{one.variable}:{written(one.condition)}" if one.condition else ""
            return f"{'/'.join(one.path)}/{one.kind}({inside})"


def _literal(value: object) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _length(length: timedelta) -> str:
    sign, whole = ("-", -length) if length < timedelta() else ("", length)
    return f"{sign}P{whole.days}DT{whole.seconds}.{whole.microseconds:06}S"


texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)
names = st.from_regex(r"[A-Za-zäöüÄÖÜßé_][A-Za-z0-9äß_]{0,6}", fullmatch=True).filter(
    lambda name: name.lower() not in _RESERVED
)
parts = st.one_of(names, st.from_regex(r"[0-9]{1,3}|[a-z]{1,3}-[0-9a-z]{1,3}", fullmatch=True))
paths = st.builds(lambda first, rest: (first, *rest), names, st.lists(parts, max_size=3))
instants = st.datetimes(min_value=datetime(1, 1, 2), timezones=st.just(UTC))
lengths = st.timedeltas(min_value=timedelta(days=-900_000), max_value=timedelta(days=900_000))
leaves: st.SearchStrategy[Expression] = st.one_of(
    st.builds(
        Literal,
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(-(2**63), 2**63 - 1),
            st.floats(allow_nan=False, allow_infinity=False),
            texts,
        ),
    ),
    st.builds(Moment, instants),
    st.builds(lambda one, other: Moment(min(one, other), max(one, other)), instants, instants),
    st.builds(Span, lengths),
    st.builds(Shape, texts.map(str.strip).filter(lambda text: not text.upper().startswith("SRID"))),
    st.builds(Member, paths),
    st.builds(lambda path: Some("any", path, None, None), paths),
)


def _calls(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    def call(name: str) -> st.SearchStrategy[Expression]:
        least, most = FUNCTIONS[name]
        return st.builds(
            lambda arguments: Call(name, tuple(arguments)), st.lists(inner, min_size=least, max_size=most)
        )

    return st.sampled_from([name for name in FUNCTIONS if name != "contains"]).flatmap(call)


expressions: st.SearchStrategy[Expression] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Binary, st.sampled_from(OPERATORS), inner, inner),
        st.builds(Unary, st.sampled_from(["not", "-"]), inner),
        st.builds(lambda one, more: Among(one, tuple(more)), inner, st.lists(inner, min_size=1, max_size=3)),
        st.builds(Some, st.sampled_from(["any", "all"]), paths, names, inner),
        _calls(inner),
    ),
    max_leaves=12,
)
