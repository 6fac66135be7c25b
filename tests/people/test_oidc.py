# SPDX-License-Identifier: EUPL-1.2
"""Signing in with an account held elsewhere, and a provider that lies or is down."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.core.cache import cache
from django.test import Client

from smilecity.core.models import LogEntry
from smilecity.people.models import Account
from tests.conftest import Person
from tests.people.oidc_provider import CLIENT, SECRET, Provider, new_key, serve

BEGIN = "/account/oidc/sso/login/"
ANSWERS = {"pseudonym": "Vera", "old_enough": "on", "terms": "on", "email": "vera@example.org"}


@pytest.fixture
def provider(settings: Any, monkeypatch: Any) -> Iterator[Provider]:
    """A running provider that the node is set up for."""
    cache.clear()
    provider = Provider()
    server = serve(provider)
    app = {
        "provider_id": "sso",
        "name": "Stadtkonto",
        "client_id": CLIENT,
        "secret": SECRET,
        "settings": {"server_url": provider.address, "uid_field": "sub"},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    yield provider
    server.shutdown()
    server.server_close()
    cache.clear()


def come_back(client: Client, provider: Provider, begin: str = BEGIN) -> Any:
    """Off to the provider and back, as a browser does it."""
    away = client.post(begin)
    assert away.status_code == 302, away.content
    return client.get(provider.sign_in(away["Location"]).removeprefix("http://testserver"))


def nothing_kept(client: Client) -> None:
    assert not Account.objects.filter(email="vera@example.org").exists()
    assert not SocialAccount.objects.exists() and not LogEntry.objects.exists()
    assert client.get("/me/").status_code == 302


@pytest.mark.django_db
def test_the_first_time_asks_for_a_pseudonym_and_the_second_lets_in(
    client: Client, provider: Provider
) -> None:
    assert "Weiter mit Stadtkonto" in client.get("/account/login/").content.decode()
    answer = come_back(client, provider)
    assert answer["Location"] == "/account/3rdparty/signup/"
    page = client.get("/account/3rdparty/signup/").content.decode()
    assert "Stadtkonto" in page and "vera@example.org" in page
    assert client.post("/account/3rdparty/signup/", ANSWERS | {"terms": ""}).status_code == 422
    answer = client.post("/account/3rdparty/signup/", ANSWERS)
    assert answer["Location"] == "/me/", "the provider vouches for the address: no code"
    account = Account.objects.get()
    assert (account.pseudonym, account.real_name, account.has_usable_password()) == ("Vera", "", False)
    kept = SocialAccount.objects.get()
    assert kept.uid == "77" and "Vera V" not in str(kept.extra_data), "only number and address are kept"
    again = Client()
    assert come_back(again, provider)["Location"] == "/me/"
    verbs = list(LogEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs.count("provider-signed-in") == 2 and "signed-up" in verbs


@pytest.mark.django_db
@pytest.mark.parametrize(
    "lies",
    [
        {"iss": "http://127.0.0.1:1"},
        {"aud": "somebody-else"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"sub": None},
    ],
    ids=lambda lies: "-".join(f"{name}={value}" for name, value in lies.items()),
)
def test_an_answer_that_lies_is_not_believed(
    client: Client, provider: Provider, lies: dict[str, Any]
) -> None:
    provider.lies = lies
    answer = come_back(client, provider)
    assert answer.status_code == 401
    assert "provider.not-believed" in answer.content.decode()
    nothing_kept(client)


@pytest.mark.django_db
def test_a_signature_of_somebody_else_is_not_believed(client: Client, provider: Provider) -> None:
    provider.sign_with = new_key()
    assert come_back(client, provider).status_code == 401
    nothing_kept(client)


@pytest.mark.django_db
@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_no_signature_or_a_shared_one_is_not_believed(
    client: Client, provider: Provider, algorithm: str
) -> None:
    provider.algorithm = algorithm
    provider.sign_with = "" if algorithm == "none" else "x" * 40
    if algorithm == "none":
        provider.sign_with = None
        provider.key_used = None  # type: ignore[attr-defined]
        provider.token = _unsigned(provider)  # type: ignore[method-assign]
    assert come_back(client, provider).status_code == 401
    nothing_kept(client)


def _unsigned(provider: Provider) -> Any:
    import jwt

    real = provider.token

    def token(form: dict[str, str]) -> dict[str, Any] | None:
        provider.algorithm = "RS256"
        answer = real(form)
        assert answer is not None
        claims = jwt.decode(answer["id_token"], options={"verify_signature": False})
        return answer | {"id_token": jwt.encode(claims, None, "none", headers={"kid": "1"})}

    return token


@pytest.mark.django_db
def test_a_made_up_or_replayed_state_opens_nothing(client: Client, provider: Provider) -> None:
    away = client.post(BEGIN)["Location"]
    back = provider.sign_in(away).removeprefix("http://testserver")
    stranger = Client()
    assert stranger.get(back).status_code == 401, "another browser brings somebody's answer"
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 401, "the same answer twice"
    assert client.get("/account/oidc/sso/login/callback/?state=x&code=y").status_code == 401
    assert client.get("/account/oidc/sso/login/callback/").status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("broken", "status"),
    [("/.well-known", 502), ("/token", 401), ("/keys", 502)],
    ids=["all", "token", "keys"],
)
def test_a_provider_that_is_down_is_said(
    client: Client, provider: Provider, broken: str, status: int
) -> None:
    away = client.post(BEGIN)
    provider.broken = broken
    if broken == "/.well-known":
        assert client.post(BEGIN).status_code == status
    answer = client.get(provider.sign_in(away["Location"]).removeprefix("http://testserver"))
    assert answer.status_code == status
    assert "provider." in answer.content.decode() and "melden Sie sich mit E-Mail" in answer.content.decode()
    nothing_kept(client)


@pytest.mark.django_db
def test_a_provider_that_names_another_issuer_is_not_used(client: Client, provider: Provider) -> None:
    provider.issuer_said = "https://login.example.net"
    answer = client.post(BEGIN)
    assert answer.status_code == 401
    nothing_kept(client)


@pytest.mark.django_db
@pytest.mark.parametrize("vouched", [True, False, "false"])
def test_an_account_with_that_address_is_never_taken_over(
    client: Client, provider: Provider, person: Person, vouched: Any
) -> None:
    vera = person("vera")
    EmailAddress.objects.create(user=vera, email=vera.email, verified=True, primary=True)
    provider.person["email_verified"] = vouched
    assert come_back(client, provider)["Location"] == "/account/3rdparty/signup/"
    answer = client.post("/account/3rdparty/signup/", ANSWERS | {"pseudonym": "Andere"})
    assert answer["Location"] == "/account/confirm-email/", (
        "the same as for every address that has an account"
    )
    assert client.get("/me/").status_code == 302
    assert [m.subject for m in mail.outbox] == ["Sie haben schon ein Konto"]
    assert Account.objects.count() == 1 and not SocialAccount.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("vouched", [False, "false", None])
def test_an_address_nobody_vouches_for_needs_the_code(
    client: Client, provider: Provider, vouched: Any
) -> None:
    provider.person["email_verified"] = vouched
    come_back(client, provider)
    answer = client.post("/account/3rdparty/signup/", ANSWERS)
    assert answer["Location"] == "/account/confirm-email/"
    assert client.get("/me/").status_code == 302
    assert not EmailAddress.objects.get().verified


@pytest.mark.django_db
def test_one_connects_and_disconnects_oneself(client: Client, provider: Provider, person: Person) -> None:
    vera = person("vera")
    vera.set_password("eine-lange-gute-Wolke-7")
    vera.save()
    EmailAddress.objects.create(user=vera, email=vera.email, verified=True, primary=True)
    client.force_login(vera)
    come_back(client, provider, f"{BEGIN}?process=connect")
    held = SocialAccount.objects.get()
    assert held.user == vera
    other = Client()
    assert come_back(other, provider)["Location"] == "/me/"
    page = client.get("/account/3rdparty/").content.decode()
    assert "Trennen" in page
    client.post("/account/3rdparty/", {"account": held.pk})
    assert not SocialAccount.objects.exists()
    verbs = list(LogEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["provider-linked", "provider-signed-in", "provider-unlinked"]


@pytest.mark.django_db
def test_without_a_provider_there_is_no_way_to_one(client: Client) -> None:
    assert client.post(BEGIN).status_code == 404
    assert "oidc" not in client.get("/account/login/").content.decode()


@pytest.mark.django_db
def test_going_elsewhere_takes_a_click(client: Client, provider: Provider) -> None:
    assert client.get(BEGIN).status_code == 405
