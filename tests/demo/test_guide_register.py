# SPDX-License-Identifier: EUPL-1.2
"""The guide's page on accounts (docs/guides/konto.md), done by a resident in a browser."""

import email
import email.policy
import re
import time
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.demo.conftest import City

PASSWORD = "eine-lange-gute-Wolke-7"


def named(city: City) -> str:
    """The node by its name: passkeys belong to names, not to numbers."""
    return city.address.replace("127.0.0.1", "localhost")


def newcomer() -> tuple[str, str]:
    """Somebody new: e-mail and pseudonym."""
    mark = uuid.uuid4().hex[:8].translate(str.maketrans("0123456789", "ghjkmnpqrs"))
    return f"{mark}@example.org", f"Neu {mark}"


def code_sent_to(folder: Path, address: str) -> str:
    """The code in the newest mail to this address."""
    for _ in range(100):
        for path in sorted(
            (folder / "mail").glob("*.eml"), key=lambda one: one.stat().st_mtime, reverse=True
        ):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            body = message.get_body(("plain",))
            if message["To"] != address or body is None:
                continue
            if found := re.search(r"^\d{4}-\d{4}\s*$", body.get_content(), re.MULTILINE):
                return found.group().strip()
        time.sleep(0.1)
    pytest.fail(f"no code for {address}")


def device(page: Page) -> None:
    """A phone that keeps passkeys and has been unlocked."""
    debugger = page.context.new_cdp_session(page)
    debugger.send("WebAuthn.enable")
    debugger.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_resident_registers_with_a_passkey_and_signs_in_with_it(city: City, visit: BrowserContext) -> None:
    address, pseudonym = newcomer()
    page = visit.new_page()
    device(page)
    page.goto(f"{named(city)}/account/signup/")
    page.get_by_role("link", name="Konto mit Passkey eröffnen").click()
    page.get_by_label("E-Mail-Adresse").fill(address)
    page.get_by_label("Pseudonym").fill(pseudonym)
    page.get_by_label("Ich bin mindestens 16 Jahre alt").check()
    page.get_by_label("Ich bin einverstanden").check()
    page.get_by_role("button", name="Weiter").click()
    page.wait_for_url("**/account/confirm-email/")
    page.get_by_label("Code aus der E-Mail").fill(code_sent_to(city.folder, address))
    page.get_by_role("button", name="Bestätigen").click()
    page.get_by_label("Name des Passkeys").fill("Mein Telefon")
    page.get_by_role("button", name="Passkey anlegen").click()
    page.wait_for_url("**/me/")
    assert f"Guten Tag, {pseudonym}" in page.inner_text("h1")
    page.get_by_role("button", name="Abmelden").click()
    page.wait_for_url(f"{named(city)}/")
    page.goto(f"{named(city)}/me/")
    assert "/account/login/" in page.url
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    page.wait_for_url(f"{named(city)}/me/")
    page.goto(f"{named(city)}/account/2fa/webauthn/")
    assert "Mein Telefon" in page.inner_text("main")


@pytest.mark.trial
def test_who_turns_the_passkey_away_is_told_what_else_there_is(city: City, visit: BrowserContext) -> None:
    page = visit.new_page()
    debugger = visit.new_cdp_session(page)
    debugger.send("WebAuthn.enable")
    page.goto(f"{named(city)}/account/login/")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
    }
    debugger.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    page.get_by_text("Das hat nicht geklappt.").wait_for()
    assert page.get_by_label("Passwort", exact=True).is_visible()


@pytest.mark.parametrize(
    "scripts",
    [pytest.param(True, marks=pytest.mark.trial, id="scripts"), pytest.param(False, id="no-scripts")],
)
def test_a_resident_registers_with_a_password_by_keyboard(
    city: City, chromium: Browser, *, scripts: bool
) -> None:
    address, pseudonym = newcomer()
    context = chromium.new_context(
        viewport={"width": 360, "height": 780}, locale="de-DE", java_script_enabled=scripts
    )
    page = context.new_page()
    page.goto(f"{city.address}/account/signup/")
    page.locator("#id_email").focus()
    keyboard = page.keyboard
    keyboard.type(address)
    keyboard.press("Tab")
    keyboard.press("Control+A")
    keyboard.type(pseudonym)
    keyboard.press("Tab")
    keyboard.type(PASSWORD)
    keyboard.press("Tab")
    keyboard.press("Space")
    keyboard.press("Tab")
    keyboard.press("Space")
    keyboard.press("Enter")
    page.wait_for_url("**/account/confirm-email/")
    page.locator("#id_code").focus()
    keyboard.type(code_sent_to(city.folder, address))
    keyboard.press("Enter")
    page.wait_for_url("**/me/")
    assert f"Guten Tag, {pseudonym}" in page.inner_text("h1")
    context.close()


@pytest.mark.trial
def test_what_is_wrong_is_said_beside_the_field_without_scripts(city: City, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="de-DE")
    page = context.new_page()
    page.goto(f"{city.address}/account/signup/")
    page.locator("#id_pseudonym").fill("Rathaus")
    page.get_by_role("button", name="Konto eröffnen").click()
    described = page.locator("#id_pseudonym").get_attribute("aria-describedby") or ""
    said = " ".join(page.locator(f"#{one}").inner_text() for one in described.split())
    assert "klingt nach der Stadt" in said
    context.close()
