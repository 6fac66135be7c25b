# SPDX-License-Identifier: EUPL-1.2
"""What the feeds say is decided without a database: addresses, prices, numbers, times."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.places.rules import openactive as rules

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("street", "said"),
    [
        ("Uferweg 1, 18055 Hafenstadt", ("Uferweg 1", "18055", "Hafenstadt")),
        ("Uferweg 1 18055 Bad Hafen", ("Uferweg 1", "18055", "Bad Hafen")),
        ("Am Strande, Hafen, 18055 Hafenstadt", ("Am Strande, Hafen", "18055", "Hafenstadt")),
    ],
)
def test_a_whole_address_is_told_in_parts(street: str, said: tuple[str, str, str]) -> None:
    found = rules.address(street, "MV")
    assert isinstance(found, dict) and found["addressRegion"] == "Mecklenburg-Vorpommern"
    assert (found["streetAddress"], found["postalCode"], found["addressLocality"]) == said


@given(st.text(max_size=80), st.sampled_from(["", "MV", "XX"]))
def test_any_other_address_stays_as_it_is(street: str, state: str) -> None:
    found = rules.address(street, state)
    assert found == street or (isinstance(found, dict) and all(found.values()))


@pytest.mark.parametrize(
    ("free", "cost", "cents"),
    [
        (True, {}, 0),
        (False, {"de": "60 Euro für alle zehn Termine"}, 6000),
        (False, {"de": "3,50 € im Jahr 2026"}, 350),
        (False, {"de": "4 Euro, Kinder 2 Euro"}, None),
        (False, {"de": "ein kleiner Beitrag"}, None),
        (None, {}, None),
        (False, {"de": "100 europäische Gäste"}, None),
    ],
)
def test_a_price_is_told_only_if_it_is_one(
    free: bool | None, cost: dict[str, str], cents: int | None
) -> None:
    assert rules.price_cents(free, cost) == cents


@given(
    st.integers(1, 80_000_000),
    st.integers(0, 60_000_000),
    st.integers(1, 80_000_000),
    st.integers(0, 60_000_000),
)
def test_the_number_of_a_slot_is_its_own_and_exact_in_javascript(
    one: int, a: int, other: int, b: int
) -> None:
    moments = [datetime.fromtimestamp(minute * 60, UTC) for minute in (a, b)]
    numbers = rules.slot_number(one, moments[0]), rules.slot_number(other, moments[1])
    assert (numbers[0] == numbers[1]) == ((one, a) == (other, b)) and max(numbers) < 1 << 53


@given(st.integers(1, 20_000))
def test_a_duration_says_its_minutes(minutes: int) -> None:
    found = re.fullmatch(
        r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?", rules.duration(timedelta(minutes=minutes))
    )
    assert found
    days, hours, left = (int(one or 0) for one in found.groups())
    assert (days * 24 + hours) * 60 + left == minutes


def test_a_schedule_says_what_repeats() -> None:
    starts = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    said = rules.schedule("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,FR", starts, timedelta(hours=1), BERLIN)
    assert (said["repeatFrequency"], said["startTime"], said["endTime"]) == ("P2W", "18:00", "19:00")
    assert said["byDay"] == ["https://schema.org/Tuesday", "https://schema.org/Friday"]
    once = rules.schedule("", starts, timedelta(hours=1), BERLIN)
    assert "repeatFrequency" not in once and once["startDate"] == once["endDate"] == "2026-11-24"


def test_every_feed_is_asked_by_its_own_number() -> None:
    assert len({rules.item_id(feed, 1) for feed in rules.KINDS}) == 4
    assert rules.after(None, None) is None and rules.after("5", "7") == (5, 7)
