# SPDX-License-Identifier: EUPL-1.2
"""Consents: for a purpose in a version, withdrawn as easily as given, asked again when the text has changed."""

import dataclasses
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from smilecity.people import actions, reads
from smilecity.people.models import Consent
from smilecity.people.reads import who_is
from smilecity.people.rules import purposes

Make = Callable[..., Any]


def raise_version(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    new = dataclasses.replace(purposes.PURPOSES[code], version=2)
    monkeypatch.setitem(purposes.PURPOSES, code, new)


def test_given_and_withdrawn_and_given_again_is_all_remembered(person: Make) -> None:
    anna = who_is(person("anna"))
    actions.give_consent(anna, "digest", 1)
    actions.give_consent(anna, "digest", 1)
    assert reads.agreed([anna.account or 0], "digest") == {anna.account}
    actions.withdraw_consent(anna, "digest")
    actions.withdraw_consent(anna, "digest")
    assert reads.agreed([anna.account or 0], "digest") == set()
    actions.give_consent(anna, "digest", 1)
    history = reads.consent_history(anna)
    assert [one.withdrawn_at is None for one in history] == [True, False]
    verbs = list(LogEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["consent-given", "consent-withdrawn", "consent-given"]


def test_a_new_version_asks_again(person: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = who_is(person("anna"))
    actions.give_consent(anna, "push", 1)
    raise_version(monkeypatch, "push")
    said = next(one for one in reads.agreements(anna) if one.purpose.code == "push")
    assert said.outdated
    assert reads.agreed([anna.account or 0], "push") == set()
    with pytest.raises(Refusal) as refused:
        actions.give_consent(anna, "push", 1)
    assert refused.value.code == "consent.text-changed"
    actions.give_consent(anna, "push", 2)
    assert [one.version for one in Consent.objects.filter(withdrawn_at=None)] == [2]
    assert Consent.objects.count() == 2


def test_what_an_account_needs_is_not_taken_back_by_itself(person: Make) -> None:
    anna = who_is(person("anna"))
    actions.give_consent(anna, "terms", 1)
    with pytest.raises(Refusal) as refused:
        actions.withdraw_consent(anna, "terms")
    assert refused.value.code == "consent.necessary"
    assert Consent.objects.get().withdrawn_at is None


@pytest.mark.django_db
def test_only_people_agree_and_only_to_what_there_is(person: Make) -> None:
    for who in (ANYONE, NODE):
        for act in (
            lambda w=who: actions.give_consent(w, "digest", 1),
            lambda w=who: actions.withdraw_consent(w, "digest"),
        ):
            with pytest.raises(Refusal) as refused:
                act()
            assert refused.value.status == 403
    with pytest.raises(Refusal) as refused:
        actions.give_consent(who_is(person("anna")), "everything", 1)
    assert refused.value.code == "consent.unknown-purpose"
    assert not Consent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_agreeing_twice_at_once_is_one_consent(person: Make) -> None:
    anna = who_is(person("anna"))
    together = threading.Barrier(4)
    wrong: list[BaseException] = []

    def agree() -> None:
        together.wait()
        try:
            actions.give_consent(anna, "digest", 1)
        except BaseException as error:  # noqa: BLE001 - told below
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=agree) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert Consent.objects.count() == 1


def test_the_page_gives_and_takes_back(person: Make, client: Client) -> None:
    assert client.get("/me/consents/").status_code == 302
    anna = person("anna")
    client.force_login(anna)
    page = client.get("/me/consents/")
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert all(str(one.title) in page.content.decode() for one in purposes.PURPOSES.values())
    given = client.post("/me/consents/", {"purpose": "digest", "version": "1", "do": "give"})
    assert given.status_code == 302
    assert reads.agreed([anna.pk], "digest")
    assert client.post("/me/consents/", {"purpose": "digest", "do": "withdraw"}).status_code == 302
    assert not reads.agreed([anna.pk], "digest")
    for wrong, status in (
        ({"purpose": "x", "version": "1"}, 404),
        ({"purpose": "digest", "version": "²"}, 409),
        ({}, 404),
        ({"purpose": "terms", "do": "withdraw"}, 409),
    ):
        assert client.post("/me/consents/", wrong).status_code == status
