# SPDX-License-Identifier: EUPL-1.2
"""The guide's page: something for Saturday is found, somebody registers, and who waits moves up; without JavaScript."""

import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.demo.conftest import City, sign_in
from tests.demo.offered import TITLE
from tests.demo.pictures import picture
from tests.migrated import as_address

pytestmark = pytest.mark.trial


@pytest.fixture(scope="module", autouse=True)
def _offered(city: City) -> None:
    name = city.url.partition("dbname=")[2].split()[0]
    environment = {**os.environ, "DATABASE_URL": as_address(os.environ["DATABASE_URL"], name)}
    subprocess.run([sys.executable, "-m", "tests.demo.offered"], env=environment, check=True)


def finds_it(page: Page, city: City) -> None:
    page.goto(f"{city.address}/offers/")
    page.get_by_text("Genauer suchen").click()
    page.get_by_label("An welchem Wochentag?").select_option("")
    page.get_by_label("Was möchten Sie tun?").fill("tanzen samstag")
    page.get_by_label("Beginn frühestens").fill("14:00")
    page.get_by_label("kostenlos").check()
    page.get_by_role("button", name="Anzeigen").click()
    picture(page, "was-ist-los-suche")
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()


def registers(page: Page, name: str, button: str) -> None:
    page.get_by_label("Ihr Name").fill(name)
    page.get_by_label("E-Mail oder Telefon").fill("0381 12345")
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url(re.compile("/offers/registration/"))


def test_found_registered_and_moved_up_without_a_script(city: City, chromium: Browser) -> None:
    contexts = [
        chromium.new_context(
            viewport={"width": 320, "height": 780}, locale="de-DE", java_script_enabled=False
        )
        for _ in range(2)
    ]
    ada, ben = (one.new_page() for one in contexts)
    finds_it(ada, city)
    ada.get_by_role("link", name="In einfacher Sprache lesen").click()
    expect(ada.get_by_text("Wir tanzen zusammen.")).to_be_visible()
    ada.get_by_role("button", name="Anmelden", exact=True).click()
    expect(ada.get_by_role("main")).to_contain_text("Unter welchem Namen sollen wir Sie erwarten?")
    registers(ada, "Ada", "Anmelden")
    expect(ada.get_by_text("Sie sind dabei.")).to_be_visible()
    picture(ada, "was-ist-los-dabei")
    finds_it(ben, city)
    registers(ben, "Ben", "Auf die Warteliste")
    expect(ben.get_by_text("Sie stehen auf der Warteliste.")).to_be_visible()
    ada.get_by_role("button", name="Doch nicht kommen").click()
    expect(ada.get_by_text("Sie sind abgemeldet.")).to_be_visible()
    ben.reload()
    expect(ben.get_by_text("Sie sind dabei.")).to_be_visible()
    for page in (ada, ben):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ben.get_by_role("button", name="Doch nicht kommen").click()
    for one in contexts:
        one.close()


def test_with_an_account_one_click_is_enough(city: City, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 780}, locale="de-DE")
    page = context.new_page()
    sign_in(page, city, "anna")
    finds_it(page, city)
    expect(page.get_by_label("Ihr Name")).to_have_count(0)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page.get_by_text("Sie sind dabei.")).to_be_visible()
    page.get_by_role("button", name="Doch nicht kommen").click()
    expect(page.get_by_text("Noch ein Platz frei.")).to_be_visible()
    context.close()
