# SPDX-License-Identifier: EUPL-1.2
"""A PostgreSQL server in a data folder, shared by the processes that hold a lease on it.

    folder/
      lease.lock      held shared by each process that needs the server; the last one stops it
      start.lock      held by the one process that makes or starts the server
      conf/           settings and logins, written at each start
      data/           PostgreSQL's own files, made under another name and renamed when complete
      socket/         the only way in
      postgres.log
      programs-18.6/  only where the server's user cannot reach the installed programs

Order of the locks: lease, then start. Who starts holds a lease, so the last one out stops no starting server.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from smilecity.core.database import account, config, files, postmaster, session
from smilecity.core.database.programs import Programs, find, reachable
from smilecity.core.problems import Refusal

RECOVERY_SECONDS = 86_400
SURVIVORS_SECONDS = 30.0
LOG_BYTES = 10_000_000
SOCKET_PATH_BYTES = 107
_STILL_IN_USE = "pre-existing shared memory block"


def attach(folder: Path, *, binaries: Path | None = None, settings: Mapping[str, str] | None = None) -> Lease:
    """Make, start or join the PostgreSQL server in `folder`, and hold it until `release()`.

    `binaries` is a folder of PostgreSQL programs instead of the bundled ones. `settings` are PostgreSQL's by
    name, as text ("128MB"); they count for the process that starts the server and are ignored by those that
    join. Waits for recovery, however long. Refuses with a sentence where no server can run here. A forked
    child must attach for itself.
    """
    cluster = _Cluster(Path(os.path.realpath(folder)), find(binaries), dict(settings or {}))
    return Lease(cluster)


class Lease:
    """A hold on a running server: `host` (the socket's folder), `port` and `user` are for Django."""

    user = config.ROLE

    def __init__(self, cluster: _Cluster) -> None:
        self._cluster = cluster
        self._process = os.getpid()
        self._databases: set[str] = set()
        cluster.make_folder()
        self._lock = files.LockFile(cluster.folder / "lease.lock")
        try:
            self._lock.share()
            self._server = cluster.run()
        except BaseException:
            self._lock.close()
            raise

    @property
    def host(self) -> str:
        """The socket's folder."""
        return self._server.socket

    @property
    def port(self) -> int:
        """The number in the socket's name."""
        return self._server.port

    def url(self, database: str = "smilecity") -> str:
        """A libpq URL of `database`, which is made if it is not there, owned by the role `user`."""
        address = session.url(self.host, self.port, self.user, database)
        if database not in self._databases:
            session.make_database(self._cluster.programs, self.host, self.port, self.user, database)
            self._databases.add(database)
        return address

    def ensure(self) -> None:
        """Start the server again if it is gone, by whatever cause. Any holder may call it, several at once
        too.

        Cheap while the server runs (reads a few small files): meant to be called every second or so.
        """
        self._server = self._cluster.run()

    def release(self) -> None:
        """Let go; the last one stops the server and waits for it. Doing it twice does no harm."""
        if self._lock.descriptor < 0:
            return
        try:
            # In a forked child the lock is the parent's too: the child only lets go.
            if self._process == os.getpid() and self._lock.try_to_take():
                self._cluster.stop()
        finally:
            self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


@dataclass
class _Cluster:
    """What there is to do with a server's folder. `run` wants a lease held, `stop` wants it held alone."""

    folder: Path
    programs: Programs
    settings: dict[str, str]

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @cached_property
    def account(self) -> account.Account:
        return account.server_account(self.data)

    def make_folder(self) -> None:
        """The folder itself. Refuses, before anything is made, where the server's user could not reach it."""
        if any(letter in '"$`\\\n' for letter in str(self.folder)):
            raise Refusal(
                "database.folder-name",
                f"The name of the folder {self.folder} has a quote, dollar, backslash or line break in it.",
                cure="Choose another folder with SMILE_DATA.",
            )
        if self._holds_foreign_files():
            raise Refusal(
                "database.foreign-folder",
                f"{self.folder} holds files of a database that Smile City did not make.",
                cure="Choose another folder with SMILE_DATA, or set DATABASE_URL to the server that uses it.",
            )
        bar = self.account.barred(self.folder)
        if bar is not None:
            raise Refusal(
                "database.folder-unreachable",
                f"The user '{self.account.name}', who runs PostgreSQL, may not enter {bar}, "
                f"so the data cannot lie in {self.folder}.",
                cure=f"Choose another folder with SMILE_DATA (such as {account.ROOT_FOLDER}), "
                f"or let that user pass: chmod o+x {shlex.quote(str(bar))}",
            )
        files.make_folder(self.folder)

    def run(self) -> postmaster.Postmaster:
        """The ready server: the one that runs, else a new one. Only one process at a time makes or starts."""
        found = postmaster.wait_until_settled(self.data)
        if found:
            return found
        lock = files.LockFile(self.folder / "start.lock")
        try:
            lock.take()
            found = postmaster.wait_until_settled(self.data)
            return found or self._start(lock)
        finally:
            lock.close()

    def stop(self) -> None:
        """Stop the server fast: open transactions are rolled back, sessions end. Waits until it is gone."""
        found = postmaster.running(self.data)
        if found:
            postmaster.stop_fast(found)
            while postmaster.running(self.data):
                time.sleep(postmaster.POLL_SECONDS)
            if found.socket and Path(found.socket).parent != self.folder:
                with suppress(OSError):  # someone may have put a file there; it does no harm
                    Path(found.socket).rmdir()

    def _start(self, lock: files.LockFile) -> postmaster.Postmaster:
        usable = reachable(self.programs, self.account, self.folder)
        major = self._matching_major(usable)
        if not self.data.exists():
            self._make(usable, major, lock)
        socket = self._socket_folder()
        options = config.write(
            self.folder / "conf", account=self.account, major=major, socket=socket, settings=self.settings
        )
        socket_file = socket / f".s.PGSQL.{config.PORT}"
        if postmaster.answers(socket_file):
            # Either the starter of a killed process was faster, or a container beside this one has a server.
            if found := postmaster.wait_until_settled(self.data):
                return found
            raise self._served_elsewhere()
        postmaster.disown(self.data / "postmaster.pid", self.data)
        postmaster.disown(Path(f"{socket_file}.lock"), self.data)
        until = time.monotonic() + SURVIVORS_SECONDS
        while True:
            said = self._launch(usable, options)
            # Whether this start won or that of a killed process: whichever server runs is the one.
            found = postmaster.wait_until_settled(self.data)
            if found:
                return found
            if _STILL_IN_USE not in said:
                raise self._did_not_start(said)
            outliving = postmaster.end_survivors(self.data)
            if time.monotonic() > until:
                raise self._outlived(outliving)
            time.sleep(0.1)

    def _launch(self, usable: Programs, options: list[str]) -> str:
        """Start and wait for recovery; returns what was said meanwhile, in the log and otherwise."""
        before = self._open_log()
        started = self.account.run(
            [usable["pg_ctl"], "start", "-s", "-w", "-t", str(RECOVERY_SECONDS), "-D", self.data,
             "-l", self.log, "-o", shlex.join(options)]
        )  # fmt: skip
        with self.log.open(encoding="utf-8", errors="replace") as text:
            text.seek(before)
            return text.read(20_000) + (started.stdout if started.returncode else "")

    def _open_log(self) -> int:
        """Make the log the server's user may write, put a big one aside; returns its length."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_name("postgres.log.1"))
        try:
            descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        except FileExistsError:
            return self.log.stat().st_size
        if os.geteuid() == 0:
            os.fchown(descriptor, self.account.uid, self.account.gid)
        os.close(descriptor)
        return 0

    def _make(self, usable: Programs, major: int, lock: files.LockFile) -> None:
        """A new, empty database server, complete or not there at all.

        The programs inherit the start lock, so a killed process's half-done work ends before another begins.
        """
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        files.make_private_folder(draft, self.account.uid, self.account.gid)
        # Bytewise order, the same on every machine; letters, cases and words by Unicode.
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []
        made = self.account.run(
            [usable["initdb"], "-D", draft, f"--username={config.SUPERUSER}", "--encoding=UTF8",
             "--data-checksums", "--auth-local=peer", "--auth-host=reject", *builtin,
             "--locale=C.UTF-8", "--lc-collate=C"],
            held=(lock.descriptor,),
        )  # fmt: skip
        if made.returncode:
            raise self._did_not_start(made.stdout)
        # The city's role makes and owns databases, but cannot read the server's files or start programs.
        said = self.account.run(
            [usable["postgres"], "--single", "-j", "-D", draft, "template1"],
            words=f"CREATE ROLE {config.ROLE} LOGIN CREATEDB;\n\n",
            held=(lock.descriptor,),
        )
        if said.returncode or "ERROR" in said.stdout:
            raise self._did_not_start(said.stdout)
        draft.rename(self.data)
        files.sync_folder(self.folder)

    def _socket_folder(self) -> Path:
        """A folder only the server's user (and root) can enter, with a path short enough for a socket."""
        folder = self.folder / "socket"
        if len(os.fsencode(folder / f".s.PGSQL.{config.PORT}")) > SOCKET_PATH_BYTES:
            name = "smile-" + hashlib.sha256(os.fsencode(self.data)).hexdigest()[:20]
            folder = self._short_place() / name
        files.make_private_folder(folder, self.account.uid, self.account.gid)
        return folder

    def _short_place(self) -> Path:
        """Where only we can make folders if there is such a place, else the system's temporary folder."""
        uid = os.geteuid()
        place = Path("/run") if uid == 0 else Path(f"/run/user/{uid}")
        if place.is_dir() and place.stat().st_uid == uid and os.access(place, os.W_OK | os.X_OK):
            return place
        usual = Path(tempfile.gettempdir())
        return usual if len(os.fsencode(usual)) < 50 else Path("/tmp")  # noqa: S108 (the folder made there is checked)

    def _holds_foreign_files(self) -> bool:
        version = "PG_VERSION"
        try:
            return (self.folder / version).exists() or (
                self.data.exists() and not (self.data / version).exists()
            )
        except PermissionError:
            return False  # whoever may not look here is told so next

    def _version_of_data(self) -> str:
        try:
            return (self.data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            return ""
        except PermissionError as error:
            raise files.not_yours(self.folder) from error

    def _matching_major(self, usable: Programs) -> int:
        version = usable.version()
        major, there = version.partition(".")[0], self._version_of_data()
        if there and there != major:
            raise Refusal(
                "database.other-version",
                f"The data in {self.folder} are of PostgreSQL {there}, but this is PostgreSQL {version}.",
                cure=f"Back up with PostgreSQL {there} (SMILE_POSTGRES names its programs), "
                "move the folder aside, start anew and restore.",
            )
        return int(major)

    def _did_not_start(self, said: str) -> Refusal:
        lines = said.splitlines()
        reasons = [
            line for line in lines if any(word in line for word in ("FATAL", "PANIC", "rror:"))
        ] or lines
        return Refusal(
            "database.did-not-start",
            f"PostgreSQL did not start in {self.folder}. {' '.join(reasons[-2:])}".strip(),
            cure=f"Its log is {self.log}.",
        )

    def _served_elsewhere(self) -> Refusal:
        return Refusal(
            "database.served-elsewhere",
            f"A server that this process cannot see, perhaps in another container, uses {self.folder}.",
            cure="Stop that one, or set DATABASE_URL to reach it.",
        )

    def _outlived(self, pids: list[int]) -> Refusal:
        named = f" ({', '.join(map(str, pids))})" if pids else ""
        return Refusal(
            "database.old-processes",
            f"Processes of an earlier PostgreSQL server{named} still use the data in {self.folder}, "
            f"{SURVIVORS_SECONDS:.0f} s after being asked to end.",
            cure="End them, and start again. A server beside them would destroy the data.",
        )
