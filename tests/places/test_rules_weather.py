# SPDX-License-Identifier: EUPL-1.2
"""Wind and rain in words."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from smilecity.places.rules import weather


@pytest.mark.parametrize(
    ("speed", "symbol", "said"),
    [
        (0.0, "m/s", "windstill, 0 km/h"),
        (0.3, "m/s", "leiser Zug, 1 km/h"),
        (4.4, "m/s", "schwache Brise, 16 km/h"),
        (16, "km/h", "schwache Brise, 16 km/h"),
        (20, "kn", "frische Brise, 37 km/h"),
        (40, "m/s", "Orkan, 144 km/h"),
        (-1, "m/s", ""),
        (float("nan"), "m/s", ""),
        (4, "Umdrehungen", "4\N{NO-BREAK SPACE}Umdrehungen"),
    ],
)
def test_wind_by_beaufort(speed: float, symbol: str, said: str) -> None:
    assert weather.wind(speed, symbol) == said


@pytest.mark.parametrize(
    ("amount", "symbol", "said"),
    [
        (0, "mm/h", "kein Regen"),
        (0.1, "mm/h", "leichter Regen"),
        (2.5, "mm/h", "mäßiger Regen"),
        (10, "mm/h", "starker Regen"),
        (90, "mm/h", "sehr starker Regen"),
        (0, "mm", "kein Regen"),
        (0.4, "mm", "Regen, 0,4\N{NO-BREAK SPACE}mm"),
        (-1, "mm", ""),
    ],
)
def test_rain(amount: float, symbol: str, said: str) -> None:
    assert weather.rain(amount, symbol) == said


def test_numbers_follow_the_language() -> None:
    assert weather.measured(23.44, "°C") == "23,4\N{NO-BREAK SPACE}°C"
    assert weather.measured(-0.01, "°C") == "0\N{NO-BREAK SPACE}°C"
    with translation.override("en"):
        assert weather.measured(23.44, "°C") == "23.4\N{NO-BREAK SPACE}°C"


@given(value=st.floats(), symbol=st.sampled_from(["m/s", "km/h", "mm", "mm/h", "", "x"]))
def test_no_value_breaks_a_page(value: float, symbol: str) -> None:
    for say in (weather.wind, weather.gust, weather.rain, weather.measured):
        said = say(value, symbol)
        assert "nan" not in said.lower()
        assert "inf" not in said.lower()
