# SPDX-License-Identifier: EUPL-1.2
"""The guide's page for many ways: shade at the harbour is wanted by web, telephone, paper, e-mail and table."""

import os
import re
import subprocess
import sys
from email.message import EmailMessage
from uuid import NAMESPACE_URL, uuid5

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.demo.conftest import City, sign_in
from tests.demo.pictures import picture
from tests.demo.works import Works, at_work
from tests.migrated import as_address

pytestmark = pytest.mark.trial

# What the demo's people said first about it.
HEAD = uuid5(NAMESPACE_URL, "urn:smilecity:demo:need:6")
TABLE = "Anliegen;Art;Ort\nAm Hafen fehlt Schatten für die Kinder;Wunsch;HafenSport\n;Wunsch;HafenSport\n"


def rows(city: City, query: str, *given: object) -> list[tuple[object, ...]]:
    with psycopg.connect(city.url) as connection:
        return connection.execute(query, given).fetchall()


def backing(city: City) -> int:
    ((count,),) = rows(city, "SELECT backing FROM citizens_need WHERE form = %s", HEAD)
    assert isinstance(count, int)
    return count


def by_web(page: Page, city: City) -> None:
    page.goto(f"{city.address}/say/?about={city.noun('places/hafensport')}")
    page.get_by_role("radio", name="Wunsch").check()
    page.get_by_label("Worum geht es?").fill("Es gibt am Hafen keinen Schatten.")
    page.get_by_role("button", name=re.compile("^(Abschicken|Weiter)")).last.click()
    page.wait_for_load_state("load")
    expect(page.get_by_role("link", name="Schatten am Hafen").first).to_be_visible()
    page.locator("button[name=anyway]").first.click()
    page.wait_for_url(re.compile("thanks"))


def by_telephone(page: Page, city: City) -> None:
    page.goto(f"{city.address}/desk/needs/phone/")
    page.get_by_role("radio", name="Wunsch").check()
    page.get_by_label("Was wird gesagt?").fill("Am Hafen ist kein Schatten.")
    page.get_by_label("Wo?").fill("HafenSport")
    page.get_by_role("button", name="Aufnehmen", exact=True).click()
    same = page.get_by_role("radio", name=re.compile("Schatten am Hafen"))
    same.first.check()
    picture(page, "viele-wege-telefon")
    page.get_by_role("button", name="So aufnehmen").click()
    expect(page.locator(".door-code")).to_be_visible()


def by_paper(page: Page, city: City) -> None:
    page.goto(f"{city.address}/desk/needs/paper/")
    page.get_by_label("Art", exact=True).fill("w")
    page.get_by_label("Worte", exact=True).fill("Bäume gegen die Sonne am Hafen, Schatten!")
    page.get_by_label("Wo?").fill("HafenSport")
    page.keyboard.press("Enter")
    page.wait_for_load_state("load")
    expect(page.get_by_label("Worte", exact=True)).to_have_value("")


def by_mail(city: City) -> None:
    name = city.url.partition("dbname=")[2].split()[0]
    letter = EmailMessage()
    letter["From"], letter["To"] = "erna@beispiel.de", "anliegen@beispiel.de"
    letter["Subject"], letter["Message-ID"] = "Schatten", "<schatten-1@beispiel.de>"
    letter.set_content("Guten Tag,\nam Hafen fehlt Schatten, im Sommer ist es dort zu heiß.\n")
    environment = {
        **os.environ,
        "DATABASE_URL": as_address(os.environ["DATABASE_URL"], name),
        "SMILE_DATA": str(city.folder),
    }
    command = [sys.executable, "-m", "smilecity.city.cli", "citizens", "letter"]
    subprocess.run(command, env=environment, input=letter.as_bytes(), check=True)


def by_table(page: Page, city: City, works: Works) -> None:
    page.goto(f"{city.address}/desk/needs/table/")
    page.locator("input[type=file]").set_input_files(
        {"name": "werkstatt.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    )
    page.get_by_role("button", name="Hochladen").click()
    page.wait_for_url(re.compile(r"/table/\d+/"))
    page.get_by_role("button", name="Ganze Tabelle prüfen").click()
    page.wait_for_load_state("load")
    works("take_tables")
    page.reload()
    expect(page.get_by_text("Eine Zeile fehlt dann.")).to_be_visible()
    picture(page, "viele-wege-tabelle")
    page.get_by_role("button", name="Ohne diese eine Zeile übernehmen").click()
    page.wait_for_load_state("load")
    works("take_tables")


def merged(page: Page, city: City, form: object) -> None:
    """The clerk finds it among the near-duplicates that the desk shows, and merges it."""
    page.goto(f"{city.address}/desk/needs/{form}/")
    page.get_by_role("radio", name=re.compile("^Zusammengeführt")).check()
    page.get_by_label("Adresse der Seite dazu").fill(f"{city.address}/needs/{HEAD}/")
    page.get_by_label("Warum?").fill("Das haben schon andere gesagt. Ihre Stimme zählt dort mit.")
    page.get_by_role("button", name="Entscheiden", exact=True).click()
    page.wait_for_load_state("load")


@pytest.mark.browser
def test_shade_at_the_harbour_comes_by_five_ways(chromium: Browser, city: City) -> None:
    before = backing(city)
    resident = chromium.new_context(viewport={"width": 360, "height": 900}, locale="de-DE")
    by_web(resident.new_page(), city)
    office = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    stefan = office.new_page()
    sign_in(stefan, city, "stefan")
    with at_work(city) as works:
        by_telephone(stefan, city)
        by_paper(stefan, city)
        by_mail(city)
        by_table(stefan, city, works)
    came = rows(
        city,
        "SELECT DISTINCT ON (door) door, form FROM citizens_need"
        " WHERE words LIKE '%%Schatten%%' AND state = 'new' ORDER BY door, said_at DESC",
    )
    assert {door for door, _form in came} == {"web", "paper", "email", "table"}
    for door, form in came:
        if (
            door != "email"
        ):  # a letter says no place: only who looks after the whole node sees it, and here nobody does
            merged(stefan, city, form)
    assert backing(city) == before + 4
    stefan.goto(f"{city.address}/needs/{HEAD}/")
    expect(stefan.get_by_text(f"{before + 4} Menschen brauchen das auch").first).to_be_visible()
    resident.close()
    office.close()
