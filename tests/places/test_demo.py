# SPDX-License-Identifier: EUPL-1.2
"""The demo's places say what a keeper may say, lie where they say, and name only what there is."""

from collections import Counter

import pytest
from shapely.geometry import Point, shape

from smilecity.people.demo import ORGANISATIONS
from smilecity.places.demo import PLACES
from smilecity.places.demo.table import DemoPlace, texts
from smilecity.places.rules import description, words
from smilecity.places.rules.description import Description
from smilecity.space.demo.districts import DISTRICTS, NEIGHBOUR, outlines
from smilecity.things.demo.fleet import FLEET, KINDS

STREAMS = {(sensor.thing, stream.name) for sensor in FLEET for stream in KINDS[sensor.kind].streams}


@pytest.mark.parametrize("one", PLACES, ids=lambda one: one.slug)
def test_it_says_only_what_can_be_said(one: DemoPlace) -> None:
    words.checked_slug(one.slug)
    said = Description(
        title={"de": one.de[0], "en": one.en[0]},
        text={"de": one.de[1], "en": one.en[1]},
        category=one.category,
        position=one.position,
        street=one.street,
        entry=texts(one.entry),
        opening_hours=one.hours,
        quiet_hours=one.quiet,
        access=one.access,
        free=one.free,
        cost=texts(one.cost),
        indoors=one.indoors,
        age_from=one.ages[0],
        age_to=one.ages[1],
        languages=one.languages,
    )
    assert description.checked(said)["category"] == one.category
    assert all(one.de) and all(one.en) and one.de[1] != one.en[1]


def test_every_place_lies_in_its_district() -> None:
    drawn = {key: shape(geo) for key, geo in outlines().items()}
    drawn[NEIGHBOUR[0]] = shape({"type": "Polygon", "coordinates": [NEIGHBOUR[2]]})
    assert [one.slug for one in PLACES if not drawn[one.area].contains(Point(one.position))] == []


def test_the_whole_city_is_there() -> None:
    assert 60 <= len(PLACES) == len({one.slug for one in PLACES})
    assert set(DISTRICTS) <= {one.area for one in PLACES}
    assert {one.keeper for one in PLACES} <= {one.slug for one in ORGANISATIONS}
    assert len({one.category for one in PLACES}) >= 8


def test_something_of_everything_that_can_be_asked_for() -> None:
    assert sum(bool(one.quiet) for one in PLACES) >= 6
    assert sum(one.ages != (None, None) for one in PLACES) >= 10
    assert any("PH off" in one.hours for one in PLACES) and any("sunrise" in one.hours for one in PLACES)
    free, indoors = Counter(one.free for one in PLACES), Counter(one.indoors for one in PLACES)
    assert all(free[kind] for kind in (True, False, None)) and all(
        indoors[kind] for kind in ("in", "out", "both")
    )
    step_free = Counter((one.access or {}).get("step_free", "unknown") for one in PLACES)
    assert all(step_free[answer] for answer in ("yes", "no", "limited", "unknown"))


def test_what_speaks_for_a_place_hangs_in_the_city() -> None:
    spoken = {(unit.counter or f"{one.slug}-zaehler", "people") for one in PLACES for unit in one.units}
    spoken |= {(thing, stream) for one in PLACES for _role, thing, stream in one.senses}
    assert spoken == {one for one in STREAMS if one[1] != "battery"}
