# SPDX-License-Identifier: EUPL-1.2
"""What answers on a scale say, and how sure it is: shares and means, each with its interval of 95 per cent."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import NormalDist

_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Sure:
    """A value, and between which two it is with 95 per cent."""

    low: float
    value: float
    high: float

    def apart(self, other: "Sure") -> bool:
        """Whether the two intervals have nothing in common."""
        return self.high < other.low or other.high < self.low


def share(part: int, whole: int) -> Sure:
    """The share of `part` in `whole` with Wilson's interval, which is sound for few answers and at both ends."""
    if not 0 <= part <= whole or not whole:
        raise ValueError("a part of at least one")
    middle = (part + _Z**2 / 2) / (whole + _Z**2)
    half = _Z * sqrt(part * (whole - part) / whole + _Z**2 / 4) / (whole + _Z**2)
    # At both ends the exact bound is the end itself; what is computed misses it by a rounding error.
    low = 0.0 if part == 0 else max(0.0, middle - half)
    high = 1.0 if part == whole else min(1.0, middle + half)
    return Sure(low, part / whole, high)


def content(counts: Sequence[int]) -> Sure:
    """The share of those who chose one of the two best steps."""
    return share(counts[-1] + counts[-2], sum(counts))


def mean(counts: Sequence[int]) -> Sure:
    """The mean step (1 is the worst) with Student's interval, kept within the scale.

    Where all say the same it is reckoned as if one had been a step off: a few like answers are no certainty.
    """
    size = sum(counts)
    if size < 2:
        raise ValueError("a spread needs two answers")
    value = sum(step * many for step, many in enumerate(counts, start=1)) / size
    squares = sum(many * (step - value) ** 2 for step, many in enumerate(counts, start=1))
    half = quantile(size - 1) * sqrt(max(squares / (size - 1), 1 / size) / size)
    return Sure(max(1.0, value - half), value, min(float(len(counts)), value + half))


def quantile(freedom: int) -> float:
    """Student's t at 97.5 per cent, by its expansion around the normal one; to 0.002 from four degrees of freedom on.

    Below that the expansion is too small; no caller has so few, for nothing is shown below five answers.
    """
    z, v = _Z, float(freedom)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / v**power for power, term in enumerate(terms, start=1)) if v else inf


def change(before: Sequence[int], now: Sequence[int]) -> int:
    """1 if it is better than before, -1 if worse, 0 if both may be the same: then their intervals overlap."""
    then, today = mean(before), mean(now)
    if not today.apart(then):
        return 0
    return 1 if today.value > then.value else -1


def fifth(mean: float) -> int:
    """In which fifth of the scale from 1 to 5 a mean lies: 1 for the lowest, 5 for the highest."""
    return min(5, int((mean - 1) / 0.8 + 1e-9) + 1)


def fifth_bounds(step: int) -> tuple[float, float]:
    """From where to where such a fifth goes."""
    return 1 + (step - 1) * 0.8, 1 + step * 0.8
