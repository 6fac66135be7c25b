# SPDX-License-Identifier: EUPL-1.2
"""A node of its own for the conformance tests: empty, with one key, and asked over HTTP as any client would."""

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from smilecity.city.bench.node import HOST, free_port, running
from smilecity.core.database import drop
from tests.conformance.service import Service, Town
from tests.migrated import copied

PREPARED = """
from smilecity.city import boot
with boot.booted() as node:
    from smilecity.city.preparing import prepare
    from smilecity.core.who import NODE
    from smilecity.people.actions import make_key
    prepare(node, demo=False)
    print(make_key(NODE, "conformance", ["things", "observe"])[1])
"""


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    """The running service, with a key that may write all entities. Its embedded broker listens as well."""
    server = os.environ["DATABASE_URL"]
    name = f"conformance_{uuid.uuid4().hex[:8]}"
    address = copied(server, name)
    folder = Path(tempfile.mkdtemp(prefix="smile-conformance-"))
    broker = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "SMILE_DATA": str(folder),
        "SMILE_MQTT": "embedded",
        "SMILE_MQTT_PORT": str(broker),
    }
    try:
        key = prepared(environment)
        with running(environment, "door") as door:
            yield Service(f"http://{HOST}:{door.port}/sensorthings/v1.1", key, broker)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with psycopg.connect(server, autocommit=True) as connection:
            drop(connection, name)


def prepared(environment: dict[str, str]) -> str:
    """Bring the tables up to date and make a key; its text."""
    command = [sys.executable, "-c", PREPARED]
    made = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return made.stdout.split()[-1]


@pytest.fixture(scope="session")
def town(service: Service) -> Town:
    """Three sensors and sixty values that no test changes."""
    return Town.built(service)
