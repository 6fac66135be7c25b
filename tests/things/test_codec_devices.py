# SPDX-License-Identifier: EUPL-1.2
"""The demo's devices and their codecs are each other's inverse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smilecity.things.codecs import Codec, SandboxNow
from smilecity.things.demo import devices
from smilecity.things.demo.devices import CODECS, Model, Uplink
from tests.examples import examples

BYTE = st.integers(0, 255)
BATTERY = st.integers(0, 100)
VOLTS = st.floats(0, 65.0)
DECIBELS = st.floats(0, 140)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxNow]:
    with SandboxNow() as one:
        yield one


def decoded(sandbox: SandboxNow, model: Model, uplink: Uplink) -> dict[str, Any]:
    script = (CODECS / "vendor" / model.vendor / f"{model.device}.js").read_text(encoding="utf-8")
    answer = sandbox.decode_now(Codec.of(script), uplink.f_port, uplink.payload)
    assert answer.warnings == ()
    assert len(uplink.payload) <= 51  # fits the slowest data rate
    return answer.data


def near(value: float, resolution: float) -> Any:
    return pytest.approx(value, abs=resolution * 0.51)


@settings(max_examples=examples(40), deadline=None)
@given(
    totals=st.tuples(*[st.integers(0, 2**32 - 1)] * 2),
    period=st.tuples(*[st.integers(0, 2**16 - 1)] * 2),
    regions=st.tuples(*[BYTE] * 4),
)
def test_people_counter(
    sandbox: SandboxNow, totals: tuple[int, int], period: tuple[int, int], regions: tuple[int, ...]
) -> None:
    data = decoded(sandbox, devices.PEOPLE_COUNTER, devices.people_counter(*totals, *period, regions))
    assert data == {
        "line_1_total_in": totals[0],
        "line_1_total_out": totals[1],
        "line_1_period_in": period[0],
        "line_1_period_out": period[1],
        **{f"region_{n}_count": count for n, count in enumerate(regions, start=1)},
    }


@settings(max_examples=examples(40), deadline=None)
@given(battery=BATTERY, levels=st.tuples(DECIBELS, DECIBELS, DECIBELS))
def test_sound_level(sandbox: SandboxNow, battery: int, levels: tuple[float, float, float]) -> None:
    data = decoded(sandbox, devices.SOUND_LEVEL, devices.sound_level(battery, *levels))
    assert data == {
        "battery": battery,
        "frequency_weighting": "A",
        "time_weighting": "fast",
        "level": near(levels[0], 0.1),
        "level_equivalent": near(levels[1], 0.1),
        "level_maximum": near(levels[2], 0.1),
    }


@settings(max_examples=examples(40), deadline=None)
@given(battery=BATTERY, distance=st.integers(0, 2**16 - 1), tilted=st.booleans())
def test_bin_level(sandbox: SandboxNow, battery: int, distance: int, tilted: bool) -> None:
    data = decoded(sandbox, devices.BIN_LEVEL, devices.bin_level(battery, distance, tilted=tilted))
    assert data == {"battery": battery, "distance": distance, "position": "tilt" if tilted else "normal"}


@settings(max_examples=examples(40), deadline=None)
@given(
    device=st.integers(0, 2**16 - 1),
    volts=VOLTS,
    readings=st.fixed_dictionaries(
        {
            "air_temperature": st.floats(-50, 60),
            "relative_humidity": st.floats(0, 100),
            "atmospheric_pressure": st.floats(50, 110),
            "wind_speed": st.floats(0, 40),
            "wind_direction": st.floats(0, 359.9),
            "maximum_wind_speed": st.floats(0, 60),
            "precipitation": st.floats(0, 32),
            "solar_radiation": st.floats(0, 1750),
            "vapor_pressure": st.floats(0, 47),
            "north_wind_speed": st.floats(-40, 40),
            "east_wind_speed": st.floats(-40, 40),
        }
    ),
)
def test_weather_station(sandbox: SandboxNow, device: int, volts: float, readings: dict[str, float]) -> None:
    data = decoded(sandbox, devices.WEATHER_STATION, devices.weather_station(device, volts, **readings))
    resolutions = {"precipitation": 0.001, "solar_radiation": 1.0}
    tenths = {"air_temperature", "relative_humidity", "wind_direction"}
    assert data["device_id"] == device
    assert data["battery_voltage"] == near(volts, 0.001)
    for name, value in readings.items():
        assert data[name] == near(value, resolutions.get(name, 0.1 if name in tenths else 0.01)), name


@settings(max_examples=examples(40), deadline=None)
@given(
    device=st.integers(0, 2**16 - 1),
    volts=VOLTS,
    depths=st.lists(st.tuples(st.floats(-5, 10), st.floats(-40, 80)), min_size=8, max_size=8),
)
def test_soil_moisture(
    sandbox: SandboxNow, device: int, volts: float, depths: list[tuple[float, float]]
) -> None:
    data = decoded(sandbox, devices.SOIL_MOISTURE, devices.soil_moisture(device, volts, depths))
    assert data["device_id"] == device
    for depth, (moisture, temperature) in enumerate(depths):
        assert data[f"soil_moisture_at_depth_{depth}"] == near(moisture, 0.002)
        assert data[f"soil_temperature_at_depth_{depth}"] == near(temperature, 0.01)


def test_a_profile_has_eight_depths() -> None:
    with pytest.raises(ValueError, match="eight"):
        devices.soil_moisture(1, 3.0, [(0.1, 10.0)])
