# SPDX-License-Identifier: EUPL-1.2
"""What becomes of a command to a device: a walk that only goes forward, however late, often or oddly events come.

Each state has a rank, and an event leads on only to a higher one. What the device itself says (that it came, that it
is done) ranks above the ends we have concluded: a command given up for lost, of which its device says later that it
came, did come. Of the ends that we conclude ourselves the first stands.
"""

import base64
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal
from smilecity.things.rules import json_of

WAITING, HANDED, SENT, CONFIRMED, DONE = "waiting", "handed", "sent", "confirmed", "done"
EXPIRED, FAILED, WITHDRAWN = "expired", "failed", "withdrawn"
OPEN = (WAITING, HANDED, SENT)
RANKS = {WAITING: 0, HANDED: 1, SENT: 2, EXPIRED: 3, FAILED: 3, WITHDRAWN: 3, CONFIRMED: 4, DONE: 5}

# What a network server says of a downlink beside these states: radioed, and the device has not confirmed it.
UNCONFIRMED = "unconfirmed"
LEADS_TO = {**{state: state for state in RANKS}, UNCONFIRMED: SENT}

LONGEST_WAIT = timedelta(days=7)
USUAL_WAIT = timedelta(hours=1)
MOST_OPEN = 32  # a device
MOST_PAYLOAD = 242  # bytes, LoRaWAN's longest frame
LONGEST_PAUSE = 30.0
CORRELATION = "smilecity:command:"

_CHIRPSTACK_APPLICATION = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TTS_DEVICE = re.compile(r"(?P<application>[a-z0-9-]{1,36}(@[a-z0-9-]{1,36})?)/(?P<device>[a-z0-9-]{1,36})")
# How a kind of network server calls a device, or all of an application's.
WAYS_DOWN = {"chirpstack": _CHIRPSTACK_APPLICATION, "tts": _TTS_DEVICE}


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes for a port, for those who know the device's language themselves."""

    f_port: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Effect:
    """What shows that it is done: an observation of this datastream with this value (JSON) after the command was made."""

    datastream: int
    value: Any


Wanted = Mapping[str, Any] | Raw
"""What a device is to do: data for the vendor's codec, or bytes."""


def after(state: str, event: str) -> str:
    """The state after an event: one of the states, or `UNCONFIRMED`. Never one of a lower or the same rank."""
    reached = LEADS_TO[event]
    if reached == WITHDRAWN and not may_withdraw(state):
        return state
    return reached if RANKS[reached] > RANKS[state] else state


def may_withdraw(state: str) -> bool:
    """Only what its network does not have yet can be taken back."""
    return state == WAITING


def pause(tries: int) -> timedelta:
    """How long to wait after this many tries to hand it over, the first being 1."""
    return timedelta(seconds=min(LONGEST_PAUSE, 2.0 ** min(tries, 10)))


def check_expiry(expires_at: datetime, now: datetime) -> None:
    """Refuses a command that is over before it begins, or would wait for ever."""
    if not now < expires_at <= now + LONGEST_WAIT:
        raise Refusal(
            "command.bad-expiry",
            _("Ein Befehl gilt bis zu einem Zeitpunkt, der höchstens sieben Tage voraus liegt."),
            cure=_("Wählen Sie, bis wann er beim Gerät sein muss."),
            field="expires_at",
            status=422,
        )


def written(wanted: Wanted) -> dict[str, Any]:
    """What was wanted, as it is kept and compared. Refuses what is too long or no JSON."""
    if isinstance(wanted, Raw):
        return {"raw": {"f_port": wanted.f_port, "bytes": wanted.payload.hex().upper()}}
    return {"data": _plain_json(dict(wanted), "data")}


def expected(effect: Effect) -> Any:
    """The value that is waited for, as it is kept and compared; refuses what no observation can be."""
    value = _plain_json(effect.value, "value")
    if value is None:
        raise Refusal(
            "command.bad-effect", _("Sagen Sie, welcher Wert erwartet wird."), field="value", status=422
        )
    return value


def check_frame(f_port: int, payload: bytes) -> None:
    """Refuses what no LoRaWAN device can be sent."""
    if not 1 <= f_port <= 223:
        raise Refusal(
            "command.bad-port",
            _("Ein Befehl geht an einen Port von 1 bis 223."),
            field="f_port",
            status=422,
        )
    if len(payload) > MOST_PAYLOAD:
        raise Refusal(
            "command.too-long",
            _("Ein Befehl hat höchstens 242 Bytes."),
            field="payload",
            status=422,
        )


def check_known_as(kind: str, known_as: str) -> None:
    """Refuses a name that cannot be a device's at this kind of network server."""
    form = WAYS_DOWN.get(kind)
    if form is None:
        raise Refusal(
            "device.no-way-down",
            _("Über diese Verbindung lassen sich keine Befehle geben."),
            cure=_("Wählen Sie eine Verbindung zu ChirpStack oder The Things Stack."),
            field="network",
            status=422,
        )
    if form.fullmatch(known_as) is None:
        raise Refusal(
            "device.bad-name",
            _("So heißt dort kein Gerät."),
            cure=_("ChirpStack: die ID der Anwendung. The Things Stack: anwendung@mandant/gerät."),
            field="known_as",
            status=422,
        )


def downlink(
    kind: str, known_as: str, eui: str, key: uuid.UUID, frame: Raw, *, confirmed: bool
) -> tuple[str, bytes]:
    """The topic and the body that hand a command to its network server; `known_as` has been checked.

    The same command has the same id each time. ChirpStack keeps one queue item of an id; The Things Stack repeats it
    in what it says of the downlink.
    """
    data = base64.b64encode(frame.payload).decode()
    if kind == "chirpstack":
        body = {
            "devEui": eui.lower(),
            "confirmed": confirmed,
            "fPort": frame.f_port,
            "data": data,
            "id": str(key),
        }
        return f"application/{known_as}/device/{eui.lower()}/command/down", orjson.dumps(body)
    application, _slash, device = known_as.partition("/")
    one = {
        "f_port": frame.f_port,
        "frm_payload": data,
        "confirmed": confirmed,
        "priority": "NORMAL",
        "correlation_ids": [f"{CORRELATION}{key}"],
    }
    return f"v3/{application}/devices/{device}/down/push", orjson.dumps({"downlinks": [one]})


def _plain_json(value: Any, field: str) -> Any:
    text = json_of(value)
    if text is None:
        raise Refusal(
            "command.bad-data",
            _("Das ist kein JSON, das sich aufheben lässt: höchstens 4096 Zeichen, keine Steuerzeichen."),
            field=field,
            status=422,
        )
    return orjson.loads(text)
