# SPDX-License-Identifier: EUPL-1.2
"""The demo city's sensors: what hangs where, which device it is, and which datastreams it feeds."""

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
    """One device in the city. `busy` is how many people come at the best hour, for those that count."""

    eui: str
    kind: str
    thing: str
    title: tuple[str, str]
    position: tuple[float, float]
    busy: float = 0.0

    @property
    def number(self) -> int:
        """A small number of its own, as devices carry one in their messages."""
        return int(self.eui[-4:], 16)


PROPERTIES = {
    "people": ("People", "urn:smilecity:property:people-present"),
    "temperature": ("Air temperature", "http://vocab.nerc.ac.uk/standard_name/air_temperature/"),
    "wind": ("Wind speed", "http://vocab.nerc.ac.uk/standard_name/wind_speed/"),
    "gust": ("Wind speed of gust", "http://vocab.nerc.ac.uk/standard_name/wind_speed_of_gust/"),
    "rain": ("Rain since the last report", "http://vocab.nerc.ac.uk/standard_name/rainfall_amount/"),
    "sound": ("Sound pressure level", "urn:smilecity:property:sound-level-a-weighted"),
    "soil": ("Soil moisture", "urn:smilecity:property:soil-moisture-relative"),
    "fill": ("Fill level", "urn:smilecity:property:fill-level"),
}

PERCENT = ("%", "%")
EMPTY_BIN_MILLIMETRES = 1000

KINDS = {
    "people": Kind(
        PEOPLE_COUNTER,
        timedelta(minutes=5),
        (Stream("people", "region_1_count", "people", ("1", ""), people=True),),
    ),
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
        (Stream("sound", "level_equivalent", "sound", ("dB", "dB(A)")),),
    ),
    "soil": Kind(
        SOIL_MOISTURE,
        timedelta(minutes=20),
        (Stream("soil", "soil_moisture_at_depth_0", "soil", PERCENT),),
    ),
    "bin": Kind(
        BIN_LEVEL,
        timedelta(minutes=20),
        (Stream("fill", "distance", "fill", PERCENT, scale=-100 / EMPTY_BIN_MILLIMETRES, offset=100.0),),
    ),
}

HAFENSPORT = (12.1253, 54.0918)
FLEET = (
    Sensor("70B3D57ED0050001", "people", "hafensport-korb", ("Zähler Basketballfeld", "Counter basketball court"),
           (12.1252, 54.0919), busy=13),
    Sensor("70B3D57ED0050002", "people", "hafensport-kraft", ("Zähler Kraftgeräte", "Counter workout bars"),
           (12.1256, 54.0918), busy=8),
    Sensor("70B3D57ED0050003", "weather", "hafensport-wetter", ("Wetterstation am Hafen", "Harbour weather station"),
           HAFENSPORT),
    Sensor("70B3D57ED0050004", "sound", "hafensport-schall", ("Schallpegel am Hafen", "Harbour sound level"),
           (12.1249, 54.0917)),
    Sensor("70B3D57ED0050005", "bin", "hafensport-eimer", ("Abfalleimer am Hafen", "Harbour litter bin"),
           (12.1250, 54.0920)),
    Sensor("70B3D57ED0050011", "people", "lindenpark-spiel", ("Zähler Spielplatz", "Counter playground"),
           (12.1061, 54.0879), busy=22),
    Sensor("70B3D57ED0050012", "soil", "lindenpark-boden", ("Bodenfeuchte Wiese", "Soil moisture lawn"),
           (12.1054, 54.0882)),
    Sensor("70B3D57ED0050021", "people", "iga-park-see", ("Zähler am Parkeingang", "Counter at the park entrance"),
           (12.0861, 54.1437), busy=45),
    Sensor("70B3D57ED0050022", "soil", "iga-park-boden", ("Bodenfeuchte Rosengarten", "Soil moisture rose garden"),
           (12.0868, 54.1425)),
    Sensor("70B3D57ED0050031", "people", "bibliothek-saal", ("Zähler Lesesaal", "Counter reading room"),
           (12.1337, 54.0884), busy=60),
    Sensor("70B3D57ED0050032", "sound", "bibliothek-schall", ("Schallpegel Lesesaal", "Sound level reading room"),
           (12.1338, 54.0884)),
    Sensor("70B3D57ED0050041", "people", "strand-aufgang", ("Zähler Strandaufgang", "Counter beach access"),
           (12.0743, 54.1806), busy=120),
    Sensor("70B3D57ED0050042", "weather", "strand-wetter", ("Wetterstation am Strand", "Beach weather station"),
           (12.0762, 54.1811)),
    Sensor("70B3D57ED0050043", "bin", "strand-eimer", ("Abfalleimer am Strand", "Beach litter bin"),
           (12.0745, 54.1804)),
    Sensor("70B3D57ED0050051", "people", "treff-cafe", ("Zähler Nachbarschaftscafé", "Counter neighbourhood café"),
           (12.0716, 54.1563), busy=18),
)  # fmt: skip
