# SPDX-License-Identifier: EUPL-1.2
"""Open hours as spans: right on the days clocks change, over midnight, on every state's holidays; and as rows."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE, Role, Who
from smilecity.places import actions, jobs, reads
from smilecity.places.models import OpenSpan
from smilecity.places.rules import holidays, hours, spans
from tests.examples import examples
from tests.places.ground import NOW, keep_court

ZONE = ZoneInfo("Europe/Berlin")


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)  # type: ignore[misc, arg-type]


def lengths(text: str, now: datetime, day: date) -> list[float]:
    """The hours of each span that begins on this day."""
    found = spans.ahead(text, now, ZONE, (12.1, 54.1))
    return [(b - a).total_seconds() / 3600 for a, b in found if a.astimezone(ZONE).date() == day]


def test_the_days_on_which_clocks_change() -> None:
    assert lengths("Mo-Su 01:00-05:00", at(2026, 3, 27), date(2026, 3, 29)) == [3]
    assert lengths("Mo-Su 01:00-05:00", at(2026, 10, 23), date(2026, 10, 25)) == [5]
    assert lengths("Mo-Su 01:00-05:00", at(2026, 10, 23), date(2026, 10, 26)) == [4]


def test_over_midnight_and_always_are_one_span() -> None:
    assert lengths("Mo-Su 22:00-02:00", at(2026, 11, 22), date(2026, 11, 23)) == [4]
    (only,) = spans.ahead("24/7", at(2026, 11, 22, 12), ZONE)
    assert only == (at(2026, 11, 21).astimezone(UTC), at(2026, 12, 7).astimezone(UTC))
    assert spans.ahead("", at(2026, 11, 22), ZONE) == spans.ahead("24/7 off", at(2026, 11, 22), ZONE) == []


def test_the_sun_is_asked_where_the_place_is() -> None:
    (day,) = lengths("sunrise-sunset", at(2026, 6, 20), date(2026, 6, 21))
    assert 16.9 < day < 17.4


@settings(max_examples=examples(80), deadline=None)
@given(
    text=st.sampled_from(
        [
            "Mo-Fr 08:00-20:00; Sa,Su,PH 10:00-22:00", "Mo-Su 22:00-03:00", "24/7", "sunrise-sunset",
            "Mo[1] 10:00-12:00", "Mo-Su 10:00-18:00; PH off", "easter 10:00-12:00", "Oct-Mar Sa 12:00-26:00", "PH off",
        ]
    ),
    start=st.integers(0, 365 * 24).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=n)),
    minutes=st.integers(0, spans.DAYS_AHEAD * 24 * 60),
    state=st.sampled_from(["", *holidays.OF_STATE]),
)  # fmt: skip
def test_spans_say_what_the_hours_say(text: str, start: datetime, minutes: int, state: str) -> None:
    found = spans.ahead(text, start, ZONE, (12.1, 54.1), state=state)
    assert all(a < b for a, b in found)
    assert all(b < c for (_, b), (c, _) in pairwise(found))
    moment = start + timedelta(minutes=minutes)
    truth = hours.opening(text, moment, ZONE, (12.1, 54.1), state=state).state == hours.OPEN
    assert spans.holds(found, moment) == truth


def easter(year: int) -> date:
    """Gauss, as corrected by Lichtenberg."""
    k = year // 100
    m = 15 + (3 * k + 3) // 4 - (8 * k + 13) // 25
    a, d = year % 19, 0
    d = (19 * a + m) % 30
    r = d // 29 + (d // 28 - d // 29) * (a // 11)
    og = 21 + d - r
    sz = 7 - (year + year // 4 + 2 - (3 * k + 3) // 4) % 7
    oe = 7 - (og - sz) % 7
    return date(year, 3, 1) + timedelta(days=og + oe - 1)


def days_of(year: int) -> dict[str, tuple[date, set[str]]]:
    """Each holiday that not all states have, computed another way, and who has it."""
    start = easter(year)
    repentance = next(
        d for d in (date(year, 11, 22) - timedelta(days=n) for n in range(7)) if d.weekday() == 2
    )
    return {
        "epiphany": (date(year, 1, 6), {"BW", "BY", "ST"}),
        "women": (date(year, 3, 8), {"BE", "MV"}),
        "easter": (start, {"BB"}),
        "whitsun": (start + timedelta(days=49), {"BB"}),
        "corpus": (start + timedelta(days=60), {"BW", "BY", "HE", "NW", "RP", "SL"}),
        "assumption": (date(year, 8, 15), {"SL"}),
        "children": (date(year, 9, 20), {"TH"}),
        "reformation": (date(year, 10, 31), {"BB", "HB", "HH", "MV", "NI", "SH", "SN", "ST", "TH"}),
        "saints": (date(year, 11, 1), {"BW", "BY", "NW", "RP", "SL"}),
        "repentance": (repentance, {"SN"}),
    }


@pytest.mark.parametrize("year", [2026, 2027, 2030])
def test_each_state_has_its_holidays(year: int) -> None:
    for name, (day, states) in days_of(year).items():
        noon = at(day.year, day.month, day.day, 12)
        for state in ("", *holidays.OF_STATE):
            closed = (
                hours.opening("Mo-Su 08:00-20:00; PH off", noon, ZONE, None, state=state).state == "closed"
            )
            assert closed == (state in states), (name, state, day)


def test_the_sixteen_are_there_and_shared_holidays_stay() -> None:
    assert len(holidays.OF_STATE) == 16
    for state in holidays.OF_STATE:
        unity = hours.opening("Mo-Su 08:00-20:00; PH off", at(2026, 10, 3, 12), ZONE, None, state=state)
        assert unity.state == "closed"


def test_a_later_rule_still_wins_and_others_are_left_alone() -> None:
    text = "Mo-Su 08:00-20:00; PH off; Oct 31 10:00-12:00"
    assert hours.opening(text, at(2026, 10, 31, 11), ZONE, None, state="MV").state == "open"
    assert (
        hours.opening(
            "Mo-Fr 08:00-20:00; Sa,Su,PH 10:00-12:00", at(2028, 10, 31, 15), ZONE, None, state="MV"
        ).state
        == "closed"
    )
    for text in ('Mo-Su 08:00-20:00 "PH zu"', "Mo-Su 08:00-20:00", "Dec PH off", "Mo 10:00-12:00 || PH off"):
        assert holidays.with_state(text, "MV") == text


def test_keeping_a_place_writes_its_spans(db: None, at_five: datetime) -> None:
    place = keep_court()
    assert OpenSpan.objects.filter(place=place, quiet=False).count() == spans.DAYS_AHEAD + 2
    assert OpenSpan.objects.filter(place=place, during__contains=NOW).count() == 1
    actions.keep_place(NODE, "court", title={"de": "Platz"}, category="sport", quiet_hours="Sa 17:00-19:00")
    assert not OpenSpan.objects.filter(place=place, quiet=False).exists()
    assert OpenSpan.objects.filter(place=place, quiet=True, during__contains=NOW).count() == 1


def test_the_clock_writes_them_again(db: None, at_five: datetime) -> None:
    place = keep_court()
    later = NOW + timedelta(days=30)
    with clock.frozen(later):
        assert not OpenSpan.objects.filter(place=place, during__contains=later).exists()
        assert reads.spans_end_soon(NODE)
        jobs.catch_up_spans(0)
        assert OpenSpan.objects.filter(place=place, during__contains=later).exists()
        assert not reads.spans_end_soon(NODE)
        assert actions.refresh_spans(NODE, [place.noun_id]) == 1
        jobs.refresh_spans(0)
    assert OpenSpan.objects.filter(place=place).count() == spans.DAYS_AHEAD + 2


def test_only_the_node_and_operators_refresh(db: None, bob: Who, alice: Who, olga: Who) -> None:
    carla = Who(label="account/4", account=4, roles=frozenset({Role("clerk", 7)}))
    for who in (ANYONE, bob, alice, carla):
        with pytest.raises(Refusal) as refused:
            actions.refresh_spans(who)
        assert refused.value.status == 403
    assert actions.refresh_spans(olga) == 0
