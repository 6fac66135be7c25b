# SPDX-License-Identifier: EUPL-1.2
"""Wind, rain and other measured values in plain words."""

import math
from bisect import bisect_right

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from smilecity.core.problems import Sentence
from smilecity.things.rules import said

# Lower bounds of Beaufort 1 to 12 in metres a second (WMO).
BEAUFORT = (0.3, 1.6, 3.4, 5.5, 8.0, 10.8, 13.9, 17.2, 20.8, 24.5, 28.5, 32.7)
# Lower bounds of light, moderate, heavy and very heavy rain in millimetres an hour (DWD).
RAIN = (0.1, 2.5, 10.0, 50.0)
_WIND: tuple[Sentence, ...] = (
    _later("windstill"),
    _later("leiser Zug"),
    _later("leichte Brise"),
    _later("schwache Brise"),
    _later("mäßige Brise"),
    _later("frische Brise"),
    _later("starker Wind"),
    _later("steifer Wind"),
    _later("stürmischer Wind"),
    _later("Sturm"),
    _later("schwerer Sturm"),
    _later("orkanartiger Sturm"),
    _later("Orkan"),
)
_RAIN: tuple[Sentence, ...] = (
    _later("kein Regen"),
    _later("leichter Regen"),
    _later("mäßiger Regen"),
    _later("starker Regen"),
    _later("sehr starker Regen"),
)
_TO_METRES_A_SECOND = {"m/s": 1.0, "km/h": 1 / 3.6, "kn": 0.514444, "kt": 0.514444, "mph": 0.44704}
measured = said.measured


def wind(speed: float, symbol: str) -> str:
    """`schwache Brise, 16 km/h`; the bare number if its unit is none of speed; empty if it is no speed."""
    said, factor = gust(speed, symbol), _TO_METRES_A_SECOND.get(symbol)
    if not said or factor is None:
        return said
    return f"{_WIND[bisect_right(BEAUFORT, speed * factor)]}, {said}"


def gust(speed: float, symbol: str) -> str:
    """`16 km/h` of a speed in another unit; the bare number if its unit is none; empty if it is no speed."""
    known = kilometres_an_hour(speed, symbol)
    if known is None:
        return measured(speed, symbol)
    return f"{known:.0f} km/h" if speed >= 0 and math.isfinite(known) else ""


def kilometres_an_hour(speed: float, symbol: str) -> float | None:
    """A speed in the unit in which residents read it; nothing if its unit is none of speed."""
    factor = _TO_METRES_A_SECOND.get(symbol)
    return None if factor is None else speed * factor * 3.6


def rain(amount: float, symbol: str) -> str:
    """`leichter Regen` for an intensity (mm/h), `Regen, 0,4 mm` for an amount; empty if it is neither."""
    if not math.isfinite(amount) or amount < 0:
        return ""
    if symbol == "mm/h":
        return str(_RAIN[bisect_right(RAIN, amount)])
    if amount == 0:
        return str(_RAIN[0])
    return _("Regen, %(amount)s") % {"amount": measured(amount, symbol)}
