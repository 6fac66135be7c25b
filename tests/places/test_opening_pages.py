# SPDX-License-Identifier: EUPL-1.2
"""The desk's pages for closings and limits, the place's page while it is closed, and its notice board."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from smilecity.core import clock
from smilecity.core.who import NODE
from smilecity.places import actions
from smilecity.places.actions import opening as acts
from smilecity.places.models import Exceptional, Limit
from tests.places.booking_stage import NOW, Stage, at
from tests.places.ground import keep_stream

TYPED = {
    "what": "close", "unit": "", "start": "2026-11-23T10:00", "end": "2026-11-23T18:00", "cause": "event",
    "reason_de": "Hafenfest <b>", "reason_en": "Harbour fair",
}  # fmt: skip
NEW = "/desk/places/court/closings/new/"


@pytest.fixture
def stage(person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    """Monday, 8 in the morning."""
    with clock.frozen(NOW):
        yield Stage(person, organisation)


def signed_in(stage: Stage, name: str) -> Client:
    client = Client()
    client.force_login(stage.accounts[name])
    return client


def test_first_it_is_shown_whom_it_hits(stage: Stage) -> None:
    stage.book("rita", "left", at(11))
    client = signed_in(stage, "karim")
    looked = client.post(NEW, {**TYPED, "then": "look"}).content.decode()
    assert "1 Buchung" in looked
    assert "11:00 bis 12:00 Uhr" in looked
    assert "So eintragen" in looked
    assert not Exceptional.objects.exists()
    assert client.post(NEW, {**TYPED, "then": "keep"}).status_code == 302
    shown = client.get("/desk/places/court/closings/").content.decode()
    assert "Hafenfest &lt;b&gt;" in shown
    assert "Frei wäre danach" in shown
    closing = Exceptional.objects.get()
    client.post("/desk/places/court/closings/", {"closing": closing.id})
    closing.refresh_from_db()
    assert closing.ended_at == NOW


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"end": "2026-11-23T09:00"}, "id_end_error"),
        ({"start": "morgen"}, "id_start_error"),
        ({"reason_de": ""}, "id_reason_de_error"),
        ({"unit": "987654321"}, "id_unit_error"),
        ({"cause": "boredom"}, "id_cause_error"),
        ({"start": "2027-03-28T02:30", "end": "2027-03-28T09:00"}, "id_start_error"),
        ({"start": "0001-01-01T00:00"}, "id_start_error"),
        ({"reason_de": "x" * 5000}, "id_reason_de_error"),
    ],
)
def test_bad_times_are_said_beside_their_field(stage: Stage, wrong: dict[str, str], where: str) -> None:
    answer = signed_in(stage, "karim").post(NEW, {**TYPED, **wrong, "then": "keep"})
    assert answer.status_code == 422
    assert where in answer.content.decode()
    assert not Exceptional.objects.exists()


def test_only_those_who_keep_it(stage: Stage) -> None:
    for path in ("closings/", "closings/new/", "limits/"):
        assert signed_in(stage, "rita").get(f"/desk/places/court/{path}").status_code == 404
    client = signed_in(stage, "karim")
    for said in ({}, {"closing": "x"}, {"closing": "987654321"}, {"closing": "9" * 30}):
        assert client.post("/desk/places/court/closings/", said).status_code == 404


def test_limits_are_set_and_dropped(stage: Stage) -> None:
    client, path = signed_in(stage, "karim"), "/desk/places/court/limits/"
    assert "misst kein Sensor" in client.get(path).content.decode()
    actions.keep_sense(NODE, stage.place, "gust", keep_stream("gust", "m/s"))
    typed = {"role": "gust", "closes_above": "75", "opens_below": "90", "calm_minutes": "30"}
    refused = client.post(path, typed)
    assert refused.status_code == 422
    assert "id_opens_below_error" in refused.content.decode()
    assert client.post(path, {**typed, "opens_below": "50,5"}).status_code == 302
    assert "Schließt über 75 km/h" in client.get(path).content.decode()
    assert client.post(path, {"drop": "gust"}).status_code == 302
    assert not Limit.objects.exists()


def test_residents_read_why_and_until_when(stage: Stage) -> None:
    stage.book("rita", "left", at(11))
    acts.close(
        stage.who["karim"], stage.place.noun_id, at(8, lasts=10), "weather", {"de": "Sturm", "en": "Storm"}
    )
    page = Client().get("/places/court/").content.decode()
    assert "Heute geschlossen: Sturm, voraussichtlich bis 18:00 Uhr." in page
    assert "geschlossen: Sturm</strong>" in page
    assert "Ihre Buchung" not in page
    own = signed_in(stage, "rita").get("/places/court/").content.decode()
    assert "Ihre Buchung fällt in eine Zeit, in der geschlossen ist" in own
    assert "Frei wäre danach: Montag, 23. November, 18:00 bis 19:00 Uhr" in own
    assert "Closed today: Storm" in Client().get("/en/places/court/").content.decode()


def test_the_notice_board(stage: Stage) -> None:
    board = Client().get("/places/court/board/").content.decode()
    assert "Jetzt geöffnet" in board
    assert "08:30 bis 09:30 Uhr" in board or "08:00 bis 09:00 Uhr" in board
    assert "http-equiv" not in board
    assert 'http-equiv="refresh"' in Client().get("/places/court/board/?screen=1").content.decode()
    assert Client().get("/places/court/qr.svg")["Content-Type"] == "image/svg+xml"
    assert Client().get("/places/nowhere/board/").status_code == 404
