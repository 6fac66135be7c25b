# SPDX-License-Identifier: EUPL-1.2
"""The webhooks: what network servers send is taken in, and whatever else comes is refused with a reason."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from smilecity.core.who import NODE
from smilecity.people.actions import revoke_key
from smilecity.people.models import ApiKey
from smilecity.things import actions, facts
from smilecity.things.intake import store
from tests.things.knocking import NOW, Post, _time_stands, changed, kept, latest, opened, post
from tests.things.stage import EUI, ask, device, sample, stream, tts

__all__ = ["_time_stands", "post"]


@pytest.mark.parametrize(("server", "name"), [("tts", "tts_uplink"), ("chirpstack", "chirpstack_up")])
def test_an_uplink_as_it_is_really_sent_is_stored_once(
    database_url: str, post: Post, server: str, name: str
) -> None:
    ds = stream()
    device(ds)
    query = "event=up" if server == "chirpstack" else ""
    first, second = (post(sample(name), server, query=query) for _ in range(2))
    assert (first.status, first.body) == (200, {"outcome": "stored"})
    assert (second.status, second.body) == (200, {"outcome": "known-before"})
    at = datetime(
        2026, 11, 20, 14, 5, 31, 206586, tzinfo=UTC
    )  # the network server's time, to the microsecond
    assert latest(database_url, ds.id) == [(7.0, None, at)]
    assert kept(database_url) == [(0, EUI, None)]


def test_a_simulated_uplink_has_only_the_application_servers_time(database_url: str, post: Post) -> None:
    ds = stream()
    device(ds)
    assert post(sample("tts_simulated")).body == {"outcome": "stored"}
    assert latest(database_url, ds.id)[0][::2] == (8.0, datetime(2026, 11, 20, 14, 6, 2, 14773, tzinfo=UTC))


def test_other_events_are_taken_and_ignored(database_url: str, post: Post) -> None:
    answers = [post(sample(name)) for name in ("tts_join", "tts_downlink_failed", "tts_normalized")]
    answers += [
        post({"time": "soon"}, "chirpstack", query=f"event={event}")
        for event in ("join", "status", "location", "integration")
    ]
    assert {(answer.status, answer.body["outcome"]) for answer in answers} == {(202, "ignored")}
    assert kept(database_url) == []


def test_an_unknown_device_is_parked_with_its_payload(database_url: str, post: Post) -> None:
    answer = post(sample("tts_uplink"))
    assert (answer.status, answer.body["outcome"]) == (202, "parked")
    assert kept(database_url) == [(2, EUI, "unknown device")]
    assert ask(database_url, "SELECT payload FROM things_uplink") == [(b'{"people": 7}',)]


def test_what_the_codec_cannot_read_is_kept_raw_with_the_reason(database_url: str, post: Post) -> None:
    ds = stream()
    device(ds)
    answer = post(tts(b"!wrong \x00 length", NOW))
    assert (answer.status, answer.body["outcome"]) == (202, "kept-raw")
    assert answer.body["reason"] == "codec.threw: The codec failed: wrong \ufffd length"
    assert kept(database_url) == [(1, EUI, answer.body["reason"])]
    assert latest(database_url, ds.id) == []


def test_an_empty_payload_is_an_uplink_without_results(database_url: str, post: Post) -> None:
    device(stream())
    assert post(tts(b"", NOW)).body == {"outcome": "stored"}
    assert kept(database_url) == [(0, EUI, None)]


ANY_JSON: list[tuple[bytes, float | None, Any]] = [
    (b"7", 7.0, None),
    (b"-0.25", -0.25, None),
    (b"123456789012345678901234567890", 1.2345678901234568e29, None),
    (b"true", None, True),
    (b'"offen \xc3\xa4"', None, "offen ä"),
    (b'{"a": [1, null, {"b": 2.5}]}', None, {"a": [1, None, {"b": 2.5}]}),
    (b"[]", None, []),
    (b'"\\\\u0000"', None, "\\u0000"),
]


def test_a_result_may_be_any_json(database_url: str, post: Post) -> None:
    ds = stream()
    device(ds)
    for number, (value, expected, other) in enumerate(ANY_JSON):
        said = tts(b'{"people": %b}' % value, NOW, f_cnt=number)
        assert post(said).body == {"outcome": "stored"}, value
        assert latest(database_url, ds.id)[0][:2] == (expected, other)


UNUSABLE = [
    "10**400",
    "1e308 * 10",
    "float('nan')",
    "'\\0'",
    "'\\ud800'",
    "{'a': '\\0'}",
    "'x' * 5000",
    "10**30 and [10**30]",
    "object()",
    "(lambda f: f(f, 400))(lambda f, n: [f(f, n - 1)] if n else [])",
]


def test_a_value_that_cannot_be_kept_costs_only_itself(database_url: str, post: Post) -> None:
    people, wind = stream(), stream("wind")
    device(people, wind)
    for number, value in enumerate(UNUSABLE):
        said = tts(f"={{'people': {value}, 'wind': {number}}}".encode(), NOW, f_cnt=number)
        answer = post(said)
        assert (answer.status, answer.body["outcome"]) == (202, "kept-raw"), value
        assert answer.body["reason"] == "value.unusable: people"
        assert latest(database_url, wind.id)[0][0] == number
    assert latest(database_url, people.id) == []


def test_no_value_is_no_fault_and_no_zero(database_url: str, post: Post) -> None:
    people, wind = stream(), stream("wind")
    device(people, wind)
    assert post(tts({"people": None}, NOW)).body == {"outcome": "stored"}
    assert latest(database_url, people.id) == latest(database_url, wind.id) == []


TTS_FIELDS = [
    ("end_device_ids", ..., "uplink.wrong-form"),
    ("end_device_ids", [], "uplink.wrong-form"),
    ("end_device_ids.dev_eui", ..., "uplink.bad-eui"),
    ("end_device_ids.dev_eui", 7, "uplink.wrong-form"),
    ("end_device_ids.dev_eui", "A84041FFFE00000", "uplink.bad-eui"),
    ("end_device_ids.dev_eui", "A84041FFFE00000g", "uplink.bad-eui"),
    ("end_device_ids.dev_eui", "A84041FFFE00000\0", "uplink.bad-eui"),
    ("end_device_ids.dev_eui", "'; DROP TABLE --", "uplink.bad-eui"),
    ("uplink_message", [], "uplink.wrong-form"),
    ("uplink_message.f_port", 256, "uplink.bad-port"),
    ("uplink_message.f_port", -1, "uplink.bad-port"),
    ("uplink_message.f_port", 10**30, "uplink.bad-port"),
    ("uplink_message.f_port", "2", "uplink.wrong-form"),
    ("uplink_message.f_port", 2.5, "uplink.wrong-form"),
    ("uplink_message.f_port", None, "uplink.wrong-form"),
    ("uplink_message.f_cnt", -1, "uplink.wrong-form"),
    ("uplink_message.f_cnt", 10**4000, "uplink.wrong-form"),
    ("uplink_message.frm_payload", "§", "uplink.bad-payload"),
    ("uplink_message.frm_payload", "abc", "uplink.bad-payload"),
    ("uplink_message.frm_payload", "AAAA" * 400, "uplink.bad-payload"),
    ("uplink_message.received_at", "yesterday", "uplink.wrong-form"),
    ("uplink_message.received_at", 1763640331, "uplink.wrong-form"),
    ("uplink_message.received_at", "2026-11-20T14:05:31", "uplink.bad-time"),
    ("uplink_message.received_at", "2026-11-20T14:16:31Z", "uplink.bad-time"),
    ("uplink_message.received_at", "2026-10-20T14:05:31Z", "uplink.bad-time"),
    ("uplink_message.received_at", "0001-01-01T00:00:00+23:59", "uplink.bad-time"),
    ("uplink_message.received_at", "9999-12-31T23:59:59-23:59", "uplink.bad-time"),
]
CHIRPSTACK_FIELDS = [
    ("deviceInfo", ..., "uplink.wrong-form"),
    ("deviceInfo.devEui", ..., "uplink.wrong-form"),
    ("deviceInfo.devEui", "qEBB//4AAAE=", "uplink.bad-eui"),
    ("deduplicationId", ..., "uplink.wrong-form"),
    ("deduplicationId", "no uuid", "uplink.wrong-form"),
    ("time", ..., "uplink.wrong-form"),
    ("time", "2027-11-20T14:05:31Z", "uplink.bad-time"),
    ("fPort", 300, "uplink.bad-port"),
    ("data", "***", "uplink.bad-payload"),
]


def test_a_wrong_field_is_named(database_url: str, post: Post) -> None:
    cases = [("tts", "tts_uplink", *one) for one in TTS_FIELDS]
    cases += [("chirpstack", "chirpstack_up", *one) for one in CHIRPSTACK_FIELDS]
    for server, name, path, value, code in cases:
        answer = post(changed(path, value, name), server)
        assert (answer.status, answer.body["code"], answer.body["field"]) == (422, code, path), (path, value)
        assert answer.body["title"].endswith(".")
    assert kept(database_url) == []


NO_JSON = [
    b"",
    b"\x00",
    b"{",
    b"\xff\xfe{\x00}\x00",
    b"\xef\xbb\xbf{}",
    b'{"x":' * 100_000,
    b"protobuf\x0a\x02",
]
TTS_NO_JSON = [
    '{"end_device_ids": {"dev_eui": "ä"}}'.encode("latin-1"),
    b'{"end_device_ids": {"dev_eui": "\\ud800"}}',
    b'{"end_device_ids": NaN}',
]


def test_what_is_no_json_is_refused(database_url: str, post: Post) -> None:
    cases = [(server, body) for server in ("tts", "chirpstack") for body in NO_JSON]
    for server, body in [*cases, *(("tts", body) for body in TTS_NO_JSON)]:
        answer = post(body, server)
        assert (answer.status, answer.body["code"]) == (400, "uplink.not-json"), body[:40]
    assert kept(database_url) == []


def test_other_json_is_refused(post: Post) -> None:
    for server in ("tts", "chirpstack"):
        for body in (b"[]", b"null", b"7", b'"text"', b"{}", b"[" * 100_000):
            answer = post(body, server)
            assert (answer.status, answer.body["code"]) == (422, "uplink.wrong-form")


def test_keys_methods_and_addresses_are_looked_at_before_the_body(database_url: str, post: Post) -> None:
    ApiKey.objects.create(name="other", digest=b"x", scopes=[])
    wrong = "smile_" + "A" * 43
    for given_key in ("", "x", wrong, wrong + "\n", "smile_" + "ä" * 43, "' OR 1=1 --"):
        answer = post(b"{", key=given_key)
        assert (answer.status, answer.body["code"]) == (401, "key.wrong")
        assert "smile key make" in answer.body["detail"]
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        answer = post(b"", method=method)
        assert (answer.status, answer.headers[b"allow"]) == (405, b"POST")
    for server in ("", "other", "tts/up", "x/tts", "TTS"):
        assert (post(b"{", server).status, post(b"{", server).body["code"]) == (404, "intake.unknown-server")
    assert post(sample("tts_join"), "tts/").status == 202
    assert kept(database_url) == []


def test_a_key_without_the_scope_opens_nothing(database_url: str, post: Post) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE people_apikey SET scopes = '{}'")
    answer = post(sample("tts_uplink"))
    assert (answer.status, answer.body["code"]) == (403, "key.wrong-scope")


def test_the_key_may_come_in_a_header_of_its_own(database_url: str) -> None:
    with opened(database_url) as (knock, door, _):
        assert knock(sample("tts_join"), key="", headers=((b"x-api-key", door.key.encode()),)).status == 401
        scheme = ((b"authorization", b"bearer " + door.key.encode()),)
        door.app._register._keys.clear()
        assert knock(sample("tts_join"), headers=scheme).status == 202


def test_a_body_over_the_limit_is_refused(database_url: str) -> None:
    with opened(database_url, limit=2000) as (knock, _, _):
        said = knock(tts(b"x", NOW) | {"more": "x" * 2000})
        assert (said.status, said.body["code"]) == (413, "request.too-large")
        declared = knock(b"{}", headers=((b"content-length", b"99999999999999"),))
        assert declared.status == 413
    assert kept(database_url) == []


def test_when_the_database_is_away_the_sender_is_told_to_come_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    device(stream())
    monkeypatch.setattr(store, "PAUSES", (0.01,))
    monkeypatch.setattr("smilecity.things.intake.register.SECONDS_FOR_A_CONNECTION", 0.1)
    with opened(database_url) as (knock, door, loop):
        assert knock(tts({"people": 1}, NOW)).status == 200
        loop.run_until_complete(door.line._store.close())
        door.line._store._url = "postgresql://nobody@127.0.0.1:1/nowhere"
        answer = knock(tts({"people": 2}, NOW, f_cnt=2))
        assert (answer.status, answer.body["code"]) == (503, "intake.busy")
        loop.run_until_complete(door.pool.close())
        door.register._keys.clear()
        assert knock(tts({"people": 2}, NOW, f_cnt=2)).status == 503


def test_what_the_register_remembers_is_forgotten_by_the_log(database_url: str) -> None:
    ds, other = stream(), stream("other")
    with opened(database_url) as (knock, door, _):
        assert knock(tts({"people": 1}, NOW, f_cnt=1)).body["outcome"] == "parked"
        device(ds)  # an unknown device is never remembered as such
        assert knock(tts({"people": 2}, NOW, f_cnt=2)).body["outcome"] == "stored"
        actions.change_feeds(NODE, EUI, [actions.FeedSpec("people", other.id, -0.5, 10)])
        knock(tts({"people": 3}, NOW, f_cnt=3))
        assert latest(database_url, other.id) == []  # remembered until the log is heard
        door.register.heard({facts.OBSERVED})
        knock(tts({"people": 4}, NOW, f_cnt=4))
        assert latest(database_url, other.id) == []
        door.register.heard({facts.DEVICE_KEPT})
        knock(tts({"people": 5}, NOW, f_cnt=5))
        assert latest(database_url, other.id)[0][0] == 7.5
        assert latest(database_url, ds.id)[0][0] == 4
        actions.retire_device(NODE, EUI)
        door.register.heard({facts.DEVICE_RETIRED})
        assert knock(tts({"people": 6}, NOW, f_cnt=6)).body["outcome"] == "parked"
        revoke_key(NODE, ApiKey.objects.get().name)
        door.register.heard({"key-revoked"})
        assert knock(tts({"people": 7}, NOW, f_cnt=7)).status == 401


def test_an_answer_older_than_the_change_is_not_remembered(database_url: str) -> None:
    """The question is asked, the change is heard, then the answer comes: it must not be kept for ever."""
    device(stream())
    with opened(database_url) as (_, door, loop):

        async def race() -> None:
            asked = asyncio.create_task(door.register.who(door.key))
            seen = asyncio.create_task(door.register.device(EUI))
            await asyncio.sleep(0)
            door.register.heard({"key-revoked", facts.DEVICE_RETIRED})
            assert await asked
            assert await seen

        loop.run_until_complete(race())
        assert not door.register._keys
        assert not door.register._devices
