# SPDX-License-Identifier: EUPL-1.2
"""The guide for stewards (docs/guides/verantwortliche.md), walked through: an organisation, a role, and its end."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.demo.conftest import City, sign_in

NAME = "Lesekreis am Kanal"


@pytest.mark.trial
def test_a_steward_adds_an_organisation_and_gives_a_role(city: City, visit: BrowserContext) -> None:
    page = visit.new_page()
    sign_in(page, city, "stefan")
    page.goto(f"{city.address}/desk/organisations/")
    page.get_by_role("link", name="Organisation hinzufügen").click()
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_label("Was ist es?").select_option(label="Nachbarschaftsgruppe")
    page.get_by_label("Wer ist das?").fill("Wir lesen zusammen, jeden Dienstag.")
    page.get_by_role("button", name="Speichern").click()
    page.wait_for_url("**/desk/organisations/")
    expect(page.locator("#meldungen")).to_contain_text("Gespeichert.")

    page.goto(f"{city.address}/organisations/?q=Lesekreis")
    page.get_by_role("link", name=NAME).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    page.get_by_role("link", name="Rollen", exact=True).last.click()

    page.get_by_label("Wer?").fill("niemand@example.org")
    page.get_by_label("Pflegt die Orte der eigenen Organisation").check()
    page.get_by_role("button", name="Rolle geben").click()
    expect(page.get_by_role("alert")).to_contain_text("Dazu kennen wir kein Konto")
    page.get_by_label("Wer?").fill("anna@example.org")
    page.get_by_role("button", name="Rolle geben").click()
    expect(page.get_by_role("heading", name="Anna")).to_be_visible()

    page.get_by_role("link", name="Rolle beenden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Soll diese Rolle enden?")
    page.get_by_role("button", name="Ja, beenden").click()
    expect(page.locator("#meldungen")).to_contain_text("Die Rolle ist beendet.")
    expect(page.get_by_role("heading", name="Anna")).to_have_count(0)


@pytest.mark.trial
def test_whoever_keeps_nothing_finds_no_way_in(city: City, visit: BrowserContext) -> None:
    page = visit.new_page()
    sign_in(page, city, "anna")
    answer = page.goto(f"{city.address}/desk/organisations/new/")
    assert answer is not None
    assert answer.status == 403
