# SPDX-License-Identifier: EUPL-1.2
"""Lending by itself: whatever is reported and said in whatever order, nothing is back that nobody has seen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core.problems import Refusal
from smilecity.places.rules.lending import course, terms
from smilecity.places.rules.lending.course import Evidence

START = datetime(2026, 6, 1, 10, tzinfo=UTC)
minutes = st.integers(0, 600).map(lambda one: START + timedelta(minutes=one))
doors = st.lists(st.tuples(st.integers(1, 30), minutes, st.sampled_from(["opened", "closed"])), max_size=12)
evidences = st.builds(
    Evidence,
    taken=st.none() | minutes,
    giving=st.none() | minutes,
    said=st.sampled_from(["", "complete", "missing"]),
    sensor=st.sampled_from(["", "complete", "missing"]),
    counter=st.none() | minutes,
)
rules = st.builds(
    terms.Terms,
    at_once=st.integers(1, 5),
    who=st.sampled_from(terms.WHO),
    age_from=st.none() | st.integers(0, 12),
    alone_from=st.none() | st.integers(12, 18),
)
borrowers = st.builds(
    terms.Borrower,
    loans=st.integers(0, 6),
    paused=st.none() | minutes,
    age=st.none() | st.integers(0, 99),
    guardian=st.booleans(),
    member=st.booleans(),
    resident=st.booleans(),
)


@given(evidences, doors, st.sampled_from(course.OPEN))
def test_a_return_has_its_evidence(known: Evidence, told: list[Any], state: str) -> None:
    found = course.seen(known, told)
    if course.stands(state, found) != course.RETURNED:
        return
    assert "complete" in (found.said, found.sensor) and "missing" not in (found.said, found.sensor)
    assert found.giving is not None
    if found.counter is None:
        last, at = max((n, at) for n, at, what in told if what == "opened")
        assert at >= found.giving - course.CLOCKS
        assert any(what == "closed" and n > last for n, _at, what in told)


@given(evidences, doors, st.randoms())
def test_the_order_of_reports_is_nothing(known: Evidence, told: list[Any], random: Any) -> None:
    mixed = [*told, *told]
    random.shuffle(mixed)
    assert course.seen(known, mixed) == course.seen(known, told)


@given(evidences, doors)
def test_evidence_is_kept_as_it_is(known: Evidence, told: list[Any]) -> None:
    found = course.seen(known, told)
    assert course.read(found.as_json()) == found


@given(evidences, st.sampled_from([course.RETURNED, course.FAILED, course.LOST]))
def test_what_has_ended_stays(known: Evidence, state: str) -> None:
    assert course.stands(state, known) == state


@given(evidences, doors, st.integers(0, 90).map(lambda one: timedelta(seconds=one)))
def test_the_opening_by_which_it_was_taken_brings_nothing_back(
    known: Evidence, told: list[Any], soon: timedelta
) -> None:
    taken = course.seen(replace(known, giving=None), told)
    if taken.giving is None and taken.opened is not None:
        back = course.gives_back(taken, taken.opened + soon)
        assert not course.seen(back, told).is_shut
        last = max(n for n, _at, _what in told)
        again = [(last + 1, taken.opened + soon, "opened"), (last + 2, taken.opened + soon, "closed")]
        assert course.seen(back, [*told, *again]).is_shut is (soon > timedelta(0))
        assert course.gives_back(back, taken.opened + timedelta(hours=1)) == back


def test_a_half_open_door_keeps_it_on_its_way() -> None:
    known = Evidence(first=START, giving=START + timedelta(hours=1), said="complete")
    opened = course.seen(known, [(5, START + timedelta(hours=1, minutes=1), "opened")])
    assert course.stands(course.OUT, opened) == course.RETURNING
    assert "noch offen" in course.told(course.RETURNING, opened)
    overtaken = [(4, START + timedelta(hours=2), "closed"), (5, opened.opened, "opened")]
    assert not course.seen(
        opened, overtaken
    ).is_shut  # an older word is not a newer one, whatever its clock said
    shut = course.seen(
        opened, [(5, opened.opened, "opened"), (6, START + timedelta(hours=1, minutes=2), "closed")]
    )
    assert course.stands(course.RETURNING, shut) == course.RETURNED


def test_who_opens_again_soon_has_forgotten_something_and_later_brings_it_back() -> None:
    out = course.seen(Evidence(), [(1, START, "opened"), (2, START + timedelta(minutes=1), "closed")])
    soon = course.seen(out, [(3, START + timedelta(minutes=3), "opened")])
    assert soon.giving is None
    later = course.seen(
        out, [(4, START + timedelta(hours=2), "opened"), (5, START + timedelta(hours=2.1), "closed")]
    )
    assert course.stands(course.OUT, later) == course.CHECKING


@pytest.mark.parametrize("state", ["", "waiting", "sent", "received", "done", "refused", "expired"])
def test_words_never_say_open_before_the_door_did(state: str) -> None:
    said = course.told(course.OPENING, Evidence(), asked=state)
    assert "Sie haben es" not in said and "ist offen" not in said


@given(rules, borrowers)
def test_who_is_lent_to_keeps_every_rule(rule: terms.Terms, one: terms.Borrower) -> None:
    try:
        terms.must_lend(rule, one, START)
    except Refusal as refusal:
        assert refusal.code.startswith("loan.") and refusal.sentence
        return
    assert one.loans < rule.at_once and (one.paused is None or one.paused <= START)
    assert rule.age_from is None or (one.age is not None and one.age >= rule.age_from)
    assert rule.alone_from is None or one.guardian or (one.age or 0) >= rule.alone_from
    assert rule.who == "everyone" or one.member or (rule.who == "residents" and one.resident)


@given(rules)
def test_terms_are_kept_as_they_are_and_told(rule: terms.Terms) -> None:
    assert terms.checked(rule.as_json()) == rule
    assert all(sentence.endswith(".") for sentence in terms.explained(rule))


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": 0}, {"minutes": "lang"}, {"minutes": True}, {"minutes": None}, {"at_once": 10**9}, {"who": "alle"},
        {"deposit": 5}, {"age_from": 14, "alone_from": 10}, {"hold": 13 * 60}, {"x" * 100: 1},
    ],
)  # fmt: skip
def test_bad_terms_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        terms.checked(wrong)


@pytest.mark.parametrize(
    "wrong",
    [None, [], [{}], [{"name": "Ball"}], [{"name": {"de": "Ball"}, "count": 0}], [{"name": {"de": "x" * 300}}],
     [{"name": {"de": "\0"}}], [{"name": {}, "count": 1}]],
)  # fmt: skip
def test_bad_items_are_refused(wrong: Any) -> None:
    with pytest.raises(Refusal):
        terms.checked_items(wrong)


@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_reminders_come_ever_further_apart_and_end(a: int, b: int) -> None:
    first, second = sorted((a, b))
    now = [course.reminders_due(START, START + timedelta(minutes=one)) for one in (first, second)]
    assert now[0] <= now[1] <= 3
    apart = [later - sooner for sooner, later in zip(course.REMINDERS, course.REMINDERS[1:], strict=False)]
    assert apart == sorted(apart)


@given(st.integers(0, 1000), st.integers(0, 28), st.integers(0, 365))
def test_a_pause_grows_with_being_late_and_has_an_end(days: int, each: int, longest: int) -> None:
    rule = replace(terms.Terms(), pause_days=each, longest_pause=longest)
    length = course.pause(rule, START, START + timedelta(days=days))
    assert length == timedelta(days=min(days * each, longest))
