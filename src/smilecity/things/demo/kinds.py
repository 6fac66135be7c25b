# SPDX-License-Identifier: EUPL-1.2
"""Kinds of sensors in the demo city: which device each is, how often it speaks, which datastreams it feeds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from smilecity.things.demo.devices import (
    BIN_LEVEL,
    PEOPLE_COUNTER,
    SOIL_MOISTURE,
    SOUND_LEVEL,
    WEATHER_STATION,
    Model,
)


@dataclass(frozen=True, slots=True)
class Stream:
    """A datastream and the decoded field that feeds it: value = field x `scale` + `offset`, in `unit` (UCUM code)."""

    name: str
    field: str
    what: str
    unit: tuple[str, str]
    people: bool = False
    scale: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of sensor: its model, how often it speaks, and what it tells. `what` keys are in `PROPERTIES`."""

    model: Model
    every: timedelta
    streams: tuple[Stream, ...]


@dataclass(frozen=True, slots=True, order=True)
class Sensor:
    """One device in the city. `busy` is how many people come at the best hour, for those that count.

    An `internal` one is seen by those who look after the city only.
    """

    eui: str
    kind: str
    thing: str
    title: tuple[str, str]
    position: tuple[float, float]
    busy: float = 0.0
    indoors: bool = False
    internal: bool = False

    @property
    def number(self) -> int:
        """A small number of its own, as devices carry one in their messages."""
        return int(self.eui[-4:], 16)


# What is observed: its name, its definition, and what residents call it in German and English.
PROPERTIES = {
    "people": (
        "People",
        "urn:smilecity:property:people-present",
        ("Anzahl der Menschen", "Number of people"),
    ),
    "temperature": (
        "Air temperature",
        "http://vocab.nerc.ac.uk/standard_name/air_temperature/",
        ("Lufttemperatur", "Air temperature"),
    ),
    "wind": ("Wind speed", "http://vocab.nerc.ac.uk/standard_name/wind_speed/", ("Wind", "Wind")),
    "gust": (
        "Wind speed of gust",
        "http://vocab.nerc.ac.uk/standard_name/wind_speed_of_gust/",
        ("Windböen", "Gusts of wind"),
    ),
    "rain": (
        "Rain since the last report",
        "http://vocab.nerc.ac.uk/standard_name/rainfall_amount/",
        ("Regen seit der letzten Meldung", "Rain since the last report"),
    ),
    "sound": (
        "Sound pressure level",
        "urn:smilecity:property:sound-level-a-weighted",
        ("Schallpegel", "Sound level"),
    ),
    "soil": (
        "Soil moisture",
        "urn:smilecity:property:soil-moisture-relative",
        ("Bodenfeuchte", "Soil moisture"),
    ),
    "fill": ("Fill level", "urn:smilecity:property:fill-level", ("Füllstand", "Fill level")),
    "battery": (
        "Battery level",
        "urn:smilecity:property:battery-level",
        ("Batterie des Sensors", "The sensor's battery"),
    ),
}

PERCENT = ("%", "%")
EMPTY_BIN_MILLIMETRES = 1000

_BATTERY = Stream("battery", "battery", "battery", PERCENT)
_PEOPLE = (Stream("people", "region_1_count", "people", ("1", ""), people=True),)

KINDS = {
    "people": Kind(PEOPLE_COUNTER, timedelta(minutes=5), _PEOPLE),
    # The same counter, set to speak less often, as where it need not be known to the minute.
    "visitors": Kind(PEOPLE_COUNTER, timedelta(minutes=15), _PEOPLE),
    "weather": Kind(
        WEATHER_STATION,
        timedelta(minutes=10),
        (
            Stream("temperature", "air_temperature", "temperature", ("Cel", "°C")),
            Stream("wind", "wind_speed", "wind", ("m/s", "m/s")),
            Stream("gust", "maximum_wind_speed", "gust", ("m/s", "m/s")),
            Stream("rain", "precipitation", "rain", ("mm", "mm")),
        ),
    ),
    "sound": Kind(
        SOUND_LEVEL,
        timedelta(minutes=10),
        (Stream("sound", "level_equivalent", "sound", ("dB", "dB(A)")), _BATTERY),
    ),
    "soil": Kind(
        SOIL_MOISTURE,
        timedelta(minutes=20),
        (Stream("soil", "soil_moisture_at_depth_0", "soil", PERCENT),),
    ),
    "bin": Kind(
        BIN_LEVEL,
        timedelta(minutes=20),
        (
            Stream("fill", "distance", "fill", PERCENT, scale=-100 / EMPTY_BIN_MILLIMETRES, offset=100.0),
            _BATTERY,
        ),
    ),
}
