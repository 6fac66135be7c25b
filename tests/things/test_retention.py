# SPDX-License-Identifier: EUPL-1.2
"""Raw values are deleted when their time is over; what they amounted to stays where the thing says so."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from smilecity.core import clock
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from smilecity.things import facts
from smilecity.things.actions import retention, rolling
from smilecity.things.models import Hour, Latest, Observation, StaleHour, Thing
from smilecity.things.reads.forgetting import due
from smilecity.things.reads.series import series
from tests.core.waiting import someone_waits
from tests.things.hours import fill, hours_of, write
from tests.things.stage import NOON, stream, thing

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def keeping(days: float, key: str = "counter", **more: Any) -> Thing:
    """A thing that keeps its raw values for so long."""
    made = thing(key)
    Thing.objects.filter(noun=made.noun).update(retention=timedelta(days=days), **more)
    return made


def half_hourly(days: int) -> list[tuple[datetime, float | None]]:
    """Values of the days before noon."""
    return [(NOON - number * timedelta(minutes=30), float(number % 13)) for number in range(1, 48 * days + 1)]


def forget(at: datetime = NOON) -> int:
    with clock.frozen(at):
        return retention.forget_observations(NODE)


def told() -> list[tuple[int | None, Any]]:
    return list(LogEntry.objects.filter(verb=facts.OBSERVATIONS_FORGOTTEN).values_list("noun", "data"))


def amounts(ds: int) -> tuple[Any, ...]:
    """What is told of all observations of a datastream."""
    names = ("count", "first_time", "last_time", "first_result_time", "last_result_time", "phenomenon_time")
    one = Latest.objects.get(datastream_id=ds)
    return tuple(getattr(one, name) for name in names)


def recounted(ds: int) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(phenomenon_time), max(coalesce(phenomenon_end, phenomenon_time)),"
            " min(result_time), max(result_time), max(phenomenon_time)"
            " FROM things_observation WHERE datastream_id = %s",
            [ds],
        )
        found: tuple[Any, ...] = cursor.fetchone()
        return found


@pytest.mark.django_db
def test_old_values_go_and_their_hours_stay() -> None:
    kept = keeping(3)
    ds, other = stream(on=kept).id, stream(on=thing("other")).id
    for one in (ds, other):
        fill(one, half_hourly(6))
    before = series(ANYONE, ds, "week", (NOON - 4 * DAY).date())
    assert forget() == 3 * 48
    assert amounts(ds) == recounted(ds)
    assert Observation.objects.filter(datastream_id=other).count() == 6 * 48
    assert Observation.objects.filter(datastream_id=ds, phenomenon_time__lt=NOON - 3 * DAY).count() == 0
    assert len(hours_of(ds)) == 3 * 24
    assert series(ANYONE, ds, "week", (NOON - 4 * DAY).date()) == before
    assert told() == [(kept.noun_id, {"count": 144, "until": (NOON - 3 * DAY).isoformat()})]
    assert forget() == 0
    assert len(told()) == 1


@pytest.mark.django_db
def test_hours_go_too_where_nothing_is_to_outlive_the_values() -> None:
    ds = stream(on=keeping(3, keeps_hours=False)).id
    fill(ds, half_hourly(6))
    with clock.frozen(NOON):
        rolling.roll_up(NODE)
    assert forget() == 3 * 48
    assert min(hours_of(ds)) == NOON - 3 * DAY
    Thing.objects.update(retention=timedelta(days=1), keeps_hours=True)
    forget()
    assert min(hours_of(ds)) == NOON - 3 * DAY
    Thing.objects.update(keeps_hours=False)
    assert forget() == 0
    assert min(hours_of(ds)) == NOON - 1 * DAY


@pytest.mark.django_db
def test_the_newest_value_goes_too_when_its_time_is_over() -> None:
    ds = stream(on=keeping(3)).id
    fill(ds, half_hourly(2))
    assert forget(NOON + 10 * DAY) == 96
    assert amounts(ds) == (0, None, None, None, None, None)
    assert Latest.objects.get(datastream_id=ds).result is None
    assert len(hours_of(ds)) == 48


@pytest.mark.django_db
def test_a_late_value_changes_no_hour_that_is_forgotten_and_goes_with_the_next_run() -> None:
    ds = stream(on=keeping(3)).id
    fill(ds, half_hourly(6))
    forget()
    before = hours_of(ds)
    fill(ds, [(NOON - 5 * DAY, 1000.0)])
    assert StaleHour.objects.count() == 1
    found = series(ANYONE, ds, "week", (NOON - 5 * DAY).date())
    assert found and found.most and found.most.high == 12
    with clock.frozen(NOON):
        rolling.roll_up(NODE)
    assert not StaleHour.objects.exists()
    assert {start: hour for start, hour in hours_of(ds).items() if start < NOON - 3 * DAY} == before
    assert forget() == 1
    assert {start: hour for start, hour in hours_of(ds).items() if start < NOON - 3 * DAY} == before
    assert amounts(ds) == recounted(ds)


@pytest.mark.django_db
def test_many_values_go_piece_by_piece_with_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "ROWS_AT_ONCE", 10)
    kept = keeping(3)
    streams = [stream(name, kept).id for name in ("a", "b")]
    for ds in streams:
        fill(ds, half_hourly(6))
    assert forget() == 2 * 144
    assert [data["count"] for _, data in told()] == [288]
    for ds in streams:
        assert amounts(ds) == recounted(ds)


@pytest.mark.django_db
def test_extremes_that_go_are_looked_for() -> None:
    ds = stream(on=keeping(3)).id
    fill(ds, half_hourly(6))
    with connection.cursor() as cursor:
        # One that began long ago lasts longest; times of results run ahead.
        cursor.execute("UPDATE things_observation SET result_time = phenomenon_time + interval '1 day'")
        cursor.execute(
            "UPDATE things_observation SET phenomenon_end = %s WHERE phenomenon_time = %s",
            [NOON + DAY, NOON - 6 * DAY],
        )
    count, _, last, said_first, said_last, _ = recounted(ds)
    Latest.objects.update(last_time=last, first_result_time=said_first, last_result_time=said_last)
    assert (count, last) == (288, NOON + DAY)
    forget()
    assert amounts(ds) == recounted(ds)
    assert amounts(ds)[2] == NOON - timedelta(minutes=30)


def months() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(retention.MONTHS)
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.django_db
def test_a_month_of_which_all_is_past_its_time_is_dropped_as_a_whole() -> None:
    long, short = keeping(90, "long"), keeping(10, "short")
    ds, other = stream(on=long).id, stream(on=short).id
    for one in (ds, other):
        fill(one, [(NOON - number * DAY, float(number)) for number in range(120)])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE things_observation SET result_time = phenomenon_time")
    Latest.objects.update(first_result_time=NOON - 119 * DAY, last_result_time=NOON)
    assert {"things_observation_2026_07", "things_observation_2026_08"} <= set(months())
    assert forget() == 29 + 109
    left = months()
    assert "things_observation_2026_07" not in left
    assert "things_observation_2026_08" in left  # the other keeps values of it
    for one in (ds, other):
        assert amounts(one) == recounted(one)
    by_thing: dict[int | None, int] = {}
    for noun, data in told():
        by_thing[noun] = by_thing.get(noun, 0) + data["count"]
    assert by_thing == {long.noun_id: 29, short.noun_id: 109}
    # And a late value makes the month anew.
    fill(ds, [(datetime(2026, 7, 30, tzinfo=UTC), 1.0)])
    assert "things_observation_2026_07" in months()


@pytest.mark.django_db
def test_a_thing_without_retention_keeps_its_values_and_their_month() -> None:
    ds, forever = stream(on=keeping(10)).id, stream(on=thing("forever")).id
    for one in (ds, forever):
        fill(one, [(NOON - number * DAY, float(number)) for number in range(120)])
    assert forget() == 109
    assert Observation.objects.filter(datastream_id=forever).count() == 120
    assert "things_observation_2026_07" in months()


def test_while_others_use_the_table_a_months_values_are_deleted_one_by_one(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "TRIES", 1)
    ds = stream(on=keeping(10)).id
    fill(ds, [(NOON - number * DAY, float(number)) for number in range(120)])
    with psycopg.connect(database_url) as reader:
        reader.execute("SELECT * FROM things_observation LIMIT 1")
        assert forget() == 109
        assert "things_observation_2026_07" in months()
    assert amounts(ds) == recounted(ds)


def test_a_value_that_comes_while_a_month_is_dropped_is_neither_lost_nor_counted_twice(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A late writer waits for the month; the drop gives way to it, and counts it the next time."""
    ds = stream(on=keeping(10)).id
    fill(ds, [(NOON - number * DAY, float(number)) for number in range(120)])
    late = datetime(2026, 7, 30, tzinfo=UTC)

    def write_late() -> None:
        with psycopg.connect(database_url) as beside, beside.cursor() as cursor:
            write(cursor, ds, [(late, 1.0)])

    writer = threading.Thread(target=write_late)
    real = retention._held

    def held(cursor: Any, month: str, end: datetime) -> bool:
        found = real(cursor, month, end)
        if month.endswith("2026_07") and connection.in_atomic_block and not writer.ident:
            writer.start()
            while not someone_waits(database_url):
                time.sleep(0.01)
        return found

    monkeypatch.setattr(retention, "_held", held)
    assert forget() == 110
    writer.join()
    assert "things_observation_2026_07" not in months()
    assert amounts(ds) == recounted(ds)


@pytest.mark.django_db
def test_what_would_be_deleted_is_told_and_nothing_is() -> None:
    kept = keeping(3)
    ds = stream(on=kept).id
    fill(ds, half_hourly(6))
    with clock.frozen(NOON):
        (found,) = due(NODE)
        assert due(ANYONE) == []
    assert (found.thing, found.count, found.until) == (kept.noun_id, 144, NOON - 3 * DAY)
    assert Observation.objects.count() == 288
    assert not Hour.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("days", [0, 0.001, 1, 36_000, 999_999])
def test_any_retention_is_understood(days: float) -> None:
    ds = stream(on=keeping(days)).id
    fill(ds, half_hourly(2))
    gone = forget(NOON + 10 * timedelta(minutes=1))
    assert gone == {0: 96, 0.001: 96, 1: 48}.get(days, 0)
    assert amounts(ds) == recounted(ds)


@pytest.mark.django_db
def test_only_who_keeps_things_forgets() -> None:
    with pytest.raises(Refusal):
        retention.forget_observations(ANYONE)
