# SPDX-License-Identifier: EUPL-1.2
"""A call: written down by a clerk who is not its author, merged where it is the same, and a code read out."""

import html
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from smilecity.citizens import reads
from smilecity.citizens.actions.doors.by_hand import write_down
from smilecity.citizens.models import Category, Need
from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from tests.citizens.town import Town

PHONE = "/desk/needs/phone/"
CALL = {"kind": "wish", "words": "Am Hafen fehlt Schatten.", "place": "", "category": "", "contact": ""}


def call(client: Client, town: Town, name: str = "clerk", **change: Any) -> Any:
    client.force_login(town.accounts[name])
    return client.post(PHONE, {**CALL, "form": uuid4(), **change})


def body_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_a_call_is_nobodys_and_its_code_is_read_out_once(client: Client, town: Town) -> None:
    answer = call(client, town, place="platz", contact="name@beispiel.de")
    need = Need.objects.get()
    assert (need.door, need.account, need.contact) == ("phone", None, "name@beispiel.de")
    assert (need.noun.area_id, need.noun.keeper_id) == (town.quarter, town.club)
    body = body_of(answer)
    code = reads.code_of(need.form)
    assert code in body
    assert need.code == reads.code_digest(code)
    assert str(need.form) not in body.split('name="form"')[1][:80]  # the next call starts empty
    assert "Am Hafen fehlt" not in body
    assert code not in body_of(client.get(PHONE))


def test_a_place_that_nobody_knows_stays_as_words(client: Client, town: Town) -> None:
    call(client, town, place="hinter der alten Post")
    need = Need.objects.get()
    assert (need.where, need.noun.area_id) == ("hinter der alten Post", None)


def test_the_same_call_sent_twice_is_one(client: Client, town: Town) -> None:
    form = uuid4()
    first, second = call(client, town, form=form), call(client, town, form=form)
    assert (first.status_code, second.status_code, Need.objects.count()) == (200, 200, 1)
    assert reads.code_of(form) in body_of(second)


def test_the_code_of_another_door_is_not_shown(client: Client, town: Town) -> None:
    """A clerk who sends a resident's form and words again does not become its author."""
    need = town.say("anyone", kind="wish", words=CALL["words"], about=None)
    answer = call(client, town, form=need.form)
    assert reads.code_of(need.form) not in body_of(answer)


def test_others_who_said_it_are_shown_first_and_it_can_join_them(client: Client, town: Town) -> None:
    head = town.published("resident", "Schatten am Hafen", kind="wish", words="Am Hafen fehlt Schatten")
    asked = call(client, town)
    assert "Andere haben schon Ähnliches gesagt" in body_of(asked)
    assert Need.objects.count() == 1
    call(client, town, asked="1", same=head.noun_id)
    joined = Need.objects.get(door="phone")
    assert (joined.decision, joined.target_id) == ("merged", head.noun_id)
    assert joined.noun.area_id == town.quarter  # that of the one it joins
    call(client, town, asked="1", same="")
    assert Need.objects.filter(door="phone", state=Need.NEW).count() == 1


def test_where_it_cannot_join_nothing_is_kept(town: Town) -> None:
    before = LogEntry.objects.count()
    with pytest.raises(Refusal) as refused:
        write_down(
            town.people["clerk"], uuid4(), "phone", kind="wish", words="Mehr Licht", same=town.court.id
        )
    assert refused.value.code == "need.unknown"
    assert (Need.objects.count(), LogEntry.objects.count()) == (0, before)


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"words": ""}, 422, "worum es geht"),
        ({"words": "x" * 2001}, 422, "Kürzen Sie"),
        ({"kind": "order"}, 422, "order"),
        ({"contact": "0381 12345"}, 422, "keine E-Mail-Adresse"),
        ({"category": "nothing"}, 422, "nothing"),
        ({"place": "x" * 201}, 422, "zu lang"),
        ({"form": "x"}, 422, "unvollständig"),
    ],
)
def test_bad_input_is_said_beside_its_field(
    client: Client, town: Town, change: dict[str, Any], status: int, says: str
) -> None:
    answer = call(client, town, **change)
    assert (answer.status_code, Need.objects.count()) == (status, 0)
    assert says in body_of(answer)


def test_categories_are_offered_but_not_those_that_ask_more(client: Client, town: Town) -> None:
    group = Category.objects.create(code="light", title={"de": "Licht"})
    Category.objects.create(
        code="lamp", title={"de": "Laterne"}, parent=group, organisation_id=town.hall, days=5
    )
    asks = [{"code": "n", "label": {"de": "Nummer"}, "type": "text", "required": True}]
    Category.objects.create(code="post", title={"de": "Mast"}, parent=group, asks=asks)
    client.force_login(town.accounts["clerk"])
    body = body_of(client.get(PHONE))
    assert 'value="lamp"' in body
    assert 'value="post"' not in body
    call(client, town, category="lamp")
    need = Need.objects.get()
    assert need.noun.keeper_id == town.hall
    assert need.due_at


@pytest.mark.parametrize("name", ["resident", "trainer", "planner", "council", "operator"])
def test_only_who_looks_after_an_area_writes_down(client: Client, town: Town, name: str) -> None:
    for path in (PHONE, "/desk/needs/paper/", "/desk/needs/paper/print/?sheets=1", "/desk/needs/table/"):
        client.force_login(town.accounts[name])
        assert client.get(path).status_code == 403
    assert call(client, town, name).status_code == 403
    assert not Noun.objects.filter(kind="need").exists()
