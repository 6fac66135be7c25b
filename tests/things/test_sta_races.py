# SPDX-License-Identifier: EUPL-1.2
"""Writers of entities who meet: nothing is lost, nothing is left behind. In real transactions of their own."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from unittest.mock import patch

import orjson
import psycopg
import pytest
from django.db import connection

from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.things import actions
from smilecity.things.actions import observations, storing
from smilecity.things.actions.sensorthings import finding
from smilecity.things.api import writing
from smilecity.things.api.calls import Call, Reply
from smilecity.things.models import (
    Datastream,
    Featured,
    FeatureOfInterest,
    Hour,
    Latest,
    Observation,
    ObservedProperty,
    Sensor,
    Thing,
)
from smilecity.things.rules.observations import Observation as Observed
from tests.things.observing_stage import assert_latest_is_true, body, serving
from tests.things.stage import NOON
from tests.things.test_sta_bodies import DATASTREAM, PROPERTY, SENSOR, THING
from tests.things.test_sta_writing import BASE, FEATURE, KEY, LOCATION, call, made, observe

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Each on a thread of its own, begun at once; what each answered or raised, in order."""
    answers: list[Any] = [None] * len(acts)
    barrier = threading.Barrier(len(acts))

    def run(number: int, act: Callable[[], Any]) -> None:
        barrier.wait(10)
        try:
            answers[number] = act()
        except Exception as error:  # noqa: BLE001 - the test looks at what it was
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return answers


def states(answers: list[Any]) -> list[int]:
    return sorted(one.status for one in answers if isinstance(one, Reply | Refusal))


def meet(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """All come as far as having asked whether it is there, before one goes on; whoever waits for a lock is waited for."""
    barrier = threading.Barrier(count)
    seen = finding.seen

    def wait_then_see(*given: Any) -> None:
        seen(*given)
        with suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=1)

    monkeypatch.setattr(finding, "seen", wait_then_see)


def nothing_left(datastream: int) -> None:
    for model in (Latest, Observation, Hour):
        assert not model.objects.filter(datastream=datastream).exists(), model
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM things_observation o WHERE NOT EXISTS ("
                       "SELECT FROM things_datastream d WHERE d.id = o.datastream_id)")  # fmt: skip
        assert cursor.fetchone() == (0,)


def link(on: int, feature: int) -> None:
    Featured.objects.create(datastream_id=on, feature_id=feature)
    connection.close()


def datastream() -> int:
    thing = made("/Things", {"name": "T", "description": ""})
    return made(f"/Things({thing})/Datastreams", DATASTREAM)


def test_of_two_changes_by_those_who_saw_the_same_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    reply = call("POST", "/Sensors", SENSOR)
    etag = dict(reply.headers)[b"etag"].decode()
    path = dict(reply.headers)[b"location"].decode().removeprefix(BASE)
    meet(monkeypatch, 2)
    answers = together(
        lambda: call("PATCH", path, {"name": "one"}, if_match=etag),
        lambda: call("PATCH", path, {"description": "two"}, if_match=etag),
    )
    assert states(answers) == [200, 412]
    kept = Sensor.objects.get()
    assert (kept.name == "one") != (kept.description == "two")


def test_two_changes_of_different_properties_both_last(monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/Things({made('/Things', THING)})"
    meet(monkeypatch, 2)
    patch = [{"op": "add", "path": "/properties/b", "value": 1}]
    answers = together(
        lambda: call("PATCH", path, [{"op": "add", "path": "/properties/a", "value": 1}]),
        lambda: call("PATCH", path, patch),
    )
    assert states(answers) == [200, 200]
    assert Thing.objects.get().properties == {"a": 1, "b": 1}


def test_things_of_one_name_made_at_once_are_several() -> None:
    answers = together(*[lambda: call("POST", "/Things", THING)] * 4)
    assert states(answers) == [201] * 4
    assert Noun.objects.filter(kind="thing").values("address").distinct().count() == 4
    assert Thing.objects.count() == 4


def test_a_definition_kept_at_once_is_one_property_and_posted_at_once_are_two() -> None:
    def keep() -> Any:
        return actions.keep_observed_property(NODE, "urn:x", "X")

    assert len({one.pk for one in together(keep, keep, keep)}) == 1
    together(*[lambda: call("POST", "/ObservedProperties", PROPERTY)] * 2)
    assert ObservedProperty.objects.filter(definition=PROPERTY["definition"]).count() == 2


def test_a_datastream_kept_at_once_is_one() -> None:
    thing = Thing.objects.get(pk=made("/Things", THING | {"Datastreams": []}))
    sensor = Sensor.objects.get(pk=made("/Sensors", SENSOR))
    observed = ObservedProperty.objects.get(pk=made("/ObservedProperties", PROPERTY))

    def keep() -> Any:
        from datetime import timedelta

        return actions.keep_datastream(NODE, thing, "D", sensor, observed, {}, silent_after=timedelta(days=1))

    assert len({one.pk for one in together(keep, keep, keep)}) == 1


def test_an_observation_on_its_way_is_waited_for_and_deleted_too(database_url: str) -> None:
    id_ = datastream()
    observe(id_)
    with psycopg.connect(database_url) as other:
        # As the line does: the row of Latest is written last, and held until the commit.
        other.execute(
            "INSERT INTO things_observation (datastream_id, phenomenon_time, result) VALUES (%s, now(), 5)",
            [id_],
        )
        other.execute("UPDATE things_latest SET count = count + 1 WHERE datastream_id = %s", [id_])
        deleting = threading.Thread(target=lambda: together(lambda: call("DELETE", f"/Datastreams({id_})")))
        deleting.start()
        deleting.join(0.7)
        assert deleting.is_alive(), "it must wait for the writer"
        other.commit()
    deleting.join(20)
    assert not Datastream.objects.exists()
    nothing_left(id_)


def test_observations_posted_while_their_datastream_goes_leave_nothing_behind() -> None:
    for _round in range(3):
        id_ = datastream()
        observe(id_)

        def post(on: int = id_) -> list[int]:
            stored = []
            for _each in range(15):
                try:
                    stored.append(observe(on))
                except Refusal as refusal:
                    assert refusal.status in (404, 409, 503)
            return stored

        answers = together(post, lambda on=id_: call("DELETE", f"/Datastreams({on})"), post)
        assert not [one for one in answers if isinstance(one, Exception)]
        nothing_left(id_)


# Line and deletion meet at a feature


def of_feature(feature: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM things_observation WHERE feature = %s", [feature])
        return int(cursor.fetchone()[0])


def featured() -> tuple[int, dict[str, Any]]:
    """A feature, and an observation of it as it is posted."""
    feature = made("/FeaturesOfInterest", FEATURE)
    return feature, body(datastream(), FeatureOfInterest={"@iot.id": feature})


def test_a_feature_waits_for_an_observation_that_is_being_stored(database_url: str) -> None:
    feature, sent = featured()
    on = sent["Datastream"]["@iot.id"]
    observe(on, FeatureOfInterest={"@iot.id": feature})
    row = Observed(on, NOON, None, 5.0, feature=feature, id=10**6)
    with psycopg.connect(database_url) as other:
        other.execute("SELECT things_keep_partition(%s)", [NOON])
        other.execute(storing.STORE, storing.parameters([row]))
        going = threading.Thread(
            target=lambda: together(lambda: call("DELETE", f"/FeaturesOfInterest({feature})"))
        )
        going.start()
        going.join(0.5)
        assert going.is_alive(), "it must wait for the writer"
        other.commit()
    going.join(20)
    assert not going.is_alive()
    assert not FeatureOfInterest.objects.exists()
    assert of_feature(feature) == 0
    assert_latest_is_true(database_url, on)


@pytest.mark.parametrize("stored_before", [True, False])
def test_an_observation_of_a_feature_that_is_going_is_not_kept(
    database_url: str, monkeypatch: pytest.MonkeyPatch, stored_before: bool
) -> None:
    feature, sent = featured()
    on = sent["Datastream"]["@iot.id"]
    forget, gone, go_on = observations.forget_feature, threading.Event(), threading.Event()

    def forget_and_wait(*given: Any) -> None:
        forget(*given)
        gone.set()
        go_on.wait(10)

    monkeypatch.setattr(observations, "forget_feature", forget_and_wait)

    async def meet_there() -> Reply:
        async with serving(database_url) as service:
            if stored_before:
                assert (await service.post("/Observations", sent, KEY)).status == 201
            else:
                await asyncio.to_thread(link, on, feature)
                await service.line.streams.has(service.pool, on, feature)
            deleting = asyncio.create_task(asyncio.to_thread(together, delete))
            await asyncio.to_thread(gone.wait, 10)
            posting = asyncio.create_task(service.post("/Observations", sent, KEY))
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(posting), 0.3)
            assert not posting.done(), "it must wait for the deletion"
            go_on.set()
            assert [one.status for one in await deleting] == [200]
            return await posting

    def delete() -> Reply:
        return call("DELETE", f"/FeaturesOfInterest({feature})")

    reply = asyncio.run(meet_there())
    assert (reply.status, orjson.loads(reply.body)["field"]) == (404, "FeatureOfInterest")
    assert of_feature(feature) == 0
    assert_latest_is_true(database_url, on)


def test_where_no_feature_was_named_another_is_made_for_the_one_that_went(database_url: str) -> None:
    thing = made("/Things", THING)
    made(f"/Things({thing})/Locations", LOCATION)
    on = made(f"/Things({thing})/Datastreams", DATASTREAM)

    async def post_before_and_after() -> list[int]:
        async with serving(database_url) as service:
            # The first makes the feature, the second remembers it.
            posted = [await service.post("/Observations", body(on), KEY) for _ in range(2)]
            (gone,) = FeatureOfInterest.objects.values_list("id", flat=True)
            await asyncio.to_thread(together, lambda: call("DELETE", f"/FeaturesOfInterest({gone})"))
            posted.append(await service.post("/Observations", body(on), KEY))
            return [one.status for one in posted]

    with patch.dict("os.environ", DJANGO_ALLOW_ASYNC_UNSAFE="true"):
        assert asyncio.run(post_before_and_after()) == [201] * 3
    feature = FeatureOfInterest.objects.get()
    assert of_feature(feature.id) == 1
    assert_latest_is_true(database_url, on)


def test_a_datastream_posted_while_its_thing_goes_is_there_with_it_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    id_ = made("/Things", {"name": "T", "description": ""})
    meet(monkeypatch, 2)
    answers = together(
        lambda: call("DELETE", f"/Things({id_})"),
        lambda: call("POST", f"/Things({id_})/Datastreams", DATASTREAM),
    )
    assert answers[0].status in (200, 409)
    assert all(isinstance(one, Reply | Refusal) for one in answers)
    assert not Datastream.objects.exclude(thing__in=Thing.objects.all()).exists()


def test_change_sets_that_stand_in_each_others_way_are_tried_again() -> None:
    one, other = (made("/Sensors", SENSOR | {"name": name}) for name in ("one", "other"))
    barrier = threading.Barrier(2)

    def change(first: int, second: int, text: str) -> list[Reply]:
        def resolve(index: int, asked: Call, _before: Any) -> Call:
            if index == 1:
                with suppress(threading.BrokenBarrierError):
                    barrier.wait(timeout=2)
            return asked

        body = orjson.dumps({"description": text})
        paths = (f"/Sensors({first})", f"/Sensors({second})")
        return writing.write_all([Call("PATCH", path, "", body, {}, KEY, BASE) for path in paths], resolve)

    answers = together(lambda: change(one, other, "a"), lambda: change(other, one, "b"))
    assert [len(replies) for replies in answers] == [2, 2]
    assert len(set(Sensor.objects.values_list("description", flat=True))) == 1
