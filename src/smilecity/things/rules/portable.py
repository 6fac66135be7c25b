# SPDX-License-Identifier: EUPL-1.2
"""The register as one document, to be carried from node to node: its form, and what is new in another.

Things go by the end of their address, sensors by name, properties by definition, datastreams by thing and name,
devices by EUI. Where the standard lets names repeat, `nth` counts those of the same name from nought, oldest first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import msgspec

from smilecity.core.problems import Refusal

VERSION = 1
MOST_BYTES = 256 << 20


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whatever the document does not say has its usual value; what it says and we do not know is refused."""


class Ref(_Part, frozen=True, kw_only=True):
    """The `nth` of this name."""

    name: str
    nth: int = 0


class SensorPart(_Part, frozen=True, kw_only=True):
    """A sensor: a model of instrument."""

    name: str
    nth: int = 0
    description: str = ""
    properties: dict[str, Any] = {}
    encoding_type: str = "text/html"
    metadata: Any = ""


class PropertyPart(_Part, frozen=True, kw_only=True):
    """What is observed."""

    definition: str
    nth: int = 0
    name: str
    description: str = ""
    properties: dict[str, Any] = {}


class PlacePart(_Part, frozen=True, kw_only=True):
    """A location of a thing, by its GeoJSON."""

    name: str
    description: str = ""
    properties: dict[str, Any] = {}
    encoding_type: str = "application/geo+json"
    location: Any


class ThingPart(_Part, frozen=True, kw_only=True):
    """`area` and `keeper` are addresses of nouns; `keeper_title` says who runs it where that noun is not known."""

    key: str
    title: dict[str, str]
    text: dict[str, str] = {}
    geo: dict[str, Any] | None = None
    area: str | None = None
    keeper: str | None = None
    keeper_title: str = ""
    visibility: str = "internal"
    licence: str = "CC-BY-4.0"
    description: str = ""
    properties: dict[str, Any] = {}
    places: list[PlacePart] = []
    purpose: dict[str, str] = {}
    legal_basis: dict[str, str] = {}
    safeguard: dict[str, str] = {}
    operator: str = ""
    retention_seconds: float | None = None
    keeps_hours: bool = True


class StreamPart(_Part, frozen=True, kw_only=True):
    """A datastream; `observed` are several if it is `multi`."""

    thing: str
    name: str
    nth: int = 0
    description: str = ""
    properties: dict[str, Any] = {}
    sensor: Ref
    observed: list[Ref]
    multi: bool = False
    observation_type: str
    observation_types: list[str] = []
    unit: Any = {}
    visibility: str = "internal"
    people: bool = False
    silent_after_seconds: float


class CodecPart(_Part, frozen=True, kw_only=True):
    """A codec with its scripts."""

    vendor: str
    name: str
    script: str
    devices: list[Any] = []
    commands: list[Any] = []
    encoder: str = ""


class ConnectorPart(_Part, frozen=True, kw_only=True):
    """Without its secret: where it is new it stays off until somebody gives it one."""

    name: str
    kind: str
    address: str = ""
    user: str = ""
    topic: str = ""
    mapping: dict[str, Any] = {}


class FeedPart(_Part, frozen=True, kw_only=True):
    """Which field of a device feeds which datastream."""

    field: str
    thing: str
    stream: Ref
    scale: float = 1.0
    offset: float = 0.0


class NotePart(_Part, frozen=True, kw_only=True):
    """What was done to a device."""

    at: datetime
    kind: str
    text: str = ""


class DevicePart(_Part, frozen=True, kw_only=True):
    """A device with its feeds and notes."""

    eui: str
    model: str
    thing: str
    codec_vendor: str
    codec: str
    active: bool = True
    network: str | None = None
    known_as: str = ""
    firmware: str = ""
    battery_changed_on: date | None = None
    replaced_by: str | None = None
    feeds: list[FeedPart] = []
    notes: list[NotePart] = []


class GatewayPart(_Part, frozen=True, kw_only=True):
    """What people call a gateway."""

    id: str
    name: str = ""
    silent_after_seconds: float | None = None


class Register(_Part, frozen=True, kw_only=True):
    """The whole document."""

    smile_city_things: int = VERSION
    sensors: list[SensorPart] = []
    observed_properties: list[PropertyPart] = []
    things: list[ThingPart] = []
    datastreams: list[StreamPart] = []
    codecs: list[CodecPart] = []
    connectors: list[ConnectorPart] = []
    devices: list[DevicePart] = []
    gateways: list[GatewayPart] = []


Part = TypeVar("Part", bound=_Part)
KEYS: Mapping[str, tuple[str, ...]] = {
    "sensors": ("name", "nth"),
    "observed_properties": ("definition", "nth"),
    "things": ("key",),
    "datastreams": ("thing", "name", "nth"),
    "codecs": ("vendor", "name"),
    "connectors": ("name",),
    "devices": ("eui",),
    "gateways": ("id",),
}
"""Kinds in the order in which they are brought in, and what each goes by."""


@dataclass(slots=True)
class Difference(Generic[Part]):
    """Of one kind: what is new here, what is other than here, and how many are the same."""

    new: list[Part] = field(default_factory=list)
    changed: list[Part] = field(default_factory=list)
    same: int = 0


def read_register(body: bytes) -> Register:
    """The document; refuses what is none, with what is wrong and where."""
    if len(body) > MOST_BYTES:
        raise _refused("register.too-big", f"The document is over {MOST_BYTES >> 20} MB.")
    if b"\\u0000" in body.replace(b"\\\\", b""):
        raise _refused("register.wrong-form", "The document holds a NUL character, which no text may.")
    try:
        told = msgspec.json.decode(body, type=Register)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refused("register.wrong-form", f"This is not a register: {error}.") from error
    if told.smile_city_things != VERSION:
        raise _refused(
            "register.wrong-version",
            f"The document has version {told.smile_city_things}; this node reads {VERSION}.",
        )
    for kind in KEYS:
        seen: set[tuple[Any, ...]] = set()
        for part in getattr(told, kind):
            if (key := key_of(kind, part)) in seen:
                raise _refused("register.twice", f"In {kind}, {key} stands twice.")
            seen.add(key)
    return told


def written(register: Register) -> bytes:
    """The document, indented, so that two of them can be compared by line."""
    return msgspec.json.format(msgspec.json.encode(register), indent=1) + b"\n"


def key_of(kind: str, part: Any) -> tuple[Any, ...]:
    """What a part goes by."""
    return tuple(getattr(part, name) for name in KEYS[kind])


def difference(kind: str, given: Iterable[Part], held: Iterable[Part]) -> Difference[Part]:
    """What of `given` is new or other than `held`; what is held only is left alone."""
    known = {key_of(kind, one): one for one in held}
    found: Difference[Part] = Difference()
    for one in given:
        before = known.get(key_of(kind, one))
        if before is None:
            found.new.append(one)
        elif before == one:
            found.same += 1
        else:
            found.changed.append(one)
    return found


def unknown(kind: str, name: object) -> Refusal:
    """The refusal of a part that speaks of something that is neither here nor in the document."""
    return _refused(
        "register.unknown-reference", f"The document speaks of {kind} {name!r}, which is nowhere."
    )


def _refused(code: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, cure="Nothing was changed.", field="file", status=422)
