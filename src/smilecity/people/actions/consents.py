# SPDX-License-Identifier: EUPL-1.2
"""Consents: given for a purpose in the version that was read, withdrawn as easily."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people import facts
from smilecity.people.models import Account, Consent, Delivery, PushAddress
from smilecity.people.rules import purposes as rules


def give_consent(who: Who, purpose: str, version: int) -> Consent:
    """Keep that the person agrees to the purpose in the version of its text they have read.

    Agreeing again changes nothing; a consent to an older version is closed. Lock: the account's row.
    """
    asked = rules.checked_purpose(purpose)
    rules.checked_version(asked, version)
    with transaction.atomic():
        account = _own(who)
        given = Consent.objects.filter(account=account, purpose=purpose, withdrawn_at=None).first()
        if given is not None and given.version == version:
            return given
        if given is not None:
            _close(given)
        made = Consent.objects.create(account=account, purpose=purpose, version=version, given_at=clock.now())
        log.append(who, facts.CONSENT_GIVEN, data={"purpose": purpose, "version": version})
        return made


def withdraw_consent(who: Who, purpose: str) -> None:
    """Take a consent back; what was done before stays lawful. Lock: the account's row.

    What belongs to having an account is not taken back by itself: one leaves.
    """
    asked = rules.checked_purpose(purpose)
    if asked.necessary:
        raise Refusal(
            "consent.necessary",
            _("Ohne dies geht kein Konto."),
            cure=_("Wenn Sie nicht mehr zustimmen, können Sie Ihr Konto löschen."),
            field="purpose",
            status=409,
        )
    with transaction.atomic():
        given = Consent.objects.filter(account=_own(who), purpose=purpose, withdrawn_at=None).first()
        if given is not None:
            _close(given)
            log.append(who, facts.CONSENT_WITHDRAWN, data={"purpose": purpose})
        if purpose == rules.DIGEST:
            Delivery.objects.filter(account=who.account).update(mail="off")
        elif purpose == rules.PUSH:
            PushAddress.objects.filter(account=who.account).delete()


def _close(consent: Consent) -> None:
    consent.withdrawn_at = clock.now()
    consent.save(update_fields=["withdrawn_at"])


def _own(who: Who) -> Account:
    """The account of who asks, locked. Refuses who has none."""
    account = (
        Account.objects.select_for_update(of=("self",)).filter(pk=who.account or 0, is_active=True).first()
    )
    if account is None:
        raise Refusal("consent.no-account", _("Dafür brauchen Sie ein Konto."), status=403)
    return account
