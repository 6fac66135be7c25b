# SPDX-License-Identifier: EUPL-1.2
"""A node under fire: `smile serve` with its own database at full load, processes killed at random."""

import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import psutil
import psycopg

from smilecity.city.bench.fleet import ADDRESS, Fleet, now, uplink
from smilecity.city.bench.load import http_request
from smilecity.city.bench.node import HOST, free_port, get
from smilecity.core.database import Lease, attach, postmaster
from tests import migrated

VICTIMS = ("door", "works", "supervisor", "postmaster")
SENDERS = 16
DEVICES = 16


class Node:
    """`smile serve` in a folder of its own, on a free port of this machine only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.environment = {key: text for key, text in os.environ.items() if key != "DATABASE_URL"} | {
            "SMILE_DATA": str(folder),
            "SMILE_HOST": HOST,
            "SMILE_PORT": str(self.port),
        }
        self._served: list[subprocess.Popen[bytes]] = []
        self._seen: dict[int, psutil.Process] = {}

    @property
    def supervisor(self) -> subprocess.Popen[bytes]:
        """The supervisor that runs now."""
        return self._served[-1]

    def serve(self) -> None:
        """Start it and wait until it is well."""
        command = [sys.executable, "-m", "smilecity.city.cli", "serve"]
        self._served.append(subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL))
        self.wait_until_well()

    def wait_until_well(self) -> None:
        """Returns when door, works and database are there; the test's time limit is the only clock."""
        while not (get(self.port, "/health")[0] == 200 and self.pid("works") and self.pid("door")):
            assert self.supervisor.poll() is None, "the supervisor has ended"
            time.sleep(0.05)

    def pid(self, part: str) -> int | None:
        """The process id of a part; None if it is not there."""
        if part == "supervisor":
            return self.supervisor.pid
        if part == "postmaster":
            found = postmaster.running(self.folder / "postgres" / "data")
            return found.pid if found else None
        with suppress(psutil.Error):
            for child in psutil.Process(self.supervisor.pid).children(recursive=True):
                self._seen[child.pid] = child
                with suppress(psutil.Error):
                    if "smilecity.city.part" in child.cmdline() and part in child.cmdline():
                        return int(child.pid)
        return None

    def kill(self, part: str) -> int | None:
        """SIGKILL; returns whom. A killed supervisor is started again, as the system does it."""
        pid = self.pid(part)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            if part == "supervisor":
                self.supervisor.wait()
                self.serve()
        return pid

    def fleet(self) -> Fleet:
        """Register devices in the running node."""
        said = subprocess.run(
            [sys.executable, "-m", "smilecity.city.bench.fleet", str(DEVICES)],
            env=self.environment, stdout=subprocess.PIPE, check=True,
        ).stdout  # fmt: skip
        words = json.loads(said)
        return Fleet(words["key"], tuple(words["euis"]))

    def end(self) -> int:
        """Stop it; returns the supervisor's exit code. Whatever has not ended by then is killed."""
        self.pid("door")
        for one in self._served:
            if one.poll() is None:
                one.terminate()
        try:
            return self.supervisor.wait(60)
        finally:
            for one in self._served:
                one.kill()
                one.wait()
            for child in self._seen.values():
                with suppress(psutil.Error):  # psutil compares start times: never another process
                    child.kill()

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection]:
        """Its database, also when it does not run."""
        with joined(self.folder) as lease, psycopg.connect(lease.url()) as connection:
            yield connection


def joined(folder: Path) -> Lease:
    """The node's PostgreSQL, by the programs the node itself takes."""
    given = os.environ.get("SMILE_POSTGRES")
    return attach(folder / "postgres", binaries=Path(given) if given else None)


@contextmanager
def node(**settings: str) -> Iterator[Node]:
    """A node that runs, with these settings besides; nothing of it is left at the end."""
    folder = Path(tempfile.mkdtemp(prefix="smile-fire-"))
    folder.chmod(0o755)
    found = Node(folder)
    found.environment |= settings
    try:
        with joined(folder) as lease:
            migrated.fill(lease.url(), os.environ["DATABASE_URL"])
        found.serve()
        yield found
    finally:
        try:
            found.end()
        finally:
            with joined(folder):
                pass  # the last one out stops the server
            shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Senders:
    """Network servers: each sends uplinks one after another, and some of those not acknowledged again."""

    node: Node
    fleet: Fleet
    seed: int
    acknowledged: set[tuple[str, int]] = field(default_factory=set)
    stop: threading.Event = field(default_factory=threading.Event)
    failed: int = 0

    def run(self) -> None:
        """Until `stop`."""
        asyncio.run(self._all())

    async def _all(self) -> None:
        start = now()
        await asyncio.gather(*(self._send(number, start) for number in range(SENDERS)))

    async def _send(self, number: int, start: datetime) -> None:
        chance = random.Random(self.seed * 1000 + number)
        eui = self.fleet.euis[number]
        count = 0
        while not self.stop.is_set():
            with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
                async with asyncio.timeout(10):
                    reader, writer = await asyncio.open_connection(HOST, self.node.port)
                    try:
                        while not self.stop.is_set():
                            if await self._acknowledged(reader, writer, eui, count, start):
                                self.acknowledged.add((eui, count))
                                count += 1
                                continue
                            break
                    finally:
                        writer.close()
            if not self.stop.is_set():
                self.failed += 1
                count += chance.random() < 0.3  # never heard of again
                await asyncio.sleep(0.02)

    async def _acknowledged(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        eui: str,
        count: int,
        start: datetime,
    ) -> bool:
        body = uplink(eui, count, start)
        writer.write(http_request("POST", ADDRESS, body, authorization=f"Bearer {self.fleet.key}"))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        return head.split()[1] == b"200"


STORED = """
SELECT d.eui, o.result::bigint FROM things_observation o
JOIN things_feed f ON f.datastream_id = o.datastream_id AND f.field = 'line_1_total_in'
JOIN things_device d ON d.id = f.device_id
"""


def story(kills: int, seed: int, victims: tuple[str, ...] = VICTIMS) -> tuple[int, int]:
    """Kill at full load; each acknowledged uplink must be there, once. Returns acknowledged and failed."""
    chance = random.Random(seed)
    with node() as city:
        senders = Senders(city, city.fleet(), seed)
        sending = threading.Thread(target=senders.run)
        sending.start()
        try:
            for number in range(kills):
                before = len(senders.acknowledged)
                while len(senders.acknowledged) < before + 100:
                    time.sleep(0.01)
                time.sleep(chance.random() * 0.5)
                victim = victims[number % len(victims)] if kills <= len(victims) else chance.choice(victims)
                killed = city.kill(victim)
                while city.pid(victim) in (None, killed):  # until it was started again
                    time.sleep(0.05)
                city.wait_until_well()
        finally:
            senders.stop.set()
            sending.join()
        assert city.end() == 0
        assert city.pid("postmaster") is None, "the last one out stops the database"
        with city.database() as connection:
            check(connection, senders)
    return len(senders.acknowledged), senders.failed


def check(connection: psycopg.Connection, senders: Senders) -> None:
    """Every acknowledged uplink once, by key and by observation; and no other twice."""
    stored = connection.execute(STORED).fetchall()
    assert len(stored) == len(set(stored)), "an uplink was stored twice"
    assert senders.acknowledged <= set(stored), "an acknowledged uplink is lost"
    (uplinks, observations) = connection.execute(
        "SELECT (SELECT count(*) FROM things_uplink), (SELECT count(*) FROM things_observation)"
    ).fetchone() or (0, 0)
    assert (uplinks, observations) == (len(stored), 4 * len(stored)), "an uplink is there in part"
    (entries, numbered, last) = connection.execute(
        "SELECT count(position), count(DISTINCT position), max(position) FROM core_logentry"
    ).fetchone() or (0, 0, 0)
    assert entries == numbered == last, "the log has a gap"
