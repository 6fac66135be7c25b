# SPDX-License-Identifier: EUPL-1.2
"""What network servers say of a downlink: read, or refused, or none of ours; and let in by the webhooks."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core.problems import Refusal
from smilecity.things.intake.events import DeviceEvent, read_chirpstack_event, read_tts_event
from tests.things.commanding_stage import Network, bell, handing, states, tell
from tests.things.mqtt_stage import until
from tests.things.stage import EUI, Door, key, sample

KEY = UUID("7c1b6a0e-31cb-4f0e-8a9b-0f5d4a3c2b1a")
AT = "2026-11-20T12:00:00.123456789Z"


def tts(name: str, *, reference: UUID = KEY, **said: Any) -> dict[str, Any]:
    """A message of The Things Stack about a downlink."""
    downlink = {
        "session_key_id": "AYfg8rhha5n+FWx0ZaAprA==",
        "f_port": 7,
        "frm_payload": "AQM=",
        "priority": "NORMAL",
        "correlation_ids": ["as:downlink:01JD9ZQ4R0", f"smilecity:command:{reference}"],
    }
    return {
        "end_device_ids": {"device_id": "bell-1", "dev_eui": EUI},
        "received_at": AT,
        f"downlink_{name}": {"downlink": downlink, **said} if name == "failed" else downlink | said,
    }


def chirpstack(*, reference: UUID = KEY, **said: Any) -> dict[str, Any]:
    """An event of ChirpStack about a queue item."""
    about = {"tenantName": "City", "devEui": EUI.lower(), "deviceName": "Bell"}
    return {"time": AT, "deviceInfo": about, "queueItemId": str(reference), **said}


def raw(said: Any) -> bytes:
    return orjson.dumps(said)


@pytest.mark.parametrize("by_topic", [True, False])
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("queued", "handed"),
        ("sent", "sent"),
        ("ack", "confirmed"),
        ("nack", "unconfirmed"),
        ("failed", "failed"),
    ],
)
def test_the_things_stack(name: str, kind: str, by_topic: bool) -> None:
    error = {"namespace": "pkg/networkserver", "name": "too_long"}
    said: dict[str, Any] = {"error": error} if name == "failed" else {}
    event = read_tts_event(name if by_topic else "", raw(tts(name, **said)))
    assert event is not None
    assert (event.eui, event.kind, event.reference) == (EUI, kind, KEY)
    assert event.at is not None
    assert event.at.year == 2026
    assert event.reason == ("too_long" if name == "failed" else "")


@pytest.mark.parametrize(
    ("name", "said", "kind", "reason"),
    [
        ("txack", {"downlinkId": 5, "gatewayId": "0016c001f153a14c"}, "sent", ""),
        ("ack", {"acknowledged": True}, "confirmed", ""),
        ("ack", {}, "failed", "unconfirmed"),
        (
            "log",
            {
                "queueItemId": "",
                "level": "ERROR",
                "code": "DOWNLINK_PAYLOAD_SIZE",
                "context": {"queue_item_id": str(KEY), "item_size": "300"},
            },
            "failed",
            "DOWNLINK_PAYLOAD_SIZE",
        ),
    ],
)
def test_chirpstack(name: str, said: dict[str, Any], kind: str, reason: str) -> None:
    event = read_chirpstack_event(name, raw(chirpstack(**said)))
    assert event is not None
    assert (event.eui, event.kind, event.reference, event.reason) == (EUI, kind, KEY, reason)


@pytest.mark.parametrize("name", ["tts_uplink", "tts_join", "tts_downlink_failed", "tts_normalized"])
def test_what_is_not_of_a_command_of_ours_is_none(name: str) -> None:
    assert read_tts_event("", raw(sample(name))) is None
    assert read_tts_event("push", b"whatever") is None
    assert read_tts_event("sent", raw(tts("ack"))) is None
    assert read_chirpstack_event("up", b"whatever") is None
    assert read_chirpstack_event("log", raw(chirpstack(code="UPLINK_CODEC"))) is None
    assert read_chirpstack_event("txack", raw(chirpstack() | {"queueItemId": "17"})) is None


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"deviceInfo": 5}', b"[" * 100_000])
def test_what_has_no_form_is_refused(body: bytes) -> None:
    for read in (read_chirpstack_event, read_tts_event):
        with pytest.raises(Refusal) as refused:
            read("ack", body)
        assert (refused.value.code, refused.value.status) == ("event.wrong-form", 422)


@given(
    st.sampled_from(["", "ack", "log", "txack", "nack", "failed"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "deviceInfo",
                        "devEui",
                        "queueItemId",
                        "context",
                        "end_device_ids",
                        "downlink_ack",
                        "time",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
    ),
)
def test_anything_is_an_event_or_none_or_refused(kind: str, said: Any) -> None:
    for read in (read_tts_event, read_chirpstack_event):
        try:
            event = read(kind, json.dumps(said).encode())
        except Refusal:
            continue
        assert event is None or isinstance(event, DeviceEvent)


def test_by_the_webhooks_a_command_moves_on(database_url: str) -> None:
    one, other = tell(bell()), tell(bell("tts", eui="A84041FFFE000002"), confirmed=True)
    knock = key()

    async def story() -> list[Any]:
        async with handing(database_url, Network().publish) as (running,), Door(database_url, knock) as door:
            await until(lambda: states(database_url) == ["handed"] * 2)
            door.app._commands = running.heard
            said = tts("ack", reference=other.key)
            said["end_device_ids"]["dev_eui"] = "A84041FFFE000002"
            return [
                await door.post(chirpstack(reference=one.key), "chirpstack", query="event=txack"),
                await door.post(said),
                await door.post(chirpstack(reference=uuid4()), "chirpstack", query="event=txack"),
                await door.post({"time": "soon"}, "chirpstack", query="event=ack"),
                await door.post(said, key="smile_wrong"),
            ]

    answers = asyncio.run(story())
    assert [(one.status, one.body.get("outcome") or one.body["code"]) for one in answers] == [
        (200, "heard"),
        (200, "heard"),
        (202, "ignored"),
        (422, "event.wrong-form"),
        (401, "key.wrong"),
    ]
    assert states(database_url) == ["sent", "confirmed"]
