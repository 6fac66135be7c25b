# SPDX-License-Identifier: EUPL-1.2
"""Advisory locks of this room: what no single row stands for."""

from django.db import connection

ORGANISATIONS = 0x534D494C70
OPERATORS = 0x534D494C71


def lock(key: int) -> None:
    """Wait for this lock and hold it to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
