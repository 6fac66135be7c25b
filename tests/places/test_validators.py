# SPDX-License-Identifier: EUPL-1.2
"""What leaves the city, by public validators: OpenActive's, GeoJSON's, A11yJSON's and one for HTML.

They are installed by `make setup-dev` into `tests/validators/`, and ask nobody over the network.
"""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from icalendar import Calendar

from smilecity.core import clock
from smilecity.core.numberer import NUMBER
from smilecity.core.who import NODE
from smilecity.places import actions
from smilecity.places.actions import offers as acts
from smilecity.places.actions import openactive as feeds
from smilecity.places.demo import PLACES
from smilecity.places.demo.offers import OFFERS
from smilecity.places.demo.table import texts
from smilecity.places.reads import openactive as reads
from smilecity.places.rules import openactive as rules
from tests.places.booking_stage import NOW, Stage, at

pytestmark = pytest.mark.django_db
CHECK = Path(__file__).parents[1] / "validators" / "check.mjs"
INSTALLED = CHECK.parent / "node_modules" / "html-validate"
# The list of activities is read over the network; without it no activity is found in it.
NEEDS_THE_NETWORK = {"file_not_found", "activity_not_in_activity_list"}
# What schema.org calls the things we say, by the version of the vocabulary of 2025.
VOCABULARY = {
    "Event", "EventSeries", "Place", "SportsActivityLocation", "Playground", "Park", "Library", "Beach", "CivicStructure",
    "PostalAddress", "GeoCoordinates", "LocationFeatureSpecification", "OpeningHoursSpecification", "ImageObject",
    "Organization", "@context", "@type", "@id", "url", "name", "description", "location", "organizer", "typicalAgeRange",
    "isAccessibleForFree", "maximumAttendeeCapacity", "inLanguage", "eventAttendanceMode", "subEvent", "startDate",
    "endDate", "eventStatus", "address", "geo", "longitude", "latitude", "streetAddress", "addressCountry",
    "publicAccess",
    "amenityFeature", "value", "openingHoursSpecification", "dayOfWeek", "opens", "closes", "validFrom", "validThrough",
    "image", "contentUrl", "caption", "telephone", "email", "sameAs",
}  # fmt: skip

# Where the demo offers sport, and what can be booked there.
CHOSEN = [one for one in PLACES if one.slug in {each.place for each in OFFERS if each.category == "sport"}]


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    if not INSTALLED.exists():
        pytest.fail("the validators are not installed; `make setup-dev` does it")


@pytest.fixture
def client() -> Client:
    """The walker knows a host of one word by this name only."""
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def city(person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    """A bookable court, and the demo's places and offers of sport, kept by one club; the feeds have followed."""
    with clock.frozen(NOW):
        stage = Stage(person, organisation, {"latest_days": 2, "fees": {"person": 250}})
        ids = {one.slug: _keep(one, stage.club.noun_id) for one in CHOSEN}
        for one in (each for each in OFFERS if each.place in ids and each.category == "sport"):
            acts.keep_offer(
                NODE, one.key, keeper=stage.club.noun_id, then="send", title=texts((one.de[0], one.en[0])),
                text=texts((one.de[1], one.en[1])), category=one.category, place=ids[one.place],
                starts=f"2026-11-24T{one.at}", minutes=one.minutes, rule="FREQ=WEEKLY;BYDAY=TU;COUNT=5", **dict(one.more),
            )  # fmt: skip
        stage.book("rita", "left", at(18), what="Geburtstag")
        with connection.cursor() as cursor:
            cursor.execute(NUMBER)
        feeds.follow(NODE)
        yield stage


def _keep(one: Any, keeper: int) -> int:
    place = actions.keep_place(
        NODE, one.slug, title=texts((one.de[0], one.en[0])), text=texts((one.de[1], one.en[1])), category=one.category,
        position=one.position, street=one.street, opening_hours=one.hours, access=one.access, free=one.free,
        visibility="public", keeper=keeper,
    )  # fmt: skip
    return place.noun_id


def found_by(kind: str, document: bytes | str) -> list[dict[str, str]]:
    """What a validator finds in a document."""
    given = document.encode() if isinstance(document, str) else document
    done = subprocess.run(["node", CHECK, kind], input=given, capture_output=True, check=True, timeout=60)
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found


def failures(found: list[dict[str, str]]) -> list[dict[str, str]]:
    return [one for one in found if one["severity"] == "failure" and one["type"] not in NEEDS_THE_NETWORK]


def walk(client: Client, address: str) -> list[dict[str, str]]:
    """What OpenActive's walker finds in a feed: it asks for pages, and we answer as the node does."""
    with subprocess.Popen(
        ["node", CHECK, "feed", address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as walker:
        assert walker.stdin and walker.stdout
        for line in walker.stdout:
            said = json.loads(line)
            if isinstance(said, list):
                return said
            response = client.get(said["get"].removeprefix("http://localhost"))
            answer = {"status": response.status_code, "body": response.content.decode()}
            answer["headers"] = {name.lower(): value for name, value in response.items()}
            walker.stdin.write(json.dumps(answer) + "\n")
            walker.stdin.flush()
    raise AssertionError("the walker ended without a word")


@pytest.mark.trial
def test_feeds_are_walked_to_their_end(city: Stage, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = reads.page
    monkeypatch.setattr(reads, "page", lambda who, name, since: page(who, name, since, 20))
    for feed in rules.KINDS:
        found = walk(client, f"http://localhost/openactive/{feed}")
        assert [one for one in found if one["severity"] == "failure"] == [], feed


def test_every_item_is_what_the_model_says(city: Stage, client: Client) -> None:
    """One of each shape: the validator takes its time."""
    shapes = {}
    for feed in rules.KINDS:
        items = client.get(f"/openactive/{feed}").json()["items"]
        assert items, feed
        shapes |= {f"{feed} {sorted(one['data'])}": one["data"] for one in items}
    assert failures(found_by("opportunity", json.dumps(shapes))) == []


@pytest.mark.trial
def test_the_validator_sees_what_is_wrong(city: Stage, client: Client) -> None:
    data = client.get("/openactive/session-series").json()["items"][0]["data"]
    del data["organizer"]
    data["eventStatus"] = "https://schema.org/Perhaps"
    assert {one["path"] for one in failures(found_by("opportunity", json.dumps({"it": data})))} >= {
        "$.organizer", "$.eventStatus",
    }  # fmt: skip


@pytest.mark.trial
def test_the_dataset(city: Stage, client: Client) -> None:
    said = schema_of(client.get("/openactive/").content.decode())
    assert failures(found_by("dataset", json.dumps(said))) == []


@pytest.mark.trial
def test_geojson_of_places_and_offers(city: Stage, client: Client) -> None:
    for address in (
        "/places/points.json",
        "/offers/points.json",
        "/places/a11y.json",
        "/places/court/point.json",
    ):
        body = client.get(address).content
        assert json.loads(body)["features"], address
        assert found_by("geojson", body) == [], address
    assert found_by("geojson", '{"type": "Point", "coordinates": ["a"]}')


@pytest.mark.trial
def test_a11yjson(city: Stage, client: Client) -> None:
    said = client.get("/places/a11y.json").json()
    assert len(said["features"]) > 5
    shapes = {repr(one["properties"].get("accessibility")): one for one in said["features"]}
    said["features"] = list(shapes.values())[:3]  # the validator takes a second for each
    assert found_by("a11y", json.dumps(said)) == []
    del said["features"][1:]
    said["features"][0]["properties"]["accessibility"] = {"wheelchairAccessibilityGrade": "very"}
    assert [one["type"] for one in found_by("a11y", json.dumps(said))] == ["notAllowed"]


def test_html(city: Stage, client: Client) -> None:
    left = city.id("left")
    pages = {}
    for path in (
        "/", "/places/", "/places/court/", "/places/court/book/", "/offers/", "/offers/yoga-am-hafen/", "/openactive/",
        "/en/offers/", f"/places/court/book/?unit={left}", f"/places/court/book/{left}/week/",
    ):  # fmt: skip
        response = client.get(path)
        assert response.status_code == 200, path
        pages[path] = response.content.decode()
    assert [one for one in found_by("html", json.dumps(pages)) if one["severity"] == "failure"] == []


@pytest.mark.trial
def test_the_html_validator_sees_what_is_wrong() -> None:
    page = "<!doctype html><html lang=de><title>a</title><body><p><div id=a></div><i id=a></i>"
    assert "no-dup-id" in {one["type"] for one in found_by("html", json.dumps({"it": page}))}


def schema_of(page: str) -> Any:
    """The JSON-LD that a page carries."""
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert block
    return json.loads(block[1])


def words(said: Any) -> Iterator[str]:
    """All names and types in a document of JSON-LD."""
    if isinstance(said, dict):
        for name, value in said.items():
            yield name
            yield from [value] if name == "@type" else words(value)
    elif isinstance(said, list):
        for one in said:
            yield from words(one)


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/places/court/", "SportsActivityLocation"), ("/offers/yoga-am-hafen/", "EventSeries")],
)
def test_schema_org_says_only_what_the_vocabulary_has(
    city: Stage, client: Client, path: str, kind: str
) -> None:
    said = schema_of(client.get(path).content.decode())
    assert said["@context"] == "https://schema.org" and said["@type"] == kind
    assert set(words(said)) <= VOCABULARY
    place = said if "geo" in said else said["location"]
    assert -90 <= place["geo"]["latitude"] <= 90 and place["address"]["addressCountry"] == "DE"


def test_calendars_are_calendars(city: Stage, client: Client) -> None:
    for path in ("/offers/calendar.ics", f"/places/court/book/{city.id('left')}/busy.ics"):
        body = client.get(path).content
        assert not Calendar.from_ical(body).errors and body.endswith(b"END:VCALENDAR\r\n")
        assert all(len(line) <= 75 for line in body.split(b"\r\n")) and b"\n" not in body.replace(
            b"\r\n", b""
        )
