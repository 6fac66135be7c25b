# SPDX-License-Identifier: EUPL-1.2
"""The pulse: when its rounds are, how sure its numbers are, and that what is hidden cannot be reckoned."""

from datetime import date, timedelta
from itertools import product
from math import isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.citizens.rules import hiding, pulse, spread
from smilecity.citizens.rules.hiding import Cell
from smilecity.core.problems import Refusal

DAYS = st.dates(date(2020, 1, 1), date(2035, 1, 1))
COUNTS = st.lists(st.integers(0, 60), min_size=5, max_size=5).filter(lambda counts: sum(counts) >= 5)


def asking(**more: object) -> pulse.Asking:
    given = {"title": {"de": "Wie geht's?"}, "since": date(2026, 1, 31), **more}
    return pulse.Asking(**given)  # type: ignore[arg-type]


@given(
    since=DAYS, rhythm=st.sampled_from(list(pulse.MONTHS)), days=st.integers(1, 28), at=st.integers(0, 900)
)
def test_on_a_day_at_most_one_round_is_open_and_it_is_its_own(
    since: date, rhythm: str, days: int, at: int
) -> None:
    asked, today = asking(since=since, rhythm=rhythm, days=days), since + timedelta(days=at)
    open_on = [n for n in range(1, 32) if 0 <= (today - pulse.opening(since, rhythm, n)).days < days]
    assert [n for n in [pulse.due(asked, today)] if n] == open_on


@given(since=DAYS, rhythm=st.sampled_from(list(pulse.MONTHS)), at=st.integers(-400, 900))
def test_the_next_round_is_the_first_that_opens_after_today(since: date, rhythm: str, at: int) -> None:
    today = since + timedelta(days=at)
    later = [day for n in range(1, 40) if (day := pulse.opening(since, rhythm, n)) > today]
    assert pulse.following(asking(since=since, rhythm=rhythm), today) == later[0]


def test_a_question_ends_with_its_last_day() -> None:
    ended = asking(until=date(2026, 3, 30), days=28)
    assert pulse.due(ended, date(2026, 3, 5)) == 2  # opened on the last day of February
    assert pulse.due(ended, date(2026, 3, 31)) == 0
    assert pulse.following(ended, date(2026, 3, 5)) is None
    assert pulse.due(ended, date(2026, 1, 30)) == 0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": {"de": " "}}, "title"),
        ({"title": {"de": "x" * 121}}, "title"),
        ({"text": {"de": "a\0"}}, "text"),
        ({"rhythm": "daily"}, "rhythm"),
        ({"level": "block"}, "level"),
        ({"days": 29}, "days"),
        ({"days": 0}, "days"),
        ({"threshold": 4}, "threshold"),
        ({"until": date(2026, 1, 30)}, "until"),
        ({"since": date(1, 1, 1)}, "since"),
        ({"labels": {"de": ("a", "b", "c", "d")}}, "labels"),
        ({"labels": {"de": ("a", "b", "c", "d", "A")}}, "labels"),
        ({"labels": {"de": ("a", "b", "c", "d", "e" * 41)}}, "labels"),
        ({"labels": {}}, "labels"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_field(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        pulse.checked(asking(**wrong))
    assert (refused.value.field, refused.value.status) == (field, 422)


@pytest.mark.parametrize(("value", "age"), [(0, ""), (6, ""), (3, "99"), (3, "0-17\0")])
def test_an_answer_that_is_none_is_refused(value: int, age: str) -> None:
    with pytest.raises(Refusal):
        pulse.checked_answer(value, age)


# Newcombe (Statistics in Medicine 17, 1998), table I, method 3: Wilson's interval without a correction.
@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_share_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    found = spread.share(part, whole)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(st.integers(1, 400).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_a_share_is_within_its_interval_and_its_ends_solve_wilsons_equation(pair: tuple[int, int]) -> None:
    part, whole = pair
    found = spread.share(part, whole)
    assert 0 <= found.low <= found.value <= found.high <= 1
    for end in (found.low, found.high):
        if 0 < end < 1:  # where the distance is just 1.96 standard errors of the end itself
            assert isclose(abs(found.value - end), 1.959964 * (end * (1 - end) / whole) ** 0.5, rel_tol=1e-5)


# From the tables of Student's distribution.
@pytest.mark.parametrize(
    ("freedom", "t"),
    [(4, 2.7764), (5, 2.5706), (9, 2.2622), (20, 2.0860), (39, 2.0227), (120, 1.9799), (10_000, 1.9602)],
)
def test_students_quantile_is_that_of_the_tables(freedom: int, t: float) -> None:
    assert abs(spread.quantile(freedom) - t) < 0.002


@given(COUNTS)
def test_the_mean_and_its_interval_are_students(counts: list[int]) -> None:
    found = spread.mean(counts)
    assert 1 <= found.low <= found.value <= found.high <= 5
    answers = [step for step, many in enumerate(counts, start=1) for _ in range(many)]
    error = float(np.std(answers, ddof=1)) / len(answers) ** 0.5
    if error and found.low > 1 and found.high < 5:
        half = spread.quantile(len(answers) - 1) * error
        assert isclose(found.value, np.mean(answers))
        assert isclose(found.low, found.value - half)
        assert isclose(found.high, found.value + half)


def test_a_few_like_answers_are_no_certainty() -> None:
    assert spread.mean([0, 0, 0, 0, 10]).low < 4.9
    assert spread.mean([0, 0, 10, 0, 0]).high > 3


@given(COUNTS, COUNTS)
def test_a_change_is_said_only_where_intervals_have_nothing_in_common(
    before: list[int], now: list[int]
) -> None:
    then, today = spread.mean(before), spread.mean(now)
    change = spread.change(before, now)
    assert (change == 0) == (then.low <= today.high and today.low <= then.high)
    assert change == -spread.change(now, before)


# What is hidden stays hidden. A leaf holds a number of answers; a tree is city > district > quarter.
TREES = st.lists(st.lists(st.integers(0, 25), min_size=1, max_size=3), min_size=1, max_size=4)


def derivable(rows: list[list[int]], leaves: int) -> list[tuple[int, ...]]:
    """Every set of leaves whose sum follows from these sums, found by trying all of them."""
    known = np.linalg.pinv(np.array(rows, dtype=float)) @ np.array(rows, dtype=float)
    return [
        chosen
        for chosen in product((0, 1), repeat=leaves)
        if np.allclose(np.array(chosen) @ known, chosen, atol=1e-7)
    ]


def whole(tree: list[list[int]]) -> tuple[Cell, dict[str, set[int]], list[int]]:
    """The cell of all, which leaves each cell holds, and the leaves' sizes."""
    sizes, holds, districts = [], {}, []
    for number, quarters in enumerate(tree):
        leaves = []
        for size in quarters:
            holds[f"q{len(sizes)}"] = {len(sizes)}
            leaves.append(Cell(f"q{len(sizes)}", (size, 0, 0, 0, 0)))
            sizes.append(size)
        holds[f"d{number}"] = {int(leaf.key[1:]) for leaf in leaves}
        districts.append(hiding.together(f"d{number}", tuple(leaves), 5))
    holds["all"] = set(range(len(sizes)))
    return hiding.together("all", tuple(districts), 5), holds, sizes


@given(TREES.filter(lambda tree: sum(map(len, tree)) <= 9), st.integers(5, 15))
def test_nothing_that_follows_from_what_is_shown_counts_few(tree: list[list[int]], threshold: int) -> None:
    cell, holds, sizes = whole(tree)
    seen = hiding.shown(cell, threshold)
    rows = [[int(leaf in holds[key]) for leaf in range(len(sizes))] for key in seen]
    if rows:
        for chosen in derivable(rows, len(sizes)):
            count = sum(size for size, one in zip(sizes, chosen, strict=True) if one)
            assert count == 0 or count >= threshold


def test_the_same_would_be_found_if_only_small_numbers_were_hidden() -> None:
    """So that the test above is one: a district minus its shown quarter gives the hidden one."""
    found = derivable([[1, 1, 1], [1, 1, 0]], 3)
    assert (0, 0, 1) in found
    cell = hiding.together("all", (Cell("a", (20,)), Cell("b", (12,)), Cell("c", (3,))), 1)
    assert hiding.shown(cell, 10) == {"all", "a"}


@given(
    st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=3), st.integers(5, 12)
)
def test_two_tables_of_the_same_answers_give_nothing_away_either(
    cross: list[list[int]], threshold: int
) -> None:
    areas, ages = len(cross), len(cross[0])
    by_area = hiding.together("all", tuple(Cell(str(n), (sum(row),)) for n, row in enumerate(cross)), 1)
    by_age = hiding.together(
        "all", tuple(Cell(str(n), (sum(row[n] for row in cross),)) for n in range(ages)), 1
    )
    result = hiding.result(by_area, by_age, threshold)
    rows = [[1] * areas * ages] if result["all"] is not None else []
    rows += [
        [int(i == int(row["key"])) for i in range(areas) for _ in range(ages)]
        for row in result["areas"] if row["counts"]
    ]  # fmt: skip
    rows += [
        [int(j == int(row["key"])) for _ in range(areas) for j in range(ages)]
        for row in result["ages"] if row["counts"]
    ]  # fmt: skip
    sizes = [size for row in cross for size in row]
    for chosen in derivable(rows, len(sizes)) if rows else ():
        count = sum(size for size, one in zip(sizes, chosen, strict=True) if one)
        assert count == 0 or count >= threshold


@given(TREES)
def test_as_much_is_shown_as_the_rule_allows(tree: list[list[int]]) -> None:
    """Where nothing is too small nothing is hidden, and of each shown cell at most one large part is."""
    cell, _holds, _sizes = whole(tree)
    seen = hiding.shown(cell, 10)
    if all(part.size >= 10 for one in cell.parts for part in (one, *one.parts)):
        assert len(seen) == 1 + sum(1 + len(one.parts) for one in cell.parts)
    if "all" in seen:
        assert sum(1 for part in cell.parts if part.size >= 10 and part.key not in seen) <= 1


@given(st.floats(1, 5))
def test_every_mean_has_one_step_whose_bounds_it_is_in(mean: float) -> None:
    step = spread.fifth(mean)
    low, high = spread.fifth_bounds(step)
    assert 1 <= step <= 5 and low - 1e-6 <= mean <= high + 1e-6
