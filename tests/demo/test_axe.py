# SPDX-License-Identifier: EUPL-1.2
"""No violation of WCAG 2.2 AA that axe can see, on any page, in both languages and widths."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.demo.conftest import City
from tests.demo.pages import LANGUAGES, PAGES, WIDTHS

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
ALL = [(language, width) for language in LANGUAGES for width in WIDTHS]


def violations(page: Page) -> list[str]:
    # By the debugger, not by a script tag: the pages' content policy must stay as strict as it is.
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run(document, rules).then(result => result.violations)", RULES)
    return [f"{one['id']}: {[node['html'][:160] for node in one['nodes']]}" for one in found]


def visit_all(
    city: City, chromium: Browser, language: str, width: str, *, dark: bool = False
) -> dict[str, list[str]]:
    context = chromium.new_context(
        viewport={"width": WIDTHS[width], "height": 800}, color_scheme="dark" if dark else "light"
    )
    page = context.new_page()
    bad = {}
    for path in PAGES:
        address = LANGUAGES[language] + path.format(hafensport=city.noun("places/hafensport"))
        page.goto(city.address + address)
        page.wait_for_load_state("load")
        if found := violations(page):
            bad[address] = found
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            bad.setdefault(address, []).append("wider than the screen")
        if os.environ.get("SMILE_SCREENSHOTS"):
            name = address.strip("/").replace("/", "_").replace("?", "_").replace("=", "_") or "start"
            page.screenshot(path=f"{os.environ['SMILE_SCREENSHOTS']}/{width}-{name}.png", full_page=True)
    context.close()
    return bad


@pytest.mark.parametrize(("language", "width"), [("de", "phone"), ("en", "desk")])
def test_axe_finds_nothing(city: City, chromium: Browser, language: str, width: str) -> None:
    assert visit_all(city, chromium, language, width) == {}


@pytest.mark.trial
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("language", "width"), ALL)
def test_axe_finds_nothing_anywhere(
    city: City, chromium: Browser, language: str, width: str, *, dark: bool
) -> None:
    assert visit_all(city, chromium, language, width, dark=dark) == {}


@pytest.mark.parametrize("width", [320, 360])
def test_nothing_is_wider_than_a_small_phone(city: City, chromium: Browser, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 640})
    page = context.new_page()
    wide = []
    for path in PAGES:
        page.goto(city.address + path.format(hafensport=city.noun("places/hafensport")))
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    context.close()
    assert not wide
