# SPDX-License-Identifier: EUPL-1.2
"""Nothing hidden shows anywhere: each address that lists nouns, as each person, against the nouns' own pages."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.who import NODE

PEOPLE = {
    "anyone": (),
    "resident": (),
    "trainer_a": ("trainer", "Verein Anker", "nord"),
    "trainer_b": ("trainer", "Verein Boje", "sued"),
    "clerk": ("clerk", "Rathaus", "nord"),
    "clerk_elsewhere": ("clerk", "Rathaus", "sued"),
    "council": ("council", "Rathaus", "nord"),
    "planner": ("planner", "Rathaus", "nord"),
    "steward": ("steward", "Rathaus", "nord"),
    "operator": ("operator", "Rathaus", None),
}
# What takes no part of its own from an address: pages of one noun, of one's own, and what is not a list.
OF_ONE_THING = {
    "account_", "mfa_", "socialaccount_", "usersessions_", "openid_", "api-", "openapi", "city-", "web-manifest",
    "worker", "set_language", "end-session", "end-role", "revoke-key", "notices-off", "javascript-catalog",
}  # fmt: skip
# Addresses that are lists but need something in them. `{north}` is the first area's key.
WITH_PARTS = (
    "/places/?q=Geheim",
    "/places/?q=Offen",
    "/places/?category=sport&district={north}",
    "/places/?keeper=verein-anker",
    "/places/points.json?q=Geheim",
    "/places/feed.atom?q=Geheim",
    "/places/widget/?q=Geheim",
    "/places/tiles/0/0/0.mvt",
    "/places/tiles/10/546/327.mvt",
    "/places/tiles/16/34952/20950.mvt",
    "/search/?q=Geheim",
    "/search/?q=Offen",
    "/desk/search/?q=Geheim",
    "/desk/organisations/?q=Geheim",
    "/organisations/?q=Geheim",
    "/organisations/verein-anker/",
    "/organisations/verein-boje/",
    "/areas/{north}/",
    "/api/places",
    "/api/places?limit=200",
    *(f"/ogc/collections/{kind}/items?f={form}&limit=200"
      for kind in ("place", "organisation", "area", "need", "thing") for form in ("json", "html")),
)  # fmt: skip
MANY = 20
# Whose rights are of the same shape as another's, or who sees all; `make trial` asks them too.
ALIKE = {"resident", "trainer_b", "council", "planner", "steward", "operator", "clerk"}


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Client]]:
    """Nouns of each visibility in two areas with two keepers, and a browser for each person; never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _browsers(_founded())
        transaction.set_rollback(True)


def _founded() -> dict[str, Any]:
    from smilecity.people import actions as people
    from smilecity.places import actions as places
    from smilecity.space import actions as space

    square = [[[11.9, 54.0], [12.2, 54.0], [12.2, 54.2], [11.9, 54.2], [11.9, 54.0]]]
    outline = {"type": "Polygon", "coordinates": square}
    areas: dict[str, int] = {}
    for key in ("nord", "sued"):
        areas[key] = space.keep_area(NODE, "district", key, {"de": key.title()}, outline).noun_id
    made: dict[str, Any] = {"areas": areas}
    for slug, title, area in (
        ("rathaus", "Rathaus", "nord"),
        ("verein-anker", "Verein Anker", "nord"),
        ("verein-boje", "Verein Boje", "sued"),
    ):
        made[title] = people.keep_organisation(NODE, slug, kind="club", title={"de": title}, area=areas[area])
    number = 0
    for visibility in ("public", "internal", "draft"):
        for keeper in ("Verein Anker", "Verein Boje", None):
            for area in ("nord", "sued"):
                number += 1
                word = "Offen" if visibility == "public" else "Geheim"
                title = {"de": f"{word}{number:02d}{visibility}"}
                places.keep_place(
                    NODE, f"ort-{number}", title=title, category="sport", position=(12.0 + number / 1000, 54.1),
                    area=areas[area], keeper=made[keeper].pk if keeper else None, visibility=visibility,
                )  # fmt: skip
                people.keep_organisation(
                    NODE, f"gruppe-{number}", kind="group", visibility=visibility, area=areas[area],
                    title={"de": f"{word}bund{number:02d}{visibility}"},
                )  # fmt: skip
    return made


def _browsers(made: dict[str, Any]) -> dict[str, Client]:
    from smilecity.people.models import Account, RoleHeld

    browsers = {}
    for name, role in PEOPLE.items():
        browsers[name] = Client()
        if name == "anyone":
            continue
        account = Account.objects.create(
            email=f"{name}@example.org", pseudonym=name, pseudonym_shape=nouns.sort_key(name)
        )
        if role:
            RoleHeld.objects.create(
                account=account, role=role[0], organisation=made[role[1]], given_by="node",
                area_id=made["areas"][role[2]] if role[2] else None,
            )  # fmt: skip
        browsers[name].force_login(account)
    return browsers


def addresses() -> list[str]:
    """All addresses without parts, by their names, so that a new list is looked at the day it is there."""
    found = []
    for name, path in _patterns(get_resolver().url_patterns, ""):
        if "<" not in path and not any(name.startswith(start) for start in OF_ONE_THING):
            found.append("/" + path)
    return sorted(set(found) | {path.format(north="nord") for path in WITH_PARTS})


def _patterns(patterns: list[Any], before: str) -> Iterator[tuple[str, str]]:
    for one in patterns:
        path = before + str(one.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, path)
        elif isinstance(one, URLPattern):
            yield one.name or "", path


def shows(browser: Client, noun: Noun) -> bool:
    """Whether the noun has a page for this person: its own, or the desk's, for who changes it reads it."""
    own, desk = (browser.get(f"/{before}{noun.address}/").status_code for before in ("", "desk/"))
    assert own in (200, 404)
    return 200 in (own, desk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "person", [pytest.param(one, marks=pytest.mark.trial) if one in ALIKE else one for one in PEOPLE]
)
def test_no_list_shows_what_its_own_page_would_not(city: dict[str, Client], person: str) -> None:
    browser = city[person]
    secret = Noun.objects.filter(kind__in=["place", "organisation"]).exclude(visibility="public")
    hidden = [next(iter(noun.title.values())) for noun in secret if not shows(browser, noun)]
    assert bool(hidden) == (person != "operator")
    leaks = []
    for address in addresses():
        answer = browser.get(address)
        said = (
            b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        )
        text = said.decode(errors="replace")
        assert answer.status_code < 500, address
        leaks += [f"{address}: {title}" for title in hidden if title in text]
    assert leaks == []


@pytest.mark.django_db
def test_the_lists_do_show_what_may_be_seen(city: dict[str, Client]) -> None:
    """So that the test above cannot pass because nothing is listed."""
    for address in ("/places/", "/places/points.json", "/api/places", "/search/?q=Offen", "/organisations/"):
        text = city["anyone"].get(address).content.decode()
        title = "Offenbund01public" if address == "/organisations/" else "Offen01public"
        assert title in text, address
    seen = city["trainer_a"].get("/organisations/verein-anker/").content.decode()
    assert seen.count("Geheim") == 4
    assert "Geheim" not in city["trainer_b"].get("/organisations/verein-anker/").content.decode()
    assert "Geheim" in city["clerk"].get("/search/?q=Geheim").content.decode()
    tile = city["anyone"].get("/places/tiles/16/34952/20950.mvt")
    assert tile.status_code == 200


def test_addresses_are_found_by_themselves() -> None:
    found = addresses()
    assert {"/", "/places/", "/organisations/", "/areas/", "/ogc/collections", "/desk/organisations/"} <= set(
        found
    )
    assert len(found) > MANY
