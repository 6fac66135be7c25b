# SPDX-License-Identifier: EUPL-1.2
"""All that this room knows of a person, for that person: our own numbers, times in ISO 8601, no secrets."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession

from smilecity.core.models import LogEntry, Undo
from smilecity.people.models import (
    Account,
    Consent,
    Delivery,
    Follow,
    Notice,
    PushAddress,
    RoleHeld,
    Webhook,
)

Row = dict[str, Any]


def everything(account: int) -> dict[str, Any]:
    """What people's tables, allauth's, and the log hold of this account; empty if there is none."""
    person = Account.objects.filter(pk=account).first()
    if person is None:
        return {}
    return {
        "account": _account(person),
        "email_addresses": _rows(EmailAddress.objects.filter(user=account), "email", "verified", "primary"),
        "passkeys_and_second_factors": _authenticators(account),
        "linked_logins": _rows(
            SocialAccount.objects.filter(user=account),
            "provider",
            "uid",
            "date_joined",
            "last_login",
            "extra_data",
        ),
        "sessions": _rows(
            UserSession.objects.filter(user=account), "created_at", "last_seen_at", "ip", "user_agent"
        ),
        "roles": _rows(
            RoleHeld.objects.filter(account=account).order_by("id"),
            *(
                "id",
                "role",
                "organisation_id",
                "organisation__noun__title",
                "area_id",
                "given_at",
                "ended_at",
            ),
        ),
        "consents": _rows(
            Consent.objects.filter(account=account).order_by("id"),
            *("purpose", "version", "given_at", "withdrawn_at"),
        ),
        "follows": _rows(
            Follow.objects.filter(account=account).order_by("id"), "noun_id", "noun__address", "since"
        ),
        "notices": _rows(
            Notice.objects.filter(account=account).order_by("id"),
            *("id", "verb", "noun_id", "at", "read_at", "mailed_at", "pushed_at"),
        ),
        "delivery": _rows(
            Delivery.objects.filter(account=account),
            *("mail", "push", "quiet_from", "quiet_to", "digested_at"),
        ),
        "push_addresses": _rows(PushAddress.objects.filter(account=account), "endpoint", "made_at"),
        "webhooks": _rows(
            Webhook.objects.filter(owner=account).order_by("id"), "id", "name", "address", "kinds", "made_at"
        ),
        "undo": _rows(Undo.objects.filter(account=account).order_by("id"), "id", "what", "at", "undone_at"),
        "log": _rows(
            LogEntry.objects.filter(actor=f"account/{account}").order_by("id"), "at", "verb", "noun", "data"
        ),
    }


def addresses(account: int) -> list[str]:
    """The e-mail addresses that this person has shown to be theirs, folded."""
    verified = EmailAddress.objects.filter(user=account, verified=True).values_list("email", flat=True)
    return sorted({address.lower() for address in verified})


def _account(person: Account) -> Row:
    return {
        "id": person.pk,
        "email": person.email,
        "pseudonym": person.pseudonym,
        "real_name": person.real_name,
        "language": person.language,
        "home": person.home_id,
        "has_password": person.has_usable_password(),
        "created_at": person.created_at.isoformat(),
        "last_login": person.last_login.isoformat() if person.last_login else None,
    }


def _authenticators(account: int) -> list[Row]:
    """That there are some, and since when; what they are made of is a secret."""
    return [
        {
            "type": one.type,
            "name": one.data.get("name", "") if isinstance(one.data, dict) else "",
            "created_at": one.created_at.isoformat(),
            "last_used_at": one.last_used_at.isoformat() if one.last_used_at else None,
        }
        for one in Authenticator.objects.filter(user=account).order_by("id")
    ]


def _rows(found: Any, *fields: str) -> list[Row]:
    rows: Iterable[Row] = found.values(*fields)
    return [{name.replace("__", "_"): _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | time) else value
