# SPDX-License-Identifier: EUPL-1.2
"""Booking by pages, without a script: for residents, for clubs, and at the desk."""

import csv
import html
import io
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from smilecity.core import clock
from smilecity.core.models import LogEntry
from smilecity.places.actions import booking as acts
from smilecity.places.models import Booking, Claim, Policy, Season, Series, Unit
from tests.places.booking_stage import NOW, Stage, at, must_hold

pytestmark = pytest.mark.django_db
BOOK = "/places/court/book/"


@pytest.fixture
def stage(person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(person, organisation)
        must_hold()


def as_(stage: Stage, name: str) -> Client:
    client = Client()
    client.force_login(stage.accounts[name])
    return client


def body(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def starts(page: str) -> list[str]:
    """The moments that the page's slot buttons stand for."""
    return re.findall(r'name="start" value="([^"]+)"', page)


def pick(client: Client, stage: Stage, part: str, hour: float, day: int = 0, **more: Any) -> Any:
    """Press the button of a slot, as the calendar has it."""
    sent = {"unit": stage.id(part), "minutes": 60, "start": at(hour, day)[0].isoformat(), "key": uuid.uuid4()}
    return client.post(BOOK, {**sent, **more})


def test_everyone_sees_what_is_free_and_only_signed_in_one_can_take_it(stage: Stage) -> None:
    stage.book("nora", "left", at(10))
    page = body(Client().get(f"{BOOK}?unit={stage.id('left')}"))
    assert "vergeben" in page and "nora" not in page.lower()
    assert starts(page) == [] and "Anmelden und buchen" in page
    assert "Eine Buchung dauert 1 Stunde bis 2 Stunden." in page
    answer = pick(Client(), stage, "left", 12)
    assert answer.status_code == 302 and "/account/login/" in answer["Location"]
    assert Booking.objects.count() == 1


def test_from_the_calendar_to_the_booking(stage: Stage) -> None:
    rita = as_(stage, "rita")
    page = body(rita.get(f"{BOOK}?unit={stage.id('left')}"))
    assert at(12)[0].isoformat() in starts(page)
    answer = pick(rita, stage, "left", 12)
    booking = Booking.objects.get()
    assert (answer["Location"], booking.state) == (f"/me/bookings/{booking.id}/", Booking.HELD)
    page = body(rita.get(answer["Location"]))
    assert "Noch 10 Minuten, bis 08:10 Uhr" in page and "Stimmt alles?" in page
    said = {"then": "confirm", "what": "Körbe <werfen>", "people": "4"}
    assert rita.post(answer["Location"], said).status_code == 302
    booking.refresh_from_db()
    assert (booking.state, booking.what, booking.people) == (Booking.BOOKED, "Körbe <werfen>", 4)
    page = rita.get(answer["Location"]).content.decode()
    assert "Körbe &lt;werfen&gt;" in page
    assert "left" in body(rita.get("/me/bookings/"))
    assert "Ihre Buchung" in body(rita.get(f"{BOOK}?unit={stage.id('left')}"))


def test_pressed_twice_it_is_one_hold(stage: Stage) -> None:
    rita, key = as_(stage, "rita"), uuid.uuid4()
    first = pick(rita, stage, "left", 12, key=key)
    assert pick(rita, stage, "left", 12, key=key)["Location"] == first["Location"]
    assert Booking.objects.count() == 1


def test_who_loses_the_race_is_shown_what_is_free_next(stage: Stage) -> None:
    rita, nora = as_(stage, "rita"), as_(stage, "nora")
    pick(nora, stage, "court", 12)
    answer = pick(rita, stage, "left", 12)
    page = body(answer)
    assert answer.status_code == 409
    assert "Diese Zeit ist schon vergeben." in page and "nora" not in page.lower()
    assert starts(page)[0] == at(13)[0].isoformat()
    assert pick(rita, stage, "left", 13).status_code == 302


def test_a_hold_that_is_over_says_so_and_offers_to_choose_again(stage: Stage) -> None:
    rita = as_(stage, "rita")
    address = pick(rita, stage, "left", 12)["Location"]
    with clock.frozen(NOW + timedelta(minutes=11)):
        assert "Noch einmal wählen" in body(rita.get(address))
        answer = rita.post(address, {"then": "confirm", "what": "", "people": ""})
        assert answer.status_code == 409 and "Die Zeit zum Bestätigen ist vorbei." in body(answer)


def test_more_people_than_fit_are_refused_beside_the_field_and_it_stays_a_hold(stage: Stage) -> None:
    stage.rule(people=8)
    rita = as_(stage, "rita")
    address = pick(rita, stage, "left", 12)["Location"]
    answer = rita.post(address, {"then": "confirm", "what": "Fest", "people": "9"})
    page = body(answer)
    assert answer.status_code == 422
    assert (
        re.search(r'id="id_people_error"[^>]*>[^<]*<[^>]*>?[^<]*', page) and "Höchstens 8 Menschen." in page
    )
    assert 'value="Fest"' in page
    assert Booking.objects.get().state == Booking.HELD


def test_age_is_asked_only_where_it_matters_and_never_kept(stage: Stage) -> None:
    rita = as_(stage, "rita")
    assert 'name="age"' not in body(rita.get(BOOK))
    stage.rule(age_from=10, alone_from=16)
    assert 'name="age"' in body(rita.get(BOOK))
    assert "Wer jünger als 16 ist" in body(rita.get(BOOK))
    assert pick(rita, stage, "left", 12).status_code == 422
    assert pick(rita, stage, "left", 12, age=12).status_code == 422
    assert pick(rita, stage, "left", 12, age=12, guardian="on").status_code == 302


def test_moving_cancelling_and_the_file_for_a_calendar(stage: Stage) -> None:
    mine = stage.book("rita", "left", at(10))
    rita, nora = as_(stage, "rita"), as_(stage, "nora")
    address = f"/me/bookings/{mine.id}/"
    for page in (address, f"{address}move/", f"{address}booking.ics"):
        assert nora.get(page).status_code == 404 and Client().get(page).status_code == 302
    stage.book("nora", "left", at(12))
    assert rita.post(f"{address}move/", {"start": at(12)[0].isoformat()}).status_code == 409
    assert rita.post(f"{address}move/", {"start": "heute"}).status_code == 422
    assert rita.post(f"{address}move/", {"start": at(14)[0].isoformat()}).status_code == 302
    file = rita.get(f"{address}booking.ics")
    assert file["Content-Type"] == "text/calendar; charset=utf-8"
    assert b"DTSTART:20261123T130000Z" in file.content and b"STATUS:CONFIRMED" in file.content
    assert rita.post(address, {"then": "cancel", "reason": ""}).status_code == 302
    mine.refresh_from_db()
    assert mine.state == Booking.CANCELLED
    assert "Wieder buchen" in body(rita.get(address))


@pytest.mark.parametrize(
    "sent",
    [
        {"start": "x"}, {"start": "2026-11-23T12:00"}, {"start": "9999-12-31T23:00:00+00:00"}, {"minutes": "7"},
        {"minutes": "-60"}, {"unit": "0"}, {"unit": "9" * 30}, {"key": "x", "start": ""}, {"organisation": "1"},
    ],
)  # fmt: skip
def test_nonsense_gets_a_page_and_books_nothing(stage: Stage, sent: dict[str, str]) -> None:
    answer = pick(as_(stage, "rita"), stage, "left", 30, **sent)
    assert answer.status_code in (403, 404, 422)
    assert not Booking.objects.exists()
    for query in ("day=x", "day=9999-12-31", "minutes=x", "age=-4", "unit=-1", "day=0001-01-01"):
        assert as_(stage, "rita").get(f"{BOOK}?{query}").status_code in (200, 404)


def test_a_club_books_in_its_name_and_nobody_else_does(stage: Stage) -> None:
    stage.rule(fees={"club": 500, "person": 1000})
    karim = as_(stage, "karim")
    assert "SV Hafen" in body(karim.get(BOOK))
    pick(karim, stage, "left", 12, organisation=stage.club.noun_id)
    held = Booking.objects.get()
    assert (held.organisation_id, held.fee_cents) == (stage.club.noun_id, 500)
    assert "Es kostet 5,00 €" in body(karim.get(f"/me/bookings/{held.id}/"))
    answer = pick(as_(stage, "rita"), stage, "right", 12, organisation=stage.club.noun_id)
    assert answer.status_code == 403 and Booking.objects.count() == 1


def wish(stage: Stage, unit: str = "hall", **more: Any) -> dict[str, Any]:
    return {
        "unit": stage.id(unit), "organisation": stage.firm.noun_id, "first": "2026-11-24", "last": "2026-12-15",
        "from_time": "18:00", "until_time": "20:00", "what": "Training", **more,
    }  # fmt: skip


def test_a_series_with_one_conflict_costs_that_date_and_dates_are_given_back(stage: Stage) -> None:
    tina, karim = as_(stage, "tina"), as_(stage, "karim")
    stage.book("nora", "hall", at(19, day=8))
    answer = tina.post(f"{BOOK}series/", wish(stage))
    series = Series.objects.get()
    assert answer["Location"] == f"/me/bookings/series/{series.id}/"
    assert "Noch ist nichts gebucht." in body(tina.get(answer["Location"]))
    desk = f"/desk/bookings/series/{series.id}/"
    assert tina.get(desk).status_code == 404
    assert karim.post(desk, {"then": "refuse", "reason": " "}).status_code == 422
    assert karim.post(desk, {"then": "grant"}).status_code == 302
    assert Booking.objects.filter(series=series, state=Booking.BOOKED).count() == 3
    page = body(tina.get(answer["Location"]))
    assert "Dienstag, 1. Dezember: schon vergeben" in page and "3 Termine kommen noch" in page
    assert "nora" not in page.lower()
    first = Booking.objects.filter(series=series).earliest("id")
    assert as_(stage, "nora").post(answer["Location"], {"give": first.id}).status_code == 404
    assert tina.post(answer["Location"], {"give": first.id}).status_code == 302
    assert tina.post(answer["Location"], {"give": "x"}).status_code == 422
    assert "2 Termine kommen noch" in body(tina.get(answer["Location"]))
    assert tina.post(answer["Location"], {"give": "all"}).status_code == 302
    series.refresh_from_db()
    assert series.state == Series.ENDED
    assert not Booking.objects.filter(series=series, state=Booking.BOOKED).exists()
    assert not Claim.objects.filter(booking__series=series).exists()


def test_unused_dates_are_told(stage: Stage) -> None:
    stage.rule(grace=15)
    as_(stage, "tina").post(f"{BOOK}series/", wish(stage))
    series = acts.grant_series(stage.who["karim"], Series.objects.get().id)
    Booking.objects.filter(id__in=Booking.objects.filter(series=series)[:1]).update(state=Booking.MISSED)
    Claim.objects.filter(booking__state=Booking.MISSED).delete()
    with clock.frozen(NOW + timedelta(days=9)):
        assert "1 von 2 ungenutzt" in body(as_(stage, "tina").get(f"/me/bookings/series/{series.id}/"))
        assert "war einmal niemand da" in body(as_(stage, "karim").get("/desk/bookings/"))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"last": "2026-11-01"}, "last"), ({"until_time": "17:00"}, "until_time"), ({"first": "31.2.2027"}, "first"),
        ({"last": "2099-01-01"}, "last"), ({"from_time": "18:07"}, "first"),
    ],
)  # fmt: skip
def test_a_series_that_makes_no_sense_is_refused_beside_its_field(
    stage: Stage, more: Any, field: str
) -> None:
    answer = as_(stage, "tina").post(f"{BOOK}series/", wish(stage, **more))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Series.objects.exists()


def test_a_season_from_asking_to_the_decision(stage: Stage) -> None:
    karim, tina = as_(stage, "karim"), as_(stage, "tina")
    said = {"name": "Frühling", "starts_on": "2027-01-11", "ends_on": "2027-03-28", "ask_until": "2026-12-15"}
    assert tina.get("/desk/bookings/at/court/seasons/new/").status_code == 404
    assert karim.post("/desk/bookings/at/court/seasons/new/", {**said, "ends_on": ""}).status_code == 422
    desk = karim.post("/desk/bookings/at/court/seasons/new/", said)["Location"]
    season = Season.objects.get()
    page = f"{BOOK}season/{season.id}/"
    days = {"first": "2027-01-12", "last": "2027-01-26"}
    assert tina.post(page, wish(stage, "hall", **days)).status_code == 302
    assert (
        karim.post(
            page, wish(stage, "hall", organisation=stage.club.noun_id, what="geheim", **days)
        ).status_code
        == 302
    )
    mine, theirs = (Series.objects.get(organisation=one.noun_id) for one in (stage.firm, stage.club))
    seen = body(tina.get(page))
    assert "trifft an 3 Terminen auf einen anderen Wunsch" in seen
    assert "SV Hafen" not in seen and "geheim" not in seen
    shown = body(karim.get(desk))
    assert "3 Termine: 12. Januar 2027" in shown and shown.index("Firma") < shown.index("geheim")
    assert karim.post(desk, {"then": "decide"}).status_code == 409
    assert karim.post(desk, {"up": str(theirs.id)}).status_code == 302
    with clock.frozen(datetime(2026, 12, 16, 9, tzinfo=UTC)):
        assert karim.post(desk, {"then": "decide"}).status_code == 302
    mine.refresh_from_db(), theirs.refresh_from_db()
    assert (len(theirs.left_out), len(mine.left_out)) == (0, 3)
    assert "Für diese Saison kann man nicht mehr anfragen." in body(tina.get(page))


def test_many_are_granted_at_once_and_that_is_taken_back(stage: Stage) -> None:
    stage.rule(approval="always")
    one, two, three = (stage.book("rita", unit, at(12)) for unit in ("left", "right", "hall"))
    karim = as_(stage, "karim")
    page = body(karim.get("/desk/bookings/"))
    assert page.count("Hier wird jede Anfrage angesehen.") == 3
    assert karim.post("/desk/bookings/", {"then": "grant"}).status_code == 422
    assert as_(stage, "tina").post("/desk/bookings/", {"booking": one.id}).status_code == 404
    karim.post("/desk/bookings/", {"then": "grant", "booking": [one.id, two.id]})
    assert Booking.objects.filter(state=Booking.BOOKED).count() == 2
    acts.cancel(stage.who["rita"], two.id)
    undo = re.search(r'name="undo" value="(\d+)"', body(karim.get("/desk/bookings/")))
    assert undo is not None
    assert as_(stage, "tina").post("/desk/bookings/", {"then": "undo", "undo": undo[1]}).status_code == 404
    karim.post("/desk/bookings/", {"then": "undo", "undo": undo[1]})
    assert [Booking.objects.get(id=each.id).state for each in (one, two, three)] == [
        "asked",
        "cancelled",
        "asked",
    ]
    assert LogEntry.objects.filter(verb="booking-waits").count() == 1
    desk = f"/desk/bookings/{one.id}/"
    assert karim.post(desk, {"then": "refuse", "reason": ""}).status_code == 422
    assert karim.post(desk, {"then": "refuse", "reason": "Da wird gestrichen."}).status_code == 302
    assert "Da wird gestrichen." in body(as_(stage, "rita").get(f"/me/bookings/{one.id}/"))


def test_rules_are_fields_and_read_back_the_same(stage: Stage) -> None:
    karim, desk = as_(stage, "karim"), f"/desk/bookings/at/court/rules/{stage.policy}/"
    stage.rule(fees={"club": 1250}, cancel_until=120, person={"open": 2}, grace=20)
    before = Policy.objects.get(id=stage.policy).rules
    form = karim.get(desk).context["form"]
    typed = {one.html_name: one.value() for one in form if one.value() not in (None, "")}
    preview = karim.post(desk, {**typed, "longest": "90", "then": "preview"})
    assert "Eine Buchung dauert 1 Stunde bis 90 Minuten." in body(preview)
    assert Policy.objects.get(id=stage.policy).rules == before
    assert karim.post(desk, {**typed, "then": "keep"}).status_code == 302
    after = Policy.objects.get(id=stage.policy).rules
    assert {**after, "fees": {"club": after["fees"]["club"]}} == before
    wrong = karim.post(desk, {**typed, "shortest": "45", "then": "keep"})
    assert wrong.status_code == 422 and list(wrong.context["form"].errors) == ["shortest"]
    assert as_(stage, "tina").get(desk).status_code == 404


def test_a_part_is_made_and_stands_in_the_tree(stage: Stage, person: Callable[..., Any]) -> None:
    karim, desk = as_(stage, "karim"), "/desk/bookings/at/court/units/new/"
    stage.accounts["olga"] = person("olga", ("operator", stage.firm, None))
    olga = as_(stage, "olga")
    part = {
        "key": "corner",
        "name_de": "Ecke",
        "kind": "room",
        "parent": stage.id("hall"),
        "policy": stage.policy,
    }
    assert olga.post(desk, {**part, "key": "hall"}).status_code == 409
    assert karim.post(desk, part).status_code == 403
    assert olga.post(desk, part).status_code == 302
    made = Unit.objects.get(key="corner")
    assert (made.parent_id, made.booked_by_id) == (stage.id("hall"), stage.policy)
    circle = karim.post(
        f"/desk/bookings/at/court/units/{stage.id('hall')}/", {"name_de": "hall", "parent": made.id}
    )
    assert circle.status_code == 422 and Unit.objects.get(key="hall").parent_id is None
    made.delete()


def test_numbers_hide_few_and_the_treasury_gets_no_persons(stage: Stage) -> None:
    stage.rule(fees={"person": 1500, "club": 500}, latest_days=30)
    for day in (1, 8, 15):
        stage.book("rita", "left", at(10, day))
    stage.book("nora", "left", at(14, 1))
    stage.book("karim", "hall", at(14, 2), organisation=stage.club.noun_id)
    karim = as_(stage, "karim")
    days = "?since=2026-11-23&until=2026-12-20"
    page = body(karim.get(f"/desk/bookings/at/court/use/{days}"))
    assert ">3</td>" in page and ">unter 3</td>" in page and ">1</td>" not in page
    file = karim.get(f"/desk/bookings/at/court/fees.csv{days}").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(file), delimiter=";"))
    assert [row[-1] for row in rows] == ["euros", "15,00", "15,00", "5,00", "15,00", "15,00"]
    assert "rita" not in file.lower() and "SV Hafen" in file
    for wrong in ("?since=x", "?since=2027-01-01&until=2026-01-01", "?since=2020-01-01"):
        assert karim.get(f"/desk/bookings/at/court/use/{wrong}").status_code == 422
    assert as_(stage, "tina").get("/desk/bookings/at/court/use/").status_code == 404


def test_the_notice_board_says_when_and_not_who(stage: Stage) -> None:
    stage.book("rita", "left", at(10), what="Geheimes Treffen")
    board = body(Client().get(f"{BOOK}{stage.id('court')}/week/?day=2026-11-25"))
    assert "10:00 bis 11:00 Uhr" in board and "Geheimes" not in board and "rita" not in board.lower()
    assert board.count("<dt") == 7
    assert Client().get(f"{BOOK}77/week/").status_code == 404


def test_the_place_leads_to_its_booking(stage: Stage) -> None:
    assert f"{BOOK}?unit={stage.id('left')}" in body(Client().get("/places/court/"))
