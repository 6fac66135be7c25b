# SPDX-License-Identifier: EUPL-1.2
"""The settings of our own PostgreSQL and who may log in: written at each start, beside the server's files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from smilecity.core.database import files
from smilecity.core.database.account import Account
from smilecity.core.problems import Refusal

ROLE = "smile"
SUPERUSER = "postgres"
PORT = 5432  # names the socket's file; no network port is opened

SETTINGS: Mapping[str, str] = {
    # An answered commit is on the disk. Stated, so that nobody has to look up the defaults.
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_level": "replica",
    # Small while idle; an operator with more memory says so in `settings`.
    "shared_buffers": "64MB",
    "max_connections": "60",
    "huge_pages": "off",
    "jit": "off",
    "max_wal_size": "512MB",
    "max_logical_replication_workers": "0",
    "random_page_cost": "1.1",
    "autovacuum": "on",
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "logging_collector": "off",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    # Statements and details carry what people typed; the log of the server is no place for it.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# Reading ahead by worker processes costs memory in every idle node and gains nothing on small tables.
SETTINGS_18: Mapping[str, str] = {"io_method": "sync"}


def write(
    folder: Path, *, account: Account, major: int, socket: Path, settings: Mapping[str, str]
) -> list[str]:
    """Write the server's three configuration files to `folder`; returns the options that make it use them."""
    files.make_folder(folder)
    main, logins, names = folder / "postgresql.conf", folder / "hba.conf", folder / "ident.conf"
    chosen = {
        **SETTINGS,
        **(SETTINGS_18 if major >= 18 else {}),
        "hba_file": str(logins),
        "ident_file": str(names),
        "unix_socket_directories": _listed(socket),
        **settings,
    }
    head = "# Written at each start. Change it with ALTER SYSTEM, which wins over this file.\n"
    files.write(main, head + "".join(f"{_name(name)} = {_quoted(text)}\n" for name, text in chosen.items()))
    files.write(
        logins,
        "# The kernel says who is calling (peer); there is no other way in.\n"
        f"local all {ROLE},{SUPERUSER} peer map=smile\n"
        f"local replication {SUPERUSER} peer map=smile\n",
    )
    callers = dict.fromkeys((account.name, "root"))
    files.write(
        names, "".join(f'smile "{caller}" {role}\n' for caller in callers for role in (ROLE, SUPERUSER))
    )
    return ["-c", f"config_file={main}"]


def _name(name: str) -> str:
    if not re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", name):
        raise Refusal("database.wrong-setting", f"'{name}' is no name of a PostgreSQL setting.")
    return name


def _quoted(text: str) -> str:
    if any(ord(letter) < 32 for letter in text):
        raise Refusal("database.wrong-setting", "A PostgreSQL setting must be one line of text.")
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _listed(path: Path) -> str:
    """A path as one entry of a comma-separated list setting."""
    return '"' + str(path).replace('"', '""') + '"'
