# SPDX-License-Identifier: EUPL-1.2
"""What holds of geometry, areas and tiles: decided without a database."""

from smilecity.space.rules.areas import (
    LEVELS,
    checked_key,
    checked_level,
    checked_names,
    checked_time,
    depth,
    holds_on,
)
from smilecity.space.rules.geometry import MOST_POSITIONS, checked_geometry, holds, positions, touches

__all__ = [
    "LEVELS",
    "MOST_POSITIONS",
    "checked_geometry",
    "checked_key",
    "checked_level",
    "checked_names",
    "checked_time",
    "depth",
    "holds",
    "holds_on",
    "positions",
    "touches",
]
