# SPDX-License-Identifier: EUPL-1.2
"""What is known about a person: everything of theirs, nothing of others, no secrets, readable and as a file."""

import json
import uuid
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import Client

from smilecity.citizens import actions as citizens
from smilecity.core import privacy
from smilecity.people.models import Account
from smilecity.people.reads import who_is
from smilecity.people.rules.told import LABELS

Make = Callable[..., Any]

# Every column that points to an account, and where "what is known about me" tells of it.
TOLD_OF = {
    "account.EmailAddress.user": "people.email_addresses",
    "citizens.AbuseReport.account": "citizens.abuse_reports",
    "citizens.Comment.account": "citizens.comments",
    "citizens.Deputy.account": "citizens.deputies",
    "citizens.Deputy.deputy": "citizens.deputies",
    "citizens.Need.account": "citizens.needs",
    "citizens.Need.worker": "citizens.looked_after",
    "citizens.Support.account": "citizens.supports",
    "mfa.Authenticator.user": "people.passkeys_and_second_factors",
    "people.Consent.account": "people.consents",
    "people.Delivery.account": "people.delivery",
    "people.Follow.account": "people.follows",
    "people.Notice.account": "people.notices",
    "people.PushAddress.account": "people.push_addresses",
    "people.RoleHeld.account": "people.roles",
    "people.Webhook.owner": "people.webhooks",
    "places.Booking.account": "places.bookings",
    "places.Change.author": "places.changes",
    "places.Grant.account": "places.grants",
    "places.Handle.account": "places.handles",
    "places.Keyholder.account": "places.keyholders",
    "places.Loan.account": "places.loans",
    "places.Offer.author": "places.offers",
    "places.Pause.account": "places.pauses",
    "places.Registration.account": "places.registrations",
    "places.Series.account": "places.series",
    "socialaccount.SocialAccount.user": "people.linked_logins",
    "usersessions.UserSession.user": "people.sessions",
}


def test_every_column_about_a_person_is_told_of() -> None:
    found = {
        f"{model._meta.label}.{column.name}"
        for model in apps.get_models()
        for column in model._meta.get_fields()
        if isinstance(column, models.ForeignKey | models.OneToOneField) and column.related_model is Account
    }
    assert found == set(TOLD_OF)


def test_each_of_them_is_in_what_is_told(vera: Account) -> None:
    told = privacy.export(vera.pk)
    for where in TOLD_OF.values():
        room, section = where.split(".")
        assert told[room][section], where
    assert set(told) == {"city", "citizens", "governance", "places", "things", "space", "people"}


def test_needs_by_an_own_address_are_mine_and_by_one_not_shown_to_be_mine_are_not(vera: Account) -> None:
    words = {need["words"] for need in privacy.export(vera.pk)["citizens"]["needs"]}
    assert words == {"Mehr Bänke, bitte", "Danke für das Licht"}


def test_nothing_secret_is_told_and_nothing_of_others(vera: Account, person: Make) -> None:
    text = json.dumps(privacy.export(vera.pk))
    assert not any(secret in text for secret in ("SECRET", "OFFTOKEN", "P256", "AUTH", vera.password or "!"))
    assert not any(of_others in text for of_others in ("Ada", "0381 12345", "TOKENHASH"))
    other = json.dumps(privacy.export(person("bob").pk))
    assert "Pier" not in other
    assert "10.0.0.9" not in other


def test_every_field_has_a_name_that_people_read(vera: Account) -> None:
    told = privacy.export(vera.pk)
    sections = [(name, rows) for room in told.values() for name, rows in room.items()]
    fields = {
        field
        for _name, rows in sections
        for row in (rows if isinstance(rows, list) else [rows])
        for field in row
    }
    assert {name for name, _rows in sections} | fields <= set(LABELS)


def test_the_page_and_the_file_are_for_that_person_alone(vera: Account, client: Client) -> None:
    for path in ("/me/data/", "/me/data/download/", "/me/data/forget/"):
        assert client.get(path)["Location"].startswith("/account/login/")
    client.force_login(vera)
    page = client.get("/me/data/")
    text = page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert all(
        part in text
        for part in ("vera@example.org", "Mehr Bänke, bitte", "SV Hafen", "Firefox", "Neuer Pier")
    )
    assert "SECRET" not in text
    answer = client.get("/me/data/download/")
    assert answer["Content-Disposition"].startswith("attachment")
    rooms = json.loads(answer.content)["rooms"]
    assert rooms["people"]["account"]["email"] == "vera@example.org"
    assert rooms["people"]["account"]["id"] == vera.pk


def test_what_people_wrote_is_shown_as_text(vera: Account, client: Client) -> None:
    citizens.say_need(who_is(vera), uuid.uuid4(), kind="wish", words="<script>x</script>", language="de")
    client.force_login(vera)
    text = client.get("/me/data/").content.decode()
    assert "<script>x" not in text
    assert "&lt;script&gt;x" in text
    assert settings.LANGUAGE_CODE == "de"
