# SPDX-License-Identifier: EUPL-1.2
"""The command line, as an operator types it."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from smilecity.city.cli.commands import app
from smilecity.core.database import drop
from smilecity.people.models import ApiKey
from tests.migrated import copied

SMILE = [sys.executable, "-m", "smilecity.city.cli"]


@pytest.mark.django_db
def test_a_key_is_made_listed_and_revoked() -> None:
    runner = CliRunner()
    made = runner.invoke(app, ["key", "make", "server"])
    assert made.exit_code == 0, made.output
    assert made.output.strip().startswith("smile_")
    assert "server" in runner.invoke(app, ["key", "list"]).output
    assert runner.invoke(app, ["key", "revoke", "server"]).exit_code == 0
    assert ApiKey.objects.get().revoked_at is not None


def test_a_wrong_setting_is_a_sentence_with_an_id_and_not_a_traceback(tmp_path: Path) -> None:
    environment = {**os.environ, "SMILE_PORT": "eighty", "SMILE_DATA": str(tmp_path)}
    done = subprocess.run([*SMILE, "version"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "[settings.port]" in done.stderr
    assert "SMILE_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_away_is_said_by_the_doctor(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "SMILE_DATA": str(tmp_path),
        "COLUMNS": "200",
    }
    done = subprocess.run([*SMILE, "doctor"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "BAD" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.trial
def test_the_doctor_finds_a_prepared_node_well(tmp_path: Path) -> None:
    database = f"doctor_{os.getpid()}"
    server = os.environ["DATABASE_URL"]
    import psycopg

    environment = {
        **os.environ,
        "DATABASE_URL": copied(server, database),
        "SMILE_DATA": str(tmp_path),
        "COLUMNS": "200",
    }
    try:
        subprocess.run([*SMILE, "prepare"], env=environment, check=True)
        done = subprocess.run(
            [*SMILE, "doctor"], env=environment, capture_output=True, text=True, check=False
        )
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            drop(connection, database)
    # The tests' own server does not wait for the disk, and the doctor says so; everything else is well.
    bad = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("BAD")]
    assert {one.rstrip(":") for one in bad} <= {"fsync", "full_page_writes", "synchronous_commit"}
    assert "Tables: up to date" in done.stdout


@pytest.mark.trial
def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        environment = {**os.environ, "SMILE_PORT": str(port), "SMILE_DATA": str(tmp_path)}
        done = subprocess.run([*SMILE, "serve"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "[door.no-port]" in done.stderr
    assert str(port) in done.stderr
