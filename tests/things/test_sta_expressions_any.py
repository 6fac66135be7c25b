# SPDX-License-Identifier: EUPL-1.2
"""Expressions of any kind: the same answer as Python's own, and no error of the database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smilecity.core.problems import Refusal
from smilecity.things.rules.odata import tree
from tests.examples import examples

from .expressing import HOUR, OBSERVED, Stage, found, staged

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage_(db: None) -> Stage:
    """What the tests ask."""
    return staged()


# Trees of all kinds, well and badly typed: each is answered or refused, and never fails in the database.
_numbers = st.one_of(
    st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False), st.integers(-3, 3)
)
_texts = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=5),
    st.sampled_from(["", "wet", "1", "2026-01-01"]),
)
_times = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)).map(
    lambda t: t.replace(tzinfo=UTC)
)
_paths = st.sampled_from(
    [
        "result", "result/x", "parameters/n", "parameters/since", "phenomenonTime", "resultTime", "validTime", "id",
        "resultQuality", "Datastream/name", "Datastream/Thing/properties/owner", "Datastream/phenomenonTime",
        "Datastream/unitOfMeasurement/symbol", "FeatureOfInterest/name", "Datastream/Thing/Datastreams/name",
        "Datastream/observedArea", "MultiDatastream/unitOfMeasurements",
    ]
).map(lambda text: tree.Member(tuple(text.split("/"))))  # fmt: skip
_leaves = st.one_of(
    _paths,
    _paths,
    _numbers.map(tree.Literal),
    _texts.map(tree.Literal),
    st.sampled_from([True, False, None]).map(tree.Literal),
    _times.map(tree.Moment),
    _times.map(lambda t: tree.Moment(t, t + HOUR)),
    st.timedeltas(timedelta(days=-36_525), timedelta(days=36_525)).map(tree.Span),
)
_ONE = [
    *(
        "length",
        "tolower",
        "toupper",
        "trim",
        "year",
        "month",
        "day",
        "hour",
        "minute",
        "second",
        "date",
        "time",
    ),
    *("fractionalseconds", "totaloffsetminutes", "round", "floor", "ceiling"),
]
_TWO = [
    *("substringof", "startswith", "endswith", "indexof", "concat", "substring"),
    *("before", "after", "meets", "during", "overlaps", "starts", "finishes"),
]
_OPERATORS = ["or", "and", "eq", "ne", "gt", "ge", "lt", "le", "add", "sub", "mul", "div", "mod"]


def _grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.builds(tree.Binary, st.sampled_from(_OPERATORS), inner, inner),
        st.builds(tree.Binary, st.sampled_from(["eq", "ne", "gt", "le"]), inner, inner),
        st.builds(tree.Unary, st.sampled_from(["not", "-"]), inner),
        st.builds(lambda name, one: tree.Call(name, (one,)), st.sampled_from(_ONE), inner),
        st.builds(lambda name, one, two: tree.Call(name, (one, two)), st.sampled_from(_TWO), inner, inner),
        st.builds(lambda one, two, three: tree.Call("substring", (one, two, three)), inner, inner, inner),
        st.builds(
            lambda one, two: tree.Among(one, tuple(two)), inner, st.lists(inner, min_size=1, max_size=3)
        ),
    )


@settings(
    max_examples=examples(250), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(node=st.recursive(_leaves, _grown, max_leaves=8))
def test_no_expression_fails_in_the_database(stage_: Stage, node: tree.Expression) -> None:
    try:
        found(node)
    except Refusal as refusal:
        assert refusal.code.startswith("odata."), refusal


_OPS = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a is not None and a > b,
    "ge": lambda a, b: a is not None and a >= b,
    "lt": lambda a, b: a is not None and a < b,
    "le": lambda a, b: a is not None and a <= b,
}


def _of_type(value: Any, wanted: type) -> Any:
    """The value, or None if it is of another type: so JSON is compared."""
    if wanted is float:
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None
    return value if isinstance(value, wanted) else None


@settings(
    max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    operator=st.sampled_from(list(_OPS)),
    constant=st.one_of(
        st.integers(-5, 25),
        st.floats(-5, 25),
        st.sampled_from(["wet", "a", "1", "seven"]),
        st.booleans(),
        st.none(),
    ),
    path=st.sampled_from(["result", "parameters/n", "parameters/t", "result/x", "parameters/b"]),
    negated=st.booleans(),
)
def test_comparisons_are_pythons(
    stage_: Stage, operator: str, constant: Any, path: str, negated: bool
) -> None:
    if isinstance(constant, bool) and operator not in ("eq", "ne"):
        return
    wanted = float if isinstance(constant, int | float) and not isinstance(constant, bool) else type(constant)
    expected = []
    for place, columns in enumerate(OBSERVED):
        value: Any = (
            columns.get("result", columns.get("value"))
            if path.startswith("result")
            else columns.get("parameters")
        )
        for part in path.split("/")[1:]:
            value = value.get(part) if isinstance(value, dict) else None
        if constant is None:
            true = {"eq": value is None, "ne": value is not None}.get(operator, False)
        else:
            true = _OPS[operator](_of_type(value, wanted), constant)
        if true is not negated:
            expected.append(place)
    node: tree.Expression = tree.Binary(operator, tree.Member(tuple(path.split("/"))), tree.Literal(constant))
    if negated:
        node = tree.Unary("not", node)
    rain = tree.Binary("eq", tree.Member(("Datastream", "name")), tree.Literal("rain"))
    assert [one - 1000 for one in found(tree.Binary("and", rain, node))] == expected
