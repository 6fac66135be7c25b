# SPDX-License-Identifier: EUPL-1.2
"""Limits: a storm closes a place once and opens it again once, a silent sensor does neither, a person may override."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smilecity.core import clock
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from smilecity.places import jobs
from smilecity.places.actions import limits as acts
from smilecity.places.actions import opening
from smilecity.places.models import Exceptional, Limit, OpenSpan, Place
from smilecity.places.rules import limits as rules
from smilecity.places.rules.limits import ARMED, CLOSED, WAIVED, Bounds, Watched
from tests.examples import examples
from tests.places.booking_stage import NOW, Stage, at
from tests.places.ground import keep_stream, observe

BOUNDS = Bounds(75, 50, timedelta(minutes=30))
START = datetime(2026, 11, 23, tzinfo=UTC)
looks = st.lists(
    st.tuples(
        st.integers(1, 20),
        st.one_of(
            st.none(), st.just(float("nan")), st.sampled_from([0.0, 49.9, 50.0, 60.0, 75.0, 75.1, 120.0])
        ),
        st.booleans(),
    ),
    max_size=60,
)


@settings(max_examples=examples(300), deadline=None)
@given(looks=looks)
def test_any_series_with_gaps(looks: list[tuple[int, float | None, bool]]) -> None:
    state, now = Watched(), START
    heard: list[tuple[datetime, float | None]] = []
    for minutes, value, person in looks:
        now += timedelta(minutes=minutes)
        if person and state.state == CLOSED:
            state = Watched(WAIVED, state.calm_since)
        before, state = state, rules.stepped(BOUNDS, state, now, value)
        known = value if value is not None and value == value else None  # noqa: PLR0124 - nan
        heard.append((now, known))
        if known is None:
            assert state.state == before.state
        elif before.state == ARMED:
            assert state.state == (CLOSED if known > BOUNDS.closes_above else ARMED)
        else:
            assert (state.state == ARMED) == (calm_since(heard) <= now - BOUNDS.calm_for)
            assert state.state in (ARMED, before.state)


def calm_since(heard: list[tuple[datetime, float | None]]) -> datetime:
    """Since when every look has heard a calm value, found by walking back."""
    since = datetime.max.replace(tzinfo=UTC)
    for moment, value in reversed(heard):
        if value is None or value >= BOUNDS.opens_below:
            break
        since = moment
    return since


def test_what_is_measured() -> None:
    assert rules.measured("gust", [(10, "m/s"), (50, "km/h"), (99, "apples")]) == 50
    assert rules.measured("gust", [(99, "apples")]) is None
    assert rules.measured("temperature", [(31.5, "°C"), (float("nan"), "°C")]) == 31.5
    assert rules.measured("rain", []) is None


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (("people", 10, 5, 30), "limit.role"),
        (("gust", float("inf"), 5, 30), "limit.number"),
        (("gust", 50, 75, 30), "limit.order"),
        (("gust", 75, 50, 0), "limit.calm"),
        (("gust", 75, 50, 10**9), "limit.calm"),
    ],
)
def test_limits_that_make_no_sense(said: tuple[Any, ...], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.checked(*said)
    assert refused.value.code == code


@pytest.fixture
def stage(person: Callable[..., Any], organisation: Callable[..., Any]) -> Stage:
    """The court with a gauge of gusts in metres a second."""
    with clock.frozen(NOW):
        made = Stage(person, organisation)
        from smilecity.places import actions

        actions.keep_sense(NODE, made.place, "gust", keep_stream("gust", "m/s"))
        acts.keep_limit(made.who["karim"], made.place.noun_id, "gust", 75, 50, 30)
    return made


def blow(stage: Stage, speed: float | None, minute: int) -> None:
    """So many km/h at this minute, or silence; then the clock's job runs."""
    now = NOW + timedelta(minutes=minute)
    if speed is not None:
        observe(stage.place.senses.get(role="gust").datastream_id, speed / 3.6, now)
    with clock.frozen(now):
        jobs.weather(0)


def is_open(place: Place, minute: int) -> bool:
    moment = NOW + timedelta(minutes=minute)
    return OpenSpan.objects.filter(place=place, quiet=False, during__contains=moment).exists()


def test_a_storm_closes_and_opens_once(stage: Stage) -> None:
    blow(stage, 90, 0)
    blow(stage, 95, 1)
    (closing,) = Exceptional.objects.all()
    assert (closing.by, closing.cause, closing.during.upper) == ("weather", "weather", None)
    assert closing.reason == {"de": "Sturm", "en": "strong gale"}
    assert not is_open(stage.place, 2)
    with clock.frozen(NOW + timedelta(minutes=2)), pytest.raises(Refusal) as refused:
        stage.book("rita", "court", at(10))
    assert refused.value.code == "booking.closed"
    for minute, speed in ((10, 40), (20, 60), (30, 40), (59, 45)):
        blow(stage, speed, minute)
    assert not is_open(stage.place, 59)
    blow(stage, 45, 60)
    assert is_open(stage.place, 61)
    assert Exceptional.objects.get().ended_at == NOW + timedelta(minutes=60)
    assert Limit.objects.get().closing is None
    verbs = list(
        LogEntry.objects.filter(verb__in=("units-closed", "units-reopened")).values_list("verb", flat=True)
    )
    assert verbs == ["units-closed", "units-reopened"]


def test_a_silent_sensor_does_nothing(stage: Stage) -> None:
    observe(stage.place.senses.get(role="gust").datastream_id, 50, NOW - timedelta(hours=2))
    blow(stage, None, 0)
    assert not Exceptional.objects.exists()
    blow(stage, 90, 1)
    blow(stage, 10, 2)
    blow(stage, None, 40)  # the calm value is too old by now
    blow(stage, 10, 41)
    assert not is_open(stage.place, 42)
    blow(stage, 10, 70)
    assert not is_open(stage.place, 70)
    blow(stage, 10, 71)
    assert is_open(stage.place, 72)


def test_a_person_may_override_either_way(stage: Stage) -> None:
    blow(stage, 90, 0)
    with clock.frozen(NOW + timedelta(minutes=1)):
        opening.end_closing(stage.who["karim"], Exceptional.objects.get().id)
    blow(stage, 90, 2)
    assert is_open(stage.place, 2)
    for minute in (3, 33):
        blow(stage, 10, minute)
    blow(stage, 90, 34)
    assert not is_open(stage.place, 34)
    with clock.frozen(NOW + timedelta(minutes=35)):
        opening.close(stage.who["karim"], stage.place.noun_id, at(9, lasts=8), "weather", {"de": "Eisglätte"})
    for minute in (36, 66):
        blow(stage, 10, minute)
    assert not is_open(stage.place, 67)


def test_people_with_bookings_are_told_when_their_time_comes_near(stage: Stage) -> None:
    with clock.frozen(NOW):
        stage.book("rita", "left", at(9))
        stage.book("nora", "right", at(12))
        stage.book("tina", "hall", at(18))
    blow(stage, 90, 0)
    told = LogEntry.objects.filter(verb="booking-struck").order_by("id")
    assert [one.data["account"] for one in told] == [stage.accounts["rita"].id]
    for minute in (1, 62, 63):
        blow(stage, 90, minute)
    assert [one.data["account"] for one in told.all()] == [stage.accounts[one].id for one in ("rita", "nora")]


def test_who_may_keep_limits_and_look(stage: Stage) -> None:
    for who in (ANYONE, stage.who["rita"]):
        with pytest.raises(Refusal) as refused:
            acts.keep_limit(who, stage.place.noun_id, "gust", 1, 1, 1)
        assert refused.value.status == 403
        with pytest.raises(Refusal):
            acts.drop_limit(who, stage.place.noun_id, "gust")
        with pytest.raises(Refusal):
            acts.watch_weather(who)
    with pytest.raises(Refusal) as refused:
        acts.keep_limit(NODE, stage.place.noun_id, "rain", 5, 1, 30)
    assert refused.value.code == "limit.no-sensor"


def test_a_limit_that_goes_opens_what_it_closed(stage: Stage) -> None:
    blow(stage, 90, 0)
    with clock.frozen(NOW + timedelta(minutes=1)):
        acts.drop_limit(stage.who["karim"], stage.place.noun_id, "gust")
    assert is_open(stage.place, 2)
    assert not Limit.objects.exists()
