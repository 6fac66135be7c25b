# SPDX-License-Identifier: EUPL-1.2
"""How times are compared: an interval by its start, and by the relations of ISO 19108 (Allen's).

A bound that follows from a relation is said too where it speaks of the start alone, so that the database can leave out
whole months of observations.
"""

from dataclasses import dataclass

SIGNS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}

# What a relation says of (s1, e1) and (s2, e2); an instant ends as it starts.
RELATIONS = {
    "before": "{e1} < {s2} AND {s1} < {s2}",
    "after": "{s1} > {e2}",
    "meets": "{e1} = {s2} AND {s1} <= {s2}",
    "during": "{s1} > {s2} AND {e1} < {e2} AND {s1} < {e2}",
    "overlaps": "{s1} < {s2} AND {e1} > {s2} AND {e1} < {e2}",
    "starts": "{s1} = {s2} AND {e1} < {e2}",
    "finishes": "{s1} > {s2} AND {e1} = {e2} AND {s1} <= {e2}",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` to `end` in SQL; without `end` an instant; `open` if the end may be null, for an instant too."""

    start: str
    end: str = ""
    open: bool = False

    @property
    def last(self) -> str:
        """Where it ends; an instant where it starts."""
        if not self.end:
            return self.start
        return f"coalesce({self.end}, {self.start})" if self.open else self.end


def compare(operator: str, left: Stretch, right: Stretch) -> str:
    """The comparison: greater and less by the start, equal only with both ends the same."""
    if operator not in ("eq", "ne"):
        return f"({left.start} {SIGNS[operator]} {right.start})"
    same, joined = ("=", " AND ") if operator == "eq" else ("IS DISTINCT FROM", " OR ")
    parts = [f"{left.start} {same} {right.start}"]
    if left.end or right.end:
        parts.append(f"{left.last} {same} {right.last}")
    return f"({joined.join(parts)})"


def relate(relation: str, left: Stretch, right: Stretch) -> str:
    """Whether the left lies to the right in this relation."""
    said = RELATIONS[relation].format(s1=left.start, e1=left.last, s2=right.start, e2=right.last)
    return f"({said})"
