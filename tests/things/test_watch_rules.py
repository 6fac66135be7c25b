# SPDX-License-Identifier: EUPL-1.2
"""What is odd about a value, and what is usual: on made-up values of every shape, and on shapes that sensors have."""

import itertools
import math
import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.things.rules import watch
from smilecity.things.rules.physics import PEOPLE, STATE, UNKNOWN, Kind, kind_of, unit_code
from smilecity.things.rules.results import COUNT, MEASUREMENT, TRUTH
from smilecity.things.rules.watch import JUMP, RANGE, STUCK, Learned, Limits, Value, judge, learn
from tests.things.stage import NOON

MINUTE = timedelta(minutes=1)
WARM = Kind(-60, 60, 8, rests=False)
NUMBER = st.floats(-1000, 1000)
VALUES = st.lists(st.tuples(st.integers(1, 500), NUMBER), max_size=40)


def values(given_: Any) -> list[Value]:
    """Numbers with minutes since the one before."""
    at, made = NOON, []
    for minutes, number in given_:
        at += minutes * MINUTE
        made.append(Value(at, number))
    return made


def every(minutes: float, numbers: Any) -> list[Value]:
    return [Value(NOON + rank * minutes * MINUTE, number) for rank, number in enumerate(numbers)]


LIMITS = st.builds(
    Limits,
    interval=st.none() | st.integers(1, 200).map(lambda one: one * MINUTE),
    low=st.none() | st.floats(-500, 0),
    high=st.none() | st.floats(0, 500),
    most_step=st.none() | st.floats(0.1, 500),
    stuck_after=st.none() | st.integers(1, 2000).map(lambda one: one * MINUTE),
    rests=st.booleans(),
)


@given(VALUES, LIMITS)
def test_each_value_is_out_of_range_or_not_by_itself(given_: Any, limits: Limits) -> None:
    found, _same = judge([], values(given_), limits)
    for one, flags in zip(values(given_), found, strict=True):
        low, high = limits.low, limits.high
        out = (low is not None and one.number < low) or (high is not None and one.number > high)
        assert bool(flags & RANGE) == out


@given(VALUES, LIMITS, st.data())
def test_judged_in_pieces_is_judged_at_once(given_: Any, limits: Limits, data: Any) -> None:
    all_of_them = values(given_)
    whole, last = judge([], all_of_them, limits)
    cut = data.draw(st.integers(0, len(all_of_them)))
    first, same = judge([], all_of_them[:cut], limits)
    second, end = judge(all_of_them[max(0, cut - watch.LOOKED_BACK) : cut], all_of_them[cut:], limits, same)
    assert first + second == whole
    assert end == last


@given(VALUES)
def test_without_limits_nothing_is_odd(given_: Any) -> None:
    assert not any(judge([], values(given_), Limits())[0])


@given(VALUES, LIMITS)
def test_rest_is_never_stuck_and_a_near_value_never_jumped(given_: Any, limits: Limits) -> None:
    all_of_them = values(given_)
    found, _same = judge([], all_of_them, limits)
    for rank, flags in enumerate(found):
        one = all_of_them[rank]
        if limits.rests and one.number == 0:
            assert not flags & STUCK
        if flags & JUMP:
            assert rank >= watch.LOOKED_BACK and limits.most_step is not None
            assert abs(one.number - all_of_them[rank - 1].number) > limits.most_step


def test_a_spike_is_one_odd_value_and_a_new_level_is_odd_once() -> None:
    limits = Limits(interval=10 * MINUTE, most_step=2.0)
    spike = judge([], every(10, [20, 20.5, 20, 80, 20.2, 20.1]), limits)[0]
    assert spike == [0, 0, 0, JUMP, 0, 0]
    level = judge([], every(10, [20, 20.5, 20, 30, 30.2, 30.1]), limits)[0]
    assert level == [0, 0, 0, JUMP, 0, 0]


def test_after_a_gap_a_step_may_be_as_much_greater() -> None:
    limits = Limits(interval=10 * MINUTE, most_step=2.0)
    before = every(10, [20, 20, 20])
    soon, late = Value(NOON + 40 * MINUTE, 27.0), Value(NOON + 140 * MINUTE, 27.0)
    assert judge(before, [soon], limits)[0] == [JUMP]
    assert judge(before, [late], limits)[0] == [0]


def test_the_same_value_is_stuck_once_its_time_is_over() -> None:
    limits = Limits(stuck_after=60 * MINUTE, rests=False)
    assert judge([], every(20, [7, 7, 7, 7, 7, 8, 7]), limits)[0] == [0, 0, 0, 0, STUCK, 0, 0]
    assert judge([], every(20, [0] * 5), limits)[0][-1] == STUCK
    assert judge([], every(20, [0] * 9), Limits(stuck_after=60 * MINUTE))[0] == [0] * 9


GAPS = st.lists(st.floats(1, 1e6), min_size=watch.ENOUGH_GAPS, max_size=60)


@given(GAPS, st.floats(1, 1e9))
def test_one_outage_changes_nothing_of_the_interval(gaps: list[float], outage: float) -> None:
    regular = [600.0 + rank % 3 for rank in range(60)]
    assert watch.usual_interval([*regular, outage]) in [timedelta(seconds=one) for one in (600, 601, 602)]
    known = watch.usual_interval(gaps)
    assert known is not None and min(gaps) - 1e-3 <= known.total_seconds() <= max(gaps) + 1e-3


def test_a_burst_does_not_count_and_too_little_teaches_nothing() -> None:
    burst = [1.0, 1.0, 1.0, 3597.0] * 20
    assert watch.usual_interval(burst) == timedelta(seconds=3597)
    assert watch.usual_interval([600.0] * (watch.ENOUGH_GAPS - 1)) is None
    assert watch.usual_interval([0.0] * 100) is None


def test_silence_is_told_by_what_was_learned_else_by_what_was_promised() -> None:
    last, day = NOON, timedelta(days=1)
    assert not watch.is_quiet(None, None, day, NOON)
    assert not watch.is_quiet(last, None, day, NOON + day)
    assert watch.is_quiet(last, timedelta(minutes=20), day, NOON + timedelta(minutes=21))


def day_and_night(minutes: int, days: int = 14, seed: int = 1) -> list[Value]:
    """Temperatures as a real sensor tells them: to a tenth, with noise and the sun."""
    noise = random.Random(seed)
    count = days * 24 * 60 // minutes
    hour = [rank * minutes / 60 for rank in range(count)]
    return every(
        minutes, [round(12 + 6 * math.sin(one * math.pi / 12) + noise.uniform(-0.3, 0.3), 1) for one in hour]
    )


@pytest.mark.parametrize("minutes", [1, 10, 60])
def test_an_ordinary_sensor_is_never_odd_by_what_was_learned_from_it(minutes: int) -> None:
    before = day_and_night(minutes)
    known = learn(before[-watch.MOST_LEARNED :], WARM)
    assert known.interval == minutes * MINUTE and known.quiet_after == max(4 * minutes * MINUTE, 10 * MINUTE)
    assert known.most_step is not None and 8 <= known.most_step < 20
    limits = Limits(known.interval, -60, 60, known.most_step, known.stuck_after, rests=False)
    assert not any(judge([], day_and_night(minutes, seed=2), limits)[0])
    stuck = [
        *before[-10:],
        *(Value(before[-1].at + rank * MINUTE * minutes, 12.3) for rank in range(1, 4000)),
    ]
    assert known.stuck_after is not None and judge([], stuck, limits)[0][-1] == STUCK


def test_a_sensor_that_reports_on_change_may_be_quiet_every_night() -> None:
    noise, at, made = random.Random(3), NOON, []
    for _day in range(20):
        for _ in range(30):
            made.append(Value(at, noise.random()))
            at += timedelta(minutes=noise.uniform(2, 40))
        at += timedelta(hours=9)
    known = learn(made, UNKNOWN)
    assert known.quiet_after is not None and known.quiet_after > timedelta(hours=13)


def test_one_outage_of_days_does_not_make_silence_usual() -> None:
    made = day_and_night(10, days=5)
    later = [Value(one.at + timedelta(days=9), one.number) for one in made]
    assert learn([*made, *later], WARM).quiet_after == timedelta(minutes=40)


def test_a_slow_sensor_is_given_days() -> None:
    known = learn(every(24 * 60, [float(rank % 7) for rank in range(28)]), UNKNOWN)
    assert known.quiet_after == timedelta(days=4)
    assert known.most_step is None and known.stuck_after is None


def test_rain_may_be_nought_for_weeks_and_people_at_night() -> None:
    rain = every(10, [0.0] * 1900 + [0.2, 0.4, 0.0] * 30)
    known = learn(rain, Kind(0, 500))
    limits = Limits(known.interval, 0, 500, known.most_step, known.stuck_after)
    assert not any(judge([], every(10, [0.0] * 3000), limits)[0])
    people = learn(every(5, [0.0] * 100 + [3.0] * 100), PEOPLE)
    assert (people.most_step, people.stuck_after) == (None, None)


def test_what_hardly_ever_changes_is_not_watched_for_standing_still() -> None:
    assert learn(every(10, [21.5] * 1500), Kind(0, 100)).stuck_after is None


def test_odd_values_teach_nothing() -> None:
    sound = day_and_night(10)
    stuck = [Value(sound[-1].at + rank * 10 * MINUTE, 80.0, STUCK) for rank in range(1, 400)]
    assert learn([*sound, *stuck], WARM).stuck_after == learn(sound, WARM).stuck_after


@given(st.lists(st.tuples(st.integers(0, 10_000), NUMBER), min_size=30, max_size=200))
def test_whatever_is_learned_is_sensible(given_: Any) -> None:
    known = learn(values(given_), WARM)
    if known == Learned():
        return
    assert known.interval and known.quiet_after and known.quiet_after >= max(10 * MINUTE, 4 * known.interval)
    assert known.most_step is None or known.most_step >= 8
    assert known.stuck_after is None or known.stuck_after >= timedelta(hours=6)


@given(st.lists(st.integers(0, 5000), max_size=60), st.integers(1, 500))
def test_stretches_hold_every_moment_once(minutes: list[int], apart: int) -> None:
    times = [NOON + one * MINUTE for one in minutes]
    found = watch.stretches(times, apart * MINUTE)
    assert all(sum(since <= at <= until for since, until in found) == 1 for at in times)
    pairs = itertools.pairwise(found)
    assert all(after[0] - before[1] > apart * MINUTE for before, after in pairs)


@pytest.mark.parametrize(
    ("what", "unit", "expected"),
    [
        (
            "http://vocab.nerc.ac.uk/standard_name/air_temperature/",
            {"symbol": "°C", "definition": "Cel"},
            (-60, 60),
        ),
        ("Lufttemperatur", {"symbol": "K"}, (213, 333)),
        ("Relative humidity", {"symbol": "%"}, (0, 100)),
        ("urn:battery-level", {"symbol": "%"}, (0, 100)),
        ("Battery", {"symbol": "V"}, (None, None)),
        ("CO2", {"symbol": "ppm"}, (200, 100_000)),
        ("pH", {"name": "pH", "symbol": "pH"}, (0, 14)),
        ("sound-level-a-weighted", {"symbol": "dB(A)", "definition": "ucum:dB"}, (0, 194)),
        ("Luftdruck", {"symbol": "hPa"}, (500, 1100)),
        ("Windrichtung", {"symbol": "°"}, (0, 360)),
        ("wind_speed", {"symbol": "m/s"}, (0, 120)),
        ("something else", {"symbol": "°C"}, (None, None)),
    ],
)
def test_what_is_possible_is_known_by_property_and_unit(
    what: str, unit: dict[str, str], expected: Any
) -> None:
    found = kind_of(what, "", unit, MEASUREMENT, people=False)
    assert (found.low, found.high) == expected


def test_states_and_people_are_never_stuck() -> None:
    assert kind_of("temperature", "", {}, TRUTH, people=False) is STATE
    assert kind_of("temperature", "", {}, COUNT, people=False) is STATE
    assert kind_of("temperature", "", {}, MEASUREMENT, people=True) is PEOPLE
    assert unit_code(None) == "" == unit_code({"symbol": "furlong"}) == unit_code([1])
    assert watch.codes(None) == [] and watch.codes(RANGE | STUCK) == ["range", "stuck"]
