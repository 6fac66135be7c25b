# SPDX-License-Identifier: EUPL-1.2
"""What a bench stands on: a database nobody else uses, and proof that its commits are durable."""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from smilecity.city import boot
from smilecity.city.bench import Figures
from smilecity.city.settings import Settings
from smilecity.core.database import attach, drop

DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
SYNCS = 200
TURNS, STEPS = 5, 500_000
PAGE = b"\0" * 8192


@dataclass(frozen=True, slots=True)
class Ground:
    """`url` is the scratch database; `folder` is the node's, on the same disk if `own`; Django is set up."""

    url: str
    folder: Path
    own: bool

    def environment(self, **more: str) -> dict[str, str]:
        """For processes of the node under test."""
        return {**os.environ, "DATABASE_URL": self.url, "SMILE_DATA": str(self.folder), **more}

    def proof(self) -> Figures:
        """What the server says of its durability, what the disk takes for it, and how quick the processor is."""
        said: Figures = {"own_server": self.own, "processor_ms": processor_ms()}
        with psycopg.connect(self.url) as connection:
            for name in DURABLE:
                row = connection.execute(f"SHOW {name}").fetchone()
                said[name] = row[0] if row else ""
        if self.own:
            said["fsync_us"] = fsync_us(self.folder)
        return said


def fsync_us(folder: Path) -> float:
    """Median microseconds to write a page and have it on the disk."""
    took = []
    path = folder / "fsync-probe"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, PAGE)
        for _ in range(SYNCS):
            start = time.perf_counter()
            os.pwrite(descriptor, PAGE, 0)
            os.fdatasync(descriptor)
            took.append(time.perf_counter() - start)
    finally:
        os.close(descriptor)
        path.unlink()
    return round(statistics.median(took) * 1e6, 1)


def processor_ms() -> float:
    """Median milliseconds, by the clock, that a fixed piece of Python takes.

    By it figures of two machines are compared, and of two days on one that others used too.
    """
    took = []
    for _ in range(TURNS):
        start, total = time.perf_counter(), 0
        for step in range(STEPS):
            total += step * step
        took.append(time.perf_counter() - start)
    return round(statistics.median(took) * 1e3, 1)


@contextmanager
def scratch() -> Iterator[Ground]:
    """A prepared database, in a server of our own or in that of `DATABASE_URL`; gone after the block."""
    given = Settings.read(os.environ)
    folder = Path(tempfile.mkdtemp(prefix="smile-bench-"))
    folder.chmod(0o755)  # the server's user must pass; what lies below is closed
    try:
        if given.database:
            with _beside(given.database) as url:
                yield from _prepared(Ground(url, folder, own=False))
        else:
            with attach(folder / "postgres", binaries=given.postgres) as lease:
                yield from _prepared(Ground(lease.url(), folder, own=True))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepared(ground: Ground) -> Iterator[Ground]:
    os.environ.update(ground.environment())
    with boot.booted(Settings.read(os.environ)) as node:
        from django.db import connection

        from smilecity.city.preparing import prepare

        try:
            prepare(node, demo=False)
            yield ground
        finally:
            connection.close()


@contextmanager
def _beside(given: str) -> Iterator[str]:
    name, source = f"smile_bench_{os.getpid()}", os.environ.get("SMILE_BENCH_TEMPLATE", "template0")
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
        try:
            yield _url(given, name)
        finally:
            drop(connection, name)


def _url(given: str, name: str) -> str:
    """The address of another database on the same server, still an address: settings take nothing else."""
    from urllib.parse import quote, urlencode

    parts = {key: str(text) for key, text in psycopg.conninfo.conninfo_to_dict(given).items()}
    parts.pop("dbname", None)
    make_conninfo(given)
    return f"postgresql:///{quote(name)}?{urlencode(parts)}"
