# SPDX-License-Identifier: EUPL-1.2
"""What is lent, set at the desk without a script: kits, their terms in words, and the terms of lending by version."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Role, Who
from smilecity.places import rights
from smilecity.places.actions import lending
from smilecity.places.models import Kit, Liability, Loan, LockCommand
from smilecity.places.reads.lending import keeping
from tests.places.lending_stage import NOW, TERMS, Stage

pytestmark = pytest.mark.django_db
NEW = "/desk/lending/kits/at/court/new/"


@pytest.fixture
def stage(person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(person, organisation)


def signed_in(stage: Stage, name: str) -> Client:
    client = Client()
    client.force_login(stage.accounts[name])
    return client


def text(answer: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def shown(client: Client, page: str) -> dict[str, Any]:
    """What a browser would send if one pressed a button without typing anything."""
    form = client.get(page).context["form"]
    fields = {one.html_name: one.value() for one in form if one.value() not in (None, "")}
    return {**fields, "rows": getattr(form, "count", "")}


def press(client: Client, page: str, then: str = "keep", **change: Any) -> Any:
    return client.post(page, {**shown(client, page), **change, "then": then})


def test_a_kit_is_made_after_its_terms_are_read(stage: Stage) -> None:
    petra = signed_in(stage, "petra")
    typed = {
        "name_de": "Federball <b>", "name_en": "Badminton", "item0_de": "Schläger", "item0_en": "racket",
        "item0_count": 4, "item1_de": "Netz", "length": 3, "length_unit": 1440, "age_from": 6, "alone_from": 10,
        "partner": stage.club.noun_id,
    }  # fmt: skip
    looked = text(press(petra, NEW, "preview", **typed))
    assert "Sie können es 3 Tage behalten." in looked and "mindestens 6 Jahre alt" in looked
    assert Kit.objects.count() == 3
    made = press(petra, NEW, **typed)
    kit = Kit.objects.get(key="federball-b")
    assert made["Location"] == f"/desk/lending/kits/{kit.id}/"
    assert kit.rules["minutes"] == 3 * 1440 and kit.partner_id == stage.club.noun_id
    assert kit.items == [
        {"name": {"de": "Schläger", "en": "racket"}, "count": 4}, {"name": {"de": "Netz"}, "count": 1},
    ]  # fmt: skip
    assert "Federball &lt;b&gt;" in petra.get("/desk/lending/kits/").content.decode()
    press(petra, NEW, name_de="Federball b", item0_de="Ball")
    assert Kit.objects.filter(key="federball-b-2").exists()


def test_it_is_changed_and_stays_the_same_kit(stage: Stage) -> None:
    karim, kit = signed_in(stage, "petra"), stage.kits["ball"]
    page = f"/desk/lending/kits/{kit.id}/"
    before = Kit.objects.values().get(id=kit.id)
    assert press(karim, page).status_code == 302
    assert Kit.objects.values().get(id=kit.id) == before
    assert press(karim, page, name_de="Basketball", length=90, length_unit=1).status_code == 302
    kit.refresh_from_db()
    assert (kit.name, kit.key, kit.rules["minutes"]) == ({"de": "Basketball"}, "ball", 90)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"name_de": ""}, "name_de"),
        ({"item0_de": "", "item0_en": ""}, "item0_de"),
        ({"item0_count": "0"}, "item0_count"),
        ({"item0_count": "viele"}, "item0_count"),
        ({"length": "100", "length_unit": "1440"}, "length"),
        ({"length": "x"}, "length"),
        ({"age_from": "12", "alone_from": "8"}, "alone_from"),
        ({"unit": "987654321"}, "unit"),
        ({"partner": "987654321"}, "partner"),
        ({"who": "nobody"}, "who"),
        ({"name_de": "x\x01y"}, "name_de"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(stage: Stage, wrong: dict[str, str], where: str) -> None:
    kit = stage.kits["ball"]
    before = Kit.objects.values().get(id=kit.id)
    answer = press(signed_in(stage, "petra"), f"/desk/lending/kits/{kit.id}/", **wrong)
    assert answer.status_code in (400, 422)
    assert f'id="id_{where}_error"' in answer.content.decode()
    assert Kit.objects.values().get(id=kit.id) == before


def test_more_rows_come_when_all_are_full(stage: Stage) -> None:
    petra = signed_in(stage, "petra")
    many = {f"item{n}_de": f"Ding {n}" for n in range(4)}
    page = f"/desk/lending/kits/{stage.kits['ball'].id}/"
    assert petra.get(page).context["form"].count == 4
    assert press(petra, page, "preview", **many).context["form"].count == 7
    assert press(petra, page, rows="9" * 50).status_code == 302


def test_away_lost_and_found(stage: Stage) -> None:
    petra, kit = signed_in(stage, "petra"), stage.kits["drill"]
    page = f"/desk/lending/kits/{kit.id}/"
    for put, state in (("away", Kit.AWAY), ("back", Kit.READY), ("lost", Kit.LOST), ("found", Kit.READY)):
        assert petra.post(page, {"put": put}).status_code == 302
        kit.refresh_from_db()
        assert kit.state == state
    assert petra.post(page, {"put": "nonsense"}).status_code == 422
    stage.borrow(kit="drill")
    refused = petra.post(page, {"put": "lost"})
    assert refused.status_code == 409 and "gerade ausgeliehen" in text(refused)
    kit.refresh_from_db()
    assert kit.state == Kit.OUT


def test_kits_are_kept_by_who_keeps_the_place(stage: Stage) -> None:
    page = f"/desk/lending/kits/{stage.kits['ball'].id}/"
    tina, rita = signed_in(stage, "tina"), signed_in(stage, "rita")
    for path in (page, NEW):
        assert (tina.get(path).status_code, rita.get(path).status_code) == (404, 403)
    assert tina.post(page, {"put": "lost"}).status_code == 404
    assert "ball" not in text(tina.get("/desk/lending/kits/"))
    for path in (
        "/desk/lending/kits/987654321/",
        "/desk/lending/kits/at/nowhere/new/",
        "/desk/lending/kits/?after=x",
    ):
        assert signed_in(stage, "petra").get(path).status_code in (400, 404, 422)


def test_the_list_asks_a_constant_number_of_questions(
    stage: Stage, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    petra = signed_in(stage, "petra")
    for number in range(20):
        lending.keep_kit(
            NODE, stage.place.noun_id, f"kit-{number}", {"de": "Ball"}, [{"name": {"de": "Ball"}}]
        )
    with django_assert_max_num_queries(14):
        petra.get("/desk/lending/kits/")


def test_terms_are_read_first_and_then_a_new_version(stage: Stage) -> None:
    karim = signed_in(stage, "karim")
    page = f"/desk/lending/terms/{stage.club.noun_id}/"
    assert karim.get("/desk/lending/terms/")["Content-Type"].startswith("text/html")
    looked = press(karim, page, "preview", text_de="<i>Sorgsam</i> sein.\r\n\r\nZurückbringen.")
    assert "&lt;i&gt;Sorgsam" in looked.content.decode() and Liability.objects.count() == 1
    kept = press(karim, page, text_de="Sorgsam sein.\r\nZurückbringen.")
    assert kept.status_code == 302
    own = Liability.objects.get(keeper=stage.club.noun_id)
    assert (own.version, own.text) == (1, {"de": "Sorgsam sein.\nZurückbringen."})
    press(karim, page, text_de="Sorgsam sein.\r\nZurückbringen.")
    assert (
        Liability.objects.filter(keeper=stage.club.noun_id).count() == 1
    )  # the same text is the same version
    press(karim, page, text_de="Anders.")
    assert "Fassung 2, seit 01.06.2026" in text(karim.get(page))
    assert press(karim, page, text_de="").status_code == 422


def test_who_accepted_is_only_a_number(stage: Stage) -> None:
    stage.borrow()
    (version,) = keeping.versions(NODE, None)
    assert (version.loans, version.terms.text) == (1, TERMS)
    assert keeping.versions(stage.who["petra"], None) == []


def test_whose_terms_are_whose(stage: Stage) -> None:
    club, other = stage.club.noun_id, stage.other.noun_id
    whole = {role: Who("account/1", 1, frozenset({Role(role)})) for role in ("operator", "steward", "clerk")}
    part = Who("account/2", 2, frozenset({Role("steward", stage.place.noun.area_id or 7)}))
    assert [rights.may_keep_liability(one, None) for one in (*whole.values(), part, NODE)] == [
        True, True, False, False, True,
    ]  # fmt: skip
    for who in (*whole.values(), part, stage.who["tina"], stage.who["rita"]):
        assert not rights.may_keep_liability(who, club)
        with pytest.raises(Refusal):
            lending.keep_liability(who, {"de": "Meins"}, keeper=club)
    assert rights.may_keep_liability(stage.who["karim"], club)
    assert not rights.may_keep_liability(stage.who["karim"], other)
    assert signed_in(stage, "karim").get("/desk/lending/terms/city/").status_code == 404
    assert signed_in(stage, "rita").get("/desk/lending/terms/").status_code == 403


def test_who_looks_after_it_starts_a_return_and_is_not_lost(stage: Stage) -> None:
    loan, later = stage.take(), NOW + timedelta(minutes=20)
    petra, page = signed_in(stage, "petra"), f"/me/loans/{loan.id}/"
    with clock.frozen(later):
        answer = petra.post(page, {"then": "back"})
        assert (answer.status_code, answer["Location"]) == (302, page)
        assert stage.now(loan).state == Loan.RETURNING
        unlocks = LockCommand.objects.filter(grant=loan.grant_id, what="unlock", made_at=later)
        assert not unlocks.exists() and petra.get(page).status_code == 200
        lending.give_back(stage.who["rita"], loan.id)  # the borrower's own word opens the door
        assert unlocks.exists()
