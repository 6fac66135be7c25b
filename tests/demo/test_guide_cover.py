# SPDX-License-Identifier: EUPL-1.2
"""Parts of a picture at the desk: a clerk covers a face, with the keyboard on a phone and with a pointer."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from smilecity.core.pictures import remade
from tests.citizens.test_covering import chequered
from tests.demo.conftest import City, sign_in
from tests.demo.test_axe import violations

ONE = "SELECT noun_id, form FROM citizens_need WHERE state = 'open' ORDER BY noun_id LIMIT 1"
KEEP = """
    INSERT INTO citizens_needphoto (need_id, alt, width, height, "full", small, digest, shown)
    VALUES (%s, '', %s, %s, %s, %s, %s, true) RETURNING id
"""


@pytest.fixture
def pictured(city: City) -> Iterator[tuple[str, int]]:
    """A picture to one of the demo's needs, as long as the test runs: where its parts are covered, and its number."""
    made = remade(chequered())
    with psycopg.connect(city.url, autocommit=True) as connection:
        need, form = connection.execute(ONE).fetchone() or (0, "")
        kept = [need, made.width, made.height, made.full, made.small, str(uuid4())]
        ((number,),) = connection.execute(KEEP, kept).fetchall()
        yield f"{city.address}/desk/needs/{form}/photos/{number}/", number
        connection.execute("DELETE FROM citizens_needphoto WHERE id = %s", [number])


def digest(city: City, number: int) -> str:
    with psycopg.connect(city.url) as connection:
        ((found,),) = connection.execute(
            "SELECT digest FROM citizens_needphoto WHERE id = %s", [number]
        ).fetchall()
    return str(found)


def number_in(page: Page, side: str) -> float:
    return float(page.locator(f"[name=c0-{side}]").input_value())


@pytest.mark.trial
@pytest.mark.browser
def test_a_face_is_covered_by_keyboard_on_a_phone(
    chromium: Browser, city: City, pictured: tuple[str, int]
) -> None:
    address, number = pictured
    phone = chromium.new_context(viewport={"width": 360, "height": 780}, locale="de-DE")
    page = phone.new_page()
    sign_in(page, city, "petra")
    before = digest(city, number)
    page.goto(address)
    page.get_by_role("button", name="Stelle hinzufügen").press("Enter")
    box = page.locator(".cover__box")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    assert (number_in(page, "left"), number_in(page, "height")) == (39, 21)
    page.get_by_role("button", name="Vorschau").press("Enter")
    expect(page.get_by_role("heading", name="So sähe es aus")).to_be_visible()
    expect(box).to_have_count(1)
    assert violations(page) == []
    assert digest(city, number) == before
    page.get_by_role("button", name="Für immer verdecken").press("Enter")
    expect(page.get_by_text("Die Stellen sind verdeckt.", exact=False)).to_be_visible()
    assert digest(city, number) != before
    phone.close()


@pytest.mark.trial
@pytest.mark.browser
def test_rectangles_are_drawn_and_taken_away(
    chromium: Browser, city: City, pictured: tuple[str, int]
) -> None:
    office = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    page = office.new_page()
    sign_in(page, city, "petra")
    page.goto(pictured[0])
    seen = page.locator("[data-cover-picture]").bounding_box()
    assert seen is not None
    x, y, wide, high = seen["x"], seen["y"], seen["width"], seen["height"]
    page.mouse.move(x + wide * 0.6, y + high * 0.7)
    page.mouse.down()
    page.mouse.move(x + wide * 0.2, y + high * 0.3, steps=4)
    page.mouse.up()
    box = page.locator(".cover__box")
    expect(box).to_be_focused()
    assert number_in(page, "left") == pytest.approx(20, abs=0.5)
    assert number_in(page, "width") == pytest.approx(40, abs=0.5)
    page.keyboard.press("Delete")
    expect(box).to_have_count(0)
    expect(page.locator("[name=c0-left]")).to_have_value("")
    page.mouse.click(x + 5, y + 5)  # a slip of the hand is no rectangle
    expect(box).to_have_count(0)
    office.close()
