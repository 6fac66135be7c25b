# SPDX-License-Identifier: EUPL-1.2
"""A resident in the tram: two places seen, then no network; what was seen is still there, and nothing personal is."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.demo.conftest import City, sign_in

PLACES = ("/places/hafensport/", "/places/stadtbibliothek/")


@pytest.fixture
def phone(visit: BrowserContext, city: City) -> Page:
    """A phone whose worker runs: from now on it keeps what it sees."""
    page = visit.new_page()
    page.goto(f"{city.address}/imprint/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page


def see(page: Page, city: City, path: str) -> None:
    """Look at a page, and wait until the worker has kept it: it does so behind the reader's back."""
    page.goto(city.address + path)
    for _ in range(100):
        if page.evaluate("path => caches.match(location.origin + path).then(Boolean)", path):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"{path} was not kept")


def kept(page: Page) -> list[str]:
    """The paths of what the browser keeps."""
    addresses: list[str] = page.evaluate(
        "caches.open('smile-pages').then(pages => pages.keys()).then(all => all.map(one => one.url))"
    )
    return [re.sub(r"^https?://[^/]+", "", address) for address in addresses]


def test_places_seen_are_there_without_a_network(city: City, visit: BrowserContext, phone: Page) -> None:
    troubles: list[str] = []
    phone.on("pageerror", lambda error: troubles.append(str(error)))
    for path in PLACES:
        see(phone, city, path)
    visit.set_offline(True)
    phone.goto(f"{city.address}/places/hafensport/")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("HafenSport")
    expect(phone.locator("#meldungen")).to_contain_text("Sie sind ohne Netz")
    expect(phone.locator("#meldungen [data-since]")).to_contain_text(re.compile(r"\d\d:\d\d"))
    phone.goto(f"{city.address}/en/search/?q=nobody-was-here")
    expect(phone.get_by_role("heading", level=1)).to_have_text("There is no network right now")
    phone.goto(f"{city.address}/offers/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Gerade ist kein Netz da")
    rows = phone.locator("[data-kept-list] li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(re.compile("bibliothek", re.IGNORECASE))  # the last seen is first
    expect(rows.first).to_contain_text("Zuletzt gesehen")
    rows.last.get_by_role("link").click()
    expect(phone).to_have_url(re.compile("/places/hafensport/"))
    visit.set_offline(False)
    phone.goto(f"{city.address}/places/hafensport/")
    expect(phone.locator("#meldungen")).not_to_contain_text("Sie sind ohne Netz")
    assert troubles == []


@pytest.mark.trial
def test_signing_in_forgets_and_nothing_personal_is_kept(
    city: City, visit: BrowserContext, phone: Page
) -> None:
    see(phone, city, "/places/hafensport/")
    sign_in(phone, city, "anna")
    assert kept(phone) == []
    see(phone, city, "/places/stadtbibliothek/")
    for path in ("/me/", "/me/notices/"):
        phone.goto(city.address + path)
    assert kept(phone) == ["/places/stadtbibliothek/"]
    visit.set_offline(True)
    phone.goto(f"{city.address}/places/stadtbibliothek/")
    expect(phone.locator("#meldungen")).to_contain_text("Sie sind ohne Netz")
    menu = phone.locator(".smile-menu")  # closed on the phone, but there
    expect(menu).to_contain_text("Anmelden")
    expect(menu).not_to_contain_text("Mein Konto")
    phone.goto(f"{city.address}/me/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Gerade ist kein Netz da")
