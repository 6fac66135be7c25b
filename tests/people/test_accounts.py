# SPDX-License-Identifier: EUPL-1.2
"""Accounts: registering, confirming, signing in, and what must not happen on the way."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client, RequestFactory

from smilecity.core import clock
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.people import reads
from smilecity.people.actions import accounts as actions
from smilecity.people.models import Account, Consent, RoleHeld
from smilecity.people.reads.accounts import password_link
from tests.conftest import Person
from tests.people.registering import PASSWORD, SIGN_UP, code_in, register, registered, together, verbs

pytestmark = pytest.mark.usefixtures("no_limits_left_behind")


@pytest.mark.django_db
def test_registering_asks_for_a_code_and_then_lets_in(client: Client) -> None:
    answer = register(client)
    assert (answer.status_code, answer["Location"]) == (302, "/account/confirm-email/")
    assert client.get("/me/").status_code == 302, "not signed in before the code"
    page = client.get("/account/confirm-email/")
    assert "nora@example.org" in page.content.decode()
    answer = client.post("/account/confirm-email/", {"code": code_in(mail.outbox[0]), "action": "verify"})
    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    assert "Guten Tag, Nora" in client.get("/me/").content.decode()
    account = Account.objects.get()
    assert (account.pseudonym, account.pseudonym_shape, account.real_name) == ("Nora", "nora", "")
    assert account.check_password(PASSWORD)
    assert list(Consent.objects.values_list("account", "purpose", "version")) == [(account.pk, "terms", 1)]
    assert EmailAddress.objects.get().verified
    assert verbs() == ["consent-given", "signed-up", "email-confirmed"]
    assert "nora" not in str(list(LogEntry.objects.values())).lower()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("email", "", "Schreiben Sie Ihre E-Mail-Adresse."),
        ("email", "nora", "Das ist keine E-Mail-Adresse"),
        ("pseudonym", "", "Geben Sie sich ein Pseudonym."),
        ("pseudonym", "Stadt", "klingt nach der Stadt"),
        ("pseudonym", "Nоra", "mischt keine Schriften"),
        ("pseudonym", "<i>Nora</i>", "besteht aus Buchstaben"),
        ("password1", "kurz", "kurz"),
        ("password1", "nora@example.org", "ähnlich"),
        ("old_enough", "", "Ein Konto ist ab 16 Jahren möglich."),
        ("terms", "", "Ohne Ihr Einverständnis"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(client: Client, field: str, value: str, says: str) -> None:
    answer = register(client, **{field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    error = re.search(rf'<div class="kern-error" id="id_{field}_error">.*?</div>', page, re.DOTALL)
    assert error is not None and says in error.group(), page
    assert "<i>Nora" not in page
    assert not Account.objects.exists() and not mail.outbox and not verbs()


@pytest.mark.django_db
def test_a_pseudonym_that_looks_taken_is_refused_beside_the_field(client: Client, person: Person) -> None:
    person("nora")
    answer = register(client, email="other@example.org", pseudonym="N ora")
    assert answer.status_code == 409
    assert "Dieses Pseudonym hat schon jemand" in answer.content.decode()
    assert Account.objects.count() == 1 and not mail.outbox and not Consent.objects.exists()
    assert not Session.objects.exists() or "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_an_organisations_name_is_nobodys_pseudonym(client: Client, organisation: Any) -> None:
    organisation("club", "SV Hafen")
    assert (
        "klingt nach der Stadt oder einer Einrichtung"
        in register(client, pseudonym="sv hafen").content.decode()
    )


@pytest.mark.django_db
def test_the_form_suggests_a_pseudonym_that_may_be_had(client: Client) -> None:
    page = client.get("/account/signup/").content.decode()
    found = re.search(r'name="pseudonym" value="([^"]+)"', page)
    assert found is not None
    register(client, pseudonym=found.group(1))
    assert Account.objects.get().pseudonym == found.group(1)


@pytest.mark.django_db
def test_nobody_learns_who_has_an_account(client: Client, person: Person) -> None:
    person("nora")
    fresh, known = Client(), Client()
    answers = [
        register(fresh, email="new@example.org", pseudonym="Neue"),
        register(known, pseudonym="Andere"),
    ]
    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0]["Location"] == answers[1]["Location"]
    pages = [c.get("/account/confirm-email/").content.decode() for c in (fresh, known)]
    without_addresses = [re.sub(r"(new|nora)@example\.org|value=\"[^\"]*\"", "", page) for page in pages]
    assert without_addresses[0].count("<form") >= without_addresses[1].count("<form") >= 1
    assert [message.subject for message in mail.outbox] == [
        "Willkommen! Ihr Code",
        "Sie haben schon ein Konto",
    ]
    assert Account.objects.count() == 2
    sent = len(mail.outbox)
    resets = [
        client.post("/account/password/reset/", {"email": e}) for e in ("nora@example.org", "no@example.org")
    ]
    assert {(a.status_code, a["Location"]) for a in resets} == {(302, "/account/password/reset/done/")}
    assert len(mail.outbox) == sent + 2
    wrong = [
        client.post("/account/login/", {"login": e, "password": "falsch"})
        for e in ("nora@example.org", "no@example.org")
    ]
    assert all("passen nicht zusammen" in a.content.decode() for a in wrong)


@pytest.mark.django_db
def test_a_code_opens_once_and_not_for_ever(client: Client, settings: Any) -> None:
    register(client)
    code = code_in(mail.outbox[0])
    for _ in range(2):
        assert "Dieser Code stimmt nicht" in _enter(client, "0000-0001").content.decode()
    assert _enter(client, "0000-0001")["Location"] == "/account/login/", "the third wrong one ends it"
    assert _enter(client, code).status_code == 302
    assert not EmailAddress.objects.get().verified
    other = Client()
    register(other, email="late@example.org", pseudonym="Spätling")
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = -1
    assert _enter(other, code_in(mail.outbox[-1]))["Location"] == "/account/login/"
    assert not EmailAddress.objects.filter(verified=True).exists()


def _enter(client: Client, code: str) -> Any:
    return client.post("/account/confirm-email/", {"code": code, "action": "verify"})


@pytest.mark.django_db
def test_a_used_code_is_worth_nothing(client: Client) -> None:
    registered(client)
    code = code_in(mail.outbox[0])
    client.post("/account/logout/")
    assert _enter(client, code)["Location"] == "/account/login/"
    assert client.get("/me/").status_code == 302


@pytest.mark.django_db
def test_a_new_password_by_a_link_that_holds_once(client: Client) -> None:
    registered(client)
    client.post("/account/logout/")
    client.post("/account/password/reset/", {"email": SIGN_UP["email"]})
    link = re.search(r"http://testserver(/account/password/reset/key/\S+)", mail.outbox[-1].body)
    assert link is not None
    other = Client()
    form = other.get(link.group(1))["Location"]
    new = "noch-eine-bessere-Wolke-8"
    answer = other.post(form, {"password1": new, "password2": new})
    assert answer.status_code == 302
    assert Account.objects.get().check_password(new)
    assert "gilt nicht mehr" in Client().get(link.group(1)).content.decode(), "used"
    assert "gilt nicht mehr" in Client().get(link.group(1)[:-3] + "xy/").content.decode(), "made up"
    assert "password-changed" in verbs()
    account = Account.objects.get()
    assert password_link(account) != link.group(1)


@pytest.mark.django_db
def test_the_first_link_sets_a_password_once(client: Client) -> None:
    account = actions.open_account(NODE, "Olga@Example.org", "Olga")
    assert (account.email, account.has_usable_password()) == ("olga@example.org", False)
    link = password_link(account)
    form = client.get(link)["Location"]
    client.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    assert "gilt nicht mehr" in Client().get(link).content.decode()
    answer = client.post("/account/login/", {"login": "olga@example.org", "password": PASSWORD})
    assert answer["Location"] == "/me/", "the address needs no code: the operator gave it"


@pytest.mark.django_db
def test_only_the_node_opens_an_account_for_somebody(anyone: Who, bob: Who, alice: Who, olga: Who) -> None:
    for who in (anyone, bob, alice, olga):
        with pytest.raises(Refusal) as refused:
            actions.open_account(who, "x@example.org", "Xaver")
        assert refused.value.status == 403
    assert not Account.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("closed", ["inactive", "forgotten"])
def test_a_closed_account_opens_nothing(client: Client, closed: str) -> None:
    account = registered(client)
    account.is_active = False
    account.forgotten_at = clock.now() if closed == "forgotten" else None
    account.save()
    assert client.get("/me/").status_code == 302, "an open session ends with the account"
    answer = Client().post("/account/login/", {"login": SIGN_UP["email"], "password": PASSWORD})
    assert answer.status_code in (200, 302) and answer.get("Location") != "/me/"


@pytest.mark.django_db
def test_the_session_changes_when_somebody_signs_in(client: Client) -> None:
    registered(client)
    client.post("/account/logout/")
    client.get("/account/password/reset/")
    session = client.session
    session["before"] = "1"
    session.save()
    client.cookies["sessionid"] = session.session_key
    before = client.cookies["sessionid"].value
    client.post("/account/login/", {"login": SIGN_UP["email"], "password": PASSWORD})
    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wish", "goes"),
    [
        ("/places/", "/places/"),
        ("https://evil.example/", "/me/"),
        ("//evil.example/", "/me/"),
        ("http://testserver/places/", "/me/"),
        ("/\\evil.example/", "/me/"),
        ("javascript:alert(1)", "/me/"),
    ],
)
def test_after_signing_in_one_stays_on_this_node(client: Client, wish: str, goes: str) -> None:
    registered(client)
    client.post("/account/logout/")
    answer = client.post("/account/login/", {"login": SIGN_UP["email"], "password": PASSWORD, "next": wish})
    assert answer["Location"] == goes


@pytest.mark.django_db
def test_too_many_tries_are_refused_with_our_sentence(client: Client) -> None:
    for _ in range(6):
        answer = client.post("/account/login/", {"login": "nora@example.org", "password": "falsch"})
    assert "zu viele Versuche" in answer.content.decode()
    for _ in range(40):
        answer = client.post("/account/login/", {"login": f"n{_}@example.org", "password": "falsch"})
    assert answer.status_code == 429
    assert "Kennzahl dieser Seite" in answer.content.decode()


@pytest.mark.django_db
def test_without_a_mail_server_nothing_is_half_done(client: Client, monkeypatch: Any) -> None:
    def down(*args: Any, **kwargs: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", down)
    answer = register(client)
    assert answer.status_code == 503
    assert "Deshalb ist nichts gespeichert" in answer.content.decode()
    assert not Account.objects.exists() and not EmailAddress.objects.exists() and not verbs()
    answer = client.post("/account/password/reset/", {"email": "nora@example.org"})
    assert answer.status_code == 503 and "mail.away" in answer.content.decode()
    monkeypatch.undo()
    registered(client)


@pytest.mark.django_db
def test_changing_the_address_needs_a_code_at_the_new_one(client: Client) -> None:
    account = registered(client)
    answer = client.post("/account/email/", {"action_add": "", "email": "neu@example.org"})
    assert answer["Location"] == "/account/confirm-email/"
    account.refresh_from_db()
    assert account.email == SIGN_UP["email"]
    code = next(code_in(m) for m in mail.outbox if m.to == ["neu@example.org"])
    assert _enter(client, code).status_code == 302
    account.refresh_from_db()
    assert account.email == "neu@example.org"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        ("neu@example.org", True, True)
    ]


@pytest.mark.django_db
def test_one_device_or_all_others_are_signed_out(client: Client) -> None:
    account = registered(client)
    others = [Client() for _ in range(3)]
    for other in others:
        other.post("/account/login/", {"login": SIGN_UP["email"], "password": PASSWORD})
    page = client.get("/account/sessions/").content.decode()
    ends = re.findall(r'action="(/account/sessions/\d+/end/)"', page)
    assert len(ends) == 3
    assert client.post(ends[0]).status_code == 302
    assert sorted(other.get("/me/").status_code for other in others) == [200, 200, 302]
    stranger = Client()
    registered(stranger, email="x@example.org", pseudonym="Xaver")
    assert stranger.post(ends[1]).status_code == 404, "not theirs"
    client.post("/account/sessions/")
    assert [other.get("/me/").status_code for other in others] == [302, 302, 302]
    assert client.get("/me/").status_code == 200
    assert verbs().count("session-ended") == 1 and account.pk


@pytest.mark.django_db
def test_a_role_that_ends_opens_nothing_on_the_next_request(
    client: Client, person: Person, organisation: Any, rf: RequestFactory
) -> None:
    petra = person("petra", ("clerk", organisation("municipality", "Amt"), None))
    client.force_login(petra)

    def who() -> Who:
        request = client.get("/me/").wsgi_request
        del request.who
        return reads.who_asks(request)

    assert who().holds("clerk")
    RoleHeld.objects.update(ended_at="2026-01-01T00:00Z")
    assert not who().holds("clerk")


@pytest.mark.django_db
def test_pages_set_no_cookie_for_those_who_only_read(client: Client) -> None:
    for path in ("/", "/places/", "/imprint/"):
        assert not client.get(path).cookies


@pytest.mark.django_db
def test_a_signed_in_page_costs_three_questions_more(
    client: Client, person: Person, django_assert_max_num_queries: Any
) -> None:
    def asked(one: Client) -> int:
        with django_assert_max_num_queries(100) as captured:
            one.get("/imprint/")
        return len(captured)

    asked(client)
    before = asked(client)
    client.force_login(person("bob"))
    asked(client)
    assert asked(client) - before <= 3 + UNREAD


UNREAD = 1  # the count of unread notices beside "my account"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", ["email", "pseudonym"])
def test_of_two_who_register_the_same_at_once_one_wins(same: str) -> None:
    answers: list[Any] = []
    differ = {"email": "pseudonym", "pseudonym": "email"}[same]
    others = {"email": ("a@example.org", "b@example.org"), "pseudonym": ("Erste", "Zweite")}[differ]
    together(*(lambda o=o: answers.append(register(Client(), **{differ: o})) for o in others))
    assert Account.objects.count() == 1
    assert Consent.objects.count() == 1 and verbs().count("signed-up") == 1
    statuses = sorted(answer.status_code for answer in answers)
    if same == "email":
        assert statuses == [302, 302], "whoever lost is told by mail, like everybody who has an account"
        assert sorted(m.subject for m in mail.outbox) == ["Sie haben schon ein Konto", "Willkommen! Ihr Code"]
    else:
        assert statuses == [302, 409]
        lost = next(answer for answer in answers if answer.status_code == 409)
        assert "Dieses Pseudonym hat schon jemand" in lost.content.decode()
