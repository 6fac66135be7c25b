# SPDX-License-Identifier: EUPL-1.2
"""kill -9 of who uses the server, of the server, of both: what was acknowledged is there, one server runs."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from smilecity.core.database import account, attach, cluster, config, postmaster, programs
from smilecity.core.problems import Refusal

from .test_cluster_ground import city, copy_of_a_city, ground, kill, script, the_postmaster, wait_for

__all__ = ["city", "ground"]

# Writes one row after the other and says which ones the server has acknowledged; when the server dies under
# it, it has it started again, as a supervisor does. A row whose answer was lost may be kept or not.
WRITER = """
import os, sys, time, psycopg
from pathlib import Path
from smilecity.core.database import attach
with attach(Path(sys.argv[1])) as lease:
    which, number, connection = int(sys.argv[2]), int(sys.argv[3]), None
    while True:
        try:
            connection = connection or psycopg.connect(lease.url(), autocommit=True)
            connection.execute("insert into kept values (%s, %s)", [which, number])
            os.write(1, b"%d\\n" % number)
        except psycopg.OperationalError:
            connection = None
            lease.ensure()
        number += 1
"""


class Writer:
    """A writing client, started anew after each kill; `acknowledged` are the numbers it was told are kept."""

    def __init__(self, folder: Path, which: int, told: Path) -> None:
        self.folder, self.which, self.told, self.counted = folder, which, told, 0
        self.start()

    def start(self) -> None:
        with self.told.open("a") as sink:
            # Numbers never meant twice: a row whose answer was lost may be there.
            first = max(self.acknowledged(), default=0) + 1_000_000
            self.process = script(WRITER, self.folder, self.which, first, stdout=sink)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def start_counting(self) -> None:
        self.counted = len(self.acknowledged())

    def has_written(self) -> bool:
        """Whether it wrote some rows since the counting started."""
        return len(self.acknowledged()) > self.counted + 20

    def acknowledged(self) -> set[int]:
        return {int(line) for line in self.told.read_text().splitlines()} if self.told.exists() else set()


def keep_killing(folder: Path, ground: Path, seed: int, rounds: int) -> int:
    """Kill `rounds` times while two writers write. Returns the number of acknowledged rows, all found."""
    chance = random.Random(seed)
    with attach(folder) as lease, psycopg.connect(lease.url()) as connection:
        connection.execute("drop table if exists kept")
        connection.execute("create table kept (which int, number bigint, primary key (which, number))")
    writers = [Writer(folder, which, ground / f"told-{which}") for which in range(2)]
    for number in range(rounds):
        for writer in writers:
            writer.start_counting()
        for writer in writers:
            wait_for(writer.has_written, 30)
        # What they wrote may have been taken by sessions that outlived their server for a moment.
        wait_for(lambda: postmaster.running(folder / "data") is not None, 30)
        time.sleep(chance.random() * 0.05)
        way = ("client", "server", "both")[number % 3]
        if way != "server":
            for writer in writers if way == "both" else writers[:1]:
                writer.kill()
        if way != "client":
            server = postmaster.running(folder / "data")
            assert server is not None
            kill(server.pid)
            # Killed is not yet dead: in the next round it must not be taken for one that runs.
            wait_for(lambda pid=server.pid: not postmaster.is_postmaster(pid, folder / "data"))
        for writer in writers:
            if writer.process.poll() is not None:
                writer.start()
    for writer in writers:
        writer.kill()
    with attach(folder) as lease, psycopg.connect(lease.url()) as connection:
        rows = set(connection.execute("select which, number from kept").fetchall())
    told = {(writer.which, number) for writer in writers for number in writer.acknowledged()}
    assert told <= rows, f"{len(told - rows)} of {len(told)} acknowledged rows are lost"
    assert not postmaster.running(folder / "data"), "the last one out adopted the server and stopped it"
    assert_whole(folder)
    return len(told)


def assert_whole(folder: Path) -> None:
    """Two servers on the same files, or torn pages, would show as wrong checksums."""
    checked = account.server_account(folder / "data").run(
        [programs.find()["pg_checksums"], "-c", "-D", folder / "data"]
    )
    assert checked.returncode == 0, checked.stdout


def test_kills_lose_nothing(city: Path, ground: Path) -> None:
    assert keep_killing(city, ground, seed=1, rounds=6) > 100


@pytest.mark.trial
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(2))
def test_many_kills_lose_nothing(city: Path, ground: Path, seed: int) -> None:
    assert keep_killing(city, ground, seed, rounds=30) > 500


@pytest.mark.trial
def test_the_kills_would_show_a_loss(ground: Path) -> None:
    """The same with a server that answers before the row is kept: then the test above must fail."""
    city = copy_of_a_city(ground / "city")
    with (
        attach(city) as lease,
        psycopg.connect(lease.url("postgres").replace("//smile@", "//postgres@")) as admin,
    ):
        admin.autocommit = True
        admin.execute("alter system set synchronous_commit = off")
        admin.execute("alter system set wal_writer_delay = '10s'")
    with pytest.raises(AssertionError, match="acknowledged rows are lost"):
        keep_killing(city, ground, seed=1, rounds=12)


def test_an_orphan_is_adopted_and_stopped(city: Path) -> None:
    client = script(
        "import sys, time\n"
        "from pathlib import Path\n"
        "from smilecity.core.database import attach\n"
        "lease = attach(Path(sys.argv[1]))\n"
        "print(flush=True)\n"
        "time.sleep(60)\n",
        city,
    )
    assert client.stdout is not None
    client.stdout.readline()
    orphan = the_postmaster(city)
    client.kill()
    client.communicate()
    with attach(city):
        assert the_postmaster(city) == orphan
    # The server takes its note away just before it ends.
    wait_for(lambda: not postmaster.is_postmaster(orphan.pid, city / "data"), 10)


def test_several_may_ensure_at_once(city: Path) -> None:
    """Without the start lock several would start a server each; all but one would fail and say so."""
    ensure = (
        "import sys, psycopg\n"
        "from pathlib import Path\n"
        "from smilecity.core.database import attach\n"
        "with attach(Path(sys.argv[1])) as lease:\n"
        "    print(flush=True)\n"
        "    sys.stdin.readline()\n"
        "    lease.ensure()\n"
        "    psycopg.connect(lease.url()).close()\n"
        "    print(flush=True)\n"
        "    sys.stdin.readline()\n"
    )
    clients = [script(ensure, city, stdin=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    for client in clients:
        assert client.stdout
        client.stdout.readline()
    kill(the_postmaster(city).pid)
    for client in clients:
        assert client.stdin
        client.stdin.write("\n")
        client.stdin.flush()
    for client in clients:
        assert client.stdout
        client.stdout.readline()
    for client in clients:
        _, errors = client.communicate("\n")
        assert client.returncode == 0, errors
    log = (city / "postgres.log").read_text()
    assert log.count("starting PostgreSQL") == 2, "once here, once after the kill"


@pytest.mark.parametrize("now", ["something else", "another server"])
def test_a_reused_number_is_not_taken_for_the_server(city: Path, ground: Path, now: str) -> None:
    """After a crash the number in postmaster.pid may be anyone's. PostgreSQL alone then never starts."""
    lease = attach(city)
    kill(the_postmaster(city).pid)
    wait_for(lambda: not postmaster.survivors(city / "data"))
    server_user = account.server_account(city / "data")
    other = None
    if now == "another server":
        other = attach(copy_of_a_city(ground / "other"))
        taken = the_postmaster(ground / "other").pid
        asleep = None
    else:
        other_user = (
            {"user": server_user.uid, "group": server_user.gid, "extra_groups": []}
            if os.geteuid() == 0
            else {}
        )
        asleep = subprocess.Popen(["sleep", "60"], **other_user)  # type: ignore[call-overload]
        taken = asleep.pid
    socket_lock = Path(lease.host) / f".s.PGSQL.{config.PORT}.lock"
    for lock in (city / "data" / "postmaster.pid", socket_lock):
        lines = lock.read_text().splitlines(keepends=True)
        lock.write_text("".join([f"{taken}\n", *lines[1:]]))

    alone = server_user.run(
        [
            programs.find()["pg_ctl"],
            "start",
            "-w",
            "-D",
            city / "data",
            "-o",
            f"-c config_file={city}/conf/postgresql.conf",
        ]
    )
    assert alone.returncode != 0, "PostgreSQL sees through it by itself: this test tries nothing"

    lease.ensure()
    with psycopg.connect(lease.url()) as connection:
        connection.execute("select 1")
    assert the_postmaster(city).pid != taken
    lease.release()
    os.kill(taken, 0)  # whoever has the number now was left alone
    if other:
        other.release()
    if asleep:
        asleep.kill()
        asleep.wait()


@pytest.mark.parametrize("left", ["", "\0" * 90, "0\n"], ids=["empty", "zeros", "none"])
def test_a_spoilt_pid_file_does_not_stop_a_start(city: Path, left: str) -> None:
    pid_file = city / "data" / "postmaster.pid"
    pid_file.write_text(left)
    owner = (city / "data").stat()
    os.chown(pid_file, owner.st_uid, owner.st_gid)
    with attach(city) as lease:
        lease.url()


# Never looks whether its postmaster lives, nor whether it is asked to end at the client's side.
BUSY = "do $$ begin loop perform 1; end loop; end $$"


def busy_survivor(city: Path, lease_url: str) -> tuple[subprocess.Popen[str], int]:
    client = script(
        "import sys, psycopg\n"
        "connection = psycopg.connect(sys.argv[1], autocommit=True)\n"
        "print(connection.info.backend_pid, flush=True)\n"
        "connection.execute(sys.argv[2])\n",
        lease_url,
        BUSY,
        stderr=subprocess.DEVNULL,
    )
    assert client.stdout
    backend = int(client.stdout.readline())
    time.sleep(0.1)
    kill(the_postmaster(city).pid)
    time.sleep(0.1)
    assert backend in postmaster.survivors(city / "data"), (
        "the backend went with its postmaster: nothing is tried"
    )
    return client, backend


def test_a_backend_that_outlived_its_server_is_ended_first(city: Path) -> None:
    with attach(city) as lease:
        client, backend = busy_survivor(city, lease.url())
        lease.ensure()
        assert backend not in postmaster.survivors(city / "data")
        with psycopg.connect(lease.url()) as connection:
            connection.execute("select 1")
        client.communicate()
    assert_whole(city)


def test_a_backend_that_cannot_be_ended_is_named(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting beside it would be two writers on the same files."""
    monkeypatch.setattr(cluster, "SURVIVORS_SECONDS", 0.5)
    with attach(city) as lease:
        client, backend = busy_survivor(city, lease.url())
        os.kill(backend, signal.SIGSTOP)
        with pytest.raises(Refusal) as refused:
            lease.ensure()
        assert refused.value.code == "database.old-processes"
        assert str(backend) in str(refused.value.sentence)
        os.kill(backend, signal.SIGCONT)
        lease.ensure()
        client.communicate()
    assert_whole(city)


def test_a_server_out_of_sight_is_not_started_twice(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two containers on one data folder: neither sees the other's processes, but the socket answers."""
    with attach(city) as lease:
        server = the_postmaster(city)
        monkeypatch.setattr(postmaster, "is_postmaster", lambda pid, data: False)
        with pytest.raises(Refusal) as refused:
            attach(city)
        assert refused.value.code == "database.served-elsewhere"
        monkeypatch.undo()
        assert the_postmaster(city) == server
        lease.url()


def test_a_server_told_to_wait_for_its_sessions_does_not_keep_others_waiting(
    city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """systemd stops a unit by SIGTERM to all, which for PostgreSQL means: when the last session has ended."""
    monkeypatch.setattr(postmaster, "PATIENCE_SECONDS", 0.2)
    with attach(city) as lease, psycopg.connect(lease.url()):
        before = the_postmaster(city)
        os.kill(before.pid, signal.SIGTERM)
        wait_for(lambda: the_postmaster(city).state == "stopping")
        lease.ensure()
        assert the_postmaster(city).pid != before.pid
