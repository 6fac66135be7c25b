# SPDX-License-Identifier: EUPL-1.2
"""Mapbox Vector Tiles 2.1: points with properties as bytes, and where a position lies on a tile."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

EXTENT = 4096
EDGE_LATITUDE = 85.05112878  # where the square world of Web Mercator ends

_VARINT, _BYTES = 0, 2
_POINT = 1
_MOVE_TO_ONE = 1 << 3 | 1

Value = str | int


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a tile: `across` and `down` in units of 1/4096 of its side."""

    across: int
    down: int
    id: int
    properties: Mapping[str, Value]


def morton(x: int, y: int) -> int:
    """The bits of both numbers by turns, y's the higher ones: the number of a tile along the Z-shaped curve."""
    number = 0
    for bit in range(max(x.bit_length(), y.bit_length())):
        number |= (x >> bit & 1) << 2 * bit | (y >> bit & 1) << 2 * bit + 1
    return number


def on_tile(longitude: float, latitude: float, z: int, x: int, y: int) -> tuple[int, int]:
    """Where a position of this tile lies on it, inside its edges."""
    bounded = math.radians(max(-EDGE_LATITUDE, min(EDGE_LATITUDE, latitude)))
    across = (longitude + 180) / 360 * 2**z - x
    down = (1 - math.asinh(math.tan(bounded)) / math.pi) / 2 * 2**z - y
    return _inside(across), _inside(down)


def _inside(part: float) -> int:
    return max(0, min(EXTENT - 1, math.floor(part * EXTENT)))


def layer(name: str, points: Sequence[Point]) -> bytes:
    """A tile with one layer; without points it is empty, which is a tile too."""
    if not points:
        return b""
    keys: dict[str, int] = {}
    values: dict[Value, int] = {}
    features = [_feature(point, keys, values) for point in points]
    body = b"".join(
        [
            _number(15, 2),
            _block(1, name.encode()),
            *(_block(2, feature) for feature in features),
            *(_block(3, key.encode()) for key in keys),
            *(_block(4, _value(value)) for value in values),
            _number(5, EXTENT),
        ]
    )
    return _block(3, body)


def _feature(point: Point, keys: dict[str, int], values: dict[Value, int]) -> bytes:
    tags: list[int] = []
    for key, value in point.properties.items():
        tags += (keys.setdefault(key, len(keys)), values.setdefault(value, len(values)))
    drawn = (_MOVE_TO_ONE, _zigzag(point.across), _zigzag(point.down))
    return b"".join(
        [_number(1, point.id), _block(2, _packed(tags)), _number(3, _POINT), _block(4, _packed(drawn))]
    )


def _value(value: Value) -> bytes:
    return _block(1, value.encode()) if isinstance(value, str) else _number(5, value)


def _zigzag(number: int) -> int:
    return number << 1 ^ number >> 63


def _packed(numbers: Iterable[int]) -> bytes:
    return b"".join(map(_varint, numbers))


def _block(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | _BYTES) + _varint(len(content)) + content


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3 | _VARINT) + _varint(number)


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; a negative number as protobuf's 64 bits."""
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
