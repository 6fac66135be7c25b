# SPDX-License-Identifier: EUPL-1.2
"""When offers take place: rules and back, in words, by the clock; and dates that answer a wish."""

import time as clockwork
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smilecity.core.problems import Refusal
from smilecity.places.rules import offers as rules
from smilecity.places.rules.offers.recurrence import parts

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ZONE = ZoneInfo("Europe/Berlin")
WALLS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31)).map(
    lambda one: one.replace(second=0, microsecond=0)
)


@st.composite
def repeats(draw: st.DrawFn) -> tuple[rules.Repeat, datetime]:
    starts = draw(WALLS)
    every = draw(st.sampled_from(["", "day", "week", "month-day", "month-nth", "year"]))
    if not every:
        return rules.Repeat(), starts
    ends = draw(st.sampled_from(["", "until", "count"]))
    return rules.Repeat(
        every=every,
        interval=draw(st.integers(1, 12)),
        days=tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1)))) if every == "week" else (),
        until=starts.date() + timedelta(days=draw(st.integers(0, 800))) if ends == "until" else None,
        count=draw(st.integers(1, 1000)) if ends == "count" else None,
    ), starts


@relaxed
@given(repeats())
def test_what_a_form_says_becomes_a_rule_and_the_same_form_again(
    given: tuple[rules.Repeat, datetime],
) -> None:
    repeat, starts = given
    rule = rules.rule_of(repeat, starts)
    assert rules.repeat_of(rule, starts) == repeat
    with translation.override("de"):
        assert rules.said(rule, starts, 90)


@relaxed
@given(repeats(), st.integers(0, 400))
def test_dates_are_in_order_in_bounds_and_the_first_is_among_them(
    given: tuple[rules.Repeat, datetime], days: int
) -> None:
    repeat, starts = given
    if repeat.every == "week":
        repeat = rules.Repeat(every="week", days=(starts.weekday(),), until=repeat.until, count=repeat.count)
    until = starts.date() + timedelta(days=days)
    found = rules.dates(rules.rule_of(repeat, starts), starts, starts.date(), until)
    assert found[:1] == [starts]
    assert found == sorted(set(found))
    assert all(starts.date() <= one.date() <= until for one in found)
    left = rules.dates(rules.rule_of(repeat, starts), starts, starts.date(), until, (), (starts.isoformat(),))
    assert left == found[1:]


@relaxed
@given(st.text(alphabet="FREQ=DAILYWKMONTHSUBCP;,0123456789+-", max_size=60))
def test_any_text_is_a_rule_or_refused_and_soon(text: str) -> None:
    began = clockwork.monotonic()
    try:
        rules.dates(text, datetime(2026, 2, 28, 18), date(2026, 2, 28), date(2030, 1, 1))
    except Refusal as refusal:
        assert refusal.code == "offer.rule"
    assert clockwork.monotonic() - began < 1


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY", "FREQ=SECONDLY;COUNT=1", "FREQ=DAILY;COUNT=1001", "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU", "FREQ=DAILY;BYHOUR=1,2,3", "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=3",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=WEEKLY;BYDAY=6MO", "BYDAY=MO",
        "FREQ=WEEKLY;UNTIL=20261301", "FREQ=WEEKLY;COUNT=3;UNTIL=20270101", "FREQ=WEEKLY;FREQ=DAILY", "FREQ=ẞ",
        "FREQ=YEARLY;BYEASTER=0", "X" * 300,
    ],
)  # fmt: skip
def test_rules_that_are_bombs_or_nonsense_are_refused(rule: str) -> None:
    with pytest.raises(Refusal) as caught:
        rules.dates(rule, datetime(2026, 2, 28, 18), date(2026, 2, 28), date(2030, 1, 1))
    assert caught.value.code == "offer.rule"


def test_more_than_a_thousand_single_dates_are_refused_and_400_days_is_as_far_as_it_goes() -> None:
    starts = datetime(2026, 1, 1, 18)
    assert len(rules.dates("FREQ=DAILY", starts, starts.date(), date(2099, 1, 1))) == 401
    extra = [
        f"2026-01-{day:02}T{hour:02}:{minute:02}"
        for day in range(1, 32)
        for hour in range(12)
        for minute in (0, 15, 30)
    ]
    with pytest.raises(Refusal):
        rules.dates("", starts, starts.date(), date(2026, 2, 1), extra)


def test_the_hour_that_is_left_out_is_a_gap_and_the_one_said_twice_is_the_first() -> None:
    found = rules.moments([datetime(2027, 3, 28, 2, 30), datetime(2027, 10, 31, 2, 30)], ZONE)
    assert found.gaps == [datetime(2027, 3, 28, 2, 30)]
    assert found.starts == [(datetime(2027, 10, 31, 2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC))]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", "jeden Dienstag, 18:00 bis 20:00 Uhr"),
        (
            "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270630",
            "jeden Dienstag und Donnerstag, 18:00 bis 20:00 Uhr, bis 30.06.2027",
        ),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=6", "alle 2 Wochen: jeden Dienstag, 18:00 bis 20:00 Uhr, 6 Termine"),
        ("FREQ=DAILY", "täglich, 18:00 bis 20:00 Uhr"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "jeden letzten Freitag im Monat, 18:00 bis 20:00 Uhr"),
        ("FREQ=MONTHLY;BYMONTHDAY=15,-1", "jeden Monat am 15. und am letzten Tag, 18:00 bis 20:00 Uhr"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", "jeden zweiten Dienstag im Monat, 18:00 bis 20:00 Uhr"),
        ("", "Dienstag, 24.11.2026, 18:00 bis 20:00 Uhr"),
    ],
)
def test_when_in_words(rule: str, words: str) -> None:
    with translation.override("de"):
        assert rules.said(rule, datetime(2026, 11, 24, 18), 120) == words


def test_what_falls_out_and_what_comes_besides_is_said() -> None:
    with translation.override("de"):
        line = rules.said(
            "FREQ=WEEKLY", datetime(2026, 11, 24, 18), 120, ["2026-12-23T18:00"], ["2026-12-24T18:00"]
        )
    assert line.endswith("dazu am 23.12.2026, nicht am 24.12.2026")


@relaxed
@given(st.integers(-400, 800), repeats())
def test_a_shifted_rule_is_a_rule_with_its_end_moved_along(
    days: int, given: tuple[rules.Repeat, datetime]
) -> None:
    rule = rules.rule_of(*given)
    later = rules.shifted(rule, days)
    assert {k: v for k, v in parts(later).items() if k != "UNTIL"} == {
        k: v for k, v in parts(rule).items() if k != "UNTIL"
    }


@pytest.mark.parametrize(
    ("wish", "now", "span"),
    [
        ({"when": "weekend"}, (2026, 11, 27, 12), ("2026-11-27T23:00", "2026-11-29T23:00")),
        ({"when": "weekend"}, (2026, 11, 29, 12), ("2026-11-29T12:00", "2026-11-29T23:00")),
        ({"when": "today"}, (2026, 11, 29, 12), ("2026-11-29T12:00", "2026-11-29T23:00")),
        ({"when": "tomorrow"}, (2027, 3, 27, 12), ("2027-03-27T23:00", "2027-03-28T22:00")),
        (
            {"when": "day", "day": date(2026, 12, 24)},
            (2026, 11, 29, 12),
            ("2026-12-23T23:00", "2026-12-24T23:00"),
        ),
    ],
)
def test_the_time_that_is_asked_for(
    wish: dict[str, Any], now: tuple[int, ...], span: tuple[str, str]
) -> None:
    found = rules.Wish(**wish).span(datetime(*now, tzinfo=UTC), ZONE)  # type: ignore[arg-type,misc]
    assert tuple(one and one.strftime("%Y-%m-%dT%H:%M") for one in found) == span
