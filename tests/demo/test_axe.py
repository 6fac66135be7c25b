# SPDX-License-Identifier: EUPL-1.2
"""No violation of WCAG 2.2 AA that axe can see, on any page, signed in and out, in both languages and widths."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from itertools import cycle
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.demo.conftest import City, sign_in
from tests.demo.pages import LANGUAGES, PUBLIC, REFUSED, SIGNED_IN, WIDTHS

AXE = (Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js").read_text()
# What is well is not listed, and no style sheet fetched once more: no rule of these reads one.
QUICKLY = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], **QUICKLY}
# In the dark only colours differ.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, **QUICKLY}
PEOPLE = {"": PUBLIC, **SIGNED_IN}
# A sample for every day; `make trial` looks at all of them.
SOME = {"": PUBLIC[::16], "petra": SIGNED_IN["petra"][::16]}
SOME_REFUSED = ("/say/", "/account/signup/")
# How pages are looked at, in turn: language and width. Between them, the first two show each page in both languages and
# both widths.
GERMAN = (("de", "phone"), ("de", "desk"))
ENGLISH = (("en", "desk"), ("en", "phone"))
EVERY_DAY = (("de", "phone"),)
DARK = (("de", "phone"), ("en", "desk"))
Looks = tuple[tuple[str, str], ...]
# Native checks would stop an empty form before the page can say what is wrong.
SEND_UNCHECKED = "form => { form.noValidate = true; form.querySelector('button:not([type=button])').click() }"


def violations(page: Page, rules: Mapping[str, object] = RULES) -> list[str]:
    # By the debugger, not by a script tag: the pages' content policy must stay as strict as it is.
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules).then(result => result.violations)", rules)
    bad = [f"{one['id']}: {[node['html'][:160] for node in one['nodes']]}" for one in found]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        bad.append("wider than the screen")
    return bad


# What the other placeholders stand for.
PLACEHOLDERS = {
    "{entrusted}": "SELECT id FROM places_entrusted ORDER BY id LIMIT 1",
    "{change}": "SELECT id FROM places_change ORDER BY state = 'review' DESC, id LIMIT 1",
    "{connector}": "SELECT id FROM things_connector WHERE kind = 'json' ORDER BY id LIMIT 1",
    "{kit}": "SELECT id FROM places_kit WHERE key = 'basketball'",
    "{court}": "SELECT id FROM places_unit WHERE key = 'korb'",
    "{third}": "SELECT id FROM places_unit WHERE key = 'drittel-1'",
    "{policy}": "SELECT id FROM places_policy WHERE name = 'Hallenzeiten'",
    "{season}": "SELECT id FROM places_season ORDER BY id LIMIT 1",
    "{series}": "SELECT id FROM places_series WHERE season_id IS NULL ORDER BY id LIMIT 1",
    "{asked}": "SELECT id FROM places_booking WHERE state = 'asked' ORDER BY id LIMIT 1",
    "{booked}": """
        SELECT b.id FROM places_booking b JOIN people_account a ON a.id = b.account_id
        WHERE b.state = 'booked' AND b.series_id IS NULL AND a.email LIKE 'anna@%' ORDER BY b.id LIMIT 1
    """,
    "{discussed}": """
        SELECT form FROM citizens_need WHERE noun_id IN (SELECT need_id FROM citizens_comment) ORDER BY noun_id LIMIT 1
    """,
    "{comment}": "SELECT id FROM citizens_comment WHERE state = 'shown' ORDER BY id LIMIT 1",
    "{appealed}": "SELECT id FROM citizens_comment WHERE outcome = 'open' ORDER BY id LIMIT 1",
    "{hidden}": "SELECT need_id FROM citizens_moderated WHERE outcome = 'open' AND comment_id IS NULL",
    "{of_hidden}": """
        SELECT n.form FROM citizens_need n JOIN citizens_moderated m ON m.need_id = n.noun_id
        WHERE m.outcome = 'open' AND m.comment_id IS NULL
    """,
    "{need}": "SELECT split_part(address, '/', 2) FROM core_noun WHERE kind = 'need' ORDER BY id LIMIT 1",
}


def spelled_out(city: City, path: str) -> str:
    for placeholder, query in PLACEHOLDERS.items():
        if placeholder in path:
            with psycopg.connect(city.url) as connection:
                row = connection.execute(query).fetchone()
            assert row is not None, path
            path = path.replace(placeholder, str(row[0]))
    return re.sub(r"\{noun:([^}]+)\}", lambda found: str(city.noun(found[1])), path)


def visited(
    city: City,
    chromium: Browser,
    pages: dict[str, tuple[str, ...]],
    looks: Looks = EVERY_DAY,
) -> Iterator[tuple[Page, str]]:
    """Each of the pages, open, with who looks at it, how wide, and its address; people sign in as they would."""
    for person, paths in pages.items():
        context = chromium.new_context(
            color_scheme="dark" if looks is DARK else "light",
            reduced_motion="reduce",
            service_workers="block",
        )
        page = context.new_page()
        if person:
            sign_in(page, city, person)
        for path, (language, width) in zip(paths, cycle(looks), strict=False):
            address = LANGUAGES[language] + spelled_out(city, path)
            page.set_viewport_size({"width": WIDTHS[width], "height": 800})
            page.goto(city.address + address)
            yield page, f"{person or 'anyone'} {width} {address}"
        context.close()


def looked_at(
    city: City,
    chromium: Browser,
    pages: dict[str, tuple[str, ...]],
    looks: Looks,
) -> dict[str, list[str]]:
    """What axe finds, by page. Each look opens its pages anew: what is turned around in place is seen half-way."""
    bad = {}
    for page, name in visited(city, chromium, pages, looks):
        if found := violations(page, COLOURS if looks is DARK else RULES):
            bad[name] = found
        if folder := os.environ.get("SMILE_SCREENSHOTS"):
            file = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
            page.screenshot(path=f"{folder}/{'dark-' if looks is DARK else ''}{file}.png", full_page=True)
    return bad


@pytest.mark.timeout(300)
def test_axe_finds_nothing(city: City, chromium: Browser) -> None:
    assert looked_at(city, chromium, SOME, EVERY_DAY) == {}


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "forms",
    [
        {"": SOME_REFUSED},
        *(pytest.param({person: paths}, marks=pytest.mark.trial) for person, paths in REFUSED.items()),
    ],
    ids=["some", *(person or "anyone" for person in REFUSED)],
)
def test_axe_finds_nothing_where_a_form_says_what_is_wrong(
    city: City, chromium: Browser, forms: dict[str, tuple[str, ...]]
) -> None:
    bad = {}
    for page, name in visited(city, chromium, forms):
        with (
            nullcontext() if "/kiosk/" in name else page.expect_navigation()
        ):  # which leaves no step in the history
            page.locator("main form[method=post]").first.evaluate(SEND_UNCHECKED)
        wrong = page.locator("main [aria-invalid=true], main .kern-error, main [role=alert]")
        expect(wrong.first, name).to_be_attached()
        if found := violations(page):
            bad[name] = found
    assert bad == {}


@pytest.mark.trial
@pytest.mark.parametrize("looks", [GERMAN, ENGLISH], ids=["german", "english"])
def test_axe_finds_nothing_anywhere(city: City, chromium: Browser, looks: Looks) -> None:
    assert looked_at(city, chromium, PEOPLE, looks) == {}


@pytest.mark.trial
def test_axe_finds_nothing_in_the_dark(city: City, chromium: Browser) -> None:
    assert looked_at(city, chromium, {person: paths[::4] for person, paths in PEOPLE.items()}, DARK) == {}


@pytest.mark.parametrize(
    "pages", [SOME[""], pytest.param(PUBLIC, marks=pytest.mark.trial)], ids=["some", "all"]
)
def test_nothing_is_wider_than_a_small_phone(city: City, chromium: Browser, pages: tuple[str, ...]) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    wide = []
    for path in pages:
        page.goto(city.address + spelled_out(city, path))
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    context.close()
    assert not wide
