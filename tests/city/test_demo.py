# SPDX-License-Identifier: EUPL-1.2
"""The demo city moves in whole or not at all, never into somebody else's city, and its page is a demo's alone."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from psycopg.conninfo import make_conninfo

from smilecity.citizens.models import Need
from smilecity.city import identity
from smilecity.city.boot import Node
from smilecity.city.demo import founding
from smilecity.city.demo.tour import TOUR
from smilecity.city.mail import FolderBackend
from smilecity.city.settings import Settings
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.people import demo as people
from smilecity.people.models import Account
from smilecity.places import demo as places
from smilecity.places.models import Change, Place
from smilecity.things.demo.fleet import FLEET
from smilecity.things.models import Device

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city_looked_up_anew() -> Iterator[None]:
    identity.forget()
    yield
    identity.forget()


@pytest.fixture
def node(tmp_path: Path) -> Node:
    url = make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    return Node(Settings(), tmp_path, url)


@pytest.mark.trial
def test_what_was_interrupted_is_finished(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(who: object) -> None:
        raise RuntimeError("the light went out")

    with monkeypatch.context() as dark:
        dark.setattr(places, "propose", fails)
        with pytest.raises(RuntimeError):
            founding.move_in(node)
    assert not identity.exists() and not Need.objects.exists()
    founding.move_in(node)
    assert identity.identity().demo
    assert Account.objects.count() == len(people.PEOPLE)
    assert Device.objects.filter(eui__in=[one.eui for one in FLEET]).count() == len(FLEET)
    assert Change.objects.count() == 1


def test_it_never_moves_into_a_real_city(node: Node) -> None:
    identity.keep_identity(NODE, name="Musterstadt")
    with pytest.raises(Refusal) as refused:
        founding.move_in(node)
    assert refused.value.code == "demo.taken"
    assert not Place.objects.exists() and not Account.objects.exists()
    assert not founding.key_file(node).exists()


@pytest.mark.parametrize("named", [False, True])
def test_no_other_city_has_the_page(client: Client, tmp_path: Path, named: bool) -> None:
    if named:
        identity.keep_identity(NODE, name="Musterstadt")
    answer = client.get("/demo/")
    assert answer.status_code == 404
    assert people.PASSWORD not in answer.content.decode()
    assert "/demo/" not in client.get("/").content.decode()


def test_the_page_says_whom_to_sign_in_as(client: Client) -> None:
    identity.keep_identity(NODE, name="Probe", demo=True)
    german, english = (client.get(path).content.decode() for path in ("/demo/", "/en/demo/"))
    for one in people.PEOPLE:
        assert one.email in german and one.role["de"] in german and one.role["en"] in english
    assert people.PASSWORD in german
    assert 'href="/demo/"' in client.get("/").content.decode()


def test_every_step_of_the_tour_leads_somewhere() -> None:
    for step in TOUR:
        name, *arguments = step.address
        assert reverse(name, args=arguments)
        assert step.person in {"", *(one.name for one in people.PEOPLE)}


def test_letters_are_shown_as_text_newest_first(client: Client, tmp_path: Path) -> None:
    identity.keep_identity(NODE, name="Probe", demo=True)
    with override_settings(EMAIL_FILE_PATH=tmp_path):
        assert "Noch keine E-Mail" in client.get("/demo/").content.decode()
        for subject, text in (("Alt", "erstens"), ("Neu <b>", "Code 4711 <script>alert(1)</script>")):
            FolderBackend().send_messages(
                [EmailMessage(subject, text, "city@example.org", ["new@example.org"])]
            )
        page = client.get("/demo/").content.decode()
    assert "Code 4711" in page and "new@example.org" in page
    assert "<script>alert" not in page and "Neu <b>" not in page
    assert page.index("Neu &lt;b&gt;") < page.index("Alt")
