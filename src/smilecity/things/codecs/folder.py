# SPDX-License-Identifier: EUPL-1.2
"""A folder in the layout of The Things Network's device repository.

    vendor/<vendor>/<device>.yaml   firmwareVersions -> profiles -> `codec`, the name of a codec
    vendor/<vendor>/<codec>.yaml    uplinkDecoder, downlinkEncoder, downlinkDecoder: fileName and examples
    vendor/<vendor>/<script>.js

Nothing outside the folder is read, whatever a file name or link says; a broken file is named and skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from smilecity.things.codecs.answers import SCRIPT_BYTES, Codec, Function
from smilecity.things.codecs.yaml12 import TEXT_BYTES, DescriptionBroken, decoded_text, load
from smilecity.things.rules import json_of, plain

PARTS = {
    "uplinkDecoder": Function.DECODE_UPLINK,
    "downlinkEncoder": Function.ENCODE_DOWNLINK,
    "downlinkDecoder": Function.DECODE_DOWNLINK,
}
EXAMPLES = 500  # of one codec
COMMANDS = 20  # of one codec that the desk offers


@dataclass(frozen=True, slots=True)
class Example:
    """What a vendor says a function answers. `normalized` is what normalizeUplink makes of the answer."""

    function: Function
    description: str
    input: Mapping[str, Any]
    output: Mapping[str, Any]
    normalized: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class FoundCodec:
    """One codec description. A vendor may keep its functions in one script or in several."""

    vendor: str
    name: str
    devices: tuple[tuple[str, str], ...]  # (model, firmware version)
    scripts: Mapping[Function, Codec]
    examples: tuple[Example, ...]

    @property
    def script(self) -> str:
        """The script that decodes uplinks; empty if there is none."""
        codec = self.scripts.get(Function.DECODE_UPLINK)
        return codec.script if codec else ""

    @property
    def encoder(self) -> str:
        """The script that encodes commands, if it is another one."""
        codec = self.scripts.get(Function.ENCODE_DOWNLINK)
        return codec.script if codec and codec.script != self.script and "\0" not in codec.script else ""

    @property
    def commands(self) -> list[list[Any]]:
        """The vendor's examples of commands that a table can hold: [description, data]."""
        found = [
            [plain(one.description, 200), one.input.get("data")]
            for one in self.examples
            if one.function == Function.ENCODE_DOWNLINK
        ]
        return [one for one in found if isinstance(one[1], dict) and json_of(one[1])][:COMMANDS]


@dataclass(frozen=True, slots=True)
class BrokenFile:
    """A file that could not be used; its path is relative to the folder."""

    path: str
    reason: str


@dataclass
class Vendor:
    """The descriptions of one vendor, sorted by what they are."""

    path: Path
    codecs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    devices: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # codec name -> devices


def vendors(folder: Path) -> list[Path]:
    """The vendors' folders, in order of name. `folder` is the repository or its folder `vendor`."""
    root = folder.resolve()
    within = root / "vendor" if (root / "vendor").is_dir() else root
    found = sorted(path for path in within.iterdir() if path.is_dir())
    return [path for path in found if path.resolve().is_relative_to(root)]


def read_vendor(root: Path, path: Path) -> Iterator[FoundCodec | BrokenFile]:
    """What one vendor's folder holds. `root` is the resolved folder nothing is read outside of."""
    vendor = Vendor(path)
    for file in sorted((*path.glob("*.yaml"), *path.glob("*.yml"))):
        try:
            sort_in(vendor, file.stem, read(root, file, TEXT_BYTES))
        except (DescriptionBroken, OSError) as problem:
            yield broken(root, file, problem)
    for name, description in vendor.codecs.items():
        try:
            yield found_codec(root, vendor, name, description)
        except (DescriptionBroken, OSError) as problem:
            yield broken(root, path / f"{name}.yaml", problem)


def broken(root: Path, file: Path, problem: Exception) -> BrokenFile:
    """This file, with its reason in a sentence's words."""
    reason = problem.strerror if isinstance(problem, OSError) else str(problem)
    return BrokenFile(str(file.relative_to(root)), reason or type(problem).__name__)


def read(root: Path, file: Path, limit: int) -> bytes:
    """A file's content; refuses what is too long or, through links or dots, outside of `root`."""
    real = file.resolve()
    if not real.is_relative_to(root):
        raise DescriptionBroken(f"{file.name} leads out of the folder")
    if not real.is_file():
        raise DescriptionBroken(f"{file.name} is missing or not a file")
    if real.stat().st_size > limit:
        raise DescriptionBroken(f"{file.name} is longer than {limit} bytes")
    return real.read_bytes()


def sort_in(vendor: Vendor, name: str, text: bytes) -> None:
    """Most files are LoRaWAN profiles, of no interest here; reading them would take most of the time."""
    is_codec = b"fileName" in text or b"\x00" in text
    if not is_codec and b"firmwareVersions" not in text:
        return
    description = load(text)
    if any(part in description for part in PARTS):
        vendor.codecs[name] = description
    for firmware in listed(description.get("firmwareVersions")):
        for profile in mapped(firmware.get("profiles")).values():
            served = (name, str(firmware.get("version", "")))
            devices = vendor.devices.setdefault(str(mapped(profile).get("codec", "")), [])
            if served not in devices:
                devices.append(served)


def found_codec(root: Path, vendor: Vendor, name: str, description: Mapping[str, Any]) -> FoundCodec:
    """The codec of this description, with its scripts and examples read."""
    scripts: dict[Function, Codec] = {}
    examples: list[Example] = []
    for part, function in PARTS.items():
        if part not in description:
            continue
        file = mapped(description[part]).get("fileName")
        if not isinstance(file, str) or not file.endswith(".js") or Path(file).is_absolute():
            raise DescriptionBroken(f"{part} names no script")
        scripts[function] = Codec.of(decoded_text(read(root, vendor.path / file, SCRIPT_BYTES)))
        given = listed(mapped(description[part]).get("examples"))[:EXAMPLES]
        examples.extend(example_of(function, example) for example in given)
    devices = tuple(vendor.devices.get(name, ()))
    return FoundCodec(vendor.path.name, name, devices, scripts, tuple(examples))


def example_of(function: Function, example: Mapping[str, Any]) -> Example:
    """One example, with bytes as numbers."""
    given = dict(mapped(example.get("input")))
    if "bytes" in given:
        given["bytes"] = bytes_of(given["bytes"])
    output = dict(mapped(example.get("output")))
    if function == Function.ENCODE_DOWNLINK and "bytes" in output:
        output["bytes"] = bytes_of(output["bytes"])
    normalized = example.get("normalizedOutput")
    return Example(
        function,
        str(example.get("description", ""))[:200],
        given,
        output,
        normalized if isinstance(normalized, dict) else None,
    )


def bytes_of(value: Any) -> Any:
    """A list of numbers; some descriptions give hexadecimal text instead."""
    if isinstance(value, str):
        try:
            return list(bytes.fromhex(value.removeprefix("0x").replace(":", "").replace("-", "")))
        except ValueError:
            raise DescriptionBroken(f"bytes {value[:40]!r} are not hexadecimal") from None
    return value


def listed(value: Any) -> list[Mapping[str, Any]]:
    """The mappings of a list, whatever was there."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def mapped(value: Any) -> Mapping[str, Any]:
    """A mapping, whatever was there."""
    return value if isinstance(value, dict) else {}
