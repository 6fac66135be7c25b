# SPDX-License-Identifier: EUPL-1.2
"""A city goes into one file and comes back the same; whatever fails leaves the old one as it was."""

from __future__ import annotations

import hashlib
import json
import stat
import subprocess
import threading
import zipfile
from pathlib import Path

import psycopg
import pytest

from smilecity.core.database import Lease, attach, backup, drop, dump, inspect, restore
from smilecity.core.problems import Refusal

from .backup_city import connected, databases, full, lease, portrait, server
from .test_cluster_ground import DEBIAN_15, copy_of_a_city, ground, must_be_there, script, shared_city

__all__ = ["full", "ground", "lease", "server"]


def test_a_city_comes_back_the_same(full: str, tmp_path: Path) -> None:
    file = tmp_path / "city.smile"
    before = portrait(full)
    assert before["place"][0] == 501
    manifest = backup(full, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [file.name], "no draft is left"
    assert inspect(file) == manifest
    assert manifest.postgresql.startswith("18.")
    assert manifest.database == "smilecity"
    with connected(full) as connection:
        connection.execute(
            "delete from booking; drop view busy; update place set name = 'gone'; select nextval('ticket')"
        )
    spoilt = portrait(full)
    assert spoilt != before, "else the comparison sees nothing"

    restore(full, file)

    assert portrait(full) == before
    assert databases(full) == {"smilecity", "smilecity_before_restore"}
    assert portrait(full.replace("/smilecity?", "/smilecity_before_restore?")) == spoilt
    with connected(full) as connection:
        row = connection.execute("insert into place (name) values ('next') returning id").fetchone()
        assert row == (502,), "the identity goes on where it was"
        with pytest.raises(psycopg.errors.ExclusionViolation):
            connection.execute("insert into booking values (1, tstzrange('2026-01-01', '2026-01-02'))")

    restore(full, file, keep=False)  # the earlier keepsake goes too
    assert databases(full) == {"smilecity"}
    assert portrait(full) == before


def test_who_only_the_server_may_end_is_waited_for_when_a_database_is_dropped(lease: Lease) -> None:
    """A worker that vacuums there belongs to the server: PostgreSQL refuses an ordinary owner to end it."""
    theirs = psycopg.connect(lease.url("postgres"), autocommit=True)
    theirs.execute("CREATE DATABASE leaving")
    superuser = psycopg.connect(lease.url("leaving").replace("//smile@", "//postgres@"))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        theirs.execute("DROP DATABASE leaving WITH (FORCE)")
    leaving = threading.Timer(0.5, superuser.close)
    leaving.start()
    drop(theirs, "leaving")
    leaving.join()
    assert "leaving" not in databases(lease.url())
    drop(theirs, "leaving")  # which is not there
    theirs.close()


@pytest.mark.trial
def test_a_city_moves_between_old_and_new_servers(full: str, tmp_path: Path) -> None:
    """pg_restore 18 sets `transaction_timeout`, which 15 does not know; nothing else may fail."""
    must_be_there(DEBIAN_15.exists(), "PostgreSQL 15")
    before = portrait(full)
    backup(full, tmp_path / "new.smile")
    with attach(shared_city(DEBIAN_15), binaries=DEBIAN_15) as old:
        restore(old.url(), tmp_path / "new.smile")
        assert portrait(old.url())["place"] == before["place"]
        assert {
            key: old_part for key, old_part in portrait(old.url()).items() if before[key] != old_part
        } == {}
        backup(old.url(), tmp_path / "old.smile")
        assert inspect(tmp_path / "old.smile").postgresql.startswith("15.")
        restore(old.url(), tmp_path / "old.smile")
        assert portrait(old.url()) == before
    restore(full, tmp_path / "old.smile")
    assert portrait(full) == before


@pytest.mark.trial
def test_the_older_server_does_object_to_the_line_left_out() -> None:
    must_be_there(DEBIAN_15.exists(), "PostgreSQL 15")
    with (
        attach(shared_city(DEBIAN_15), binaries=DEBIAN_15) as old,
        connected(old.url()) as connection,
        pytest.raises(psycopg.errors.UndefinedObject),
    ):
        connection.execute(dump._UNKNOWN_BEFORE_17)


def test_what_is_left_out_of_the_script_is_never_data(lease: Lease, tmp_path: Path) -> None:
    """The same words as rows of a table are kept, and so are options of a column that are the city's."""
    url = lease.url()
    words = [
        "ALTER TABLE ONLY public.said ALTER COLUMN word SET (pg_attver=1);",
        "SET transaction_timeout = 0;",
    ]
    with connected(url) as connection:
        connection.execute("create table said (word text)")
        connection.execute("alter table said alter word set (n_distinct = 7)")
        for word in words:
            connection.execute("insert into said values (%s)", [word])
    backup(url, tmp_path / "city.smile")
    restore(url, tmp_path / "city.smile")
    with connected(url) as connection:
        assert connection.execute("select array_agg(word order by word) from said").fetchone() == (words,)
        assert connection.execute(
            "select attoptions from pg_attribute where attrelid = 'said'::regclass and attname = 'word'"
        ).fetchone() == (["n_distinct=7"],)


def test_a_servers_own_column_versions_are_no_data() -> None:
    start = b'ALTER TABLE ONLY public."a b" ALTER COLUMN c SET ('
    assert dump._without_internals(start + b"pg_attver=33257120);\n") == b""
    assert dump._without_internals(start + b"n_distinct=7, pg_attver=1);\n") == start + b"n_distinct=7);\n"
    assert (
        dump._without_internals(b"COMMENT ON TABLE t IS 'pg_attver=1';\n")
        == b"COMMENT ON TABLE t IS 'pg_attver=1';\n"
    )


def spoil(file: Path, way: str) -> None:
    whole = file.read_bytes()
    if way == "cut off":
        file.write_bytes(whole[: len(whole) * 2 // 3])
    elif way == "empty":
        file.write_bytes(b"")
    elif way == "a letter":
        file.write_text("Dear city,\n" * 100)
    elif way == "one bit":
        at = len(whole) // 2
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    else:
        with zipfile.ZipFile(file) as parcel:
            archive, manifest = parcel.read("database.dump"), json.loads(parcel.read("manifest.json"))
        if way == "another archive":
            archive = archive[:-1]
        if way == "another product":
            manifest["product"] = "frown"
        if way == "a longer manifest":
            manifest["more"] = 1
        if way == "a newer form":
            manifest["format"] = 2
        with zipfile.ZipFile(file, "w") as parcel:
            parcel.writestr("database.dump", archive)
            if way != "no manifest":
                parcel.writestr("manifest.json", json.dumps(manifest))


WAYS = ["cut off", "empty", "a letter", "one bit", "another archive", "another product", "a longer manifest"]


def test_a_broken_file_is_refused_before_anything_is_touched(full: str, tmp_path: Path) -> None:
    good = tmp_path / "good.smile"
    backup(full, good)
    before = portrait(full)
    for way in [*WAYS, "no manifest", "a newer form"]:
        file = tmp_path / "bad.smile"
        file.write_bytes(good.read_bytes())
        spoil(file, way)
        with pytest.raises(Refusal) as refused:
            restore(full, file)
        assert refused.value.code == ("backup.newer" if way == "a newer form" else "backup.damaged"), way
    with pytest.raises(Refusal) as refused:
        restore(full, tmp_path / "missing.smile")
    assert refused.value.code == "backup.unreadable"
    assert databases(full) == {"smilecity"}
    assert portrait(full) == before


def test_a_restore_that_fails_half_way_leaves_the_old_city(full: str, tmp_path: Path) -> None:
    """A whole file whose content the server refuses: here a rule that its rows do not keep."""
    file = tmp_path / "city.smile"
    with connected(full) as connection:
        connection.execute(
            "create function public.even(n int) returns bool language sql immutable as 'select true'"
        )
        connection.execute("create table odd (n int check (public.even(n)))")
        connection.execute("insert into odd values (1)")
        # The dump takes the rule as it is now; the row was let in by what it was then.
        connection.execute(
            "create or replace function public.even(n int) returns bool"
            " language sql immutable as 'select n % 2 = 0'"
        )
    backup(full, file)
    before = portrait(full)
    with pytest.raises(Refusal) as refused:
        restore(full, file)
    assert refused.value.code == "backup.restore-failed"
    assert "odd" in str(refused.value.sentence)
    assert databases(full) == {"smilecity"}
    assert portrait(full) == before


def test_a_serving_node_stops_a_restore(full: str, tmp_path: Path) -> None:
    file = tmp_path / "city.smile"
    backup(full, file)
    with connected(full) as node:
        with pytest.raises(Refusal) as refused:
            restore(full, file)
        assert refused.value.code == "backup.in-use"
        node.execute("insert into place (name) values ('still here')")
        assert databases(full) == {"smilecity"}
        restore(full, file, force=True)
        with pytest.raises(psycopg.OperationalError):
            node.execute("select 1")
    assert portrait(full)["place"][0] == 501


def test_a_node_that_came_meanwhile_stops_the_swap(
    full: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "city.smile"
    backup(full, file)
    load = dump.Server.load
    node = []

    def load_while_a_node_starts(self: dump.Server, archive: object, database: str) -> None:
        load(self, archive, database)  # type: ignore[arg-type]
        node.append(connected(full))

    monkeypatch.setattr(dump.Server, "load", load_while_a_node_starts)
    with pytest.raises(Refusal) as refused:
        restore(full, file)
    assert refused.value.code == "backup.in-use"
    node[0].execute("select 1")
    node[0].close()
    assert databases(full) == {"smilecity"}


def test_a_killed_restore_leaves_the_old_city_and_can_be_repeated(full: str, tmp_path: Path) -> None:
    file = tmp_path / "city.smile"
    backup(full, file)
    before = portrait(full)
    killed = script(
        "import sys, time\n"
        "from pathlib import Path\n"
        "from smilecity.core.database import dump, restore\n"
        "load = dump.Server.load\n"
        "def slow(*words):\n"
        "    load(*words)\n"
        "    print(flush=True)\n"
        "    time.sleep(60)\n"
        "dump.Server.load = slow\n"
        "restore(sys.argv[1], Path(sys.argv[2]))\n",
        full,
        file,
    )
    assert killed.stdout
    killed.stdout.readline()
    with pytest.raises(Refusal) as refused:
        restore(full, file)
    assert refused.value.code == "backup.restore-running"
    killed.kill()
    killed.communicate()
    assert portrait(full) == before
    restore(full, file)
    assert databases(full) == {"smilecity", "smilecity_before_restore"}
    assert portrait(full) == before


def test_a_failed_backup_leaves_the_earlier_one(full: str, tmp_path: Path) -> None:
    file = tmp_path / "city.smile"
    backup(full, file)
    earlier = hashlib.sha256(file.read_bytes()).digest()
    with connected(full) as connection:
        connection.execute(
            "revoke select on place from current_user; alter table place enable row level security"
        )
        connection.execute("alter table place force row level security")
    with pytest.raises(Refusal) as refused:
        backup(full, file)
    assert refused.value.code == "backup.failed"
    assert hashlib.sha256(file.read_bytes()).digest() == earlier
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    with pytest.raises(Refusal) as refused:
        backup(full, tmp_path / "no" / "folder" / "city.smile")
    assert refused.value.code == "backup.cannot-write"


def test_a_backup_goes_to_an_empty_server(full: str, ground: Path, tmp_path: Path) -> None:
    backup(full, tmp_path / "city.smile")
    with attach(copy_of_a_city(ground / "new")) as new:
        restore(new.url("postgres").replace("/postgres?", "/smilecity?"), tmp_path / "city.smile")
        assert portrait(new.url()) == portrait(full)
        assert databases(new.url()) == {"smilecity"}


def test_a_password_is_neither_shown_nor_sent_in_the_clear() -> None:
    near = dump.Server.of("postgresql://u:hush@127.0.0.1/city")
    assert "hush" not in near._conninfo()
    assert near._environment()["PGPASSWORD"] == "hush"
    assert "hush" not in str(near.address)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dump.shutil, "which", lambda _: None)
        with pytest.raises(Refusal) as refused:
            dump.Server.of("postgresql://u:hush@db.example.org/city")
        assert refused.value.code == "backup.no-encryption"
        dump.Server.of("postgresql://u:hush@db.example.org/city?sslmode=disable")


def test_a_server_that_is_not_there_is_said_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        backup("postgresql://u:hush@127.0.0.1:1/city", tmp_path / "city.smile")
    assert refused.value.code == "backup.no-connection"
    assert "hush" not in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_the_file_opens_without_smile_city(full: str, tmp_path: Path) -> None:
    backup(full, tmp_path / "city.smile")
    with zipfile.ZipFile(tmp_path / "city.smile") as parcel:
        assert parcel.namelist() == ["database.dump", "manifest.json"]
        parcel.extract("database.dump", tmp_path)
    tools = dump.Server.of(full).tools
    listed = subprocess.check_output([tools / "pg_restore", "-l", tmp_path / "database.dump"], text=True)
    assert "TABLE DATA public place smile" in listed
