# SPDX-License-Identifier: EUPL-1.2
"""What a controller in software remembers: across a loss of power, and until the next one."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smilecity.places.rules.locks.messages import MOST_COUNTER

Span = tuple[int, int]


@dataclass(slots=True)
class Held:
    """A grant in the controller's memory."""

    version: int
    channel: int
    since: int
    until: int
    uses: int | None
    handles: list[Mapping[str, Any]]
    open: list[Span] | None
    """When its handles open; None: at any time, also while it is closed."""

    def opens_handles(self, at: int) -> bool:
        """Whether by what it was told then the place is open at this moment."""
        return self.open is None or any(start <= at < end for start, end in self.open)


@dataclass(frozen=True, slots=True)
class Effect:
    """A bolt was drawn: by which command, grant and handle, and when, truly and by the controller's clock."""

    channel: int
    grant: int
    at: datetime
    by_clock: datetime
    command: str = ""
    handle: str = ""
    step: int | None = None


@dataclass(slots=True)
class Lasting:
    """What survives a loss of power."""

    mine: int = 0
    theirs: int = 0


@dataclass(slots=True)
class Memory:
    """What does not."""

    boot: str = field(default_factory=lambda: secrets.token_hex(6))
    grants: dict[int, Held] = field(default_factory=dict)
    gone: dict[int, int] = field(default_factory=dict)
    taken: int = 0
    seen: set[int] = field(default_factory=set)
    answers: dict[str, tuple[str, str]] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    floor: int | None = None
    nonces: dict[str, datetime] = field(default_factory=dict)
    limits: int = 0
    closed: list[Mapping[str, int]] = field(default_factory=list)
    wrong: int = 0
    rests_until: datetime | None = None

    def is_closed(self, channel: int, at: int) -> bool:
        """Whether it was told that this door is closed at this moment."""
        return any(
            one["from"] <= at < one.get("until", MOST_COUNTER) and one.get("channel", channel) == channel
            for one in self.closed
        )
