# SPDX-License-Identifier: EUPL-1.2
"""The guide's page about borrowing: with a phone, with a PIN from the library, and where there is no signal.

All three by keyboard and names that a screen reader says, and without a script.
"""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.demo.conftest import City, sign_in
from tests.demo.pictures import picture
from tests.demo.sportbox import Sportbox, at_the_box, without_a_script

pytestmark = pytest.mark.trial

__all__ = ["at_the_box"]  # the fixture `sportbox`
BASKETBALL, TABLE_TENNIS, BOULES = range(3)
"""The doors behind which they lie."""


def enter(page: Page, name: str, role: str = "button") -> None:
    """Press a button, or follow a link, by keyboard."""
    found = page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
    found.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def finds(page: Page, city: City, what: str) -> None:
    """From the place to what is lent there."""
    page.goto(f"{city.address}/places/hafensport/")
    enter(page, "Ausleihen", "link")
    expect(page.get_by_role("heading", name="Was es gibt")).to_be_visible()
    picture(page, "ausleihen-was-da-ist")
    enter(page, what, "link")


def borrows(page: Page, button: str) -> None:
    """Says what is asked once, and borrows."""
    page.get_by_label("Wie alt sind Sie?").fill("31")
    page.get_by_role("checkbox", name="Ich habe die Bedingungen gelesen und stimme zu.").focus()
    page.keyboard.press("Space")
    enter(page, button)


def stands(page: Page, told: str) -> None:
    """The page says so, by its own status, when it is looked at again."""
    enter(page, "Stand neu laden", "link")
    expect(page.get_by_role("status").filter(has_text=told)).to_be_visible()


def gives_back(page: Page, sportbox: Sportbox, door: int) -> None:
    enter(page, "Zurückgeben")
    sportbox.meets_the_node()
    assert sportbox.box.open_door(door)
    sportbox.meets_the_node()
    enter(page, "Alles ist wieder drin")
    expect(page.get_by_text("Die Tür ist noch offen gemeldet.")).to_be_visible()  # a word is not enough
    sportbox.box.close_door(door)
    sportbox.meets_the_node()
    page.reload()
    expect(page.get_by_text("Zurück, danke!")).to_be_visible()


@pytest.mark.browser
def test_a_ball_is_borrowed_with_a_phone(chromium: Browser, city: City, sportbox: Sportbox) -> None:
    page = without_a_script(chromium, 360)
    sign_in(page, city, "mia")
    finds(page, city, "Basketball")
    enter(page, "Ausleihen und öffnen")
    expect(page.get_by_role("link", name="Sagen Sie, wie alt Sie sind.")).to_be_visible()  # nothing is lent
    borrows(page, "Ausleihen und öffnen")
    expect(page.get_by_text("Liegt für Sie bereit.")).to_be_visible()  # the box has not said that it is open

    sportbox.meets_the_node()
    stands(page, "Die Box sagt, das Schloss ist auf.")
    sportbox.through(BASKETBALL)
    sportbox.meets_the_node()
    stands(page, "Sie haben es.")
    expect(page.get_by_text(re.compile(r"fällig .*\d Uhr"))).to_be_visible()
    picture(page, "ausleihen-unterwegs")

    gives_back(page, sportbox, BASKETBALL)
    page.context.close()


@pytest.mark.browser
def test_a_pin_from_the_library_opens_without_a_phone(
    chromium: Browser, city: City, sportbox: Sportbox
) -> None:
    desk = without_a_script(chromium, 1280)
    sign_in(desk, city, "petra")
    desk.goto(f"{city.address}/desk/lending/cards/")
    desk.get_by_role("radio", name="PIN, zum Eintippen an der Box").focus()
    desk.keyboard.press("Space")
    enter(desk, "Ausgeben")
    slip = desk.get_by_role("status").filter(has_text="Bitte jetzt ausdrucken oder abschreiben")
    number, pin = (slip.get_by_role("definition").nth(n).inner_text() for n in (0, 1))
    picture(desk, "ausleihen-pin")
    desk.get_by_label("Nummer der Karte oder PIN", exact=True).fill(number)
    desk.get_by_label("Was wird ausgeliehen?").select_option(label="Tischtennis, HafenSport")
    enter(desk, "Ausleihen")
    expect(desk.get_by_text("Die Box öffnet mit der Karte oder PIN")).to_be_visible()
    assert pin not in desk.content()

    sportbox.meets_the_node()
    assert not sportbox.box.enter(TABLE_TENNIS, number)  # the number is no key
    assert not sportbox.box.enter(BASKETBALL, pin)
    assert sportbox.box.enter(TABLE_TENNIS, pin)
    sportbox.through(TABLE_TENNIS)
    sportbox.meets_the_node()
    enter(desk, "Ausleihen heute", "link")
    expect(
        desk.get_by_role("listitem").filter(has_text="Tischtennis").get_by_text("Sie haben es.")
    ).to_be_visible()

    enter(desk, "Zurück, alles da Tischtennis")
    expect(desk.get_by_text("Die Rückgabe ist eingetragen.")).to_be_visible()
    sportbox.meets_the_node()
    assert not sportbox.box.enter(TABLE_TENNIS, pin)  # it opened what was lent, and nothing since
    desk.goto(f"{city.address}/desk/lending/cards/")
    desk.get_by_label("Nummer der verlorenen Karte oder PIN").fill(number)
    enter(desk, "Sofort sperren")
    expect(desk.get_by_text("Diese Nummer gilt nicht mehr.")).to_be_visible()
    desk.context.close()


@pytest.mark.browser
def test_a_code_opens_where_there_is_no_signal(chromium: Browser, city: City, sportbox: Sportbox) -> None:
    page = without_a_script(chromium, 360)
    sign_in(page, city, "paul")
    page.goto(f"{city.address}/me/loans/codes/")
    enter(page, "Codes einrichten")
    finds(page, city, "Boule für alle")
    borrows(page, "Für später zurücklegen")
    sportbox.meets_the_node()
    enter(page, "Einmal-Codes für Boxen ohne Netz", "link")
    picture(page, "ausleihen-codes")
    code = page.get_by_role("table").get_by_role("row").nth(1).get_by_role("cell").inner_text()

    # From here on the box hears nothing, and nothing is heard of it.
    assert not sportbox.box.enter(BOULES, "00000000")
    assert sportbox.box.enter(BOULES, code)
    sportbox.through(BOULES)
    assert not sportbox.box.enter(BOULES, code)  # once is once
    page.goto(f"{city.address}/me/loans/")
    expect(page.get_by_text("Liegt für Sie bereit.")).to_be_visible()
    sportbox.meets_the_node()
    page.reload()
    expect(page.get_by_text("Sie haben es.")).to_be_visible()

    page.get_by_role("link", name="Boule für alle").click()
    gives_back(page, sportbox, BOULES)
    page.context.close()
