# SPDX-License-Identifier: EUPL-1.2
"""`smile upgrade`: saves, migrates, looks, and knows its way back, also when migrating fails half way."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from rich.console import Console

from smilecity.city import upgrade as upgrading
from smilecity.city.settings import Settings
from smilecity.core.database import drop, restore
from smilecity.core.problems import Refusal

# What stands for a city here: two done steps and one resident. Migrating itself is `prepare`'s, tried elsewhere.
CITY = """
CREATE TABLE django_migrations (id serial, app text, name text);
INSERT INTO django_migrations (app, name) VALUES ('core', '0001'), ('core', '0002');
CREATE TABLE resident (name text); INSERT INTO resident VALUES ('Anna');
"""
STEP = "INSERT INTO django_migrations (app, name) VALUES ('core', '0003'); DROP TABLE resident;"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Settings]:
    server, name = os.environ["DATABASE_URL"], f"upgrade_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        drop(connection, name)
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    parts = conninfo_to_dict(server)
    url = f"postgresql://?host={parts['host']}&port={parts.get('port', 5432)}&user={parts['user']}&dbname={name}"
    yield Settings.read({"DATABASE_URL": url, "SMILE_DATA": str(tmp_path)})
    with psycopg.connect(server, autocommit=True) as connection:
        for each in (name, f"{name}_before_restore"):
            drop(connection, each)


@pytest.fixture(autouse=True)
def _nothing_else_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor needs a whole city; what it says is its own tests'."""
    monkeypatch.setattr(upgrading, "_look", lambda _settings, _out: 0)


def migrating(city: Settings, code: int) -> tuple[str, ...]:
    """A command that takes one step and ends with this code."""
    script = f"import psycopg, sys\nwith psycopg.connect({city.database!r}) as c: c.execute({STEP!r})\nsys.exit({code})"
    return (sys.executable, "-c", script)


def residents(city: Settings) -> list[str]:
    with psycopg.connect(city.database) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM resident").fetchall()]


def steps(city: Settings) -> int:
    with psycopg.connect(city.database) as connection:
        row = connection.execute("SELECT count(*) FROM django_migrations").fetchone()
    return int(row[0]) if row else 0


def found(city: Settings) -> None:
    with psycopg.connect(city.database) as connection:
        connection.execute(CITY)


def test_an_upgrade_says_how_to_go_back_and_that_works(city: Settings, tmp_path: Path) -> None:
    found(city)
    (tmp_path / "version").write_text("0.0.9\n")
    screen = Console(record=True, width=300)
    assert upgrading.upgrade(city, screen, migrating(city, 0)) == 0
    assert steps(city) == 3
    (saved,) = (tmp_path / "backups").iterdir()
    shown = screen.export_text()
    assert "(1 steps)" in shown
    assert "install version 0.0.9" in shown
    assert f"smile restore {saved}" in shown
    restore(city.database, saved)
    assert (steps(city), residents(city)) == (2, ["Anna"])


def test_a_migration_that_fails_is_taken_back_at_once(city: Settings, tmp_path: Path) -> None:
    found(city)
    with pytest.raises(Refusal) as refused:
        upgrading.upgrade(city, Console(quiet=True), migrating(city, 1))
    assert refused.value.code == "upgrade.failed"
    assert str(next((tmp_path / "backups").iterdir())) in str(refused.value.cure)
    assert (steps(city), residents(city)) == (2, ["Anna"])


def test_an_empty_database_is_no_city(city: Settings, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        upgrading.upgrade(city, Console(quiet=True), migrating(city, 0))
    assert refused.value.code == "upgrade.nothing-there"
    assert not (tmp_path / "backups").exists()


def test_a_running_node_is_not_upgraded(city: Settings, tmp_path: Path) -> None:
    from smilecity.core.database import NodeLock

    found(city)
    with NodeLock(tmp_path), pytest.raises(Refusal) as refused:
        upgrading.upgrade(city, Console(quiet=True), migrating(city, 0))
    assert refused.value.code == "node.already-running"
    assert steps(city) == 2
