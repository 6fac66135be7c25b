# SPDX-License-Identifier: EUPL-1.2
"""Reads Mapbox Vector Tiles by the letter of the specification (2.1), so that our writer does not judge itself."""

from dataclasses import dataclass
from typing import Any


@dataclass
class Feature:
    id: int
    x: int
    y: int
    properties: dict[str, Any]


def fields(data: bytes) -> list[tuple[int, Any]]:
    """(field, number or bytes) of a protobuf message; anything that is neither varint nor bytes is wrong here."""
    found: list[tuple[int, Any]] = []
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        value, at = varint(data, at)
        if tag & 7 == 2:
            assert at + value <= len(data)
            found.append((tag >> 3, data[at : at + value]))
            at += value
        else:
            assert tag & 7 == 0
            found.append((tag >> 3, value))
    return found


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def numbers(data: bytes) -> list[int]:
    found, at = [], 0
    while at < len(data):
        value, at = varint(data, at)
        found.append(value)
    return found


def read(tile: bytes) -> dict[str, list[Feature]]:
    """Layers by name, each with its points."""
    layers = [fields(layer) for number, layer in fields(tile) if number == 3]
    return {one(layer, 1).decode(): [feature(f, layer) for n, f in layer if n == 2] for layer in layers}


def one(message: list[tuple[int, Any]], number: int) -> Any:
    (value,) = [value for field, value in message if field == number]
    return value


def feature(data: bytes, layer: list[tuple[int, Any]]) -> Feature:
    assert one(layer, 15) == 2
    assert one(layer, 5) == 4096
    keys = [value.decode() for number, value in layer if number == 3]
    values = [plain(value) for number, value in layer if number == 4]
    said = fields(data)
    tags = numbers(one(said, 2))
    command, x, y = numbers(one(said, 4))
    assert one(said, 3) == 1 and command == 9
    pairs = zip(tags[::2], tags[1::2], strict=True)
    return Feature(one(said, 1), unzigzag(x), unzigzag(y), {keys[k]: values[v] for k, v in pairs})


def plain(value: bytes) -> Any:
    ((number, content),) = fields(value)
    return content.decode() if number == 1 else content


def unzigzag(number: int) -> int:
    return number >> 1 ^ -(number & 1)
