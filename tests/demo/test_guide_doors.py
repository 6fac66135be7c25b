# SPDX-License-Identifier: EUPL-1.2
"""The guide's page for many ways: shade at the harbour is wanted by web, telephone, paper, e-mail and table; all are
joined, a project answers them, and everybody hears of it.
"""

import os
import re
import subprocess
import sys
from datetime import timedelta
from email.message import EmailMessage
from uuid import NAMESPACE_URL, uuid5

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from smilecity.core import clock
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


def by_web(page: Page, city: City) -> str:
    """Somebody without an account says it; the code they read on the page of thanks."""
    page.goto(f"{city.address}/say/?about={city.noun('places/hafensport')}")
    page.get_by_role("radio", name="Wunsch").check()
    page.get_by_label("Worum geht es?").fill("Es gibt am Hafen keinen Schatten.")
    # While one types, the page says that others said much the same; whoever sends it then has seen that.
    expect(page.get_by_role("link", name="Schatten am Hafen").first).to_be_visible()
    page.get_by_role("button", name="Abschicken", exact=True).click()
    page.wait_for_url(re.compile("thanks"))
    return page.locator(".say-code__letters").inner_text()


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


def planned(page: Page, city: City) -> str:
    """The planner makes a project of it, says which need it answers, and shows it to everybody; its address."""
    page.goto(f"{city.address}/desk/projects/new/")
    for name, text in (
        ("slug", "sonnensegel-am-hafen"),
        ("title_de", "Sonnensegel am Hafen"),
        ("text_de", "Drei Segel geben im Sommer Schatten."),
        ("simple_de", "Am Hafen gibt es Schatten."),
        ("ends_on", f"{clock.now().date() + timedelta(days=200)}"),
    ):
        page.locator(f"[name={name}]").fill(text)
    page.locator("[name=keeper]").select_option(label="Amt für Stadtgrün")
    page.locator("[name=places_1]").select_option(label="HafenSport")
    page.get_by_role("button", name="Speichern", exact=True).click()
    page.wait_for_url(re.compile("milestones"))
    page.goto(f"{city.address}/desk/projects/sonnensegel-am-hafen/")
    page.get_by_role("checkbox", name=re.compile("^Schatten am Hafen")).check()
    page.get_by_role("button", name="Angekreuzte verbinden").click()
    page.wait_for_load_state("load")
    page.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(page.get_by_text("Das Projekt ist veröffentlicht.")).to_be_visible()
    return f"{city.address}/projects/sonnensegel-am-hafen/"


def accepted(page: Page, city: City, project: str) -> None:
    """The clerk decides the head of the thread: it happens, by this project."""
    page.goto(f"{city.address}/desk/needs/{HEAD}/")
    page.get_by_role("radio", name=re.compile("^Angenommen")).check()
    page.get_by_label("Adresse der Seite dazu").fill(project)
    page.get_by_label("Warum?").fill("Drei Segel kommen bis zum Sommer.")
    page.get_by_role("button", name="Entscheiden", exact=True).click()
    page.wait_for_load_state("load")


def told(page: Page, city: City, name: str, sentence: str, about: str) -> None:
    """It stands among this person's notices, and what it is about."""
    sign_in(page, city, name)
    page.goto(f"{city.address}/me/notices/")
    row = page.get_by_role("main").get_by_role("listitem").filter(has_text=sentence).first
    expect(row).to_contain_text(about)


def seen_by_code(page: Page, city: City, code: str) -> None:
    """Who said it without an account reads what became of it, from their code on."""
    page.goto(f"{city.address}/needs/code/")
    page.get_by_label("Ihr Code").fill(code)
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url(re.compile("key="))
    expect(page.get_by_text("Entschieden: zusammengeführt")).to_be_visible()
    page.locator("section", has=page.locator("#antwort")).get_by_role(
        "link", name="Schatten am Hafen"
    ).click()
    expect(page.get_by_text("Entschieden: angenommen")).to_be_visible()
    picture(page, "anliegen-angenommen")
    page.locator("section", has=page.locator("#antwort")).get_by_role(
        "link", name="Sonnensegel am Hafen"
    ).click()
    expect(page.get_by_role("heading", name="Sonnensegel am Hafen", level=1)).to_be_visible()


@pytest.mark.browser
def test_shade_at_the_harbour_comes_by_five_ways_and_a_project_answers(chromium: Browser, city: City) -> None:
    before = backing(city)
    resident = chromium.new_context(viewport={"width": 360, "height": 900}, locale="de-DE")
    nameless = resident.new_page()
    code = by_web(nameless, city)
    office = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    stefan = office.new_page()
    sign_in(stefan, city, "stefan")
    with at_work(city) as works:
        by_telephone(stefan, city)
        by_paper(stefan, city)
        by_mail(city)
        by_table(stefan, city, works)
        joined(stefan, city, before)
        drawing = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
        paul = drawing.new_page()
        sign_in(paul, city, "paul")
        accepted(stefan, city, planned(paul, city))
        works("heed")
    for name, sentence, about in (
        ("karim", "Ihr Anliegen ist entschieden.", "Schatten am Hafen"),
        ("tina", "Ein Anliegen, das auch Sie haben, ist entschieden.", "Schatten am Hafen"),
        ("tina", "Ein Projekt der Stadt antwortet auf etwas, das Sie brauchen.", "Sonnensegel am Hafen"),
    ):
        home = chromium.new_context(viewport={"width": 360, "height": 900}, locale="de-DE")
        told(home.new_page(), city, name, sentence, about)
        home.close()
    seen_by_code(nameless, city, code)
    for context in (resident, office, drawing):
        context.close()


def joined(page: Page, city: City, before: int) -> None:
    """What waits is merged by the clerk, from whichever door, also what says no place; the telephone's was at once."""
    came = rows(
        city,
        "SELECT DISTINCT ON (door) door, form FROM citizens_need"
        " WHERE words LIKE '%%Schatten%%' AND state = 'new' ORDER BY door, said_at DESC",
    )
    assert {door for door, _form in came} == {"web", "paper", "email", "table"}
    for _door, form in came:
        merged(page, city, form)
    assert backing(city) == before + 5
    page.goto(f"{city.address}/needs/{HEAD}/")
    expect(page.get_by_text(f"{before + 5} Menschen brauchen das auch").first).to_be_visible()
