# SPDX-License-Identifier: EUPL-1.2
"""Borrowing on pages, without a script: by phone, at the desk for a card, and what nobody else sees."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from smilecity.core import clock
from smilecity.places.actions import lending
from smilecity.places.models import Chore, Handle, Kit, Loan
from tests.places.lending_stage import NOW, Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(person, organisation)


def signed_in(stage: Stage, name: str) -> Client:
    client = Client()
    client.force_login(stage.accounts[name])
    return client


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def form(client: Client, path: str, **said: str) -> Any:
    found = re.search(r'name="key" value="([^"]+)"', client.get(path).content.decode())
    return client.post(path, {**({"key": found[1]} if found else {}), **said})


def test_a_ball_is_borrowed_and_brought_back_on_pages(stage: Stage) -> None:
    rita = signed_in(stage, "rita")
    path = "/places/court/borrow/ball/"
    refused = form(rita, path, then="now")
    assert refused.status_code == 422 and "Bedingungen gelesen" in text(refused)
    begun = form(rita, path, then="now", accepts="on")
    assert begun.status_code == 302
    here = begun["Location"]
    stage.line.meets()
    assert "noch nicht als offen" in text(rita.get(here))
    stage.line.through()
    assert "Sie haben es." in text(rita.get(here))
    with clock.frozen(NOW + timedelta(hours=1)):
        assert rita.post(here, {"then": "back"}).status_code == 302
        stage.line.meets()
        stage.line.through()
        assert rita.post(here, {"then": "complete"}).status_code == 302
        assert "Zurück, danke" in text(rita.get(here))
    assert "Bedingungen gelesen" not in text(rita.get(path))  # once per version


def test_the_list_says_what_is_out_and_never_with_whom(stage: Stage) -> None:
    stage.borrow()
    for path in ("/places/court/borrow/", "/box/box/", "/places/court/borrow/ball/"):
        said = text(Client().get(path))
        assert "ausgeliehen, fällig" in said and "Rita" not in said
    assert Client().get("/box/nothing/").status_code == 404
    assert Client().get("/places/court/borrow/nothing/").status_code == 404


def test_a_loan_is_its_borrower_s(stage: Stage) -> None:
    loan = stage.take()
    assert signed_in(stage, "nora").get(f"/me/loans/{loan.id}/").status_code == 404
    assert Client().get(f"/me/loans/{loan.id}/").status_code == 302
    assert "ball" in text(signed_in(stage, "rita").get("/me/loans/"))
    assert signed_in(stage, "rita").post(f"/me/loans/{loan.id}/", {"then": "x"}).status_code == 422


def test_codes_are_made_once_and_shown_to_their_owner(stage: Stage) -> None:
    rita = signed_in(stage, "rita")
    assert "Codes einrichten" in text(rita.get("/me/loans/codes/"))
    rita.post("/me/loans/codes/")
    rita.post("/me/loans/codes/")
    said = rita.get("/me/loans/codes/")
    assert len(re.findall(r"\b\d{8}\b", text(said))) == 73 and "no-store" in said["Cache-Control"]
    assert Handle.objects.count() == 1


def test_a_clerk_gives_a_pin_lends_by_it_and_locks_it(stage: Stage) -> None:
    petra, path = signed_in(stage, "petra"), "/desk/lending/cards/"
    assert petra.post(path, {"then": "give"}).status_code == 422
    given = text(petra.post(path, {"then": "give", "kind": "pin"}))
    number = Handle.objects.get().handle
    pin = re.search(r"PIN (\d{6})", given)
    assert number in given and pin and pin[1] not in text(petra.get(path))
    kit = str(stage.kits["ball"].id)
    wrong = form(petra, path, then="lend", kit=kit, handle="NICHTDA2")
    assert wrong.status_code == 422 and "gilt nicht" in text(wrong)
    assert form(petra, path, then="lend", kit=kit, handle=number).status_code == 302
    assert Loan.objects.get().handle_id == Handle.objects.get().id
    assert petra.post(path, {"then": "lost", "handle": number}).status_code == 302
    assert Handle.objects.get().lost_at is not None
    assert signed_in(stage, "rita").get(path).status_code == 403


def test_the_partner_club_does_its_chores(stage: Stage) -> None:
    loan = stage.take()
    lending.report_damage(stage.who["rita"], loan.kit_id, "<b>Platt</b>")
    karim, path = signed_in(stage, "karim"), "/desk/lending/"
    page = karim.get(path).content.decode()
    assert "&lt;b&gt;Platt" in page and "Reparieren" in page
    assert "Reparieren" not in text(signed_in(stage, "tina").get(path))
    assert signed_in(stage, "rita").get(path).status_code == 403
    chore = Chore.objects.get()
    assert signed_in(stage, "tina").post(path, {"then": "fine", "id": chore.id}).status_code == 404
    karim.post(path, {"then": "back", "id": loan.id})
    karim.post(path, {"then": "fine", "id": chore.id})
    assert Kit.objects.get(id=loan.kit_id).state == Kit.READY
    for wrong in ({"then": "fine", "id": "x"}, {"then": "back", "id": "9" * 30}):
        assert karim.post(path, wrong).status_code == 404
    assert karim.post(path, {}).status_code == 422


def test_the_city_sees_who_opened_what(stage: Stage) -> None:
    stage.take()
    seen = text(signed_in(stage, "petra").get("/desk/lending/"))
    assert "Tür offen gemeldet" in seen and "Rita" in seen
    assert "Tür offen gemeldet" not in text(signed_in(stage, "tina").get("/desk/lending/"))
