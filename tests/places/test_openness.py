# SPDX-License-Identifier: EUPL-1.2
"""One function decides whether a place is open: hours, holidays, school holidays, what is otherwise, and the sun."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smilecity.places.rules import holidays, hours, openness, spans
from smilecity.places.rules.openness import Otherwise
from tests.examples import examples

ZONE = ZoneInfo("Europe/Berlin")
SPOT = (12.1, 54.1)
SCHOOL = ((date(2026, 7, 13), date(2026, 8, 22)), (date(2026, 12, 21), date(2027, 1, 2)))
DAILY = "Mo-Su 08:00-20:00"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)  # type: ignore[misc, arg-type]


def closed(start: datetime, end: datetime, why: str = "Sturm", *, open_ended: bool = False) -> Otherwise:
    return Otherwise(start, end, False, "weather", {"de": why, "en": f"{why} (en)"}, open_ended)


def opened(start: datetime, end: datetime, why: str = "Lange Nacht") -> Otherwise:
    return Otherwise(start, end, True, "event", {"de": why})


def said(text: str, exceptionals: list[Otherwise], now: datetime) -> hours.Opening:
    return openness.opening(text, exceptionals, now, ZONE, SPOT, "MV", school=SCHOOL)


def test_a_closing_is_said_with_its_reason_and_its_end() -> None:
    storm = closed(at(2026, 11, 23, 12), at(2026, 11, 23, 18))
    found = said(DAILY, [storm], at(2026, 11, 23, 13))
    assert found == hours.Opening("closed", "Heute geschlossen: Sturm, voraussichtlich bis 18:00 Uhr")
    before = said(DAILY, [storm], at(2026, 11, 23, 11))
    assert before == hours.Opening("open", "Jetzt geöffnet, bis 12:00 Uhr", "Danach geschlossen: Sturm")
    after = said(DAILY, [storm], at(2026, 11, 23, 18))
    assert after == hours.Opening("open", "Jetzt geöffnet, bis 20:00 Uhr")


def test_a_fair_of_days_and_closings_that_follow_each_other() -> None:
    fair = [
        closed(at(2026, 11, 24), at(2026, 11, 26), "Messe"),
        closed(at(2026, 11, 26), at(2026, 11, 27, 12), "Abbau"),
    ]
    found = said(DAILY, fair, at(2026, 11, 24, 9))
    assert found.words == "Geschlossen: Messe, voraussichtlich bis Freitag, 12:00 Uhr"
    night = said(DAILY, fair, at(2026, 11, 23, 21))
    assert night.words == "Jetzt geschlossen, öffnet am Freitag um 12:00 Uhr"


def test_nobody_knows_the_end_of_a_storm() -> None:
    now = at(2026, 11, 23, 12)
    storm = closed(now, now + openness.OPEN_ENDED, open_ended=True)
    assert said(DAILY, [storm], now).words == "Vorerst geschlossen: Sturm"


def test_an_extra_opening_opens_also_what_says_nothing_else() -> None:
    late = opened(at(2026, 11, 23, 20), at(2026, 11, 23, 23))
    assert said(DAILY, [late], at(2026, 11, 23, 19)).words == "Jetzt geöffnet, bis 23:00 Uhr"
    inside = said("", [late], at(2026, 11, 23, 21))
    assert (inside.state, inside.note) == ("open", "Lange Nacht")
    assert said("", [late], at(2026, 11, 23, 19)).state == "unknown"


def test_the_week_marks_what_is_otherwise() -> None:
    storm = closed(at(2026, 11, 23, 12), at(2026, 11, 23, 18))
    all_day = closed(at(2026, 11, 24), at(2026, 11, 25), "Messe")
    days = openness.week(DAILY, [storm, all_day], at(2026, 11, 23, 7), ZONE, SPOT)
    assert [(one.hours, one.note) for one in days[:3]] == [
        ("08:00–12:00, 18:00–20:00", "geschlossen: Sturm"),
        ("geschlossen", "geschlossen: Messe"),
        ("08:00–20:00", ""),
    ]
    assert openness.week("", [], at(2026, 11, 23), ZONE) == []


@pytest.mark.parametrize(
    ("text", "in_school_holidays", "otherwise"),
    [
        ("Mo-Fr 08:00-12:00; SH Mo-Fr 14:00-18:00", "14:00–18:00", "08:00–12:00"),
        ("Mo-Fr 08:00-12:00; SH off", "geschlossen", "08:00–12:00"),
        ("Mo-Su 08:00-12:00; SH,PH off", "geschlossen", "08:00–12:00"),
        ("SH 08:00-12:00", "08:00–12:00", "geschlossen"),
    ],
)
def test_school_holidays(text: str, in_school_holidays: str, otherwise: str) -> None:
    summer = openness.week(text, [], at(2026, 7, 14, 7), ZONE, SPOT, "MV", school=SCHOOL)[0]
    assert summer.hours == in_school_holidays
    for known in (SCHOOL, ()):
        autumn = openness.week(text, [], at(2026, 9, 15, 7), ZONE, SPOT, "MV", school=known)[0]
        assert autumn.hours == otherwise


def test_rules_that_are_not_about_days_alone_stay() -> None:
    for text in (
        'Mo-Su 08:00-20:00 "SH"',
        "Mo-Su 08:00-20:00",
        "Dec SH off",
        "SH 10:00-12:00, We 14:00-16:00",
    ):
        assert holidays.with_school(text, SCHOOL) == text


def test_the_sun_closes_it() -> None:
    (june,) = openness.open_spans(
        "Mo-Su 08:00-sunset", [], at(2026, 6, 21), at(2026, 6, 22), ZONE, SPOT, "MV"
    )
    (winter,) = openness.open_spans(
        "Mo-Su 08:00-sunset", [], at(2026, 12, 21), at(2026, 12, 22), ZONE, SPOT, "MV"
    )
    assert june[1].astimezone(ZONE).hour == 21
    assert winter[1].astimezone(ZONE).hour == 15


START = datetime(2026, 7, 10, tzinfo=UTC)
moments = st.integers(0, 12 * 24 * 4).map(lambda n: START + timedelta(minutes=15 * n))
others = st.lists(
    st.tuples(moments, st.integers(1, 200), st.booleans()).map(
        lambda one: Otherwise(
            one[0], one[0] + timedelta(minutes=15 * one[1]), one[2], "other", {"de": "Grund"}
        )
    ),
    max_size=4,
)
texts = st.sampled_from(
    ["", "24/7", "Mo-Fr 08:00-20:00; Sa,Su,PH 10:00-22:00", "Mo-Su 22:00-03:00", "Mo-Su 08:00-sunset",
     "Mo-Fr 08:00-12:00; SH Mo-Fr 14:00-18:00", "SH off", "Mo-Su 08:00-20:00; SH,PH off"]
)  # fmt: skip


@settings(max_examples=examples(150), deadline=None)
@given(text=texts, exceptionals=others, now=moments)
def test_what_is_said_what_is_searched_and_what_is_booked_agree(
    text: str, exceptionals: list[Otherwise], now: datetime
) -> None:
    window = (START - timedelta(days=2), START + timedelta(days=16))
    found = openness.open_spans(text, exceptionals, *window, ZONE, SPOT, "MV", school=SCHOOL)
    assert all(a < b for a, b in found)
    assert all(b < c for (_, b), (c, _) in pairwise(found))
    is_open = spans.holds(found, now)
    opening = said(text, exceptionals, now)
    assert (opening.state == "open") == is_open
    # "Open now" is asked of spans that were written at any time before.
    written = spans.ahead(text, START, ZONE, SPOT, state="MV", exceptionals=exceptionals, school=SCHOOL)
    assert spans.holds(written, now) == is_open
    closing = openness.why_closed(exceptionals, (now, now + timedelta.resolution))
    if closing is not None:
        assert not is_open
    elif not any(one.open and one.start <= now < one.end for one in exceptionals):
        plain = hours.opening(holidays.with_school(text, SCHOOL), now, ZONE, SPOT, state="MV")
        assert (plain.state == "open") == is_open


@settings(max_examples=examples(60), deadline=None)
@given(text=texts, exceptionals=others, day=st.integers(0, 10))
def test_the_week_says_what_the_spans_say(text: str, exceptionals: list[Otherwise], day: int) -> None:
    now = at(2026, 7, 10 + day, 9)
    for one in openness.week(text, exceptionals, now, ZONE, SPOT, "MV", school=SCHOOL):
        start = datetime(one.date.year, one.date.month, one.date.day, tzinfo=ZONE)
        found = openness.open_spans(
            text, exceptionals, start, start + timedelta(days=1), ZONE, SPOT, "MV", school=SCHOOL
        )
        assert one.open == bool(found)
        assert len(one.hours.split(", ")) == max(1, len(found))
