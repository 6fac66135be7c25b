# SPDX-License-Identifier: EUPL-1.2
"""Which numbers may be shown, so that no few people can be reckoned out of them.

A number that is too small is hidden. That alone is not enough: a district minus its shown quarters gives what the
hidden ones have together. So whatever shown numbers leave over must be empty, or large enough by itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

Counts = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """Answers of a part of the city, by step of the scale. If it has `parts`, each of its answers is in one of them."""

    key: str
    counts: Counts
    parts: tuple["Cell", ...] = ()

    @property
    def size(self) -> int:
        """How many answers."""
        return sum(self.counts)


def together(key: str, parts: tuple[Cell, ...], steps: int) -> Cell:
    """A cell made of its parts."""
    return Cell(key, added((part.counts for part in parts), steps), parts)


def added(counts: Iterable[Counts], steps: int) -> Counts:
    """The sum, step by step."""
    rows = list(counts)
    return tuple(sum(row[n] for row in rows) for n in range(steps))


def shown(whole: Cell, threshold: int) -> frozenset[str]:
    """The keys of all cells that may be shown together.

    Of what can be added up or subtracted from them nothing counts fewer than `threshold` answers, unless it has none.
    """
    return frozenset(_shown(whole, threshold)) if whole.size >= threshold else frozenset()


def _shown(cell: Cell, threshold: int) -> Iterator[str]:
    yield cell.key
    large = sorted((p for p in cell.parts if p.size >= threshold), key=lambda part: (part.size, part.key))
    left_over = sum(part.size for part in cell.parts if part.size < threshold)
    if 0 < left_over < threshold:
        large = large[1:]  # the smallest of them is hidden too: that is enough, for it is large itself
    for part in large:
        yield from _shown(part, threshold)


def result(by_area: Cell, by_age: Cell, threshold: int) -> dict[str, object]:
    """What is kept of a round for good: both tables of the same answers, with null for what is hidden.

    Two tables of one whole leave over what each of them leaves over: a sum of areas is never one of ages.
    """
    return {
        "all": list(by_area.counts) if by_area.key in shown(by_area, threshold) else None,
        "areas": list(_rows(by_area, shown(by_area, threshold))),
        "ages": list(_rows(by_age, shown(by_age, threshold))),
    }


def _rows(cell: Cell, seen: frozenset[str], above: str = "") -> Iterator[dict[str, object]]:
    for part in cell.parts:
        yield {"key": part.key, "above": above, "counts": list(part.counts) if part.key in seen else None}
        yield from _rows(part, seen, part.key)
