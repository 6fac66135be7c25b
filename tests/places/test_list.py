# SPDX-License-Identifier: EUPL-1.2
"""The list, the map's points and the machine's way: what they say, and that their cost does not grow."""

from datetime import datetime

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from smilecity.core.models import Noun
from smilecity.core.nouns import sort_key
from smilecity.core.who import ANYONE
from smilecity.places import reads
from smilecity.places.api import places as api
from smilecity.places.models import Place, Sense, Unit
from smilecity.places.pages.list import places_now
from smilecity.places.rules.finding import Wish
from tests.places.conftest import Say
from tests.places.ground import NOW, keep_court, keep_stream
from tests.places.test_pages import text_of


def many(count: int, stream: int) -> None:
    """So many places with a unit and a counter, made quickly."""
    nouns = Noun.objects.bulk_create(
        Noun(
            id=1_000_000 + n,
            kind="place",
            address=f"places/many-{n}",
            title={"de": f"Viele {n:05}"},
            sort=sort_key(f"Viele {n:05}"),
            geo={"type": "Point", "coordinates": [12.0 + n / 10_000, 54.0]},
            visibility="public",
            changed_at=NOW,
        )
        for n in range(count)
    )
    places = Place.objects.bulk_create(
        Place(noun=noun, category="park", opening_hours="24/7") for noun in nouns
    )
    units = Unit.objects.bulk_create(
        Unit(id=place.noun_id, place=place, key="a", name={"de": "A"}, room_for=9) for place in places
    )
    Sense.objects.bulk_create(
        Sense(place=unit.place, unit=unit, datastream_id=stream, role="people") for unit in units
    )


@pytest.mark.parametrize("path", ["/places/", "/places/points.json", "/api/places?size=200"])
def test_it_costs_the_same_among_thirty_and_five_hundred_places(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(api, "MOST_WITH_STATE", 1000)
    costs = []
    for count in (30, 500):  # both more than a page
        Noun.objects.filter(kind="place").delete()
        many(count, keep_stream("people"))
        client.get("/imprint/")  # who the city is, is remembered
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 7


def test_a_row_says_open_and_busy(client: Client, at_five: datetime, court: Place, say: Say) -> None:
    say("people", 12)
    said = text_of(client, "/places/")
    assert (
        "Platz court Sport und Bewegung · Uferweg 1 Voll Jetzt geöffnet, bis 22:00 Uhr"
        " Etwa 12 Personen, Platz für 12 stufenlos" in said
    )
    assert "Sport and exercise · Uferweg 1 Full Open now, until 22:00 About 12 people" in text_of(
        client, "/en/places/"
    )


def test_a_place_without_counters_is_just_open(client: Client, at_five: datetime, db: None) -> None:
    keep_court()
    assert "Geöffnet Jetzt geöffnet, bis 22:00 Uhr" in text_of(client, "/places/")


def test_it_is_turned_page_by_page_without_a_script(client: Client, db: None) -> None:
    many(reads.PAGE_SIZE + 5, keep_stream("people"))
    first = client.get("/places/")
    assert first.content.decode().count("data-place-id") == reads.PAGE_SIZE
    after = reads.sought(ANYONE, Wish()).after
    assert f"?after={after}" in first.content.decode()
    second = client.get("/places/", {"after": after}).content.decode()
    assert second.count("data-place-id") == 5
    assert f"Viele {reads.PAGE_SIZE:05}" in second


def test_it_can_be_narrowed(client: Client, db: None) -> None:
    keep_court()
    assert "Platz court" in text_of(client, "/places/?category=sport")
    assert "Dazu haben wir keinen Ort gefunden" in text_of(client, "/places/?category=water")


def test_an_empty_city_says_so(client: Client, db: None) -> None:
    assert "Hier ist noch kein Ort eingetragen." in text_of(client, "/places/")


@pytest.mark.parametrize(
    "query",
    [
        "after=nonsense",
        "after=WzEsMl0",
        "after=WyJhIiwiYiJd",
        "after=WyJhXHUwMDAwIiwxXQ",
        "after=WyJhIiw5OTk5OTk5OTk5OTk5OTk5OTk5XQ",
        "category=palace",
        "after=%00",
        "category=%ff",
    ],
)
def test_a_wrong_question_gets_a_sentence(client: Client, db: None, query: str) -> None:
    keep_court()
    answer = client.get(f"/places/?{query}")
    assert answer.status_code in (200, 400)
    assert "<h1>" in answer.content.decode()


def test_points_are_geojson_and_say_when_they_are_not_all(
    client: Client, at_five: datetime, court: Place, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    say("people", 12)
    answer = client.get("/places/points.json")
    assert answer["Content-Type"] == "application/geo+json"
    found = answer.json()
    assert found["limited"] is False
    (feature,) = found["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [12.1, 54.1]}
    assert feature["properties"] == {
        "id": court.noun_id,
        "title": "Platz court",
        "url": "/places/court/",
        "kind": "sport",
        "state": "busy",
        "state_text": "Voll",
    }
    assert client.get("/places/points.json", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert (
        client.get("/en/places/points.json").json()["features"][0]["properties"]["url"] == "/en/places/court/"
    )
    keep_court("second")
    monkeypatch.setattr(api, "MOST_POINTS", 1)
    limited = client.get("/places/points.json?category=sport").json()
    assert (limited["limited"], len(limited["features"])) == (True, 1)
    assert len(client.get("/places/second/point.json").json()["features"]) == 1


def test_many_points_are_drawn_without_their_state(
    client: Client, court: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "MOST_WITH_STATE", 0)
    (feature,) = client.get("/places/points.json").json()["features"]
    assert sorted(feature["properties"]) == ["id", "kind", "title", "url"]


def test_machines_get_the_same(client: Client, at_five: datetime, court: Place, say: Say) -> None:
    say("people", 2)
    one = client.get("/api/places/court").json()
    assert one["title"] == {"de": "Platz court", "en": "Ground court"}
    assert (one["state"], one["position"], one["access"]) == ("free", [12.1, 54.1], {"step_free": "yes"})
    assert client.get("/api/places").json()["items"] == [one]
    missing = client.get("/api/places/nothing")
    assert missing.status_code == 404
    assert missing.json()["code"] == "place.unknown"


def test_the_start_page_gets_places_in_short(at_five: datetime, court: Place, say: Say) -> None:
    say("people", 7)
    keep_court("without-sensor")
    cards, live = places_now(ANYONE)
    assert [card.title for card in cards] == ["Platz court"]
    assert cards[0].sentence == "Jetzt geöffnet, bis 22:00 Uhr · Etwa 7 Personen, Platz für 12"
    assert f"about={court.noun_id}&" in live
