# SPDX-License-Identifier: EUPL-1.2
"""What is known of a place's accessibility, as other apps read it; and when a unit is taken, without by whom."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from smilecity.core import clock
from smilecity.core.who import NODE
from smilecity.places import actions
from smilecity.places.actions import booking
from smilecity.places.models import Place
from smilecity.places.rules import a11y, freebusy
from smilecity.places.rules.words import ACCESS
from tests.places.booking_stage import NOW, Stage, at
from tests.places.ground import keep_court

ANSWERS = st.fixed_dictionaries(
    {}, optional={key: st.sampled_from(sorted(known)) for key, (_label, known) in ACCESS.items()}
)


@pytest.fixture
def stage(person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(person, organisation)


@pytest.mark.django_db
def test_one_place(client: Client, court: Place) -> None:
    response = client.get("/places/court/a11y.json")
    assert response["Content-Type"] == "application/geo+json"
    (found,) = response.json()["features"]
    assert found["geometry"] == {"type": "Point", "coordinates": [12.1, 54.1]}
    said = found["properties"]
    assert said["name"] == {"de": "Platz court", "en": "Ground court"}
    assert said["infoPageUrl"] == "http://testserver/places/court/"
    assert said["accessibility"] == {
        "wheelchairAccessibilityGrade": "fully", "entrances": [{"properties": {"isLevel": True}}],
    }  # fmt: skip
    again = client.get("/places/court/a11y.json", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


@pytest.mark.django_db
def test_places_that_answer_a_wish(client: Client, court: Place) -> None:
    keep_court("hidden", visibility="draft")
    actions.keep_place(
        NODE, "steps", title={"de": "Mit Stufen"}, category="park",
        position=(12.2, 54.2), visibility="public", access={"step_free": "no"},
    )  # fmt: skip
    names = {one["properties"]["name"]["de"] for one in client.get("/places/a11y.json").json()["features"]}
    assert names == {"Platz court", "Mit Stufen"}
    asked = client.get("/places/a11y.json?step_free=yes").json()
    assert [one["properties"]["name"]["de"] for one in asked["features"]] == ["Platz court"]
    assert asked["limited"] is False
    assert client.get("/places/hidden/a11y.json").status_code == 404


@given(ANSWERS)
def test_unknown_is_not_no(access: dict[str, str]) -> None:
    said = a11y.accessibility(access)
    assert ("wheelchairAccessibilityGrade" in said) == ("step_free" in access)
    assert ("restrooms" in said) == ("toilet" in access)
    assert ("parking" in said) == ("parking" in access)
    assert said.get("isWellLit") == {"yes": True, "no": False}.get(access.get("light", ""))
    assert said.get("hasTactileGuideStrips") == {"yes": True, "no": False}.get(access.get("guidance", ""))


@pytest.mark.django_db
def test_a_unit_s_calendar_says_when_and_not_who(stage: Stage, client: Client) -> None:
    stage.book("rita", "left", at(18), what="Geburtstag von Rita", organisation=None)
    answer = client.get(f"/places/court/book/{stage.id('left')}/busy.ics")
    text = answer.content.decode()
    assert "rita" not in text.casefold() and "ATTENDEE" not in text and "SUMMARY" not in text
    (one,) = Calendar.from_ical(text).walk("VFREEBUSY")
    said = text.replace("\r\n ", "").splitlines()
    assert "FREEBUSY;FBTYPE=BUSY:20261123T170000Z/20261123T180000Z" in said
    assert "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261123T210000Z/20261124T050000Z" in said
    assert one["DTSTART"].dt < one["DTEND"].dt
    whole = client.get(f"/places/court/book/{stage.id('court')}/busy.ics").content.decode()
    other = client.get(f"/places/court/book/{stage.id('right')}/busy.ics").content.decode()
    assert "FBTYPE=BUSY:20261123T170000Z" in whole and "FBTYPE=BUSY:" not in other
    assert client.get(f"/places/court/book/{stage.id('left')}/busy.ics")["ETag"] == answer["ETag"]


@pytest.mark.django_db
def test_a_closing_is_closed(stage: Stage, client: Client) -> None:
    booking.close_units(NODE, stage.place.noun_id, at(10, 1, 2), reason={"de": "Fest"})
    text = client.get(f"/places/court/book/{stage.id('hall')}/busy.ics").content.decode()
    assert "FBTYPE=BUSY-UNAVAILABLE:20261124T090000Z/20261124T110000Z" in text.replace("\r\n ", "")
    assert "Fest" not in text


@pytest.mark.django_db
def test_what_is_no_unit_of_the_place_has_no_calendar(stage: Stage, client: Client) -> None:
    assert client.get("/places/court/book/1/busy.ics").status_code == 404
    assert client.get(f"/places/elsewhere/book/{stage.id('hall')}/busy.ics").status_code == 404


@given(st.lists(st.integers(-100, 200), min_size=0, max_size=12, unique=True))
def test_what_is_open_and_what_is_not_make_the_whole(hours: list[int]) -> None:
    moments = [NOW + timedelta(hours=one) for one in sorted(hours)[: len(hours) // 2 * 2]]
    spans = list(zip(moments[::2], moments[1::2], strict=True))
    whole = (NOW, NOW + timedelta(hours=100))
    parts = sorted([*freebusy.within(spans, whole), *freebusy.between(spans, whole)])
    assert parts[0][0] == whole[0] and parts[-1][1] == whole[1]
    assert all(end == start for (_a, end), (start, _b) in pairwise(parts))
