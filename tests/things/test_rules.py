# SPDX-License-Identifier: EUPL-1.2
"""Pure decisions, for all inputs."""

import json
import math
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.things import rules

BERLIN = ZoneInfo("Europe/Berlin")
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.integers(0, 2**64 - 1), st.sampled_from(["", ":", "-", " "]), st.booleans())
def test_an_eui_is_read_however_a_label_writes_it(number: int, between: str, capitals: bool) -> None:
    text = between.join(f"{number:016x}"[at : at + 2] for at in range(0, 16, 2))
    assert rules.normal_eui(text.upper() if capitals else text) == f"{number:016X}"


@given(st.text(max_size=20))
def test_what_is_taken_for_an_eui_is_one(text: str) -> None:
    eui = rules.normal_eui(text)
    assert eui is None or (len(eui) == 16 and int(eui, 16) >= 0 and eui == eui.upper() and eui.isascii())


def test_ligatures_and_other_digits_make_no_eui() -> None:
    assert rules.normal_eui("ﬀ" * 8) is None
    assert rules.normal_eui("٣" * 16) is None


@given(st.integers() | st.floats(), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_number_is_finite_or_none(number: float, scale: float, offset: float) -> None:
    result = rules.finite(number, scale, offset)
    assert result is None or math.isfinite(result)
    if abs(number) < 1e100:
        assert result == float(number) * scale + offset


def holds_nul(value: object) -> bool:
    if isinstance(value, dict):
        return any(holds_nul(part) for pair in value.items() for part in pair)
    return "\0" in value if isinstance(value, str) else isinstance(value, list) and any(map(holds_nul, value))


@given(JSON | st.text(alphabet='\\u0\0"'))
def test_json_comes_back_as_it_was_but_never_with_nul(value: object) -> None:
    text = rules.json_of(value)
    if text is not None:
        assert json.loads(text) == value
    assert (text is None) == holds_nul(value)  # nothing here is too long


@given(st.text(alphabet=st.characters() | st.just("\0") | st.just("\ud800")), st.integers(0, 50))
def test_plain_text_fits_in_a_text_column(text: str, most: int) -> None:
    plain = rules.plain(text, most)
    assert len(plain) == min(len(text), most)
    assert "\0" not in plain
    plain.encode()


@given(JSON, st.lists(st.text(max_size=3) | st.sampled_from(["0", "1", "²", "99999999"]), max_size=4))
def test_a_path_leads_somewhere_or_to_nothing(data: object, path: list[str]) -> None:
    rules.value_at(data, tuple(path))


def test_a_path_steps_into_objects_and_lists() -> None:
    data = {"a": [{"b": 1}, {"b": 2}], "a.b": 3}
    assert rules.value_at(data, ("a", "1", "b")) == 2
    assert rules.value_at(data, ("a", "2", "b")) is None
    assert rules.value_at(data, ("a", "b")) is None
    assert rules.value_at(7, ("a",)) is None


MOMENTS = st.integers(1_577_836_800, 1_893_456_000).map(lambda at: datetime.fromtimestamp(at, UTC))


@given(
    MOMENTS,
    st.timedeltas(timedelta(seconds=1), timedelta(days=300)),
    st.timedeltas(timedelta(0), timedelta(days=400)),
)
def test_silence_begins_after_the_interval_and_lasts(
    last: datetime, after: timedelta, gone: timedelta
) -> None:
    assert rules.is_silent(last, after, last + gone) == (gone > after)
    assert rules.is_silent(None, after, last)


@given(MOMENTS, st.integers(1, 3650))
def test_no_message_is_taken_in_whose_replay_could_not_be_known(now: datetime, days: int) -> None:
    """First stored at most 10 minutes before its own time; its raw uplink is deleted `days` after that."""
    oldest = rules.oldest_uplink(days, now)
    earliest_stored = oldest - timedelta(minutes=10)
    assert earliest_stored + timedelta(days=days) > now


@given(st.dates(date(2000, 1, 1), date(2037, 12, 31)))
def test_days_join_without_gap_or_overlap(day: date) -> None:
    since, until = rules.local_day(day, BERLIN)
    assert until == rules.local_day(day + timedelta(days=1), BERLIN)[0]
    assert since.astimezone(BERLIN).date() == day
    assert (until - timedelta(microseconds=1)).astimezone(BERLIN).date() == day


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 11, 20), 24)])
def test_a_day_has_as_many_hours_as_its_clocks_show(day: tuple[int, int, int], hours: int) -> None:
    since, until = rules.local_day(date(*day), BERLIN)
    assert until - since == timedelta(hours=hours)


@given(MOMENTS, st.integers(1, 40))
def test_months_follow_one_another(moment: datetime, count: int) -> None:
    months = rules.months_from(moment, count)
    assert months[0] == (moment.year, moment.month)
    assert [y * 12 + m for y, m in months] == list(
        range(moment.year * 12 + moment.month, moment.year * 12 + moment.month + count)
    )
    assert all(1 <= m <= 12 for _, m in months)


@pytest.mark.parametrize("key", ["a", "hafensport-1", "0", "a" * 80])
def test_keys_end_addresses(key: str) -> None:
    assert rules.is_key(key)


@pytest.mark.parametrize("key", ["", "A", "a/b", "-a", "a--b", "ä", "a" * 81, "a\n", "²"])
def test_what_is_no_key(key: str) -> None:
    assert not rules.is_key(key)
