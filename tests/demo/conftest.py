# SPDX-License-Identifier: EUPL-1.2
"""A demo city behind a real door, with one past day of uplinks and nobody simulating: tests play the sensors."""

import os
import subprocess
import sys
import tempfile
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from psycopg.conninfo import make_conninfo

from smilecity.city.bench.node import HOST, running
from smilecity.core import clock
from smilecity.core.database import drop
from smilecity.things.demo import simulator
from smilecity.things.demo.fleet import FLEET, Sensor
from smilecity.things.demo.nature import Nature
from tests.migrated import copied

CHROMIUM = "/usr/bin/chromium"
MOST_HEARD = 24
NO_MAPS = """
const define = customElements.define.bind(customElements)
customElements.define = (name, ...more) => name === 'city-map' || define(name, ...more)
"""
SWITCHES = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--use-gl=angle",
    "--disable-gpu-compositing",  # pages are put together without what only maps need: a quarter less work
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What drives the browser can be left out by its mark, and comes last.

    While a browser runs, the thread has an event loop that others cannot have.
    """
    driving = [item for item in items if {"chromium", "visit"} & set(getattr(item, "fixturenames", ()))]
    for item in driving:
        item.add_marker(pytest.mark.browser)
    last = {item for item in driving if HERE in item.path.parents}
    items.sort(key=lambda item: item in last)


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


@contextmanager
def a_copy(name: str, source: str = "") -> Iterator[str]:
    """The address of a database of this name, a copy of the source or else an empty one; gone after the block."""
    server = os.environ["DATABASE_URL"]
    try:
        yield copied(server, name, source)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            drop(connection, name)


@pytest.fixture(scope="session")
def founded() -> Iterator[tuple[str, Path]]:
    """The demo city as it moves in: its database, to be copied and never changed, and its data folder."""
    name = f"founded_{uuid.uuid4().hex[:8]}"
    with a_copy(name) as address, tempfile.TemporaryDirectory(prefix="smile-founded-") as folder:
        environment = {**os.environ, "DATABASE_URL": address, "SMILE_DATA": folder}
        command = [sys.executable, "-m", "smilecity.city.cli", "prepare", "--demo"]
        subprocess.run(command, env=environment, check=True)
        yield name, Path(folder)


@pytest.fixture(scope="session")
def city(founded: tuple[str, Path]) -> Iterator[City]:
    """Founded and open; ends with the tests."""
    source, folder = founded
    name = f"browser_{uuid.uuid4().hex[:8]}"
    with a_copy(name, source) as address:
        environment = {
            **os.environ,
            "DATABASE_URL": address,
            "SMILE_DATA": str(folder),
            "SMILE_WRITES_A_MINUTE": "10000",
        }
        with running(environment, "door") as door:
            url = make_conninfo(os.environ["DATABASE_URL"], dbname=name)
            key = (folder / "demo-key").read_text().strip()
            found = City(f"http://{HOST}:{door.port}", key, url, folder)
            one_day_of_uplinks(found, door.port)
            yield found


def one_day_of_uplinks(city: City, port: int) -> None:
    """Yesterday until a quarter of an hour ago, through the webhook."""
    now = clock.now()
    nature = Nature(simulator.SEED, ZoneInfo("Europe/Berlin"))
    door = simulator.Door(HOST, port, city.key)
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


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not Path(CHROMIUM).exists():
        if os.environ.get("SMILE_CI"):
            pytest.fail("CI must have Chromium")
        pytest.skip("no Chromium here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


def a_phone(chromium: Browser) -> BrowserContext:
    return chromium.new_context(
        viewport={"width": 360, "height": 780}, locale="de-DE", reduced_motion="reduce"
    )


@pytest.fixture
def visit(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone with JavaScript, and nothing remembered. It draws no maps: without a graphics card that is dear."""
    with a_phone(chromium) as context:
        context.add_init_script(NO_MAPS)
        yield context


@pytest.fixture
def map_visit(chromium: Browser) -> Iterator[BrowserContext]:
    """The same, and it draws maps."""
    with a_phone(chromium) as context:
        yield context
