# SPDX-License-Identifier: EUPL-1.2
"""The guide's page for residents: said on a phone without a script, without a network, and on a shared device."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.demo.conftest import City
from tests.demo.pictures import picture

CODE = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}\b")
# A pause while typing that never ends: what is kept then, is kept without it. What would run after it is at hand.
NO_PAUSE = """{
    const [later, never] = [setTimeout, clearTimeout];
    window.paused = new Map();
    window.setTimeout = (work, wait, ...more) =>
        wait === 500 ? (paused.set(-1 - paused.size, work), -paused.size) : later(work, wait, ...more);
    window.clearTimeout = (one) => paused.delete(one) || never(one);
}"""
WHAT_IS_LEFT = """async () => ({
    storage: localStorage.length + sessionStorage.length,
    databases: (await indexedDB.databases()).map((one) => one.name),
    caches: await caches.keys(),
    cookies: document.cookie,
    history: history.length,
    words: document.body.innerText + [...document.querySelectorAll('input,textarea')].map((one) => one.value).join(' '),
})"""


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture as a phone takes it."""
    written = BytesIO()
    Image.new("RGB", (800, 600), "green").save(written, "JPEG")
    file = tmp_path / "photo.jpg"
    file.write_bytes(written.getvalue())
    return file


def code_on(page: Page) -> str:
    expect(page.get_by_role("heading", level=1)).to_contain_text("Danke")
    found = CODE.search(page.locator("main").inner_text())
    assert found is not None
    return found[0]


@pytest.mark.browser
def test_said_on_a_phone_by_keyboard_and_without_a_script(chromium: Browser, city: City, photo: Path) -> None:
    context = chromium.new_context(
        viewport={"width": 360, "height": 780}, locale="de-DE", java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{city.address}/say/")
    picture(page, "anliegen-sagen")
    page.get_by_label("Problem").check()
    page.get_by_label("Worum geht es?").fill("Der Griff am Brunnen fehlt.")
    page.get_by_label("Die Stelle in Worten").fill("am Brunnen")
    page.locator("input[type=file]").set_input_files(photo)
    button = page.get_by_role("button", name="Abschicken")
    button.focus()
    page.keyboard.press("Enter")
    anyway = page.locator("button[name=anyway]")
    if anyway.count():  # others may have said much the same before
        anyway.click()
    code = code_on(page)
    picture(page, "anliegen-code")
    page.goto(f"{city.address}/needs/code/")
    page.get_by_label("Ihr Code").fill(code.lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Das haben Sie gesagt")).to_be_visible()
    expect(page.locator("main img")).to_have_count(1)
    context.close()


@pytest.mark.trial
def test_a_draft_waits_for_the_network_and_is_sent_once(
    city: City, visit: BrowserContext, photo: Path
) -> None:
    page, troubles = visit.new_page(), list[str]()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{city.address}/imprint/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    visit.set_offline(True)
    page.goto(f"{city.address}/say/")  # never seen before: the app has it all the same
    page.get_by_label("Idee").check()
    page.get_by_label("Worum geht es?").fill("Eine Uhr am Steg der Fähre.")
    page.locator("input[type=file]").set_input_files(photo)
    page.get_by_role("button", name="Abschicken").click()
    expect(page.locator("[data-draft-told]")).to_contain_text("wartet auf diesem Gerät")
    page.goto(f"{city.address}/say/")
    expect(page.locator("[data-draft-told]")).to_contain_text("wartet auf diesem Gerät")
    posted = list[str]()
    visit.on("request", lambda one: posted.append(one.url) if one.method == "POST" else None)
    visit.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_url("**/say/thanks/")
    code = code_on(page)
    page.reload()  # as if the first answer had been lost on its way
    assert code_on(page) == code
    assert posted == [f"{city.address}/say/"]
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") <= 1
    assert page.evaluate("localStorage.length") == 0
    page.goto(f"{city.address}/say/")
    expect(page.locator("[data-draft-told]")).to_be_empty()
    assert troubles == []


@pytest.mark.trial
def test_a_spot_is_chosen_on_the_map_and_a_draft_is_offered_again(
    city: City, map_visit: BrowserContext
) -> None:
    page = map_visit.new_page()
    page.goto(f"{city.address}/say/")
    page.get_by_label("Worum geht es?").fill("Mehr Schatten am Hafen, bitte.")
    expect(page.locator("[data-alike-found]")).to_contain_text("gibt es schon")
    page.locator("[data-pick] city-map").scroll_into_view_if_needed()
    page.locator("[data-pick] city-map[data-idle]").wait_for()
    page.get_by_role("button", name="Kartenmitte nehmen").click()
    expect(page.locator("[data-pick-said]")).to_have_text("Die Stelle ist gewählt.")
    assert re.fullmatch(r"-?\d+\.\d{6},-?\d+\.\d{6}", page.locator("#id_spot").input_value())
    picture(page, "anliegen-karte")
    spot = page.locator("#id_spot").input_value()
    page.goto(f"{city.address}/say/")  # at once: what was typed last is kept as the page is left
    page.get_by_role("button", name="Weiterschreiben").click()
    expect(page.get_by_label("Worum geht es?")).to_have_value("Mehr Schatten am Hafen, bitte.")
    expect(page.locator("#id_spot")).to_have_value(spot)


@pytest.mark.trial
def test_of_two_tabs_one_sends_what_waits(city: City, visit: BrowserContext) -> None:
    page, other = visit.new_page(), visit.new_page()
    page.goto(f"{city.address}/imprint/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    visit.set_offline(True)
    page.goto(f"{city.address}/say/")
    page.get_by_label("Lob").check()
    page.get_by_label("Worum geht es?").fill("Der neue Steg ist schön.")
    page.get_by_role("button", name="Abschicken").click()
    other.goto(f"{city.address}/say/")
    for tab in (page, other):
        expect(tab.locator("[data-draft-told]")).to_contain_text("wartet auf diesem Gerät")
    posted = list[str]()
    visit.on("request", lambda one: posted.append(one.url) if one.method == "POST" else None)
    visit.set_offline(False)
    while not any(tab.url.endswith("/thanks/") for tab in (page, other)):
        page.wait_for_timeout(20)
    rest = other if page.url.endswith("/thanks/") else page
    rest.evaluate("navigator.locks.request('smile-drafts', () => true)")  # after all that is being sent
    assert posted == [f"{city.address}/say/"]


@pytest.mark.trial
def test_a_page_left_at_once_keeps_its_draft(city: City, visit: BrowserContext, photo: Path) -> None:
    visit.add_init_script(NO_PAUSE)
    page = visit.new_page()
    page.goto(f"{city.address}/say/")
    page.locator("input[type=file]").set_input_files(photo)
    page.get_by_label("Worum geht es?").fill("Ein Tor für den Bolzplatz.")
    page.goto(f"{city.address}/imprint/")
    page.goto(f"{city.address}/say/")
    page.get_by_role("button", name="Weiterschreiben").click()
    expect(page.get_by_label("Worum geht es?")).to_have_value("Ein Tor für den Bolzplatz.")


@pytest.mark.trial
def test_a_draft_that_waits_is_not_called_back_by_what_was_typed_before(
    city: City, visit: BrowserContext
) -> None:
    visit.add_init_script(NO_PAUSE)
    page = visit.new_page()
    page.goto(f"{city.address}/say/")
    page.get_by_label("Frage").check()
    page.get_by_label("Worum geht es?").fill("Wann ist der Markt?")
    visit.set_offline(True)
    page.evaluate("""{
        paused.forEach((work) => work());  // the pause is over just as it is sent
        document.querySelector('form[data-say]').requestSubmit();
    }""")
    told = page.locator("[data-draft-told]")
    expect(told).to_contain_text("wartet auf diesem Gerät")
    assert page.evaluate("localStorage.getItem('smile-draft-waits')") == "1"
    page.evaluate("document.querySelector('[name=form]').value = crypto.randomUUID()")
    page.get_by_role("button", name="Abschicken", exact=True).click()
    expect(told).to_contain_text("Hier wartet schon ein Anliegen")
    visit.set_offline(False)
    page.wait_for_url("**/say/thanks/")
    code_on(page)


@pytest.mark.trial
def test_a_shared_device_keeps_no_trace(city: City, visit: BrowserContext) -> None:
    page = visit.new_page()
    page.clock.install()
    page.goto("about:blank")
    page.goto(f"{city.address}/kiosk/")
    steps = page.evaluate("history.length")
    page.get_by_label("Wunsch").check()
    page.get_by_label("Worum geht es?").fill("Geheimes von Frau Muster.")
    page.get_by_role("button", name="Abschicken").click()
    code = code_on(page)
    page.clock.run_for(45_000)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Ja, ich schreibe noch").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.clock.run_for(62_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("Was fehlt Ihnen in der Stadt?")
    left = page.evaluate(WHAT_IS_LEFT)
    assert (left["storage"], left["databases"], left["caches"]) == (0, [], [])
    assert left["history"] == steps
    assert code not in left["words"] and "Muster" not in left["words"] and "smile_said" not in left["cookies"]
    assert not [one for one in visit.cookies() if one["name"] == "smile_said"]
    page.go_back()
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_have_text("Was fehlt Ihnen in der Stadt?")
    assert page.get_by_label("Worum geht es?").input_value() == ""
