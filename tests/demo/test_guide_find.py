# SPDX-License-Identifier: EUPL-1.2
"""A resident finds a step-free place with a quiet hour: with a phone, by keyboard alone, and without JavaScript."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.demo.conftest import City


def looks_for_a_quiet_hour(page: Page, city: City) -> None:
    page.goto(f"{city.address}/places/")
    page.get_by_text("Genauer suchen").click()
    page.get_by_label("Ohne Stufen?").select_option("some")
    page.get_by_label("Mit ruhiger Stunde?").select_option("week")
    page.get_by_role("button", name="Anzeigen").click()


def finds_it(page: Page) -> None:
    expect(page).to_have_url(re.compile("quiet=week"))
    expect(page.get_by_role("link", name=re.compile("stufenlos, auch teilweise"))).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=re.compile(r"\d+ Orte?"))).to_be_visible()
    page.locator("#orte a").first.click()
    expect(page.get_by_text("Ruhige Stunden der nächsten Tage")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(re.compile("Stufenlos erreichbar"))


@pytest.mark.trial
def test_with_a_phone(city: City, visit: BrowserContext) -> None:
    page = visit.new_page()
    looks_for_a_quiet_hour(page, city)
    expect(page).not_to_have_url(re.compile("language=(&|$)"))  # what is empty is no part of the address
    finds_it(page)


def test_without_javascript(city: City, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 780})
    page = context.new_page()
    looks_for_a_quiet_hour(page, city)
    expect(page.locator("[data-near]")).to_be_hidden()
    finds_it(page)
    context.close()


@pytest.mark.trial
def test_a_chip_takes_a_wish_away(city: City, visit: BrowserContext) -> None:
    page = visit.new_page()
    page.goto(f"{city.address}/places/?step_free=yes&category=learning")
    page.get_by_role("link", name=re.compile("stufenlos wegnehmen")).click()
    expect(page).to_have_url(re.compile(r"/places/\?category=learning$"))


@pytest.mark.trial
def test_near_me_is_asked_only_on_request(city: City, chromium: Browser) -> None:
    context = chromium.new_context(
        viewport={"width": 360, "height": 780},
        permissions=["geolocation"],
        geolocation={"latitude": 54.09187, "longitude": 12.12534},
    )
    page = context.new_page()
    page.goto(f"{city.address}/places/")
    page.get_by_role("button", name="Orte in meiner Nähe").click()
    expect(page).to_have_url(re.compile(r"near=54\.092(%2C|,)12\.125"))
    expect(page.locator("#orte li").first).to_contain_text(re.compile(r"etwa \d+ m entfernt"))
    context.close()


@pytest.mark.trial
def test_who_says_no_is_shown_another_way(city: City, visit: BrowserContext) -> None:
    page = visit.new_page()
    page.goto(f"{city.address}/places/")
    page.get_by_role("button", name="Orte in meiner Nähe").click()
    expect(page.get_by_text("Wählen Sie stattdessen einen Stadtteil")).to_be_visible()


@pytest.mark.trial
def test_the_city_s_search_forgives(city: City, visit: BrowserContext) -> None:
    page = visit.new_page()
    page.goto(f"{city.address}/search/?q=Stadtbiblothek")
    expect(page.get_by_text("Meinten Sie vielleicht")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name=re.compile("bibliothek", re.IGNORECASE)).first.click()
    expect(page).to_have_url(re.compile("/places/"))


@pytest.mark.trial
def test_another_site_may_frame_the_small_list(city: City, visit: BrowserContext) -> None:
    page = visit.new_page()
    answer = page.goto(f"{city.address}/places/widget/?category=sport")
    assert answer is not None
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers
    plain = page.goto(f"{city.address}/places/")
    assert plain is not None
    assert plain.headers["x-frame-options"] == "DENY"
    assert visit.cookies() == []
