# SPDX-License-Identifier: EUPL-1.2
"""Commands as rows: numbered under their controller's row, so that their order is the order of their numbers."""

import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.places import facts, rights
from smilecity.places.models import Compartment, Controller, Grant, LockCommand
from smilecity.places.rules.locks import lives, messages


def locked(controller: int) -> Controller:
    """The controller's row, held until the transaction ends: it orders commands, grants and reports."""
    return Controller.objects.select_for_update().get(id=controller)


def make(
    who: Who,
    box: Controller,
    what: str,
    said: dict[str, Any] | None = None,
    *,
    compartment: Compartment | None = None,
    grant: Grant | None = None,
    seconds: int = messages.LASTING_SECONDS,
) -> LockCommand:
    """One more command for this controller, whose row the caller holds."""
    box.counter += 1
    box.save(update_fields=["counter"])
    now = clock.now()
    made = LockCommand.objects.create(
        id=uuid.uuid4(),
        controller=box,
        compartment=compartment,
        grant=grant,
        what=what,
        counter=box.counter,
        body={"said": said or {}, "nonce": secrets.token_hex(8)},
        by=who.label,
        made_at=now,
        changed_at=now,
        expires_at=now + timedelta(seconds=seconds),
    )
    log.append(who, facts.LOCK_ASKED, about=[box.place_id, box.id], data={"what": what})
    return made


def move(commands: QuerySet[LockCommand], heard: str, reason: str = "") -> list[LockCommand]:
    """Move these on by what was heard of them; those that moved. The caller holds their controller's row."""
    moved = []
    for one in commands:
        reached = lives.command_after(one.state, heard)
        if reached == one.state:
            continue
        one.state, one.reason, one.changed_at = reached, reason, clock.now()
        one.save(update_fields=["state", "reason", "changed_at"])
        moved.append(one)
    return moved


def mark_sent(who: Who, commands: Iterable[uuid.UUID]) -> None:
    """Note that these went out; said by the node after its line took them. Lock: the commands' rows."""
    if not rights.may_let_go(who):
        raise Refusal("locks.not-yours", _("Das tut der Knoten selbst."), status=403)
    now = clock.now()
    with transaction.atomic():
        rows = LockCommand.objects.select_for_update().filter(id__in=list(commands), state__in=lives.OPEN)
        for one in rows.order_by("id"):
            one.state, one.sent_at = lives.command_after(one.state, lives.SENT), now
            one.save(update_fields=["state", "sent_at"])


def forget_commands(who: Who, before: datetime) -> int:
    """Delete commands that ended before this moment, but for those of grants that still live; returns how many."""
    if not rights.may_let_go(who):
        raise Refusal("locks.not-yours", _("Das tut der Knoten selbst."), status=403)
    living = (Grant.WANTED, Grant.INSTALLED, Grant.REVOKING)
    with transaction.atomic():
        old = LockCommand.objects.filter(expires_at__lt=before).exclude(grant__state__in=living)
        return old.delete()[0]


def expire(box: Controller) -> None:
    """Let go of commands whose time is over: nobody has said that they did anything. The caller holds the row."""
    late = box.commands.filter(state__in=lives.OPEN, expires_at__lte=clock.now())
    for one in move(late, lives.EXPIRED):
        tell(box, one)


def tell(box: Controller, command: LockCommand) -> None:
    """Tell that a person's wish to open or lock has moved on; what the node does by itself is told by the grants."""
    if command.what not in (messages.UNLOCK, messages.LOCK):
        return
    data = {
        "command": str(command.id),
        "state": command.state,
        "reason": command.reason,
        "grant": command.grant_id,
    }
    about = [
        one for one in (box.place_id, box.id, command.grant_id, command.compartment_id) if one is not None
    ]
    log.append(NODE, facts.LOCK_ANSWERED, about=about, data=data)
