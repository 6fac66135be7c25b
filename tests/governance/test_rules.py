# SPDX-License-Identifier: EUPL-1.2
"""Progress, lateness, states, money and texts, whatever is given."""

from datetime import date, timedelta

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core.problems import Refusal
from smilecity.governance.rules import course, description, finding, published
from smilecity.governance.rules.course import (
    DONE,
    MOVES,
    PLANNED,
    RUNNING,
    STATES,
    STOPPED,
    Course,
    Milestone,
)
from smilecity.governance.rules.description import Description, Row

TODAY = date(2026, 11, 22)
days = st.integers(-400, 400).map(lambda n: TODAY + timedelta(days=n))


@st.composite
def milestones(draw: st.DrawFn) -> Milestone:
    how = draw(st.sampled_from(("open", "done", "dropped")))
    return Milestone(
        {"de": "Etwas"},
        draw(st.none() | days),
        draw(days) if how == "done" else None,
        how == "dropped",
        draw(st.integers(1, 100)),
    )


ways = st.lists(milestones(), max_size=12)
courses = st.builds(
    Course,
    state=st.sampled_from(sorted(STATES)),
    milestones=ways.map(tuple),
    starts_on=st.none() | days,
    ends_on=st.none() | days,
    explained_on=st.none() | days,
)


@given(ways)
def test_progress_is_a_share_of_the_weight_and_nothing_without_any(way: list[Milestone]) -> None:
    percent = course.progress(way)
    counted = [one for one in way if not one.dropped]
    if not counted:
        assert percent is None
        return
    assert percent is not None and 0 <= percent <= 100
    assert (percent == 100) == all(one.done_on for one in counted)
    assert percent == course.progress(reversed(way))


@given(ways, st.integers(1, 100))
def test_reaching_one_more_never_takes_progress_back(way: list[Milestone], weight: int) -> None:
    before = course.progress([*way, Milestone(due=TODAY, weight=weight)])
    after = course.progress([*way, Milestone(due=TODAY, weight=weight, done_on=TODAY)])
    assert before is not None and after is not None and before <= after
    assert course.progress([*way, Milestone(dropped=True, weight=weight)]) == course.progress(way)


def test_weights_count() -> None:
    assert course.progress([Milestone(weight=3, done_on=TODAY), Milestone(weight=1)]) == 75


@given(courses)
def test_late_is_only_what_is_promised_open_and_past(way: Course) -> None:
    late = course.late(way, TODAY)
    if way.state in (DONE, STOPPED):
        assert late is None
    if late is not None:
        assert late.since < TODAY
        open_days = {one.due for one in way.milestones if one.is_open}
        assert late.since in open_days | {way.ends_on, way.starts_on}
        if late.explained:
            assert way.explained_on is not None and way.explained_on > late.since


def test_a_reason_explains_what_passed_before_it_and_nothing_after() -> None:
    first, second = Milestone(due=date(2026, 11, 1)), Milestone(due=date(2026, 11, 20))
    way = Course(RUNNING, (first,), explained_on=date(2026, 11, 10))
    assert course.late(way, TODAY) == course.Late(date(2026, 11, 1), explained=True)
    way = Course(RUNNING, (first, second), explained_on=date(2026, 11, 10))
    assert course.late(way, TODAY) == course.Late(date(2026, 11, 1), explained=False)
    assert course.late(Course(RUNNING, (Milestone(due=TODAY),)), TODAY) is None
    assert course.late(Course(PLANNED, starts_on=date(2026, 11, 1)), TODAY) is not None
    assert course.late(Course(RUNNING, starts_on=date(2026, 11, 1)), TODAY) is None


@given(courses, st.sampled_from([*sorted(STATES), "paused", ""]))
def test_a_project_goes_only_where_it_can(way: Course, then: str) -> None:
    has_open = any(one.is_open for one in way.milestones)
    allowed = then in MOVES[way.state] and not (then == DONE and has_open)
    if allowed:
        assert course.checked_move(way, then) == then
    else:
        with pytest.raises(Refusal) as refused:
            course.checked_move(way, then)
        assert (refused.value.field, refused.value.status) == ("state", 422)


def test_what_is_stopped_or_done_can_run_again() -> None:
    for state in (STOPPED, DONE):
        assert course.checked_move(Course(state), RUNNING) == RUNNING


@given(ways)
def test_the_next_one_is_open_and_none_is_due_before_it(way: list[Milestone]) -> None:
    following = course.upcoming(way)
    waiting = [one for one in way if one.is_open]
    assert (following is None) == (not waiting)
    if following is not None and following.due is not None:
        assert all(one.due is None or following.due <= one.due for one in waiting)
    if following is not None and following.due is None:
        assert all(one.due is None for one in waiting)


@given(st.none() | days, st.none() | days)
def test_taking_a_day_back_is_moving_it_later(before: date | None, after: date | None) -> None:
    moved = course.moved_later(before, after)
    assert moved == (before is not None and (after is None or before < after))
    assert not (moved and course.moved_later(after, before) and after is not None)


@given(st.integers(0, 10**14 - 1))
def test_money_reads_back_what_it_writes(amount: int) -> None:
    assert description.cents(description.euros(amount)) == amount


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("", None), ("12", 1200), ("12.500", 1_250_000), ("12.500,50", 1_250_050), ("12500.5 €", 1_250_050),
     ("1.234.567,8", 123_456_780), ("0,05", 5), ("1 000 EUR", 100_000)],
)  # fmt: skip
def test_money_is_typed_in_many_ways(typed: str, amount: int | None) -> None:
    assert description.cents(typed) == amount


@given(st.text(max_size=30))
def test_no_text_makes_money_fail_otherwise(typed: str) -> None:
    try:
        amount = description.cents(typed)
    except Refusal as refusal:
        assert refusal.code == "project.money"
    else:
        assert amount is None or amount >= 0


@given(st.text())
def test_texts_have_nothing_that_cannot_be_seen(text: str) -> None:
    kept = description.cleaned(text)
    assert kept == description.cleaned(kept)
    assert not set(kept) & set("\x00\r\u202e\u2066\ufeff")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"title": {}}, "project.text"),
        ({"title": {"de": " \u202e "}}, "project.text"),
        ({"title": {"de": "x" * 121}}, "project.text"),
        ({"title": {"xx": "x"}}, "project.text"),
        ({"budget": -1}, "project.money"),
        ({"spent": 10**15}, "project.money"),
        ({"starts_on": date(2027, 1, 2), "ends_on": date(2027, 1, 1)}, "project.days"),
        ({"ends_on": date(9999, 1, 1)}, "project.day"),
        ({"position": (float("nan"), 1.0)}, "project.position"),
        ({"position": (200.0, 1.0)}, "project.position"),
        ({"email": "no address"}, "project.email"),
        ({"places": list(range(1, 30))}, "project.places"),
    ],
)
def test_bad_descriptions_are_refused_by_their_field(said: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        description.checked(Description(**{"title": {"de": "Gut"}, **said}))  # type: ignore[arg-type]
    assert refused.value.code == code
    assert refused.value.field


@pytest.mark.parametrize(
    ("row", "field"),
    [(Row({}), "milestones.1.title"), (Row({"de": "x"}, weight=0), "milestones.1.weight"),
     (Row({"de": "x"}, weight=101), "milestones.1.weight"), (Row({"de": "x"}, date(1, 1, 1)), "milestones.1.due")],
)  # fmt: skip
def test_a_bad_row_is_named_by_its_number(row: Row, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        description.checked_rows([Row({"de": "Gut"}), row])
    assert refused.value.field == field


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(Refusal, match="too-many"):
        description.checked_rows([Row({"de": "x"})] * 61)


@given(st.text(max_size=40), st.sampled_from([*STATES, "nonsense"]), st.text(max_size=20))
def test_a_wish_reads_back_from_its_address(q: str, state: str, area: str) -> None:
    wish = finding.asked({"q": q, "state": state, "area": area})
    assert finding.asked(QueryDict(wish.query())) == wish


def test_a_table_has_no_formula() -> None:
    cells = published.cells({"title_de": "=1+1", "longitude": -12.5, "behind_explained": False, "area": None})
    known = dict(zip(published.COLUMNS, cells, strict=True))
    assert known["title_de"] == "'=1+1"
    assert (known["longitude"], known["behind_explained"], known["area"]) == ("-12.5", "false", "")
