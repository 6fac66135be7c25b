# SPDX-License-Identifier: EUPL-1.2
"""Leaving: everything of a person goes or loses its name, in all rooms or in none."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import serializers
from django.db import connection, transaction
from django.test import Client

from smilecity.citizens.models import Need
from smilecity.core import privacy
from smilecity.core.models import LogEntry
from smilecity.core.privacy import ForgetReport, Room
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE
from smilecity.people import actions
from smilecity.people.models import Account, Consent, RoleHeld
from smilecity.people.reads import who_is
from smilecity.places.models import Change

Make = Callable[..., Any]
Leaver = Account


def everything() -> str:
    """Every row of every table, as text."""
    rows = [one for model in apps.get_models() if model._meta.managed for one in model._base_manager.all()]
    return serializers.serialize("json", rows)


def test_what_names_the_person_is_nowhere_any_more(vera: Leaver) -> None:
    Account.objects.filter(pk=vera.pk).update(real_name="Vera Vertraulich")
    report = actions.leave(who_is(vera), " Vera ")
    text = everything()
    for personal in (
        "vera@example.org",
        "Vera@example.org",
        "Vera",
        "Vertraulich",
        "10.0.0.9",
        "Firefox",
        "4711",
    ):
        assert f'"{personal}' not in text, personal
    assert "bob@example.org" in text  # an address that was never shown to be hers is not hers to erase
    assert report.erased
    assert report.pseudonymised
    assert all(kept.why for kept in report.kept)


def test_what_stays_names_nobody(vera: Leaver) -> None:
    actions.leave(who_is(vera), "Vera")
    person = Account.objects.get(pk=vera.pk)
    assert (person.pseudonym, person.email, person.is_active) == (
        f"@{vera.pk}",
        f"forgotten-{vera.pk}@invalid",
        False,
    )
    assert person.forgotten_at
    assert not person.has_usable_password()
    assert set(Need.objects.values_list("words", "account", "contact")) == {
        ("Mehr Bänke, bitte", None, ""),
        ("Danke für das Licht", None, ""),
        ("Bobs Worte", None, "bob@example.org"),
    }
    assert Change.objects.get().author is None
    assert not RoleHeld.objects.filter(ended_at=None).exists()
    assert Consent.objects.filter(account=person).count() == 2
    assert LogEntry.objects.filter(actor=f"account/{vera.pk}", verb="person-left").exists()
    assert json.dumps(privacy.export(vera.pk)).count("Vera") == 0


def test_drafts_that_nobody_was_sent_go(vera: Leaver) -> None:
    Change.objects.update(state="draft")
    actions.leave(who_is(vera), "Vera")
    assert not Change.objects.exists()


def test_a_fault_in_the_last_room_leaves_everything_as_it_was(
    vera: Leaver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def break_down(account: int) -> ForgetReport:
        last.forget(account)
        raise RuntimeError("the last room burns")

    *others, last = privacy.rooms()
    assert last.name == "people"
    broken = Room(last.name, last.title, last.register, last.export, break_down)
    monkeypatch.setattr(privacy, "_rooms", [*others, broken])
    before = everything()
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.leave(who_is(vera), "Vera")
    assert everything() == before


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "vera", "Vera Vera", "Bob", "\0"])
def test_another_name_is_no_confirmation(person: Make, typed: str) -> None:
    anna = person("vera")
    with pytest.raises(Refusal) as refused:
        actions.leave(who_is(anna), typed)
    assert refused.value.code == "person.not-confirmed"
    assert Account.objects.get(pk=anna.pk).is_active


@pytest.mark.django_db
def test_nobody_leaves_twice_or_without_an_account(person: Make) -> None:
    with pytest.raises(Refusal) as refused:
        actions.leave(ANYONE, "Anyone")
    assert refused.value.code == "person.no-account"
    anna = person("anna")
    who = who_is(anna)
    actions.leave(who, "Anna")
    with pytest.raises(Refusal):
        actions.leave(who, f"@{anna.pk}")


def test_the_last_operator_stays(person: Make, organisation: Make) -> None:
    olga = person("olga", ("operator", organisation("municipality", "Stadt"), None))
    with pytest.raises(Refusal) as refused:
        actions.leave(who_is(olga), "Olga")
    assert refused.value.code == "role.last-operator"
    assert Account.objects.get(pk=olga.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_two_last_operators_do_not_leave_at_once(person: Make, organisation: Make) -> None:
    with transaction.atomic():
        town = organisation("municipality", "Stadt")
    people = [person(name, ("operator", town, None)) for name in ("olga", "otto")]
    together = threading.Barrier(2)

    def go(account: Account) -> None:
        together.wait()
        try:
            actions.leave(who_is(account), account.pseudonym)
        except Refusal as refusal:
            assert refusal.code == "role.last-operator"
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[one]) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Account.objects.filter(is_active=True).count() == 1


def test_by_the_page_it_takes_fresh_proof_and_the_name_and_ends_every_session(
    person: Make, client: Client
) -> None:
    anna = person("anna")
    anna.set_password("a-long-password-1")
    anna.save()
    EmailAddress.objects.create(user=anna, email=anna.email, verified=True, primary=True)
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.post("/account/login/", {"login": anna.email, "password": "a-long-password-1"})
        assert browser.get("/me/").status_code == 200
    assert UserSession.objects.filter(user=anna).count() == 2
    session = client.session
    session["account_authentication_methods"] = []  # as after a while
    session.save()
    asked = client.get("/me/data/forget/")
    assert asked.status_code == 302
    assert asked["Location"].startswith("/account/reauthenticate/")
    assert client.post("/me/data/forget/", {"pseudonym": "?"})["Location"].startswith(
        "/account/reauthenticate/"
    )
    assert Account.objects.get(pk=anna.pk).is_active
    client.post("/account/reauthenticate/?next=/me/data/forget/", {"password": "a-long-password-1"})
    assert client.get("/me/data/forget/").status_code == 200
    assert client.post("/me/data/forget/", {"pseudonym": "anna!"}).status_code == 422
    gone = client.post("/me/data/forget/", {"pseudonym": "Anna"})
    assert gone.status_code == 200
    assert "Auf Wiedersehen" in gone.content.decode()
    assert not Session.objects.exists()
    assert not UserSession.objects.exists()
    for browser in (client, elsewhere):
        assert browser.get("/me/")["Location"].startswith("/account/login/")
    assert not client.login(email=anna.email, password="a-long-password-1")
