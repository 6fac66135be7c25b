# SPDX-License-Identifier: EUPL-1.2
"""The demo city's devices speak as real ones do: from readings to the bytes that go through the air.

The formats are those the vendors publish; the codecs in `codecs/vendor` are their inverse, and the tests hold
the two against each other. A reading is rounded to what the format can say and must lie in its range.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

CODECS = Path(__file__).parent / "codecs"

MILESIGHT_PORT = 85
DECENTLAB_PORT = 1
DECENTLAB_VERSION = 2


class Uplink(NamedTuple):
    """What a device sends."""

    f_port: int
    payload: bytes


class Model(NamedTuple):
    """Where the codec of a model is found below `CODECS`."""

    vendor: str
    device: str
    codec: str


PEOPLE_COUNTER = Model("milesight-iot", "vs135", "vs135-codec")
SOUND_LEVEL = Model("milesight-iot", "ws302", "ws302-codec")
BIN_LEVEL = Model("milesight-iot", "em310-udl", "em310-udl-codec")
WEATHER_STATION = Model("decentlab", "dl-atm41", "dl-atm41-codec")
SOIL_MOISTURE = Model("decentlab", "dl-smtp", "dl-smtp-codec")
MODELS = (PEOPLE_COUNTER, SOUND_LEVEL, BIN_LEVEL, WEATHER_STATION, SOIL_MOISTURE)


def people_counter(
    total_in: int, total_out: int, period_in: int, period_out: int, regions: Sequence[int] = (0, 0, 0, 0)
) -> Uplink:
    """Milesight VS135: who passed line 1, since ever and in the last period, and how many stay in regions.

    It hangs on a power line and has no battery.
    """
    lines = b"\x03\xd2" + struct.pack("<I", total_in) + b"\x04\xd2" + struct.pack("<I", total_out)
    period = b"\x05\xcc" + struct.pack("<HH", period_in, period_out)
    return Uplink(MILESIGHT_PORT, lines + period + b"\x0f\xe3" + struct.pack("<4B", *regions))


def sound_level(battery: int, level: float, level_equivalent: float, level_maximum: float) -> Uplink:
    """Milesight WS302: decibels with A weighting, fast; battery in percent."""
    levels = (round(value * 10) for value in (level, level_equivalent, level_maximum))
    return Uplink(
        MILESIGHT_PORT,
        b"\x01\x75" + struct.pack("<B", battery) + b"\x05\x5b" + struct.pack("<BHHH", 0b0101, *levels),
    )


def bin_level(battery: int, distance: int, *, tilted: bool = False) -> Uplink:
    """Milesight EM310-UDL: millimetres from the lid to what lies in the bin; battery in percent."""
    return Uplink(
        MILESIGHT_PORT,
        b"\x01\x75" + struct.pack("<B", battery) + b"\x03\x82" + struct.pack("<H", distance)
        + b"\x04\x00" + bytes([tilted]),
    )  # fmt: skip


def weather_station(
    device_id: int,
    battery_voltage: float,
    *,
    air_temperature: float,
    relative_humidity: float,
    atmospheric_pressure: float,
    wind_speed: float,
    wind_direction: float,
    maximum_wind_speed: float,
    precipitation: float,
    solar_radiation: float,
    vapor_pressure: float = 0.0,
    north_wind_speed: float = 0.0,
    east_wind_speed: float = 0.0,
) -> Uplink:
    """Decentlab DL-ATM41: degrees Celsius, percent, kilopascals, metres a second, degrees, millimetres, watts
    a square metre. No lightning is ever seen, and the mast stands upright.
    """
    words = (
        round(solar_radiation),
        round(precipitation * 1000),
        0,  # lightning strikes
        0,  # their average distance
        round(wind_speed * 100),
        round(wind_direction * 10),
        round(maximum_wind_speed * 100),
        round(air_temperature * 10),
        round(vapor_pressure * 100),
        round(atmospheric_pressure * 100),
        round(relative_humidity * 10),
        round(air_temperature * 10),  # inside the sensor
        0,  # tilt, first axis
        0,  # tilt, second axis
        0,  # compass
        round(north_wind_speed * 100),
        round(east_wind_speed * 100),
    )
    return _decentlab(device_id, [32768 + word for word in words], battery_voltage)


def soil_moisture(device_id: int, battery_voltage: float, depths: Sequence[tuple[float, float]]) -> Uplink:
    """Decentlab DL-SMTP: relative moisture and degrees Celsius at eight depths, the uppermost first."""
    if len(depths) != 8:
        raise ValueError("a profile has eight depths")
    words = []
    for moisture, temperature in depths:
        words += [round(moisture * 500) + 2500, round(temperature * 100) + 32768]
    return _decentlab(device_id, words, battery_voltage)


def _decentlab(device_id: int, words: Sequence[int], battery_voltage: float) -> Uplink:
    """Both groups are present: flags 1 (measurements) and 2 (battery)."""
    head = struct.pack(">BHH", DECENTLAB_VERSION, device_id, 0b11)
    body = struct.pack(f">{len(words)}H", *words)
    return Uplink(DECENTLAB_PORT, head + body + struct.pack(">H", round(battery_voltage * 1000)))
