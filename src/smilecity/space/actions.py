# SPDX-License-Identifier: EUPL-1.2
"""The only writes of this room."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import log, nouns
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.space import facts, rights, rules
from smilecity.space.models import Area, BaseShape


def keep_area(
    who: Who,
    level: str,
    key: str,
    name: nouns.Texts,
    geo: Mapping[str, Any],
    *,
    parent: Area | None = None,
    schematic: bool = False,
) -> Area:
    """Create the area with this official key or bring it up to date. Lock: the noun's row of its address."""
    _drawer(who)
    with transaction.atomic():
        noun = nouns.put(
            "area",
            f"areas/{key}",
            name,
            geo=rules.checked_geometry(geo),
            area=parent.noun_id if parent else None,
            visibility="public",
        )
        area, _created = Area.objects.update_or_create(
            noun=noun, defaults={"level": level, "key": key, "parent": parent, "schematic": schematic}
        )
        log.append(who, facts.AREA_KEPT, noun=noun.id)
        return area


def draw_base(who: Who, kind: str, name: str, geo: Mapping[str, Any], *, schematic: bool = True) -> None:
    """Draw a shape of the plain base map, or draw it anew. Lock: the shape's unique name."""
    _drawer(who)
    with transaction.atomic():
        BaseShape.objects.update_or_create(
            name=name, defaults={"kind": kind, "geo": rules.checked_geometry(geo), "schematic": schematic}
        )
        log.append(who, facts.BASE_DRAWN, data={"shape": name})


def _drawer(who: Who) -> None:
    if not rights.may_draw(who):
        raise Refusal("space.not-yours", _("Nur Betreiber ändern Gebiete und Grundkarte."), status=403)
