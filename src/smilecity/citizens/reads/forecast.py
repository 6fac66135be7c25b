# SPDX-License-Identifier: EUPL-1.2
"""How long it usually takes, by category and area."""

from django.db import connection

from smilecity.citizens.models import Category
from smilecity.citizens.rules import LEAST_CLOSED, Spread
from smilecity.core.who import Who

# The nearest area of which enough is known, else wherever.
_USUAL = """
WITH RECURSIVE above (area, far) AS (
    SELECT %(area)s::bigint, 0
    UNION
    SELECT core_noun.area_id, above.far + 1 FROM above JOIN core_noun ON core_noun.id = above.area
    WHERE core_noun.area_id IS NOT NULL AND above.far < 20
)
SELECT u.quick, u.median, u.slow FROM citizens_usual AS u LEFT JOIN above ON above.area = u.area_id
WHERE u.category_id = %(category)s AND u.count >= %(least)s AND (u.area_id IS NULL OR above.area IS NOT NULL)
ORDER BY above.far NULLS LAST LIMIT 1
"""


def usual(who: Who, category: Category, area: int | None = None) -> Spread | None:
    """How long such a thing takes here, from what was closed in the last year; nothing if too little is known.

    Reckoned once a night (`actions.reckon_usual`). Everybody may know.
    """
    with connection.cursor() as cursor:
        cursor.execute(_USUAL, {"area": area, "category": category.pk, "least": LEAST_CLOSED})
        row = cursor.fetchone()
    return Spread(*row) if row else None
