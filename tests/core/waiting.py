# SPDX-License-Identifier: EUPL-1.2
"""Whether somebody waits for a lock: so a test of a race knows that the other one has come so far."""

import psycopg

WAITING = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database())"


def someone_waits(url: str) -> bool:
    """Anybody, in this database."""
    with psycopg.connect(url) as beside:
        (waits,) = beside.execute(WAITING).fetchone() or (False,)
        return bool(waits)
