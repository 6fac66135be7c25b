# SPDX-License-Identifier: EUPL-1.2
"""Files and folders shared by several processes and users: locks, whole writes, no planted links followed."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from smilecity.core.problems import Refusal


class LockFile:
    """An open file with an advisory lock (`flock`). The kernel drops the lock when the process ends, however
    it ends.

    The descriptor is not inherited by programs this process starts. A forked child shares the lock.
    """

    def __init__(self, path: Path) -> None:
        how = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            # What was there before may be anything, and is never given to anyone.
            with suppress(FileExistsError):
                self.descriptor = os.open(path, how | os.O_CREAT | os.O_EXCL, 0o600)
                give_to_owner(self.descriptor, path.parent)
                return
            self.descriptor = os.open(path, how)
        except PermissionError as error:
            raise not_yours(path) from error

    def share(self) -> None:
        """Wait for a shared lock."""
        fcntl.flock(self.descriptor, fcntl.LOCK_SH)

    def take(self) -> None:
        """Wait for the exclusive lock."""
        fcntl.flock(self.descriptor, fcntl.LOCK_EX)

    def try_to_take(self) -> bool:
        """The exclusive lock if nobody else holds any. On False a shared lock held before may be lost."""
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Drop the lock; doing it twice does no harm."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def write(path: Path, text: str) -> None:
    """Replace a small file at once: a reader sees the old or the new text. All who reach it may read it."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, 0o644)
        give_to_owner(descriptor, path.parent)
        file.write(text)
    draft.rename(path)


def make_folder(folder: Path, mode: int = 0o755) -> None:
    """Make `folder` and its missing parents; what is made here gets `mode`, whatever the umask."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return  # another process was faster; one that is no folder is found out by whoever enters it
    except PermissionError as error:
        raise not_yours(folder) from error
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        give_to_owner(descriptor, folder.parent)
        os.fchmod(descriptor, mode)
    finally:
        os.close(descriptor)


def make_private_folder(folder: Path, uid: int, gid: int) -> None:
    """Make `folder` with mode 0700 for that user, or accept one that is just so; refuse anything else."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise _not_private(folder) from error
    try:
        found = os.fstat(descriptor)
        if found.st_mode & 0o777 != 0o700 or found.st_uid not in (uid, os.geteuid()):
            raise _not_private(folder)
        if found.st_uid != uid:
            os.fchown(descriptor, uid, gid)  # root made it, just now or before a crash
    finally:
        os.close(descriptor)


def give_to_owner(descriptor: int, folder: Path) -> None:
    """What root makes inside a folder of another user belongs to that user."""
    if os.geteuid() == 0:
        owner = folder.stat()
        if owner.st_uid != 0:
            os.fchown(descriptor, owner.st_uid, owner.st_gid)


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def not_yours(path: Path) -> Refusal:
    """The refusal for a place this process may not write."""
    return Refusal(
        "database.folder-not-yours",
        f"This process may not write {path}.",
        cure="Run it as the user who made that folder, or set SMILE_DATA to a folder of your own.",
    )


def _not_private(folder: Path) -> Refusal:
    return Refusal(
        "database.folder-not-private",
        f"{folder} should be a folder for the database's own user alone (mode 0700), but is not.",
        cure="Find out who made it. If nobody needs it, remove it and start again.",
    )
