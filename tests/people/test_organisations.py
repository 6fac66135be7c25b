# SPDX-License-Identifier: EUPL-1.2
"""Organisations: kept by the stewards of their area, shown to everyone, with what they keep."""

import json
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core import nouns
from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE, Role, Who
from smilecity.people import actions, reads
from smilecity.people.models import Organisation
from smilecity.people.reads.organisations import kept_by, kin
from smilecity.people.rules import organisations as rules


@pytest.fixture
def areas(db: None) -> tuple[int, int]:
    """Two areas beside each other."""
    made = [
        nouns.put("area", f"areas/{key}", {"de": key.title()}, visibility="public")
        for key in ("nord", "sued")
    ]
    return made[0].id, made[1].id


def steward(area: int | None) -> Who:
    return Who("account/1", 1, frozenset({Role("steward", area)}))


@given(st.text(max_size=200))
def test_an_address_made_of_a_title_is_one(title: str) -> None:
    slug = rules.slug_of(title)
    assert not slug or slug in rules.RESERVED or rules.checked_slug(slug) == slug


@pytest.mark.parametrize(
    ("title", "slug"),
    [("Amt für Sport", "amt-fuer-sport"), ("  Öl & Größe ", "oel-groesse"), ("Łódź", "odz"), ("日本", "")],
)
def test_addresses_are_written_as_german_readers_do(title: str, slug: str) -> None:
    assert rules.slug_of(title) == slug


@given(st.text(max_size=400))
def test_no_website_is_a_script(address: str) -> None:
    for tried in (address, "javascript:" + address, "https://" + address):
        try:
            kept = rules.checked_contacts(tried, "", "")["website"]
        except Refusal as refusal:
            assert refusal.code == "organisation.website"
        else:
            assert not kept or re.match("https?://", kept, re.IGNORECASE)
            assert not set(kept) & set("<>\"' \n")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"kind": "party"}, "organisation.kind"),
        ({"title": {"de": ""}}, "organisation.text"),
        ({"title": {"xx": "Verein"}}, "organisation.text"),
        ({"title": {"de": "x" * 121}}, "organisation.text"),
        ({"title": {"de": "Ver\u202eein"}}, "organisation.text"),
        ({"text": {"de": "\0"}}, "organisation.text"),
        ({"website": "javascript:alert(1)"}, "organisation.website"),
        ({"website": 'https://x.de/"onclick='}, "organisation.website"),
        ({"email": "nobody"}, "organisation.email"),
        ({"phone": "call me"}, "organisation.phone"),
        ({"visibility": "secret"}, "organisation.visibility"),
        ({"area": 4711}, "organisation.area"),
    ],
)
@pytest.mark.django_db
def test_what_is_wrong_is_refused_and_nothing_is_kept(said: dict[str, Any], code: str) -> None:
    whole: dict[str, Any] = {"kind": "club", "title": {"de": "Verein"}} | said
    with pytest.raises(Refusal) as refused:
        actions.keep_organisation(NODE, "verein", **whole)
    assert refused.value.code == code
    assert not Noun.objects.exists()
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("slug", ["", "Verein", "a--b", "-a", "a/b", "new", "a" * 81, "ä"])
@pytest.mark.django_db
def test_addresses_that_cannot_be_are_refused(slug: str) -> None:
    with pytest.raises(Refusal) as refused:
        actions.keep_organisation(NODE, slug, kind="club", title={"de": "Verein"})
    assert (refused.value.code, refused.value.field) == ("organisation.address", "slug")


def test_a_steward_takes_nothing_over_from_another_area(areas: tuple[int, int]) -> None:
    north, south = areas
    actions.keep_organisation(steward(south), "verein", kind="club", title={"de": "Verein"}, area=south)
    for area in (north, south, None):
        with pytest.raises(Refusal) as refused:
            actions.keep_organisation(steward(north), "verein", kind="club", title={"de": "Meins"}, area=area)
        assert refused.value.status == 403
    assert Noun.objects.get(address="organisations/verein").title == {"de": "Verein"}
    # Nor gives one away that is theirs.
    with pytest.raises(Refusal):
        actions.keep_organisation(steward(south), "verein", kind="club", title={"de": "Verein"}, area=north)


@pytest.mark.django_db
def test_nothing_belongs_to_itself() -> None:
    def keep(slug: str, parent: Organisation | None) -> Organisation:
        return actions.keep_organisation(NODE, slug, kind="department", title={"de": slug}, parent=parent)

    top = keep("oben", None)
    middle = keep("mitte", top)
    low = keep("unten", middle)
    for parent in (top, middle, low):
        with pytest.raises(Refusal) as refused:
            keep("oben", parent)
        assert refused.value.code == "organisation.circle"
    assert keep("unten", top).parent == top


@pytest.mark.django_db
def test_adding_does_not_change_what_is_there() -> None:
    actions.keep_organisation(NODE, "verein", kind="club", title={"de": "Erster"}, new=True)
    with pytest.raises(Refusal) as refused:
        actions.keep_organisation(NODE, "verein", kind="club", title={"de": "Zweiter"}, new=True)
    assert refused.value.code == "organisation.address-taken"
    assert Noun.objects.get().title == {"de": "Erster"}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_add_at_once_one_does() -> None:
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def add(title: str) -> None:
        together.wait()
        try:
            actions.keep_organisation(NODE, "verein", kind="club", title={"de": title}, new=True)
            outcomes.append(title)
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=[name]) for name in ("A", "B")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) in (["A", "organisation.address-taken"], ["B", "organisation.address-taken"])
    assert Noun.objects.get().title["de"] in outcomes


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_make_no_circle() -> None:
    one, two = (
        actions.keep_organisation(NODE, slug, kind="group", title={"de": slug}) for slug in ("eins", "zwei")
    )
    together = threading.Barrier(2)

    def put_below(slug: str, parent: Organisation) -> None:
        together.wait()
        try:
            actions.keep_organisation(NODE, slug, kind="group", title={"de": slug}, parent=parent)
        except Refusal as refusal:
            assert refusal.code == "organisation.circle"
        finally:
            connection.close()

    threads = [threading.Thread(target=put_below, args=given) for given in (("eins", two), ("zwei", one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(1 for each in Organisation.objects.all() if each.parent_id) == 1


def test_lists_find_by_words_and_kind_and_go_on(areas: tuple[int, int]) -> None:
    for number in range(5):
        actions.keep_organisation(NODE, f"verein-{number}", kind="club", title={"de": f"Größe {number}"})
    actions.keep_organisation(NODE, "amt", kind="department", title={"de": "Amt für Größen"})
    actions.keep_organisation(NODE, "geheim", kind="club", title={"de": "Größe geheim"}, visibility="draft")
    first = reads.listed_organisations(ANYONE, words="GROSSE", kind="club", size=3)
    rest = reads.listed_organisations(ANYONE, words="grösse", kind="club", size=3, after=first.after)
    titles = [noun.title["de"] for noun in [*first.items, *rest.items]]
    assert titles == [f"Größe {number}" for number in range(5)]
    assert [n.title["de"] for n in reads.listed_organisations(ANYONE, words="amt gross").items] == [
        "Amt für Größen"
    ]
    assert reads.listed_organisations(ANYONE, words="%_\0'\"").items == []


def test_a_page_shows_what_it_keeps_as_far_as_one_may_see(
    areas: tuple[int, int], client: Client, django_assert_max_num_queries: Any
) -> None:
    town = actions.keep_organisation(NODE, "stadt", kind="municipality", title={"de": "Stadt"})
    club = actions.keep_organisation(
        NODE, "verein", kind="club", title={"de": "Verein </script><b>"}, parent=town, area=areas[0],
        text={"de": "Wir & <i>ihr</i>"}, website="https://verein.example/?a=1&b=2",
    )  # fmt: skip
    for number in range(3):
        nouns.put(
            "place", f"places/p{number}", {"de": f"Platz {number}"}, keeper=club.pk, visibility="public"
        )
    nouns.put("place", "places/plan", {"de": "Geplanter Platz"}, keeper=club.pk, visibility="draft")
    with django_assert_max_num_queries(12):
        text = client.get("/organisations/verein/").content.decode()
    assert all(f"Platz {number}" in text for number in range(3))
    assert "Geplanter Platz" not in text
    assert "Stadt" in text
    assert "<b>" not in text
    assert "<i>" not in text
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert block
    assert json.loads(block[1])["name"] == "Verein </script><b>"
    trainer = Who("account/9", 9, frozenset({Role("trainer", None, club.pk)}))
    assert kept_by(trainer, club.noun).items[0].title["de"] == "Geplanter Platz"
    assert kin(ANYONE, club.noun).parent == town.noun
    assert [one.id for one in kin(ANYONE, town.noun).children] == [club.pk]


def test_a_hidden_organisation_has_no_page(
    areas: tuple[int, int], client: Client, person: Callable[..., Any], organisation: Callable[..., Any]
) -> None:
    town = organisation("municipality", "Stadt", areas[0])
    actions.keep_organisation(
        NODE, "geheim", kind="club", title={"de": "Geheim"}, visibility="draft", area=areas[0]
    )
    assert client.get("/organisations/geheim/").status_code == 404
    client.force_login(person("nord", ("steward", town, areas[0])))
    assert client.get("/organisations/geheim/").status_code == 200
    client.force_login(person("sued", ("steward", town, areas[1])))
    assert client.get("/organisations/geheim/").status_code == 404
    assert client.get("/desk/organisations/geheim/").status_code == 404


def test_a_steward_adds_and_changes_one_at_the_desk(
    areas: tuple[int, int], client: Client, person: Callable[..., Any], organisation: Callable[..., Any]
) -> None:
    town = organisation("municipality", "Stadt", areas[0])
    client.force_login(person("stefan", ("steward", town, areas[0])))
    form = {"title": "Chor am Hafen", "kind": "club", "area": str(areas[0]), "visibility": "public"}
    answer = client.post("/desk/organisations/new/", form)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/organisations/")
    assert "Chor am Hafen" in client.get("/desk/organisations/").content.decode()
    again = client.post("/desk/organisations/new/", form)
    assert again.status_code == 409
    assert "gibt es schon" in again.content.decode()
    changed = client.post("/desk/organisations/chor-am-hafen/", form | {"title": "Chor", "website": "x"})
    assert changed.status_code == 422
    assert "Diese Webadresse geht nicht" in changed.content.decode()
    assert client.post("/desk/organisations/chor-am-hafen/", form | {"title": "Chor"}).status_code == 302
    assert Noun.objects.get(address="organisations/chor-am-hafen").title == {"de": "Chor"}
    # Areas that are not theirs are not to be chosen.
    assert client.post("/desk/organisations/new/", form | {"area": str(areas[1])}).status_code == 422
    assert client.post("/desk/organisations/new/", form | {"area": ""}).status_code == 422


def test_the_desk_is_for_those_who_keep_some(
    areas: tuple[int, int], client: Client, person: Callable[..., Any]
) -> None:
    for path in ("/desk/organisations/", "/desk/organisations/new/", "/desk/roles/"):
        assert client.get(path).status_code == 302
    client.force_login(person("bob"))
    for path in ("/desk/organisations/", "/desk/organisations/new/", "/desk/roles/"):
        assert client.get(path).status_code == 403
