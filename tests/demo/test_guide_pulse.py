# SPDX-License-Identifier: EUPL-1.2
"""The guide's page of the pulse: answered by keyboard on a phone without a script, once; and its results read."""

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.demo.conftest import City
from tests.demo.pictures import picture


@pytest.mark.trial
@pytest.mark.browser
def test_the_pulse_is_answered_once_by_keyboard_and_without_a_script(chromium: Browser, city: City) -> None:
    phone = chromium.new_context(
        viewport={"width": 360, "height": 800}, locale="de-DE", java_script_enabled=False
    )
    page = phone.new_page()
    page.goto(f"{city.address}/needs/")
    page.get_by_role("link", name="Jetzt antworten").click()
    picture(page, "puls-frage")
    page.get_by_role("button", name="Antwort abgeben").press("Enter")  # nothing chosen yet
    expect(page.get_by_role("alert").get_by_text("Wählen Sie eine der fünf Antworten.")).to_be_visible()
    page.get_by_label("sehr gut", exact=True).press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("gut", exact=True)).to_be_checked()
    page.get_by_label("Wo wohnen Sie?").press("ArrowDown")
    page.get_by_role("button", name="Antwort abgeben").press("Enter")
    expect(page.get_by_role("heading", name="Danke. Ihre Antwort ist gezählt.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("radio")).to_have_count(0)  # a second time there is nothing to send
    expect(page.get_by_text("In jeder Runde zählt jeder Mensch einmal.")).to_be_visible()
    page.get_by_role("link", name="Alle Ergebnisse, auch aus Ihrem Stadtteil").press("Enter")
    expect(page.get_by_text("Das ist keine Zufallsauswahl", exact=False)).to_be_visible()
    expect(page.get_by_text("Zu wenige Antworten, um sie zu zeigen.").first).to_be_visible()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    phone.close()


@pytest.mark.trial
def test_the_map_shows_each_quarter_by_a_number_and_a_colour(city: City, map_visit: BrowserContext) -> None:
    page = map_visit.new_page()
    page.goto(f"{city.address}/pulse/results/")
    drawn = page.locator(".smile-pulse-map")
    drawn.scroll_into_view_if_needed()
    drawn.locator("city-map[data-idle]").wait_for()
    picture(page, "puls-karte", drawn)
    features = page.evaluate(
        "fetch(document.querySelector('.smile-pulse-map city-map').getAttribute('src')).then((a) => a.json())"
    )
    labels = sorted(one["properties"]["label"] for one in features["features"])
    assert labels and sorted(drawn.locator(".city-map__step").all_inner_texts()) == labels
    assert "–" in labels and len(set(labels)) > 1
    assert drawn.get_by_role("listitem").count() == 6
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_text("Alle Zahlen dieser Runde").press("Enter")
    page.keyboard.press("Tab")  # what scrolls is reached by keyboard, and one sees that it is
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert page.evaluate("document.activeElement.className") == "kern-table-responsive"
