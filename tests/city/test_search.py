# SPDX-License-Identifier: EUPL-1.2
"""The search of the whole city: every kind, never what its page would not show, and help when nothing is found."""

import pytest
from django.test import Client

from smilecity.core import nouns

pytestmark = pytest.mark.django_db


def keep(kind: str, address: str, title: str, visibility: str = "public", **more: object) -> None:
    nouns.put(kind, address, {"de": title}, visibility=visibility, **more)  # type: ignore[arg-type]


def test_all_kinds_are_found_by_kind(client: Client) -> None:
    keep("place", "places/mole", "Hafenmole")
    keep("organisation", "organisations/hafen", "Hafenverein")
    keep("area", "areas/h", "Am Hafen")
    keep("need", "needs/1", "Mehr Licht am Hafen")
    body = client.get("/search/?q=hafen").content.decode()
    for address in ("/places/mole/", "/organisations/hafen/", "/areas/h/", "/needs/1/"):
        assert f'href="{address}"' in body
    assert body.count("<h1>") == 1


def test_a_slip_is_forgiven_and_said(client: Client) -> None:
    keep("place", "places/library", "Stadtbibliothek")
    said = client.get("/search/?q=Stadtbiblothek").content.decode()
    assert "/places/library/" in said and "Meinten Sie vielleicht" in said
    assert "Meinten Sie vielleicht" not in client.get("/search/?q=bibliothek").content.decode()


@pytest.mark.parametrize("q", ["secret", "secrett", "hafen secret"])
def test_what_is_hidden_is_not_found_even_nearly(client: Client, q: str) -> None:
    keep("place", "places/secret", "Secret hafen", visibility="draft")
    keep("need", "needs/2", "Secret hafen", visibility="internal")
    body = client.get("/search/", {"q": q}).content.decode()
    assert "/places/secret" not in body and "/needs/2" not in body


def test_those_who_look_after_it_find_it(client: Client, person, organisation) -> None:  # type: ignore[no-untyped-def]
    area = nouns.put("area", "areas/x", {"de": "X"}, visibility="public")
    keep("place", "places/secret", "Secret hafen", visibility="draft", area=area.id)
    client.force_login(person("carla", ("clerk", organisation("department", "Amt"), area.id)))
    assert "/places/secret/" in client.get("/search/?q=secret").content.decode()


def test_one_kind_is_turned_page_by_page(client: Client) -> None:
    for number in range(27):
        keep("place", f"places/w{number:02}", f"Werkstatt {number:02}")
    first = client.get("/search/?q=werkstatt").content.decode()
    assert first.count("smile-stretched") == 5
    assert "/search/?q=werkstatt&amp;kind=place" in first
    page = client.get("/search/?q=werkstatt&kind=place")
    assert page.content.decode().count("smile-stretched") == 20
    after = page.context["groups"][0].after
    rest = client.get("/search/", {"q": "werkstatt", "kind": "place", "after": after}).content.decode()
    assert rest.count("smile-stretched") == 7


def test_nothing_found_helps_on(client: Client) -> None:
    body = client.get("/search/?q=xyzzy").content.decode()
    assert "haben wir nichts gefunden" in body and 'href="/places/"' in body
    assert "haben wir nichts gefunden" not in client.get("/search/").content.decode()


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=" + "a" * 5000, "q=<script>alert(1)</script>", "q=x&kind=palace", "q=a&kind=place&after=no"],
)
def test_hostile_questions(client: Client, query: str) -> None:
    answer = client.get(f"/search/?{query}")
    assert answer.status_code in (200, 400)
    assert "<script>alert" not in answer.content.decode()
