# SPDX-License-Identifier: EUPL-1.2
"""How busy it is in words, and that a few are never told apart."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from smilecity.places.rules import people

FEW = 4
counts = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True, min_value=None))


@pytest.mark.parametrize(
    ("count", "room_for", "verdict", "said"),
    [
        (0, 12, "Platz frei", "gerade niemand gezählt"),
        (1, 12, "Platz frei", "einige wenige Personen"),
        (3, 12, "Platz frei", "einige wenige Personen"),
        (3, 2, "Wenig Platz", "einige wenige Personen"),
        (7, 12, "Platz frei", "etwa 7 Personen"),
        (6.6, 12, "Platz frei", "etwa 7 Personen"),
        (9, 12, "Wenig Platz", "etwa 9 Personen"),
        (12, 12, "Voll", "etwa 12 Personen"),
        (40, 12, "Voll", "etwa 40 Personen"),
        (7, None, "Nicht bekannt", "etwa 7 Personen"),
        (None, 12, "Nicht bekannt", "Keine aktuellen Daten"),
        (-3, 12, "Nicht bekannt", "Keine aktuellen Daten"),
        (float("nan"), 12, "Nicht bekannt", "Keine aktuellen Daten"),
    ],
)
def test_a_count_is_said_in_words(count: float | None, room_for: int | None, verdict: str, said: str) -> None:
    answer = people.occupancy(count, room_for, FEW)
    assert (answer.verdict, answer.count) == (verdict, said)


def test_it_is_said_in_english_too() -> None:
    with translation.override("en"):
        assert people.occupancy(2, 12, FEW).count == "a few people"
        assert people.occupancy(7, 12, FEW).count == "about 7 people"
        assert people.occupancy(1, 12, 1).count == "about 1 person"
        assert people.compared(9, 3, 1, 1) == "busier than yesterday at this time"


@given(
    few=st.integers(2, 30),
    room_for=st.one_of(st.none(), st.integers(1, 200)),
    usual=st.floats(0, 200),
    days=st.integers(1, 28),
    data=st.data(),
)
def test_nobody_can_tell_one_from_a_few(
    few: int, room_for: int | None, usual: float, days: int, data: st.DataObject
) -> None:
    """Whatever is shown of a count below the threshold is the same for every such count."""
    one, other = data.draw(st.integers(1, few - 1)), data.draw(st.integers(1, few - 1))
    first, second = people.occupancy(one, room_for, few), people.occupancy(other, room_for, few)
    assert first == second
    assert first.seen is not None
    assert people.compared(first.seen, usual, few, days) == people.compared(second.seen, usual, few, days)
    assert people.shown(one, few) == people.shown(other, few)
    assert people.drawn(one, few) == people.drawn(other, few)
    assert not any(character.isdigit() for character in first.count)


@given(count=counts, room_for=st.one_of(st.none(), st.integers(1, 10**6)), few=st.integers(1, 100))
def test_every_count_gets_an_answer_and_only_nothing_is_unknown(
    count: float | None, room_for: int | None, few: int
) -> None:
    answer = people.occupancy(count, room_for, few)
    assert answer.count
    assert answer.verdict
    if count is None or not 0 <= count < float("inf"):
        assert answer.room == people.UNKNOWN
        assert answer.seen is None
        assert "0" not in answer.count  # a silent sensor never reads zero
    else:
        assert (answer.room == people.UNKNOWN) == (room_for is None)


@given(room_for=st.integers(1, 500), few=st.integers(1, 20), data=st.data())
def test_more_people_never_mean_more_room(room_for: int, few: int, data: st.DataObject) -> None:
    order = [people.FREE, people.LITTLE, people.FULL]
    less = data.draw(st.integers(0, 600))
    more = data.draw(st.integers(less, 600))
    if 0 < less < few <= more:
        return  # the few are told as their middle, so that they stay alike
    ranks = [order.index(people.occupancy(count, room_for, few).room) for count in (less, more)]
    assert ranks[0] <= ranks[1]


@given(seen=st.floats(0, 300), usual=st.floats(0, 300), few=st.integers(1, 10))
def test_one_day_is_yesterday_and_more_are_usual(seen: float, usual: float, few: int) -> None:
    assert "gestern" in people.compared(seen, usual, few, 1)
    assert "sonst" in people.compared(seen, usual, few, 5)


def test_the_comparison_says_more_less_or_the_same() -> None:
    assert people.compared(12, 5, FEW, 9) == "mehr los als sonst um diese Zeit"
    assert people.compared(5, 12, FEW, 9) == "weniger los als sonst um diese Zeit"
    assert people.compared(12, 11, FEW, 9) == "so viel los wie sonst um diese Zeit"
    assert people.compared(12, float("nan"), FEW, 9) == ""


def test_the_best_unit_speaks_for_the_place() -> None:
    assert people.best([people.FULL, people.FREE]) == people.FREE
    assert people.best([people.FULL, people.UNKNOWN]) == people.FULL
    assert people.best([]) == people.UNKNOWN
