# SPDX-License-Identifier: EUPL-1.2
"""The guide's page for the club and the clerk: a changed entry on its way from the club to everyone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.demo.conftest import City, sign_in

pytestmark = pytest.mark.trial

PHONE = "+49 381 445566"


def pressed(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state("load")


def the_club_changes_its_entry(page: Page, city: City) -> None:
    sign_in(page, city, "karim")
    page.goto(f"{city.address}/desk/")
    page.get_by_role("link", name="Den Eintrag eines Ortes ändern").click()
    page.get_by_role("link", name="HafenSport", exact=True).click()
    page.get_by_label("Telefon").fill(PHONE)
    page.locator("summary", has_text="Montag").click()  # all other days are as the day before
    page.get_by_label("Montag: bis").fill("22:00")  # other guides rely on the evening
    pressed(page, "Zur Prüfung schicken")
    expect(page.get_by_text("Danke. Ihre Änderung liegt jetzt bei der Stadt.")).to_be_visible()
    expect(page.locator("ins", has_text=PHONE)).to_be_visible()


def the_clerk_asks_back(page: Page, city: City) -> None:
    sign_in(page, city, "petra")
    page.goto(f"{city.address}/desk/")
    page.get_by_role("link", name="Eingang").click()
    page.get_by_role("main").get_by_role("link", name="HafenSport", exact=True).click()
    expect(page.locator("ins", has_text=PHONE)).to_be_visible()
    pressed(page, "Mit dieser Bitte zurückgeben")
    expect(page.locator("#fehler")).to_be_visible()  # not without a word
    page.get_by_label("Was fehlt noch?").fill("Ist das die Nummer vom Platz?")
    pressed(page, "Mit dieser Bitte zurückgeben")
    expect(page.get_by_text("Wer sie geschrieben hat, liest Ihren Satz.")).to_be_visible()


@pytest.mark.browser
def test_a_changed_entry_goes_from_the_club_to_everyone_by_keyboard_and_without_a_script(
    chromium: Browser, city: City
) -> None:
    club, clerk = (
        chromium.new_context(
            viewport={"width": width, "height": 900}, locale="de-DE", java_script_enabled=False
        )
        for width in (360, 1280)
    )
    karim, petra = club.new_page(), clerk.new_page()
    the_club_changes_its_entry(karim, city)
    the_clerk_asks_back(petra, city)
    karim.goto(f"{city.address}/desk/places/hafensport/")
    expect(karim.get_by_text("Ist das die Nummer vom Platz?")).to_be_visible()
    pressed(karim, "Zur Prüfung schicken")
    petra.reload()
    button = petra.get_by_role("button", name="Veröffentlichen", exact=True)
    button.focus()
    petra.keyboard.press("Enter")
    expect(petra.get_by_text("Die Änderung ist veröffentlicht.")).to_be_visible()
    petra.goto(f"{city.address}/desk/places/hafensport/")
    expect(petra.get_by_label("Telefon")).to_have_value(PHONE)
    petra.get_by_role("link", name="Was bisher geschah").click()
    petra.wait_for_url(re.compile(r"/desk/history/\d+/"))
    club.close()
    clerk.close()
