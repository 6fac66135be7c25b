# SPDX-License-Identifier: EUPL-1.2
"""Expressions: precedence, constants, functions, and where a refusal points."""

from datetime import UTC, datetime, timedelta

import pytest

from smilecity.core.problems import Refusal
from smilecity.things.rules.odata import read_expression
from smilecity.things.rules.odata.functions import FUNCTIONS
from smilecity.things.rules.odata.tree import (
    Among,
    Binary,
    Call,
    Literal,
    Member,
    Moment,
    Shape,
    Some,
    Span,
    Unary,
)
from tests.things.odata_trees import written


def refused(text: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_expression(text)
    return caught.value


PRECEDENCE = [
    ("a or b and c", "(a or (b and c))"),
    ("a and b or c", "((a and b) or c)"),
    ("not a and b", "((not(a)) and b)"),
    ("not a eq b", "(not((a eq b)))"),
    ("not not a", "(not((not(a))))"),
    ("not (a or b) and c", "((not((a or b))) and c)"),
    ("a eq b gt c", "(a eq (b gt c))"),
    ("a gt b eq c", "((a gt b) eq c)"),
    ("a add b gt c sub d", "((a add b) gt (c sub d))"),
    ("a add b mul c", "(a add (b mul c))"),
    ("a mul b add c", "((a mul b) add c)"),
    ("a sub b sub c", "((a sub b) sub c)"),
    ("a div b mod c", "((a div b) mod c)"),
    ("-a mul b", "((-(a)) mul b)"),
    ("-a add -b", "((-(a)) add (-(b)))"),
    ("a sub -5", "(a sub -5)"),
    ("- 5", "(-(5))"),
    ("a in (1,2) and b", "((a in (1,2)) and b)"),
    ("a add 1 in (1, 2)", "((a add 1) in (1,2))"),
    ("a or b or c", "((a or b) or c)"),
    ("a or b or c or d", "((a or b) or (c or d))"),
    ("a and b and c or d and e", "(((a and b) and c) or (d and e))"),
    ("((a))", "a"),
    ("A EQ b And NOT c", "((A eq b) and (not(c)))"),
]


@pytest.mark.parametrize(("text", "meant"), PRECEDENCE)
def test_operators_bind_as_the_standard_says(text: str, meant: str) -> None:
    assert written(read_expression(text)) == meant


CONSTANTS = [
    ("5", Literal(5)), ("-5", Literal(-5)), ("5.50", Literal(5.5)), ("1e3", Literal(1000.0)), ("1.5E-2", Literal(0.015)),
    ("9223372036854775807", Literal(9223372036854775807)), ("-9223372036854775808", Literal(-9223372036854775808)),
    ("9223372036854775808", Literal(9.223372036854775808e18)), ("007", Literal(7)),
    ("true", Literal(True)), ("False", Literal(False)), ("NULL", Literal(None)),
    ("''", Literal("")), ("'it''s'", Literal("it's")), ("''''", Literal("'")), ("'a;b,c)&='", Literal("a;b,c)&=")),
    ("'Größe – 😀'", Literal("Größe – 😀")), ("09:30:00", Literal("09:30:00")),
    ("duration'PT1H30M'", Span(timedelta(minutes=90))), ("duration'-P1DT0.5S'", Span(-timedelta(days=1, seconds=0.5))),
    ("DURATION'P2W'", Span(timedelta(weeks=2))),
    ("geography'POINT(12 54)'", Shape("POINT(12 54)")), ("geometry' POINT(1 2) '", Shape("POINT(1 2)")),
    ("geography'SRID=4326;POINT(1 2)'", Shape("POINT(1 2)")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), CONSTANTS)
def test_constants_are_read(text: str, meant: Literal | Span | Shape) -> None:
    found = read_expression(text)
    assert found == meant
    assert isinstance(found, Literal | Span | Shape)
    if isinstance(found, Literal) and isinstance(meant, Literal):
        assert type(found.value) is type(meant.value)


NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)
TIMES = [
    ("2026-11-22T09:00:00Z", NINE, None),
    ("2026-11-22t09:00z", NINE, None),
    ("2026-11-22T10:00:00+01:00", NINE, None),
    ("2026-11-22T10:00:00+0100", NINE, None),
    ("2026-11-22T10:00:00 01:00", NINE, None),
    ("2026-11-22T04:30:00-04:30", NINE, None),
    ("2026-11-22T09:00:00", NINE, None),
    ("2026-11-22T09:00:00.123Z", NINE.replace(microsecond=123000), None),
    ("2026-11-22T09:00:00.123456789Z", NINE.replace(microsecond=123456), None),
    ("2026-11-22", NINE.replace(hour=0), None),
    ("2026-11-22T09:00:00Z/2026-11-22T11:00:00+01:00", NINE, NINE + timedelta(hours=1)),
    ("2026-11-22T09:00:00Z/PT15M", NINE, NINE + timedelta(minutes=15)),
    ("2026-11-22/2026-11-23", NINE.replace(hour=0), datetime(2026, 11, 23, tzinfo=UTC)),
]


@pytest.mark.parametrize(("text", "start", "end"), TIMES)
def test_times_have_any_offset_and_may_be_intervals(text: str, start: datetime, end: datetime | None) -> None:
    assert read_expression(text) == Moment(start, end)
    compared = read_expression(f"phenomenonTime ge {text}")
    assert compared == Binary("ge", Member(("phenomenonTime",)), Moment(start, end))


IMPOSSIBLE = [
    "2026-13-01", "2026-02-30T00:00:00Z", "2026-11-22T25:00:00Z", "2026-11-22T09:61:00Z", "0000-01-01",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-22T09:00:00+99:00",
    "2026-11-22T09:00:00Z/2026-11-22T08:00:00Z", "9999-12-31/P9D", "2026-11-22/P1Y", "25:00:00",
    "duration'P1Y'", "duration'P'", "duration'PT'", "duration'P1DT'", "duration''", "duration'P999999999DT999999999H'",
    "geography'SRID=25833;POINT(1 2)'", "1e999", "-1e999",
]  # fmt: skip


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_what_cannot_be_is_refused_where_it_stands(text: str) -> None:
    refusal = refused(f"result eq {text}")
    assert refusal.code == "odata.syntax"
    at = 12 if text.startswith("-") else 11
    assert f"character {at}:" in str(refusal.sentence)


MEMBERS = [
    ("name", ("name",)), ("@iot.id", ("id",)), ("id", ("id",)), ("Datastream/@iot.id", ("Datastream", "id")),
    ("Datastreams/Thing/properties/owner/name", ("Datastreams", "Thing", "properties", "owner", "name")),
    ("properties/list[0]", ("properties", "list", "0")),
    ("properties/list[1][2]/x", ("properties", "list", "1", "2", "x")),
    ("properties/0", ("properties", "0")), ("properties/2026-11-22", ("properties", "2026-11-22")),
    ("properties/lamp-post", ("properties", "lamp-post")), ("properties/a.b", ("properties", "a.b")),
    ("properties/Straße", ("properties", "Straße")), ("_x/y_1", ("_x", "y_1")), ("result / x", ("result", "x")),
    ("properties/any", ("properties", "any")), ("properties/true", ("properties", "true")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path"), MEMBERS)
def test_members_are_paths(text: str, path: tuple[str, ...]) -> None:
    assert read_expression(text) == Member(path)
    assert read_expression(f"{text} eq 1") == Binary("eq", Member(path), Literal(1))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_takes_its_arguments_and_no_other_number(name: str) -> None:
    least, most = FUNCTIONS[name]
    for number in range(5):
        text = f"{name.upper()}({','.join(['a'] * number)})"
        if least <= number <= most:
            found = read_expression(text)
            assert isinstance(found, Call) and found.name in {name, "substringof"}
            assert len(found.arguments) == number
        else:
            assert f"{name} takes" in str(refused(text).sentence)


def test_contains_is_substringof_the_other_way_round() -> None:
    assert read_expression("contains(name,'x')") == read_expression("substringof('x',name)")


def test_any_and_all_have_a_variable_and_a_condition() -> None:
    inner = Binary("gt", Member(("o", "result")), Literal(5))
    assert read_expression("Observations/any(o:o/result gt 5)") == Some("any", ("Observations",), "o", inner)
    assert read_expression("Datastreams/Observations/ALL( o : o/result gt 5 )") == Some(
        "all", ("Datastreams", "Observations"), "o", inner
    )
    assert read_expression("Observations/any()") == Some("any", ("Observations",), None, None)
    nested = read_expression("Datastreams/any(d:d/Observations/any(o:o/result gt 5) and d/name eq 'x')")
    assert written(nested) == "Datastreams/any(d:(d/Observations/any(o:(o/result gt 5)) and (d/name eq 'x')))"


def test_in_takes_a_list() -> None:
    found = read_expression("name in ('a', 'b')")
    assert found == Among(Member(("name",)), (Literal("a"), Literal("b")))


def test_parts_know_where_they_begin() -> None:
    found = read_expression("  a eq 1 and not (name in ('x'))")
    assert isinstance(found, Binary)
    assert (found.at, found.left.at) == (2, 2)
    assert isinstance(found.right, Unary)
    assert (found.right.at, found.right.operand.at) == (13, 18)


WRONG = [
    ("", "character 1: Expected a value, found the end."),
    ("name eq", "character 8: Expected a value, found the end."),
    ("name eq 'x' and", "character 16: Expected a value, found the end."),
    ("name 'x'", "character 6: Expected an operator or the end, found ''x''."),
    ("name = 'x'", "character 6: Expected an operator or the end, found '='."),
    ("name eq 'x", "character 9: Found a text without its closing quote"),
    ("(a eq 1", "character 8: Expected ')' or an operator, found the end."),
    ("a eq 1)", "character 7: Expected an operator or the end, found ')'."),
    ("length(name", "character 12: Expected ')' or ',' or an operator, found the end."),
    ("a in 5", "character 6: Expected '(', found '5'."),
    ("a in ()", "character 7: Expected a value, found ')'."),
    ("a eq 5x", "character 6: Found '5x'"),
    ("a eq 1.", "character 6: Found '1.'"),
    ("a eq #", "character 6: Found '#'"),
    ("a eq \x00", "character 6: Found a character that no text may hold."),
    ("properties/ eq 1", "character 16: Expected an operator or the end, found '1'."),
    ("properties/", "character 12: Expected a name, found the end."),
    ("properties/list[x]", "character 17: Expected a whole number, found 'x'."),
    ("Datastreams/all()", "character 17: Expected a variable"),
    ("Datastreams/any(name eq 1)", "character 17: Expected a variable"),
    ("substringof('a')", "character 1: substringof takes 2 arguments, found 1."),
    ("a eq now(1)", "character 6: now takes no argument, found 1."),
    ("substring(a,1,2,3)", "character 1: substring takes 2 to 3 arguments, found 4."),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_a_syntax_error_says_where_and_what_was_expected(text: str, told: str) -> None:
    refusal = refused(text)
    assert refusal.code == "odata.syntax"
    assert refusal.status == 400
    assert refusal.field == "$filter"
    assert told in str(refusal.sentence)


def test_an_unknown_function_names_near_ones() -> None:
    refusal = refused("name eq 1 or st_witin(location, geography'POINT(1 2)')")
    assert refusal.code == "odata.unknown-function"
    assert "character 14" in str(refusal.sentence)
    assert "st_within" in str(refusal.cure)
    assert refused("zzzz(1)").cure == ""


COSTLY = [
    "(" * 5000 + "1" + ")" * 5000,
    "not " * 5000 + "a",
    "-" * 5000 + "a",
    "length(" * 5000 + "a" + ")" * 5000,
    "Datastreams/any(d:" * 900 + "a",
    " or ".join(["a eq 1"] * 400),
    " add ".join(["1"] * 60),
    "1 or 1 and 1 eq 1 gt 1 add 1 mul (" * 38 + "1" + ")" * 38,
    "(" * 30 + " add ".join(["1"] * 20) + ") add 1" * 30,
    "a in (" + ",".join(["1"] * 600) + ")",
    "'" + "x" * 20_000 + "'",
]


@pytest.mark.parametrize("text", COSTLY)
def test_bombs_are_refused_for_their_cost(text: str) -> None:
    assert refused(text).code == "odata.too-costly"


def test_long_but_plain_conditions_are_served() -> None:
    read_expression(" or ".join([f"id eq {number}" for number in range(120)]))
    read_expression("a in (" + ",".join(["1"] * 450) + ")")
    read_expression("(" * 39 + "1" + ")" * 39)
