# SPDX-License-Identifier: EUPL-1.2
"""`smile doctor`: looks at everything a node stands on and says what to do where it is not well."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
from rich.console import Console

from smilecity.city import boot
from smilecity.city.settings import Settings
from smilecity.core.problems import Refusal

LEAST_FREE_BYTES = 1 << 30
OLDEST_POSTGRES = 150_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is well, what was seen, and what to do if it is not well."""

    what: str
    well: bool
    seen: str
    cure: str = ""


def examine(settings: Settings, out: Console) -> int:
    """Print all findings; 0 if all is well, else 1."""
    unwell = 0
    for finding in findings(settings):
        mark = "[green]ok  [/green]" if finding.well else "[red]BAD [/red]"
        out.print(f"{mark} {finding.what}: {finding.seen}")
        if not finding.well:
            unwell += 1
            out.print(f"     -> {finding.cure}")
    return 1 if unwell else 0


def findings(settings: Settings) -> Iterator[Finding]:
    """Every check in the order in which they depend on each other; stops where the next would make no sense."""
    try:
        folder = boot.data_folder(settings)
        yield Finding("Data folder", well=True, seen=str(folder))
        yield _space(shutil.disk_usage(folder).free)
        with boot.booted(settings) as node:
            yield from _database(node.url)
            yield from (_guarded(what, look) for what, look in CHECKS)
    except Refusal as refusal:
        yield Finding("Start", False, str(refusal.sentence), str(refusal.cure))
    except (psycopg.Error, OSError) as error:
        yield Finding("Database", False, type(error).__name__, "Is PostgreSQL running? Check DATABASE_URL.")


def _space(free: int) -> Finding:
    enough = free >= LEAST_FREE_BYTES
    return Finding(
        "Free space", enough, f"{free / (1 << 30):.1f} GiB", "Make room on the disk of the data folder."
    )


def _database(url: str) -> Iterator[Finding]:
    with psycopg.connect(url) as connection:
        version = connection.info.server_version
        cure = "Use PostgreSQL 15 or newer."
        yield Finding("PostgreSQL", version >= OLDEST_POSTGRES, f"{version // 10000}.{version % 10000}", cure)
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            row = connection.execute(f"SHOW {setting}").fetchone()
            value = row[0] if row else "unknown"
            yield Finding(
                setting, value == "on", value, f"Set {setting} = on, or a power cut loses what was promised."
            )


def _guarded(what: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except Refusal as refusal:
        return Finding(what, False, str(refusal.sentence), str(refusal.cure))
    except Exception as error:  # noqa: BLE001 - a check that fails is a finding, not a crash
        return Finding(
            what,
            False,
            f"{type(error).__name__}: {error}".split("\n")[0][:200],
            "See the line above; then ask for help.",
        )


def _tables() -> Finding:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return Finding(
        "Tables", not steps, f"{steps} steps behind" if steps else "up to date", "Run 'smile prepare'."
    )


def _log() -> Finding:
    from smilecity.core.models import LogEntry

    waiting = LogEntry.objects.filter(position__isnull=True).count()
    return Finding(
        "Log", waiting < 10_000, f"{waiting} entries wait for a position", "Start the node: it numbers them."
    )


def _pages() -> Finding:
    from smilecity.core.assets import asset_url

    return Finding("Styles and scripts", well=True, seen=asset_url("app.css"))


def _codecs() -> Finding:
    from smilecity.things.codecs import Codec, Sandbox

    script = "function decodeUplink(input) { return { data: { sum: input.bytes[0] + input.bytes[1] } }; }"

    async def decode() -> object:
        with Sandbox() as sandbox:
            return (await sandbox.decode_uplink(Codec("doctor", script), 1, bytes([1, 2]))).data

    data = asyncio.run(decode())
    return Finding("Codecs", data == {"sum": 3}, "run in their sandbox", "Reinstall the package quickjs-ng.")


def _mail() -> Finding:
    from django.conf import settings

    cure = "Set SMILE_MAIL, or nobody can confirm an address or hear of anything."
    if settings.SMILE.mail:
        return Finding("Mail", well=True, seen=f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}")
    seen = f"no server; kept as files in {settings.EMAIL_FILE_PATH}"
    return Finding("Mail", well=not settings.SMILE.secure, seen=seen, cure=cure)


def _parked() -> Finding:
    from smilecity.things.models import Uplink

    parked = Uplink.objects.filter(state=Uplink.PARKED).values("eui").distinct().count()
    seen = f"{parked} unknown devices sent uplinks" if parked else "none"
    return Finding("Parked devices", well=True, seen=seen)


CHECKS: tuple[tuple[str, Callable[[], Finding]], ...] = (
    ("Tables", _tables),
    ("Log", _log),
    ("Styles and scripts", _pages),
    ("Codecs", _codecs),
    ("Mail", _mail),
    ("Parked devices", _parked),
)
