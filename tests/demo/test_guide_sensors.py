# SPDX-License-Identifier: EUPL-1.2
"""A resident asks what a sensor records about them: from the map, by keyboard alone, and without JavaScript."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.demo.conftest import City, sign_in

QUESTION = "Was zeichnet dieser Sensor über mich auf?"


def reads_the_answer(page: Page) -> None:
    page.get_by_role("link", name=QUESTION).click()
    expect(page).to_have_url(re.compile("#ueber-mich$"))
    answer = page.get_by_role("region", name=QUESTION)
    expect(answer).to_be_in_viewport()
    expect(answer).to_contain_text("Kann man mich erkennen?")
    expect(answer).to_contain_text("Nein.")
    expect(answer).to_contain_text(
        re.compile("Wie lange bleiben die Messwerte?.*Danach bleiben nur Mittelwerte", re.DOTALL)
    )


@pytest.mark.trial
def test_two_steps_from_the_map(city: City, map_visit: BrowserContext) -> None:
    page = map_visit.new_page()
    page.goto(f"{city.address}/things/?q=Basketballfeld")
    page.locator("city-map").scroll_into_view_if_needed()
    page.locator("city-map a.city-map__place").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Zähler Basketballfeld")
    reads_the_answer(page)


@pytest.mark.trial
def test_without_javascript(city: City, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 320, "height": 780})
    page = context.new_page()
    page.goto(f"{city.address}/things/")
    page.get_by_label("Was misst er?").select_option(label="Windböen")
    page.get_by_role("button", name="Sensoren finden").click()
    page.get_by_role("link", name="Wetterstation am Hafen").click()
    reads_the_answer(page)
    page.get_by_role("link", name="Woche", exact=True).click()
    expect(page).to_have_url(re.compile("span=week"))
    page.get_by_text("Zahlen als Tabelle: Lufttemperatur").click()
    expect(page.get_by_role("region", name="Lufttemperatur").get_by_role("row").nth(1)).to_be_visible()
    context.close()


def test_by_keyboard_alone(city: City, visit: BrowserContext) -> None:
    page = visit.new_page()
    page.goto(f"{city.address}/things/hafensport-wetter/")
    link = page.get_by_role("link", name=QUESTION)
    for _ in range(30):
        page.keyboard.press("Tab")
        if link.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=QUESTION)).to_be_focused()


@pytest.mark.trial
def test_the_curve_is_drawn_and_the_table_says_the_same(city: City, visit: BrowserContext) -> None:
    page = visit.new_page()
    page.goto(f"{city.address}/things/hafensport-wetter/")
    figure = page.locator("figure.series-chart").first
    figure.scroll_into_view_if_needed()
    expect(figure.locator("canvas")).to_be_visible()
    expect(figure.locator("figcaption")).to_contain_text(re.compile("Am höchsten|Der Wert blieb"))
    assert figure.locator("tbody tr").count() >= 23


@pytest.mark.trial
def test_a_sign_for_the_post_leads_back(city: City, visit: BrowserContext) -> None:
    page = visit.new_page()
    page.goto(f"{city.address}/things/hafensport-korb/")
    page.get_by_role("link", name="Schild mit QR-Code").click()
    code = page.get_by_role("img", name="QR-Code zur Seite dieses Sensors")
    expect(code).to_be_visible()
    assert code.evaluate("image => image.decode().then(() => image.naturalWidth > 100)")
    page.emulate_media(media="print")
    expect(page.locator(".smile-header")).to_be_hidden()
    expect(page.locator(".thing-sign")).to_be_visible()


@pytest.mark.trial
def test_who_runs_them_sees_what_is_to_do_and_says_what_for(city: City, visit: BrowserContext) -> None:
    page = visit.new_page()
    sign_in(page, city, "olga")
    page.goto(f"{city.address}/desk/things/")
    page.get_by_label("Name des Sensors").fill("Gehlsdorfer Ufer")
    page.get_by_role("button", name="Suchen").last.click()
    page.get_by_role("link", name="Abfalleimer Gehlsdorfer Ufer").click()
    page.get_by_label("Wozu misst er? (Deutsch)").fill("")
    page.get_by_label("Wozu misst er? (Englisch)").fill("")
    page.get_by_label("Alle", exact=True).check()
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("alert").first).to_contain_text("wozu er misst")
    page.get_by_label("Nur Verantwortliche").check()
    page.get_by_label("Wozu misst er? (Deutsch)").fill("Damit er rechtzeitig geleert wird.")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_text("Gespeichert.")).to_be_visible()
    page.goto(f"{city.address}/desk/things/today/")
    expect(page.get_by_role("heading", name="Unsere Sensoren heute")).to_be_visible()
