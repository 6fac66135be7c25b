# SPDX-License-Identifier: EUPL-1.2
"""Positions for entries of the log that only the test's own transaction knows: the numberer does not see them."""

from django.db import connection

from smilecity.core.models import LogHead
from smilecity.core.numberer import NUMBER


def number_entries() -> None:
    """Number what waits, by the numberer's own statement."""
    LogHead.objects.get_or_create(id=1)
    with connection.cursor() as cursor:
        cursor.execute(NUMBER)
        while cursor.fetchone():
            cursor.execute(NUMBER)
