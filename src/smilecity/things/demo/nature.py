# SPDX-License-Identifier: EUPL-1.2
"""What the demo's sensors would see: people, weather, noise. Smooth, plausible, and the same for the same seed."""

from __future__ import annotations

import math
import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from smilecity.things.demo import devices, faults
from smilecity.things.demo.devices import Uplink
from smilecity.things.demo.kinds import EMPTY_BIN_MILLIMETRES, Sensor

# How full a place is by the hour of a day, from 0 to 23 o'clock, as a share of its best hour.
OUTDOORS = (
    0,
    0,
    0,
    0,
    0,
    0,
    0.03,
    0.06,
    0.1,
    0.15,
    0.22,
    0.3,
    0.35,
    0.4,
    0.5,
    0.65,
    0.85,
    1,
    0.95,
    0.8,
    0.5,
    0.25,
    0.08,
    0,
)
INDOORS = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0.25, 0.5, 0.6, 0.5, 0.55, 0.7, 0.9, 1, 0.85, 0.5, 0.1, 0, 0, 0, 0)
STORM = 7.0  # metres a second from which people rather stay at home


class Nature:
    """Readings for any sensor at any moment; `zone` is the city's, because people live by its clock."""

    def __init__(self, seed: int, zone: ZoneInfo) -> None:
        self._seed = seed
        self._zone = zone

    def uplink(self, sensor: Sensor, moment: datetime) -> Uplink:
        """What this sensor sends at this moment (aware)."""
        speak = {
            "people": self._people,
            "visitors": self._people,
            "weather": self._weather,
            "sound": self._sound,
            "soil": self._soil,
            "bin": self._bin,
        }[sensor.kind]
        return speak(sensor, moment)

    def people(self, sensor: Sensor, moment: datetime) -> int:
        """How many are there."""
        local = moment.astimezone(self._zone)
        indoors = sensor.indoors
        share = _between(INDOORS if indoors else OUTDOORS, local)
        weekend = local.weekday() >= 5
        crowd = sensor.busy * share * (1.25 if weekend and not indoors else 1.0)
        if not indoors:
            crowd *= 0.35 if self.rain(moment) > 0.1 else 1.0
            crowd *= 0.6 if self.wind(moment) > STORM else 1.0
        return max(0, min(255, round(crowd * (0.55 + 0.9 * self._noise(sensor.eui, moment, minutes=25)))))

    def temperature(self, moment: datetime) -> float:
        """Degrees Celsius by the sea: the year's curve, the day's curve, and what the days bring."""
        local = moment.astimezone(self._zone)
        year = 9.5 - 8.5 * math.cos(2 * math.pi * (local.timetuple().tm_yday - 25) / 365)
        day = -3.0 * math.cos(2 * math.pi * (local.hour + local.minute / 60 - 3) / 24)
        return round(year + day + 6 * (self._noise("warm", moment, minutes=2000) - 0.5), 1)

    def wind(self, moment: datetime) -> float:
        """Metres a second, ten-minute mean."""
        blow = self._noise("wind", moment, minutes=300)
        return round(1.0 + 8 * blow * math.sqrt(blow) + self._noise("gust", moment, minutes=20), 2)

    def rain(self, moment: datetime) -> float:
        """Millimetres in ten minutes."""
        wet = self._noise("rain", moment, minutes=180)
        return round(max(0.0, wet - 0.78) * 4 * self._noise("drops", moment, minutes=15), 3)

    def _people(self, sensor: Sensor, moment: datetime) -> Uplink:
        there = self.people(sensor, moment)
        minutes = int(moment.timestamp() // 60)
        came = minutes % 1_000_000 + there
        return devices.people_counter(came, came - there, there, 0, (there, 0, 0, 0))

    def _weather(self, sensor: Sensor, moment: datetime) -> Uplink:
        local = moment.astimezone(self._zone)
        sun = max(0.0, math.sin(math.pi * (local.hour + local.minute / 60 - 7) / 10))
        wind = self.wind(moment)
        return devices.weather_station(
            sensor.number,
            2.9,
            air_temperature=self.temperature(moment) + faults.leap(sensor.thing, moment),
            relative_humidity=round(60 + 35 * self._noise("damp", moment, minutes=400), 1),
            atmospheric_pressure=round(100 + 2.5 * self._noise("pressure", moment, minutes=3000), 2),
            wind_speed=wind,
            wind_direction=round(359 * self._noise("vane", moment, minutes=600), 1),
            maximum_wind_speed=round(wind * (1.3 + 0.5 * self._noise("blow", moment, minutes=10)), 2),
            precipitation=self.rain(moment),
            solar_radiation=round(450 * sun * (0.3 + 0.7 * self._noise("cloud", moment, minutes=90))),
        )

    def _sound(self, sensor: Sensor, moment: datetime) -> Uplink:
        hours = INDOORS if sensor.indoors else OUTDOORS
        share = _between(hours, moment.astimezone(self._zone))
        quiet = 36 + 20 * share + 6 * self._noise(sensor.eui, moment, minutes=20)
        return devices.sound_level(
            _battery(sensor), round(quiet + 1.5, 1), round(quiet, 1), round(quiet + 12, 1)
        )

    def _soil(self, sensor: Sensor, moment: datetime) -> Uplink:
        moist = 18 + 22 * self._noise(sensor.eui, moment, minutes=4000)
        ground = self.temperature(moment - timedelta(hours=5))
        return devices.soil_moisture(
            sensor.number, 3.0, [(moist + 1.5 * d, ground - 0.2 * d) for d in range(8)]
        )

    def _bin(self, sensor: Sensor, moment: datetime) -> Uplink:
        """Fills from its emptying at six in the morning, in the afternoon fastest."""
        local = moment.astimezone(self._zone)
        since = (local - local.replace(hour=6, minute=0, second=0)).total_seconds() / 3600 % 24
        filled = min(
            0.95,
            0.05 + 0.8 * (since / 24) ** 1.4 * (0.6 + 0.8 * self._noise(sensor.eui, moment, minutes=1440)),
        )
        return devices.bin_level(_battery(sensor), round(EMPTY_BIN_MILLIMETRES * (1 - filled)))

    def _noise(self, name: str, moment: datetime, minutes: int) -> float:
        """From 0 to 1: random at every step of so many minutes, smooth between."""
        place = moment.timestamp() / 60 / minutes
        step = math.floor(place)
        before, after = (random.Random(f"{self._seed}|{name}|{s}").random() for s in (step, step + 1))  # noqa: S311
        ease = (1 - math.cos(math.pi * (place - step))) / 2
        return before + (after - before) * ease


def _battery(sensor: Sensor) -> int:
    """Percent: of each sensor another, a few of them nearly empty."""
    return 100 - sensor.number * 37 % 90


def _between(hours: tuple[float, ...], local: datetime) -> float:
    share = local.minute / 60
    return hours[local.hour] * (1 - share) + hours[(local.hour + 1) % 24] * share
