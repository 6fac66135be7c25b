# SPDX-License-Identifier: EUPL-1.2
"""What can be booked and by which rules: policies, and the tree of a place's units."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions import entries
from smilecity.places.actions.booking import claims
from smilecity.places.models import Claim, Policy, Unit
from smilecity.places.reads.booking import tree
from smilecity.places.rules import booking as rules

LONGEST_NAME = 200
DEEPEST = 5
_TREES = """
WITH RECURSIVE up (id, over, n) AS (
    SELECT id, parent_id, 1 FROM places_unit WHERE parent_id IS NOT NULL AND place_id = %(place)s
    UNION ALL SELECT up.id, u.parent_id, n + 1 FROM up JOIN places_unit u ON u.id = up.over
    WHERE u.parent_id IS NOT NULL AND n < %(deepest)s
)
UPDATE places_unit t SET
    above = ARRAY(SELECT over FROM up WHERE up.id = t.id ORDER BY n),
    below = ARRAY(SELECT up.id FROM up WHERE up.over = t.id ORDER BY up.id),
    leaves = ARRAY(SELECT up.id FROM up WHERE up.over = t.id
        AND NOT EXISTS (SELECT FROM places_unit part WHERE part.parent_id = up.id) ORDER BY up.id)
WHERE t.place_id = %(place)s
"""


def keep_policy(
    who: Who, place: int, name: str, rules_said: Mapping[str, Any], *, policy: int | None = None
) -> Policy:
    """Create rules of booking for a place, or change this one of its policies; bookings that are made stay as they are.

    Lock: the place's noun.
    """
    kept = rules.checked(rules_said).as_json()
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or "\0" in name:
        raise Refusal("policy.name", _("Geben Sie den Regeln einen Namen."), field="name", status=422)
    with transaction.atomic():
        noun = kept_place(who, place)
        if policy is None:
            made = Policy.objects.create(place_id=place, keeper_id=noun.keeper_id, name=name, rules=kept)
        else:
            made = _known_policy(policy, place)
            made.name, made.rules, made.version, made.changed_at = name, kept, made.version + 1, clock.now()
            made.save(update_fields=["name", "rules", "version", "changed_at"])
        log.append(who, facts.POLICY_KEPT, noun=place, data={"policy": made.id})
        return made


def arrange_unit(
    who: Who, unit_id: int, *, parent: int | None = None, kind: str = "", policy: int | None = None
) -> Unit:
    """Say what a unit is part of, what kind it is, and by which policy it is booked (None: not at all).

    Where it stands changes only while nothing is claimed there from now on, for claims are made along the tree.
    Lock: the place's noun, then the trees that it leaves and joins.
    """
    if kind not in Unit.KINDS:
        raise Refusal("unit.kind", _("Diese Art kennen wir nicht."), field="kind", status=422)
    with transaction.atomic():
        unit = Unit.objects.filter(id=unit_id).first() if 0 < unit_id < 1 << 63 else None
        if unit is None:
            raise entries.unknown()
        kept_place(who, unit.place_id)
        if policy is not None:
            _known_policy(policy, unit.place_id)
        moved = parent != unit.parent_id
        if moved:
            _must_fit(unit, parent)
        unit.parent_id, unit.kind, unit.booked_by_id = parent, kind, policy
        unit.save(update_fields=["parent", "kind", "booked_by"])
        if moved:
            _write_trees(unit.place_id)
            unit.refresh_from_db(fields=["above", "below", "leaves"])
        log.append(who, facts.UNIT_KEPT, noun=unit.place_id, data={"unit": unit.id})
        return unit


def kept_place(who: Who, place: int) -> Noun:
    """The place's noun, locked, for those who write its entry."""
    noun = (
        Noun.objects.select_for_update().filter(id=place, kind="place").first()
        if 0 < place < 1 << 63
        else None
    )
    if noun is None:
        raise entries.unknown()
    if not rights.may_write(who, noun.area_id, noun.keeper_id):
        raise Refusal(
            "place.not-yours", _("Das entscheiden die, die den Ort pflegen."), status=403
        )  # fmt: skip
    return noun


def _must_fit(unit: Unit, parent: int | None) -> None:
    """Lock both trees and refuse a circle, another place, too deep a tree, and trees that are in use."""
    if parent is not None and not Unit.objects.filter(id=parent, place=unit.place_id).exists():
        raise _no_parent(_("Das ist kein Teil dieses Ortes."))
    claims.lock_roots(tree.roots_of([unit.id] if parent is None else [unit.id, parent]))
    if parent in tree.below(unit.id):
        raise _no_parent(_("Ein Teil kann nicht in sich selbst liegen."))
    if parent is not None and len(tree.above(parent)) >= DEEPEST:
        raise _no_parent(_("So tief lassen sich Teile nicht verschachteln."))
    touched = {*tree.leaves_of(unit.id), *(tree.leaves_of(parent) if parent is not None else ())}
    if Claim.objects.filter(unit__in=touched, during__endswith__gt=clock.now()).exists():
        raise Refusal(
            "unit.in-use", _("Hier ist schon etwas gebucht."), status=409, field="parent",
            cure=_("Ändern Sie die Aufteilung, wenn keine Buchung mehr kommt."),
        )  # fmt: skip


def _write_trees(place: int) -> None:
    """Let the units of the place know what they are part of and what is part of them; the caller holds its trees."""
    with connection.cursor() as cursor:
        cursor.execute(_TREES, {"place": place, "deepest": DEEPEST})


def _known_policy(policy: int, place: int) -> Policy:
    found = Policy.objects.filter(id=policy, place=place).first() if 0 < policy < 1 << 63 else None
    if found is None:
        raise Refusal(
            "policy.unknown", _("Diese Regeln gibt es für diesen Ort nicht."), field="policy", status=404
        )
    return found


def _no_parent(sentence: Any) -> Refusal:
    return Refusal("unit.parent", sentence, field="parent", status=422)
