# SPDX-License-Identifier: EUPL-1.2
"""Booking over HTTP: by the session of the pages, with a key of one's own, answered as problems when refused."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from smilecity.core import clock
from smilecity.places import privacy
from smilecity.places.models import Booking
from tests.places.booking_stage import NOW, Stage, at, must_hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(person, organisation)
        must_hold()


def signed_in(stage: Stage, name: str) -> Client:
    client = Client()
    client.force_login(stage.accounts[name])
    return client


def wish(
    stage: Stage, unit: str = "left", start: str = "2026-11-23T10:00", end: str = "2026-11-23T11:00"
) -> Any:
    return {"unit": stage.id(unit), "start": start, "end": end}


def post(client: Client, body: Any, key: str | None = None, path: str = "/api/bookings") -> Any:
    headers = {"Idempotency-Key": key or str(uuid.uuid4())}
    return client.post(path, body, content_type="application/json", headers=headers)


def test_a_booking_is_made_moved_and_cancelled(stage: Stage) -> None:
    rita, key = signed_in(stage, "rita"), str(uuid.uuid4())
    made = post(rita, wish(stage), key)
    assert made.status_code == 201 and made.json()["state"] == "booked"
    assert post(rita, wish(stage), key).json()["id"] == made.json()["id"]
    path = f"/api/bookings/{made.json()['id']}"
    moved = rita.patch(
        path, {"start": "2026-11-23T12:00", "end": "2026-11-23T13:00"}, content_type="application/json"
    )
    assert moved.json()["start"] == "2026-11-23T11:00:00Z"
    assert [one["id"] for one in rita.get("/api/bookings/mine").json()] == [made.json()["id"]]
    assert signed_in(stage, "nora").get(path).status_code == 404
    assert post(rita, {}, path=f"{path}/cancel").json()["state"] == "cancelled"


def test_who_loses_gets_a_problem_with_what_is_free(stage: Stage) -> None:
    stage.book("rita", "court", at(10))
    answer = post(signed_in(stage, "nora"), wish(stage))
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert answer.json()["code"] == "booking.taken"
    assert answer.json()["possible"][0] == {
        "start": "2026-11-23T10:00:00+00:00",
        "end": "2026-11-23T11:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"start": "2027-03-28T02:30", "end": "2027-03-28T03:30"}, 422),
        ({"start": "9999-12-31T23:00", "end": "9999-12-31T23:59"}, 422),
        ({"start": "0001-01-01T00:00+14:00"}, 422),
        ({"end": "2026-11-23T09:00"}, 422),
        ({"unit": -1}, 404),
        ({"unit": 10**30}, 404),
        ({"people": 10**9}, 422),
        ({"people": -1}, 422),
        ({"organisation": 10**30}, 403),
        ({"what": "x" * 300}, 422),
        ({"what": "\0"}, 422),
        ({"start": "gestern"}, 422),
    ],
)
def test_bad_input_is_a_clear_refusal(stage: Stage, change: dict[str, Any], status: int) -> None:
    answer = post(signed_in(stage, "rita"), {**wish(stage), **change})
    assert answer.status_code == status and answer.json()["code"]
    assert not Booking.objects.exists()


def test_without_a_session_or_from_another_site_nothing_is_written(stage: Stage) -> None:
    assert post(Client(), wish(stage)).status_code == 401
    assert post(signed_in(stage, "rita"), wish(stage), "no-uuid").status_code == 422
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(stage.accounts["rita"])
    answer = post(strict, wish(stage))
    assert (answer.status_code, answer.json()["code"]) == (403, "request.csrf")


def test_the_calendar_says_what_is_taken_and_not_by_whom(stage: Stage) -> None:
    mine = stage.book("rita", "left", at(10))
    path = f"/api/units/{stage.id('court')}/calendar?day=2026-11-23"
    slots = {one["start"]: one for one in signed_in(stage, "nora").get(path).json()["days"][0]["slots"]}
    ten = slots["2026-11-23T09:00:00Z"]
    assert (ten["code"], ten["booking"]) == ("booking.taken", None)
    assert slots["2026-11-23T10:00:00Z"]["verdict"] == "allowed"
    seen = signed_in(stage, "rita").get(path).json()["days"][0]["slots"]
    assert {one["booking"] for one in seen} == {None, mine.id}
    units = Client().get("/api/places/court/units").json()
    assert len(units) == 4 and units[0]["rules"][0] == "Alle mit einem Konto können buchen."


def test_what_is_known_of_a_person_is_told_and_forgotten(stage: Stage) -> None:
    coming = stage.book("rita", "left", at(10), what="Fest")
    told = privacy.export(stage.accounts["rita"].pk)
    assert [one["id"] for one in told["bookings"]] == [coming.id]
    report = privacy.forget(stage.accounts["rita"].pk)
    assert report.erased and report.pseudonymised
    coming.refresh_from_db()
    assert (coming.state, coming.account_id, coming.what) == ("cancelled", None, "")
    assert privacy.export(stage.accounts["rita"].pk)["bookings"] == []
    stage.book("nora", "left", at(10))
