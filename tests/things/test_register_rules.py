# SPDX-License-Identifier: EUPL-1.2
"""What sensors tell in words, and what somebody looks for, without a database."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.things.rules import register, said


@given(st.floats(0.5, 3.49), st.floats(0.5, 3.49), st.integers(4, 20))
def test_all_small_counts_are_told_alike(one: float, other: float, few_below: int) -> None:
    told = {said.result(count, None, {}, people=True, few_below=few_below) for count in (one, other)}
    assert len(told) == 1


@pytest.mark.parametrize(
    ("number", "value", "unit", "text"),
    [
        (21.449, None, {"symbol": "°C"}, "21,4 °C"),
        (-0.01, None, {"symbol": ""}, "0"),
        (float("nan"), None, {"symbol": "m"}, ""),
        (5.0, None, {"name": "1"}, "5"),
        (5.0, None, None, "5"),
        (None, True, {}, "ja"),
        (None, False, {}, "nein"),
        (None, "offen", {}, "offen"),
        (None, "x" * 500, {}, "x" * 80 + " …"),
        (None, {"a": 1}, {}, '{"a":1}'),
        (None, [1, None, True], [{"symbol": "m"}, {}, {}], "1 m, –, ja"),
        (None, None, {}, ""),
    ],
)
def test_results_of_any_type_are_said(number: float | None, value: Any, unit: Any, text: str) -> None:
    told = said.result(number, value, unit, people=False, few_below=4)
    assert told.replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(
    ("days", "text"),
    [(1, "1 Tag"), (30, "30 Tage"), (365, "1 Jahr"), (366, "1 Jahr"), (400, "400 Tage"), (731, "2 Jahre"),
     (3652, "10 Jahre")],
)  # fmt: skip
def test_how_long_values_are_kept(days: int, text: str) -> None:
    assert said.kept_for(timedelta(days=days)) == text


@pytest.mark.parametrize(
    ("properties", "title"),
    [({}, "name"), (None, "name"), ({"title": "Wind"}, "Wind"), ({"title": {"en": "Wind"}}, "Wind"),
     ({"title": {"en": "Wind", "de": "Böe"}}, "Böe"), ({"title": {"de": 5}}, "name"), ({"title": []}, "name")],
)  # fmt: skip
def test_what_something_is_called(properties: Any, title: str) -> None:
    assert said.title("name", properties, "de") == title


@given(
    st.text(max_size=300),
    st.text(max_size=300),
    st.text(max_size=50),
    st.text(max_size=300),
    st.text(max_size=20),
)
def test_an_address_says_its_wish_again(q: str, measures: str, area: str, runs: str, state: str) -> None:
    given_ = {"q": q, "measures": measures, "area": area, "runs": runs, "state": state}
    wish = register.asked(given_)
    again = {name: values[0] for name, values in parse_qs(wish.query(), errors="surrogatepass").items()}
    assert register.asked(again) == wish
