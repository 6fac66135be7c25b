# SPDX-License-Identifier: EUPL-1.2
"""The tree of a place's units: what has to be locked, and what is claimed."""

from collections.abc import Iterable

from django.db import connection

from smilecity.places.models import Unit

# Both end also where somebody has written a circle into the table.
_ABOVE = """
WITH RECURSIVE up (id, parent_id, n) AS (
    SELECT id, parent_id, 1 FROM places_unit WHERE id = %s
    UNION ALL SELECT u.id, u.parent_id, n + 1 FROM places_unit u JOIN up ON u.id = up.parent_id WHERE n < 50
) SELECT id FROM up ORDER BY n
"""
_BELOW = """
WITH RECURSIVE below (id) AS (
    SELECT %s::bigint UNION SELECT u.id FROM places_unit u JOIN below ON u.parent_id = below.id
) SELECT id FROM below
"""


def above(unit: int) -> list[int]:
    """The unit and what it is part of, up to the root."""
    return _ids(_ABOVE, unit)


def below(unit: int) -> list[int]:
    """The unit and all its parts."""
    return _ids(_BELOW, unit)


def roots_of(units: Iterable[int]) -> set[int]:
    """The tops of these units' trees."""
    return {above(unit)[-1] for unit in units}


def leaves_of(unit: int) -> list[int]:
    """The units without parts, at or below this one, by id."""
    found = below(unit)
    parents = set(Unit.objects.filter(parent__in=found).values_list("parent", flat=True))
    return sorted(set(found) - parents)


def _ids(query: str, unit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, [unit])
        return [row[0] for row in cursor.fetchall()]
