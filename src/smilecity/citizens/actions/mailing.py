# SPDX-License-Identifier: EUPL-1.2
"""Answers to the addresses that were left, and forgetting those in time."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from smilecity.citizens import facts, reads, rights
from smilecity.citizens.models import Need
from smilecity.core import clock, log
from smilecity.core.problems import Refusal
from smilecity.core.who import Who


def mail_answer(who: Who, noun_id: int, send: Callable[[Need], None]) -> bool:
    """Send an answer to the address that was left with its need, once; whether it was sent now.

    Lock: the need's row, held while it is sent; whoever comes second passes it by. If `send` raises, it waits for
    the next time; only if the node dies between sending and committing is it sent twice.
    """
    if not rights.may_mail(who):
        raise Refusal("need.not-yours", _("Das dürfen Sie hier nicht."), status=403)
    with transaction.atomic():
        waiting = reads.unmailed(who).filter(noun=noun_id)
        need = waiting.select_for_update(skip_locked=True, of=("self",)).select_related("noun").first()
        if need is None:
            return False
        send(need)
        need.mailed_at = clock.now()
        need.save(update_fields=["mailed_at"])
        return True


def forget_contacts(who: Who, before: datetime) -> int:
    """Delete the e-mail addresses of needs said before this moment; returns how many. Lock: the rows."""
    if not rights.may_forget(who):
        raise Refusal("need.not-yours", _("Das dürfen Sie hier nicht."), status=403)
    with transaction.atomic():
        count = Need.objects.filter(said_at__lt=before).exclude(contact="").update(contact="")
        if count:
            log.append(who, facts.CONTACTS_FORGOTTEN, data={"count": count})
        return count
