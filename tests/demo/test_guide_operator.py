# SPDX-License-Identifier: EUPL-1.2
"""The operator's guide, walked through: a new city from a file, its name in the browser, a backup and its return."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from smilecity.core.database import drop
from tests.migrated import as_address

SMILE = [sys.executable, "-m", "smilecity.city.cli"]
ANSWERS = """
[city]
name = "Neustadt am See"
contact = "Stadt Neustadt, Markt 1"
state = "SH"
accent = "#7a1f5c"
accent_dark = "#f2a7d8"
[node]
port = {port}
[operator]
email = "it@neustadt.example"
pseudonym = "Betrieb Neustadt"
"""
PASSWORD = "ein langes Wort 17"


@dataclass(frozen=True, slots=True)
class NewNode:
    """An empty node: its environment, folder, address, and the link that `smile init` gave."""

    environment: dict[str, str]
    folder: Path
    port: int

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def smile(self, *words: str, unwell: bool = False) -> str:
        """Type a command; what it printed. The tests' own database does not wait for the disk: `unwell` may be said."""
        done = subprocess.run(
            [*SMILE, *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
        )
        assert done.returncode == 0 or (unwell and done.returncode == 1), done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def serving(self) -> Iterator[None]:
        """`smile serve`, until the block ends."""
        node = subprocess.Popen([*SMILE, "serve"], env=self.environment)
        try:
            opened(self.address)
            yield
        finally:
            node.terminate()
            node.wait(20)


def opened(address: str) -> None:
    """Returns when the node says that it is well: it starts two processes, and others may be at work beside it."""
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the node did not open")


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewNode]:
    server, name = os.environ["DATABASE_URL"], f"newcity_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    folder = tmp_path_factory.mktemp("newcity")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": as_address(server, name),
        "SMILE_DATA": str(folder / "data"),
        "COLUMNS": "200",
    }
    yield NewNode(environment, folder, port)
    with psycopg.connect(server, autocommit=True) as connection:
        for each in (name, f"{name}_before_restore"):
            drop(connection, each)


@pytest.mark.trial
@pytest.mark.timeout(400)
def test_a_city_is_founded_found_again_and_brought_back(node: NewNode, chromium: Browser) -> None:
    (node.folder / "stadt.toml").write_text(ANSWERS.format(port=node.port))
    said = node.smile("init", "stadt.toml")
    match = re.search(rf"{node.address}/account/password/reset/key/\S+", said)
    assert match, said

    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    page = context.new_page()
    with node.serving():
        page.goto(f"{node.address}/")
        expect(page).to_have_title("Start – Neustadt am See")
        colour = page.locator(".kern-btn--primary").first.evaluate("e => getComputedStyle(e).backgroundColor")
        assert colour == "rgb(122, 31, 92)"
        sets_a_password_and_signs_in(page, node, match[0])
        node.smile("backup", "stadt.smile")
        renames(page, node, "Altstadt am Meer")
        page.goto(f"{node.address}/")
        expect(page).to_have_title("Start – Altstadt am Meer")
    node.smile("restore", "stadt.smile")
    assert "smile restore" in node.smile("upgrade", unwell=True)
    with node.serving():
        page.goto(f"{node.address}/")
        expect(page).to_have_title("Start – Neustadt am See")
        page.goto(f"{node.address}/desk/city/")
        expect(page.locator("input[name=name]")).to_have_value("Neustadt am See")
    context.close()


def sets_a_password_and_signs_in(page: Page, node: NewNode, link: str) -> None:
    page.goto(link)
    for field in ("password1", "password2"):
        page.fill(f"input[name={field}]", PASSWORD)
    page.click("main form:has(input[name=password1]) button[type=submit]")
    page.wait_for_url(lambda address: "/reset/key/" not in address or "done" in address)
    page.goto(f"{node.address}/account/login/")
    if page.locator("input[name=login]").count():
        page.fill("input[name=login]", "it@neustadt.example")
        page.fill("input[name=password]", PASSWORD)
        page.click("main form:has(input[name=password]) button[type=submit]")
        page.wait_for_url(lambda address: "/account/login/" not in address)
    replay = page.context.browser.new_context().new_page()  # type: ignore[union-attr]
    replay.goto(link)
    assert replay.locator("input[name=password1]").count() == 0
    replay.context.close()


def renames(page: Page, node: NewNode, name: str) -> None:
    page.goto(f"{node.address}/desk/city/")
    page.fill("input[name=name]", name)
    page.click("main form:has(input[name=name]) button:not([name])")
    expect(page.locator("#meldungen")).to_contain_text("Gespeichert")
