# SPDX-License-Identifier: EUPL-1.2
"""The system user a server runs as, what that user can reach, and where a node's data lies by default."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from smilecity.core.problems import Refusal

SERVICE_USERS = ("smile", "postgres")
ROOT_FOLDER = Path("/var/lib/smile")
NOBODY = 65534
SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# Prints the first argument that the asking user may not enter or execute. Asked of the system as that user,
# not computed from modes, so that access lists count too.
_FIRST_BARRED = 'for p do [ -x "$p" ] || { printf %s "$p"; exit 0; }; done'


@dataclass(frozen=True, slots=True)
class Account:
    """A system user: name, user id, group id."""

    name: str
    uid: int
    gid: int

    def run(
        self, arguments: Sequence[str | Path], *, words: str = "", held: tuple[int, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this user and wait; its output and errors come back as one text in `stdout`.

        `words` is its input, `held` are descriptors it inherits. It sees no environment of ours: no secrets,
        no PG*.
        """
        other = self.uid if self.uid != os.geteuid() else None
        return subprocess.run(
            arguments,
            check=False,
            input=words,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env={"PATH": SEARCH_PATH, "LANG": "C"},
            cwd="/",
            umask=0o077,
            pass_fds=held,
            user=other,
            group=self.gid if other is not None else None,
            extra_groups=[] if other is not None else None,
        )

    def barred(self, target: Path) -> Path | None:
        """The first existing folder on the way to `target` (or it) that this user may not enter, or None."""
        way = [path for path in (*reversed(target.parents), target) if os.path.lexists(path)]
        if self.uid == os.geteuid():
            return next((path for path in way if not os.access(path, os.X_OK)), None)
        answer = self.run(["/bin/sh", "-c", _FIRST_BARRED, "sh", *way]).stdout
        return Path(answer) if answer else None


def of(uid: int) -> Account:
    """The account with this user id. Refuses one without a name: PostgreSQL knows its callers by name."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as error:
        raise Refusal(
            "database.nameless-user",
            f"The user with the number {uid} has no name on this system, and PostgreSQL needs one.",
            cure="Add the user to /etc/passwd, or set DATABASE_URL to a PostgreSQL elsewhere.",
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def server_account(data: Path) -> Account:
    """Who runs the server of `data`: this user; for root, the owner of `data`, else the service user."""
    if os.geteuid() != 0:
        return of(os.geteuid())
    if not data.exists():
        return service_account()
    owner = data.stat().st_uid
    if owner == 0:
        raise Refusal(
            "database.owned-by-root",
            f"The database in {data} belongs to root, and PostgreSQL does not run as root.",
            cure=f"Give it to a service user: chown -R {SERVICE_USERS[0]} {data}",
        )
    return of(owner)


def service_account() -> Account:
    """For root: `smile`, else `postgres`, else a `smile` made now. Refuses where none can be made."""
    found = _existing()
    if found:
        return found
    useradd = shutil.which("useradd", path=SEARCH_PATH)
    if useradd:
        made = subprocess.run(
            [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
             "--shell", "/usr/sbin/nologin", SERVICE_USERS[0]],
            capture_output=True, check=False,
        )  # fmt: skip
        found = _existing() if made.returncode == 0 else None
    if not found:
        raise Refusal(
            "database.no-service-user",
            "PostgreSQL does not run as root, and there is no user 'smile' or 'postgres' to run it as.",
            cure="Make one (useradd --system smile), or run the node as an ordinary user.",
        )
    return found


def default_folder(checkout: Path | None) -> Path:
    """Where a node's data lies when nobody says: `.smile` in a checkout, else the system's or the user's data
    folder.

    `checkout` is the folder of a source checkout, None for an installed package. Nothing is made. Where the
    server (for root: the service user) could not reach or write the checkout, it is passed over.
    """
    if os.geteuid() == 0:
        # No user is made just to ask where data would lie; whom nobody knows can reach what nobody can.
        account = _existing() or Account("nobody", NOBODY, NOBODY)
        if checkout and not account.barred(checkout.absolute() / ".smile"):
            return checkout.absolute() / ".smile"
        return ROOT_FOLDER
    if checkout:
        inside = checkout.absolute() / ".smile"
        if os.access(inside if inside.exists() else inside.parent, os.W_OK | os.X_OK):
            return inside
    named = os.environ.get("XDG_DATA_HOME", "")
    return (Path(named) if Path(named).is_absolute() else Path.home() / ".local" / "share") / "smile"


def _existing() -> Account | None:
    for name in SERVICE_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    return None
