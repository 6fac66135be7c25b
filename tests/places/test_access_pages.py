# SPDX-License-Identifier: EUPL-1.2
"""Doors of clubs on pages, without a script: entrusted, let in, opened, locked; a code by telephone and by SMS."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

from smilecity.core import clock, texting
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.places.actions import handles
from smilecity.places.models import Entrusted, Grant, Keyholder, Permit
from tests.places.access_stage import Stage
from tests.places.booking_stage import NOW, at

pytestmark = pytest.mark.django_db
WEEKLY = {
    "then": "let-in", "whom": "kim@example.org", "name": "=Jugend", "kind": "weekly", "weekdays": "0", "starts": "16:00",
    "ends": "20:00", "first": "2026-11-23", "last": "2026-12-31",
}  # fmt: skip


@pytest.fixture
def stage(person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(person, organisation)


@pytest.fixture
def provider(settings: Any) -> Iterator[list[Any]]:
    """A provider of short messages on this machine; the messages it got. A number that ends in 0 it does not take."""
    got: list[Any] = []

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            got.append((self.path, self.headers["Authorization"], said))
            self.send_response(500 if said["to"].endswith("0") else 202)
            self.end_headers()

        def log_message(self, *given: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Takes)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/messages"
    settings.SMILE = replace(settings.SMILE, sms_url=address, sms_token="sesam", reach=("127.0.0.0/8",))
    yield got
    server.shutdown()
    server.server_close()


def signed_in(stage: Stage, name: str) -> Client:
    client = Client()
    client.force_login(stage.accounts[name])
    return client


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_from_the_city_to_the_club_to_the_open_door(stage: Stage) -> None:
    petra, karim, kim = (signed_in(stage, name) for name in ("petra", "karim", "kim"))
    assert petra.post("/desk/access/new/").status_code == 422
    said = {
        "compartment": stage.doors[0],
        "organisation": stage.club.noun_id,
        "first": "2026-11-23",
        "last": "2027-03-01",
    }
    wrong = petra.post("/desk/access/new/", {**said, "last": "2026-01-01"})
    assert wrong.status_code == 422 and "liegt vor dem ersten" in text(wrong)
    here = petra.post("/desk/access/new/", said)["Location"]
    assert "Container, Platz court" in text(karim.get("/desk/access/")) and "Noch niemand" in text(
        karim.get(here)
    )
    for changed in (
        {"whom": ""},
        {"whom": "tina@example.org"},
        {"weekdays": ""},
        {"ends": "15:00"},
        {"last": "x"},
    ):
        assert karim.post(here, {**WEEKLY, **changed}).status_code == 422
    assert not Permit.objects.exists() and not Keyholder.objects.exists()
    assert "lernt es in wenigen Sekunden" in text(karim.post(here, WEEKLY, follow=True))
    assert "Montag, 16:00 bis 20:00 Uhr" in text(petra.get(here))
    assert "=Jugend (Kim)" in text(karim.get(here))
    assert petra.post(here, WEEKLY).status_code == 403  # the city does not let in for the club
    with clock.frozen(at(17)[0]):
        stage.meets()
        page = text(kim.get("/me/doors/"))
        assert "Container, Platz court" in page and "Die Box weiß Bescheid" in page
        assert kim.post("/me/doors/", {"grant": live_grant()}).status_code == 302
        assert "noch nicht geantwortet" in text(kim.get("/me/doors/"))
        stage.meets()
        assert "das Schloss ist auf" in text(kim.get("/me/doors/"))
        for wrong_one in ("", "x", "9" * 30):
            assert kim.post("/me/doors/", {"grant": wrong_one}).status_code == 404
        line = text(karim.get("/desk/access/log/"))
        assert "Schloss auf gemeldet" in line and "=Jugend (Kim), SV Hafen" in line
        file = karim.get("/desk/access/log.csv")
        assert "'=Jugend (Kim)" in file.content.decode() and "no-store" in file["Cache-Control"]
        holder = Keyholder.objects.get().id
        assert "Gesperrt." in text(karim.post(here, {"then": "dismiss", "id": holder}, follow=True))
        assert "Noch nicht überall gesperrt" in text(karim.get(here))
        stage.meets()
        assert "Noch nicht überall gesperrt" not in text(karim.get(here))
    assert petra.post(here, {"then": "end"}).status_code == 302
    assert Entrusted.objects.get().ended_at is not None


def live_grant() -> int:
    return int(Grant.objects.filter(state="installed").order_by("during").values_list("id", flat=True)[0])


def test_others_find_nothing_there(stage: Stage) -> None:
    own = stage.entrust()
    stage.weekly("karim", stage.register(), own, 0)
    tina, rita = signed_in(stage, "tina"), signed_in(stage, "rita")
    for path in (f"/desk/access/{own.id}/", f"/desk/access/{'9' * 30}/"):
        assert tina.get(path).status_code == tina.post(path, {"then": "end"}).status_code == 404
    assert "Container, Platz" not in text(tina.get("/desk/access/")) and "Kim" not in text(
        tina.get("/desk/access/log/")
    )
    assert tina.get("/desk/access/new/").status_code == tina.get("/desk/access/code/").status_code == 403
    for path in ("", "new/", "log/", "log.csv", "code/", f"{own.id}/"):
        assert rita.get(f"/desk/access/{path}").status_code == 403
        assert Client().get(f"/desk/access/{path}").status_code == 302
    assert "öffnen Sie keine Tür" in text(rita.get("/me/doors/"))
    karim = signed_in(stage, "karim")
    for then in ("dismiss", "lose", "end-permit", "nonsense", "end"):
        assert karim.post(f"/desk/access/{own.id}/", {"then": then, "id": "7"}).status_code in (404, 422)


def test_a_lost_card_at_a_box_without_signal_says_so(stage: Stage) -> None:
    own = stage.entrust()
    given = handles.give_handle(NODE, "card")
    stage.weekly("karim", stage.register(whom=given.handle.handle), own, 0)
    with clock.frozen(at(17)[0]):
        stage.meets()
    with clock.frozen(at(18)[0]):
        karim, here = signed_in(stage, "karim"), f"/desk/access/{own.id}/"
        said = text(karim.post(here, {"then": "lose", "id": Keyholder.objects.get().id}, follow=True))
        assert "erst bei ihrer nächsten Meldung" in said and "Noch nicht überall gesperrt" in said
        assert stage.box.enter(0, given.secret)
        stage.meets()
        assert not stage.box.enter(0, given.secret) and "gesperrt" in text(karim.get(here))


def test_a_code_is_said_once_and_sent_where_it_can_be(stage: Stage, provider: list[Any]) -> None:
    stage.weekly("karim", stage.register(), stage.entrust(), 0)
    petra, path = signed_in(stage, "petra"), "/desk/access/code/"
    with clock.frozen(at(17)[0]):
        stage.meets()
        for caller in ("", "karim@example.org", "\0", "nobody"):
            assert petra.post(path, {"caller": caller}).status_code == 422
        found = petra.post(path, {"caller": "Kim"})
        assert found.status_code == 200 and "Training (SV Hafen)" in text(found)
        said = {"caller": "Kim", "then": "give", "grant": live_grant(), "asked": "on"}
        assert petra.post(path, {**said, "asked": ""}).status_code == 422
        assert petra.post(path, {**said, "grant": "1"}).status_code == 422
        assert petra.post(path, {**said, "number": "12"}).status_code == 422
        assert not Grant.objects.exclude(stands_for=None).exists() and provider == []
        code = re.search(r"\b\d{6}\b", text(petra.post(path, said)))
        assert code and provider == []
        answer = text(petra.post(path, {**said, "number": "(0171) 123-4567"}))
        sent = re.search(r"\b\d{6}\b", answer)
        assert sent and "als SMS unterwegs" in answer
        ((where, bearer, message),) = provider
        assert (where, bearer, message["to"]) == ("/messages", "Bearer sesam", "+491711234567")
        assert sent[0] in message["text"] and len(message["text"]) <= 160
        failed = text(petra.post(path, {**said, "number": "0171 1234560"}))
        assert "Die SMS ging nicht hinaus" in failed
        stage.meets()
        last = re.search(r"\b\d{6}\b", failed)
        assert last and not stage.box.enter(0, code[0]) and not stage.box.enter(0, sent[0])
        assert stage.box.enter(0, last[0])


def test_without_a_provider_no_page_offers_it_and_inside_nothing_is_reached(
    stage: Stage, settings: Any
) -> None:
    stage.weekly("karim", stage.register(), stage.entrust(), 0)
    petra = signed_in(stage, "petra")
    assert "SMS" not in text(petra.post("/desk/access/code/", {"caller": "Kim"}))
    for address in ("", "http://127.0.0.1:9/", "https://127.0.0.1:9/"):
        settings.SMILE = replace(settings.SMILE, sms_url=address, reach=())
        with pytest.raises(Refusal, match="texting"):
            texting.send("+491711234567", "x")


@pytest.mark.parametrize("said", ["", "abc", "+", "0", "+49 x", "112", "+49" + "1" * 20, "\0", "٠١٧١١٢٣٤٥٦٧"])
def test_what_is_no_number(said: str) -> None:
    with pytest.raises(Refusal, match=r"texting\.number"):
        texting.number(said)


def test_numbers_as_people_write_them() -> None:
    for said in ("0381 123-456", "+49 381 123456", "0049/381/123456", "(0381) 12 34 56"):
        assert texting.number(said) == "+49381123456"


def test_a_code_at_the_command_line(stage: Stage) -> None:
    from contextlib import nullcontext

    import typer

    from smilecity.places.cli import add_commands

    stage.weekly("karim", stage.register(), stage.entrust(), 0)
    app = typer.Typer()
    add_commands(app, nullcontext)
    runner = CliRunner()
    with clock.frozen(at(17)[0]):
        stage.meets()
        nobody = runner.invoke(app, ["places", "code", "nobody"])
        assert nobody.exit_code == 2 and "may open nothing" in nobody.output
        unsure = runner.invoke(app, ["places", "code", "Kim"], input="1\nn\n")
        assert unsure.exit_code == 1 and not Grant.objects.exclude(stands_for=None).exists()
        assert runner.invoke(app, ["places", "code", "Kim"], input="2\n").exit_code == 2
        given = runner.invoke(app, ["places", "code", "kim@example.org"], input="1\ny\n")
        assert given.exit_code == 0 and "what they borrowed" in given.output
        code = re.search(r"^(\d{6})  opens once", given.output, re.MULTILINE)
        stage.meets()
        assert code and stage.box.enter(0, code[1])
