# SPDX-License-Identifier: EUPL-1.2
"""The desk of those who offer something, page by page, without a script."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from smilecity.core import clock
from smilecity.core.models import Noun
from smilecity.people.models import Account
from smilecity.places import privacy
from smilecity.places.actions import offers as acts
from smilecity.places.models import Offer, Registration
from tests.places.offer_stage import NOW, Stage

pytestmark = pytest.mark.django_db
TYPED = {
    "title_de": "Lesekreis", "kind": "offer", "category": "culture", "starts": "2026-11-26T18:00",
    "ends": "2026-11-26T20:00", "every": "week", "interval": "2", "days": ["1", "3"], "until": "2027-06-30",
    "without": "24.12.2026\n31.12.2026", "registration": "here", "capacity": "8", "free": "yes", "then": "send",
    "access_step_free": "yes", "bring_de": "Ein Buch",
}  # fmt: skip
ICAL = b"""BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:chor@club
DTSTART;TZID=Europe/Berlin:20261126T190000
DTEND;TZID=Europe/Berlin:20261126T210000
RRULE:FREQ=WEEKLY;UNTIL=20270101T000000Z
SUMMARY:Chor
END:VEVENT
BEGIN:VEVENT
UID:bomb@club
DTSTART:20261126T190000Z
RRULE:FREQ=SECONDLY
SUMMARY:Bombe
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def stage(db: None, person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(person, organisation)


@pytest.fixture
def signed(stage: Stage) -> Callable[[str], Client]:
    def client(name: str) -> Client:
        made = Client()
        made.force_login(Account.objects.get(id=stage.people[name].account))
        return made

    return client


def test_a_trainer_writes_an_offer_and_the_city_publishes_it(
    stage: Stage, signed: Callable[[str], Client]
) -> None:
    trainer, clerk = signed("trainer"), signed("clerk")
    assert trainer.get("/desk/offers/new/").status_code == 200
    answer = trainer.post(
        "/desk/offers/new/", {**TYPED, "keeper": str(stage.club), "place": str(stage.noun.id)}
    )
    assert answer.headers["Location"] == "/desk/offers/lesekreis/"
    offer = Offer.objects.get(noun__address="offers/lesekreis")
    assert offer.rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20270630"
    assert offer.without == ["2026-12-24T18:00", "2026-12-31T18:00"]
    shown = trainer.get("/desk/offers/lesekreis/").content.decode()
    assert "alle 2 Wochen: jeden Dienstag und Donnerstag" in shown
    assert "wartet auf einen Blick der Stadt" in shown
    assert "/desk/offers/review/" in clerk.get("/desk/inbox/").content.decode()
    review = f"/desk/offers/review/{offer.noun_id}/"
    page = clerk.get(review)
    assert "Ein Buch" in page.content.decode()
    clerk.post(review, {"then": "publish", "seen": page.context["seen"]})
    assert Noun.objects.get(id=offer.noun_id).visibility == "public"


def test_the_form_shows_what_it_kept_and_saving_it_again_changes_nothing(
    stage: Stage, signed: Callable[[str], Client]
) -> None:
    clerk = signed("clerk")
    clerk.post("/desk/offers/new/", {**TYPED, "keeper": str(stage.club), "place": str(stage.noun.id)})
    form = clerk.get("/desk/offers/lesekreis/").context["form"]
    again = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    again["until"] = "2027-06-30"
    clerk.post("/desk/offers/lesekreis/", {**again, "then": "keep"})
    assert Offer.objects.get(noun__address="offers/lesekreis").waits == {}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title_de": ""}, "title_de"), ({"ends": "2026-11-26T17:00"}, "ends"), ({"starts": "gestern"}, "starts"),
        ({"without": "32.13.2026"}, "without"), ({"age_from": "x"}, "age_from"), ({"capacity": "0"}, "capacity"),
        ({"registration": "elsewhere"}, "register_at"), ({"website": "ftp://x"}, "website"),
        ({"starts": "2027-03-28T02:30", "ends": "2027-03-28T04:30", "every": ""}, "starts"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(
    stage: Stage, signed: Callable[[str], Client], typed: dict[str, str], field: str
) -> None:
    answer = signed("trainer").post("/desk/offers/new/", {**TYPED, "keeper": str(stage.club), **typed})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Noun.objects.filter(address="offers/lesekreis").exists()


def test_a_resident_may_only_ask_who_joins(stage: Stage, signed: Callable[[str], Client]) -> None:
    rita = signed("resident")
    assert [key for key, _ in rita.get("/desk/offers/new/").context["form"].fields["kind"].choices] == [
        "join"
    ]
    assert rita.post("/desk/offers/new/", {**TYPED, "kind": "offer"}).status_code == 422
    assert rita.post("/desk/offers/new/", {**TYPED, "kind": "join"}).status_code == 302
    assert rita.get("/desk/offers/yoga/").status_code == 404
    assert rita.get(f"/desk/offers/yoga/dates/{stage.first()}/").status_code == 404
    assert Client().get("/desk/offers/").status_code == 302


def test_dates_are_moved_noted_and_cancelled_at_the_desk(
    stage: Stage, signed: Callable[[str], Client]
) -> None:
    trainer = signed("trainer")
    at = f"/desk/offers/yoga/dates/{stage.first()}/"
    assert trainer.get("/desk/offers/yoga/dates/").status_code == 200
    assert (
        trainer.post(at, {"then": "move", "starts": "2026-11-25T19:00", "minutes": "60"}).status_code == 302
    )
    assert trainer.post(at, {"then": "move", "starts": "2026-11-25", "minutes": "60"}).status_code == 422
    assert (
        trainer.post(at, {"then": "move", "starts": "2026-11-25T19:00", "minutes": "-1"}).status_code == 422
    )
    assert trainer.post(at, {"then": "note", "note": "Raum 3"}).status_code == 302
    assert trainer.post(at, {"then": "cancel", "reason": ""}).status_code == 422
    assert trainer.post(at, {"then": "cancel", "reason": "Sturm"}).status_code == 302
    assert trainer.post(at, {"then": "what"}).status_code == 422
    assert trainer.post("/desk/offers/yoga/dates/", {"then": "copy", "days": "364"}).headers["Location"] == (
        "/desk/offers/yoga-am-hafen/"
    )
    assert (
        trainer.post("/desk/offers/yoga/dates/", {"then": "cancel", "reason": "Keine Trainerin"}).status_code
        == 302
    )


def test_only_the_organiser_sees_who_comes_and_no_formula_gets_out(
    stage: Stage, signed: Callable[[str], Client]
) -> None:
    stage.come("=HYPERLINK(1)", note="@bold")
    at = f"/desk/offers/yoga/dates/{stage.first()}/"
    table = signed("trainer").get(f"{at}people.csv").content.decode()
    assert "'=HYPERLINK(1)" in table
    assert "'@bold" in table
    for name in ("clerk", "operator"):
        assert "HYPERLINK" not in signed(name).get(at).content.decode()
        assert signed(name).get(f"{at}people.csv").status_code == 404
    off = {"then": "off", "registration": str(Registration.objects.get().id)}
    assert signed("clerk").post(at, off).status_code == 404
    assert signed("trainer").post(at, off).status_code == 302


def test_a_calendar_is_looked_at_then_brought_along_and_again_changes_nothing(
    stage: Stage, signed: Callable[[str], Client]
) -> None:
    clerk = signed("clerk")
    given = {"keeper": str(stage.club), "category": "culture", "then": "look"}
    page = clerk.post("/desk/offers/import/", {**given, "file": SimpleUploadedFile("a.ics", ICAL)})
    assert [row["line"].what for row in page.context["rows"]] == ["new", "broken"]
    assert not Offer.objects.exclude(came_from="").exists()
    kept = page.context["form"]["kept"].value()
    assert clerk.post("/desk/offers/import/", {**given, "then": "write", "kept": kept}).status_code == 302
    offer = Offer.objects.get(came_from=f"{stage.club}/chor@club")
    assert offer.rule == "FREQ=WEEKLY;UNTIL=20270101T010000"
    again = clerk.post("/desk/offers/import/", {**given, "file": SimpleUploadedFile("a.ics", ICAL)})
    assert [row["line"].what for row in again.context["rows"]] == ["same", "broken"]
    later = ICAL.replace(b"T210000", b"T213000")
    once_more = clerk.post("/desk/offers/import/", {**given, "file": SimpleUploadedFile("a.ics", later)})
    assert [row["line"].what for row in once_more.context["rows"]] == ["changed", "broken"]
    for bad in (
        {"kept": "%%%"},
        {"address": "http://127.0.0.1/x.ics"},
        {},
        {"file": SimpleUploadedFile("a", b"\0\xff")},
    ):
        assert clerk.post("/desk/offers/import/", {**given, **bad}).status_code in (400, 422)


def test_whoever_leaves_frees_the_seat_and_takes_their_calls_along(stage: Stage) -> None:
    rita = stage.people["resident"]
    stage.keep(rita, "skat", keeper=None, kind="join")
    stage.come("resident")
    stage.come("Nora")
    waits = stage.come("Paul")
    account = rita.account or 0
    assert len(privacy.export(account)["registrations"]) == len(privacy.export(account)["offers"]) == 1
    privacy.forget(account)
    waits.refresh_from_db()
    assert waits.state == "comes"
    assert not Noun.objects.filter(address="offers/skat").exists()
    assert not Registration.objects.filter(account=account).exists()
    assert acts.forget_registered(stage.people["node"]) == 0
