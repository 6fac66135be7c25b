# SPDX-License-Identifier: EUPL-1.2
"""Wherever a list names a sensor, its links lead to its page; of a kind without pages none leads to nowhere."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from smilecity.core import nouns, words
from smilecity.core.models import Noun
from smilecity.core.who import NODE
from smilecity.people import actions as people
from smilecity.people.reads import who_is
from smilecity.places import actions as places
from smilecity.things import actions as things
from smilecity.things.rules.declaration import Declaration

Make = Callable[..., Any]
POINT = {"type": "Point", "coordinates": [12.1, 54.1]}


@pytest.fixture
def sensor(client: Client, person: Make, organisation: Make) -> Noun:
    """A public sensor that a club keeps and the signed-in operator follows, beside a place."""
    club, olga = (
        organisation("club", "SV Hafen"),
        person("olga", ("operator", organisation("municipality", "S"), None)),
    )
    declared = Declaration(purpose={"de": "Zählen"}, operator="Stadt", retention=timedelta(days=730))
    thing = things.keep_thing(NODE, "counter", {"de": "Zähler am Steg"}, geo=POINT, declared=declared)
    Noun.objects.filter(pk=thing.noun_id).update(keeper=club.noun)
    places.keep_place(
        NODE, "steg", title={"de": "Steg"}, category="water", visibility="public", position=(12.1, 54.1),
        keeper=club.pk,
    )  # fmt: skip
    people.follow(who_is(olga), thing.noun_id)
    client.force_login(olga)
    return Noun.objects.get(pk=thing.noun_id)


def links(body: str) -> set[str]:
    main = body[body.index("<main") : body.index("</main>")]
    return {html.unescape(one) for one in re.findall(r'<a [^>]*href="([^"#]+)', main)}


PAGES = [
    "/desk/search/",
    "/desk/search/?kind=thing",
    "/desk/history/{sensor}/",
    "/ogc/collections/thing/items?f=html",
    "/ogc/collections/thing/items/{sensor}?f=html",
    "/organisations/{club}/",
    "/me/follows/",
    "/search/?q=Steg",
    "/say/?about={sensor}",
]


def looked_at(page: str, *language: str) -> Any:
    """This page; one that differs from another by a filter only is for the trial."""
    return pytest.param(*language, page, marks=[pytest.mark.trial] if "?kind=" in page else [])


LISTS = pytest.mark.parametrize("page", [looked_at(page) for page in PAGES])


@pytest.fixture
def pageless(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if sensors had no pages."""
    monkeypatch.setattr(words, "_without_page", {"thing"})


@pytest.mark.parametrize(
    ("language", "page"),
    [*(looked_at(page, "") for page in PAGES), *(looked_at(page, "/en") for page in PAGES[5:])],
)
def test_every_link_of_a_list_leads_to_the_page(
    client: Client, sensor: Noun, language: str, page: str
) -> None:
    follow_all(client, sensor, language + page, f"{language}/things/counter/")


@LISTS
def test_no_link_of_a_list_leads_to_a_page_that_is_not(
    client: Client, sensor: Noun, pageless: None, page: str
) -> None:
    follow_all(client, sensor, page, "")


def follow_all(client: Client, sensor: Noun, page: str, expected: str) -> None:
    """Every link of the page leads somewhere, and to this sensor's page if there is one."""
    assert sensor.keeper is not None
    club = sensor.keeper.address.removeprefix("organisations/")
    answer = client.get(page.format(sensor=sensor.pk, club=club))
    body = answer.content.decode()
    assert answer.status_code == 200
    assert "Steg" in body
    found = {link.removeprefix("http://testserver") for link in links(body) if "/things/counter" in link}
    if "/items?" not in page:  # that list leads to its items, and they to the page
        assert found == ({expected} if expected else set())
    for link in links(body):
        path = link.removeprefix("http://testserver")
        if path.startswith("?"):
            path = answer.request["PATH_INFO"] + path
        if path.startswith("/"):
            assert client.get(path, follow=True).status_code == 200, path


def test_a_kind_without_pages_has_no_address(sensor: Noun, pageless: None) -> None:
    assert nouns.page_address(sensor) == ""
    assert nouns.page_address(Noun.objects.get(address="places/steg")) == "/places/steg/"


def test_the_machine_is_given_no_page_either(client: Client, sensor: Noun, pageless: None) -> None:
    thing = client.get(f"/ogc/collections/thing/items/{sensor.pk}?f=json").json()
    assert "url" not in thing["properties"]
    place = Noun.objects.get(address="places/steg")
    said = client.get(f"/ogc/collections/place/items/{place.pk}?f=json").json()["properties"]
    assert said["url"] == "http://testserver/places/steg/"


def test_following_one_leads_back_to_what_is_followed(client: Client, sensor: Noun, pageless: None) -> None:
    answer = client.post(f"/me/follows/{sensor.pk}/", {"do": "follow"})
    assert answer.headers["Location"] == "/me/follows/"
