# SPDX-License-Identifier: EUPL-1.2
"""How the offers of the demo city are written down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from smilecity.places.demo.table import Pair

WEEKLY, FORTNIGHTLY, MONTHLY, ONCE = "weekly", "fortnightly", "monthly", "once"
MO, TU, WE, TH, FR, SA, SU = range(7)
HERE: dict[str, Any] = {"registration": "here"}
FREE: dict[str, Any] = {"free": True}


@dataclass(frozen=True, slots=True)
class DemoOffer:
    """An offer: `on` is a weekday, `more` is what else is said of it, by name."""

    key: str
    category: str
    place: str
    keeper: str
    on: int
    at: str
    minutes: int
    de: Pair
    en: Pair
    often: str = WEEKLY
    more: Mapping[str, Any] = field(default_factory=dict)
