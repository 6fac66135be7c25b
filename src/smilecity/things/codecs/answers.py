# SPDX-License-Identifier: EUPL-1.2
"""What goes into a codec and what comes out of it, as values; and the refusals in between."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

import orjson

from smilecity.core.problems import Refusal

SCRIPT_BYTES = 1 << 20
INPUT_BYTES = 64 << 10
TOLD_CHARACTERS = 300


class Function(IntEnum):
    """The functions a script may have; the numbers are those of harness.js."""

    DECODE_UPLINK = 0
    NORMALIZE_UPLINK = 1
    ENCODE_DOWNLINK = 2
    DECODE_DOWNLINK = 3

    @property
    def script_name(self) -> str:
        """What the vendors' scripts call it."""
        first, second = self.name.lower().split("_")
        return first + second.capitalize()


@dataclass(frozen=True, slots=True)
class Codec:
    """A vendor's script. Two codecs with the same id must have the same script: only one is kept warm."""

    id: str
    script: str

    @classmethod
    def of(cls, script: str) -> Codec:
        """The codec of this script, named by its content."""
        script = script.removeprefix("\ufeff")
        return cls(hashlib.sha256(script.encode("utf-8", "replace")).hexdigest(), script)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded message. `data` is what the vendor names things, in the vendor's units."""

    data: dict[str, Any]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Normalized:
    """The same message in the network's common vocabulary: one or more sets of measurements."""

    data: tuple[dict[str, Any], ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Downlink:
    """What is to be sent to the device."""

    f_port: int
    payload: bytes
    warnings: tuple[str, ...] = ()


class CodecFailed(Refusal):
    """A codec gave no answer. `told` is what the script itself said, cut to a bound, or empty."""

    def __init__(self, code: str, sentence: str, *, told: str = "", cure: str = "") -> None:
        self.told = told if len(told) <= TOLD_CHARACTERS else told[: TOLD_CHARACTERS - 1] + "…"
        super().__init__(code, f"{sentence} {self.told}".strip(), cure=cure, status=422)


SENTENCES = {
    "codec.timeout": "The codec took too long and was stopped.",
    "codec.memory": "The codec asked for too much memory and was stopped.",
    "codec.threw": "The codec failed:",
    "codec.errors": "The codec refused the message:",
    "codec.no-function": "The codec has no function for this.",
    "codec.not-json": "The codec's answer is not of the agreed form.",
    "codec.too-big": "The script, its input or its answer is too big.",
    "codec.crashed": "The codec brought its process down and was stopped.",
    "codec.busy": "Too many messages are waiting to be decoded.",
}


def failed(code: str, told: str = "") -> CodecFailed:
    """The refusal of this code, with its sentence."""
    return CodecFailed(code, SENTENCES[code], told=told)


def decode_input(f_port: int, payload: bytes, recv_time: datetime | None) -> bytes:
    """The input of the decoding functions. A time without a zone is taken as UTC."""
    values: dict[str, Any] = {"bytes": list(payload), "fPort": f_port}
    if recv_time is not None:
        values["recvTime"] = recv_time
    return orjson.dumps(values, option=orjson.OPT_NAIVE_UTC)


def data_input(data: Mapping[str, Any]) -> bytes:
    """The input of the functions that take data."""
    return input_of({"data": data})


def input_of(values: Mapping[str, Any]) -> bytes:
    """Any input as JSON; raises `codec.not-json` if it cannot be."""
    try:
        return orjson.dumps(values, option=orjson.OPT_NAIVE_UTC)
    except TypeError as problem:  # orjson's own error is one of these
        raise failed("codec.not-json", str(problem)) from None


def texts(value: Any) -> tuple[str, ...]:
    """Warnings and errors should be lists of texts; vendors also give one text or objects."""
    if value is None or value == "":
        return ()
    values = value if isinstance(value, list) else [value]
    return tuple(
        (one if isinstance(one, str) else orjson.dumps(one).decode())[:TOLD_CHARACTERS] for one in values[:20]
    )


def accepted(output: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The output as an object, with its warnings; raises if the codec reports errors."""
    if not isinstance(output, dict):
        raise failed("codec.not-json")
    if errors := texts(output.get("errors")):
        raise failed("codec.errors", "; ".join(errors))
    return output, texts(output.get("warnings"))


def decoded(output: Any) -> Decoded:
    """The output of a decoding function."""
    values, warnings = accepted(output)
    if not isinstance(data := values.get("data"), dict):
        raise failed("codec.not-json")
    return Decoded(data, warnings)


def normalized(output: Any) -> Normalized:
    """The output of normalizeUplink, whose data is an object or a list of them."""
    values, warnings = accepted(output)
    data = values.get("data")
    sets: list[Any] = data if isinstance(data, list) else [data]
    if not all(isinstance(one, dict) for one in sets):
        raise failed("codec.not-json")
    return Normalized(tuple(sets), warnings)


def downlink(output: Any) -> Downlink:
    """The output of encodeDownlink."""
    values, warnings = accepted(output)
    f_port = values.get("fPort", 1)
    try:
        payload = bytes(values["bytes"])
    except (KeyError, TypeError, ValueError):
        raise failed("codec.not-json") from None
    if type(f_port) is not int or not 0 < f_port < 256 or not isinstance(values["bytes"], list):
        raise failed("codec.not-json")
    return Downlink(f_port, payload, warnings)
