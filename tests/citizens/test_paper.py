# SPDX-License-Identifier: EUPL-1.2
"""Sheets: printed with a number and a code of their own, typed in quickly, and each only once."""

import html
import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from smilecity.citizens import reads
from smilecity.citizens.models import Need
from smilecity.citizens.reads.doors import form_of_sheet, fresh_sheet
from smilecity.citizens.rules.sheets import LETTERS, kind_of_letter, sheet_form, sheet_number
from smilecity.citizens.rules.words import KINDS
from smilecity.core.problems import Refusal
from tests.citizens.town import Town

PAPER = "/desk/needs/paper/"
SHEET = {"number": "", "kind": "w", "words": "Am Hafen fehlt Schatten.", "place": "", "contact": ""}


def keyed(text: str) -> bytes:
    import hashlib

    return hashlib.sha256(b"secret" + text.encode()).digest()


def body_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def enter(client: Client, town: Town, **change: Any) -> Any:
    client.force_login(town.accounts["clerk"])
    return client.post(PAPER, {**SHEET, "form": uuid4(), **change})


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_a_number_leads_to_its_form_however_it_is_typed(drawn: int) -> None:
    number = sheet_number(drawn, keyed)
    assert re.fullmatch(r"\d{4} \d{4} \d{4} \d{2}", number)
    form = sheet_form(number, keyed)
    assert form == sheet_form(number.replace(" ", ""), keyed) == sheet_form(number.replace(" ", "-"), keyed)
    assert form != sheet_form(sheet_number(drawn + 1, keyed), keyed)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_form_or_refused(typed: str) -> None:
    try:
        sheet_form(typed, keyed)
    except Refusal as refusal:
        assert refusal.code == "need.unknown-sheet"


def test_a_slip_is_found_nearly_always() -> None:
    number = sheet_number(123_456_789_012, keyed).replace(" ", "")
    found = 0
    for place in range(12):
        for digit in "0123456789":
            wrong = number[:place] + digit + number[place + 1 :]
            try:
                sheet_form(wrong, keyed)
            except Refusal:
                found += 1
    assert found >= 100  # of 108; twelve are no slips


def test_kinds_by_one_letter() -> None:
    assert {kind_of_letter(letter.upper()) for letter in LETTERS} == set(KINDS)
    assert kind_of_letter(" Wunsch ") == "wish"


def test_a_printed_sheet_is_typed_in_once_and_its_author_follows_by_the_code(
    client: Client, town: Town
) -> None:
    client.force_login(town.accounts["clerk"])
    printed = body_of(client.get("/desk/needs/paper/print/?sheets=3"))
    numbers = re.findall(r"<strong>(\d{4} \d{4} \d{4} \d{2})</strong>", printed)
    codes = re.findall(r'<p class="door-code">([-\w]+)</p>', printed)
    assert len(set(numbers)) == len(set(codes)) == 3
    assert enter(client, town, number=numbers[0], place="Platz").status_code == 302
    need = Need.objects.get()
    assert (need.door, need.account, need.kind, need.noun.area_id) == ("paper", None, "wish", town.quarter)
    assert need.code == reads.code_digest(codes[0])
    again = enter(client, town, number=numbers[0].replace(" ", ""))
    assert again.status_code == 409
    assert "schon aufgenommen" in body_of(again)
    assert enter(client, town, number=numbers[1]).status_code == 302
    assert Need.objects.count() == 2


@pytest.mark.parametrize("path", [PAPER, "/desk/needs/table/", "/desk/needs/phone/"])
def test_the_menu_marks_where_one_is(client: Client, town: Town, path: str) -> None:
    client.force_login(town.accounts["clerk"])
    marked = re.findall(r'<a[^>]*href="(/desk/[^"]*)"[^>]*aria-current="page"', body_of(client.get(path)))
    assert "/desk/needs/phone/" in marked and "/desk/needs/" not in marked


def test_the_place_stays_for_the_next_sheet(client: Client, town: Town) -> None:
    answer = enter(client, town, place="Platz")
    assert "place=Platz" in answer["Location"]
    assert 'value="Platz"' in body_of(client.get(answer["Location"]))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"number": "1234"}, "auf keinem unserer Bögen"),
        ({"kind": "x"}, "der angekreuzt ist"),
        ({"kind": ""}, "der angekreuzt ist"),
        ({"words": " "}, "noch keine Worte"),
        ({"contact": "a b"}, "keine E-Mail"),
    ],
)
def test_bad_input_is_said_beside_its_field(
    client: Client, town: Town, change: dict[str, Any], says: str
) -> None:
    answer = enter(client, town, **change)
    assert (answer.status_code, Need.objects.count()) == (422, 0)
    assert says in body_of(answer)


@pytest.mark.parametrize("sheets", ["0", "101", "viele", ""])
def test_not_any_number_of_sheets(client: Client, town: Town, sheets: str) -> None:
    client.force_login(town.accounts["clerk"])
    assert client.get(f"/desk/needs/paper/print/?sheets={sheets}").status_code == 422


@pytest.mark.django_db
def test_everybody_prints_one_and_nothing_is_kept(client: Client) -> None:
    from smilecity.core.models import LogEntry

    answer = client.get("/say/paper/")
    assert answer.status_code == 200
    assert answer.content.count(b'class="door-sheet"') == 1
    assert b"<svg" in answer.content
    assert "no-store" in answer["Cache-Control"]
    assert not LogEntry.objects.exists()


@pytest.mark.django_db
def test_numbers_are_drawn() -> None:
    numbers = {fresh_sheet() for _sheet in range(50)}
    assert len(numbers) == len({form_of_sheet(one) for one in numbers}) == 50
