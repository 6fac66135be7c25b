# SPDX-License-Identifier: EUPL-1.2
"""Taking over areas from a file: looked at first, then all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import log
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.space import facts, reads, rights, rules
from smilecity.space.actions.areas import end_area, keep_area
from smilecity.space.models import Area
from smilecity.space.rules.reading import Drawn, Finding, Wish, read

DIGITS = 7  # of a degree: a centimetre
TOLERANCE = 100.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to become of a file: the level and the area above, from which day, and what is accepted."""

    level: str
    wish: Wish = field(default_factory=Wish)
    parent: str = ""
    valid_from: date | None = None
    tolerance: float = TOLERANCE
    end_missing: bool = False
    accept: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a file would change or has changed. `state` is tried, done or refused."""

    state: str
    system: int
    read: int
    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: int
    gone: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def must_be_accepted(self) -> bool:
        """Whether nothing is wrong, but something wants a second look."""
        return {one.weight for one in self.findings} - {"note"} == {"warning"}

    def as_data(self) -> dict[str, Any]:
        """For machines, and for keeping."""
        findings = [
            {
                "code": one.code,
                "weight": one.weight,
                "sentence": str(one.sentence),
                "keys": list(one.keys),
                "where": one.where,
                "square_metres": one.square_metres,
            }
            for one in self.findings
        ]
        said = {name: list(getattr(self, name)) for name in ("new", "changed", "gone")}
        return {
            "state": self.state,
            "system": self.system,
            "read": self.read,
            "same": self.same,
            **said,
            "findings": findings,
        }


def import_areas(who: Who, data: bytes, plan: Plan, *, dry_run: bool = False) -> Report:
    """Read the areas of a GeoJSON file; keep those that are new or changed, unless it is only a try.

    Areas of the level (below the parent, if one is named) that the file does not have are told, and end only
    if the plan says so. With an error nothing is kept; with a warning nothing, unless the plan accepts it.
    One transaction. Lock: all areas, by each `keep_area`.
    """
    rights.check_drawer(who)
    parent = _parent(who, plan)
    rules.checked_level(plan.level, above=parent.level if parent else "")
    drawn, findings, system = read(data, plan.wish, _box(parent))
    known = {area.key: area for area in reads.areas_of_level(who, plan.level)}
    findings += _strange_keys(drawn, plan.level)
    if not findings:
        findings = _surveyed(drawn, parent, plan.tolerance)
    new = [one for one in drawn if one.key not in known]
    changed = [one for one in drawn if one.key in known and _differs(one, known[one.key], parent)]
    keys = {one.key for one in drawn}
    gone = [a for a in known.values() if a.key not in keys and (not parent or a.parent_id == parent.noun_id)]
    weights = {one.weight for one in findings}
    refused = "error" in weights or ("warning" in weights and not plan.accept)
    report = Report(
        "tried" if dry_run else "refused" if refused else "done",
        system,
        len(drawn),
        tuple(one.key for one in new),
        tuple(one.key for one in changed),
        len(drawn) - len(new) - len(changed),
        tuple(area.key for area in gone),
        tuple(findings),
    )
    if report.state == "done":
        _keep(who, plan, parent, [*new, *changed], gone if plan.end_missing else [])
    return report


def _keep(who: Who, plan: Plan, parent: Area | None, drawn: Sequence[Drawn], ending: Sequence[Area]) -> None:
    with transaction.atomic():
        for one in drawn:
            keep_area(
                who,
                plan.level,
                one.key,
                one.names,
                _written(one),
                parent=parent or _kept_parent(one.key),
                valid_from=plan.valid_from,
            )
        for area in ending:
            end_area(who, area, plan.valid_from or reads.today())
        log.append(
            who, facts.AREAS_IMPORTED, data={"level": plan.level, "kept": len(drawn), "ended": len(ending)}
        )


def _parent(who: Who, plan: Plan) -> Area | None:
    if not plan.parent:
        return None
    found = reads.area_by_key(who, plan.parent)
    if found is None:
        raise Refusal(
            "area.unknown-parent",
            _("Das Gebiet darüber gibt es nicht."),
            cure=_("Legen Sie es zuerst an, oder nennen Sie seinen Schlüssel."),
            field="parent",
        )
    return Area.objects.select_related("noun").get(noun=found.noun_id)


def _kept_parent(key: str) -> Area | None:
    """Without a parent in the plan an area stays where it is."""
    known = Area.objects.filter(key=key, valid_to=None).select_related("parent").first()
    return known.parent if known else None


def _box(parent: Area | None) -> tuple[float, float, float, float] | None:
    if parent is None or not parent.noun.geo:
        return None
    places = list(rules.positions(parent.noun.geo))
    across, up = [place[0] for place in places], [place[1] for place in places]
    return min(across), min(up), max(across), max(up)


def _surveyed(drawn: Sequence[Drawn], parent: Area | None, tolerance: float) -> list[Finding]:
    from smilecity.space.rules.surveying import survey

    exact = parent is not None and not parent.schematic
    return survey(drawn, parent.noun.geo if parent and exact else None, tolerance)


def _strange_keys(drawn: Sequence[Drawn], level: str) -> list[Finding]:
    """Keys that stand for something else already."""
    taken = Area.objects.filter(key__in=[one.key for one in drawn], valid_to=None).exclude(level=level)
    sentence = _("Dieser Schlüssel gehört schon zu einem Gebiet einer anderen Ebene.")
    return [Finding("area.other-level", "error", sentence, (area.key,)) for area in taken]


def _differs(one: Drawn, area: Area, parent: Area | None) -> bool:
    """Whether keeping it would change anything that people see."""
    moved = parent is not None and area.parent_id != parent.noun_id
    kept = area.noun.geo or {}
    return moved or area.schematic or dict(one.names) != area.noun.title or _written(one) != kept


def _written(one: Drawn) -> Mapping[str, Any]:
    """The outline as GeoJSON, to the centimetre."""
    from shapely.geometry import mapping

    geo = mapping(one.outline)
    return {"type": geo["type"], "coordinates": _rounded(geo["coordinates"])}


def _rounded(value: Any) -> Any:
    return [_rounded(part) for part in value] if isinstance(value, tuple | list) else round(value, DIGITS)
