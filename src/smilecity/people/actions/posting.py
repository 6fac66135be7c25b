# SPDX-License-Identifier: EUPL-1.2
"""Sends what webhooks are to be told: to each in order, to several at once, so that a slow one delays no other.

A webhook is leased by an UPDATE of free rows only, so that two workers never send to one at once. A message counts as
delivered when its receiver has answered with 2xx. If the process dies between the two, the same message comes once
more when the lease has ended: twice is better than never, and its `webhook-id` is the same.
"""

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from smilecity.core import clock, log, reaching, sealing
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.people import facts, rights
from smilecity.people.models import Webhook, WebhookDelivery
from smilecity.people.reads.notices import as_who
from smilecity.people.rules import webhooks as rules

AT_ONCE = 8
LIMITS = reaching.Limits(most_bytes=64 << 10, seconds=10.0, redirects=0)
LEASE = timedelta(minutes=2)  # longer than a turn and its last message can take together
TURN_SECONDS = 20.0  # then others have their turn
ROUND_SECONDS = 50.0
LOOK_SECONDS = 0.5  # how often a round looks for what is new while others are slow


def send_waiting(who: Who, *, linger: float = 0.0) -> int:
    """Send what is due until nothing is, and for `linger` seconds what falls due then; returns how many turns that took.

    Lock: see above.
    """
    if not rights.may_tell(who):
        raise Refusal("webhook.not-yours", "Only the node itself sends messages.", status=403)
    turns, flying, until = 0, set[Future[None]](), time.monotonic() + ROUND_SECONDS
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhooks") as pool:
        while True:
            if time.monotonic() < until:
                now = clock.now()
                for number in leased(now, AT_ONCE - len(flying)):
                    flying.add(pool.submit(copy_context().run, _turn, number, now + LEASE))
                    turns += 1
            if flying:
                done, flying = wait(flying, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
                for one in done:
                    one.result()
            elif time.monotonic() > until or not _soon_due(linger):
                return turns
            else:
                time.sleep(LOOK_SECONDS)


def leased(now: datetime, most: int) -> list[int]:
    """Take the lease of webhooks that are due, at most so many; nobody else gets them until it ends.

    They are due from now on, so that next time others come first.
    """
    with transaction.atomic():
        found = _free(now, most) if most else []
        Webhook.objects.filter(pk__in=found).update(busy_until=now + LEASE, due_at=now)
    return found


def _free(now: datetime, most: int) -> list[int]:
    """Lock: the rows, skipping those that another worker is just taking."""
    return list(
        _due(now).select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:most]
    )


def _due(now: datetime) -> QuerySet[Webhook]:
    """The webhooks that are due and free, first those that have waited longest."""
    free = Webhook.objects.filter(paused="", due_at__lte=now).exclude(busy_until__gte=now)
    return free.filter(Exists(_waiting(OuterRef("pk")))).order_by("due_at", "pk")


def _waiting(webhook: Any) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(webhook=webhook, delivered_at=None).order_by("id")


def _soon_due(linger: float) -> bool:
    soon = clock.now() + timedelta(seconds=linger)
    return linger > 0 and _due(soon).exists()


def send_in_order(number: int) -> None:
    """Send to one webhook in order, until it fails, nothing waits, or its turn is over. The caller has its lease."""
    until = time.monotonic() + TURN_SECONDS
    while time.monotonic() < until and _sent_next(number):
        pass


def _turn(number: int, lease: datetime) -> None:
    """In a thread of its own: send, then give the lease back."""
    try:
        send_in_order(number)
        Webhook.objects.filter(pk=number, busy_until=lease).update(busy_until=None)
    finally:
        connection.close()  # the thread's own


def _sent_next(number: int) -> bool:
    """Send the message that waits longest; whether there was one and it arrived."""
    hook = Webhook.objects.filter(pk=number, paused="").first()
    message = _waiting(number).first()
    if hook is None or message is None:
        return False
    if hook.owner_id is None or not rights.may_keep_webhooks(as_who(NODE, [hook.owner_id])[hook.owner_id]):
        _rest(number, Webhook.NOBODY)
        return False
    secrets = _secrets(hook)
    if not secrets:
        _rest(number, Webhook.UNREADABLE)
        return False
    return _noted(message, *_answer(hook.address, message, secrets))


def _secrets(hook: Webhook) -> list[str]:
    """What signs now: the secret, and for a day the one before; none if the secret cannot be opened any more."""
    secret = sealing.opened(bytes(hook.secret))
    if not secret:
        return []
    known = hook.old_until is not None and hook.old_until > clock.now()
    old = sealing.opened(bytes(hook.old_secret)) if known else None
    return [secret, *([old] if old else [])]


def _answer(address: str, message: WebhookDelivery, secrets: list[str]) -> tuple[int, str]:
    """The status of the answer, or 0 and the code of what went wrong. The address is looked at anew each time."""
    body = message.body.encode()
    headers = rules.headers(secrets, message.message, clock.now(), body)
    try:
        return reaching.post(address, body, headers, LIMITS, inside=settings.SMILE.reach), ""
    except Refusal as refusal:
        return 0, refusal.code


def _noted(message: WebhookDelivery, status: int, trouble: str) -> bool:
    """Write down how it went, and when it is tried again if it did not; whether it arrived."""
    now, arrived = clock.now(), 200 <= status < 300
    WebhookDelivery.objects.filter(pk=message.pk).update(
        attempts=F("attempts") + 1,
        tried_at=now,
        status=status,
        trouble=trouble,
        delivered_at=now if arrived else None,
    )
    if arrived:
        return True
    pause = None if status == rules.GONE else rules.next_pause(message.attempts + 1)
    if pause is None:
        _rest(message.webhook_id, Webhook.GONE if status == rules.GONE else Webhook.FAILING)
    else:
        Webhook.objects.filter(pk=message.webhook_id).update(due_at=now + pause)
    return False


def _rest(number: int, why: str) -> None:
    """Send nothing more until somebody resumes it, and tell its owner. Lock: the webhook's row."""
    with transaction.atomic():
        hook = Webhook.objects.select_for_update(of=("self",)).filter(pk=number, paused="").first()
        if hook is None:
            return
        Webhook.objects.filter(pk=number).update(paused=why)
        data = {"webhook": number, "state": why}
        if hook.owner_id is not None:
            data["account"] = hook.owner_id
        log.append(NODE, facts.WEBHOOK_STOPPED, about=[number], data=data)
