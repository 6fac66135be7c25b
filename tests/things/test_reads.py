# SPDX-License-Identifier: EUPL-1.2
"""Reads: correct on every day of the calendar, honest where nothing is known, blind to what is hidden."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smilecity.core.who import NODE, Role, Who
from smilecity.space.actions import keep_area
from smilecity.things import reads, rules
from smilecity.things.models import Datastream, Uplink
from tests.examples import examples
from tests.things.stage import EUI, NOON, device, stream, streams, thing

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 11, 20)
Queries = Callable[[int], Any]


def observe(ds: int, *values: tuple[datetime, float | None]) -> None:
    """Observations beside the intake; None is one without a number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(things_keep_partition(t)) FROM unnest(%s::timestamptz[]) AS t",
            [[v[0] for v in values]],
        )
        cursor.executemany(
            "INSERT INTO things_observation (datastream_id, phenomenon_time, result, value)"
            " VALUES (%s, %s, %s, %s)",
            [(ds, at, number, None if number is not None else '"text"') for at, number in values],
        )


def say(ds: int, at: datetime, number: float | None, value: str | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO things_latest (datastream_id, observation, phenomenon_time, result, value)"
            " VALUES (%s, 1, %s, %s, %s)",
            [ds, at, number, value],
        )


def test_latest_values_with_what_is_needed_to_show_them(
    anyone: Who, django_assert_num_queries: Queries
) -> None:
    people, door, dumb = stream(people=True), stream("door"), stream("dumb", unit={})
    say(people.id, NOON, 7)
    say(door.id, NOON - timedelta(hours=1), None, '{"open": true}')
    with django_assert_num_queries(1):
        found = reads.latest(anyone, [people.id, door.id, dumb.id, 10**15])
    assert found.keys() == {people.id, door.id, dumb.id}
    one = found[people.id]
    assert (one.at, one.number, one.unit["symbol"], one.people) == (NOON, 7.0, "1", True)
    assert found[door.id].value == {"open": True}
    assert (found[dumb.id].at, found[dumb.id].number) == (None, None)
    assert not one.silent(NOON + timedelta(minutes=30))
    assert one.silent(NOON + timedelta(minutes=31))
    assert found[dumb.id].silent(NOON)


def test_many_latest_values_cost_one_query(anyone: Who, django_assert_num_queries: Queries) -> None:
    ids = streams(30)
    with django_assert_num_queries(1):
        assert len(reads.latest(anyone, ids)) == 30


def test_what_is_hidden_is_as_if_it_were_not_there(anyone: Who, bob: Who, alice: Who, olga: Who) -> None:
    box = {"type": "Polygon", "coordinates": [[[12, 54], [12.1, 54], [12.1, 54.1], [12, 54]]]}
    district = keep_area(NODE, "district", "d1", {"de": "Hafen"}, box)
    hidden = stream("secret", thing(area=district.noun_id), visibility="internal")
    observe(hidden.id, (NOON, 1.0), (NOON - timedelta(days=1), 2.0))
    say(hidden.id, NOON, 1.0)
    carla = Who(account=4, roles=frozenset({Role("steward", district.noun_id)}))
    dora = Who(account=5, roles=frozenset({Role("steward", district.noun_id + 1)}))
    for who, sees in (
        (anyone, False),
        (bob, False),
        (dora, False),
        (alice, True),
        (olga, True),
        (carla, True),
        (NODE, True),
    ):
        assert bool(reads.latest(who, [hidden.id])) is sees
        assert (reads.day_curve(who, hidden.id, DAY) is not None) is sees
        assert bool(reads.usual(who, hidden.id, DAY)) is sees
    Datastream.objects.update(visibility="draft")
    assert reads.latest(anyone, [hidden.id]) == {}


def test_a_day_in_quarters_of_an_hour(anyone: Who, django_assert_num_queries: Queries) -> None:
    ds = stream().id
    midnight = datetime(2026, 11, 19, 23, 0, tzinfo=UTC)
    observe(
        ds,
        (midnight - timedelta(microseconds=1), 100.0),
        (midnight, 1.0),
        (midnight + timedelta(minutes=14, seconds=59), 4.0),
        (midnight + timedelta(minutes=15), 8.0),
        (midnight + timedelta(minutes=20), None),
        (midnight + timedelta(hours=24), 100.0),
    )
    with django_assert_num_queries(1):
        curve = reads.day_curve(anyone, ds, DAY)
    assert curve is not None
    assert (curve.since, curve.until, len(curve.buckets)) == (midnight, midnight + timedelta(hours=24), 96)
    first, second, *rest = curve.buckets
    assert (first.start, first.mean, first.low, first.high, first.count) == (midnight, 2.5, 1.0, 4.0, 2)
    assert (second.mean, second.count) == (8.0, 1)
    assert {(bucket.mean, bucket.low, bucket.high, bucket.count) for bucket in rest} == {
        (None, None, None, 0)
    }


def test_a_datastream_that_said_nothing_has_an_empty_curve_and_an_unknown_one_has_none(anyone: Who) -> None:
    curve = reads.day_curve(anyone, stream().id, DAY, minutes=60)
    assert curve is not None
    assert [bucket.count for bucket in curve.buckets] == [0] * 24
    assert reads.day_curve(anyone, 10**15, DAY) is None
    assert reads.usual(anyone, 10**15, DAY) == {}


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_days_on_which_the_clocks_change(anyone: Who, day: date, hours: int) -> None:
    """A value each quarter of an hour: each has its bucket, and none is counted to a neighbouring day."""
    ds = stream().id
    since = datetime(day.year, day.month, day.day, tzinfo=BERLIN).astimezone(UTC)
    observe(ds, *((since + timedelta(minutes=15 * n), float(n)) for n in range(-4, hours * 4 + 4)))
    curve = reads.day_curve(anyone, ds, day)
    assert curve is not None
    assert [bucket.mean for bucket in curve.buckets] == [float(n) for n in range(hours * 4)]
    usual = reads.usual(anyone, ds, day + timedelta(days=1), days=1)
    if hours == 23:
        assert 2 not in usual  # between two and three there was nothing that day
        assert usual[3].median == 9.5
    else:
        assert usual[2].median == 11.5  # two to three came twice; it is one hour of its day
    assert {hour.days for hour in usual.values()} == {1}


def test_what_is_usual_is_the_median_of_days_and_says_of_how_many(anyone: Who) -> None:
    ds = stream().id
    at = datetime(2026, 11, 20, 14, 10, tzinfo=BERLIN)
    for ago, number in ((0, 500.0), (1, 4.0), (2, 10.0), (3, 5.0), (29, 900.0)):
        observe(ds, (at - timedelta(days=ago), number))
    for _ in range(20):  # many values on one day weigh no more than one
        observe(ds, (at - timedelta(days=1, minutes=5), 4.0))
    observe(ds, (at - timedelta(days=1, hours=-3), 1.0))
    usual = reads.usual(anyone, ds, DAY)
    assert usual == {14: reads.Usual(14, 5.0, 3), 17: reads.Usual(17, 1.0, 1)}


@settings(deadline=None, max_examples=examples(25))
@given(
    st.sampled_from([date(2026, 10, 25), date(2026, 3, 29)]),  # the clocks are set back, or forward
    st.lists(st.tuples(st.integers(0, 5 * 24 * 60), st.floats(-1e6, 1e6)), max_size=60),
)
@example(date(2026, 3, 29), [(2 * 1440 + 65, 1.0), (3 * 1440 + 5, 3.0)])  # one o'clock, either side of it
def test_reads_agree_with_plain_python(change: date, values: list[tuple[int, float]]) -> None:
    ds = stream(str(uuid4())).id
    start, _ = rules.local_day(change - timedelta(days=2), BERLIN)
    observed = [(start + timedelta(minutes=minute), number) for minute, number in values]
    observe(ds, *observed)
    day = change + timedelta(days=2)
    hours: dict[tuple[int, date], list[float]] = {}
    for at, number in observed:
        local = at.astimezone(BERLIN)
        if local.date() < day:
            hours.setdefault((local.hour, local.date()), []).append(number)
    means: dict[int, list[float]] = {}
    for (hour, _), numbers in hours.items():
        means.setdefault(hour, []).append(sum(numbers) / len(numbers))
    usual = reads.usual(NODE, ds, day)
    assert {h: (u.median, u.days) for h, u in usual.items()} == {
        h: (pytest.approx(median(m), abs=1e-6), len(m)) for h, m in means.items()
    }
    curve = reads.day_curve(NODE, ds, change)
    assert curve is not None
    assert sum(bucket.count for bucket in curve.buckets) == sum(
        curve.since <= at < curve.until for at, _ in observed
    )


def test_charts_are_answered_from_the_index_alone(anyone: Who) -> None:
    ds = stream().id
    observe(ds, *((NOON - timedelta(minutes=5 * n), float(n)) for n in range(2000)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE things_observation")
        for query, more in (
            (reads.CURVE, {"width": timedelta(minutes=15)}),
            (reads.USUAL, {"zone": "Europe/Berlin"}),
        ):
            since, until = NOON - timedelta(days=1), NOON
            asked = {
                "id": ds,
                "since": since,
                "until": until,
                "all": False,
                "areas": [],
                "partners": False,
                **more,
            }
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute(f"EXPLAIN {query}", asked)
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Index Only Scan using things_observation_2026_11_pkey" in plan
            assert "things_observation_2026_10" not in plan  # only the months asked for


def uplink(eui: str, at: datetime, state: int, reason: str = "") -> None:
    Uplink.objects.create(
        key=uuid4(),
        eui=eui,
        received_at=at,
        f_port=1,
        payload=b"\x01",
        state=state,
        reason=reason,
        stored_at=at,
    )


def test_the_operators_lists(anyone: Who, alice: Who, olga: Who, django_assert_num_queries: Queries) -> None:
    device(stream())
    other = "A84041FFFE000002"
    for minutes in (0, 5, 10):
        uplink(other, NOON + timedelta(minutes=minutes), Uplink.PARKED)
        uplink(EUI, NOON + timedelta(minutes=minutes), Uplink.UNDECODABLE, f"codec.threw: {minutes}")
    uplink("A84041FFFE000003", NOON, Uplink.PARKED)
    uplink(EUI, NOON, Uplink.STORED)
    with django_assert_num_queries(3):
        parked, troubled, listed = reads.parked(olga), reads.undecodable(olga, limit=2), reads.devices(olga)
        assert [one.thing.noun.address for one in listed.items] == ["things/counter"]
    assert parked == [
        reads.ParkedDevice(other, NOON, NOON + timedelta(minutes=10), 3),
        reads.ParkedDevice("A84041FFFE000003", NOON, NOON, 1),
    ]
    assert [one.reason for one in troubled] == ["codec.threw: 10", "codec.threw: 5"]
    for who in (anyone, alice):
        assert not reads.parked(who)
        assert not reads.undecodable(who)
        assert not reads.devices(who).items
        assert reads.thing_by_key(who, "counter") is None
