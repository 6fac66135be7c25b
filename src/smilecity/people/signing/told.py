# SPDX-License-Identifier: EUPL-1.2
"""What allauth does to an account, told to the log: codes only, in the transaction of the page."""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.socialaccount import signals as social
from django.db import transaction
from django.dispatch import Signal

from smilecity.core import log
from smilecity.core.who import Who
from smilecity.people import facts

_TOLD: tuple[tuple[Signal, str], ...] = (
    (account.password_changed, facts.PASSWORD_CHANGED),
    (account.password_set, facts.PASSWORD_CHANGED),
    (account.password_reset, facts.PASSWORD_CHANGED),
    (mfa.authenticator_added, facts.PASSKEY_ADDED),
    (mfa.authenticator_removed, facts.PASSKEY_REMOVED),
)


def listen() -> None:
    """Connect every signal that the log hears of."""
    for signal, verb in _TOLD:
        signal.connect(_teller(verb), weak=False, dispatch_uid=f"smilecity.people.{verb}.{id(signal)}")
    account.email_confirmed.connect(_email_confirmed, dispatch_uid="smilecity.people.email-confirmed")
    account.email_changed.connect(_email_changed, dispatch_uid="smilecity.people.email-changed")
    account.user_logged_in.connect(_signed_in, dispatch_uid="smilecity.people.signed-in")
    social.social_account_added.connect(_linked, dispatch_uid="smilecity.people.linked")
    social.social_account_removed.connect(_unlinked, dispatch_uid="smilecity.people.unlinked")


def _teller(verb: str) -> Any:
    def tell(sender: Any, user: Any, **rest: Any) -> None:
        _append(user.pk, verb)

    return tell


def _email_confirmed(sender: Any, email_address: Any, **rest: Any) -> None:
    _append(email_address.user_id, facts.EMAIL_CONFIRMED)


def _email_changed(
    sender: Any, user: Any, from_email_address: Any, to_email_address: Any, **rest: Any
) -> None:
    if from_email_address is not None and from_email_address.email != to_email_address.email:
        _append(user.pk, facts.EMAIL_CHANGED)


def _signed_in(sender: Any, user: Any, **rest: Any) -> None:
    if rest.get("sociallogin") is not None:
        _append(user.pk, facts.PROVIDER_SIGNED_IN)


def _linked(sender: Any, sociallogin: Any, **rest: Any) -> None:
    _append(sociallogin.user.pk, facts.PROVIDER_LINKED)


def _unlinked(sender: Any, socialaccount: Any, **rest: Any) -> None:
    _append(socialaccount.user_id, facts.PROVIDER_UNLINKED)


def _append(account_id: int, verb: str) -> None:
    with transaction.atomic():
        log.append(Who(f"account/{account_id}", account_id), verb, about=[account_id])
