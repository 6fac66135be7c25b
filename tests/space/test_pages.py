# SPDX-License-Identifier: EUPL-1.2
"""Areas as pages, and the desk's page for taking them over."""

import json
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from smilecity.core.models import Noun
from smilecity.core.who import ANYONE
from smilecity.space import reads
from smilecity.space.models import Area
from tests.conftest import Person
from tests.space.ground import keep, put, square


@pytest.fixture
def city(db: None) -> Area:
    """A municipality with two districts."""
    top = keep("stadt", square(12, 54, 1.0), "municipality")
    for number in range(2):
        keep(f"d{number}", square(12 + number / 10, 54), parent=top)
    return top


def test_the_tree_is_a_list_in_a_list(client: Client, city: Area) -> None:
    page = client.get("/areas/").content.decode()
    assert page.index("Gebiet stadt") < page.index("Gebiet d0") < page.index("Gebiet d1")
    assert 'href="/areas/d0/"' in page
    assert "Area d0" in client.get("/en/areas/").content.decode()
    assert page.index("Gebiet d0") < page.index("<city-map")  # the list comes first


def test_the_map_of_all_areas_shows_their_outlines_and_no_more(client: Client, city: Area) -> None:
    keep("land", square(10, 50, 9.0), "region")
    assert reads.extent(ANYONE) == (12.0, 54.0, 13.0, 55.0)
    assert 'bounds="12.0,54.0,13.0,55.0"' in client.get("/areas/").content.decode()


def test_without_outlines_the_map_looks_at_what_there_is(client: Client, db: None) -> None:
    assert reads.extent(ANYONE) is None
    assert "bounds=" not in client.get("/areas/").content.decode()


def test_a_page_counts_what_the_reader_may_see_there_and_below(
    client: Client, city: Area, person: Person, organisation: Any
) -> None:
    part = Area.objects.get(key="d0")
    for number in range(3):
        put(f"n{number}", 12.05, 54.05, area=part.noun_id)
    put("draft", 12.05, 54.05, area=part.noun_id, visibility="draft")
    assert "Orte: 3 Einträge" in client.get("/areas/stadt/").content.decode()
    assert "Orte: 3 Einträge" in client.get("/areas/d0/").content.decode()
    assert "Einträge" not in client.get("/areas/d1/").content.decode()
    client.force_login(person("carla", ("clerk", organisation("department", "Amt"), city.noun_id)))
    assert "Orte: 4 Einträge" in client.get("/areas/stadt/").content.decode()


def test_the_page_of_former_days_says_so(client: Client, city: Area) -> None:
    keep("d0", square(12, 54, 0.05), parent=city, valid_from=date(2026, 1, 1))
    former = client.get("/areas/d0-2026/").content.decode()
    assert "bis vor dem 01.01.2026" in former
    assert "/areas/d0-2026/" in client.get("/areas/d0/").content.decode()
    assert "d0-2026" not in client.get("/areas/").content.decode()


def test_what_is_not_there_is_not_found(client: Client, city: Area) -> None:
    for path in ("/areas/nobody/", "/areas/nobody/outline.json"):
        assert client.get(path).status_code == 404


def test_the_outline_comes_with_those_of_the_parts(client: Client, city: Area) -> None:
    answer = client.get("/areas/stadt/outline.json")
    titles = [one["properties"]["title"] for one in answer.json()["features"]]
    assert titles == ["Gebiet stadt", "Gebiet d0", "Gebiet d1"]
    again = client.get("/areas/stadt/outline.json", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_it_costs_the_same_with_two_and_with_forty_parts(client: Client, city: Area) -> None:
    costs = []
    for count in (2, 40):
        for number in range(count):
            keep(f"d{number}", square(12 + number / 100, 54), parent=city)
            put(f"n{number}", 12, 54, area=city.noun_id)
        with CaptureQueriesContext(connection) as asked:
            client.get("/areas/")
            client.get("/areas/stadt/")
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 7


def upload(*keys: str, side: float = 0.1, **more: Any) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "properties": {"key": key, "name": f"Neu {key}"},
            "geometry": square(13 + n / 10, 54, side),
        }
        for n, key in enumerate(keys)
    ]
    body = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    said = {
        "level": "district",
        "parent": "",
        "key_field": "key",
        "name_field": "name",
        "name_field_en": "",
        "system": "",
    }
    return {**said, "file": SimpleUploadedFile("a.geojson", body), **more}


@pytest.fixture
def olga_signed_in(client: Client, person: Person, organisation: Any) -> Client:
    client.force_login(person("olga", ("operator", organisation("municipality", "Stadt"), None)))
    return client


def test_a_file_is_looked_at_first_and_confirmed_then(olga_signed_in: Client) -> None:
    tried = olga_signed_in.post("/desk/areas/", upload("x", "y"))
    assert tried.status_code == 200 and "Noch ist nichts geändert" in tried.content.decode()
    assert Area.objects.count() == 0
    done = olga_signed_in.post("/desk/areas/", {"confirmation": tried.context["confirmation"]}, follow=True)
    assert done.redirect_chain == [("/areas/", 302)] and "Übernommen: 2 Gebiete." in done.content.decode()
    assert {one.key for one in reads.areas_of_level(done.wsgi_request.who, "district")} == {"x", "y"}


def test_overlaps_are_shown_and_may_be_accepted(olga_signed_in: Client) -> None:
    tried = olga_signed_in.post("/desk/areas/", upload("x", "y", side=0.2))
    assert "Diese Gebiete überlappen sich." in tried.content.decode()
    assert "Trotzdem so übernehmen" in tried.content.decode()
    olga_signed_in.post("/desk/areas/", {"confirmation": tried.context["confirmation"]})
    assert Area.objects.count() == 2


def test_a_file_with_errors_has_nothing_to_confirm(olga_signed_in: Client) -> None:
    tried = olga_signed_in.post("/desk/areas/", upload("x", "x"))
    assert "Dieser Schlüssel kommt zweimal vor." in tried.content.decode()
    assert not tried.context["confirmation"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"file": SimpleUploadedFile("a.json", b"nonsense")}, "Diese Datei ist kein GeoJSON."),
        ({"file": ""}, "Wählen Sie eine Datei."),
        ({"parent": "nobody"}, "Das Gebiet darüber gibt es nicht."),
        ({"key_field": "nr"}, "Der Schlüssel oder der Name fehlt bei einem Gebiet."),
    ],
)
def test_what_is_wrong_is_said_in_the_form(
    olga_signed_in: Client, said: dict[str, Any], sentence: str
) -> None:
    answer = olga_signed_in.post("/desk/areas/", upload("x", **said))
    assert answer.status_code in (400, 422) and sentence in answer.content.decode()
    assert Noun.objects.filter(kind="area").count() == 0


def test_a_confirmation_is_for_whoever_looked_and_cannot_be_made_up(
    olga_signed_in: Client, person: Person, organisation: Any
) -> None:
    kept = olga_signed_in.post("/desk/areas/", upload("x")).context["confirmation"]
    other = Client()
    other.force_login(person("oskar", ("operator", organisation("municipality", "Nachbar"), None)))
    for reader, said in ((other, kept), (olga_signed_in, kept[:-3] + "abc"), (olga_signed_in, "")):
        assert reader.post("/desk/areas/", {"confirmation": said}).status_code == 422
    assert Area.objects.count() == 0


def test_only_operators_find_the_desk(client: Client, person: Person, organisation: Any) -> None:
    assert client.get("/desk/areas/").status_code == 302
    office = organisation("department", "Amt")
    for name, roles in (("bob", ()), ("stefan", (("steward", office, None),))):
        client.force_login(person(name, *roles))
        assert client.get("/desk/areas/").status_code == 403
        assert client.post("/desk/areas/", upload("x")).status_code == 403
    assert Area.objects.count() == 0


def test_a_file_too_large_to_come_back_is_told_where_to_go(olga_signed_in: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 250
    tried = olga_signed_in.post("/desk/areas/", upload("x", "y"))
    assert "Auf dem Server geht es mit: smile space import." in tried.content.decode()
    assert not tried.context["confirmation"]
