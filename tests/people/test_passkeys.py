# SPDX-License-Identifier: EUPL-1.2
"""Passkeys: registering with one, signing in, another one, its name, its end."""

import html
import json
import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from smilecity.core.models import LogEntry
from smilecity.people.models import Account
from tests.people.registering import SIGN_UP, code_in, registered
from tests.people.soft_passkey import SoftPasskey

ASKS = {name: value for name, value in SIGN_UP.items() if name != "password1"}


pytestmark = pytest.mark.usefixtures("no_limits_left_behind")


def options(page: Any) -> dict[str, Any]:
    found = re.search(
        r'<script id="passkey-options" type="application/json">(.*?)</script>', page.content.decode()
    )
    assert found is not None, page.content.decode()
    return dict(json.loads(html.unescape(found.group(1))))


def with_passkey(client: Client, key: SoftPasskey) -> Any:
    """Registered by passkey up to the answer of the last step."""
    assert client.post("/account/signup/passkey/", ASKS)["Location"] == "/account/confirm-email/"
    code = code_in(mail.outbox[-1])
    answer = client.post("/account/confirm-email/", {"code": code, "action": "verify"})
    assert answer["Location"] == "/account/2fa/webauthn/signup/"
    page = client.get("/account/2fa/webauthn/signup/")
    return client.post(
        "/account/2fa/webauthn/signup/", {"name": "Mein Telefon", "credential": key.create(options(page))}
    )


def adding(client: Client) -> Any:
    """The page for another passkey, after showing once more who one is."""
    registered(client)
    asked = client.get("/account/2fa/webauthn/add/")
    assert asked["Location"].startswith("/account/reauthenticate/")
    client.post(asked["Location"], {"password": SIGN_UP["password1"]})
    return client.get("/account/2fa/webauthn/add/")


def sign_in(client: Client, key: SoftPasskey) -> Any:
    asked = client.get("/account/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()
    return client.post("/account/2fa/webauthn/login/", {"credential": key.get(asked["request_options"])})


@pytest.mark.django_db
def test_registering_and_signing_in_need_no_password(client: Client) -> None:
    key = SoftPasskey()
    assert with_passkey(client, key)["Location"] == "/me/"
    account = Account.objects.get()
    assert not account.has_usable_password()
    assert EmailAddress.objects.get().verified
    other = Client()
    assert sign_in(other, key)["Location"] == "/me/"
    assert other.get("/me/").status_code == 200
    verbs = list(LogEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["consent-given", "signed-up", "email-confirmed", "passkey-added"]
    assert "Mein Telefon" in client.get("/account/2fa/webauthn/").content.decode()


@pytest.mark.django_db
def test_a_passkey_comes_after_a_password_but_is_never_asked_for_after_it(client: Client) -> None:
    key = SoftPasskey()
    page = adding(client)
    assert options(page)["publicKey"]["rp"]["id"] == "testserver"
    answer = client.post(
        "/account/2fa/webauthn/add/",
        {"name": "Schlüssel", "credential": key.create(options(page)), "passwordless": "True"},
    )
    assert answer.status_code == 302, answer.content
    assert "Ein neuer Passkey" in [m.subject for m in mail.outbox]
    other = Client()
    answer = other.post("/account/login/", {"login": SIGN_UP["email"], "password": SIGN_UP["password1"]})
    assert answer["Location"] == "/me/", "a passkey is another door, no second lock"
    assert sign_in(Client(), key)["Location"] == "/me/"


@pytest.mark.django_db
def test_a_passkey_is_renamed_and_removed(client: Client) -> None:
    key = SoftPasskey()
    with_passkey(client, key)
    held = Authenticator.objects.get()
    asked = client.get(f"/account/2fa/webauthn/keys/{held.pk}/edit/")["Location"]
    assert asked.startswith("/account/2fa/webauthn/reauthenticate/")
    assert client.post(asked, {"credential": key.get(options(client.get(asked)))}).status_code == 302
    client.post(f"/account/2fa/webauthn/keys/{held.pk}/edit/", {"name": "<b>Neu</b>"})
    page = client.get("/account/2fa/webauthn/").content.decode()
    assert "&lt;b&gt;Neu&lt;/b&gt;" in page and "<b>Neu</b>" not in page
    stranger = Client()
    registered(stranger, email="x@example.org", pseudonym="Xaver")
    stranger.post("/account/reauthenticate/", {"password": SIGN_UP["password1"]})
    assert stranger.post(f"/account/2fa/webauthn/keys/{held.pk}/remove/").status_code == 404
    assert Authenticator.objects.exists()
    client.post(f"/account/2fa/webauthn/keys/{held.pk}/remove/")
    assert not Authenticator.objects.exists()
    assert LogEntry.objects.filter(verb="passkey-removed").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["origin", "host", "owner", "key", "challenge", "nonsense", "list"])
def test_an_answer_that_does_not_fit_opens_nothing(client: Client, wrong: str) -> None:
    key = SoftPasskey()
    with_passkey(client, key)
    other = Client()
    if wrong == "origin":
        key.origin = "https://evil.example"
    elif wrong == "host":
        key.host = "evil.example"
    elif wrong == "owner":
        key.owner = "OTk5OTk5"
    elif wrong == "key":
        key.key = SoftPasskey().key
    if wrong in ("nonsense", "list"):
        credential = "{}" if wrong == "nonsense" else "[]"
        other.get("/account/2fa/webauthn/login/", headers={"Accept": "application/json"})
        answer = other.post("/account/2fa/webauthn/login/", {"credential": credential})
    elif wrong == "challenge":
        asked = other.get("/account/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()
        other.get("/account/2fa/webauthn/login/", headers={"Accept": "application/json"})
        answer = other.post("/account/2fa/webauthn/login/", {"credential": key.get(asked["request_options"])})
    else:
        answer = sign_in(other, key)
    assert answer.status_code in (302, 422) and answer.get("Location") == "/account/login/"
    assert other.get("/me/").status_code == 302


@pytest.mark.django_db
def test_a_used_answer_opens_nothing_again(client: Client) -> None:
    key = SoftPasskey()
    with_passkey(client, key)
    other = Client()
    asked = other.get("/account/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()
    credential = key.get(asked["request_options"])
    assert other.post("/account/2fa/webauthn/login/", {"credential": credential})["Location"] == "/me/"
    other.post("/account/logout/")
    assert (
        other.post("/account/2fa/webauthn/login/", {"credential": credential})["Location"]
        == "/account/login/"
    )


@pytest.mark.django_db
def test_a_closed_account_does_not_open_by_passkey(client: Client) -> None:
    key = SoftPasskey()
    with_passkey(client, key)
    Account.objects.update(is_active=False)
    other = Client()
    assert sign_in(other, key).get("Location") != "/me/"
    assert other.get("/me/").status_code == 302


@pytest.mark.django_db
def test_a_passkey_without_fingerprint_or_pin_is_refused(client: Client) -> None:
    key = SoftPasskey()
    page = adding(client)
    credential = key.create(options(page), verified=False)
    client.post("/account/2fa/webauthn/add/", {"name": "x", "credential": credential, "passwordless": "True"})
    assert not Authenticator.objects.exists()
