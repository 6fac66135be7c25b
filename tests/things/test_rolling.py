# SPDX-License-Identifier: EUPL-1.2
"""Hours rolled up: always what a recount of the raw values gives, whoever writes meanwhile."""

import math
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from smilecity.things.actions import rolling
from smilecity.things.models import Latest, StaleHour
from tests.core.waiting import someone_waits
from tests.examples import examples
from tests.things.hours import counted, fill, hours_of, write
from tests.things.stage import NOON, stream, streams

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def minutes(*numbers: int) -> list[tuple[datetime, float | None]]:
    """Values at these minutes before noon."""
    return [(NOON - number * MINUTE, float(number)) for number in numbers]


def rolled_until(ds: int) -> datetime | None:
    return Latest.objects.get(datastream_id=ds).rolled_until


@pytest.mark.django_db
def test_whole_hours_are_rolled_up_ten_minutes_after_their_end() -> None:
    ds = stream().id
    values = minutes(200, 130, 70, 30, 1)
    fill(ds, [*values, (NOON - 65 * MINUTE, None)])
    with clock.frozen(NOON + 9 * MINUTE):
        assert rolling.roll_up(NODE)
    assert rolled_until(ds) == NOON - HOUR
    with clock.frozen(NOON + 10 * MINUTE):
        assert rolling.roll_up(NODE)
    assert rolled_until(ds) == NOON
    assert hours_of(ds) == counted([*values, (NOON - 65 * MINUTE, None)])
    assert hours_of(ds)[NOON - 2 * HOUR] == (2, 1, 70.0, 70.0, 70.0)


@pytest.mark.django_db
def test_a_late_a_changed_and_a_deleted_value_are_counted_again() -> None:
    ds = stream().id
    fill(ds, minutes(200, 130, 70, 30))
    with clock.frozen(NOON + HOUR):
        rolling.roll_up(NODE)
        with connection.cursor() as cursor:
            write(cursor, ds, minutes(195), gone=[NOON - 130 * MINUTE, NOON - 70 * MINUTE])
        assert StaleHour.objects.count() == 3
        rolling.roll_up(NODE)
    assert not StaleHour.objects.exists()
    assert hours_of(ds) == counted(minutes(200, 195, 30))


@pytest.mark.django_db
def test_a_backlog_is_done_in_pieces_that_end_at_whole_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rolling, "ROWS_AT_ONCE", 10)
    monkeypatch.setattr(rolling, "AT_ONCE", 2)
    monkeypatch.setattr(rolling, "STALE_AT_ONCE", 3)
    numbers = range(30, 6000, 7)  # nine an hour
    ids = streams(3)
    for ds in ids:
        fill(ds, minutes(*numbers))
    with clock.frozen(NOON):
        with transaction.atomic():
            assert rolling.roll(ids[:1], NOON) == ids[:1]  # more to do
        assert rolled_until(ids[0]) == NOON - 100 * HOUR + HOUR
        assert rolling.roll_up(NODE)
        with connection.cursor() as cursor:
            write(cursor, ids[1], minutes(*range(90, 2000, 60)))
        assert rolling.roll_up(NODE)
    for ds in ids:
        more = range(90, 2000, 60) if ds == ids[1] else ()
        whole = [one for one in minutes(*numbers, *more) if one[0] < NOON - HOUR]
        assert hours_of(ds) == counted(whole)


@pytest.mark.django_db
def test_what_is_not_done_in_time_is_done_the_next_time() -> None:
    ds = stream().id
    fill(ds, minutes(200, 100))
    with clock.frozen(NOON):
        assert not rolling.roll_up(NODE, seconds=-1)
        assert rolled_until(ds) is None
        assert rolling.roll_up(NODE)
    assert len(hours_of(ds)) == 2


@pytest.mark.django_db
def test_an_idle_datastream_is_left_alone_and_picked_up_where_its_next_value_is() -> None:
    ds = stream().id
    fill(ds, minutes(60 * 24 * 40))
    with clock.frozen(NOON):
        rolling.roll_up(NODE)
    idle = rolled_until(ds)
    with clock.frozen(NOON + 5 * HOUR):
        rolling.roll_up(NODE)
    assert rolled_until(ds) == idle
    fill(ds, [(NOON + 7 * HOUR, 1.0)])
    with clock.frozen(NOON + 9 * HOUR):
        rolling.roll_up(NODE)
    assert hours_of(ds).keys() == {NOON - 40 * 24 * HOUR, NOON + 7 * HOUR}


@pytest.mark.django_db
def test_sums_beyond_what_a_number_holds_are_unknown_and_stop_nothing() -> None:
    ds = stream().id
    fill(ds, [(NOON - 3 * HOUR, 1.7e308), (NOON - 3 * HOUR + MINUTE, 1.7e308), (NOON - 2 * HOUR, 5.0)])
    with clock.frozen(NOON):
        rolling.roll_up(NODE)
    found = hours_of(ds)
    assert math.isnan(found[NOON - 3 * HOUR][2] or 0)
    assert found[NOON - 3 * HOUR][3:] == (1.7e308, 1.7e308)
    assert found[NOON - 2 * HOUR] == (1, 1, 5.0, 5.0, 5.0)


@pytest.mark.django_db
def test_marks_of_datastreams_that_are_gone_go_too() -> None:
    StaleHour.objects.create(datastream_id=12345, start=NOON)
    rolling.roll_up(NODE)
    assert not StaleHour.objects.exists()


@pytest.mark.django_db
def test_only_who_keeps_things_rolls_up() -> None:
    with pytest.raises(Refusal):
        rolling.roll_up(ANYONE)


def overtaken(url: str, ds: int, work: Callable[[], Any]) -> None:
    """A writer holds an open transaction with a value of an hour that the job rolls up meanwhile, then commits."""
    with psycopg.connect(url) as writer, writer.cursor() as cursor:
        write(cursor, ds, minutes(90))
        job = threading.Thread(target=work)
        job.start()
        while job.is_alive() and not someone_waits(url):
            job.join(0.02)
        writer.commit()
        job.join()


def test_without_the_lock_a_value_that_is_being_written_is_lost(database_url: str) -> None:
    ds = stream().id
    fill(ds, minutes(100))

    def without_lock() -> None:
        given = {"ids": [ds], "until": NOON, "rows": 100}
        with psycopg.connect(database_url, autocommit=True) as beside:
            beside.execute(rolling.ROLL, given)

    overtaken(database_url, ds, without_lock)
    assert rolled_until(ds) == NOON
    assert not StaleHour.objects.exists()
    assert hours_of(ds) == counted(minutes(100))  # and 90 is nowhere


def test_with_the_lock_a_value_that_is_being_written_is_counted(database_url: str) -> None:
    ds = stream().id
    fill(ds, minutes(100))

    def with_lock() -> None:
        try:
            with clock.frozen(NOON + 10 * MINUTE):
                rolling.roll_up(NODE)
        finally:
            connection.close()

    overtaken(database_url, ds, with_lock)
    assert rolled_until(ds) == NOON
    assert hours_of(ds) == counted(minutes(100, 90))


# What happens, hour by hour of an afternoon: values come, early and late, go, and the job runs.
AT = st.integers(0, 8 * 60).map(lambda minute: NOON + minute * MINUTE)
NUMBER = st.one_of(st.none(), st.integers(-1000, 1000).map(float))
STEP = st.one_of(
    st.tuples(st.just("add"), st.lists(st.tuples(AT, NUMBER), min_size=1, max_size=5)),
    st.tuples(st.just("take"), AT),
    st.tuples(st.just("roll"), st.integers(0, 9)),
)


@pytest.mark.django_db
@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(STEP, max_size=14))
def test_hours_always_equal_a_recount(steps: list[tuple[str, Any]]) -> None:
    with transaction.atomic():
        ds = stream().id
        values: dict[datetime, float | None] = {}
        until = datetime(1900, 1, 1, tzinfo=UTC)
        for what, given_ in steps:
            if what == "add":
                added = {at: number for at, number in given_ if at not in values}
                fill(ds, list(added.items()))
                values |= added
            elif what == "take" and given_ in values:
                with connection.cursor() as cursor:
                    write(cursor, ds, [], gone=[given_])
                del values[given_]
            elif what == "roll":
                with clock.frozen(NOON + given_ * HOUR):
                    rolling.roll_up(NODE)
            kept = Latest.objects.filter(datastream_id=ds).first()
            until = (kept and kept.rolled_until) or until
            stale = set(StaleHour.objects.filter(datastream_id=ds).values_list("start", flat=True))
            whole = {at: number for at, number in values.items() if at < until}
            expected = {s: a for s, a in counted(whole.items()).items() if s not in stale}
            assert hours_of(ds) == expected
        transaction.set_rollback(True)
