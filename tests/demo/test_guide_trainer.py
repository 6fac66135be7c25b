# SPDX-License-Identifier: EUPL-1.2
"""The guide's page for clubs: a trainer is let in, and opens the container; by keyboard and without a script."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from smilecity.core import clock
from tests.demo.conftest import City, sign_in
from tests.demo.pictures import picture
from tests.demo.sportbox import Sportbox, at_the_box, without_a_script

pytestmark = pytest.mark.trial

__all__ = ["at_the_box"]  # the fixture `sportbox`
CONTAINER = 3
WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")


def enter(page: Page, name: str, role: str = "button") -> None:
    """Press a button, or follow a link, by keyboard; the first whose name begins so."""
    found = page.get_by_role(role, name=re.compile(f"^{name}")).first  # type: ignore[arg-type]
    found.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.browser
def test_a_trainer_is_let_in_and_opens_the_container(
    chromium: Browser, city: City, sportbox: Sportbox
) -> None:
    page = without_a_script(chromium, 360)
    sign_in(page, city, "karim")
    page.goto(f"{city.address}/desk/access/")
    enter(page, "Container des Vereins, HafenSport", "link")
    today = clock.now().astimezone(ZoneInfo("Europe/Berlin")).date()
    page.get_by_label("Wer?").fill("karim@example.org")
    for day in (today, today + timedelta(days=1)):
        page.get_by_role("checkbox", name=WEEKDAYS[day.weekday()]).focus()
        page.keyboard.press("Space")
    page.get_by_label(re.compile(r"^Von\b")).fill("00:00")
    page.get_by_label(re.compile(r"^Bis\b")).fill("23:59")
    enter(page, "Einlassen")
    expect(page.get_by_text("Eingetragen.")).to_be_visible()
    picture(page, "trainer-einlassen")

    page.goto(f"{city.address}/me/")
    enter(page, "Meine Türen", "link")
    sportbox.meets_the_node()
    page.reload()
    expect(page.get_by_text("Die Box weiß Bescheid. Öffnen Sie, wenn Sie davorstehen.")).to_be_visible()
    enter(page, "Öffnen")
    expect(page.get_by_text("Öffnen angefordert, die Box hat noch nicht geantwortet.")).to_be_visible()
    assert not sportbox.box.open_door(CONTAINER)
    sportbox.meets_the_node()
    enter(page, "Stand neu laden", "link")
    expect(page.get_by_text("Die Box sagt, das Schloss ist auf.")).to_be_visible()
    picture(page, "trainer-tuer")
    sportbox.through(CONTAINER)
    sportbox.meets_the_node()
    page.goto(f"{city.address}/desk/access/log/")
    expect(page.get_by_role("heading", name="Schloss auf gemeldet").first).to_be_visible()
    page.context.close()
