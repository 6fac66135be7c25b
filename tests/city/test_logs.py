# SPDX-License-Identifier: EUPL-1.2
"""What stands in the operator's log: what failed and where, and nothing that opens a door."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from structlog.testing import capture_logs

from smilecity.city import logs
from smilecity.city.asgi import _refusal_of

SECRET = "b3JkaW5hcnktc2VjcmV0"
OFF = f"/notices/off/{SECRET}/"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What libraries write."""
    written = io.StringIO()
    handler = logs.of_libraries("json", written)
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def stranger() -> Client:
    return Client(raise_request_exception=False)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.django_db
@pytest.mark.parametrize("path", [f"/nowhere/{SECRET}/", OFF, "/accounts/login/"])
def test_what_is_not_there_is_told_to_who_asked_alone(
    stream: io.StringIO, stranger: Client, path: str
) -> None:
    assert stranger.get(path + "?again=1").status_code in (200, 404)
    assert stranger.put(path).status_code in (403, 404, 405)
    assert stream.getvalue() == ""


@pytest.mark.django_db
def test_what_a_stranger_makes_up_is_told_to_them_alone(stream: io.StringIO, stranger: Client) -> None:
    """Django takes a made-up host for an error, not for a warning."""
    assert stranger.get("/", headers={"host": f"{SECRET}.example"}).status_code == 400
    assert stream.getvalue() == ""


@pytest.mark.django_db
def test_a_page_that_fails_is_named_by_its_pattern(
    stream: io.StringIO, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr("smilecity.people.actions.switch_mail_off", broken)
    stranger.post(OFF)
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["route"]) == (
        "page failed",
        "error",
        "/notices/off/<str:token>/",
    )
    assert "out of order" in line["exception"]
    assert SECRET not in stream.getvalue()


def test_a_library_speaks_in_lines_of_the_same_form(stream: io.StringIO) -> None:
    logging.getLogger("procrastinate.worker").warning("waiting for %s", "the database")
    logging.getLogger("procrastinate.worker").info("not asked for")
    (line,) = lines(stream)
    assert (line["event"], line["logger"], line["level"]) == (
        "waiting for the database",
        "procrastinate.worker",
        "warning",
    )


@pytest.mark.parametrize(
    ("path", "route"),
    [
        (OFF, "/notices/off/<str:token>/"),
        (f"/sensorthings/v1.1/Things('{SECRET}')", "/sensorthings"),
    ],
)
def test_the_front_door_names_no_address_either(path: str, route: str) -> None:
    with capture_logs() as said:
        _refusal_of(RuntimeError("out of order"), path)
    assert said[0]["route"] == route
