# SPDX-License-Identifier: EUPL-1.2
"""Observations created, changed and deleted one by one: what is kept of their datastream stays true."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, Who
from smilecity.things.actions import observations
from smilecity.things.models import Datastream, FeatureOfInterest, Latest, Observation, StaleHour
from tests.examples import examples
from tests.things.observing_stage import OBSERVER
from tests.things.stage import NOON, stream, thing

FIRST = 2**52
NEW = st.builds(
    dict,
    start=st.integers(-5000, 5000),
    length=st.none() | st.integers(0, 3000),
    said=st.none() | st.integers(-3000, 3000),
    result=st.floats(-50, 50),
)
STEP = st.tuples(
    st.sampled_from(["create", "create", "change", "delete", "delete_matching", "roll"]),
    NEW,
    st.integers(0, 99),
)


@pytest.fixture(autouse=True)
def _time_stands() -> Iterator[None]:
    with clock.frozen(NOON + timedelta(days=8)):
        yield


def body(new: dict[str, Any]) -> dict[str, Any]:
    """A body with times in minutes around noon."""
    start = NOON + timedelta(minutes=new["start"])
    time = start.isoformat()
    if new["length"] is not None:
        time += f"/{(start + timedelta(minutes=new['length'])).isoformat()}"
    said = new["said"]
    told = None if said is None else (NOON + timedelta(minutes=said)).isoformat()
    return {"phenomenonTime": time, "resultTime": told, "result": new["result"]}


def rows(datastream: int) -> list[Observation]:
    return list(Observation.objects.filter(datastream=datastream).order_by("phenomenon_time", "id"))


def assert_true(datastream: int) -> None:
    kept = Latest.objects.filter(datastream=datastream).first()
    found = rows(datastream)
    if kept is None:
        assert not found
        return
    said = [one.result_time for one in found if one.result_time]
    assert (kept.count, kept.first_time, kept.last_time, kept.first_result_time, kept.last_result_time) == (
        len(found),
        min((one.phenomenon_time for one in found), default=None),
        max((one.phenomenon_end or one.phenomenon_time for one in found), default=None),
        min(said, default=None),
        max(said, default=None),
    )
    newest = found[-1] if found else None
    assert (kept.observation, kept.phenomenon_time, kept.phenomenon_end, kept.result, kept.result_time) == (
        (newest.id, newest.phenomenon_time, newest.phenomenon_end, newest.result, newest.result_time)
        if newest
        else (None,) * 5
    )


@pytest.mark.django_db
@settings(
    deadline=None, max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, max_size=12))
def test_what_is_kept_is_what_a_recount_finds(steps: list[tuple[str, dict[str, Any], int]]) -> None:
    ds = stream().id
    observations.delete_matching(OBSERVER, ds)
    Latest.objects.filter(datastream=ds).update(rolled_until=None)
    StaleHour.objects.filter(datastream=ds).delete()
    before: set[tuple[Any, ...]] = set()
    for step, new, place in steps:
        found = rows(ds)
        chosen = found[place % len(found)].id if found else None
        if step == "create":
            observations.create(OBSERVER, [{"Datastream": {"@iot.id": ds}, **body(new)}])
        elif step == "roll":
            Latest.objects.filter(datastream=ds).update(rolled_until=NOON)
            StaleHour.objects.filter(datastream=ds).delete()
            before = values(ds)
        elif step == "change" and chosen:
            observations.change(OBSERVER, chosen, body(new))
        elif step == "delete" and chosen:
            observations.delete(OBSERVER, chosen)
        elif step == "delete_matching":
            observations.delete_matching(OBSERVER, ds, "o.result < %(most)s", {"most": new["result"] - 25})
        assert_true(ds)
    kept = Latest.objects.filter(datastream=ds).first()
    if kept and kept.rolled_until:
        touched = {hour(one[0]) for one in before ^ values(ds) if one[0] < NOON}
        assert touched <= set(StaleHour.objects.filter(datastream=ds).values_list("start", flat=True))


def hour(moment: Any) -> Any:
    return moment.replace(minute=0, second=0, microsecond=0)


def values(datastream: int) -> set[tuple[Any, ...]]:
    return {(one.phenomenon_time, one.id, one.result) for one in rows(datastream)}


@pytest.mark.django_db
def test_a_bad_one_among_several_keeps_all_out() -> None:
    ds = stream().id
    good = {"Datastream": {"@iot.id": ds}, "result": 1}
    with pytest.raises(Refusal) as refused:
        observations.create(OBSERVER, [good, good | {"result": "x"}])
    assert refused.value.code == "observation.bad-result"
    assert rows(ds) == []


@pytest.mark.django_db
def test_an_id_of_a_client_again_is_the_same_and_elsewhere_is_refused() -> None:
    ds, other = stream().id, stream("other").id
    one = {"Datastream": {"@iot.id": ds}, "result": 1, "@iot.id": FIRST}
    assert observations.create(OBSERVER, [one, one]) == [FIRST, FIRST]
    assert observations.create(OBSERVER, [one]) == [FIRST]
    assert len(rows(ds)) == 1
    with pytest.raises(Refusal) as refused:
        observations.create(OBSERVER, [one | {"Datastream": {"@iot.id": other}}])
    assert refused.value.status == 409


@pytest.mark.django_db
def test_a_change_keeps_what_it_does_not_name_and_may_move_to_another_month() -> None:
    ds = stream().id
    said = {"result": 1, "parameters": {"a": 1}, "phenomenonTime": NOON.isoformat()}
    (number,) = observations.create(OBSERVER, [{"Datastream": {"@iot.id": ds}, **said}])
    early = NOON - timedelta(days=400)
    observations.change(OBSERVER, number, {"phenomenonTime": early.isoformat()})
    (row,) = rows(ds)
    assert (row.id, row.phenomenon_time, row.result, row.parameters) == (number, early, 1, {"a": 1})
    observations.change(OBSERVER, number, {"result": 2}, whole=True)
    (row,) = rows(ds)
    assert (row.id, row.phenomenon_time, row.result, row.parameters) == (number, clock.now(), 2, None)
    assert_true(ds)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"result": "x"}, "observation.bad-result"),
        ({"phenomenonTime": "soon"}, "observation.bad-time"),
        ({"nothing": 1}, "entity.unknown-property"),
        ({"Datastream": {"@iot.id": 987654}}, "entity.bad-property"),
        ({"FeatureOfInterest": {"@iot.id": 987654}}, "entity.not-found"),
    ],
)
def test_a_bad_change_changes_nothing(body: dict[str, Any], code: str) -> None:
    ds = stream().id
    (number,) = observations.create(OBSERVER, [{"Datastream": {"@iot.id": ds}, "result": 1}])
    before = rows(ds)
    with pytest.raises(Refusal) as refused:
        observations.change(OBSERVER, number, body)
    assert refused.value.code == code
    assert [one.result for one in rows(ds)] == [one.result for one in before]


@pytest.mark.django_db
def test_what_is_not_seen_or_not_there_is_not_found() -> None:
    ds = stream(visibility="internal").id
    insider = Who(label="key/9", scopes=frozenset({"observe", "read-internal"}))
    (number,) = observations.create(insider, [{"Datastream": {"@iot.id": ds}, "result": 1}])
    for who, one in ((OBSERVER, number), (insider, number + 1000)):
        with pytest.raises(Refusal) as refused:
            observations.change(who, one, {"result": 2})
        assert refused.value.status == 404
        with pytest.raises(Refusal) as refused:
            observations.delete(who, one)
        assert refused.value.status == 404
    with pytest.raises(Refusal) as refused:
        observations.delete_matching(OBSERVER, ds)
    assert refused.value.status == 404
    with pytest.raises(Refusal) as refused:
        observations.delete(ANYONE, number)
    assert refused.value.status == 401
    assert len(rows(ds)) == 1


@pytest.mark.django_db
def test_deleting_by_condition_goes_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observations, "CHUNK", 7)
    ds, other = stream().id, stream("other").id
    for one in (ds, other):
        observations.create(OBSERVER, [{"Datastream": {"@iot.id": one}, "result": n} for n in range(40)])
    assert observations.delete_matching(OBSERVER, ds, "o.result >= %(least)s", {"least": 5}) == 35
    assert [len(rows(one)) for one in (ds, other)] == [5, 40]
    assert_true(ds)


@pytest.mark.django_db
def test_a_feature_that_goes_takes_its_observations() -> None:
    ds = stream(on=thing(geo={"type": "Point", "coordinates": [12.1, 54.1]})).id
    other = FeatureOfInterest.objects.create(
        name="lake", feature={"type": "Point", "coordinates": [12.3, 54.3]}
    )
    link = {"Datastream": {"@iot.id": ds}}
    observations.create(OBSERVER, [{**link, "result": n} for n in range(3)])
    observations.create(OBSERVER, [{**link, "result": 9, "FeatureOfInterest": {"@iot.id": other.id}}] * 2)
    assert Datastream.objects.get(id=ds).observed_area["type"] == "Polygon"
    with connection.cursor() as cursor:
        observations.forget_feature(cursor, other.id)
    assert [one.result for one in rows(ds)] == [0, 1, 2]
    assert_true(ds)
    assert Datastream.objects.get(id=ds).observed_area == {"type": "Point", "coordinates": [12.1, 54.1]}
