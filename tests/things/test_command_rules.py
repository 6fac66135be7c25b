# SPDX-License-Identifier: EUPL-1.2
"""The walk of a command, over every order in which events can come."""

import base64
import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core.problems import Refusal
from smilecity.things.models import Command
from smilecity.things.rules import commands as rules
from smilecity.things.rules.commands import Effect, Raw

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
EVENTS = st.lists(st.sampled_from(sorted(rules.LEADS_TO)), max_size=12)
NETWORK = (rules.HANDED, rules.SENT, rules.UNCONFIRMED, rules.CONFIRMED)


def walked(events: list[str], state: str = rules.WAITING) -> list[str]:
    states = [state]
    for event in events:
        states.append(rules.after(states[-1], event))
    return states


def test_the_table_knows_the_same_states() -> None:
    assert set(Command.STATES) == set(rules.RANKS)
    assert Command.OPEN == rules.OPEN


@given(EVENTS)
def test_no_history_goes_back(events: list[str]) -> None:
    for before, then in pairwise(walked(events)):
        assert before == then or rules.RANKS[then] > rules.RANKS[before]


@given(EVENTS)
def test_an_event_told_again_at_once_changes_nothing(events: list[str]) -> None:
    doubled = [event for event in events for _ in range(2)]
    assert walked(events)[-1] == walked(doubled)[-1]


@given(st.permutations(NETWORK), st.lists(st.sampled_from(NETWORK), max_size=6))
def test_what_a_network_says_comes_to_the_same_in_any_order(events: list[str], more: list[str]) -> None:
    assert walked(events + more)[-1] == rules.CONFIRMED


@given(EVENTS)
def test_what_the_device_says_is_believed_whatever_came_before(events: list[str]) -> None:
    assert rules.after(walked(events)[-1], rules.CONFIRMED) in (rules.CONFIRMED, rules.DONE)
    assert rules.after(walked(events)[-1], rules.DONE) == rules.DONE


@given(EVENTS)
def test_only_what_waits_can_be_withdrawn(events: list[str]) -> None:
    state = walked([event for event in events if event != rules.WITHDRAWN])[-1]
    gone = rules.after(state, rules.WITHDRAWN) == rules.WITHDRAWN
    assert gone == (state == rules.WAITING) == rules.may_withdraw(state)


@given(st.sampled_from([rules.EXPIRED, rules.FAILED]), st.sampled_from([rules.EXPIRED, rules.FAILED]))
def test_of_two_ends_the_first_stands(one: str, other: str) -> None:
    assert walked([one, other, rules.SENT])[-1] == one


@given(st.integers(1, 30_000))
def test_pauses_grow_to_a_bound(tries: int) -> None:
    assert timedelta(seconds=2) <= rules.pause(tries) <= rules.pause(tries + 1) <= timedelta(seconds=30)


@pytest.mark.parametrize("ahead", [timedelta(0), -timedelta(days=1), timedelta(days=7, microseconds=1)])
def test_a_command_is_over_in_seven_days(ahead: timedelta) -> None:
    with pytest.raises(Refusal, match=r"command\.bad-expiry"):
        rules.check_expiry(NOW + ahead, NOW)
    rules.check_expiry(NOW + timedelta(days=7), NOW)


@pytest.mark.parametrize(("port", "size"), [(0, 1), (224, 1), (-1, 0), (1, 243)])
def test_a_frame_is_one_that_lorawan_has(port: int, size: int) -> None:
    with pytest.raises(Refusal):
        rules.check_frame(port, bytes(size))
    rules.check_frame(223, bytes(242))


@pytest.mark.parametrize("data", [{"a": "x" * 5000}, {"a": "\0"}, {"a": object()}, {"a": 2**70}])
def test_what_cannot_be_kept_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(Refusal, match=r"command\.bad-data"):
        rules.written(data)
    with pytest.raises(Refusal, match=r"command\.bad"):
        rules.expected(Effect(1, None))


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("chirpstack", "52f14cd4"),
        ("chirpstack", "+/device"),
        ("tts", "app"),
        ("tts", "app@ttn/#"),
        ("tts", "app@ttn/a/b"),
        ("json", "x"),
    ],
)
def test_no_topic_is_made_of_a_name_that_is_none(kind: str, name: str) -> None:
    with pytest.raises(Refusal):
        rules.check_known_as(kind, name)


@given(st.uuids(), st.binary(max_size=242), st.integers(1, 223), st.booleans())
def test_a_network_is_told_the_same_each_time(
    key: uuid.UUID, payload: bytes, port: int, confirmed: bool
) -> None:
    name, frame = "52f14cd4-c6f1-4fbd-8f87-4025e1d49242", Raw(port, payload)
    topic, body = rules.downlink("chirpstack", name, "A84041FFFE000001", key, frame, confirmed=confirmed)
    said = orjson.loads(body)
    assert topic == f"application/{name}/device/a84041fffe000001/command/down"
    assert (said["id"], said["fPort"], said["confirmed"]) == (str(key), port, confirmed)
    assert base64.b64decode(said["data"]) == payload
    topic, body = rules.downlink("tts", "app@ttn/bell", "A84041FFFE000001", key, frame, confirmed=confirmed)
    (said,) = orjson.loads(body)["downlinks"]
    assert topic == "v3/app@ttn/devices/bell/down/push"
    assert said["correlation_ids"] == [f"{rules.CORRELATION}{key}"]
    assert (said["f_port"], base64.b64decode(said["frm_payload"])) == (port, payload)
