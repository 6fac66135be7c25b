# SPDX-License-Identifier: EUPL-1.2
"""Whatever is sent, nothing breaks: changed messages and random bytes."""

import copy
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.things.knocking import NOW, SAMPLES, Post, _time_stands, kept, post
from tests.things.stage import Answer, device, sample, stream, tts

__all__ = ["_time_stands", "post"]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("\0\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)
PATIENT = settings(
    deadline=None,
    max_examples=examples(150),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, Any]:
    """A real message in which one to three places are something else, or gone."""
    name = draw(st.sampled_from(SAMPLES))
    said = copy.deepcopy(sample(name))
    for _ in range(draw(st.integers(1, 3))):
        inner: Any = said
        while True:
            places = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
            place = draw(st.sampled_from(places))
            if isinstance(inner[place], dict | list) and inner[place] and draw(st.booleans()):
                inner = inner[place]
                continue
            if draw(st.booleans()):
                inner[place] = draw(JSON)
            elif len(places) > 1:
                del inner[place]
            break
    return name.split("_")[0], said


def well_answered(answer: Answer) -> int:
    """Never a fault of ours, always a reason; 1 if a row must have come of it."""
    assert answer.status in (200, 202, 400, 422)
    if answer.status >= 400:
        assert answer.body["code"].startswith("uplink.")
        assert {"type", "title", "status"} <= answer.body.keys()
        return 0
    return answer.body["outcome"] in ("stored", "parked", "kept-raw")


@pytest.mark.hypothesis
def test_mutated_messages_never_break_it(database_url: str, post: Post) -> None:
    device(stream())
    statuses: list[int] = []
    rows: list[int] = []

    @PATIENT
    @given(mutated())
    def run(one: tuple[str, Any]) -> None:
        server, said = one
        answer = post(json.dumps(said).encode(), server)
        statuses.append(answer.status)
        rows.append(well_answered(answer))

    run()
    assert {200, 422} <= set(statuses)  # the mutations reach both sides
    assert len(kept(database_url)) == sum(rows)  # and nothing is half saved


@pytest.mark.hypothesis
def test_random_payloads_and_bytes_never_break_it(database_url: str, post: Post) -> None:
    ds = stream()
    device(ds)
    whole = json.dumps(sample("tts_uplink")).encode()
    rows: list[int] = []

    @PATIENT
    @given(st.binary(max_size=60), st.integers(0, len(whole)), st.integers(0, 40), JSON)
    def run(noise: bytes, start: int, length: int, value: Any) -> None:
        rows.append(well_answered(post(noise)))
        rows.append(well_answered(post(whole[:start] + noise + whole[start + length :])))
        payload = json.dumps({"people": value}).encode()
        if len(payload) < 700:
            said = tts(payload, NOW - timedelta(seconds=start), f_cnt=length)
            rows.append(well_answered(post(said)))

    run()
    assert len(kept(database_url)) == sum(rows)
