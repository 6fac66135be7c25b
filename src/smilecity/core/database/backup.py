# SPDX-License-Identifier: EUPL-1.2
"""A city in one file, and back: `pg_dump`'s archive with a manifest, both in a plain zip.

`manifest.json` comes last and holds the archive's length and SHA-256, so a file that is cut off or changed is
refused before anything is touched. `unzip` and `pg_restore` open it without Smile City.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import smilecity
from smilecity.core import clock
from smilecity.core.database import dump, files, swap
from smilecity.core.problems import Refusal

PRODUCT = "smilecity"
FORMAT = 1
ARCHIVE = "database.dump"
MANIFEST = "manifest.json"
MANIFEST_BYTES = 65_536
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. `made` is ISO 8601 in UTC, `postgresql` the server's version."""

    product: str
    format: int
    version: str
    made: str
    postgresql: str
    database: str
    bytes: int
    sha256: str


def backup(url: str, file: Path, *, binaries: Path | None = None) -> Manifest:
    """Write the database at `url` to `file` (mode 0600): all as of one moment, while the node goes on.

    An existing `file` is replaced at the end, at once; after a failure it is as before. `binaries` names the
    folder of `pg_dump`; without it the bundled one serves, or for a server across the network, where the line
    must be encrypted, the system's.
    """
    server = dump.Server.of(url, binaries)
    version = swap.server_version(url)
    try:
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".part")
    except OSError as error:
        raise _cannot_write(file, error) from error
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as whole:
            manifest = _write(server, version, whole)
            whole.flush()
            os.fsync(descriptor)
        draft.replace(file)
        files.sync_folder(file.absolute().parent)
    except OSError as error:
        raise _cannot_write(file, error) from error
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def inspect(file: Path) -> Manifest:
    """What the backup in `file` says of itself; every byte is checked. Refuses a damaged or foreign one."""
    with _checked(file) as (_, manifest):
        return manifest


def restore(
    url: str, file: Path, *, force: bool = False, keep: bool = True, binaries: Path | None = None
) -> Manifest:
    """Replace the database at `url` by the one in `file`, only when that is complete; refuse where it cannot
    be.

    It is built beside, as `<name>_restoring`, and then swapped in by one transaction; the old one is kept as
    `<name>_before_restore` (an earlier one of that name goes) unless `keep` is false. A failure leaves all as
    it was. Others in the database are a refusal unless `force` ends their sessions; hold the `NodeLock`, so
    that no node starts meanwhile. Objects belong to the user of `url`; owners and grants of the backup are
    not taken over.
    """
    server = dump.Server.of(url, binaries)
    with _checked(file) as (archive, manifest), swap.Replacement(url, force=force, keep=keep) as replacement:
        server.load(archive, replacement.beside)
        replacement.complete()
        return manifest


def _write(server: dump.Server, version: str, whole: IO[bytes]) -> Manifest:
    digest, length = hashlib.sha256(), 0
    with zipfile.ZipFile(whole, "w") as parcel:
        with parcel.open(ARCHIVE, "w", force_zip64=True) as sink, server.dumped() as source:
            while piece := source.read(CHUNK):
                digest.update(piece)
                length += len(piece)
                sink.write(piece)
        manifest = Manifest(
            PRODUCT, FORMAT, smilecity.__version__, clock.now().isoformat(timespec="seconds"), version,
            server.database, length, digest.hexdigest(),
        )  # fmt: skip
        parcel.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
    return manifest


@contextmanager
def _checked(file: Path) -> Iterator[tuple[IO[bytes], Manifest]]:
    """The archive, positioned at its start, and the manifest it fits."""
    try:
        with zipfile.ZipFile(file) as parcel:
            manifest = _manifest(parcel)
            if manifest.format > FORMAT:
                raise Refusal(
                    "backup.newer",
                    f"{file} was written by Smile City {manifest.version}, in a form unknown to this one.",
                    cure="Update Smile City first.",
                )
            with parcel.open(ARCHIVE) as archive:
                digest = _digest(archive)
            if digest != manifest.sha256 or parcel.getinfo(ARCHIVE).file_size != manifest.bytes:
                raise _damaged(file)
            archive = parcel.open(ARCHIVE)
    except OSError as error:
        raise Refusal("backup.unreadable", f"{file} cannot be read: {error.strerror}.") from error
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, NotImplementedError, EOFError) as error:
        raise _damaged(file) from error
    with archive:
        yield archive, manifest


def _manifest(parcel: zipfile.ZipFile) -> Manifest:
    if parcel.getinfo(MANIFEST).file_size > MANIFEST_BYTES:
        raise ValueError("too long for a manifest")
    manifest = Manifest(**json.loads(parcel.read(MANIFEST)))
    if manifest.product != PRODUCT or not isinstance(manifest.format, int):
        raise ValueError("not of this product")
    return manifest


def _digest(archive: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := archive.read(CHUNK):
        digest.update(piece)
    return digest.hexdigest()


def _damaged(file: Path) -> Refusal:
    return Refusal(
        "backup.damaged",
        f"{file} is not a whole backup of Smile City: it is cut off, changed, or something else.",
        cure="Take another copy. Nothing has been touched.",
    )


def _cannot_write(file: Path, error: OSError) -> Refusal:
    return Refusal(
        "backup.cannot-write",
        f"{file} cannot be written: {error.strerror}.",
        cure="Name a file in a folder that exists, that you may write, with room for the whole database.",
    )
