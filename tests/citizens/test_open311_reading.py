# SPDX-License-Identifier: EUPL-1.2
"""What apps read: only what is published, in JSON and XML as GeoReport wants them, with as many queries for many."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from smilecity.citizens import actions, reads
from smilecity.citizens.models import Need, NeedPhoto
from smilecity.core import clock
from smilecity.core.models import Noun
from smilecity.core.who import ANYONE
from tests.citizens.open311_ground import HARBOUR, ROOT, Reports, held
from tests.citizens.town import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def reports(town: Town) -> Reports:
    return Reports(town)


def ids(client: Client, query: str, root: str = ROOT) -> list[str]:
    rows = held(client.get(f"{root}/requests.json?{query}"), "requests")
    return [row["service_request_id"] for row in rows]


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("discovery", "discovery"),
        ("services", "services"),
        ("services/mast", "definition"),
        ("services/lamp", "definition"),
        ("requests", "requests"),
        ("services/nothing", "errors"),
        ("requests/1", "errors"),
        ("tokens/1", "errors"),
        ("jobs", "errors"),
    ],
)
def test_every_answer_is_what_georeport_wants(
    client: Client, reports: Reports, path: str, schema: str
) -> None:
    reports.published()
    reports.published("Noch eine, ohne Stelle.", spot=None, where="Am Hafen <1>", category="lamp")
    for root in (ROOT, "/citysdk"):
        for form in ("json", "xml"):
            answer = client.get(f"{root}/{path}.{form}")
            assert held(answer, schema)
            assert answer.status_code == (404 if schema == "errors" else 200)
            assert answer["Access-Control-Allow-Origin"] == "*"


def test_services_are_the_categories_in_the_citys_order(client: Client, reports: Reports) -> None:
    lamp, mast = held(client.get(f"{ROOT}/services.json?locale=en"), "services")
    assert (lamp["service_code"], lamp["service_name"], lamp["group"]) == ("lamp", "Lampe (en)", "Street")
    assert lamp["keywords"] == "Laterne, Licht" and not lamp["metadata"] and mast["metadata"]
    assert held(client.get("/citysdk/services.json"), "services")[0]["keywords"] == "problem"
    reports.lamp.active = False
    reports.lamp.save()
    assert len(held(client.get(f"{ROOT}/services.json"), "services")) == 1
    assert client.get(f"{ROOT}/services/lamp.json").status_code == 404
    assert client.get(f"{ROOT}/services/street.json").status_code == 404  # a group


def test_what_nobody_has_published_is_not_there(client: Client, reports: Reports) -> None:
    need = reports.said()
    assert ids(client, "") == [] and ids(client, f"service_request_id={need.noun_id}") == []
    assert client.get(f"{ROOT}/requests/{need.noun_id}.json").status_code == 404
    (row,) = held(client.get(f"{ROOT}/tokens/{need.form}.json"), "tokens")
    assert row == {"service_request_id": str(need.noun_id), "token": str(need.form)}
    held(client.get(f"{ROOT}/tokens/{need.form}.xml"), "tokens")
    actions.publish_need(reports.town.people["clerk"], need.noun_id, "Lampe", "Aus.")
    assert ids(client, "") == [str(need.noun_id)]
    actions.hide_need(reports.town.people["clerk"], need.noun_id, "Ein Name steht darin.")
    assert ids(client, "") == []


def test_a_request_tells_what_everybody_may_know(client: Client, reports: Reports) -> None:
    need = reports.published(where="Am Hafen")
    clerk = reports.town.people["clerk"]
    actions.step_need(clerk, need.noun_id, "in_progress", "Wir sehen morgen nach.")
    actions.note_need(clerk, need.noun_id, "Nur für Kollegen.")
    (row,) = held(client.get(f"{ROOT}/requests/{need.noun_id}.json?extensions=true"), "requests")
    assert row["status"] == "open" and row["status_notes"] == "Wir sehen morgen nach."
    assert (row["service_code"], row["description"], row["address"]) == (
        "lamp",
        "Die Lampe ist aus.",
        "Am Hafen",
    )
    assert row["agency_responsible"] == "Amt" and row["expected_datetime"] > row["requested_datetime"]
    assert (row["lat"], row["long"]) == (54.0887, 12.1405)
    assert row["extended_attributes"]["detailed_status"] == "IN_PROCESS"
    assert row["extended_attributes"]["title"] == "Lampe aus"
    actions.decide_need(clerk, need.noun_id, "done", "Sie leuchtet wieder.")
    (row,) = held(client.get(f"{ROOT}/requests/{need.noun_id}.json"), "requests")
    assert (row["status"], row["status_notes"], row["expected_datetime"]) == (
        "closed",
        "Sie leuchtet wieder.",
        None,
    )
    actions.appeal(ANYONE, need.noun_id, "Nein, Frau Meier sagt, sie ist aus.", reads.author_key(need))
    (row,) = held(client.get(f"{ROOT}/requests/{need.noun_id}.json"), "requests")
    assert (row["status"], row["status_notes"]) == ("open", "Sie leuchtet wieder.")


def test_a_home_is_blurred_and_its_address_kept_back(client: Client, reports: Reports) -> None:
    need = reports.published(at_home=True, where="Hafenstraße 3")
    (row,) = held(client.get(f"{ROOT}/requests/{need.noun_id}.json"), "requests")
    assert row["address"] == "" and (row["lat"], row["long"]) != (54.0887, 12.1405)
    assert (
        "Hafenstraße"
        not in client.get(f"{ROOT}/requests/{need.noun_id}.xml?extensions=true").content.decode()
    )


def test_filters(client: Client, reports: Reports) -> None:
    first, second = reports.published(), reports.published("Der Mast ist schief.", category="mast",
        details={"number": "7"}, spot=None, where="Am Hafen")  # fmt: skip
    one, two = str(first.noun_id), str(second.noun_id)
    actions.decide_need(reports.town.people["clerk"], second.noun_id, "refused", "Er steht so.")
    Need.objects.filter(noun=first).update(said_at=clock.now() - timedelta(days=3))
    day = (clock.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for query, wanted in {
        "": [two, one],
        "status=open": [one],
        "status=closed,open": [two, one],
        "service_code=mast": [two],
        "service_code=mast,lamp": [two, one],
        f"start_date={day}": [two],
        f"end_date={day}": [one],
        f"updated_after={day}": [two, one],
        f"updated_before={day}": [],
        "detailed_status=REJECTED": [two],
        "detailed_status=RECEIVED,REJECTED": [two, one],
        "keyword=problem": [two, one],
        "keyword=idea": [],
        "agency_responsible=Amt": [two, one],
        "agency_responsible=SV Hafen": [],
        "lat=54.0890&long=12.1405&radius=100": [one],
        "lat=54.0950&long=12.1405&radius=100": [],
        "per_page=1": [two],
        "per_page=1&page=2": [one],
        "per_page=1&page=3": [],
        "with_picture=true": [],
        "also_archived=true&also_unknown=1": [two, one],
        f"service_request_id={one},99&status=closed": [one],
        f"area_code={reports.town.far}": [],
    }.items():
        assert ids(client, query) == wanted, query
    assert ids(client, "", "/citysdk") == [one]
    assert client.get("/citysdk/requests.json?just_count=true&status=open,closed").json() == [{"count": 2}]


@pytest.mark.parametrize(
    "query",
    [
        "start_date=gestern", "start_date=2026-01-01&end_date=2026-11-01", "status=lost", "page=0", "page=x",
        "page=999999999", "per_page=-1", "radius=10", "radius=1e9&lat=1&long=1", "lat=1&radius=5", "keyword=all",
        "detailed_status=DONE", "observation_key=1", "area_code=x", "updated_after=2026-99-99",
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_a_400_that_names_it(client: Client, reports: Reports, query: str) -> None:
    for form in ("json", "xml"):
        answer = client.get(f"{ROOT}/requests.{form}?{query}")
        assert answer.status_code == 400 and "open311.wrong-parameter" in str(held(answer, "errors"))


def test_as_many_queries_for_many_as_for_one(client: Client, reports: Reports) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(f"{ROOT}/requests.xml?extensions=true")
        return len(asked)

    reports.published()
    client.get(f"{ROOT}/requests.json")
    few = queries()
    for number in range(6):
        need = reports.published(f"Lampe {number} ist aus.")
        NeedPhoto.objects.create(need=need, width=1, height=1, full=b"x", small=b"x", digest="x", shown=True)
    assert queries() == few == 3


def test_pictures_are_for_everybody_once_somebody_has_looked(client: Client, reports: Reports) -> None:
    need = reports.published()
    photo = NeedPhoto.objects.create(need=need, width=1, height=1, full=b"RIFF", small=b"x", digest="x")
    assert client.get(f"{ROOT}/photos/{photo.id}.webp").status_code == 404
    NeedPhoto.objects.filter(id=photo.id).update(shown=True)
    (row,) = held(client.get(f"{ROOT}/requests/{need.noun_id}.json?extensions=1"), "requests")
    assert row["media_url"].endswith(f"{ROOT}/photos/{photo.id}.webp")
    assert row["extended_attributes"]["media_urls"] == [row["media_url"]]
    held(client.get(f"{ROOT}/requests/{need.noun_id}.xml?extensions=1"), "requests")
    answer = client.get(row["media_url"].removeprefix("http://testserver"))
    assert (answer.content, answer["Content-Type"]) == (b"RIFF", "image/webp")
    known = {"HTTP_IF_NONE_MATCH": answer["ETag"]}
    assert client.get(f"{ROOT}/photos/{photo.id}.webp", **known).status_code == 304
    NeedPhoto.objects.filter(id=photo.id).update(full=b"RIFF2", digest="covered")
    assert client.get(f"{ROOT}/photos/{photo.id}.webp", **known).content == b"RIFF2"
    actions.hide_need(reports.town.people["clerk"], need.noun_id, "Ein Gesicht.")
    assert client.get(f"{ROOT}/photos/{photo.id}.webp").status_code == 404


def test_lists_of_citysdk_are_marked_for_rails(client: Client, reports: Reports) -> None:
    reports.published()
    assert b'<service_requests type="array">' in client.get("/citysdk/requests.xml").content
    assert b"<service_requests>" in client.get(f"{ROOT}/requests.xml").content


def test_areas_and_coverage(client: Client, reports: Reports, square: Any) -> None:
    rows = client.get("/citysdk/areas.json?with_districts=true").json()
    assert {"id": square.noun_id, "name": "Stadt"}.items() <= rows[0].items()
    assert rows[0]["grenze"].startswith("MULTIPOLYGON (((")
    assert client.get(f"/citysdk/areas.json?area_code={square.noun_id}").json() == rows
    inside = client.get(f"/citysdk/coverage.json?lat={HARBOUR['lat']}&long={HARBOUR['long']}")
    assert inside.json() == {"result": True}
    assert client.get("/citysdk/coverage.json?lat=1&long=1").json() == {"result": False}
    assert b"<hash><result>false</result></hash>" in client.get("/citysdk/coverage.xml?lat=1&long=1").content
    assert client.get("/citysdk/coverage.json").status_code == 400


@pytest.fixture
def square() -> Any:
    """A city with an outline around the harbour."""
    from smilecity.space.models import Area

    ring = [[12.0, 54.0], [12.3, 54.0], [12.3, 54.2], [12.0, 54.2], [12.0, 54.0]]
    noun = Noun.objects.create(
        kind="area", address="areas/s", title={"de": "Stadt"}, sort="stadt", changed_at=clock.now(),
        visibility="public", geo={"type": "Polygon", "coordinates": [ring]},
    )  # fmt: skip
    return Area.objects.create(noun=noun, level="municipality", key="s")
