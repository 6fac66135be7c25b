# SPDX-License-Identifier: EUPL-1.2
"""The watch at work: what is new is looked at once, flags and alarms are true, and it costs what is new."""

import threading
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from smilecity.core import clock
from smilecity.core.models import LogEntry
from smilecity.core.numberer import number_once
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from smilecity.things import actions
from smilecity.things.actions import observations, watching
from smilecity.things.actions.watching import Given
from smilecity.things.models import Alarm, Connector, ConnectorState, Gateway, Latest, Observation, Watch
from smilecity.things.rules.watch import JUMP, RANGE, STUCK
from tests.things.hours import fill
from tests.things.stage import NOON, ask, stream, streams
from tests.things.watch_stage import (
    TEN,
    alarms,
    charge,
    comes,
    comes_at,
    flags,
    look,
    number_entries,
    statements,
    warm,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ORDINARY = [20.0, 20.2, 20.1, 20.3] * 40


def learned(ds: int, **options: Any) -> None:
    """An ordinary day, looked at and learned from."""
    comes(ds, ORDINARY, until=NOON - HOUR)
    look()
    with clock.frozen(NOON):
        actions.learn(NODE)
    if options:
        Watch.objects.filter(pk=ds).update(**options)
    Alarm.objects.all().delete()


@pytest.mark.django_db
def test_an_impossible_value_is_flagged_and_an_alarm_is_opened_and_closed() -> None:
    ds = warm().id
    comes(ds, [20.0, 85.0])
    look()
    assert flags(ds) == {0: RANGE}
    assert Latest.objects.get(pk=ds).flags == RANGE
    assert alarms(datastream=ds) == {("range", 1)}
    comes(ds, [20.0], until=NOON + TEN)
    look(NOON + TEN)
    assert Latest.objects.get(pk=ds).flags is None
    assert alarms(datastream=ds) == {("range", 1)}  # who looks in the morning sees what was at night
    look(NOON + 7 * HOUR)
    assert alarms(datastream=ds) == set()
    closed = Alarm.objects.get(datastream=ds)
    assert (closed.since, closed.until) == (NOON, NOON + 7 * HOUR)


@pytest.mark.django_db
def test_what_comes_back_within_an_hour_is_the_same_alarm() -> None:
    ds = warm().id
    comes(ds, [85.0])
    look()
    comes(ds, [20.0], until=NOON + HOUR)
    look(NOON + 7 * HOUR)
    assert alarms() == set()
    comes(ds, [85.0], until=NOON + 7.5 * HOUR)
    look(NOON + 7.5 * HOUR)
    assert alarms() == {("range", 2)} and Alarm.objects.count() == 1
    comes(ds, [20.0], until=NOON + 8 * HOUR)
    look(NOON + 14 * HOUR)
    comes(ds, [85.0], until=NOON + 16 * HOUR)
    look(NOON + 16 * HOUR)
    assert alarms() == {("range", 1)} and Alarm.objects.count() == 2


@pytest.mark.django_db
def test_a_jump_and_stillness_are_found_by_what_was_learned() -> None:
    ds = warm().id
    learned(ds)
    known = Watch.objects.get(pk=ds)
    assert (known.interval, known.quiet_after, known.most_step) == (TEN, 4 * TEN, 8.0)
    assert known.stuck_after == 6 * HOUR and not known.set_by_people
    comes(ds, [20.2, 20.1, 20.3, 45.0, 20.2])
    look()
    assert flags(ds) == {10: JUMP}
    assert alarms(datastream=ds) == {("jump", 1)}
    comes(ds, [20.2] * 60, until=NOON + 10 * HOUR)
    look(NOON + 10 * HOUR)
    odd = {minutes for minutes, one in flags(ds).items() if one == STUCK}
    assert min(odd) == -600 and max(odd) == -(6 * 60 + 10)  # counted from noon, when the value began to stay
    assert ("stuck", 24) in alarms(datastream=ds)


@pytest.mark.django_db
def test_stillness_is_known_from_run_to_run_and_a_late_value_ends_it() -> None:
    ds = warm().id
    learned(ds, stuck_after=2 * HOUR)
    for step in range(1, 13):
        comes(ds, [20.7], until=NOON + step * TEN)
        look(NOON + step * TEN)
    assert Watch.objects.get(pk=ds).same_since == NOON + TEN
    comes(ds, [20.9], until=NOON + 6 * TEN + TEN / 2)
    look(NOON + 2 * HOUR)
    comes(ds, [20.7] * 2, until=NOON + 14 * TEN)
    look(NOON + 14 * TEN)
    assert flags(ds) == {}
    assert Watch.objects.get(pk=ds).same_since == NOON + 7 * TEN


@pytest.mark.django_db
def test_a_late_and_a_changed_value_are_looked_at_too() -> None:
    ds = warm().id
    comes(ds, [20.0, 21.0, 22.0])
    look()
    comes(ds, [99.0], until=NOON - 3 * DAY)
    late = Observation.objects.get(datastream=ds, result=21.0)
    observations.change(NODE, late.id, {"result": -80})
    number_entries()
    look()
    assert flags(ds) == {3 * 24 * 60: RANGE, 10: RANGE}
    assert Latest.objects.get(pk=ds).flags is None
    assert alarms() == {("range", 1)}  # of three days ago only the flag tells
    observations.change(NODE, late.id, {"result": 21})
    number_entries()
    look()
    assert flags(ds) == {3 * 24 * 60: RANGE}


@pytest.mark.django_db
def test_looking_again_changes_nothing() -> None:
    ds = warm().id
    learned(ds)
    comes(ds, [20.2, 70.0, 20.1, 20.3])
    look()
    before = (flags(ds), alarms(), list(Watch.objects.values()))
    look()
    LogEntry.objects.filter(verb="observed").update(position=None)
    number_entries()
    look()
    assert (flags(ds), [kind for kind, _ in alarms()]) == (before[0], [kind for kind, _ in before[1]])
    assert list(Watch.objects.values()) == before[2]


@pytest.mark.django_db
def test_silence_is_told_by_what_is_usual_and_what_was_never_heard_is_no_alarm() -> None:
    ds = warm().id
    warm("nie")
    learned(ds)
    comes(ds, [20.0])
    look(NOON + 39 * timedelta(minutes=1))
    assert alarms() == set()
    look(NOON + 41 * timedelta(minutes=1))
    assert alarms() == {("silent", 1)}
    assert Alarm.objects.get().since == NOON
    comes(ds, [20.0], until=NOON + HOUR)
    look(NOON + HOUR)
    assert alarms() == set()


@pytest.mark.django_db
def test_who_was_silent_while_the_node_was_down_is_given_time_to_speak() -> None:
    ds = warm().id
    learned(ds)
    comes(ds, [20.0])
    back = NOON + 5 * HOUR
    number_entries()
    with clock.frozen(back):
        actions.watch(NODE, listening_since=back - timedelta(minutes=39))
    assert alarms() == set()
    with clock.frozen(back + timedelta(minutes=2)):
        actions.watch(NODE, listening_since=back - timedelta(minutes=39))
    assert alarms() == {("silent", 1)} and Alarm.objects.get().since == NOON
    with clock.frozen(back + HOUR):  # and a restart does not end what is known
        actions.watch(NODE, listening_since=back + HOUR)
    assert alarms() == {("silent", 1)}


@pytest.mark.django_db
def test_batteries_gateways_and_connectors_are_watched_too() -> None:
    cell = charge().id
    comes(cell, [19.0])
    Gateway.objects.create(id="A1", first_heard_at=NOON - DAY, heard_at=NOON - 2 * HOUR)
    Gateway.objects.create(id="B2", first_heard_at=NOON - DAY, heard_at=NOON - HOUR / 2)
    wire = Connector.objects.create(kind="json", name="Wire")
    state = ConnectorState.objects.create(connector=wire, trouble="x", troubled_at=NOON - TEN)
    look()
    assert alarms() == {("battery", 1), ("gateway", 1), ("connector", 1)}
    assert Alarm.objects.get(kind="gateway").gateway_id == "A1"
    comes(cell, [22.0], until=NOON + TEN)
    Gateway.objects.filter(id="A1").update(heard_at=NOON)
    ConnectorState.objects.filter(pk=state.pk).update(trouble="")
    look(NOON + TEN)
    assert alarms() == {("battery", 1)}  # low until it is well above
    comes(cell, [95.0], until=NOON + 2 * TEN)
    look(NOON + 2 * TEN)
    assert alarms() == set()


@pytest.mark.django_db
def test_counts_of_people_are_nought_all_night_and_nobody_is_woken() -> None:
    ds = stream(people=True, unit={"name": "people", "symbol": "1"}).id
    comes(ds, [5.0, 9.0, 80.0] * 50 + [0.0] * 100)
    with clock.frozen(NOON):
        actions.learn(NODE)
    look()
    assert flags(ds) == {} and alarms() == set()


@pytest.mark.django_db
def test_limits_of_people_stay_and_what_was_stored_is_judged_again() -> None:
    ds = warm().id
    learned(ds)
    comes(ds, [20.2, 31.0, 20.1])
    look()
    assert [one for one in flags(ds).values() if one & RANGE] == []
    with clock.frozen(NOON):
        actions.set_limits(NODE, ds, Given(low=0.0, high=30.0), again=DAY)
        actions.learn(NODE)
    look()
    known = Watch.objects.get(pk=ds)
    assert (known.low, known.high, known.most_step, known.set_by_people) == (0.0, 30.0, None, True)
    assert known.interval == TEN and known.again_from is None
    assert flags(ds) == {10: RANGE}
    with clock.frozen(NOON):
        actions.set_limits(NODE, ds, None, again=DAY)
    look()
    assert not Watch.objects.get(pk=ds).set_by_people
    assert not any(one & RANGE for one in flags(ds).values())


@pytest.mark.django_db
def test_judging_again_goes_on_in_chunks_where_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "VALUES_AT_ONCE", 7)
    ds = warm().id
    fill(ds, [(NOON - rank * TEN, 99.0 if rank % 10 == 0 else 20.0) for rank in range(50)])
    assert actions.rewatch(NODE, [ds], NOON - 30 * TEN, NOON - 5 * TEN) == 1
    assert set(flags(ds)) == {100.0, 200.0}
    assert actions.rewatch(NODE, [ds], NOON - 30 * DAY) == 1
    assert set(flags(ds)) == {0.0, 100.0, 200.0, 300.0, 400.0}
    assert Latest.objects.get(pk=ds).flags == RANGE
    assert not Watch.objects.filter(again_from__isnull=False).exists()
    assert actions.rewatch(NODE, [12345], NOON) == 0


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Given(low=5, high=5), "high"),
        (Given(low=float("nan")), "low"),
        (Given(high=float("inf")), "low"),
        (Given(most_step=0), "most_step"),
        (Given(stuck_after=timedelta(0)), "stuck_after"),
    ],
)
@pytest.mark.django_db
def test_limits_that_make_no_sense_are_refused(given: Given, field: str) -> None:
    ds = warm().id
    with pytest.raises(Refusal) as refused:
        actions.set_limits(NODE, ds, given)
    assert refused.value.field == field and not Watch.objects.filter(set_by_people=True).exists()


STORED = """
INSERT INTO things_observation (datastream_id, phenomenon_time, result)
SELECT ds, %(noon)s - n * interval '5 minutes', 20 FROM unnest(%(ids)s::bigint[]) AS ds, generate_series(1, 2000) AS n
"""


@pytest.mark.django_db
def test_the_cost_follows_what_is_new() -> None:
    """As many statements for one value as for many of many datastreams, and no plan that reads what is stored."""
    ids = streams(30)
    with connection.cursor() as cursor:
        cursor.execute("SELECT things_keep_partition(%s)", [NOON])
        cursor.execute(STORED, {"ids": ids, "noon": NOON})
        cursor.execute("ANALYZE things_observation")
    comes_at(ids[0], [(NOON, 20.0)])
    one = statements(look)
    for ds in ids:
        comes(ds, [20.1, 20.2], until=NOON + 3 * TEN)
    assert statements(lambda: look(NOON + 3 * TEN)) <= one
    comes_at(ids[0], [(NOON + 5 * TEN, 20.0)])
    assert rows_read(lambda: look(NOON + 5 * TEN)) < 60
    assert rows_read(lambda: look(NOON + 5 * TEN)) == 0


def rows_read(work: Any) -> int:
    """How many rows of observations this reads, of all months."""
    asked = """SELECT coalesce(sum(pg_stat_get_xact_tuples_returned(i.inhrelid)
        + pg_stat_get_xact_tuples_fetched(i.inhrelid)), 0)
        + (SELECT coalesce(sum(pg_stat_get_xact_tuples_returned(x.indexrelid)), 0) FROM pg_index AS x
           JOIN pg_inherits AS j ON j.inhrelid = x.indrelid AND j.inhparent = 'things_observation'::regclass)
        FROM pg_inherits AS i WHERE i.inhparent = 'things_observation'::regclass"""
    with connection.cursor() as cursor:
        cursor.execute(asked)
        (before,) = cursor.fetchone()
        work()
        cursor.execute(asked)
        (after,) = cursor.fetchone()
    return int(after - before)


def test_two_workers_at_once_do_nothing_twice(database_url: str) -> None:
    ds = warm().id
    comes(ds, [20.0, 85.0, 86.0])
    number_once(database_url)
    failed: list[Exception] = []

    def work() -> None:
        try:
            look()
        except Exception as error:  # noqa: BLE001 - the test tells it
            failed.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert not failed
    assert flags(ds) == {0: RANGE, 10: RANGE}
    assert alarms() == {("range", 2)} and Alarm.objects.count() == 1


def test_a_value_that_is_being_written_is_looked_at_after_its_commit(database_url: str) -> None:
    """Ids are not in the order of commits: a cursor over ids would pass it by, the log's does not."""
    ds = warm().id
    with psycopg.connect(database_url) as early:
        early.execute("SELECT nextval('things_observation_id')")
        (number,) = early.execute("SELECT currval('things_observation_id')").fetchone() or (0,)
        comes(ds, [85.0])
        number_once(database_url)
        look()
        values = [ds, NOON - TEN, number, 90.0]
        early.execute(
            "INSERT INTO things_observation (datastream_id, phenomenon_time, id, result) VALUES (%s, %s, %s, %s)",
            values,
        )
        early.execute(
            "INSERT INTO core_logentry (actor, verb, about, data) VALUES ('node', 'observed', ARRAY[%s::bigint],"
            " jsonb_build_object('from', %s::bigint, 'to', %s::bigint))",
            [ds, number, number],
        )
    number_once(database_url)
    look()
    assert ask(database_url, "SELECT count(*) FROM things_observation WHERE flags = 1") == [(2,)]


@pytest.mark.django_db
def test_only_who_keeps_things_has_it_watched() -> None:
    for work in (actions.watch, actions.learn, actions.tell_alarms):
        with pytest.raises(Refusal):
            work(ANYONE)
