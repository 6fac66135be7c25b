# SPDX-License-Identifier: EUPL-1.2
"""Drawing the plain base map."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from smilecity.core import log
from smilecity.core.who import Who
from smilecity.space import facts, rights, rules
from smilecity.space.models import BaseShape


def draw_base(who: Who, kind: str, name: str, geo: Mapping[str, Any], *, schematic: bool = True) -> None:
    """Draw a shape of the plain base map, or draw it anew. Lock: the shape's unique name."""
    rights.check_drawer(who)
    with transaction.atomic():
        BaseShape.objects.update_or_create(
            name=name, defaults={"kind": kind, "geo": rules.checked_geometry(geo), "schematic": schematic}
        )
        log.append(who, facts.BASE_DRAWN, data={"shape": name})
