# SPDX-License-Identifier: EUPL-1.2
"""What network servers send, read into one form.

Sources: The Things Stack v3 webhooks (ApplicationUp in JSON; thethingsindustries.com/docs, Data Formats),
ChirpStack v4 HTTP integration (JSON marshaler; chirpstack.io/docs, Event types). Only used fields are
typed; network servers may add others at any time, and both leave out what is empty, zero or false.
"""

import base64
import binascii
import hashlib
import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar

import msgspec

from smilecity.core.problems import Refusal
from smilecity.things import rules

MOST_PAYLOAD = 1024  # bytes; LoRaWAN allows 242
NEWEST = timedelta(minutes=10)
MOST_GATEWAYS = 16
NOTHING = msgspec.Raw(b"[]")
_GATEWAY = re.compile(r"[0-9A-Z][0-9A-Z._:-]{0,63}")
BROKERED = "PACKETBROKER"  # another network's gateway, whose health is not ours to watch

Counter = Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]


class Reception(msgspec.Struct, frozen=True):
    """How a gateway heard it: dBm and dB; where the gateway is, if it says so. `gateway` in capitals."""

    gateway: str
    rssi: float | None = None
    snr: float | None = None
    latitude: float | None = None
    longitude: float | None = None


class Message(msgspec.Struct, frozen=True):
    """One uplink. `key` is the same for the same uplink however often it is sent; `eui` in capitals."""

    key: uuid.UUID
    eui: str
    f_port: int
    payload: bytes
    received_at: datetime
    gateways: tuple[Reception, ...] = ()


class _Position(msgspec.Struct):
    latitude: float | None = None
    longitude: float | None = None


class _TtsGateway(msgspec.Struct):
    eui: str = ""
    gateway_id: str = ""


class _TtsReception(msgspec.Struct):
    gateway_ids: _TtsGateway
    rssi: float | None = None
    snr: float | None = None
    location: _Position | None = None


class _TtsUplink(msgspec.Struct):
    received_at: datetime | None = None
    session_key_id: str = ""
    f_port: int = 0
    f_cnt: Counter = 0
    frm_payload: str = ""
    rx_metadata: msgspec.Raw = NOTHING


class _TtsDevice(msgspec.Struct):
    dev_eui: str = ""


class _Tts(msgspec.Struct):
    end_device_ids: _TtsDevice
    received_at: datetime | None = None
    uplink_message: _TtsUplink | None = None


class _ChirpstackReception(msgspec.Struct):
    gatewayId: str  # noqa: N815 - the wire's name
    rssi: float | None = None
    snr: float | None = None
    location: _Position | None = None


class _ChirpstackDevice(msgspec.Struct):
    devEui: str  # noqa: N815 - the wire's name


class _Chirpstack(msgspec.Struct):
    time: datetime
    deviceInfo: _ChirpstackDevice  # noqa: N815
    deduplicationId: uuid.UUID  # noqa: N815
    fPort: int = 0  # noqa: N815
    data: str = ""
    rxInfo: msgspec.Raw = NOTHING  # noqa: N815


Form = TypeVar("Form")

_tts = msgspec.json.Decoder(_Tts)
_chirpstack = msgspec.json.Decoder(_Chirpstack)
_tts_receptions = msgspec.json.Decoder(list[_TtsReception])
_chirpstack_receptions = msgspec.json.Decoder(list[_ChirpstackReception])


def read_tts(body: bytes, now: datetime, oldest: datetime) -> Message | None:
    """An uplink of The Things Stack v3; `None` for its other events (joins, downlinks, locations ...).

    The time is the network server's. A simulated uplink has none; then it is the application server's.
    """
    said = _decoded(_tts, body)
    uplink = said.uplink_message
    if uplink is None:
        return None
    eui = _eui(said.end_device_ids.dev_eui, "end_device_ids.dev_eui")
    at = _time(uplink.received_at or said.received_at, now, oldest, "uplink_message.received_at")
    identity = f"tts|{eui}|{uplink.session_key_id}|{uplink.f_cnt}|{at.isoformat()}"
    return Message(
        key=_key(identity),
        eui=eui,
        f_port=_port(uplink.f_port, "uplink_message.f_port"),
        payload=_payload(uplink.frm_payload, "uplink_message.frm_payload"),
        received_at=at,
        gateways=_receptions(
            _tts_receptions,
            uplink.rx_metadata,
            lambda one: one.gateway_ids.eui or one.gateway_ids.gateway_id,
        ),
    )


def read_chirpstack(body: bytes, now: datetime, oldest: datetime) -> Message:
    """An uplink (`event=up`) of ChirpStack v4."""
    said = _decoded(_chirpstack, body)
    eui = _eui(said.deviceInfo.devEui, "deviceInfo.devEui")
    return Message(
        key=_key(f"chirpstack|{eui}|{said.deduplicationId}"),
        eui=eui,
        f_port=_port(said.fPort, "fPort"),
        payload=_payload(said.data, "data"),
        received_at=_time(said.time, now, oldest, "time"),
        gateways=_receptions(_chirpstack_receptions, said.rxInfo, lambda one: one.gatewayId),
    )


def _receptions(
    decoder: "msgspec.json.Decoder[list[Form]]", raw: msgspec.Raw, name: Callable[[Form], str]
) -> tuple[Reception, ...]:
    """Who heard it, the first 16. A hint: what is of another form is left out, and never costs the uplink."""
    try:
        heard: list[Any] = decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()
    return tuple(
        Reception(
            known,
            one.rssi,
            one.snr,
            *((one.location.latitude, one.location.longitude) if one.location else ()),
        )
        for one in heard[:MOST_GATEWAYS]
        if _is_gateway(known := name(one).upper())
    )


def _is_gateway(known: str) -> bool:
    return known != BROKERED and _GATEWAY.fullmatch(known) is not None


def _decoded(decoder: "msgspec.json.Decoder[Form]", body: bytes) -> Form:
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        reason, field = _told(str(error))
        raise Refusal(
            "uplink.wrong-form",
            f"The message does not have the form expected: {reason}.",
            cure="Check that the webhook is set up for this address's network server, in JSON.",
            field=field,
            status=422,
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(
            "uplink.not-json",
            "The body is not JSON in UTF-8.",
            cure="Set the webhook's format to JSON.",
        ) from error


def _told(error: str) -> tuple[str, str]:
    """What msgspec says is wrong, and the field; of a missing one it names the object it is missing from."""
    reason, _, path = error.partition(" - at `")
    path = path.strip("`").removeprefix("$").removeprefix(".")
    if reason.startswith("Object missing required field `"):
        path = f"{path}.{reason.split('`')[1]}".removeprefix(".")
    return reason, path


def _key(identity: str) -> uuid.UUID:
    return uuid.UUID(bytes=hashlib.blake2b(identity.encode(), digest_size=16).digest())


def _eui(text: str, field: str) -> str:
    eui = rules.normal_eui(text) if len(text) == 16 else None
    if eui is None:
        raise Refusal(
            "uplink.bad-eui",
            "A device EUI is 16 hexadecimal digits.",
            cure="Give the device an EUI in the network server.",
            field=field,
            status=422,
        )
    return eui


def _port(number: int, field: str) -> int:
    if not 0 <= number <= 255:
        raise Refusal("uplink.bad-port", "A port is a number from 0 to 255.", field=field, status=422)
    return number


def _payload(text: str, field: str) -> bytes:
    try:
        payload = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refusal("uplink.bad-payload", "The payload is not Base64.", field=field, status=422) from error
    if len(payload) > MOST_PAYLOAD:
        raise Refusal(
            "uplink.bad-payload", f"The payload is over {MOST_PAYLOAD} bytes.", field=field, status=422
        )
    return payload


def _time(moment: datetime | None, now: datetime, oldest: datetime, field: str) -> datetime:
    if moment is None or moment.tzinfo is None or not oldest <= moment <= now + NEWEST:
        raise Refusal(
            "uplink.bad-time",
            "The time must have an offset, be at most 10 minutes ahead,"
            f" and not before {oldest:%Y-%m-%d %H:%M} UTC: an older message cannot be told from a replay.",
            cure="Check the clock of the network server.",
            field=field,
            status=422,
        )
    return moment
