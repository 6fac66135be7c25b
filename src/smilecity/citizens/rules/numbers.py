# SPDX-License-Identifier: EUPL-1.2
"""The months in figures, so that no small number tells of one person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

# Smaller ones, except none at all, are said as "fewer than five".
FEW = 5
GROUPS = ("kinds", "doors", "decisions", "hidden", "appeals", "owed")

Counts = Mapping[str, int]
Published = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Figures:
    """A month as it is published: `None` for fewer than `FEW`, or for what would give such a number away.

    `groups` are counts by code (`GROUPS`); `days` is the median from saying to deciding of what was decided.
    """

    month: date
    said: int | None
    decided: int | None
    days: float | None
    comments: int | None
    reports: int | None
    acts: int | None
    groups: Mapping[str, Published] = field(default_factory=dict)


def published(month: date, figures: Mapping[str, Any]) -> Figures:
    """What is published of the figures that are kept of a month."""
    groups = {name: small_hidden(figures.get(name, {})) for name in GROUPS}
    decided = sum(figures.get("decisions", {}).values())
    return Figures(
        month=month,
        said=_total(figures.get("said", 0), groups["kinds"], groups["doors"]),
        decided=_total(decided, groups["decisions"]),
        days=figures.get("days") if decided >= FEW else None,
        comments=_few(figures.get("comments", 0)),
        reports=_few(figures.get("reports", 0)),
        acts=_total(figures.get("acts", 0), groups["hidden"], groups["appeals"]),
        groups=groups,
    )


def small_hidden(counts: Counts) -> Published:
    """The counts without small ones. Of one that is hidden alone the total would tell, so the next goes with it."""
    hidden = {code for code, count in counts.items() if 0 < count < FEW}
    if len(hidden) == 1:
        others = sorted((count, code) for code, count in counts.items() if count >= FEW)
        hidden |= {code for _count, code in others[:1]}
    return {code: None if code in hidden else count for code, count in sorted(counts.items())}


def _few(count: int) -> int | None:
    return None if 0 < count < FEW else count


def _total(count: int, *groups: Published) -> int | None:
    """A total, unless it is small itself or gives away the only hidden one of a group."""
    alone = any(sum(one is None for one in group.values()) == 1 for group in groups)
    return None if alone else _few(count)
