# SPDX-License-Identifier: EUPL-1.2
"""What a person says of themselves, and the pages of the account."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people import reads
from smilecity.people.actions import accounts as actions
from smilecity.people.models import Account
from smilecity.people.rules import devices
from tests.conftest import Person
from tests.people.registering import registered, together

pytestmark = pytest.mark.usefixtures("no_limits_left_behind")


@pytest.mark.django_db
def test_the_profile_is_kept_and_says_what_nobody_sees(client: Client, person: Person) -> None:
    anna = person("anna")
    client.force_login(anna)
    page = client.get("/me/profile/").content.decode()
    assert "Niemand sieht ihn." in page
    said = {"pseudonym": "Ännchen", "real_name": "Anna Sommer", "language": "en", "home": ""}
    answer = client.post("/me/profile/", said)
    assert (answer.status_code, answer["Location"]) == (302, "/en/me/")
    anna.refresh_from_db()
    assert (anna.pseudonym, anna.real_name, anna.language) == ("Ännchen", "Anna Sommer", "en")
    entry = LogEntry.objects.get(verb="profile-kept")
    assert entry.data == {"changed": ["pseudonym", "real_name", "language"]}
    assert "Anna Sommer" not in Client().get("/").content.decode()


@pytest.mark.django_db
def test_a_profile_takes_nobody_elses_name_and_no_area_that_is_none(client: Client, person: Person) -> None:
    person("bert")
    client.force_login(person("anna"))
    said = {"pseudonym": "Bert", "real_name": "", "language": "de", "home": ""}
    answer = client.post("/me/profile/", said)
    assert answer.status_code == 409 and "hat schon jemand" in answer.content.decode()
    assert client.post("/me/profile/", said | {"pseudonym": "Anna", "home": "99"}).status_code == 422
    assert client.post("/me/profile/", said | {"pseudonym": "Anna", "language": "xx"}).status_code == 422
    assert not LogEntry.objects.filter(verb="profile-kept").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_signup",
        "account_signup_by_passkey",
        "account_reset_password",
        "account_reset_password_done",
    ],
)
def test_pages_of_the_entrance_speak_both_languages(client: Client, name: str) -> None:
    german = client.get(reverse(name)).content.decode()
    english = client.get("/en" + reverse(name)).content.decode()
    assert "<h1>" in german and "<h1>" in english
    assert german.count("<h1") == 1
    assert re.search(r"<h1>(.*?)</h1>", german).group() != re.search(r"<h1>(.*?)</h1>", english).group()  # type: ignore[union-attr]


@pytest.mark.django_db
def test_pages_of_the_account_are_mine_only(client: Client) -> None:
    names = ("me", "my-profile", "account_email", "account_change_password", "usersessions_list", "mfa_list_webauthn",
             "socialaccount_connections")  # fmt: skip
    for name in names:
        answer = client.get(reverse(name))
        assert answer.status_code == 302 and answer["Location"].startswith("/account/login/"), name
    registered(client)
    for name in names:
        answer = client.get(reverse(name))
        assert answer.status_code == 200, name
        assert answer.content.decode().count("<h1") == 1, name
    assert client.get("/account/2fa/").status_code == 302
    assert client.get("/account/password/set/").status_code == 302, "there is one"


@pytest.mark.parametrize(
    ("said", "called"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox auf Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604", "Safari auf iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140 Safari/537 Edg/140", "Edge auf Windows"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537 Chrome/140 Mobile Safari/537", "Chrome auf Android"),
        ("<script>alert(1)</script>", "Unbekanntes Gerät"),
        ("", "Unbekanntes Gerät"),
    ],
)  # fmt: skip
def test_devices_have_names_people_know(said: str, called: str) -> None:
    assert devices.words(said) == called


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_pseudonym_in_their_profiles_one_gets_it(person: Person) -> None:
    people = [person("anna"), person("bert")]
    outcomes: list[str] = []

    def take(one: Account) -> None:
        try:
            who = reads.who_is(one)
            actions.keep_profile(who, pseudonym="Mohnblume", real_name="", language="de", home=None)
            outcomes.append("kept")
        except Refusal as refusal:
            outcomes.append(refusal.code)

    together(*(lambda p=one: take(p) for one in people))
    assert sorted(outcomes) == ["account.pseudonym-taken", "kept"]
    assert Account.objects.filter(pseudonym="Mohnblume").count() == 1


@pytest.mark.django_db
def test_only_oneself_keeps_ones_profile_and_ends_ones_sessions(
    person: Person, anyone: Who, alice: Who, olga: Who, node: Who
) -> None:
    anna = person("anna")
    said: dict[str, Any] = {"pseudonym": "Anna", "real_name": "", "language": "de", "home": None}
    for who in (anyone, alice, olga, node):
        with pytest.raises(Refusal) as refused:
            actions.keep_profile(who, **said)
        assert refused.value.status == 403
        with pytest.raises(Refusal) as refused:
            actions.end_session(who, 1)
        assert refused.value.status == 404
    assert actions.keep_profile(reads.who_is(anna), **said).pk == anna.pk
