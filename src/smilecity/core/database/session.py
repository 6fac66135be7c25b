# SPDX-License-Identifier: EUPL-1.2
"""First words with a server: its address, the making of a database. By `psql`, so psycopg is not loaded."""

from __future__ import annotations

import os
import subprocess
import time
from urllib.parse import quote

from smilecity.core.database.programs import Programs
from smilecity.core.problems import Refusal

NAME_BYTES = 63
STARTING_SECONDS = 60.0
CANNOT_CONNECT = 2  # psql's exit code

_MAKE = """\
SELECT format('CREATE DATABASE %I', :'name')
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = :'name') \\gexec
"""
_THERE = "SELECT 1 FROM pg_catalog.pg_database WHERE datname = :'name';\n"


def url(host: str, port: int, user: str, database: str) -> str:
    """A libpq URL over the socket in the folder `host`."""
    who, what, where = (quote(part, safe="") for part in (user, database, host))
    return f"postgresql://{who}@/{what}?host={where}&port={port}"


def make_database(programs: Programs, host: str, port: int, user: str, name: str) -> None:
    """Make the database `name`, owned by `user`, unless it is there. Several processes may do so at once."""
    if not name or len(name.encode()) > NAME_BYTES or "\0" in name:
        raise Refusal(
            "database.wrong-name", f"A database's name has 1 to {NAME_BYTES} bytes; '{name}' has not."
        )
    until = time.monotonic() + STARTING_SECONDS
    while True:
        made = _psql(programs, url(host, port, user, "postgres"), _MAKE, name)
        if made.returncode == 0:
            return
        if _psql(programs, url(host, port, user, "postgres"), _THERE, name).stdout.strip() == "1":
            return  # another process was faster
        # A server that has just lost a backend lets nobody in for a moment, and says so.
        if made.returncode != CANNOT_CONNECT or time.monotonic() > until:
            raise Refusal(
                "database.not-made", f"The database '{name}' could not be made. {made.stderr.strip()[-500:]}"
            )
        time.sleep(0.1)


def _psql(programs: Programs, address: str, script: str, name: str) -> subprocess.CompletedProcess[str]:
    clean = {key: text for key, text in os.environ.items() if not key.startswith("PG")}
    return subprocess.run(
        [programs["psql"], "-XAtq", "-v", "ON_ERROR_STOP=1", "-v", f"name={name}", "-d", address],
        check=False,
        input=script,
        capture_output=True,
        encoding="utf-8",
        env=clean,
    )
