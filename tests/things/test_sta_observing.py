# SPDX-License-Identifier: EUPL-1.2
"""Observations that come by POST: answered after the commit that holds them, once, and each refused alone."""

import asyncio
import random
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from smilecity.core.who import ANYONE, NODE, Who
from smilecity.things.models import Datastream, FeatureOfInterest, Location, Thing
from smilecity.things.rules import results
from tests.things.observing_stage import (
    BASE,
    COUNT,
    OBSERVER,
    assert_latest_is_true,
    body,
    id_of,
    post,
    said,
    serving,
)
from tests.things.stage import NOON, ask, stream, streams, thing

FIRST = 2**52
POINT = {"type": "Point", "coordinates": [12.1, 54.1]}


def test_an_observation_is_there_whole_when_it_is_answered(database_url: str) -> None:
    ds = stream(on=thing(geo=POINT)).id
    (reply,) = post(
        database_url,
        "/Observations",
        body(
            ds,
            at=None,
            phenomenonTime="2026-11-20T13:00:00+01:00/2026-11-20T14:00:00+01:00",
            resultTime="2026-11-20T13:00:01Z",
            validTime="2026-11-20T13:00:00Z/2026-11-21T13:00:00Z",
            parameters={"height": 2},
            resultQuality="good",
        ),
    )
    number = id_of(reply)
    assert said(reply)["@iot.selfLink"] == f"{BASE}/Observations({number})"
    assert dict(reply.headers)[b"location"] == f"{BASE}/Observations({number})".encode()
    hour = timedelta(hours=1)
    found = ask(
        database_url,
        "SELECT phenomenon_time, phenomenon_end, result_time, result, valid_start, valid_end, parameters, quality"
        " FROM things_observation WHERE id = %s AND datastream_id = %s",
        number,
        ds,
    )
    assert found == [
        (
            NOON,
            NOON + hour,
            NOON + hour + timedelta(seconds=1),
            1.5,
            NOON + hour,
            NOON + 25 * hour,
            {"height": 2},
            "good",
        )
    ]
    assert_latest_is_true(database_url, ds)


def test_those_that_arrive_together_share_commits(database_url: str) -> None:
    several = streams(3)
    bodies = [body(several[n % 3], n, NOON + timedelta(seconds=n)) for n in range(600)]

    async def send() -> list[int]:
        async with serving(database_url) as service:
            first = [
                await service.post("/Observations", one) for one in bodies[:3]
            ]  # what it must know, it knows
            rest = await asyncio.gather(*(service.post("/Observations", one) for one in bodies[3:]))
            return [id_of(reply) for reply in (*first, *rest)]

    assert len(set(asyncio.run(send()))) == 600
    entries = ask(database_url, "SELECT about, data FROM core_logentry WHERE verb = 'observed' ORDER BY id")
    assert 1 <= len(entries) <= 40
    spoken = sum(data["to"] - data["from"] + 1 for _about, data in entries)
    assert spoken == 600
    for ds in several:
        assert ask(database_url, COUNT, ds) == [(200, 200)]
        assert_latest_is_true(database_url, ds)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"result": "warm"}, "observation.bad-result"),
        ({"result": True}, "observation.bad-result"),
        ({"result": None}, "observation.bad-result"),
        ({"phenomenonTime": "yesterday"}, "observation.bad-time"),
        ({"phenomenonTime": 5}, "observation.bad-time"),
        ({"phenomenonTime": "2026-11-20T12:00:00"}, "observation.bad-time"),
        ({"phenomenonTime": "2026-11-20T12:00:00Z/2026-11-20T11:00:00Z"}, "observation.bad-time"),
        ({"phenomenonTime": "1899-12-31T00:00:00Z"}, "observation.impossible-time"),
        ({"phenomenonTime": "9999-12-31T00:00:00Z"}, "observation.impossible-time"),
        ({"resultTime": "0001-01-01T00:00:00+14:00"}, "observation.impossible-time"),
        ({"validTime": "2026-11-20T12:00:00Z"}, "observation.bad-time"),
        ({"parameters": [1]}, "entity.bad-property"),
        ({"parameters": {"a": "\0"}}, "observation.bad-json"),
        ({"parameters": {"a": "x" * (64 * 1024)}}, "observation.bad-json"),
        (
            {"resultQuality": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]},
            "observation.bad-json",
        ),
        ({"rezult": 5}, "entity.unknown-property"),
        ({"@iot.id": 5}, "observation.bad-id"),
        ({"@iot.id": 2**53}, "observation.bad-id"),
        ({"Datastream": {"@iot.id": 987654321}}, "entity.not-found"),
        ({"Datastream": {"@iot.id": "x"}}, "entity.bad-property"),
        ({"FeatureOfInterest": {"@iot.id": 987654321}}, "entity.not-found"),
    ],
)
def test_what_is_wrong_is_refused_alone_and_named(
    database_url: str, wrong: dict[str, Any], code: str
) -> None:
    ds = stream().id
    good, bad, also = post(database_url, "/Observations", body(ds), body(ds) | wrong, body(ds))
    assert said(bad)["code"] == code
    assert 400 <= bad.status < 500
    assert (good.status, also.status) == (201, 201)
    assert ask(database_url, COUNT, ds) == [(2, 2)]


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'"x"', b'{"result": NaN}', b'{"result": 1e999}', b"\xff"])
def test_what_is_no_observation_is_refused(database_url: str, raw: bytes) -> None:
    ds = stream().id
    (reply,) = post(database_url, f"/Datastreams({ds})/Observations", raw)
    assert reply.status == 400
    assert ask(database_url, COUNT, ds) == [(0, 0)]


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (results.MEASUREMENT, 3, "3"),
        (results.COUNT, 3, 3.5),
        (results.TRUTH, False, 0),
        (results.CATEGORY, "urn:rain", 4),
        (results.ANY, {"a": [None]}, {"a": "\0"}),
        (results.ANY, None, "x" * (64 * 1024)),
        ("urn:of-another-server", [1], "\0"),
    ],
)
def test_a_result_is_of_its_datastreams_type(database_url: str, kind: str, right: Any, wrong: Any) -> None:
    ds = stream().id
    Datastream.objects.filter(id=ds).update(observation_type=kind)
    good, bad = post(database_url, f"/Datastreams({ds})/Observations", {"result": right}, {"result": wrong})
    assert (good.status, bad.status) == (201, 422)
    ((number, other, null),) = ask(
        database_url,
        "SELECT result, value, value = 'null' FROM things_observation WHERE datastream_id = %s",
        ds,
    )
    assert (number if other is None and not null else other) == right


def test_a_multidatastream_takes_arrays(database_url: str) -> None:
    ds = stream().id
    Datastream.objects.filter(id=ds).update(
        multi=True, observation_types=[results.MEASUREMENT, results.CATEGORY], observed_property=None
    )
    way = f"/MultiDatastreams({ds})/Observations"
    replies = post(
        database_url,
        way,
        {"result": [1, "a"]},
        {"result": [None, "b"]},
        {"result": [1]},
        {"result": ["a", "a"]},
    )
    assert [reply.status for reply in replies] == [201, 201, 422, 422]
    assert post(database_url, f"/Datastreams({ds})/Observations", {"result": [1, "a"]})[0].status == 404
    assert_latest_is_true(database_url, ds)


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        (ANYONE, 401, "key.needed"),
        (Who(label="key/2", scopes=frozenset({"intake"})), 403, "key.wrong-scope"),
        (OBSERVER, 404, "entity.not-found"),  # it does not see it
        (NODE, 201, None),
        (Who(label="key/3", scopes=frozenset({"observe", "read-internal"})), 201, None),
    ],
)
def test_who_may_observe_what_is_not_public(
    database_url: str, who: Who, status: int, code: str | None
) -> None:
    ds = stream(visibility="internal").id
    (reply,) = post(database_url, "/Observations", body(ds), who=who)
    assert (reply.status, said(reply).get("code")) == (status, code)


def test_one_id_of_a_client_is_stored_once_whatever_line_it_takes(database_url: str) -> None:
    """Without a time in the body the second try is at another moment: the key of the table could not tell."""
    ds, other = streams(2)
    ask(database_url, "SELECT things_keep_partition(now())")

    async def send() -> list[Any]:
        async with serving(database_url) as one, serving(database_url) as two:
            both = [
                service.post("/Observations", body(ds, at=None) | {"@iot.id": FIRST + n})
                for n in range(200)
                for service in (one, two)
            ]
            random.Random(3).shuffle(both)
            return list(await asyncio.gather(*both))

    replies = asyncio.run(send())
    assert {reply.status for reply in replies} == {201}
    assert ask(database_url, COUNT, ds) == [(200, 200)]
    (taken,) = post(database_url, "/Observations", body(other) | {"@iot.id": str(FIRST)})
    assert (taken.status, said(taken)["code"]) == (409, "observation.id-taken")
    assert ask(database_url, COUNT, other) == [(0, 0)]
    told = ask(database_url, "SELECT data FROM core_logentry WHERE verb = 'observed'")
    assert sorted(one for (data,) in told for one in data["ids"]) == [FIRST + n for n in range(200)]
    assert_latest_is_true(database_url, ds)


def test_without_the_lock_two_would_store_the_same_id(database_url: str) -> None:
    """Two transactions look for the id before either has stored it: each finds it free."""
    ds = stream().id
    ask(database_url, "SELECT things_keep_partition(%s)", NOON)
    insert = (
        "INSERT INTO things_observation (id, datastream_id, phenomenon_time, result) VALUES (%s, %s, %s, 1)"
    )
    look = "SELECT count(*) FROM things_observation WHERE id = %s"
    with psycopg.connect(database_url) as one, psycopg.connect(database_url) as two:
        for number, connection in enumerate((one, two)):
            assert connection.execute(look, [FIRST]).fetchone() == (0,)
            connection.execute(insert, [FIRST, ds, NOON + timedelta(seconds=number)])
    assert ask(database_url, COUNT, ds) == [(2, 1)]


def test_a_datastream_that_goes_takes_its_observations_and_refuses_the_rest(database_url: str) -> None:
    from django.db import connection, transaction

    from smilecity.things.actions.observations import forget_datastream

    first, kept = streams(2)

    async def send() -> list[int]:
        async with serving(database_url) as service:
            statuses = []

            async def one(n: int) -> None:
                await asyncio.sleep(random.Random(n).uniform(0, 0.2))
                both = [service.post("/Observations", body(ds, n)) for ds in (first, kept)]
                statuses.extend([reply.status for reply in await asyncio.gather(*both)])

            await asyncio.gather(asyncio.to_thread(delete), *(one(n) for n in range(300)))
            return statuses

    def delete() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.1)")
                forget_datastream(cursor, first)
                cursor.execute("SELECT pg_sleep(0.03)")
                cursor.execute("DELETE FROM things_datastream WHERE id = %s", [first])
        finally:
            connection.close()

    statuses = asyncio.run(send())
    assert set(statuses) == {201, 404}
    assert ask(database_url, COUNT, first) == [(0, 0)]
    assert ask(database_url, COUNT, kept) == [(300, 300)]
    assert ask(database_url, "SELECT count(*) FROM things_latest WHERE datastream_id = %s", first) == [(0,)]


def test_a_feature_is_made_of_the_things_place_once(database_url: str) -> None:
    on = thing(geo=POINT)
    several = [stream(name, on=on).id for name in ("a", "b")]

    async def send() -> None:
        async with serving(database_url) as one, serving(database_url) as two:
            posts = [service.post("/Observations", body(ds)) for service in (one, two) for ds in several * 5]
            assert {reply.status for reply in await asyncio.gather(*posts)} == {201}

    asyncio.run(send())
    (feature,) = FeatureOfInterest.objects.all()
    assert feature.feature == POINT
    assert ask(database_url, "SELECT DISTINCT feature FROM things_observation") == [(feature.id,)]
    pairs = "SELECT datastream_id, feature_id FROM things_featured ORDER BY datastream_id"
    assert ask(database_url, pairs) == [(ds, feature.id) for ds in several]
    assert Datastream.objects.get(id=several[0]).observed_area == POINT


def test_a_thing_that_moved_has_another_feature_and_the_area_grows(database_url: str) -> None:
    from smilecity.things import facts

    on = thing(geo=POINT)
    ds = stream(on=on).id
    elsewhere = {"type": "Point", "coordinates": [12.2, 54.2]}

    async def send() -> None:
        async with serving(database_url) as service:
            assert (await service.post("/Observations", body(ds))).status == 201
            await asyncio.to_thread(move)
            service.line.heard({facts.THING_KEPT})
            assert (await service.post("/Observations", body(ds))).status == 201

    def move() -> None:
        from django.db import connection

        try:
            Thing.objects.get(pk=on.pk).locations.set(
                [Location.objects.create(name="there", location=elsewhere)]
            )
        finally:
            connection.close()

    asyncio.run(send())
    features = ask(database_url, "SELECT DISTINCT feature FROM things_observation")
    assert len(features) == 2
    ring = [[12.1, 54.1], [12.2, 54.1], [12.2, 54.2], [12.1, 54.2], [12.1, 54.1]]
    assert Datastream.objects.get(id=ds).observed_area == {"type": "Polygon", "coordinates": [ring]}


def test_late_values_of_hours_rolled_up_mark_them_stale(database_url: str) -> None:
    ds = stream().id
    post(database_url, "/Observations", body(ds))
    until = NOON + timedelta(hours=1)
    ask(database_url, "UPDATE things_latest SET rolled_until = %s RETURNING 1", until)
    late = [NOON - timedelta(minutes=1), NOON + timedelta(minutes=5), until]
    post(database_url, "/Observations", *(body(ds, at=at) for at in late))
    stale = ask(database_url, "SELECT start FROM things_stalehour WHERE datastream_id = %s ORDER BY 1", ds)
    assert stale == [(NOON - timedelta(hours=1),), (NOON,)]
