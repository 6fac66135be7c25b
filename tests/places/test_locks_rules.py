# SPDX-License-Identifier: EUPL-1.2
"""The lock protocol without any table: what is signed, what opens, and what reports come to in whatever order."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from smilecity.core.problems import Refusal
from smilecity.places.rules.locks import handles, lives, messages, signing

SECRET = bytes(32)
SEED = b"12345678901234567890"
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
json_values = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**53), 2**53) | some.text(max_size=8),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
bodies = some.dictionaries(
    some.text(min_size=1, max_size=6).filter(lambda one: one != "mac"), json_values, max_size=5
)


def test_the_canonical_form_is_as_the_protocol_says() -> None:
    assert signing.canonical({"b": {"ü": 1, "a": [True, None]}, "a": "x", "mac": "gone"}) == (
        '{"a":"x","b":{"a":[true,null],"ü":1}}'.encode()
    )


@given(bodies)
def test_what_is_signed_is_known_again_in_any_order_of_its_fields(body: dict[str, Any]) -> None:
    made = signing.signed(SECRET, body)
    assert signing.is_signed(SECRET, dict(reversed(made.items())))
    assert not signing.is_signed(bytes([1]) * 32, made)


@given(bodies, json_values)
def test_what_was_changed_is_not(body: dict[str, Any], other: Any) -> None:
    made = signing.signed(SECRET, body)
    changed = {**made, "added": other}
    assert signing.is_signed(SECRET, changed) == (changed == made)


@pytest.mark.parametrize("mac", [None, 5, "", "ü" * 64, "0" * 64, ["a"]])
def test_a_strange_signature_is_none(mac: Any) -> None:
    assert not signing.is_signed(SECRET, {"a": 1, "mac": mac})
    assert not signing.is_signed(SECRET, {"a": 1.5, "mac": "0" * 64})


@given(some.binary(max_size=200))
def test_whatever_comes_is_a_message_or_refused(body: bytes) -> None:
    try:
        signing.parsed(body)
    except Refusal as refusal:
        assert refusal.code == "lock.not-readable"


@given(
    some.dictionaries(some.sampled_from(["v", "id", "way", "kind", "body", "counter", "mac"]), json_values)
)
def test_whatever_is_signed_is_a_report_or_refused(message: dict[str, Any]) -> None:
    with pytest.raises(Refusal, match=r"lock\.not-a-report"):
        messages.read_report(message)


@given(some.lists(some.sampled_from(["sent", "received", "done", "refused", "expired"]), max_size=5))
def test_reports_in_any_order_and_twice_come_to_the_same(heard: list[str]) -> None:
    ends = set()
    for order in permutations(heard):
        state = lives.WAITING
        for one in (*order, *order):
            state = lives.command_after(state, one)
            assert state in ("waiting", *heard)
        ends.add(state)
    assert len(ends) == 1
    assert ("done" in ends) == ("done" in heard)


@given(some.integers(0, 2**40), some.integers(1, 2**40))
def test_no_replay_counts_as_new(last: int, counter: int) -> None:
    found = lives.freshness(last, counter)
    assert (found == lives.NEW) == (counter > last)
    assert (found == lives.REPLAYED) == (counter <= last - lives.WINDOW)


states = some.sampled_from(["wanted", "installed", "revoking", "revoked", "ended"])


@given(states, some.integers(1, 5), some.none() | some.integers(1, 5), some.booleans(), some.booleans())
def test_a_grant_stands_where_the_newest_state_puts_it(
    state: str, version: int, held: int | None, undone: bool, over: bool
) -> None:
    after = lives.grant_after(state, version, held, undone=undone, over=over)
    if after == lives.INSTALLED:
        assert held == version and not over and state in ("wanted", "installed")
    if after == lives.REVOKED:
        assert held is None
    if held is not None and (over or state in ("revoking", "revoked", "ended")):
        assert after == lives.REVOKING
    assert lives.grant_after(after, version, held, undone=undone, over=over) == after


numbers = some.dictionaries(some.integers(1, 9), some.integers(1, 4), max_size=6)


@given(numbers, numbers, numbers)
def test_what_is_asked_for_leads_to_what_is_wanted(
    wanted: dict[int, int], gone: dict[int, int], held: dict[int, int]
) -> None:
    gone = {one: version for one, version in gone.items() if one not in wanted}
    missing = lives.difference(wanted, gone, held)
    after = {one: version for one, version in held.items() if one not in dict(missing.revoke)}
    after |= {one: wanted[one] for one in missing.install}
    assert after == wanted
    assert dict(missing.revoke).keys() >= gone.keys()
    replaced = [one in held for one in missing.install]
    assert replaced == sorted(replaced, reverse=True)


def test_codes_are_those_of_the_standard() -> None:
    """RFC 4226, appendix D, as eight digits: the truncated values, modulo 10^8."""
    assert [handles.code(SEED, step) for step in (0, 1, 2)] == ["84755224", "94287082", "37359152"]


@given(some.integers(0, 200), some.integers(-200, 200), some.integers(0, 3))
def test_a_code_opens_near_its_time_and_once(offset: int, away: int, used: int) -> None:
    now = NOW + timedelta(minutes=offset)
    step = handles.step_at(now) + away
    given_code = handles.code(SEED, step)
    found = handles.step_of(SEED, given_code, now, 0)
    assert found == (step if abs(away) <= handles.CODE_WINDOW else None)
    if found is not None:
        assert handles.step_of(SEED, given_code, now, found + used) is None


def test_codes_are_shown_at_most_twelve_hours_ahead() -> None:
    shown = handles.codes(SEED, NOW, NOW + timedelta(days=3))
    assert shown[0][0] <= NOW and shown[-1][0] <= NOW + timedelta(hours=12) and len(shown) == 73
    assert all(handles.step_of(SEED, code, start, 0) == handles.step_at(start) for start, code in shown)


def test_a_handle_is_wrapped_for_one_controller_and_one_name() -> None:
    made = handles.wrapped(SECRET, b"seed", "h1")
    assert handles.unwrapped(SECRET, made, "h1") == b"seed"
    for secret, name in ((bytes([1]) * 32, "h1"), (SECRET, "h2")):
        with pytest.raises(ValueError, match="wrapped"):
            handles.unwrapped(secret, made, name)


def test_a_pin_is_read_as_people_type_it() -> None:
    assert handles.digest("h1", " 48 29-13\n") == handles.digest("h1", "4829-13")
    assert handles.digest("h1", "482913") != handles.digest("h2", "482913")
