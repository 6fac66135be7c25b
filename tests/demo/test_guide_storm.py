# SPDX-License-Identifier: EUPL-1.2
"""The guide's page about closing: gusts close the harbour's court, those with bookings are told, and it opens again."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from smilecity.core import clock
from smilecity.things.demo import devices
from smilecity.things.demo.simulator import message
from tests.demo.conftest import City, sensor, sign_in
from tests.demo.pictures import picture
from tests.demo.sportbox import Sportbox
from tests.demo.test_guide_borrowing import BOULES, borrows, enter, finds, gives_back, without_a_script
from tests.demo.works import Works, at_work

pytestmark = pytest.mark.trial

STATION = "hafensport-wetter"
CALM_MINUTES = 31


@pytest.fixture(scope="module")
def works(city: City) -> Iterator[Works]:
    """The place is open, at whatever time this runs."""
    with at_work(city) as found:
        late = found("open_late", "hafensport")
        yield found
        blows(city, 3)
        found("look_at_weather", -CALM_MINUTES)
        found("look_at_weather", 0)
        found("end_exception", late)


def blows(city: City, gust: float) -> None:
    """The station by the harbour says so, in metres a second."""
    uplink = devices.weather_station(
        1, 3.0, air_temperature=9, relative_humidity=80, atmospheric_pressure=99, wind_speed=gust / 2,
        wind_direction=270, maximum_wind_speed=gust, precipitation=0, solar_radiation=0,
    )  # fmt: skip
    assert city.post(sensor(STATION), message(sensor(STATION), clock.now(), uplink)) == 200


@pytest.mark.browser
def test_a_storm_closes_the_place_and_people_are_told(chromium: Browser, city: City, works: Works) -> None:
    sportbox = Sportbox(city, works)
    anna, rolf = (without_a_script(chromium, 360) for _ in range(2))
    sign_in(anna, city, "anna")
    works("book_soon", "Anna", "korb-sued")
    sign_in(rolf, city, "rolf")
    finds(rolf, city, "Boule für alle")
    borrows(rolf, "Für später zurücklegen")
    sportbox.meets_the_node()

    blows(city, 25)
    assert works("look_at_weather", 0) == 1
    works("heed")
    is_told(anna, city)
    says_why(rolf, city)

    enter(rolf, "Öffnen")
    expect(rolf.get_by_text("Der Ort ist gerade geschlossen, darum öffnet die Box nicht.")).to_be_visible()
    sportbox.meets_the_node()
    assert not sportbox.box.open_door(BOULES)

    blows(city, 5)
    assert works("look_at_weather", 2 - CALM_MINUTES) == 0  # not at the first lull
    assert works("look_at_weather", 0) == 0
    assert works("look_at_weather", 2) == 1
    enter(rolf, "Öffnen")
    sportbox.meets_the_node()
    sportbox.through(BOULES)
    sportbox.meets_the_node()
    rolf.reload()
    gives_back(rolf, sportbox, BOULES)
    anna.goto(f"{city.address}/places/hafensport/")
    expect(anna.get_by_text("Sturm")).to_have_count(0)
    rolf.context.close()
    anna.context.close()


def is_told(page: Page, city: City) -> None:
    """In her inbox; from there to what is free instead, and to her booking, which she gives up."""
    page.goto(f"{city.address}/me/notices/")
    line = page.get_by_role("listitem").filter(has_text="in eine Zeit, in der geschlossen ist").first
    line.get_by_role("link", name="HafenSport").focus()
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("heading", name="Ihre Buchung fällt in eine Zeit, in der geschlossen ist")
    ).to_be_visible()
    told = re.compile(r"^\s*Südkorb, .*: Sturm\. Frei wäre danach: .*\d Uhr")
    hers = page.get_by_role("listitem").filter(has_text=told)
    expect(hers).to_be_visible()
    picture(page, "oeffnen-andere-zeit")
    hers.get_by_role("link").focus()
    page.keyboard.press("Enter")
    enter(page, "Verschieben", "link")
    expect(page.get_by_role("heading", name=re.compile("Verschieben|verschieben"))).to_be_visible()
    page.go_back()
    page.get_by_text("Absagen", exact=True).focus()
    page.keyboard.press("Enter")
    enter(page, "Buchung absagen")
    expect(page.get_by_text("abgesagt").first).to_be_visible()


def says_why(page: Page, city: City) -> None:
    """The place's page says to everybody why it is closed, and until when as far as anybody knows."""
    loan = page.url
    page.goto(f"{city.address}/places/hafensport/")
    expect(page.get_by_text("Vorerst geschlossen: Sturm.")).to_be_visible()
    expect(page.get_by_role("term").filter(has_text="bis auf Weiteres")).to_be_visible()
    picture(page, "oeffnen-sturm", page.get_by_role("region", name="Gerade jetzt"))
    page.goto(loan)
