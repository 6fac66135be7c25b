# SPDX-License-Identifier: EUPL-1.2
"""What a request with $apply asks for, checked: what is aggregated, and by what."""

from dataclasses import dataclass
from datetime import datetime

from smilecity.core.problems import Refusal
from smilecity.things.reads.sensorthings import paging
from smilecity.things.reads.sensorthings.buckets import Range, Stretch
from smilecity.things.rules.calendar import whole_hour
from smilecity.things.rules.odata import tree
from smilecity.things.rules.odata.functions import near

Name = tuple[str, ...]

# What can be grouped by beside time: the column, its type, whether it can be null.
GROUPS: dict[Name, tuple[str, paging.Type, bool]] = {
    ("Datastream", "id"): ("ds", "whole", False),
    ("Datastream", "@iot.id"): ("ds", "whole", False),
    ("Datastream", "name"): ("name", "text", False),
    ("FeatureOfInterest", "id"): ("feature", "whole", True),
    ("FeatureOfInterest", "@iot.id"): ("feature", "whole", True),
}
_BOUNDS = ("ge", "gt", "le", "lt")
_TIME = ("phenomenonTime",)


@dataclass(frozen=True, slots=True)
class Asked:
    """Between the `bounds` lies all that passes the filter; `of_hours` says whether whole hours do."""

    apply: tree.Apply
    stretch: Stretch | None
    groups: tuple[Name, ...]
    bounds: Range
    of_hours: bool
    descending: bool
    counts: bool
    top: int | None
    skip: int

    @classmethod
    def of(cls, request: tree.Request) -> "Asked":
        """Refuses what does not go together with $apply, and what cannot be grouped by or aggregated."""
        query, apply = request.query, request.query.apply
        assert apply is not None
        _alone(request)
        bounds = _bounds(apply.filter)
        stretch = Stretch.of(apply.bucket, bounds) if apply.bucket else None
        for member in apply.by:
            if member.path not in GROUPS:
                known = ["/".join(name) for name in GROUPS]
                raise _unknown(member, "cannot be grouped by", known)
        for one in apply.aggregates:
            _aggregated(one)
        return cls(
            apply,
            stretch,
            tuple(dict.fromkeys(member.path for member in apply.by)),
            bounds,
            _is_of_hours(apply.filter),
            _descending(query, stretch),
            bool(query.count),
            query.top,
            query.skip,
        )

    @property
    def aggregates(self) -> tuple[tree.Aggregate, ...]:
        """What is worked out for each group."""
        return self.apply.aggregates

    @property
    def filter(self) -> tree.Expression | None:
        """Which observations are looked at."""
        return self.apply.filter

    @property
    def columns(self) -> list[str]:
        """The columns grouped by beside time."""
        return list(dict.fromkeys(GROUPS[name][0] for name in self.groups))


def _alone(request: tree.Request) -> None:
    query, path = request.query, request.path
    last = path.steps[-1] if path.steps else None
    if last is None or last.name != "Observations" or last.id is not None or path.end != "entity":
        raise _bad("$apply is offered on Observations", "As in Datastreams(1)/Observations?$apply=...")
    if query.filter is not None:
        raise _bad("$filter does not go with $apply", "Write $apply=filter(...)/groupby(...).")
    if query.select or query.expand or query.result_format != "json":
        raise _bad(
            "$select, $expand and $resultFormat do not go with $apply", "It answers what is aggregated."
        )


def _aggregated(one: tree.Aggregate) -> None:
    if one.member is None:
        return
    first, *rest = one.member.path
    if first not in ("result", "parameters"):
        raise _unknown(one.member, "cannot be aggregated", ["result", "parameters"])
    if first == "parameters" and not rest:
        raise Refusal(
            "odata.wrong-type",
            f"$apply, character {one.member.at + 1}: parameters as a whole cannot be aggregated.",
            cure="Say which one, as in parameters/battery.",
            field="$apply",
        )


def _bounds(condition: tree.Expression | None) -> Range:
    """Between which moments all that passes the filter lies, as far as it says so in so many words."""
    if not isinstance(condition, tree.Binary):
        return None, None
    if condition.operator == "and":
        return _narrowed(_bounds(condition.left), _bounds(condition.right))
    moment = _of_time(condition)
    if moment is None or condition.operator not in _BOUNDS:
        return None, None
    return (moment, None) if condition.operator in ("ge", "gt") else (None, moment)


def _is_of_hours(condition: tree.Expression | None) -> bool:
    """Whether the filter is nothing but bounds, and whole hours lie between them."""
    if condition is None:
        return True
    if not isinstance(condition, tree.Binary):
        return False
    if condition.operator == "and":
        return _is_of_hours(condition.left) and _is_of_hours(condition.right)
    moment = _of_time(condition)
    return condition.operator in ("ge", "lt") and moment is not None and whole_hour(moment) == moment


def _of_time(condition: tree.Binary) -> datetime | None:
    """The instant that phenomenonTime is compared with."""
    left, right = condition.left, condition.right
    if not (isinstance(left, tree.Member) and left.path == _TIME and isinstance(right, tree.Moment)):
        return None
    return right.start if right.end is None else None


def _narrowed(one: Range, other: Range) -> Range:
    since = [moment for moment in (one[0], other[0]) if moment is not None]
    until = [moment for moment in (one[1], other[1]) if moment is not None]
    return max(since, default=None), min(until, default=None)


def _descending(query: tree.Query, stretch: Stretch | None) -> bool:
    if not query.orderby:
        return False
    known = {("phenomenonTime",), (stretch.bucket.name,)} if stretch else set()
    by = query.orderby[0].by
    if len(query.orderby) > 1 or not isinstance(by, tree.Member) or by.path not in known:
        raise _bad(
            "$orderby goes with $apply by the stretch of time only", "As in $orderby=phenomenonTime desc."
        )
    return query.orderby[0].descending


def _unknown(member: tree.Member, what: str, known: list[str]) -> Refusal:
    name = "/".join(member.path)[:60]
    return Refusal(
        "odata.unknown-property",
        f"$apply, character {member.at + 1}: '{name}' {what}.",
        cure=near(name, known) or f"Known are {', '.join(known)}.",
        field="$apply",
    )


def _bad(sentence: str, cure: str) -> Refusal:
    return Refusal("odata.bad-option", f"{sentence}.", cure=cure, field="$apply")
