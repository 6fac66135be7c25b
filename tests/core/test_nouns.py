# SPDX-License-Identifier: EUPL-1.2
"""Nouns and links: one table of whatever has a page, and the thread between them."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core import clock, links, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Role, Who

POINT = {"type": "Point", "coordinates": [9.93, 53.54]}


def place(name: str, **more: object) -> Noun:
    """A public place."""
    return nouns.put("place", f"places/{name.lower()}", {"de": name}, **{"visibility": "public", **more})  # type: ignore[arg-type]


def test_german_dictionary_order() -> None:
    words = ["Zoo", "Öhr", "Ohr", "Äpfel", "Apfel", "straße", "Strasse", "Übung", "Uhr", "éclair", "Ecke"]
    assert sorted(words, key=nouns.sort_key) == [
        "Äpfel", "Apfel", "Ecke", "éclair", "Öhr", "Ohr", "straße", "Strasse", "Übung", "Uhr", "Zoo",
    ]  # fmt: skip


@given(st.text())
def test_a_sort_key_ignores_case_and_is_its_own_key(text: str) -> None:
    assert nouns.sort_key(nouns.sort_key(text)) == nouns.sort_key(text)
    assert nouns.sort_key("ä" + text) == nouns.sort_key("A" + text)


@pytest.mark.django_db
def test_put_makes_a_noun_and_brings_it_up_to_date() -> None:
    with clock.frozen(datetime(2026, 5, 1, tzinfo=UTC)):
        first = place("Hafen", geo=POINT, text={"de": "Ein Platz am Wasser"})
    with clock.frozen(datetime(2026, 5, 2, tzinfo=UTC)):
        again = nouns.put("place", "places/hafen", {"de": "Ölhafen", "en": "Oil harbour"})
    assert again.id == first.id
    found = Noun.objects.get()
    assert (found.sort, found.visibility, found.geo, found.text) == ("olhafen", "draft", None, {})
    assert found.changed_at == datetime(2026, 5, 2, tzinfo=UTC)


@pytest.mark.django_db
def test_an_address_held_by_another_kind_is_refused() -> None:
    place("Hafen")
    with pytest.raises(Refusal) as refused:
        nouns.put("thing", "places/hafen", {"de": "Hafen"})
    assert (refused.value.code, refused.value.status, refused.value.field) == (
        "noun.address-taken",
        409,
        "address",
    )
    assert Noun.objects.get().kind == "place"


@pytest.mark.django_db
def test_who_may_see_what(alice: Who, bob: Who, anyone: Who) -> None:
    district = place("Altona")
    steward_here = Who(account=4, roles=frozenset({Role("steward", district.id)}))
    steward_elsewhere = Who(account=5, roles=frozenset({Role("steward", district.id + 1)}))
    public = place("Hafen", area=district.id)
    for visibility in ("draft", "internal"):
        hidden = place("Werft", area=district.id, visibility=visibility)
        seen = {
            who: nouns.may_see(who, hidden) for who in (alice, steward_here, steward_elsewhere, bob, anyone)
        }
        assert list(seen.values()) == [True, True, False, False, False]
    assert all(nouns.may_see(who, public) for who in (alice, steward_elsewhere, bob, anyone))


@pytest.mark.django_db
def test_only_what_is_public_is_listed_and_found_on_the_map() -> None:
    near = place("Hafen", geo=POINT)
    place("Werft", geo=POINT, visibility="draft")
    place("Dorf", geo={"type": "Point", "coordinates": [10.5, 53.9]})
    nouns.put("thing", "things/1", {"de": "Zähler"}, geo=POINT, visibility="public")
    assert [noun.title["de"] for noun in nouns.published("place")] == ["Dorf", "Hafen"]
    assert nouns.ids_within("place", 9.9, 53.5, 10.0, 53.6) == [near.id]


@pytest.mark.django_db
def test_the_box_is_around_any_geometry() -> None:
    ring = [[9.0, 53.0], [9.4, 53.0], [9.4, 53.2], [9.0, 53.0]]
    shape = {
        "type": "GeometryCollection",
        "geometries": [POINT, {"type": "MultiPolygon", "coordinates": [[ring]]}],
    }
    both = place("Beides", geo=shape)
    assert nouns.ids_within("place", 9.93, 53.54, 9.94, 53.55) == [both.id]
    assert nouns.ids_within("place", 8.0, 52.0, 9.0, 53.0) == [both.id]
    assert nouns.ids_within("place", 9.94, 53.0, 9.95, 53.1) == []
    assert nouns.ids_within("place", -180, -90, 180, 90) == [both.id]


@pytest.mark.django_db
def test_a_visibility_that_does_not_exist_is_refused_by_the_database() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        place("Hafen", visibility="secret")


@pytest.mark.parametrize(
    ("texts", "language", "text"),
    [
        ({"de": "Ja", "en": "Yes"}, "en", "Yes"),
        ({"de": "Ja"}, "en", "Ja"),
        ({"en": "", "de": "Ja"}, "en", "Ja"),
        ({}, "de", ""),
    ],
)
def test_something_to_read_is_better_than_nothing(texts: dict[str, str], language: str, text: str) -> None:
    assert nouns.in_text(texts, language) == text


@pytest.mark.django_db
def test_links_are_made_once_and_walked_both_ways() -> None:
    need, other, project = place("Bedarf"), place("Anderer"), place("Projekt")
    for source in (need, other, need):
        links.link(project.id, "answers", source.id)
    assert links.linked_from(project.id, "answers") == [other, need]
    assert links.linked_to(need.id, "answers") == [project]
    assert links.linked_to(need.id, "implements") == []
    links.unlink(project.id, "answers", need.id)
    links.unlink(project.id, "answers", need.id)
    assert links.linked_from(project.id, "answers") == [other]


@pytest.mark.django_db
def test_a_link_that_makes_no_sense_is_refused() -> None:
    hafen = place("Hafen")
    with pytest.raises(Refusal) as refused:
        links.link(hafen.id, "likes", hafen.id)
    assert refused.value.code == "link.unknown-kind"
    with pytest.raises(Refusal) as refused:
        links.link(hafen.id, "duplicate_of", hafen.id)
    assert refused.value.code == "link.to-itself"


@pytest.mark.django_db
def test_links_go_with_their_noun() -> None:
    hafen, werft = place("Hafen"), place("Werft")
    links.link(hafen.id, "about", werft.id)
    werft.delete()
    assert links.linked_from(hafen.id, "about") == []
