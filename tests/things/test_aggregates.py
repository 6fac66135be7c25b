# SPDX-License-Identifier: EUPL-1.2
"""$apply: compared with what Python counts, from hours and from raw values, in zones with days of 23 and 25 hours."""

import math
from datetime import UTC, datetime, timedelta
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smilecity.core.problems import Refusal
from tests.examples import examples
from tests.things.aggregating import AMOUNTS, BERLIN, BY_DAY, COUNTS, HOUR, Value, ask, page, roll, serves
from tests.things.calendars import DAYS, STRETCHES, grouped
from tests.things.hours import fill, write
from tests.things.stage import stream


@pytest.fixture(autouse=True)
def _nothing_of_others(request: pytest.FixtureRequest) -> None:
    """What tests beside this one committed is no datastream's any more; everything is asked for here."""
    if "django_db" in {mark.name for mark in request.node.iter_markers()}:
        request.getfixturevalue("db")
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE things_observation, things_hour, things_stalehour")


def expected(numbers: list[float | None]) -> dict[str, Any]:
    known = [number for number in numbers if number is not None]
    return {
        "low": min(known, default=None),
        "high": max(known, default=None),
        "mean": pytest.approx(fmean(known), abs=1e-9) if known else None,
        "total": pytest.approx(math.fsum(known), abs=1e-9) if known else None,
        "numbers": len(known),
        "all": len(numbers),
    }


def same(rows: list[dict[str, Any]], values: dict[str, list[float | None]]) -> None:
    assert [row.pop("phenomenonTime") for row in rows] == list(values)
    for row, numbers in zip(rows, values.values(), strict=True):
        assert row == expected(numbers)


AUTUMN, SPRING = datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 3, 29, tzinfo=UTC)
ZONES = ["Europe/Berlin", "UTC", "Asia/Kathmandu", "America/Havana", "America/St_Johns", "Australia/Sydney"]
MOMENTS = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes),
    st.sampled_from([AUTUMN, SPRING, datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)]),
    st.integers(-36 * 60, 36 * 60),
)
VALUES = st.dictionaries(MOMENTS, st.one_of(st.none(), st.integers(-50, 50).map(float)), max_size=25)


@pytest.mark.django_db(transaction=False)
@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(VALUES, VALUES, st.sampled_from(ZONES), st.sampled_from(list(STRETCHES)), st.booleans())
def test_all_stretches_in_all_zones_are_what_python_counts(
    early: dict[datetime, float | None],
    late: dict[datetime, float | None],
    zone: str,
    spelled: str,
    rolled: bool,
) -> None:
    ds = stream(f"s{datetime.now(UTC).timestamp()}").id  # noqa: TID251 - like no other
    fill(ds, early.items())
    if rolled:
        roll(AUTUMN + 12 * HOUR)
    late = {at: number for at, number in late.items() if at not in early}
    fill(ds, late.items())
    stretch = spelled.format(f"phenomenonTime,'{zone}'")
    rows = ask(f"/Datastreams({ds})/Observations", f"groupby(({stretch}),aggregate({AMOUNTS},{COUNTS}))")
    around = STRETCHES[spelled]
    same(rows, grouped(sorted((early | late).items()), around, ZoneInfo(zone)))


def hourly(count: int, since: datetime = AUTUMN - 5 * DAYS) -> list[Value]:
    return [(since + number * timedelta(minutes=20), float(number % 31)) for number in range(count)]


@pytest.mark.django_db
def test_hours_and_raw_values_give_the_same_also_after_late_and_deleted_values() -> None:
    ds = stream().id
    values = hourly(900)
    fill(ds, values)
    raw = ask(f"/Datastreams({ds})/Observations", BY_DAY)
    roll(AUTUMN + 3 * DAYS)
    assert serves(f"/Datastreams({ds})/Observations", BY_DAY)
    assert ask(f"/Datastreams({ds})/Observations", BY_DAY) == raw
    late = [(AUTUMN + timedelta(minutes=7), 100.0)]
    with connection.cursor() as cursor:
        write(cursor, ds, late, gone=[values[3][0]])
    values = sorted([*values[:3], *values[4:], *late])
    rows = ask(f"/Datastreams({ds})/Observations", BY_DAY)
    same(rows, grouped(values, STRETCHES["day({})"], BERLIN))


@pytest.mark.django_db
def test_hours_are_used_where_they_serve() -> None:
    """Proof that they are: raw values taken away behind their back are still in the answer."""
    ds = stream().id
    fill(ds, hourly(900))
    before = ask(f"/Datastreams({ds})/Observations", BY_DAY)
    roll(AUTUMN + 3 * DAYS)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM things_observation WHERE phenomenon_time < %s", [AUTUMN])
    assert ask(f"/Datastreams({ds})/Observations", BY_DAY) == before
    percentile = BY_DAY.replace("result with min as low", "result with percentile(0.5) as median")
    assert len(ask(f"/Datastreams({ds})/Observations", percentile)) < len(before)


@pytest.mark.parametrize(
    ("apply", "serve"),
    [
        (BY_DAY, True),
        ("aggregate(result with max as m,$count as n)", True),
        ("groupby((week(phenomenonTime,'UTC'),Datastream/name),aggregate(result with max as m))", True),
        (f"filter(phenomenonTime ge 2026-11-01T01:00:00+01:00 and phenomenonTime lt 2026-12-01)/{BY_DAY}", True),
        (f"filter(phenomenonTime ge 2026-11-01T00:30:00Z)/{BY_DAY}", False),
        (f"filter(phenomenonTime le 2026-11-01T00:00:00Z)/{BY_DAY}", False),
        (f"filter(result gt 3)/{BY_DAY}", False),
        (f"filter(phenomenonTime ge 2026-11-01T00:00:00Z or result gt 3)/{BY_DAY}", False),
        (BY_DAY.replace("Europe/Berlin", "Asia/Kathmandu"), False),
        (BY_DAY.replace("day(phenomenonTime,'Europe/Berlin')", "minute(phenomenonTime,'UTC',60)"), False),
        (BY_DAY.replace("with min", "with countdistinct"), False),
        (BY_DAY.replace("result with min", "parameters/x with min"), False),
        (BY_DAY.replace("(day", "(FeatureOfInterest/id,day"), False),
    ],
)  # fmt: skip
def test_which_requests_hours_serve(apply: str, serve: bool) -> None:
    assert serves("/Datastreams(1)/Observations", apply) == serve
    assert serves("/Observations", apply) == serve
    assert not serves("/FeaturesOfInterest(1)/Observations", apply)


@pytest.mark.django_db
@pytest.mark.parametrize("rolled", [True, False])
@pytest.mark.parametrize("count", ["true", "false"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_pages_follow_each_other(rolled: bool, count: str, direction: str) -> None:
    ds = [stream(name).id for name in ("a", "b")]
    for one in ds:
        fill(one, hourly(600))
    if rolled:
        roll(AUTUMN + DAYS)
    by = "groupby((day(phenomenonTime,'Europe/Berlin') as day,Datastream/id,Datastream/name),aggregate($count as n))"
    order = {"orderby": f"day {direction}", "count": count}
    whole = ask("/Observations", by, **order)
    assert len(whole) == 18 and sum(row["n"] for row in whole) == 1200
    token, found = "", []
    while token is not None:
        body, token = page("/Observations", by, token=token, top=3, **order)
        assert body.get("@iot.count") == (18 if count == "true" else None)
        found += body["value"]
    assert found == whole
    assert ask("/Observations", by, top=3, skip=4, **order) == whole[4:7]
    assert page("/Observations", by, top=0)[0] == {"value": []}
    assert whole[0]["Datastream"] == {"id": ds[0], "name": "a"}


@pytest.mark.django_db
def test_a_place_in_another_order_is_refused() -> None:
    ds = stream().id
    fill(ds, hourly(600))
    _, token = page(f"/Datastreams({ds})/Observations", BY_DAY, top=2)
    assert token
    with pytest.raises(Refusal) as refused:
        page(f"/Datastreams({ds})/Observations", BY_DAY.replace("day(", "week("), token=token)
    assert refused.value.code == "odata.bad-option"
