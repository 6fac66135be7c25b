# SPDX-License-Identifier: EUPL-1.2
"""The guide to one's own data (docs/guides/meine-daten.md), walked through: read, take along, be forgotten."""

import json
from collections.abc import Iterator

import psycopg
import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import BrowserContext, expect

from tests.demo.conftest import City, sign_in

pytestmark = pytest.mark.trial

PASSWORD = "smile-city-demo"


@pytest.fixture
def leaver(city: City) -> Iterator[str]:
    """Someone with an account who will go: lea@example.org."""
    with psycopg.connect(city.url) as connection:
        row = connection.execute(
            "INSERT INTO people_account (email, pseudonym, pseudonym_shape, real_name, language, is_active, password)"
            " VALUES ('lea@example.org', 'Lea vom Hafen', 'lea vom hafen', 'Lea Lang', 'de', true, %s) RETURNING id",
            [make_password(PASSWORD, hasher="scrypt")],
        ).fetchone()
        assert row is not None
        connection.execute(
            'INSERT INTO account_emailaddress (user_id, email, verified, "primary")'
            " VALUES (%s, 'lea@example.org', true, true)",
            row,
        )
    yield "lea"
    with psycopg.connect(city.url) as connection:  # if the test did not come to its end
        connection.execute("UPDATE people_account SET is_active = false WHERE id = %s", row)


def test_a_person_reads_takes_along_and_erases_their_data(
    city: City, visit: BrowserContext, leaver: str
) -> None:
    page = visit.new_page()
    sign_in(page, city, leaver)
    page.goto(f"{city.address}/me/data/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Was wir über Sie wissen")
    expect(page.get_by_text("lea@example.org").first).to_be_visible()
    with page.expect_download() as arriving:
        page.get_by_role("link", name="Alles herunterladen").click()
    told = json.loads(arriving.value.path().read_text())
    assert told["rooms"]["people"]["account"]["real_name"] == "Lea Lang"

    page.goto(f"{city.address}/me/data/")
    page.get_by_role("link", name="Konto löschen").click()
    page.wait_for_selector("input[name=password], input[name=pseudonym]")
    if page.locator("input[name=password]").count():  # it is not long ago, or it is
        page.fill("input[name=password]", PASSWORD)
        page.locator("main form:has(input[name=password]) button").first.click()
    page.wait_for_selector("input[name=pseudonym]")
    page.fill("input[name=pseudonym]", "Lea")
    page.get_by_role("button", name="Ja, mein Konto löschen").click()
    expect(page.get_by_role("alert")).to_contain_text("Das ist nicht Ihr Name")
    page.fill("input[name=pseudonym]", "Lea vom Hafen")
    page.get_by_role("button", name="Ja, mein Konto löschen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Auf Wiedersehen")

    page.goto(f"{city.address}/me/")
    page.wait_for_url("**/account/login/**")
    with psycopg.connect(city.url) as connection:
        left = connection.execute(
            "SELECT count(*) FROM people_account WHERE email = 'lea@example.org' OR real_name = 'Lea Lang'"
        ).fetchone()
    assert left == (0,)
