# SPDX-License-Identifier: EUPL-1.2
"""A resident with a phone: is there room on the court right now?"""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from smilecity.core import clock
from smilecity.things.demo import devices
from smilecity.things.demo.simulator import message
from tests.demo.conftest import City, sensor

COURT = "hafensport-korb"


def say_people(city: City, there: int) -> None:
    uplink = devices.people_counter(100 + there, 100, there, 0, (there, 0, 0, 0))
    assert city.post(sensor(COURT), message(sensor(COURT), clock.now(), uplink)) == 200


def test_an_uplink_is_on_an_open_page_at_once(city: City, visit: BrowserContext) -> None:
    say_people(city, 5)
    page = visit.new_page()
    page.goto(f"{city.address}/places/hafensport/")
    live = page.locator("[data-live-src]").first
    expect(live).to_contain_text("Etwa 5 Personen")
    expect(page.locator("[data-live-state]").first).to_contain_text("Live")
    say_people(city, 9)
    # A quiet machine shows it within half a second; one that is busy with other tests may take its time.
    expect(live).to_contain_text("Etwa 9 Personen", timeout=5000)


@pytest.mark.trial
def test_the_truth_is_there_without_javascript(city: City, chromium: Browser) -> None:
    say_people(city, 7)
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 780})
    page = context.new_page()
    page.goto(f"{city.address}/places/hafensport/")
    expect(page.get_by_role("main")).to_contain_text("Etwa 7 Personen")
    page.get_by_role("link", name=re.compile("Erzählen Sie uns")).first.click()
    page.get_by_role("radio").first.check()
    page.get_by_role("textbox").first.fill("Ein Netz am Korb fehlt.")
    page.get_by_role("button", name="Abschicken").click()
    expect(page.get_by_role("heading", name="Meinen Sie eines davon?")).to_be_visible()
    page.get_by_role("button", name="Nein, meines ist neu").click()
    expect(page).to_have_url(re.compile("/say/thanks/"))
    context.close()


def test_few_people_are_never_counted_out_loud(city: City, visit: BrowserContext) -> None:
    say_people(city, 2)
    page = visit.new_page()
    page.goto(f"{city.address}/places/hafensport/")
    expect(page.get_by_role("main")).to_contain_text("einige wenige")


def test_the_whole_way_by_keyboard(city: City, visit: BrowserContext) -> None:
    page = visit.new_page()
    page.goto(f"{city.address}/places/?category=sport")
    tab_to(page, "HafenSport")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/places/hafensport/"))
    tab_to(page, "Erzählen Sie uns")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/say/"))
    tab_until(page, "document.activeElement.matches('input[type=radio]')")
    page.keyboard.press("Space")
    tab_until(page, "document.activeElement.matches('textarea')")
    page.keyboard.type("Mehr Bänke im Schatten, bitte.")
    tab_to(page, "Abschicken")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    if page.locator("button[name=anyway]").count():  # others have said something like it
        tab_until(page, "document.activeElement.matches('button[name=anyway]')")
        page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/say/thanks/"))


@pytest.mark.trial
def test_the_map_draws_the_places_of_the_list(city: City, map_visit: BrowserContext) -> None:
    page = map_visit.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{city.address}/places/?category=sport")
    page.locator("city-map").scroll_into_view_if_needed()
    page.wait_for_selector("city-map[data-idle]", timeout=20000)
    expect(page.locator("city-map").get_by_role("link", name=re.compile("HafenSport"))).to_be_attached(
        timeout=20000
    )
    assert errors == []


def tab_to(page: Page, text: str) -> None:
    tab_until(page, f"document.activeElement.textContent.includes({text!r})")


def tab_until(page: Page, condition: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(condition):
            return
    raise AssertionError(f"the keyboard never reaches {condition}")
