# SPDX-License-Identifier: EUPL-1.2
"""Who sees which noun: the list and the page must always agree, whatever roles a person has."""

from itertools import product

import pytest

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.who import Role, Who

ROLES = ("steward", "clerk", "planner", "trainer", "moderator", "operator", "council")


@pytest.fixture
def city() -> dict[str, Noun]:
    """Two districts, two clubs, and a place of each visibility for every pair of them."""
    there = {
        name: nouns.put("area", f"areas/{name}", {"de": name}, visibility="public")
        for name in ("hafen", "wald")
    }
    there |= {
        name: nouns.put("organisation", f"organisations/{name}", {"de": name}, visibility="public")
        for name in ("ruderer", "laeufer")
    }
    for visibility, area, keeper in product(
        ("public", "internal", "draft"), ("hafen", "wald"), ("ruderer", "laeufer", None)
    ):
        name = f"{visibility}-{area}-{keeper}"
        there[name] = nouns.put(
            "place",
            f"places/{name}",
            {"de": name},
            visibility=visibility,
            area=there[area].id,
            keeper=there[keeper].id if keeper else None,
        )
    return there


def everybody(city: dict[str, Noun]) -> list[Who]:
    """Each role in each area (or everywhere) for each organisation (or none); and pairs of roles."""
    areas = (None, city["hafen"].id, city["wald"].id)
    organisations = (None, city["ruderer"].id, city["laeufer"].id)
    single = [Role(*one) for one in product(ROLES, areas, organisations)]
    pairs = list(zip(single, single[7:], strict=False))
    return [
        Who(),
        *(Who(roles=frozenset({one})) for one in single),
        *(Who(roles=frozenset(p)) for p in pairs),
    ]


@pytest.mark.django_db
def test_the_list_shows_exactly_what_has_a_page(city: dict[str, Noun]) -> None:
    for who in everybody(city):
        listed = set(Noun.objects.filter(nouns.sees(who)).values_list("id", flat=True))
        assert listed == {noun.id for noun in city.values() if nouns.may_see(who, noun)}, who.roles


def seen(city: dict[str, Noun], who: Who) -> set[str]:
    return {name for name, noun in city.items() if noun.kind == "place" and nouns.may_see(who, noun)}


@pytest.mark.django_db
def test_what_is_not_public_is_for_those_who_look_after_it(city: dict[str, Noun]) -> None:
    hafen, ruderer = city["hafen"].id, city["ruderer"].id
    public = {name for name in city if name.startswith("public-")}
    kept = {name for name in city if name.endswith("-ruderer")}
    in_hafen = {name for name in city if "-hafen-" in name}
    internal_here = {name for name in in_hafen if name.startswith("internal-")}
    cases = {
        Role("operator"): public,
        Role("trainer", None, ruderer): public | kept,
        Role("clerk", hafen, ruderer): public | in_hafen | kept,
        Role("council", hafen): public | internal_here,
        Role("planner", hafen): public | internal_here,
        Role("steward", hafen): public | in_hafen,
    }
    for role, expected in cases.items():
        assert seen(city, Who(roles=frozenset({role}))) == expected, role
    assert seen(city, Who()) == public


@pytest.mark.django_db
def test_a_role_reaches_every_area_below(city: dict[str, Noun]) -> None:
    quarter = nouns.put("area", "areas/kai", {"de": "Kai"}, area=city["hafen"].id, visibility="public")
    block = nouns.put("area", "areas/kai-1", {"de": "Kai 1"}, area=quarter.id, visibility="public")
    nouns.put("place", "places/kran", {"de": "Kran"}, area=block.id)
    below = nouns.areas_below([city["hafen"].id, block.id])
    assert below == {city["hafen"].id: {city["hafen"].id, quarter.id, block.id}, block.id: {block.id}}


@pytest.mark.django_db
def test_areas_in_a_circle_end_the_walk() -> None:
    first = nouns.put("area", "areas/a", {"de": "A"}, visibility="public")
    second = nouns.put("area", "areas/b", {"de": "B"}, area=first.id, visibility="public")
    Noun.objects.filter(id=first.id).update(area=second.id)
    assert nouns.areas_below([first.id]) == {first.id: {first.id, second.id}}
