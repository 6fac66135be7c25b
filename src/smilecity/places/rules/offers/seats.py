# SPDX-License-Identifier: EUPL-1.2
"""Who gets a seat: in order of asking, and nobody overtakes those who wait."""

from collections.abc import Iterable

COMES, WAITS = "comes", "waits"


def state_of(seats: int, capacity: int | None, taken: int, *, others_wait: bool) -> str:
    """Whether somebody who asks for so many seats comes, or waits."""
    if capacity is None:
        return COMES
    return COMES if not others_wait and taken + seats <= capacity else WAITS


def moving_up(waiting: Iterable[tuple[int, int]], capacity: int | None, taken: int) -> list[int]:
    """Which of those who wait, as (id, seats) in their order, come now: all up to the first that does not fit."""
    found = []
    for one, seats in waiting:
        if capacity is not None and taken + seats > capacity:
            break
        taken += seats
        found.append(one)
    return found
