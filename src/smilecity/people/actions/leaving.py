# SPDX-License-Identifier: EUPL-1.2
"""Leaving: a person has themselves forgotten, in every room or in none; and accounts nobody ever confirmed."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from smilecity.core import log, privacy
from smilecity.core.privacy import ForgetReport
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people import facts, rights
from smilecity.people.actions import locks, roles
from smilecity.people.models import Account, Consent, RoleHeld
from smilecity.people.rules.roles import OPERATOR


def leave(who: Who, typed: str) -> ForgetReport:
    """Forget who asks, everywhere, for good; `typed` is their pseudonym, typed by themselves.

    All rooms forget in one transaction. The last operator stays until another takes over.
    Lock: operators' roles (advisory), then the account's row: whoever is giving this person a role, or keeping
    what they say, is waited for, and comes too late after.
    """
    with transaction.atomic():
        locks.lock(locks.OPERATORS)
        account = (
            Account.objects.select_for_update(of=("self",))
            .filter(pk=who.account or 0, is_active=True)
            .first()
        )
        if account is None:
            raise Refusal("person.no-account", _("Dafür brauchen Sie ein Konto."), status=403)
        if typed.strip() != account.pseudonym:
            raise Refusal(
                "person.not-confirmed",
                _("Das ist nicht Ihr Name auf dieser Seite."),
                cure=_("Schreiben Sie ihn genau so, wie er oben steht."),
                field="pseudonym",
                status=422,
            )
        held = list(RoleHeld.objects.select_for_update().filter(account=account, ended_at=None))
        if any(one.role == OPERATOR for one in held):
            roles.refuse_last_operator(account.pk)
        for one in held:
            roles.end(who, one)
        report = privacy.forget(account.pk)
        log.append(who, facts.PERSON_LEFT, data={"account": account.pk})
        return report


def forget_unconfirmed(who: Who, before: datetime) -> int:
    """Delete the accounts opened before this moment whose address nobody ever confirmed; returns how many.

    So an address and a pseudonym are free again for whose they are. Nobody was ever signed in with such an account:
    there is nothing of it in other rooms. Who has held a role stays, whatever became of the address.
    Lock: the accounts' rows, then those of their addresses: who is just confirming is waited for, and stays.
    """
    if not rights.may_forget_unconfirmed(who):
        raise Refusal("person.not-yours", _("Das dürfen Sie hier nicht."), status=403)
    with transaction.atomic():
        old = _unconfirmed().filter(created_at__lt=before).select_for_update(of=("self",), skip_locked=True)
        accounts = [account.pk for account in old.order_by("pk")]
        addresses = EmailAddress.objects.select_for_update().filter(user__in=accounts).order_by("pk")
        confirmed = {address.user_id for address in addresses if address.verified}
        gone = [account for account in accounts if account not in confirmed]
        Consent.objects.filter(account__in=gone).delete()
        Account.objects.filter(pk__in=gone).delete()
        if gone:
            log.append(who, facts.UNCONFIRMED_FORGOTTEN, data={"count": len(gone)})
    return len(gone)


def _unconfirmed() -> QuerySet[Account]:
    verified = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    held = RoleHeld.objects.filter(account=OuterRef("pk"))
    never = Account.objects.filter(last_login__isnull=True, forgotten_at__isnull=True)
    return never.filter(~Exists(verified), ~Exists(held))
