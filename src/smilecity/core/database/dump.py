# SPDX-License-Identifier: EUPL-1.2
"""PostgreSQL's own programs for writing a database out and reading it in, led over pipes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from smilecity.core.database import programs
from smilecity.core.problems import Refusal

# pg_restore 17 and newer set this whatever the server is; PostgreSQL before 17 does not know it. This line is
# left out, in the head of the script only, before the first object.
_UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;\n"
_HEAD = re.compile(rb"\n|--|SET |SELECT pg_catalog\.set_config|\\restrict ")

# PostgreSQL 15.20 (November 2026) keeps a version of its own in each column's options. Its pg_dump knows that
# this is no part of the data; that of 18.6 writes it out, and a server that does not know it refuses it.
_INTERNAL = b"pg_attver="
_OPTIONS = re.compile(rb"(ALTER (?:FOREIGN )?TABLE .+ ALTER COLUMN .+ SET \()(.+)(\);\n)")


@dataclass(frozen=True, slots=True)
class Server:
    """Where a database is, and the programs to speak with it. The password goes by the environment only."""

    address: dict[str, str]
    password: str
    tools: Path

    @classmethod
    def of(cls, url: str, binaries: Path | None = None) -> Server:
        """From a libpq URL. Refuses where no program at hand can encrypt the line across the network."""
        from psycopg.conninfo import conninfo_to_dict

        address = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
        password = address.pop("password", "")
        if binaries is not None:
            return cls(address, password, programs.find(binaries).folder)
        if _stays_here(address) or address.get("sslmode") == "disable":
            return cls(address, password, programs.find().folder)
        # The bundled programs cannot encrypt, and residents' data do not cross a network in the clear.
        found = shutil.which("pg_dump")
        if not found:
            raise Refusal(
                "backup.no-encryption",
                "The database is across the network, and the bundled programs cannot encrypt the line.",
                cure="Install PostgreSQL's client programs, at least as new as the server (SMILE_POSTGRES "
                "names their folder), or say sslmode=disable in DATABASE_URL where the network is trusted.",
            )
        return cls(address, password, Path(os.path.realpath(found)).parent)

    @property
    def database(self) -> str:
        """The name of the database."""
        return self.address.get("dbname", "")

    @contextmanager
    def dumped(self) -> Iterator[IO[bytes]]:
        """The archive as it is written. Refuses at the end of the block if `pg_dump` did not end well."""
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                [self.tools / "pg_dump", "--format=custom", "--no-password", f"--dbname={self._conninfo()}"],
                stdout=subprocess.PIPE,
                stderr=errors,
                stdin=subprocess.DEVNULL,
                env=self._environment(),
            )
            try:
                yield _piped(process.stdout)
                code = process.wait()
            finally:
                _end(process)
            if code:
                raise Refusal("backup.failed", f"The database could not be read out: {_told(errors)}")

    def load(self, archive: IO[bytes], database: str) -> None:
        """Fill the empty `database` from an archive. Refuses at the first error of any kind."""
        with tempfile.TemporaryFile() as errors:
            reader = subprocess.Popen(
                [self.tools / "pg_restore", "--no-owner", "--no-privileges", "--file=-"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=self._environment(),
            )
            loader = subprocess.Popen(
                [self.tools / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=terse",
                 "--no-password", "-d", self._conninfo(database)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=self._environment(),
            )  # fmt: skip
            feeder = threading.Thread(target=_pour, args=(archive, _piped(reader.stdin)), daemon=True)
            feeder.start()
            try:
                whole = _pour_script(_piped(reader.stdout), _piped(loader.stdin))
                codes = (reader.wait(), loader.wait())
            finally:
                _end(reader)
                _end(loader)
                feeder.join()
            if any(codes) or not whole:
                raise Refusal(
                    "backup.restore-failed",
                    f"The backup could not be read in: {_told(errors)}",
                    cure="The database that was there is untouched.",
                )

    def _conninfo(self, database: str | None = None) -> str:
        from psycopg.conninfo import make_conninfo

        return make_conninfo("", **{**self.address, **({"dbname": database} if database else {})})

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **({"PGPASSWORD": self.password} if self.password else {}), "LC_MESSAGES": "C"}


def _stays_here(address: dict[str, str]) -> bool:
    hosts = (address.get("hostaddr") or address.get("host") or os.environ.get("PGHOST", "")).split(",")
    return all(host in ("", "localhost", "127.0.0.1", "::1") or host.startswith(("/", "@")) for host in hosts)


def _pour(source: IO[bytes], sink: IO[bytes]) -> None:
    try:
        with sink:
            shutil.copyfileobj(source, sink, 1 << 20)
    except BrokenPipeError:
        pass  # the reader has ended, and its exit code says why


def _pour_script(script: IO[bytes], sink: IO[bytes]) -> bool:
    """Hand the SQL on: rows as they are, statements portable. False if the taker ended early."""
    head = True
    try:
        with sink:
            for line in script:
                head = head and bool(_HEAD.match(line))
                if not (head and line == _UNKNOWN_BEFORE_17):
                    sink.write(_without_internals(line) if _INTERNAL in line else line)
                if line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
                    _pour_rows(script, sink)
    except BrokenPipeError:
        script.close()  # or the reader would wait for ever to be read
        return False
    return True


def _pour_rows(script: IO[bytes], sink: IO[bytes]) -> None:
    for row in script:
        sink.write(row)
        if row == b"\\.\n":
            return


def _without_internals(statement: bytes) -> bytes:
    found = _OPTIONS.fullmatch(statement)
    if not found:
        return statement
    options = [option for option in found[2].split(b", ") if not option.startswith(_INTERNAL)]
    return found[1] + b", ".join(options) + found[3] if options else b""


def _piped(end: IO[bytes] | None) -> IO[bytes]:
    if end is None:
        raise TypeError("the program was started without this pipe")
    return end


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(BrokenPipeError):
                pipe.close()


def _told(errors: IO[bytes]) -> str:
    """The first errors the programs told of."""
    errors.seek(0)
    lines = [
        line.strip() for line in errors.read(20_000).decode(errors="replace").splitlines() if line.strip()
    ]
    return " ".join([line for line in lines if "rror:" in line or "ERROR" in line][:2] or lines[-2:])[:600]
