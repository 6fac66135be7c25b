# SPDX-License-Identifier: EUPL-1.2
"""One database with all tables and no rows: made once a run, from the code at hand, by who needs it first.

Migrating takes longer than most tests. Where a test is not about migrating, its database is a copy of this one.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from smilecity.core.database import drop

NAMED = "TESTS_TEMPLATE"  # set by the process that starts a run, for its workers
LOCK = 0x544D504C


def as_address(server: str, name: str) -> str:
    """Another database on the same server, as an address: settings take nothing else."""
    parts = {key: str(text) for key, text in conninfo_to_dict(server).items()}
    parts.pop("dbname", None)
    return f"postgresql:///{quote(name)}?{urlencode(parts)}"


def template(server: str) -> str:
    """Its name; it is there when this returns. Lock: an advisory one, so that one worker makes it, the others wait."""
    name = os.environ[NAMED]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        done = "SELECT FROM pg_database WHERE datname = %s AND datistemplate"
        if connection.execute(done, [name]).fetchone() is None:
            _make(connection, as_address(server, name), name)
    return name


def _make(connection: psycopg.Connection, address: str, name: str) -> None:
    database = sql.Identifier(name)
    drop(connection, name)
    connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(database))
    environment = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "smilecity.city.django"}
    command = [sys.executable, "-m", "django", "migrate", "-v0", "--skip-checks"]
    subprocess.run(command, env=environment, check=True)
    connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(database))


def copied(server: str, name: str, source: str = "") -> str:
    """The address of a new database of this name: up to date and empty, or as that one that nobody uses now."""
    made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    source = source or template(server)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(made.format(sql.Identifier(name), sql.Identifier(source)))
    return as_address(server, name)


def fill(url: str, server: str) -> None:
    """The same tables in a database of another server, which has none."""
    from smilecity.core.database import backup, restore

    with tempfile.TemporaryDirectory(prefix="smile-migrated-") as folder:
        file = Path(folder) / "migrated.smile"
        backup(as_address(server, template(server)), file)
        restore(url, file, keep=False)


def forget(server: str) -> None:
    """At the end of a run: on a server that goes on, nothing of it is left."""
    name = os.environ[NAMED]
    with psycopg.connect(server, autocommit=True) as connection:
        there = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
        if there is not None:
            database = sql.Identifier(name)
            connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(database))
            drop(connection, name)
