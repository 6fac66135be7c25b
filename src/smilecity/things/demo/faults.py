# SPDX-License-Identifier: EUPL-1.2
"""Three of the demo's sensors are not well, so that the watch has something true to find."""

from __future__ import annotations

from datetime import datetime, timedelta

SILENT, STUCK, JUMPING = "kunsthalle-schall", "bibliothek-luetten-klein-schall", "heide-wetter"
SILENT_FOR = timedelta(hours=30)  # before the demo was opened
STUCK_FOR = timedelta(hours=20)
JUMPS_EVERY = timedelta(hours=4)
JUMP_LASTS = timedelta(minutes=10)  # one message
LEAP = 35.0  # degrees


def says(thing: str, moment: datetime, opened: datetime) -> bool:
    """Whether this sensor still speaks."""
    return thing != SILENT or moment < opened - SILENT_FOR


def felt_at(thing: str, moment: datetime, opened: datetime) -> datetime:
    """Of which moment this sensor tells; one that is stuck always of the same."""
    return min(moment, opened - STUCK_FOR) if thing == STUCK else moment


def leap(thing: str, moment: datetime) -> float:
    """What is wrong about the temperature that this sensor tells: now and then much."""
    jumps = thing == JUMPING and moment.timestamp() % JUMPS_EVERY.total_seconds() < JUMP_LASTS.total_seconds()
    return LEAP if jumps else 0.0
