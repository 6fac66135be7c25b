# SPDX-License-Identifier: EUPL-1.2
"""One database put in the place of another: built beside it, then both renamed in one transaction."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from smilecity.core.database.session import NAME_BYTES
from smilecity.core.problems import Refusal

if TYPE_CHECKING:
    import psycopg

LOCK = "smilecity.restore"
FORCE_SECONDS = 10.0
OLDEST = 15


def server_version(url: str) -> str:
    """The server's version, such as "18.6". Refuses an unreachable one and one older than 15."""
    with _connect(url) as connection:
        return _version(connection)


class Replacement:
    """A new, empty database `beside` the one at `url`; `complete()` swaps, leaving the block drops it."""

    def __init__(self, url: str, *, force: bool, keep: bool) -> None:
        from psycopg.conninfo import conninfo_to_dict, make_conninfo

        self.url = url
        self.force = force
        self.keep = keep
        self.name = str(conninfo_to_dict(url).get("dbname") or "")
        self.beside = f"{self.name}_restoring"
        self.before = f"{self.name}_before_restore"
        self.older = f"{self.name}_before_before"
        if not self.name or len(self.before.encode()) > NAME_BYTES:
            raise Refusal(
                "backup.database-name",
                "The address must name a database, short enough to put '_before_restore' behind it.",
            )
        # Renaming a database is done from another one; every PostgreSQL has this one.
        self._connection = _connect(make_conninfo(url, dbname="postgres"), autocommit=True)

    def __enter__(self) -> Self:
        try:
            _version(self._connection)
            if not self._value("SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtext(%s))", LOCK):
                raise Refusal("backup.restore-running", "Another restore is running on this server.")
            if not self.force:
                self._clear()
            self._drop(self.beside)
            self._drop(self.older)
            self._make()
        except BaseException:
            self._connection.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._connection:
            self._drop(self.beside)

    def complete(self) -> None:
        """Swap. All renames happen or none; the old database goes only after that, and only if not kept."""
        from psycopg import sql

        with _connect(self.url, autocommit=True, dbname=self.beside) as inside:
            inside.execute("ANALYZE")
        # Sessions come back as long as their program runs; so it is tried again, but not for ever.
        until = time.monotonic() + FORCE_SECONDS
        self._clear()
        while not self._swapped():
            if not self.force or time.monotonic() > until:
                raise self._others()
            self._clear()
        self._drop(self.older)
        if not self.keep:
            self._connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(self.before))
            )

    def _swapped(self) -> bool:
        from psycopg import errors

        try:
            with self._connection.transaction():
                if self._exists(self.name):
                    if self._exists(self.before):
                        self._rename(self.before, self.older)
                    self._rename(self.name, self.before)
                self._rename(self.beside, self.name)
        except errors.ObjectInUse:
            return False
        return True

    def _make(self) -> None:
        """An empty database, sorting and comparing as the one it will replace."""
        from psycopg import errors, sql

        words = [
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                sql.Identifier(self.beside)
            )
        ]
        for option, text in self._locale().items():
            words.append(sql.SQL(option + " {}").format(sql.Literal(text)))
        try:
            self._connection.execute(sql.SQL(" ").join(words))
        except errors.InsufficientPrivilege as error:
            raise Refusal(
                "backup.may-not-create",
                "A restore builds a new database beside the old, which this database user may not do.",
                cure="As the server's administrator: ALTER ROLE <the user> CREATEDB.",
            ) from error

    def _locale(self) -> dict[str, str]:
        row = self._connection.execute(
            "SELECT pg_catalog.to_jsonb(d) FROM pg_catalog.pg_database d WHERE datname = %s", [self.name]
        ).fetchone()
        if row is None:
            return {}
        facts: dict[str, Any] = row[0]
        options = {"LC_COLLATE": facts["datcollate"], "LC_CTYPE": facts["datctype"]}
        provider = {"c": "libc", "i": "icu", "b": "builtin"}[facts["datlocprovider"]]
        options["LOCALE_PROVIDER"] = provider
        if provider != "libc":
            named = facts.get("datlocale") or facts.get("daticulocale")  # the column's name until 16
            options["ICU_LOCALE" if provider == "icu" else "BUILTIN_LOCALE"] = str(named)
        return options

    def _clear(self) -> None:
        """Refuse if others are in the database; with `force`, end their sessions."""
        sessions = "FROM pg_catalog.pg_stat_activity WHERE datname = %s AND usesysid IS NOT NULL"
        if self.force:
            self._value(f"SELECT count(pg_catalog.pg_terminate_backend(pid)) {sessions}", self.name)
        elif self._value(f"SELECT count(*) {sessions}", self.name):
            raise self._others()

    def _others(self) -> Refusal:
        return Refusal(
            "backup.in-use",
            f"Someone is working in the database '{self.name}'; most likely a node is still serving.",
            cure="Stop the node first. The database is untouched.",
            status=409,
        )

    def _exists(self, name: str) -> bool:
        return bool(self._value("SELECT count(*) FROM pg_catalog.pg_database WHERE datname = %s", name))

    def _value(self, query: Any, argument: str) -> Any:
        row = self._connection.execute(query, [argument]).fetchone()
        return row[0] if row else None

    def _rename(self, old: str, new: str) -> None:
        from psycopg import sql

        self._connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
        )

    def _drop(self, name: str) -> None:
        drop(self._connection, name)


def drop(connection: psycopg.Connection[Any], name: str) -> None:
    """Drop a database if it is there, whoever is in it. `connection` is to another one, and commits by itself.

    One who is in it may be the server's own, who vacuums: only a superuser may end that one, so it is waited for.
    Raises `psycopg.errors.InsufficientPrivilege` if it, or a session of another role, stays.
    """
    from psycopg import errors, sql

    gone = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    until = time.monotonic() + FORCE_SECONDS
    while True:
        try:
            connection.execute(gone)
        except errors.InsufficientPrivilege:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


def _connect(url: str, *, autocommit: bool = False, **changed: str) -> psycopg.Connection[tuple[Any, ...]]:
    import psycopg

    try:
        return psycopg.connect(url, autocommit=autocommit, **changed)  # type: ignore[arg-type]
    except psycopg.OperationalError as error:
        raise Refusal(
            "backup.no-connection", f"The database cannot be reached: {str(error).strip()[:500]}"
        ) from error


def _version(connection: psycopg.Connection[tuple[Any, ...]]) -> str:
    number = connection.info.server_version
    if number < OLDEST * 10_000:
        raise Refusal("backup.old-server", f"The server is older than PostgreSQL {OLDEST}.")
    return f"{number // 10_000}.{number % 10_000}"
