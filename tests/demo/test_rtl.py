# SPDX-License-Identifier: EUPL-1.2
"""Right to left: an Arabic sample turns the whole page, and no style speaks of left and right."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.demo.conftest import City
from tests.demo.pages import WIDTHS

ROOT = Path(__file__).resolve().parents[2]
PATHS = ("/", "/places/hafensport/", "/places/")
PHYSICAL = re.compile(
    r"(?:margin|padding|border|inset|scroll-\w+)-(?:left|right)\b|(?<![-\w])(?:left|right)\s*:"
    r"|text-align:\s*(?:left|right)|float:\s*(?:left|right)"
)


@pytest.fixture(scope="module")
def pages(city: City, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Each path's page in Arabic."""
    folder = tmp_path_factory.mktemp("arabic")
    environment = {
        **os.environ,
        "DATABASE_URL": city.url if "://" in city.url else _address(city.url),
        "DJANGO_SETTINGS_MODULE": "smilecity.city.django",
        "PYTHONPATH": str(ROOT / "src"),
    }
    script = ROOT / "tests/demo/arabic.py"
    subprocess.run([sys.executable, str(script), str(folder), *PATHS], env=environment, check=True)
    return {path: (folder / f"{number}.html").read_text() for number, path in enumerate(PATHS)}


def _address(conninfo: str) -> str:
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(conninfo)
    named = {"host": parts.get("host", ""), "port": parts.get("port", 5432), "user": parts.get("user", "")}
    return "postgresql://?" + "&".join(f"{k}={v}" for k, v in {**named, "dbname": parts["dbname"]}.items())


@pytest.mark.parametrize(
    ("path", "width"),
    [
        pytest.param(path, width, marks=[] if (path, name) == ("/", "phone") else pytest.mark.trial)
        for path in PATHS
        for name, width in WIDTHS.items()
    ],
)
def test_an_arabic_page_reads_from_the_right(
    chromium: Browser, city: City, pages: dict[str, str], path: str, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, locale="ar")
    page = context.new_page()
    address = f"{city.address}/ar{path}"
    page.route(
        address, lambda route: route.fulfill(body=pages[path], content_type="text/html; charset=utf-8")
    )
    page.goto(address)
    page.wait_for_selector("h1")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("html").get_attribute("lang") == "ar"
    brand = page.locator(".smile-brand").bounding_box()
    heading = page.locator("h1").bounding_box()
    assert brand is not None and heading is not None
    assert brand["x"] + brand["width"] > width * 0.7, "the name stands at the right"
    assert page.locator("h1").evaluate("e => getComputedStyle(e).direction") == "rtl"
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, "nothing hangs out of the page"
    if shots := os.environ.get("SMILE_SCREENSHOTS"):
        name = path.strip("/").replace("/", "-") or "start"
        page.screenshot(path=f"{shots}/ar-{name}-{width}.png", full_page=True)
    context.close()


def test_no_style_speaks_of_left_and_right() -> None:
    found = [
        f"{sheet.name}:{number}: {line.strip()}"
        for sheet in sorted((ROOT / "web/css").glob("*.css"))
        for number, line in enumerate(sheet.read_text().split("\n"), 1)
        if PHYSICAL.search(line)
    ]
    assert found == []
