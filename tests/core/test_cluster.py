# SPDX-License-Identifier: EUPL-1.2
"""The server in the data folder: made, started, joined, stopped by the last one out; what it stores, how."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from smilecity.core.database import Lease, attach, config, postmaster
from smilecity.core.problems import Refusal

from .test_cluster_ground import (
    DEBIAN_15,
    as_root,
    city,
    copy_of_a_city,
    ground,
    must_be_there,
    script,
    shared_city,
    the_postmaster,
)

__all__ = ["city", "ground"]


def ask(lease: Lease, query: str, database: str = "smilecity") -> object:
    with psycopg.connect(lease.url(database)) as connection:
        row = connection.execute(query.encode()).fetchone()
        return row[0] if row else None


@pytest.fixture(params=["bundled", pytest.param("debian-15", marks=pytest.mark.trial)])
def binaries(request: pytest.FixtureRequest) -> Path | None:
    if request.param == "bundled":
        return None
    must_be_there(DEBIAN_15.exists(), "PostgreSQL 15")
    return DEBIAN_15


def test_a_server_is_made_joined_and_stopped_by_the_last(ground: Path, binaries: Path | None) -> None:
    folder = ground / "city"
    first = attach(folder, binaries=binaries)
    with psycopg.connect(first.url()) as connection:
        connection.execute("create table kept as select 7 as id")
    server = the_postmaster(folder)
    second = attach(folder, binaries=binaries)
    assert the_postmaster(folder) == server, "the second one joins, it starts no other"
    first.release()
    first.release()
    assert ask(second, "select id from kept") == 7, "the first one's leaving must not stop the server"
    second.release()
    assert not postmaster.running(folder / "data")
    with attach(folder, binaries=binaries) as third:
        assert ask(third, "select id from kept") == 7
        assert third.url("other") != third.url()
        assert ask(third, "select current_database()", "other") == "other"


@pytest.mark.trial
def test_what_text_means_is_the_same_everywhere(binaries: Path | None) -> None:
    with attach(shared_city(binaries), binaries=binaries) as lease:
        words = ["b", "ä", "Z", "a", "ß", "Ä", "z", "é", "A"]
        assert ask(lease, f"select array_agg(w order by w) from unnest(array{words}) w") == sorted(words)
        assert ask(lease, "select lower('ÄÖÜÉ') = 'äöüé' and upper('äöüé') = 'ÄÖÜÉ'") is True
        # German quotation marks are no letters: found by the bare word.
        assert (
            ask(lease, "select to_tsvector('german', '„Straße“ – neu') @@ to_tsquery('german', 'Straße')")
            is True
        )
        assert ask(lease, "show server_encoding") == "UTF8"
        assert ask(lease, "show data_checksums") == "on"


def test_nobody_is_more_than_needed_and_all_is_durable(city: Path) -> None:
    with attach(city, settings={"work_mem": "5MB", "application_name": "it's \\ mine"}) as lease:
        assert (
            ask(lease, "select rolsuper or rolcreaterole or rolbypassrls from pg_roles where rolname = user")
            is False
        )
        shown = {
            name: ask(lease, f"show {name}")
            for name in (
                "fsync",
                "full_page_writes",
                "synchronous_commit",
                "listen_addresses",
                "timezone",
                "work_mem",
            )
        }
        assert shown == {
            "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "listen_addresses": "",
            "timezone": "UTC", "work_mem": "5MB",
        }  # fmt: skip
        for extension in ("pg_trgm", "btree_gist", "unaccent"):
            with psycopg.connect(lease.url()) as connection:
                connection.execute(f"create extension if not exists {extension}".encode())
        assert (Path(lease.host).stat().st_mode & 0o777) == 0o700
        assert lease.port == config.PORT


def test_a_setting_that_is_none_does_not_start(city: Path) -> None:
    with pytest.raises(Refusal) as refused:
        attach(city, settings={"shared_buffers": "a lot"})
    assert refused.value.code == "database.did-not-start"
    assert "shared_buffers" in str(refused.value.sentence) or "configuration" in str(refused.value.sentence)
    for wrong in ({"fsync = off\nport": "1"}, {"port": "1'\nfsync = 'off"}):
        with pytest.raises(Refusal) as refused:
            attach(city, settings=wrong)
        assert refused.value.code == "database.wrong-setting"
    attach(city).release()  # a failed start leaves no lock behind


def test_many_come_and_go_at_once(city: Path) -> None:
    """The race: the last one out stops the server while another is coming in.

    It would show as a refused or broken connection in a client, which then ends with an error.
    """
    come_and_go = (
        "import sys, random, time, psycopg\n"
        "from pathlib import Path\n"
        "from smilecity.core.database import attach\n"
        "chance = random.Random(int(sys.argv[2]))\n"
        "for _ in range(4):\n"
        "    with attach(Path(sys.argv[1])) as lease:\n"
        "        with psycopg.connect(lease.url('shared')) as connection:\n"
        "            connection.execute('select 1')\n"
        "    time.sleep(chance.random() * 0.05)\n"
    )
    clients = [script(come_and_go, city, seed, stderr=subprocess.PIPE) for seed in range(4)]
    for client in clients:
        _, errors = client.communicate()
        assert client.returncode == 0, errors
    assert not postmaster.running(city / "data")
    starts = (city / "postgres.log").read_text().count("ready to accept connections")
    assert starts > 1, "the clients overlapped all the time: nothing was tried"


def test_other_data_than_programs_is_refused() -> None:
    must_be_there(DEBIAN_15.exists(), "PostgreSQL 15")
    old = shared_city(DEBIAN_15)
    with pytest.raises(Refusal) as refused:
        attach(old)
    assert refused.value.code == "database.other-version"
    assert "PostgreSQL 15" in str(refused.value.sentence)
    attach(old, binaries=DEBIAN_15).release()


def test_a_long_path_gets_a_short_private_socket(ground: Path) -> None:
    folder = ground / ("long-" * 25) / "city"
    folder.parent.mkdir()
    copy_of_a_city(folder)
    with attach(folder) as lease:
        socket = Path(lease.host)
        assert len(os.fsencode(socket / ".s.PGSQL.5432")) <= 107
        assert folder not in socket.parents
        assert socket.stat().st_mode & 0o777 == 0o700
        assert ask(lease, "select 1") == 1
        with attach(folder) as other:
            assert other.host == lease.host
    assert not socket.exists(), "nothing is left outside the data folder"


def test_a_forked_child_does_not_stop_the_server(city: Path) -> None:
    with attach(city) as lease:
        child = os.fork()
        if child == 0:
            lease.release()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert ask(lease, "select 1") == 1


def test_a_big_log_is_put_aside_at_start(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attach(city).release()
    monkeypatch.setattr("smilecity.core.database.cluster.LOG_BYTES", 100)
    attach(city).release()
    assert (city / "postgres.log.1").stat().st_size > 100
    assert "ready to accept" in (city / "postgres.log").read_text()


def test_what_people_typed_is_not_in_the_log(city: Path) -> None:
    with attach(city) as lease, psycopg.connect(lease.url("typed"), autocommit=True) as connection:
        connection.execute("create table said (word text unique)")
        for _ in range(2):
            try:
                connection.execute("insert into said values ('confidential')")
            except psycopg.errors.UniqueViolation:
                seen = True
        assert seen
    log = (city / "postgres.log").read_text()
    assert "duplicate key" in log, "the error itself is there"
    assert "confidential" not in log


@pytest.mark.trial
@as_root
def test_a_half_made_database_is_made_again(ground: Path) -> None:
    """A kill during the making leaves either nothing or a whole database: `data` appears by rename only."""
    maker = script(
        "import sys\n"
        "from pathlib import Path\n"
        "from smilecity.core.database import attach\n"
        "attach(Path(sys.argv[1]))\n",
        ground / "city",
    )
    while not (ground / "city" / "data.new" / "PG_VERSION").exists():
        assert maker.poll() is None, "it was over before it could be killed"
        time.sleep(0.002)
    maker.kill()
    maker.wait()
    assert not (ground / "city" / "data").exists()
    with attach(ground / "city") as lease:
        assert ask(lease, "select 1") == 1
    assert not (ground / "city" / "data.new").exists()


def test_an_idle_server_is_small(city: Path) -> None:
    """Eight sessions and the server's own processes together, counted by proportional set size."""
    must_be_there(Path("/proc/self/smaps_rollup").exists(), "smaps_rollup")
    with attach(city) as lease:
        sessions = [psycopg.connect(lease.url()) for _ in range(8)]
        for session in sessions:
            session.execute("select count(*) from pg_class")
        total = 0
        for pid in postmaster.survivors(city / "data"):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        print(f"{total / 1024:.1f} MiB")
        assert total < 70 * 1024
        for session in sessions:
            session.close()


@as_root
def test_root_without_sight_of_others_still_knows_its_server(city: Path) -> None:
    """In a container root may not look into others' processes. Taking the server for gone starts a second."""
    must_be_there(shutil.which("setpriv"), "setpriv")
    with attach(city) as lease:
        lease.url()
        before = the_postmaster(city)
        blind = script(
            "import os, sys\n"
            "os.execvp('setpriv', ['setpriv', '--bounding-set=-sys_ptrace', '--inh-caps=-sys_ptrace',"
            " sys.executable, '-c', sys.argv[2], sys.argv[1]])",
            city,
            "import os, sys\n"
            "from pathlib import Path\n"
            "from smilecity.core.database import attach, postmaster\n"
            "folder = Path(sys.argv[1]).resolve()\n"
            "found = postmaster.read(folder / 'data')\n"
            "try: os.readlink(f'/proc/{found.pid}/exe')\n"
            "except PermissionError: print('blind')\n"
            "with attach(folder) as lease: print(postmaster.running(folder / 'data').pid)\n",
            stderr=subprocess.PIPE,
        )
        said, errors = blind.communicate()
        assert said.split() == ["blind", str(before.pid)], errors
        assert the_postmaster(city) == before
