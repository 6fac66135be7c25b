# SPDX-License-Identifier: EUPL-1.2
"""What residents read, without a script, in both languages; what it costs."""

import html
import re
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from smilecity.core import clock
from smilecity.core.models import Noun
from smilecity.core.who import NODE, Who
from smilecity.places import actions
from smilecity.places.models import Place
from tests.places.conftest import Say
from tests.places.ground import NOW, keep_court, keep_stream, keep_thing, observe


def text_of(client: Client, path: str, status: int = 200) -> str:
    """What is read, without tags, in one line."""
    answer = client.get(path)
    assert answer.status_code == status
    body = re.sub(r"(?s)<head>.*?</head>|<template.*?</template>|<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(body))


def test_the_page_answers_in_this_order(client: Client, at_five: datetime, court: Place, say: Say) -> None:
    say("people", 7)
    say("wind", 4.4)
    say("rain", 0)
    said = text_of(client, "/places/court/")
    order = [
        "Platz court",
        "Gerade jetzt",
        "Platz frei",
        "Jetzt geöffnet, bis 22:00 Uhr",
        "Spielfeld",
        "Etwa 7 Personen, Platz für 12",
        "Stand 17:42 Uhr",
        "Der Tag bisher",
        "Heute war bisher ab 17:00 Uhr am meisten los: etwa 7 Personen.",
        "schwache Brise, 16 km/h",
        "kein Regen",
        "So kommen Sie hinein",
        "Durch das Tor.",
        "Stufenlos erreichbar ja",
        "Toilette nicht bekannt",
        "Spielfeld: Platz für 12 Personen",
        "Am Wasser.",
        "Wo es ist",
        "Erzählen Sie uns von diesem Ort",
    ]
    places = [said.index(sentence) for sentence in order]
    assert places == sorted(places)


def test_it_says_the_same_in_english(client: Client, at_five: datetime, court: Place, say: Say) -> None:
    say("people", 7)
    say("wind", 4.4)
    said = text_of(client, "/en/places/court/")
    for sentence in (
        "Ground court",
        "Open now, until 22:00",
        "Court",
        "About 7 people, room for 12",
        "As of 17:42",
        "gentle breeze, 16 km/h",
        "Through the gate.",
        "Step-free access yes",
        "Tell us about this place",
    ):
        assert sentence in said
    assert not re.search(r"[äöüß]", said)


def test_it_says_how_busy_it_usually_is(client: Client, at_five: datetime, court: Place, say: Say) -> None:
    say("people", 11)
    say("people", 5, minutes_ago=24 * 60)
    said = text_of(client, "/places/court/")
    assert "Mehr los als gestern um diese Zeit" in said
    assert "ab heute gestern" in said  # the heads of the table
    for days in range(2, 6):
        say("people", 5, minutes_ago=days * 24 * 60)
    cache.clear()  # days gone by are remembered for some minutes
    assert "Mehr los als sonst um diese Zeit" in text_of(client, "/places/court/")


def test_one_day_that_was_not_yesterday_is_no_comparison(
    client: Client, at_five: datetime, court: Place, say: Say
) -> None:
    say("people", 5, minutes_ago=3 * 24 * 60)
    say("people", 11)
    said = text_of(client, "/places/court/")
    assert "gestern" not in said
    assert "um diese Zeit" not in said


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_few_are_never_counted(
    client: Client, at_five: datetime, court: Place, say: Say, count: int
) -> None:
    say("people", count)
    body = client.get("/places/court/now/").content.decode()
    assert "Einige wenige Personen, Platz für 12" in html.unescape(body)
    assert 'data-value="2">einige wenige' in body  # drawn alike, whatever it was
    assert "gerade niemand" not in body


def test_a_silent_sensor_is_not_zero(client: Client, at_five: datetime, court: Place, say: Say) -> None:
    say("people", 7, minutes_ago=212)
    say("wind", 4.4, minutes_ago=26 * 60)
    said = text_of(client, "/places/court/")
    assert "Keine aktuellen Daten seit 14:10 Uhr" in said
    assert "Wind Keine aktuellen Daten seit gestern, 15:42 Uhr" in said
    assert "niemand gezählt" not in said
    assert "Platz frei" not in said
    assert "Rain" not in said


def test_a_sensor_that_never_spoke_says_so(client: Client, at_five: datetime, court: Place) -> None:
    said = text_of(client, "/places/court/")
    assert "Noch keine Daten" in said
    assert "Der Tag bisher" not in said


def test_a_closed_place_never_says_there_is_room(client: Client, court: Place, say: Say) -> None:
    say("people", 0)
    with clock.frozen(NOW + timedelta(hours=5)):
        said = text_of(client, "/places/court/") + text_of(client, "/places/")
    assert "Jetzt geschlossen, öffnet morgen um 06:00 Uhr" in said
    assert "Platz frei" not in said


def test_broken_hours_in_the_database_are_unknown_not_a_crash(client: Client, court: Place) -> None:
    Place.objects.update(opening_hours="irgendwann")
    assert "Öffnungszeiten nicht bekannt" in text_of(client, "/places/court/")


def test_the_live_part_is_sent_again_only_when_it_changed(
    client: Client, at_five: datetime, court: Place, say: Say
) -> None:
    say("people", 7)
    first = client.get("/places/court/now/")
    assert first["Cache-Control"] == "no-cache"
    assert client.get("/places/court/now/", headers={"If-None-Match": first["ETag"]}).status_code == 304
    say("people", 11, minutes_ago=1)
    fresh = client.get("/places/court/now/", headers={"If-None-Match": first["ETag"]})
    assert fresh.status_code == 200
    assert "twa 11 Personen" in fresh.content.decode()
    with clock.frozen(NOW + timedelta(seconds=1)):
        actions.keep_unit(NODE, court, "court", {"de": "Anders"}, room_for=11)
    assert "Anders" in client.get("/places/court/now/").content.decode()
    with clock.frozen(NOW + timedelta(hours=1)):
        assert "Keine aktuellen Daten seit 17:41 Uhr" in client.get("/places/court/now/").content.decode()


def test_a_thousand_watchers_cost_two_queries_each(
    client: Client, at_five: datetime, court: Place, say: Say
) -> None:
    say("people", 7)
    client.get("/places/court/now/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/places/court/now/")
    assert len(asked) == 2


def test_the_stream_is_asked_from_before_the_queries(client: Client, at_five: datetime, court: Place) -> None:
    with CaptureQueriesContext(connection) as asked:
        body = client.get("/places/court/").content.decode()
    assert "core_loghead" in asked[0]["sql"]
    stream = court.senses.get(role="people").datastream_id
    live = re.search(r'data-live-src="([^"]+)"', body)
    assert live is not None
    address = html.unescape(live[1])
    assert f"about={court.noun_id}&" in address
    assert f"about={stream}&" in address
    assert address.endswith("since=0")


def test_what_is_not_public_does_not_leak(
    client: Client, at_five: datetime, court: Place, alice: Who
) -> None:
    keep_court("draft", Noun.DRAFT)
    hidden = keep_stream("people", thing=keep_thing("hidden"), visibility="internal")
    observe(hidden, 40, NOW)
    actions.keep_sense(NODE, court, "people", hidden)
    unknown, draft = client.get("/places/nothing/"), client.get("/places/draft/")
    assert unknown.status_code == draft.status_code == 404
    assert unknown.content == draft.content.replace(b"draft", b"nothing")
    for path in (
        "/places/",
        "/places/points.json",
        "/api/places",
        "/places/draft/now/",
        "/places/draft/point.json",
    ):
        assert "Platz draft" not in client.get(path).content.decode()
    body = client.get("/places/court/").content.decode()
    assert "twa 40 Personen" not in body
    assert f"about={hidden}" not in body


def test_a_steward_sees_drafts_and_hidden_sensors(
    client: Client, at_five: datetime, alice: Who, monkeypatch: pytest.MonkeyPatch, court: Place
) -> None:
    keep_court("draft", Noun.DRAFT)
    hidden = keep_stream("people", thing=keep_thing("hidden"), visibility="internal")
    observe(hidden, 40, NOW)
    actions.keep_sense(NODE, court, "people", hidden)
    with monkeypatch.context() as patched:
        patched.setattr("smilecity.places.pages.place.who_asks", lambda _request: alice)
        assert "Noch nicht veröffentlicht" in text_of(client, "/places/draft/")
        assert "Etwa 40 Personen" in text_of(client, "/places/court/")
    assert "Etwa 40 Personen" not in text_of(client, "/places/court/")  # what she saw is not kept for others


def test_the_page_has_one_heading_of_the_first_order_and_nothing_inline(
    client: Client, at_five: datetime, court: Place, say: Say
) -> None:
    say("people", 7)
    for path in ("/places/", "/places/court/"):
        body = client.get(path).content.decode()
        levels = [int(level) for level in re.findall(r"<h([1-6])", body)]
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert " style=" not in body
        assert "<style" not in body
        assert not re.search(r"<script(?![^>]* src=)(?! type=\"application/ld\+json\">)", body)
        assert "onclick" not in body
