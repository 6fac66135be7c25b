# SPDX-License-Identifier: EUPL-1.2
"""Naming who stands in for somebody, and taking it back."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from smilecity.citizens import facts, rights
from smilecity.citizens.models import Deputy
from smilecity.core import log
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.people.reads.notices import as_who, present

MOST_DAYS = 400


def name_deputy(who: Who, account: int, deputy: int, since: date, until: date) -> Deputy:
    """`deputy` stands in for `account` from one day to the other, both included.

    What `account` looks after is the deputy's, too, and what `account` is told. Lock: none; a new row.
    """
    if not rights.may_name_deputy(who, account):
        raise Refusal("deputy.not-yours", _("Das bestimmen andere."), status=403)
    _check(account, deputy, since, until)
    with transaction.atomic():
        found = Deputy.objects.create(account_id=account, deputy_id=deputy, since=since, until=until)
        log.append(who, facts.DEPUTY_NAMED, data={"account": account, "deputy": deputy})
        return found


def end_deputy(who: Who, number: int) -> None:
    """Nobody stands in any more: by whoever could name it, or by the deputy. Lock: the row."""
    with transaction.atomic():
        found = Deputy.objects.select_for_update().filter(id=number).first() if 0 < number < 1 << 63 else None
        if found is None or not (
            rights.may_name_deputy(who, found.account_id) or found.deputy_id == who.account
        ):
            raise Refusal("deputy.unknown", _("Diese Vertretung gibt es hier nicht."), status=404)
        log.append(who, facts.DEPUTY_ENDED, data={"account": found.account_id, "deputy": found.deputy_id})
        found.delete()


def _check(account: int, deputy: int, since: date, until: date) -> None:
    if until < since:
        raise _wrong("deputy.backwards", _("Das Ende liegt vor dem Anfang."), "until")
    if until - since > timedelta(days=MOST_DAYS):
        raise _wrong("deputy.too-long", _("Eine Vertretung dauert höchstens ein gutes Jahr."), "until")
    if deputy == account:
        raise _wrong("deputy.oneself", _("Wählen Sie jemand anderen."), "deputy")
    other = as_who(NODE, [deputy]).get(deputy)
    if other is None or not rights.reads_any(other) or not present(NODE, [deputy]):
        raise _wrong("deputy.cannot", _("Diese Person bearbeitet keine Anliegen."), "deputy")
    if account not in present(NODE, [account]):
        raise _wrong("deputy.unknown-account", _("Dieses Konto gibt es hier nicht."), "account")


def _wrong(code: str, sentence: str, field: str) -> Refusal:
    return Refusal(code, sentence, field=field, status=422)
