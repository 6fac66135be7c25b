# SPDX-License-Identifier: EUPL-1.2
"""What network servers say of the way of a downlink, read into one form.

Sources: The Things Stack v3 (ApplicationUp: `downlink_queued`, `_sent`, `_ack`, `_nack`, `_failed`), ChirpStack v4
(integration events `txack`, `ack` and, of a queue item that was dropped, `log`). Other events are none of ours.
"""

import uuid
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from smilecity.core.problems import Refusal
from smilecity.things import rules
from smilecity.things.rules.commands import CONFIRMED, CORRELATION, FAILED, HANDED, SENT, UNCONFIRMED

TTS_KINDS = {"queued": HANDED, "sent": SENT, "ack": CONFIRMED, "nack": UNCONFIRMED, "failed": FAILED}
CHIRPSTACK_KINDS = ("txack", "ack", "log")
MOST_REASON = 200

Form = TypeVar("Form")


class DeviceEvent(msgspec.Struct, frozen=True):
    """What happened to a downlink: `kind` is an event of `rules.commands`, `reference` the key of our command.

    `eui` is in capitals. `at` is when the network server says it was, if it does.
    """

    eui: str
    kind: str
    reference: uuid.UUID
    at: datetime | None = None
    reason: str = ""


class _TtsError(msgspec.Struct):
    name: str = ""
    message_format: str = ""


class _TtsDownlink(msgspec.Struct):
    correlation_ids: list[str] = []


class _TtsFailed(msgspec.Struct):
    downlink: _TtsDownlink = msgspec.field(default_factory=_TtsDownlink)
    error: _TtsError = msgspec.field(default_factory=_TtsError)


class _TtsDevice(msgspec.Struct):
    dev_eui: str = ""


class _Tts(msgspec.Struct):
    end_device_ids: _TtsDevice
    received_at: datetime | None = None
    downlink_queued: _TtsDownlink | None = None
    downlink_sent: _TtsDownlink | None = None
    downlink_ack: _TtsDownlink | None = None
    downlink_nack: _TtsDownlink | None = None
    downlink_failed: _TtsFailed | None = None


class _ChirpstackDevice(msgspec.Struct):
    devEui: str  # noqa: N815 - the wire's name


class _Chirpstack(msgspec.Struct):
    deviceInfo: _ChirpstackDevice  # noqa: N815
    time: datetime | None = None
    queueItemId: str = ""  # noqa: N815
    acknowledged: bool = False
    code: str = ""
    context: dict[str, Any] = {}


_tts = msgspec.json.Decoder(_Tts)
_chirpstack = msgspec.json.Decoder(_Chirpstack)


def read_tts_event(kind: str, body: bytes) -> DeviceEvent | None:
    """What The Things Stack says of a downlink of ours; `kind` is the end of the topic, or empty if it is not known.

    None for anything else, and for downlinks that others have queued. Raises `Refusal` for what is not of its form.
    """
    if kind and kind not in TTS_KINDS:
        return None
    said = _decoded(_tts, body)
    for name in [kind] if kind else TTS_KINDS:
        found = getattr(said, f"downlink_{name}")
        if found is None:
            continue
        failed = isinstance(found, _TtsFailed)
        reference = _correlated(found.downlink if failed else found)
        eui = rules.normal_eui(said.end_device_ids.dev_eui)
        if reference is None or eui is None:
            return None
        reason = found.error.name or found.error.message_format if failed else ""
        return DeviceEvent(eui, TTS_KINDS[name], reference, said.received_at, _reason(reason))
    return None


def read_chirpstack_event(kind: str, body: bytes) -> DeviceEvent | None:
    """What ChirpStack says of a queue item of ours; `kind` is the end of the topic, or the webhook's `event`.

    A confirmed downlink that the device does not acknowledge in time leaves ChirpStack's queue: it has failed. So has
    one that it drops as too long or too old, which only its `log` says.
    """
    if kind not in CHIRPSTACK_KINDS:
        return None
    said = _decoded(_chirpstack, body)
    eui = rules.normal_eui(said.deviceInfo.devEui)
    reference = _uuid(said.queueItemId or str(said.context.get("queue_item_id", "")))
    if eui is None or reference is None:
        return None
    if kind == "txack":
        return DeviceEvent(eui, SENT, reference, said.time)
    if kind == "ack":
        reached, reason = (CONFIRMED, "") if said.acknowledged else (FAILED, UNCONFIRMED)
        return DeviceEvent(eui, reached, reference, said.time, reason)
    if said.code not in ("DOWNLINK_PAYLOAD_SIZE", "EXPIRED"):
        return None  # it tries again by itself
    return DeviceEvent(eui, FAILED, reference, said.time, _reason(said.code))


def _correlated(one: _TtsDownlink) -> uuid.UUID | None:
    for text in one.correlation_ids:
        if text.startswith(CORRELATION):
            return _uuid(text.removeprefix(CORRELATION))
    return None


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _reason(text: str) -> str:
    return rules.plain(text, MOST_REASON)


def _decoded(decoder: "msgspec.json.Decoder[Form]", body: bytes) -> Form:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(
            "event.wrong-form",
            "The event does not have the form expected.",
            cure="Check that the address is this network server's, and its format JSON.",
            status=422,
        ) from error
