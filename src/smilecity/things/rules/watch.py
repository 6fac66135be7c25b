# SPDX-License-Identifier: EUPL-1.2
"""What is odd about a value, and when silence is odd: decided from limits that people set or that were learned.

A rare false alarm costs more trust than a late one is worth, so whatever is learned is learned generously, and only
where there is enough to learn from.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from smilecity.things.rules.physics import Kind

RANGE, JUMP, STUCK = 1, 2, 4
BITS = {"range": RANGE, "jump": JUMP, "stuck": STUCK}
LOOKED_BACK = 3  # values that a jump is told from
MOST_LEARNED = 2000  # values that are learned from, and from how far back
LEARNED_FROM = timedelta(days=28)
ENOUGH_GAPS, ENOUGH_STEPS, ENOUGH_VALUES = 12, 100, 100
SOONEST_SILENT = timedelta(minutes=10)
SOONEST_STUCK = timedelta(hours=6)
A_DAY = timedelta(days=1)
AGAIN = 3  # what happened once or twice was an incident, what happened three times is how it is


@dataclass(frozen=True, slots=True)
class Value:
    """A number at a moment. `flags` says what was found odd about it before, 0 for nothing."""

    at: datetime
    number: float
    flags: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a datastream's values are held against; None: not watched for that.

    `rests`: zero may stay as long as it will.
    """

    interval: timedelta | None = None
    low: float | None = None
    high: float | None = None
    most_step: float | None = None
    stuck_after: timedelta | None = None
    rests: bool = True


@dataclass(frozen=True, slots=True)
class Learned:
    """What is usual: every so often a value, silence no longer than `quiet_after`, steps and stillness up to these."""

    interval: timedelta | None = None
    quiet_after: timedelta | None = None
    most_step: float | None = None
    stuck_after: timedelta | None = None


def codes(flags: int | None) -> list[str]:
    """The bits by name, the most telling first."""
    return [code for code, bit in BITS.items() if (flags or 0) & bit]


def judge(
    before: Sequence[Value], values: Sequence[Value], limits: Limits, same_since: datetime | None = None
) -> tuple[list[int], datetime | None]:
    """The flags of each of `values`, in order of time, and since when the last of them has been the same.

    `before` are up to `LOOKED_BACK` values right before them; `same_since` is since when the last of those has been.
    """
    known = list(before)
    same = same_since if same_since is not None else (known[-1].at if known else None)
    found = []
    for one in values:
        if not known or known[-1].number != one.number or same is None:
            same = one.at
        found.append(_of_range(one, limits) | _of_jump(known, one, limits) | _of_stuck(same, one, limits))
        known = [*known[1 - LOOKED_BACK :], one]
    return found, same


def is_quiet(
    last: datetime | None, quiet_after: timedelta | None, silent_after: timedelta, now: datetime
) -> bool:
    """Whether a datastream that was heard before says less than it usually does; unlearned, less than was promised."""
    return last is not None and now - last > (quiet_after or silent_after)


def learn(values: Sequence[Value], kind: Kind) -> Learned:
    """What is usual of these values, in order of time; what was odd about them teaches nothing."""
    interval = usual_interval([_seconds(one, other) for one, other in itertools.pairwise(values)])
    if interval is None:
        return Learned()
    sound = [one for one in values if not one.flags]
    return Learned(
        interval,
        usual_quiet(values, interval),
        usual_step(sound, interval, kind.least_step) if kind.least_step is not None else None,
        usual_stillness(sound, interval, rests=kind.rests) if kind.varies else None,
    )


def usual_interval(gaps: Iterable[float]) -> timedelta | None:
    """The gap (in seconds) that half of the time passes in gaps no longer than; None if there are too few.

    Of time, not of gaps, so that bursts count for as little as they last; without the longest fiftieth, at least one,
    so that an outage does not count at all.
    """
    known = sorted(gap for gap in gaps if gap > 0)
    if len(known) < ENOUGH_GAPS:
        return None
    known = known[: len(known) - max(1, len(known) // 50)]
    half, passed = sum(known) / 2, 0.0
    for gap in known:
        passed += gap
        if passed >= half:
            return timedelta(seconds=gap)
    return timedelta(seconds=known[-1])


def usual_quiet(values: Sequence[Value], interval: timedelta) -> timedelta:
    """How long it may say nothing: four usual intervals, and half as long again as it has said nothing three times."""
    gaps = sorted(_seconds(one, other) for one, other in itertools.pairwise(values))
    again = timedelta(seconds=gaps[-AGAIN]) if len(gaps) >= AGAIN else interval
    return max(SOONEST_SILENT, 4 * interval, 3 * again / 2)


def usual_step(values: Sequence[Value], interval: timedelta, least: float) -> float | None:
    """The most that values a usual interval apart may differ: ten times what nine of ten stay below, `least` at least."""
    longest = 2 * interval.total_seconds()
    steps = sorted(
        abs(other.number - one.number)
        for one, other in itertools.pairwise(values)
        if _seconds(one, other) <= longest
    )
    if len(steps) < ENOUGH_STEPS:
        return None
    return max(least, 10 * steps[len(steps) * 9 // 10])


def usual_stillness(values: Sequence[Value], interval: timedelta, *, rests: bool) -> timedelta | None:
    """How long the same value may stay: three times as long as it has three times. None where it hardly ever changes."""
    if len(values) < ENOUGH_VALUES or values[-1].at - values[0].at < A_DAY:
        return None
    still = sorted(_stillnesses(values, rests=rests))
    if len(still) < AGAIN or still[-AGAIN] > (values[-1].at - values[0].at) / 10:
        return None
    return max(SOONEST_STUCK, 30 * interval, 3 * still[-AGAIN])


def _stillnesses(values: Sequence[Value], *, rests: bool) -> Iterator[timedelta]:
    """How long each value stayed the same."""
    for number, same in itertools.groupby(values, key=lambda one: one.number):
        found = list(same)
        if not (rests and number == 0):
            yield found[-1].at - found[0].at


def stretches(times: Sequence[datetime], apart: timedelta) -> list[tuple[datetime, datetime]]:
    """From when to when these moments lie, in order: those no further apart than that are one stretch."""
    found: list[tuple[datetime, datetime]] = []
    for at in sorted(times):
        if found and at - found[-1][1] <= apart:
            found[-1] = (found[-1][0], at)
        else:
            found.append((at, at))
    return found


def _of_range(one: Value, limits: Limits) -> int:
    low = limits.low is not None and one.number < limits.low
    high = limits.high is not None and one.number > limits.high
    return RANGE if low or high else 0


def _of_jump(known: Sequence[Value], one: Value, limits: Limits) -> int:
    """A value far from each of those before it: so a spike is one odd value, and a new level is odd but once.

    After a longer gap than usual it may differ by as much more.
    """
    if limits.most_step is None or len(known) < LOOKED_BACK:
        return 0
    longer = _seconds(known[-1], one) / limits.interval.total_seconds() if limits.interval else 1.0
    most = limits.most_step * max(1.0, longer)
    return 0 if any(abs(one.number - other.number) <= most for other in known) else JUMP


def _of_stuck(same: datetime, one: Value, limits: Limits) -> int:
    if limits.stuck_after is None or (limits.rests and one.number == 0):
        return 0
    return STUCK if one.at - same > limits.stuck_after else 0


def _seconds(one: Value, other: Value) -> float:
    return (other.at - one.at).total_seconds()
