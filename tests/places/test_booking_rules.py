# SPDX-License-Identifier: EUPL-1.2
"""The decision and what it rests on: policies, times, series, openness; without any table."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from smilecity.core.problems import Refusal
from smilecity.places.rules import booking, openness
from smilecity.places.rules.booking import Asked, Facts, Policy, series, times
from smilecity.places.rules.booking.policy import Quota

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
moments = some.integers(0, 600).map(lambda n: NOW + timedelta(minutes=15 * n))
spans = some.builds(
    lambda start, n: (start, start + timedelta(minutes=15 * n)), moments, some.integers(1, 40)
)
policies = some.builds(
    lambda **said: booking.checked(said),
    step=some.sampled_from((15, 30, 60)),
    shortest=some.just(60),
    longest=some.sampled_from((60, 120, 180)),
    gap=some.sampled_from((0, 15, 45)),
    soonest=some.integers(0, 300),
    latest_days=some.integers(1, 30),
    approval=some.sampled_from(("never", "always", "longer", "outside")),
    person=some.sampled_from(({}, {"open": 1}, {"minutes": 90})),
)
facts = some.builds(
    lambda opened, taken, keeps, count: Facts(
        now=NOW, zone=BERLIN, open=tuple(openness.joined(opened)), taken=tuple(openness.joined(taken)), keeps=keeps,
        open_now=count, minutes=count * 60,
    ),
    some.lists(spans, max_size=4), some.lists(spans, max_size=6), some.booleans(), some.integers(0, 3),
)  # fmt: skip


def refusal(act: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value


@given(policies)
def test_a_policy_reads_back_as_itself(policy: Policy) -> None:
    assert booking.checked(policy.as_json()) == policy
    assert all(sentence and "%(" not in sentence for sentence in booking.explained(policy))


@given(spans, some.lists(spans, max_size=6))
def test_meeting_and_lying_within_are_found_as_by_looking_at_each(
    one: times.Span, others: list[times.Span]
) -> None:
    known = tuple(openness.joined(others))
    assert times.meets(one, known) == any(times.overlaps(one, each) for each in known)
    assert times.within(one, known) == any(start <= one[0] and one[1] <= end for start, end in known)


@given(policies, facts, spans)
def test_what_is_allowed_is_free_open_and_on_the_grid(policy: Policy, known: Facts, span: times.Span) -> None:
    found = booking.decide(policy, Asked(*span), known)
    if found.verdict == booking.REFUSED:
        assert found.code and str(found.sentence)
        return
    takes = booking.claimed(policy, *span)
    assert span[0] >= NOW and not any(times.overlaps(takes, one) for one in known.taken)
    assert policy.shortest <= times.minutes(*span) <= policy.longest
    assert span[0].astimezone(BERLIN).minute % policy.step == 0 or policy.step == 60
    inside = any(start <= span[0] and span[1] <= end for start, end in known.open)
    assert inside or (policy.approval == "outside" and (found.verdict == booking.ASK or known.keeps))


@given(policies, facts, spans)
def test_the_next_free_slots_are_the_first_of_all(policy: Policy, known: Facts, span: times.Span) -> None:
    """However many starts are leapt over on the way."""
    start = max(span[0].replace(minute=0), known.now)
    asked = Asked(start, start + timedelta(minutes=policy.shortest))
    days = (asked.start.astimezone(BERLIN).date() + timedelta(days=n) for n in range(3))
    starts = [one for day in days for one in times.starts(day, policy.step, BERLIN) if one >= asked.start]
    each = [(one, one + timedelta(minutes=policy.shortest)) for one in starts]
    can_be = [
        one
        for one in each
        if booking.decide(replace(policy, person=Quota()), Asked(*one), known, offer=False).verdict
        != booking.REFUSED
    ]
    assert booking.next_free(policy, asked, known) == tuple(can_be[:3])


@given(policies, facts, spans)
def test_what_is_offered_instead_can_be_had(policy: Policy, known: Facts, span: times.Span) -> None:
    for start, end in booking.decide(policy, Asked(*span), known).possible:
        again = booking.decide(policy, Asked(start, end), known)
        assert again.verdict != booking.REFUSED or again.code.startswith("booking.quota")


@given(policies, facts, some.integers(0, 5))
def test_the_calendar_says_what_the_write_would_say(policy: Policy, known: Facts, ahead: int) -> None:
    for slot in booking.free(policy, NOW.date() + timedelta(days=ahead), known):
        said = booking.decide(policy, Asked(slot.start, slot.end, age=99), known)
        assert replace(said, possible=()) == slot.decision


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"nothing": 1}, "nothing"),
        ({"shortest": 120, "longest": 60}, "longest"),
        ({"step": 7}, "step"),
        ({"step": "30"}, "step"),
        ({"step": True}, "step"),
        ({"shortest": 45}, "shortest"),
        ({"who": "friends"}, "who"),
        ({"who": []}, "who"),
        ({"approval": {}}, "approval"),
        ({"person": {"open": 0}}, "person.open"),
        ({"person": [1]}, "person"),
        ({"fees": {"dog": 1}}, "fees"),
        ({"fees": {"club": -1}}, "fees.club"),
        ({"fee_text": {"de": 7}}, "fee_text"),
        ({"hours": "immer"}, "hours"),
        ({"latest_days": None}, "latest_days"),
        ({"soonest": 2000, "latest_days": 1}, "soonest"),
        ({"age_from": 16, "alone_from": 12}, "alone_from"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(rules: dict[str, Any], field: str) -> None:
    assert refusal(lambda: booking.checked(rules)).field == field


def test_ages_are_data() -> None:
    policy = booking.checked({"age_from": 10, "alone_from": 14})
    known = Facts(now=NOW, zone=BERLIN, open=((NOW, NOW + timedelta(days=1)),))
    start = NOW + timedelta(hours=1)

    def code(**said: Any) -> str:
        return booking.decide(policy, Asked(start, start + timedelta(hours=1), **said), known).code

    assert code() == "booking.age-needed"
    assert code(age=9, guardian=True) == "booking.too-young"
    assert code(age=12) == "booking.guardian"
    assert code(age=12, guardian=True) == code(age=14) == ""


def test_the_clock_leaves_an_hour_out_and_says_one_twice() -> None:
    gap = refusal(lambda: times.moment(datetime(2027, 3, 28, 2, 30), BERLIN))
    assert gap.code == "booking.dst-gap"
    assert times.moment(datetime(2026, 10, 25, 2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert len(times.starts(date(2027, 3, 28), 60, BERLIN)) == 23
    assert times.day_span(date(2026, 10, 25), BERLIN)[1] - times.day_span(date(2026, 10, 25), BERLIN)[0] == (
        timedelta(hours=25)
    )


@given(
    some.sampled_from(("DAILY", "WEEKLY", "MONTHLY", "YEARLY")),
    some.integers(1, 12),
    some.one_of(
        some.integers(1, 10**8).map(lambda n: f"COUNT={n}"),
        some.dates(date(2000, 1, 1), date(2200, 1, 1)).map(lambda d: f"UNTIL={d:%Y%m%d}"),
    ),
)  # fmt: skip
def test_a_series_is_bounded_and_in_order(frequency: str, interval: int, end: str) -> None:
    first = datetime(2026, 11, 24, 18)
    try:
        found = series.dates(f"FREQ={frequency};INTERVAL={interval};{end}", first)
    except Refusal as no:
        assert no.code == "series.rule"
        return
    assert 0 < len(found) <= series.MOST_DATES and found == sorted(set(found))
    assert found[0] >= first and found[-1] - first <= timedelta(days=732)
    assert {one.time() for one in found} == {time(18)}


@given(some.text(max_size=60))
def test_no_text_breaks_the_reading_of_a_rule(text: str) -> None:
    try:
        series.dates(text, datetime(2026, 11, 24, 18))
    except Refusal as no:
        assert no.code == "series.rule"


@given(some.lists(spans), spans)
def test_taking_time_away_leaves_the_rest(opened: list[times.Span], gone: times.Span) -> None:
    before = openness.joined(opened)
    after = openness.without(before, gone)
    assert all(not times.overlaps(one, gone) and times.within(one, tuple(before)) for one in after)
    lasted = sum((b - a for a, b in before), timedelta())
    lost = sum(
        (min(b, gone[1]) - max(a, gone[0]) for a, b in before if times.overlaps((a, b), gone)), timedelta()
    )
    assert sum((b - a for a, b in after), timedelta()) == lasted - lost


def test_a_closing_beats_the_hours_and_an_opening() -> None:
    day = times.day_span(date(2026, 11, 24), BERLIN)
    noon = datetime(2026, 11, 24, 11, tzinfo=UTC)
    other = [
        openness.Otherwise(day[0], day[0] + timedelta(hours=2), open=True),
        openness.Otherwise(noon, noon + timedelta(hours=1), reason={"de": "Sturm"}),
    ]
    found = openness.open_spans("Mo-Su 10:00-14:00", other, *day, BERLIN)
    assert found == [
        (day[0], day[0] + timedelta(hours=2)),
        (noon - timedelta(hours=2), noon),
        (noon + timedelta(hours=1), noon + timedelta(hours=2)),
    ]
    why = openness.why_closed(other, (noon, noon + timedelta(minutes=5)))
    assert why is not None and why.reason == {"de": "Sturm"}
