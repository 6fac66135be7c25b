# SPDX-License-Identifier: EUPL-1.2
"""Receipts, answers and what moderators did, to the addresses that were left, and forgetting those in time."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import AlreadyEnqueued

from smilecity.citizens import facts, reads, rights, rules
from smilecity.citizens.models import Moderated, Need
from smilecity.citizens.reads import moderation
from smilecity.core import clock, log
from smilecity.core.problems import Refusal
from smilecity.core.who import Who

Row = TypeVar("Row", bound=Model)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# One after the other, so that no two receipts are counted as one.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('citizens.receipts'))"


def receipt_for(contact: str, door: str) -> str:
    """Whether this address is told that something came: only what was typed there by who said it, and not too often, so
    that nobody can have us flood an address. What is said is kept all the same. In the caller's transaction.

    Lock: one receipt at a time is granted.
    """
    if not contact or door in rules.ON_BEHALF | rules.BY_THE_NODE:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
    now = clock.now()
    told = Need.objects.filter(said_at__gt=now - DAY).exclude(receipt="")
    lately = told.filter(said_at__gt=now - HOUR).count()
    same = told.filter(contact__iexact=contact).count()
    return Need.RECEIPT_OWED if rules.may_be_told(same, lately) else ""


def tell_soon() -> None:
    """Have the queue mail receipts, once, however often it is asked for before it begins."""
    task = queue.configure_task("citizens:mail_receipts", queueing_lock="citizens.receipts.soon")
    with suppress(AlreadyEnqueued), transaction.atomic():
        task.defer()


def mail_receipt(who: Who, noun_id: int, send: Callable[[Need], None]) -> bool:
    """Tell who left an address that what they said came, once; whether they were told now. Lock: as `mail_answer`."""
    _let_in(who)
    owed = reads.receipts_due(who).filter(noun=noun_id).select_related("noun")
    return _sent_once(owed, send, receipt=Need.RECEIPT_SENT)


def mail_answer(who: Who, noun_id: int, send: Callable[[Need], None]) -> bool:
    """Send an answer to the address that was left with its need, once; whether it was sent now.

    Lock: the need's row, held while it is sent; whoever comes second passes it by. If `send` raises, it waits for
    the next time; only if the node dies between sending and committing is it sent twice.
    """
    _let_in(who)
    waiting = reads.unmailed(who).filter(noun=noun_id).select_related("noun")
    return _sent_once(waiting, send, mailed_at=clock.now())


def mail_act(who: Who, number: int, send: Callable[[Moderated], None]) -> bool:
    """Tell a need's author by mail that moderators took it from the public, or what came of an objection to that, once;
    whether they were told now. Lock: as `mail_answer`, the act's row.
    """
    _let_in(who)
    return _sent_once(moderation.acts_owed(who).filter(id=number), send, owed=False)


def forget_contacts(who: Who, before: datetime) -> int:
    """Delete the e-mail addresses of needs said before this moment; returns how many. Lock: the rows."""
    if not rights.may_forget(who):
        raise Refusal("need.not-yours", _("Das dürfen Sie hier nicht."), status=403)
    with transaction.atomic():
        count = Need.objects.filter(said_at__lt=before).exclude(contact="").update(contact="")
        if count:
            log.append(who, facts.CONTACTS_FORGOTTEN, data={"count": count})
        return count


def _sent_once(waiting: QuerySet[Row], send: Callable[[Row], None], **then: object) -> bool:
    """Send the one row that waits, if nobody else is about to, and keep `then`."""
    with transaction.atomic():
        row = waiting.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return False
        send(row)
        for name, value in then.items():
            setattr(row, name, value)
        row.save(update_fields=list(then))
        return True


def _let_in(who: Who) -> None:
    if not rights.may_mail(who):
        raise Refusal("need.not-yours", _("Das dürfen Sie hier nicht."), status=403)
