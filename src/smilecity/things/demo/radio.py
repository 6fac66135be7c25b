# SPDX-License-Identifier: EUPL-1.2
"""The two gateways that hear the demo's sensors, and how well."""

from __future__ import annotations

import math
from typing import Any

from smilecity.things.demo.kinds import Sensor

# Where they stand, longitude and latitude, and how people call them.
GATEWAYS = {
    "demo-hafen": ((12.1280, 54.0925), "Speicher am Hafen"),
    "demo-nordwest": ((12.0790, 54.1600), "Hochhaus im Nordwesten"),
}
FARTHEST = 9.0  # kilometres
KILOMETRES_A_DEGREE = 111.3


def heard(sensor: Sensor) -> list[dict[str, Any]]:
    """Who hears this sensor, as The Things Stack tells it: nearer is stronger, and one gateway always does."""
    found = sorted((_kilometres(sensor.position, where), one) for one, (where, _name) in GATEWAYS.items())
    near = [(far, one) for far, one in found if far <= FARTHEST] or found[:1]
    return [
        {
            "gateway_ids": {"gateway_id": one},
            "rssi": round(-80 - 4.5 * far),
            "snr": round(10 - 1.3 * far, 1),
            "location": {"latitude": GATEWAYS[one][0][1], "longitude": GATEWAYS[one][0][0]},
        }
        for far, one in near
    ]


def _kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    east = (one[0] - other[0]) * math.cos(math.radians(one[1]))
    return math.hypot(east, one[1] - other[1]) * KILOMETRES_A_DEGREE
