# SPDX-License-Identifier: EUPL-1.2
"""`smile upgrade`: the way to a newer version that always knows its way back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
from rich.console import Console

import smilecity
from smilecity.city import boot
from smilecity.city.settings import Settings
from smilecity.core import clock
from smilecity.core.database import NodeLock, backup, restore
from smilecity.core.problems import Refusal

FOLDER = "backups"
PREPARE = (sys.executable, "-m", "smilecity.city.cli", "prepare")
_MIGRATED = "SELECT app, name FROM django_migrations ORDER BY id"


def upgrade(settings: Settings, out: Console, prepare: tuple[str, ...] = PREPARE) -> int:
    """Back up, migrate, look; the exit code. The node must not run; if migrating fails all is put back.

    `prepare` is the command that migrates, in a process of its own: whatever happens to it, this one goes on.
    """
    folder = boot.data_folder(settings)
    earlier = _version(folder)
    with NodeLock(folder), boot.database(settings) as node:
        before = _migrated(node.url)
        if before is None:
            raise Refusal(
                "upgrade.nothing-there",
                "There is no city in this database yet.",
                cure="Use 'smile init' or 'smile demo' first.",
            )
        saved = _save(node.url, folder)
        out.print(f"Saved the city as it was to {saved}.", soft_wrap=True)
        done = subprocess.run(prepare, check=False)
        if done.returncode != 0:
            restore(node.url, saved, keep=False)
            raise Refusal(
                "upgrade.failed",
                "The tables could not be brought up to date; the lines above say why. The city is as it was before.",
                cure=f"Go on with {earlier}. What was saved is in {saved}.",
            )
        steps = len(set(_migrated(node.url) or ()) - set(before))
        out.print(f"Tables are up to date for {smilecity.__version__} ({steps} steps).")
    unwell = _look(settings, out)
    out.print(f"To go back: install {earlier}, then run")
    out.print(f"    smile restore {saved}", soft_wrap=True)
    return unwell


def _migrated(url: str) -> list[tuple[str, str]] | None:
    """The steps that have been done, or `None` where nothing has ever been."""
    with psycopg.connect(url) as connection:
        try:
            return [(str(app), str(name)) for app, name in connection.execute(_MIGRATED).fetchall()]
        except psycopg.errors.UndefinedTable:
            return None


def _version(folder: Path) -> str:
    """Which version the city ran on so far, as far as that was written down."""
    try:
        return f"version {(folder / boot.VERSION_FILE).read_text().strip()[:40]}"
    except OSError:
        return "the version you had before"


def _save(url: str, folder: Path) -> Path:
    kept = folder / FOLDER
    kept.mkdir(mode=0o700, exist_ok=True)
    stamp = clock.now().strftime("%Y%m%d-%H%M%S")
    file = kept / f"before-{smilecity.__version__}-{stamp}.smile"
    backup(url, file)
    return file


def _look(settings: Settings, out: Console) -> int:
    from smilecity.city.doctor import examine

    return examine(settings, out)
