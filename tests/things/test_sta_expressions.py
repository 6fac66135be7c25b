# SPDX-License-Identifier: EUPL-1.2
"""Expressions in SQL: what they are true of, what they are worth, what is refused."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from smilecity.things.reads.sensorthings.columns import LATEST, TABLES, parameters
from smilecity.things.reads.sensorthings.expressions import Context
from smilecity.things.reads.sensorthings.expressions import compile as compiled
from smilecity.things.rights import Sight
from smilecity.things.rules.entities import KINDS
from smilecity.things.rules.odata import read_expression

from .expressing import ALL, ANYONE, HOUR, PARTNER, Stage, places, refused, staged, worth

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def stage_(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """What the tests ask, made once, in a transaction that is never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield staged()
        transaction.set_rollback(True)


@pytest.mark.parametrize("sight", [ALL, ANYONE, PARTNER, Sight(all=False, areas=[1], partners=True)])
@pytest.mark.parametrize("kind", KINDS)
def test_every_property_and_link_of_the_standard_is_stored_somewhere(kind: str, sight: Sight) -> None:
    table = TABLES[kind]
    assert set(table.columns) == {one.name for one in KINDS[kind].properties}
    assert {(name, join.to, join.many) for name, join in table.links.items()} == {
        (one.name, one.to, one.many) for one in KINDS[kind].links
    }
    shown = [sql for one in table.columns.values() for sql in (one.value, one.end, one.box, one.other) if sql]
    seen = f"{table.seen} = ({table.seen_by(sight)})"
    query = f"SELECT {table.id}, {', '.join(shown)}, {seen} FROM {table.source} WHERE {table.only}"
    with connection.cursor() as cursor:
        cursor.execute(query.format(a="t"), parameters(sight))
        for name, join in table.links.items():
            sources = [table.source, join.through, TABLES[join.to].source.replace("{a}", "{b}")]
            between = f"SELECT FROM {', '.join(one for one in sources if one)} WHERE {join.condition}"
            cursor.execute(between.format(a="t", b="u", t=f"v_{name}"))
    assert LATEST.columns == TABLES["Observation"].columns


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("result gt 4", [0, 2, 9]),
        ("result ge -2.5", [0, 1, 2, 9, 10]),
        ("result eq 5", [0]),
        ("5 eq result", [0]),
        ("result lt 0", [1]),
        ("result ne 5", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("not (result gt 4)", [1, 3, 4, 5, 6, 7, 8, 10]),
        ("result eq 'wet'", [3]),
        ("result eq 'O''Neil % _'", [4]),
        ("startswith(result, 'O''')", [4]),
        ("result eq true", [5]),
        ("result", [5]),
        ("result eq false", [6]),
        ("result eq null", []),
        ("result/x eq 7", [7]),
        ("result/x eq '7'", []),
        ("result/list/1 eq 'b'", [7]),
        ("result/1 gt 2", [8]),
        ("result in (5, 0)", [0, 10]),
        ("result in ('wet', 5)", [0, 3]),
        ("parameters/n eq 1", [0]),
        ("parameters/n eq '1'", [1]),
        ("parameters/n gt 5", [3]),
        ("parameters/n ne 1", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("parameters/t eq null", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("parameters/t ne null", [0]),
        ("parameters/b", [1]),
        ("parameters/deep/list/1/x eq 'y'", [0]),
        ("parameters/since lt 2026-11-20T12:30:01Z and parameters/since gt 2026-11-01", [4]),
        ("parameters/since eq 2026-11-20T12:30:00Z", [4]),
        ("parameters/since ge 2026-03-03T10:00:00Z and parameters/since lt 2026-03-04", [3]),
        ("parameters/n eq parameters/n", list(range(11))),
        ("resultQuality/grade eq 'good'", [6]),
        ("resultTime eq null", [0, 1, 3, 4, 6, 7, 8, 9, 10]),
        ("resultTime gt phenomenonTime", [2]),
        ("resultTime ne null and resultTime sub phenomenonTime gt duration'PT1H'", [2]),
        ("validTime ne null", [7]),
        ("validTime gt 2026-11-20T11:00:00Z", [7]),
        ("result add 1 eq 6", [0]),
        ("result mul 2 gt 40", [2, 9]),
        ("result div 0 eq null and result eq 5", [0]),
        ("result mod 2 eq 1", [0]),
        ("-result gt 2", [1]),
        ("result mul 1e300 mul 1e300 gt 1", [0, 2, 9]),
        ("round(result) eq -3", [1]),
        ("floor(result) eq 21", [2]),
        ("ceiling(result) eq 22", [2]),
        ("length(result) eq 3", [3]),
        ("indexof(result, 'e') eq 1", [3]),
        ("substring(result, 1) eq 'et'", [3]),
        ("substring(result, 0, 1) eq 'w'", [3]),
        ("substring(result, -5, 2) eq 'we'", [3]),
        ("toupper(result) eq 'WET'", [3]),
        ("tolower('WET') eq result", [3]),
        ("concat(result, '!') eq 'wet!'", [3]),
        ("trim(' wet ') eq result", [3]),
        ("substringof('%', result)", [4]),
        ("contains(result, '_')", [4]),
        ("endswith(result, 't')", [3]),
        ("endswith(result, 'et') eq true", [3]),
        ("result eq 5 or result eq 0 and result eq 1", [0]),
        ("(result eq 5 or result eq 0) and result eq 1", []),
        ("id eq 1000", [0]),
        ("@iot.id in (1001, 1002)", [1, 2]),
        ("id eq '1003'", [3]),
        ("id lt 1000.5", [0]),
        ("null", []),
        ("null eq null and result eq 5", [0]),
        ("true and result eq 5", [0]),
    ],
)
def test_what_is_true(stage_: Stage, text: str, expected: list[int]) -> None:
    assert places(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("phenomenonTime ge 2026-11-20T14:00:00Z and phenomenonTime lt 2026-11-20T15:00:00Z", [2]),
        ("phenomenonTime ge '2026-11-20T14:00:00Z' and phenomenonTime lt '2026-11-20T16:00:00+01:00'", [2]),
        ("phenomenonTime eq 2026-11-20T12:00:00Z", [0]),
        ("phenomenonTime eq 2026-11-20T14:00:00Z", []),  # an interval is no instant
        ("phenomenonTime eq 2026-11-20T14:00:00Z/2026-11-20T15:00:00Z", [2]),
        ("phenomenonTime lt 2026-11-20T13:00:00Z/2026-11-20T15:00:00Z", [0]),
        ("before(phenomenonTime, 2026-11-20T14:30:00Z)", [0, 1]),
        ("before(phenomenonTime, 2026-11-20T15:30:00Z/2026-11-21T00:00:00Z)", [0, 1, 2, 3]),
        ("after(phenomenonTime, 2026-11-20T20:00:00Z/2026-11-20T21:00:00Z)", [10]),
        ("meets(phenomenonTime, 2026-11-20T20:00:00Z/2026-11-20T21:00:00Z)", [8]),
        ("during(phenomenonTime, 2026-11-20T13:00:00Z/2026-11-20T16:00:00Z)", [2, 3]),
        ("overlaps(phenomenonTime, 2026-11-20T14:30:00Z/2026-11-20T16:00:00Z)", [2]),
        ("starts(phenomenonTime, 2026-11-20T14:00:00Z/2026-11-20T16:00:00Z)", [2]),
        ("finishes(phenomenonTime, 2026-11-20T13:00:00Z/2026-11-20T15:00:00Z)", [2, 3]),
        ("during(resultTime, validTime)", []),
        ("phenomenonTime add duration'PT2H' eq 2026-11-20T14:00:00Z", [0]),
        ("phenomenonTime sub duration'PT1H' eq 2026-11-20T11:00:00Z", [0]),
        ("phenomenonTime gt now()", []),
        ("phenomenonTime lt now() add duration'P3650D'", list(range(11))),
        ("phenomenonTime gt mindatetime() and phenomenonTime lt maxdatetime()", list(range(11))),
        ("hour(phenomenonTime) eq 13", [1]),
        (
            "year(phenomenonTime) eq 2026 and month(phenomenonTime) eq 11 and day(phenomenonTime) eq 20",
            list(range(11)),
        ),
        ("minute(phenomenonTime) ne 0 or second(phenomenonTime) ne 0", []),
        ("fractionalseconds(phenomenonTime) gt 0", []),
        ("time(phenomenonTime) eq 13:00:00", [1]),
        ("date(resultTime) eq 2026-11-20", [2, 5]),
        ("totaloffsetminutes(resultTime) eq 0", [2, 5]),
    ],
)
def test_times(stage_: Stage, text: str, expected: list[int]) -> None:
    assert places(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("7 mod 4", 3),
        ("0.1 add 0.2", Decimal("0.3")),
        ("10 sub 4 sub 3", 3),
        ("7 div 2", 3.5),
        ("duration'PT1H' mul 3", 3 * HOUR),
        ("duration'PT1H' add duration'PT30M'", 1.5 * HOUR),
        ("-duration'PT1H'", -HOUR),
        ("9223372036854775807 add 1", 2**63),
    ],
)
def test_what_it_is_worth(stage_: Stage, text: str, expected: Any) -> None:
    assert worth(text) == expected


@pytest.mark.parametrize(
    ("text", "code", "position", "words"),
    [
        ("reslt gt 5", "odata.unknown-property", 1, "result"),
        ("result gt 5 and Datastream/nam eq 'x'", "odata.unknown-property", 17, "name"),
        ("Datastream/Thing eq 5", "odata.unknown-property", 1, "Thing"),
        ("phenomenonTime/x eq 5", "odata.unknown-property", 1, "phenomenonTime"),
        ("Datastream/name eq 5", "odata.wrong-type", 1, "Text and a number"),
        ("phenomenonTime gt 5", "odata.wrong-type", 1, "A time and a number"),
        ("phenomenonTime gt 'soon'", "odata.wrong-type", 1, "A time and text"),
        ("id eq 'five'", "odata.wrong-type", 1, "A number and text"),
        ("result gt duration'PT1H'", "odata.wrong-type", 1, "A result and a duration"),
        ("tolower(id) eq 'x'", "odata.wrong-type", 9, "tolower takes text"),
        ("year(Datastream/name) eq 1", "odata.wrong-type", 6, "year takes a time"),
        ("Datastream/name add 1 eq 1", "odata.wrong-type", 1, "added"),
        ("Datastream/name", "odata.wrong-type", 1, "A condition is expected"),
        ("5", "odata.wrong-type", 1, "A condition is expected"),
        ("before(result, 5)", "odata.wrong-type", 1, "a number"),
        ("(result gt 5) gt true", "odata.wrong-type", 2, "eq and ne"),
        ("phenomenonTime add duration'P40000D' gt now()", "odata.wrong-type", 20, "100 years"),
        ("result/any(x: x eq 1) and id/any(x: x eq 1)", "odata.wrong-type", 27, "list"),
    ],
)
def test_what_does_not_fit_is_refused(stage_: Stage, text: str, code: str, position: int, words: str) -> None:
    refusal = refused(text)
    assert (refusal.code, refusal.status, refusal.field) == (code, 400, "$filter")
    assert f"at character {position})" in str(refusal.sentence)
    assert words in f"{refusal.sentence} {refusal.cure}"


def test_too_much_at_once_is_refused_before_it_runs(stage_: Stage) -> None:
    far = "Datastream/Thing/Datastreams/Thing/Datastreams/Thing/Datastreams/name eq 'x'"
    assert refused(f"{far} and {far}").code == "odata.too-costly"
    assert refused(" add ".join(["result"] * 42) + " gt 1").code == "odata.too-costly"


def test_values_are_no_part_of_the_text(stage_: Stage) -> None:
    evil = "'; DROP TABLE core_noun; --"
    for text in (f"result eq '{evil.replace(chr(39), chr(39) * 2)}'", "parameters/n eq 'n'"):
        context = Context(ANYONE)
        sql = compiled(read_expression(text), "Observation", "t", context).text
        assert "DROP" not in sql and "'n'" not in sql
    assert places("contains(result, '''; DROP')") == []


def test_months_that_cannot_hold_the_answer_are_left_out(stage_: Stage) -> None:
    with connection.cursor() as cursor:
        for month in range(1, 10):
            cursor.execute("SELECT public.things_keep_partition(%s)", [datetime(2026, month, 5, tzinfo=UTC)])
    for text in (
        "phenomenonTime ge 2026-03-01 and phenomenonTime lt 2026-04-01",
        "during(phenomenonTime, 2026-03-01/2026-04-01)",
    ):
        context = Context(ALL)
        sql = compiled(read_expression(text), "Observation", "t", context).text
        with psycopg.ClientCursor(connection.connection) as cursor:
            cursor.execute(
                f"EXPLAIN SELECT t.id FROM things_observation AS t WHERE {sql}", context.parameters
            )
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "2026_03" in plan and "2026_05" not in plan and "2026_11" not in plan
