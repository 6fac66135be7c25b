# SPDX-License-Identifier: EUPL-1.2
"""Whatever is asked is answered or refused; and how what was asked before is remembered."""

import asyncio
import contextlib
import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg_pool import AsyncConnectionPool

from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, Who
from smilecity.things import rights
from smilecity.things.api import reading
from smilecity.things.api.calls import Call
from smilecity.things.models import (
    Datastream,
)
from smilecity.things.reads.sensorthings import running, written
from smilecity.things.rules.entities import KINDS
from smilecity.things.rules.odata import read_query
from tests.examples import examples
from tests.things.asking import (
    BASE,
    INSIDER,
    PARTNER,
    BorrowedPool,
    Town,
    get,
    hourly,
    measured_town,
    observe,
    refused,
    reply,
    town,
)
from tests.things.stage import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> Town:
    """The town, with three observations in each datastream, of a feature each."""
    return measured_town()


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/Things", "$filter=name eq", "odata.syntax"),
        ("/Things", "$filter=nme eq 'x'", "odata.unknown-property"),
        ("/Things", "$filter=name", "odata.wrong-type"),
        ("/Things", "$orderby=nme", "odata.unknown-property"),
        ("/Locations", "$orderby=location", "odata.wrong-type"),
        ("/Things(1)", "$filter=name eq 'x'", "odata.bad-option"),
        ("/Things(1)", "$top=1", "odata.bad-option"),
        ("/Things", "$resultFormat=dataArray", "odata.bad-option"),
        ("/Sensors", "$resultFormat=GeoJSON", "odata.bad-option"),
        ("/Things", "$expand=Datastreams($top=1000;$expand=Observations($top=10000))", "odata.too-costly"),
        ("/Things", "$skiptoken=abc", "odata.bad-option"),
        ("/Nothing", "", "odata.unknown-path"),
        ("/Observations", "$filter=result div 0 gt 1", ""),
        ("/Observations", "$filter=result mul 1e308 mul 1e308 gt 1", ""),
        ("/Observations", "$filter=phenomenonTime add duration'P36000D' gt 2026-01-01T00:00:00Z", ""),
    ],
)
def test_bad_questions_are_refused_or_answered_never_an_error(
    city: Town, path: str, query: str, code: str
) -> None:
    if code:
        assert refused(path, query).code == code
    else:
        try:
            assert reply(path, query).status == 200
        except Refusal as refusal:
            assert refusal.status in (400, 503)


def test_what_is_stored_cannot_write_the_answer(city: Town) -> None:
    nasty = "a\"b\\\x01\x02 '%s %(x)s {a} =1+1"
    Datastream.objects.filter(id=city.public.id).update(name=nasty, properties={nasty: [nasty]})
    answer = get(f"/Datastreams({city.public.id})")
    assert answer["name"] == nasty
    assert answer["properties"][nasty] == [nasty]
    assert reply(f"/Datastreams({city.public.id})/name/$value").body.decode() == nasty
    assert get("/Datastreams", "$orderby=name&$top=1&$expand=Thing")["value"][0]["name"] == nasty


def test_a_host_cannot_write_the_answer(city: Town) -> None:
    call = Call("GET", "/Things", base='http://a","b":"\\')
    said = asyncio.run(reading.reply(SimpleNamespace(pool=BorrowedPool()), call))  # type: ignore[arg-type]
    assert json.loads(said.body)["value"][0]["@iot.selfLink"].startswith('http://a","b":"\\/Things(')


def test_a_plan_serves_other_ids_and_other_eyes(city: Town) -> None:
    plans = running.Plans(most=2)
    made: list[Any] = []

    def ask(path: str, who: Who) -> running.Question:
        asked = running.question(path, "$top=5", rights.sight(who), plans)
        made.append(asked.statement)
        return asked

    first = ask(f"/Datastreams({city.public.id})/Observations", ANYONE)
    second = ask(f"/Datastreams({city.internal.id})/Observations", ANYONE)
    assert first.statement is second.statement
    assert first.values["s0"] != second.values["s0"]
    assert ask(f"/Datastreams({city.public.id})/Observations", INSIDER).statement is not first.statement
    inside = ask(f"/Datastreams({city.public.id})/Observations", city.steward)
    assert inside.values["areas"] == [city.area]
    assert len(plans._kept) == 2  # the oldest is forgotten


def test_an_expanded_lists_query_is_written_as_it_was_read() -> None:
    query = (
        "$select=name,properties/a&$expand=Datastreams($filter=name eq 'it''s';$skip=2;$top=1),Locations"
        "&$filter=not (a/b eq -5 or x in (1,2.5,'%25')) and geo.distance(location,geography'POINT(1 2)') lt 1e3"
        " and time gt 2026-01-01T00:00:00.5Z sub duration'P1DT3.25S' and Datastreams/any(d:d/name eq null)"
        "&$orderby=name desc,id&$top=7&$count=true"
    )
    read = read_query(query.replace(" ", "%20"))
    assert read_query(written.address(read)) == read


@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_question_of_known_words_is_an_error(city: Town, data: st.DataObject) -> None:
    """Whatever is combined of sets, links and options is answered or refused, and means the same without a plan."""
    kind = data.draw(st.sampled_from(list(KINDS.values())))
    path = f"/{kind.plural}"
    query = "&".join(
        data.draw(st.lists(_option(kind.name), max_size=4, unique_by=lambda one: one.split("=")[0]))
    )
    who = data.draw(st.sampled_from([ANYONE, PARTNER, INSIDER, city.steward]))
    try:
        once = reply(path, query, who)
    except Refusal as refusal:
        assert 400 <= refusal.status < 500
        return
    assert once.status == 200
    assert reply(path, query, who).body == once.body


def _option(name: str, depth: int = 0) -> st.SearchStrategy[str]:
    kind = KINDS[name]
    properties = ["id", *(one.name for one in kind.properties)]
    ways: list[st.SearchStrategy[str]] = [
        st.sampled_from(properties).map(lambda one: f"$select={one}"),
        st.tuples(st.sampled_from(properties), st.sampled_from(["", " desc"])).map(
            lambda one: f"$orderby={one[0]}{one[1]}"
        ),
        st.integers(0, 3).map(lambda one: f"$top={one}"),
        st.integers(0, 3).map(lambda one: f"$skip={one}"),
        st.just("$count=true"),
        st.sampled_from(properties).map(lambda one: f"$filter={one} ne null"),
    ]
    if depth == 0:
        ways.append(
            st.sampled_from(["json", "CSV", "GeoJSON", "dataArray"]).map(lambda one: f"$resultFormat={one}")
        )
    if depth < 2:
        ways.append(
            st.sampled_from(kind.links).flatmap(
                lambda link: st.lists(
                    _option(link.to, depth + 1), max_size=3, unique_by=lambda one: one.split("=")[0]
                ).map(lambda inside: f"$expand={link.name}" + (f"({';'.join(inside)})" if inside else ""))
            )
        )
    return st.one_of(ways)


@pytest.mark.django_db
def test_no_function_of_ours_keeps_a_question_from_helping_processes() -> None:
    """One that is not marked as safe, anywhere in it, and a count of all observations takes twice as long."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND provolatile <> 'v'"
            " AND proparallel <> 's' AND proname ~ '^(core|people|space|things|places|citizens|governance)_'"
        )
        assert cursor.fetchall() == []


def test_by_the_doors_own_pool(database_url: str) -> None:
    """With a pool, a time limit on its connections, and statements prepared."""
    made = town()
    observe(made.public, *hourly(3))

    async def ask() -> list[Any]:
        async with AsyncConnectionPool(
            database_url, min_size=1, max_size=2, kwargs={"autocommit": True}, configure=running.configure
        ) as pool:
            service: Any = SimpleNamespace(pool=pool)
            call = Call("GET", f"/Datastreams({made.public.id})/Observations", "$top=2", base=BASE)
            answers = [await reading.reply(service, call) for _ in range(7)]
            async with pool.connection() as used:
                limit = await (await used.execute("SHOW statement_timeout")).fetchone()
                await used.execute("SET statement_timeout = '5ms'")
                slow = running.Question(running.Statement("SELECT pg_sleep(1)", "text"), {})
                only: Any = SimpleNamespace(connection=lambda **_options: contextlib.nullcontext(used))
                with pytest.raises(Refusal) as refusal:
                    await running.ask(only, slow)
            assert refusal.value.code == "odata.too-costly"
            assert limit == ("10s",)
            return answers

    answers = asyncio.run(ask())
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE things_observation")  # committed, and of no other test
    assert len({one.body for one in answers}) == 1
    assert [one["result"] for one in json.loads(answers[0].body)["value"]] == [0, 1]
    assert datetime.fromisoformat(
        json.loads(answers[0].body)["value"][0]["phenomenonTime"]
    ) == NOON.astimezone(UTC)
