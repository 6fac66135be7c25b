# SPDX-License-Identifier: EUPL-1.2
"""A need's way and its decision, as rules: for whatever dates and whatever is typed."""

from hypothesis import given
from hypothesis import strategies as st

from smilecity.citizens import rules
from smilecity.core.problems import Refusal
from smilecity.core.promises import Promise

DAY = st.none() | st.dates()
PROMISE = st.none() | st.builds(Promise, until=DAY, done_on=DAY, measured_on=DAY)
COURSE = st.builds(
    rules.Course,
    said=st.dates(),
    supported=DAY,
    discussed=DAY,
    decided=DAY,
    decision=st.sampled_from(["", *rules.DECISIONS]),
    by_project=st.booleans(),
    promise=PROMISE,
)


@given(course=COURSE)
def test_the_way_has_its_stages_in_order_and_promises_only_what_is_not_there(course: rules.Course) -> None:
    way = rules.way(course)
    assert [one.code for one in way] == list(rules.STAGES)
    assert way[0].on == course.said
    assert all(one.on is None or one.promised is None for one in way)
    built = way[4]
    if course.by_project or course.decision not in ("accepted", "done"):
        assert built.on == (course.promise.done_on if course.promise else None)
    assert built.promised is None or (course.promise is not None and built.promised == course.promise.until)


TARGET = st.none() | st.integers() | st.text(max_size=250)


@given(decision=st.sampled_from([*rules.DECISIONS, "", "lost"]), target=TARGET)
def test_a_decision_points_to_what_it_needs_or_is_refused(decision: str, target: int | str | None) -> None:
    try:
        aim = rules.checked_decision(decision, target)
    except Refusal as refusal:
        assert refusal.field in ("decision", "target") and refusal.status == 422
        return
    assert not (aim.noun is not None and aim.outside)
    if decision in ("merged", "referred"):
        assert aim.noun is not None or (decision == "referred" and aim.outside)
    if decision in ("refused", "answered"):
        assert aim == rules.Aim()


@given(text=st.text(max_size=400))
def test_telling_words_are_few_long_and_the_longest(text: str) -> None:
    found = rules.telling_words(text)
    assert len(found) <= rules.MOST_TELLING and len(set(found)) == len(found)
    assert all(word.isalnum() and len(word) >= 4 and word in text for word in found)
    assert [len(word) for word in found] == sorted((len(word) for word in found), reverse=True)


@given(state=st.sampled_from([*rules.STATES]), appealed=st.booleans())
def test_only_what_is_decided_is_reopened_and_only_once(state: str, appealed: bool) -> None:
    assert rules.may_appeal(state, appealed=appealed) is (state == "closed" and not appealed)
