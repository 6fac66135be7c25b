# SPDX-License-Identifier: EUPL-1.2
"""The pages of the pulse: asked, answered once, read as page and as data."""

import csv
import io
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from smilecity.citizens.models import PulseMark
from smilecity.core import clock
from smilecity.core.models import Noun
from smilecity.space.models import Area
from tests.citizens.pulse_ground import (
    NOW,
    Make,
    Quarters,
    answered,
    asked,
    counted,
    founded,
    open_of,
    result_of,
    slug,
)
from tests.citizens.town import noun


@pytest.fixture
def town(person: Make, organisation: Make) -> Quarters:
    """The city, in the database of the test."""
    return founded(person, organisation)


@pytest.mark.django_db
def test_without_an_account_a_browser_answers_once(town: Quarters, client: Client) -> None:
    with clock.frozen(NOW):
        pulse = asked(town)
        page = f"/pulse/{slug(pulse)}/"
        body = client.get("/pulse/").content.decode()
        assert body.count('type="radio"') == 5
        assert "sessionid" not in client.cookies
        english = client.get("/en/pulse/").content.decode()
        assert "How is life here?" in english
        assert "very good" in english
        typed = {"value": "4", "area": str(town.north), "age": "", "form": str(uuid4())}
        answer = client.post(page, typed)
        assert (answer.status_code, answer["Location"]) == (302, page)
        cookie = client.cookies[f"pulse-{open_of(pulse).pk}"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert "Ihre Antwort ist gezählt" in client.get(page).content.decode()
        assert client.post(page, {**typed, "form": str(uuid4())}).status_code == 302
        assert counted(open_of(pulse)) == 1
        client.cookies[cookie.key] = "answered:forged"
        assert 'type="radio"' in client.get(page).content.decode()


@pytest.mark.django_db
def test_an_account_sees_on_any_browser_that_it_has_answered(town: Quarters, client: Client) -> None:
    with clock.frozen(NOW):
        page = f"/pulse/{slug(asked(town))}/"
        client.force_login(town.rita_account)
        assert client.post(page, {"value": "4", "form": str(uuid4())}).status_code == 302
        other = Client()
        other.force_login(town.rita_account)
        assert "Ihre Antwort ist gezählt" in other.get(page).content.decode()
        assert not [name for name in client.cookies if name.startswith("pulse")]


@pytest.mark.django_db
def test_what_is_missing_is_said_beside_its_field(town: Quarters, client: Client) -> None:
    with clock.frozen(NOW):
        page = f"/pulse/{slug(asked(town))}/"
        answer = client.post(page, {"area": "x", "age": "9", "value": "", "form": "?"})
        body = answer.content.decode()
        assert answer.status_code == 422
        assert 'id="id_value_error"' in body
        assert 'id="id_area_error"' in body
        assert 'id="id_age_error"' in body
        assert client.post(page, {}).status_code == 422
    assert not PulseMark.objects.exists()


@pytest.mark.django_db
def test_the_city_may_ask_for_an_account(town: Quarters, client: Client, settings: Any) -> None:
    from dataclasses import replace

    settings.SMILE = replace(settings.SMILE, pulse_without_account=False)
    with clock.frozen(NOW):
        page = f"/pulse/{slug(asked(town))}/"
        assert "Anmelden und antworten" in client.get(page).content.decode()
        assert client.post(page, {"value": "4", "form": str(uuid4())}).status_code == 403
    assert not PulseMark.objects.exists()


@pytest.mark.django_db
def test_pages_say_what_to_do_where_nothing_is_asked(client: Client) -> None:
    assert "Noch ist keine Frage gestellt" in client.get("/pulse/").content.decode()
    assert "Noch gibt es kein Ergebnis" in client.get("/pulse/results/").content.decode()
    assert client.post("/pulse/").status_code == 409
    assert client.get("/pulse/nothing-here/").status_code == 404
    assert client.get("/pulse/results/?question=x").status_code == 404
    assert client.get("/pulse/results.json").json() == {"items": []}
    assert "Wie geht es der Stadt?" not in client.get("/").content.decode()


@pytest.mark.django_db
def test_results_are_the_same_on_the_page_and_as_data(town: Quarters, client: Client) -> None:
    with clock.frozen(NOW):
        pulse = asked(town)
        answered(open_of(pulse), 30, value=5, area=town.north)
        answered(open_of(pulse), 11, value=1, area=town.south)
        answered(open_of(pulse), 2, value=3, area=town.port)
        assert "Noch gibt es kein Ergebnis" in client.get("/pulse/results/").content.decode()
        assert client.get("/pulse/results.json").json() == {"items": []}
    result_of(pulse)
    body = client.get("/pulse/results/?round=99&area=x").content.decode()
    assert "keine Zufallsauswahl" in body
    assert "70 %" in body
    items = client.get(f"/pulse/results.json?question={slug(pulse)}").json()["items"]
    assert {one["name"]: one["counts"] for one in items if one["of"] == "area"} == {
        "North": [0, 0, 0, 0, 30], "South": None, "Port": None, "": None,
    }  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(client.get("/pulse/results.csv").content.decode())))
    assert [(row["of"], row["name"], row["answers"]) for row in rows][:4] == [
        ("all", "", "43"), ("area", "North", "30"), ("area", "Port", ""), ("area", "South", ""),
    ]  # fmt: skip
    assert (rows[0]["step5"], rows[0]["mean"], rows[2]["step5"], rows[2]["mean"]) == ("30", "3.8837", "", "")


@pytest.mark.django_db
def test_the_map_says_what_the_list_says(town: Quarters, client: Client) -> None:
    corners = [[12.0, 54.0], [12.1, 54.0], [12.1, 54.1], [12.0, 54.0]]
    outline = {"type": "Polygon", "coordinates": [corners]}
    Noun.objects.filter(id__in=[town.north, town.south]).update(geo=outline)
    assert client.get("/pulse/results.geojson").json()["features"] == []
    with clock.frozen(NOW):
        pulse = asked(town)
        answered(open_of(pulse), 30, value=5, area=town.north)
        answered(open_of(pulse), 11, value=1, area=town.south)
        answered(open_of(pulse), 2, value=3, area=town.port)
        assert client.get("/pulse/results.geojson").json()["features"] == []
    result_of(pulse)
    body = client.get("/pulse/results/").content.decode()
    assert f"/pulse/results.geojson?question={slug(pulse)}&amp;round=1" in body
    features = client.get(f"/pulse/results.geojson?question={slug(pulse)}&round=1").json()["features"]
    told = {one["properties"]["id"]: one["properties"] for one in features}
    assert {key: (one["step"], one["label"]) for key, one in told.items()} == {
        town.north: (5, "5,0"), town.south: (0, "–"),
    }  # fmt: skip
    assert told[town.south]["title"] == "South: zu wenige Antworten"
    assert client.get(told[town.north]["url"]).content.decode().count("Über die Zeit: North") == 1


@pytest.mark.django_db
def test_pages_of_many_areas_ask_a_constant_number_of_questions(
    town: Quarters, client: Client, django_assert_max_num_queries: Any
) -> None:
    with clock.frozen(NOW):
        pulse = asked(town)
        for number in range(12):
            more = noun("area", f"areas/more{number}", f"M{number}", area_id=town.city).id
            Area.objects.create(noun_id=more, level="district", key=f"more{number}", parent_id=town.city)
            answered(open_of(pulse), 1, area=more)
        with django_assert_max_num_queries(12):
            client.get("/pulse/")
    result_of(pulse)
    with django_assert_max_num_queries(12):
        client.get("/pulse/results/")


@pytest.mark.django_db
def test_the_desk_keeps_a_question(town: Quarters, client: Client, person: Make) -> None:
    from smilecity.people.models import Account

    client.force_login(town.rita_account)
    assert client.get("/desk/pulse/").status_code == 403
    client.force_login(Account.objects.get(pk=town.clerk.account))
    assert "Noch ist keine Frage gestellt" in client.get("/desk/pulse/").content.decode()
    assert client.post("/desk/pulse/new/", {}).status_code == 422
    typed = {
        "title_de": "Wie lebt es sich hier?", "labels_de": "a\nb\nc\nd\ne", "area": str(town.city),
        "level": "district", "rhythm": "monthly", "days": "14", "threshold": "4", "since": "2026-03-10",
    }  # fmt: skip
    with clock.frozen(NOW):
        assert client.post("/desk/pulse/new/", typed).status_code == 422
        typed |= {"threshold": "5", "public": "on"}
        assert client.post("/desk/pulse/new/", {**typed, "labels_de": "a\nb"}).status_code == 422
        answer = client.post("/desk/pulse/new/", typed)
        assert answer["Location"] == "/desk/pulse/wie-lebt-es-sich-hier/"
        assert "Runde läuft" in client.get("/desk/pulse/").content.decode()
        body = client.post(answer["Location"], {**typed, "rhythm": "quarterly"})
        assert body.status_code == 409
        assert "ließen sich die Runden nicht vergleichen" in body.content.decode()
    assert Noun.objects.get(kind="pulse").visibility == Noun.PUBLIC
