# SPDX-License-Identifier: EUPL-1.2
"""What a node needs before it opens: its tables, this month's partitions, and in the demo its city."""

import structlog
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

import smilecity
from smilecity.city.boot import VERSION_FILE, Node
from smilecity.core.database import files
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.things.actions import keep_months

LOCK = 0x534D494C50
OLDEST_POSTGRES = 150_000

log = structlog.get_logger("prepare")


def prepare(node: Node, *, demo: bool) -> None:
    """Idempotent. Lock: a session's advisory lock, so that two doors that start at once migrate once."""
    with connection.cursor() as cursor:
        version = int(connection.connection.info.server_version)
        if version < OLDEST_POSTGRES:
            raise Refusal(
                "database.too-old",
                f"PostgreSQL {version // 10000} is too old.",
                cure="Use PostgreSQL 15 or newer.",
            )
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            _migrate()
            keep_months(NODE)
            files.write(node.folder / VERSION_FILE, f"{smilecity.__version__}\n")
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    if demo:
        from smilecity.city.demo import founding as demo_city

        demo_city.move_in(node)


def _migrate() -> None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        log.info("migrating", steps=len(plan))
        call_command("migrate", interactive=False, verbosity=0)
