# SPDX-License-Identifier: EUPL-1.2
"""What a mapping finds in a message, what it makes of it, and what it refuses to look for."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core.problems import Refusal
from smilecity.things.rules.mapping import MOST_RULES, read_mapping
from smilecity.things.rules.mapping.paths import MOST_VALUES, Path, read_path
from smilecity.things.rules.mapping.trying import (
    ABSENT,
    ELSEWHERE,
    MADE,
    REFUSED,
    Finding,
    Source,
    named_by,
    tried,
)
from smilecity.things.rules.observations import FIRST_GIVEN_ID, LAST_ID, Expected
from smilecity.things.rules.results import CATEGORY, COUNT, MEASUREMENT, TRUTH

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
STREAMS = {1: Expected(MEASUREMENT), 2: Expected(CATEGORY), 3: Expected(TRUTH), 4: Expected(COUNT)}

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False)
    | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abct"), inner, max_size=4),
    max_leaves=20,
)


def look(message: Any, *rules: dict[str, Any], name: str = "", **more: Any) -> list[Finding]:
    said = {"rules": list(rules) or [{"path": "$.v", "datastream": 1}], **more}
    return tried(read_mapping(said), message, NOON, STREAMS, Source(7, name))


def made(findings: list[Finding]) -> list[Any]:
    return [
        one.observation.number if one.observation.value is None else one.observation.value
        for one in findings
        if one.observation
    ]


def code(message: Any, *rules: dict[str, Any], **more: Any) -> str:
    with pytest.raises(Refusal) as refused:
        look(message, *rules, **more)
    assert refused.value.status == 422
    return refused.value.code


@pytest.mark.parametrize(
    ("value", "datastream", "kept"),
    [
        (21.5, 1, 21.5),
        ("21.5", 1, 21.5),
        (" 7 ", 4, 7.0),
        ("warm", 2, '"warm"'),
        ("1", 2, '"1"'),
        (True, 3, "true"),
    ],
)
def test_a_value_becomes_what_its_datastream_holds(value: Any, datastream: int, kept: Any) -> None:
    assert made(look({"v": value}, {"path": "$.v", "datastream": datastream})) == [kept]


@pytest.mark.parametrize(
    ("value", "datastream"),
    [
        ("warm", 1),
        (True, 1),
        ({}, 1),
        ("nan", 1),
        ("1e999", 1),
        (10**400, 1),
        ("1_0", 1),
        ("1" * 99, 1),
        (1.5, 4),
        (1, 3),
    ],
)
def test_what_its_datastream_does_not_hold_is_refused(value: Any, datastream: int) -> None:
    (found,) = look({"v": value}, {"path": "$.v", "datastream": datastream})
    assert (
        found.outcome == REFUSED
        and found.refusal is not None
        and found.refusal.code == "observation.bad-result"
    )


@given(st.floats(-1e9, 1e9), st.floats(-1e3, 1e3).filter(bool), st.floats(-1e6, 1e6))
def test_numbers_are_reckoned_with(value: float, scale: float, offset: float) -> None:
    rule = {"path": "$.v", "datastream": 1, "scale": scale, "offset": offset}
    assert made(look({"v": value}, rule)) == [value * scale + offset]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("iso", "2026-11-20T12:00:00Z"),
        ("iso", "2026-11-20T13:00:00+01:00"),
        ("seconds", 1795176000),
        ("seconds", "1795176000"),
        ("milliseconds", 1795176000000),
    ],
)
def test_times_are_read_as_they_are_written(form: str, said: Any) -> None:
    (found,) = look({"v": 1, "t": said}, time={"form": form, "path": "$.t"})
    assert found.observation is not None and found.observation.start == NOON


@pytest.mark.parametrize(
    ("form", "said", "why"),
    [
        ("iso", "2026-11-20T12:00:00", "observation.bad-time"),
        ("iso", 5, "observation.bad-time"),
        ("seconds", True, "observation.bad-time"),
        ("seconds", 1e300, "observation.bad-time"),
        ("seconds", {}, "observation.bad-time"),
        ("seconds", 1795176000000, "observation.bad-time"),
        ("milliseconds", 1795176000000 + 3 * 86_400_000, "observation.impossible-time"),
        ("iso", None, "observation.bad-time"),
    ],
)
def test_impossible_times_are_refused(form: str, said: Any, why: str) -> None:
    (found,) = look({"v": 1, "t": said}, time={"form": form, "path": "$.t"})
    assert found.refusal is not None and found.refusal.code == why


def test_a_list_of_readings_shares_what_stands_above_it() -> None:
    message = {"d": "a", "t": 1795176000, "r": [{"v": 1}, {"v": 2, "t": 1795176060}, {"x": 3}]}
    rule = {"path": "$.v", "datastream": 1, "only": {"path": "$.d", "equals": "a"}}
    time_ = {"form": "seconds", "path": "$.t"}
    findings = look(message, rule, readings="$.r[*]", time=time_)
    assert [one.outcome for one in findings] == [MADE, MADE, ABSENT]
    assert [one.observation.start - NOON for one in findings if one.observation] == [
        timedelta(0),
        timedelta(minutes=1),
    ]
    other = {**rule, "only": {"path": "$.d", "equals": "b"}}
    assert [one.outcome for one in look(message, rule, other, readings="$.r[0]", time=time_)] == [
        MADE,
        ELSEWHERE,
    ]


def test_one_is_not_true() -> None:
    rule = {"path": "$.v", "datastream": 1, "only": {"path": "$.d", "equals": True}}
    assert made(look({"v": 1, "d": True}, rule)) == [1.0]
    assert code({"v": 1, "d": 1}, rule) == "mapping.found-nothing"


def test_several_values_at_one_path_are_refused() -> None:
    (found,) = look({"v": [1, 2]}, {"path": "$.v[*]", "datastream": 1})
    assert found.refusal is not None and found.refusal.code == "mapping.several"


@given(
    json_values,
    st.sampled_from(["$.a", "$..a", "$[*]", "$[?@.a]", "$.b[0]", "$"]),
    st.sampled_from(["iso", "seconds", "now"]),
)
def test_whatever_comes_is_sorted_or_refused(message: Any, path: str, form: str) -> None:
    rules = [{"path": path, "datastream": number, "scale": 2.0} for number in (1, 2, 3, 4, 5)]
    try:
        findings = look(message, *rules, readings="$..b", time={"form": form, "path": "$.t"})
    except Refusal as refusal:
        assert refusal.status == 422
        return
    for one in findings:
        assert (one.outcome == MADE) == (one.observation is not None)
        assert (one.outcome == REFUSED) == (one.refusal is not None)


@given(json_values, json_values)
def test_the_same_message_has_the_same_ids_and_another_has_others(first: Any, second: Any) -> None:
    def ids(value: Any) -> set[int]:
        message = {"v": 1, "t": "2026-11-20T12:00:00Z", "x": value}
        return {
            one.observation.id
            for one in look(message, time={"form": "iso", "path": "$.t"})
            if one.observation
        }

    assert ids(first) == ids(first) and all(FIRST_GIVEN_ID <= one <= LAST_ID for one in ids(first))
    same = json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)
    assert (ids(first) == ids(second)) == same


def test_ids_come_from_identity_else_time_else_the_name_of_the_bringer() -> None:
    def ids(message: Any, name: str = "", **more: Any) -> list[int]:
        return [one.observation.id for one in look(message, name=name, **more) if one.observation]

    assert ids({"v": 1}) == [0]
    assert ids({"v": 1}, "a") == ids({"v": 1}, "a") != ids({"v": 1}, "b")
    assert named_by(Source(7, "a"), look({"v": 1})) == ids({"v": 1}, "a")
    by_number = {"identity": ["$.n"]}
    assert ids({"v": 1, "n": 5}, "a", **by_number) == ids({"v": 2, "n": 5}, "b", **by_number)
    shared = ids({"n": 5, "r": [{"v": 1}, {"v": 1}]}, readings="$.r[*]", identity=["$.n"])
    assert len(set(shared)) == 2
    lacks = look({"v": 1}, **by_number)
    assert lacks[0].refusal is not None and lacks[0].refusal.code == "mapping.no-identity"


@pytest.mark.parametrize(
    ("path", "where"),
    [("", 0), ("x", 1), ("$.a[", 5), ("$.a b", 5), ("$[?match(@.a, 'x')]", 4), ("$.a\x00", 4)],
)
def test_a_bad_path_is_refused_with_its_position(path: str, where: int) -> None:
    with pytest.raises(Refusal) as refused:
        read_mapping({"rules": [{"path": "$", "datastream": 1}, {"path": path, "datastream": 1}]})
    assert (refused.value.code, refused.value.field) == ("mapping.bad-path", "rules.1.path")
    assert not where or str(refused.value.sentence).endswith(f" {where}.")


@pytest.mark.parametrize(
    "path",
    [
        "$" * 300, "$..a..b", "$['a','b']", "$[?@.a[?@.b]]", "$[?count(@.*) > 1]", "$" + ".a" * 20, "$[" + "(" * 100,
        "$[?" + "(" * 180 + "@.a", "$[?" + "!" * 190, "$[?search(@.a, '(a+)+b')]", "$[0:9007199254740993]",
    ],
)  # fmt: skip
def test_a_path_that_might_cost_too_much_is_refused(path: str) -> None:
    with pytest.raises(Refusal):
        read_path(path, "path")


@given(st.text("$.[]*?@()'\"&|!=<>ab01:, ", max_size=60))
def test_no_path_breaks_the_reader(text: str) -> None:
    try:
        read = read_path(f"${text}", "path")
    except Refusal as refusal:
        assert refusal.code == "mapping.bad-path"
    else:
        assert isinstance(read, Path)
        read.found({"a": [1, {"b": 2}], "b": "x"}, 10)


def test_what_takes_too_long_is_refused_before_it_is_looked_for() -> None:
    wide = [{"path": f"$..a[?@.b == {number}]", "datastream": 1} for number in range(MOST_RULES)]
    message = [{"a": [{"b": 1}] * 20}] * 400
    before = time.perf_counter()
    assert code(message, *wide) == "mapping.too-costly"
    assert code(list(range(MOST_VALUES)), {"path": "$[0]", "datastream": 1}) == "mapping.too-much"
    assert code([1] * 1500, {"path": "$", "datastream": 1}, readings="$[*]") == "mapping.too-much"
    assert time.perf_counter() - before < 2


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (None, ""), ([], ""), ({}, "rules"), ({"rules": []}, "rules"), ({"rules": [5]}, "rules.0"),
        ({"rules": [{"path": "$"}] * (MOST_RULES + 1)}, "rules"),
        ({"rules": [{"path": "$", "datastream": "5"}]}, "rules.0.datastream"),
        ({"rules": [{"path": "$", "datastream": True}]}, "rules.0.datastream"),
        ({"rules": [{"path": "$", "datastream": 1, "scale": 0}]}, "rules.0.scale"),
        ({"rules": [{"path": "$", "datastream": 1, "offset": float("nan")}]}, "rules.0.offset"),
        ({"rules": [{"path": "$", "datastream": 1, "only": {"path": "$"}}]}, "rules.0.only.equals"),
        ({"rules": [{"path": "$", "datastream": 1}], "time": {"form": "iso"}}, "time.path"),
        ({"rules": [{"path": "$", "datastream": 1}], "time": 5}, "time.form"),
        ({"rules": [{"path": "$", "datastream": 1}], "identity": ["$."]}, "identity"),
        ({"rules": [{"path": "$", "datastream": 1}], "readings": "$["}, "readings"),
    ],
)  # fmt: skip
def test_a_mapping_that_is_none_is_refused_with_the_field(said: Any, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_mapping(said)
    assert (refused.value.field, refused.value.status) == (field, 422)


def test_a_mapping_is_read_again_as_it_was_said() -> None:
    said = {
        "readings": "$.r[*]",
        "time": {"form": "iso", "path": "$.t"},
        "identity": ["$.n"],
        "rules": [
            {
                "path": "$.v",
                "datastream": 1,
                "scale": 0.1,
                "offset": 2.0,
                "only": {"path": "$.d", "equals": "a"},
            }
        ],
    }
    assert read_mapping(said).said() == said
