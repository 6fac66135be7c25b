# SPDX-License-Identifier: EUPL-1.2
"""Opening hours as a form and as a text: both ways the same, and open when the form says so."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from smilecity.core.problems import Refusal
from smilecity.places.rules import hours, hoursform, openness
from smilecity.places.rules.hoursform import ALL_DAY, CLOSED, DUSK, MIDNIGHT, SUNSET, Day, Span, Week
from tests.examples import examples

ZONE = ZoneInfo("Europe/Berlin")
CHRISTMAS = date(2026, 12, 21), date(2027, 1, 2)
PUBLIC = {date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)}


@st.composite
def days(draw: st.DrawFn, sun: bool = True, night: bool = True) -> Day:
    """Any day that the form can say."""
    edges = sorted(draw(st.sets(st.integers(0, MIDNIGHT), max_size=6)))
    spans = [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False)]
    if spans and sun and spans[-1].start < hoursform.EARLIEST_SUNSET and draw(st.booleans()):
        spans[-1] = Span(spans[-1].start, draw(st.sampled_from(hoursform.SUN)))
    elif spans and night and spans[-1].start > 0 and draw(st.booleans()):
        spans[-1] = Span(spans[-1].start, draw(st.integers(1, spans[-1].start - 1 or 1)))
    return tuple(spans)


@st.composite
def weeks(draw: st.DrawFn, sun: bool = True, night: bool = True) -> Week:
    """Any week that the form can say."""
    some = draw(st.lists(days(sun, night), min_size=1, max_size=3))
    week = Week(
        tuple(draw(st.sampled_from(some)) for _day in range(7)),
        draw(st.none() | days(sun, night)),
        school := draw(st.none() | days(sun, night)),
        draw(st.sampled_from(["", "Mo-Fr"])) if school is not None else "",
    )
    try:
        return hoursform.checked(week)
    except Refusal:
        assume(False)
        raise


@given(weeks())
def test_written_and_read_it_is_the_same(week: Week) -> None:
    text = hoursform.written(week)
    assert hours.checked(text) == text
    assert hoursform.read(text) == week


@settings(max_examples=examples(30))
@given(weeks(sun=False, night=False), st.booleans())
def test_it_is_open_when_the_form_says_so(week: Week, in_school: bool) -> None:
    since, until = (datetime(2026, 12, day, tzinfo=ZONE) for day in (14, 31))
    school = [CHRISTMAS] if in_school else []
    found = openness.open_spans(hoursform.written(week), [], since, until, ZONE, school=school)
    assert found == openness.joined(_by_hand(week, since.date(), until.date(), school))


def _by_hand(week: Week, first: date, last: date, school: list[tuple[date, date]]) -> list[openness.Span]:
    found = []
    for number in range((last - first).days):
        day = first + timedelta(days=number)
        midnight = datetime.combine(day, time(), ZONE)
        for span in _on(week, day, school):
            assert isinstance(span.end, int)
            start, end = (midnight + timedelta(minutes=one) for one in (span.start, span.end))
            found.append((start.astimezone(UTC), end.astimezone(UTC)))
    return found


def _on(week: Week, day: date, school: list[tuple[date, date]]) -> Day:
    if week.public is not None and day in PUBLIC:
        return week.public
    free = any(first <= day <= last for first, last in school)
    if week.school is not None and free and (week.school_days == "" or day.weekday() < 5):
        return week.school
    return week.days[day.weekday()]


@settings(max_examples=examples(30))
@given(weeks(sun=False))
def test_a_night_is_not_cut_off_by_the_day_after_it(week: Week) -> None:
    week = Week(week.days)
    monday = datetime(2026, 6, 1, tzinfo=ZONE)
    found = openness.open_spans(
        hoursform.written(week), [], monday + timedelta(days=1), monday + timedelta(days=6), ZONE
    )
    for number, day in enumerate(week.days[1:5], 1):
        for span in day:
            assert isinstance(span.end, int)
            start = monday + timedelta(days=number, minutes=span.start)
            end = monday + timedelta(days=number + span.over_midnight, minutes=span.end)
            assert any(a <= start and end <= b for a, b in found)


@pytest.mark.parametrize(
    ("text", "week"),
    [
        ("Mo-Fr 08:00-20:00", Week(((Span(480, 1200),),) * 5 + (CLOSED,) * 2)),
        ("Sa-Mo 10:00 - 12:00", Week(((Span(600, 720),), *(CLOSED,) * 4, (Span(600, 720),), (Span(600, 720),)))),
        ("08:00-sunset", Week(((Span(480, SUNSET),),) * 7)),
        ("Mo-Su 08:00-dusk; PH off", Week(((Span(480, DUSK),),) * 7, CLOSED)),
        ("24/7", Week((ALL_DAY,) * 7)),
        ("off", Week()),
        ("Sa,Su,PH 10:00-22:00", Week((CLOSED,) * 5 + ((Span(600, 1320),),) * 2, (Span(600, 1320),))),
        ("Mo 10:00-00:00", Week(((Span(600, MIDNIGHT),), *(CLOSED,) * 6))),
        ("SH Mo-Fr 10:00-18:00", Week(school=(Span(600, 1080),), school_days="Mo-Fr")),
    ],
)  # fmt: skip
def test_what_people_have_written(text: str, week: Week) -> None:
    assert hoursform.read(text) == week
    assert hoursform.kept(week, text) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "sunrise-sunset", "week 1-53/2 Mo 10:00-12:00", "Mo[1] 10:00-12:00", "Apr-Sep Mo 10:00-12:00",
        "Mo 10:00-12:00 \"nach Absprache\"", "Mo 10:00+", "Mo 10:00-12:00 || PH off", "nonsense", "24/7 off",
        "PH off; Mo-Fr 10:00-12:00", "PH off; SH Mo-Fr 10:00-12:00", "Mo 22:00-02:00; Tu 10:00-12:00",
        "Mo 10:00-12:00, Mo 14:00-16:00", "Mo 08:00-09:00,10:00-11:00,12:00-13:00,14:00-15:00",
        "Mo 12:00-14:00,13:00-15:00", "Mo 17:00-sunset", "Mo 25:00-26:00", "Mo 10:00-12:00;;",
    ],
)  # fmt: skip
def test_what_the_form_cannot_say_stays_a_text(text: str) -> None:
    assert hoursform.read(text) is None


@given(st.text(alphabet="MoTuWeThFrSaSuPHSH 0123456789:-,;of", max_size=60))
def test_whatever_is_read_means_the_same_when_it_is_written(text: str) -> None:
    week = hoursform.read(text)
    if week is not None:
        assert hoursform.read(hoursform.written(week)) == week


@pytest.mark.parametrize(
    ("spans", "sentence"),
    [
        (((600, 720), (700, 800)), "überschneiden"),
        (((600, 600),), "gleich"),
        (((1320, 120), (1380, 1400)), "Nacht"),
        (((960, SUNSET),), "dunkel"),
        (((1, 2), (3, 4), (5, 6), (7, 8)), "Mehr als drei"),
    ],
)
def test_a_day_that_makes_no_sense_is_refused(
    spans: tuple[tuple[int, int | str], ...], sentence: str
) -> None:
    day = tuple(Span(*one) for one in spans)
    with pytest.raises(Refusal, match=sentence) as caught:
        hoursform.checked(Week((CLOSED, day, *(CLOSED,) * 5)))
    assert caught.value.field == "tu"


def test_sunday_night_meets_monday_morning() -> None:
    week = Week(((Span(60, 120),), *(CLOSED,) * 5, (Span(1320, 90),)))
    with pytest.raises(Refusal) as caught:
        hoursform.checked(week)
    assert caught.value.field == "mo"
