# SPDX-License-Identifier: EUPL-1.2
"""JSON that is posted becomes observations by its connector's mapping, once, and says what became of it."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from smilecity.core.who import NODE
from smilecity.people.actions import make_key
from smilecity.things.intake.connecting import states
from tests.things.connecting_stage import ISO, Hall, connector, hall, mapping, observed, state
from tests.things.stage import NOON, key, stream

pytestmark = [pytest.mark.django_db(transaction=True)]

TIME = NOON.isoformat()


def inside(url: str, work: Callable[[Hall], Coroutine[Any, Any, Any]]) -> Any:
    async def run() -> Any:
        async with hall(url, listening=False) as made:
            return await work(made)

    return asyncio.run(run())


def test_what_is_posted_is_stored_once_however_often_it_comes(database_url: str) -> None:
    ds, opens = stream(), key()
    one = connector(mapping=mapping(ds.id, **ISO))

    async def work(made: Hall) -> list[Any]:
        return [await made.post(one.id, {"v": 4, "t": TIME}, opens) for _ in range(3)]

    for status, body in inside(database_url, work):
        assert (status, body) == (200, {"stored": 1, "refused_count": 0, "refused": []})
    assert observed(database_url, ds.id) == [(NOON, 4.0)]
    assert state(database_url, one.id) == (3, 0, "")


def test_what_cannot_be_kept_is_named_and_the_rest_is_stored(database_url: str) -> None:
    ds, opens = stream(), key()
    one = connector(mapping=mapping(ds.id, readings="$[*]", **ISO))
    sent = [{"v": 1, "t": TIME}, {"v": True, "t": TIME}, {"v": 2, "t": "yesterday"}, {"x": 1, "t": TIME}]
    status, body = inside(database_url, lambda made: made.post(one.id, sent, opens))
    assert status == 202 and body["stored"] == 1
    assert [(r["reading"], r["path"], r["code"]) for r in body["refused"]] == [
        (1, "$.v", "observation.bad-result"),
        (2, "$.v", "observation.bad-time"),
    ]
    assert observed(database_url, ds.id) == [(NOON, 1.0)]
    assert state(database_url, one.id) == (1, 1, "observation.bad-time")


def test_without_time_and_identity_the_senders_key_tells_messages_apart(database_url: str) -> None:
    ds, opens = stream(), key()
    one = connector(mapping=mapping(ds.id))

    async def work(made: Hall) -> None:
        for name in ("a", "a", "b"):
            await made.post(one.id, {"v": 4}, opens, idempotency_key=name)

    inside(database_url, work)
    assert [result for _, result in observed(database_url, ds.id)] == [4.0, 4.0]


def test_an_identity_makes_it_once_though_the_rest_differs(database_url: str) -> None:
    ds, opens = stream(), key()
    one = connector(mapping=mapping(ds.id, identity=["$.n"], **ISO))

    async def work(made: Hall) -> list[int]:
        later = (NOON + timedelta(minutes=1)).isoformat()
        sent = [
            {"n": 1, "v": 4, "t": TIME},
            {"n": 1, "v": 4, "t": later},
            {"n": 2, "v": 5, "t": later},
            {"v": 1, "t": TIME},
        ]
        return [(await made.post(one.id, body, opens))[0] for body in sent]

    assert inside(database_url, work) == [200, 200, 200, 422]
    assert [result for _, result in observed(database_url, ds.id)] == [4.0, 5.0]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "message.not-json"),
        (b"\xff", "message.not-json"),
        (b"[" * 100_000, "message.not-json"),
        (b"[" * 200 + b"]" * 200, "mapping.too-much"),
        (b"[" + b"1," * 30_000 + b"1]", "mapping.too-much"),
        (b"{}", "mapping.found-nothing"),
        (b"null", "mapping.found-nothing"),
        (b'{"v": 1e999}', "message.not-json"),
    ],
)
def test_what_is_no_message_is_refused_with_the_reason(database_url: str, body: bytes, code: str) -> None:
    opens = key()
    one = connector(mapping=mapping(stream().id))
    status, said = inside(database_url, lambda made: made.post(one.id, body, opens))
    assert (said["code"], status) == (code, 400 if code == "message.not-json" else 422)
    assert state(database_url, one.id) == (0, 1, code)


def test_only_a_key_for_the_intake_opens_and_only_connectors_that_there_are(database_url: str) -> None:
    opens, other = key(), make_key(NODE, "reader", ["read-internal"])[1]
    one = connector(mapping=mapping(stream().id))
    paused = connector(mapping=mapping(1), active=False, name="p")
    broker = connector("tts", "mqtts://x", name="b")
    silent = connector(name="unmapped")

    async def work(made: Hall) -> list[Any]:
        return [
            (await made.post(one.id, {"v": 1}, "smile_wrong"))[0],
            (await made.post(one.id, {"v": 1}, other))[0],
            *[
                (await made.post(number, {"v": 1}, opens))[0]
                for number in (paused.id, broker.id, "5x", "", 10**15)
            ],
            (await made.post(silent.id, {"v": 1}, opens))[1]["code"],
            (await made.post(one.id, {"v": 1}, opens))[0],
        ]

    assert inside(database_url, work) == [401, 403, 404, 404, 404, 404, 404, "connector.no-mapping", 200]


def test_a_datastream_that_is_gone_is_said_and_costs_nothing_else(database_url: str) -> None:
    ds, opens = stream(), key()
    said = {"rules": [{"path": "$.v", "datastream": ds.id}, {"path": "$.w", "datastream": 2**40}]}
    one = connector(mapping=said)
    status, body = inside(database_url, lambda made: made.post(one.id, {"v": 1, "w": 2}, opens))
    assert status == 202 and [r["code"] for r in body["refused"]] == ["entity.not-found"]
    assert len(observed(database_url, ds.id)) == 1


def test_a_change_is_heard(database_url: str) -> None:
    first, opens = stream(), key()
    second = stream("other", first.thing)
    one = connector(mapping=mapping(first.id))

    async def work(made: Hall) -> None:
        await made.post(one.id, {"v": 1}, opens)
        one.mapping = mapping(second.id)
        await asyncio.to_thread(one.save)
        await made.post(one.id, {"v": 2}, opens)
        made.connectors.heard({"connector-kept"})
        await made.post(one.id, {"v": 3}, opens)

    inside(database_url, work)
    results = [[r for _, r in observed(database_url, one.id)] for one in (first, second)]
    assert results == [[1.0, 2.0], [3.0]]


def test_the_example_of_the_guide_is_true(database_url: str) -> None:
    guide = Path("docs/guides/verbindungen.md").read_text()
    message = json.loads(guide[guide.index("    {\n") : guide.index("\nmit\n")])
    warm, opens = stream("Temperatur"), key()
    wind = stream("Wind", warm.thing)
    only = {"path": "$.station", "equals": "dach"}
    said = {
        "readings": "$.readings[*]",
        "time": {"form": "iso", "path": "$.time"},
        "rules": [
            {"path": "$.temperature", "datastream": warm.id, "scale": 0.1, "only": only},
            {"path": "$.wind", "datastream": wind.id},
        ],
    }
    one = connector(mapping=said)
    status, body = inside(database_url, lambda made: made.post(one.id, message, opens))
    assert (status, body) == (200, {"stored": 3, "refused_count": 0, "refused": []})
    results = [[round(r, 6) for _, r in observed(database_url, ds.id)] for ds in (warm, wind)]
    assert results == [[7.5, 7.6], [3.2]]


def test_what_cannot_be_written_of_a_state_is_written_later(database_url: str) -> None:
    opens = key()
    one = connector(mapping=mapping(stream().id, **ISO))

    async def work(made: Hall) -> None:
        await made.post(one.id, {"v": 4, "t": TIME}, opens)
        with patch.object(states, "KEEP", "SELECT no_such_function()"):
            await made.connectors.states.write()
        assert state(database_url, one.id) == (0, 0, "")
        await made.post(one.id, {"x": 4, "t": TIME}, opens)

    inside(database_url, work)
    assert state(database_url, one.id) == (1, 1, "mapping.found-nothing")
