# SPDX-License-Identifier: EUPL-1.2
"""Who is behind needs, for those who tell them what became of these."""

from collections import defaultdict
from collections.abc import Collection

from django.db import connection

from smilecity.citizens import rights
from smilecity.core.who import Who

# Whoever said one of the needs of a thread or supports it, by the need that is asked for.
_BEHIND = """
WITH RECURSIVE thread (top, id) AS (
    SELECT id, id FROM unnest(%s::bigint[]) AS given (id)
    UNION
    SELECT thread.top, core_link.source_id FROM thread
    JOIN core_link ON core_link.target_id = thread.id AND core_link.kind = 'duplicate_of'
)
SELECT thread.top, citizens_need.account_id FROM thread JOIN citizens_need ON noun_id = thread.id
WHERE account_id IS NOT NULL
UNION
SELECT thread.top, citizens_support.account_id FROM thread JOIN citizens_support ON need_id = thread.id
"""


def behind(who: Who, needs: Collection[int]) -> dict[int, set[int]]:
    """The accounts that said or support these needs or what was merged into them, by id; for the node alone."""
    found: dict[int, set[int]] = defaultdict(set)
    if needs and rights.may_mail(who):
        with connection.cursor() as cursor:
            cursor.execute(_BEHIND, [list(needs)])
            for need, account in cursor.fetchall():
                found[need].add(account)
    return found
