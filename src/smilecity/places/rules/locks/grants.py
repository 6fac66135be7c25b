# SPDX-License-Identifier: EUPL-1.2
"""How far a grant reaches where nobody can be asked."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from smilecity.places.rules.openness import Span

AFTER_HOURS = ("staff",)
"""Grants of those who must get in when the place is closed, too, such as after a storm."""
KNOWN_AHEAD = timedelta(days=60)
"""So far ahead a controller is told when the place is open; a message has its limits."""


def carried(spans: Mapping[int, Span]) -> dict[int, datetime]:
    """Which of one person's grants for a door their cards, PINs and codes open, and until when: one at any moment.

    A controller that cannot ask takes what fits exactly one grant, so where two overlap, one must carry them: the
    one that begins later takes over, unless it ends no later than the one before; so no moment is lost.
    """
    found: dict[int, datetime] = {}
    last = None
    for number, (start, end) in sorted(
        spans.items(), key=lambda one: (one[1][0], -one[1][1].timestamp(), one[0])
    ):
        if last is not None and end <= found[last]:
            continue
        if last is not None:
            found[last] = min(found[last], start)
        found[number], last = end, number
    return found
