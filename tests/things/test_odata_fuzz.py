# SPDX-License-Identifier: EUPL-1.2
"""Whatever the text: understood or refused. And what is written is read back the same."""

from collections.abc import Callable
from urllib.parse import quote_plus

from hypothesis import example, given, settings
from hypothesis import strategies as st

from smilecity.core.problems import Refusal
from smilecity.things.rules.odata import (
    next_query,
    read_expression,
    read_path,
    read_query,
    read_request,
)
from smilecity.things.rules.odata.tree import Expression, Query
from tests.examples import examples
from tests.things.odata_trees import expressions, names, written

WORDS = [
    "name", "result", "phenomenonTime", "@iot.id", "properties/a", "Datastreams/any(d:", "all(", "(", ")", ",", ";", "=",
    "/", "-", "'", "''", "'x'", "1", "1.5e3", "2026-11-22T09:00:00Z", "2026-11-22/", "duration'PT1H'",
    "geography'POINT(1 2)'",
    " eq ", " and ", " or ", " not ", " in ", " add ", "length(", "now()", "$filter=", "$expand=", "Things", "$top=", "&",
    " as ", " with ", "aggregate(", "groupby((", "day(", "%", "+", "%2B", "[0]", "$", "\x00", "ä", "😀", "*", ":", "desc",
]  # fmt: skip
EXPRESSIONS = [
    "name eq 'x' and (result gt 5 or not st_within(location,geography'POLYGON((1 2,3 4,5 6,1 2))'))",
    "Datastreams/any(d:d/Observations/all(o:o/result in (1,2,-3.5e2))) or length(trim(name)) sub 5 mul -2 le 7",
    "during(phenomenonTime,2026-11-22T09:00:00Z/2026-11-22T10:00:00+01:00) and now() sub duration'PT1H' lt resultTime",
]
QUERIES = [
    "$filter=name%20eq+'x'&$expand=Datastreams($top=1;$expand=Observations($orderby=phenomenonTime desc,id;$count=true))",
    "$apply=filter(result gt 5)/groupby((day(phenomenonTime,'Europe/Berlin') as d,Datastream/id),aggregate($count as n))",
    "$select=name,properties/a&$orderby=length(name) desc&$top=5&$skip=3&$count=true&$resultFormat=CSV&$skiptoken=abc",
]
PATHS = [
    "/Things(5)/Datastreams(7)/Observations/$count",
    "/Datastreams('1')/unitOfMeasurement/name/$value",
    "/Observations(1)/Datastream/Thing/$ref",
]

anything = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=25).map("".join))


@st.composite
def mutated(draw: st.DrawFn, texts: list[str]) -> str:
    """One of the texts with a few places changed, cut or doubled."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(text)))
        gone = draw(st.integers(0, 3))
        put = draw(st.one_of(st.sampled_from(WORDS), st.characters(), st.just(text[place : place + 6])))
        text = text[:place] + put + text[place + gone :]
    return text


def understood_or_refused(read: Callable[[str], object], text: str) -> None:
    """Anything but a refusal fails the test; a refusal is whole."""
    try:
        read(text)
    except Refusal as refusal:
        assert refusal.status in {400, 404}
        assert refusal.code.startswith("odata.")
        assert refusal.problem()["title"]


@settings(max_examples=examples(400), deadline=None)
@given(st.one_of(anything, mutated(EXPRESSIONS)))
@example("'" * 9_999)
@example("9" * 10_000)
@example("properties/²")
@example("\ud800")
def test_any_text_as_an_expression(text: str) -> None:
    understood_or_refused(read_expression, text)


@settings(max_examples=examples(400), deadline=None)
@given(st.one_of(anything, mutated(QUERIES)))
@example("$top=" + "9" * 10_000)
@example("%ff=1")
@example("$filter=%ed%a0%80")
@example("\ud800=1")
@example("$resultFormat=\ud800")
def test_any_text_as_a_query(text: str) -> None:
    understood_or_refused(read_query, text)
    understood_or_refused(lambda text: next_query(text, "abc"), text)


@settings(max_examples=examples(300), deadline=None)
@given(st.one_of(anything, mutated(PATHS)))
@example("/Things(" + "9" * 10_000 + ")")
@example("/" * 10_000)
def test_any_text_as_a_path(text: str) -> None:
    understood_or_refused(read_path, text)
    understood_or_refused(lambda text: read_request(text, ""), text)


@settings(max_examples=examples(400), deadline=None)
@given(expressions)
def test_what_is_written_is_read_back_the_same(tree: Expression) -> None:
    text = written(tree)
    try:
        found = read_expression(text)
    except Refusal as refusal:
        assert refusal.code == "odata.too-costly"
        return
    assert found == tree
    assert written(found) == text  # tells 1 from 1.0 and true


@settings(max_examples=examples(150), deadline=None)
@given(expressions, names, st.integers(0, 5))
def test_a_condition_means_the_same_at_any_depth_of_expand(tree: Expression, link: str, depth: int) -> None:
    text = f"$filter={written(tree)}"
    for _ in range(depth):
        text = f"$expand={link}({text})"
    option, _, value = text.partition("=")
    try:
        found: Query = read_query(f"{option}={quote_plus(value)}")
    except Refusal as refusal:
        assert refusal.code == "odata.too-costly"
        return
    for _ in range(depth):
        (item,) = found.expand
        assert item.link == link
        found = item.query
    assert found == Query(filter=tree)
