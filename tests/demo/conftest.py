# SPDX-License-Identifier: EUPL-1.2
"""A demo city behind a real door, with one past day of uplinks and nobody simulating: tests play the sensors."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from psycopg.conninfo import make_conninfo

from smilecity.core import clock
from smilecity.things.demo import simulator
from smilecity.things.demo.fleet import FLEET, Sensor
from smilecity.things.demo.nature import Nature
from tests.migrated import copied

CHROMIUM = "/usr/bin/chromium"
MOST_HEARD = 24
SWITCHES = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What drives the browser can be left out by its mark."""
    for item in items:
        if {"chromium", "visit"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True, slots=True)
class City:
    """The running demo: its address, its network server's key, its database and its data folder."""

    address: str
    key: str
    url: str
    folder: Path

    def post(self, sensor: Sensor, body: bytes) -> int:
        """Send an uplink as the network server does; the status."""
        request = urllib.request.Request(
            f"{self.address}/things/uplinks/tts", body, {"Authorization": f"Bearer {self.key}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)

    def noun(self, address: str) -> int:
        """The id of the noun at this address."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute("SELECT id FROM core_noun WHERE address = %s", [address]).fetchone()
        assert row is not None
        return int(row[0])


def sensor(thing: str) -> Sensor:
    """The demo's sensor of this thing."""
    return next(one for one in FLEET if one.thing == thing)


@pytest.fixture(scope="session")
def city() -> Iterator[City]:
    """Founded and open; ends with the tests."""
    server = os.environ["DATABASE_URL"]
    name = f"browser_{uuid.uuid4().hex[:8]}"
    address = copied(server, name)
    folder = Path(tempfile.mkdtemp(prefix="smile-browser-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = make_conninfo(server, dbname=name)
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "SMILE_DATA": str(folder),
        "SMILE_PORT": str(port),
        "SMILE_WRITES_A_MINUTE": "10000",
    }
    command = [sys.executable, "-m", "smilecity.city.cli"]
    subprocess.run([*command, "prepare", "--demo"], env=environment, check=True)
    door = subprocess.Popen([sys.executable, "-m", "smilecity.city.part", "door"], env=environment)
    try:
        found = City(f"http://127.0.0.1:{port}", (folder / "demo-key").read_text().strip(), url, folder)
        await_open(found.address)
        one_day_of_uplinks(found, port)
        yield found
    finally:
        door.terminate()
        door.wait(10)
        shutil.rmtree(folder, ignore_errors=True)
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def await_open(address: str) -> None:
    """Returns when the node says that it is well."""
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the door did not open")


def one_day_of_uplinks(city: City, port: int) -> None:
    """Yesterday until a quarter of an hour ago, through the webhook."""
    now = clock.now()
    nature = Nature(simulator.SEED, ZoneInfo("Europe/Berlin"))
    door = simulator.Door("127.0.0.1", port, city.key)
    some = FLEET[:MOST_HEARD]  # those of the places that tests look at, and a few more
    lanes = [some[lane :: simulator.LANES] for lane in range(simulator.LANES)]
    with ThreadPoolExecutor(len(lanes)) as pool:
        list(pool.map(lambda one: simulator.send(door, nature, one, now - timedelta(hours=26), now), lanes))


def sign_in(page: Page, city: City, name: str) -> None:
    """Sign one of the demo's people in by the form, as they would: anna, karim, petra, stefan, olga ..."""
    page.goto(f"{city.address}/account/login/")
    page.fill("input[name=login]", f"{name}@example.org")
    page.fill("input[name=password]", "smile-city-demo")
    page.click("main form:has(input[name=password]) button[type=submit]")
    page.wait_for_url(lambda address: "/account/login/" not in address)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. For a module only: while it runs, the thread has an event loop that others cannot have."""
    if not Path(CHROMIUM).exists():
        if os.environ.get("SMILE_CI"):
            pytest.fail("CI must have Chromium")
        pytest.skip("no Chromium here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone with JavaScript, and nothing remembered."""
    context = chromium.new_context(viewport={"width": 360, "height": 780}, locale="de-DE")
    yield context
    context.close()
