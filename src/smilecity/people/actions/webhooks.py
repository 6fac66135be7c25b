# SPDX-License-Identifier: EUPL-1.2
"""Webhooks: set up, changed, paused, taken away; and what they are to be told."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import orjson
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import AlreadyEnqueued

from smilecity.core import clock, events, log, reaching, sealing
from smilecity.core.events import Event
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people import facts, rights
from smilecity.people.models import Organisation, Webhook, WebhookDelivery
from smilecity.people.reads.webhooks import subject_of, wishes
from smilecity.people.rules import webhooks as rules

JOB = "people:send_webhooks"
MOST = 200


@dataclass(frozen=True, slots=True)
class Said:
    """A webhook as it is typed; `within` is the address of the page of an area or a place, empty for everywhere."""

    name: str
    address: str
    kinds: Sequence[str]
    organisation: int | None = None
    within: str = ""


def make_webhook(who: Who, said: Said) -> tuple[Webhook, str]:
    """Set up a webhook and return it with its secret, which cannot be had again; who asks answers for it.

    Refuses an address that must not be reached (`core.reaching`), and more than 200 webhooks. Lock: none needed.
    """
    _keeper(who)
    taken = _taken(who, said)
    secret = rules.new_secret()
    with transaction.atomic():
        if Webhook.objects.count() >= MOST:
            raise Refusal(
                "webhook.too-many",
                _("Mehr als 200 Webhooks hat ein Knoten nicht."),
                cure=_("Löschen Sie zuerst einen, den niemand mehr braucht."),
                status=409,
            )
        one = Webhook.objects.create(
            owner_id=who.account, secret=sealing.seal(secret), due_at=clock.now(), **taken
        )
        log.append(who, facts.WEBHOOK_MADE, about=[one.pk], data={"webhook": one.pk})
    return one, secret


def change_webhook(who: Who, number: int, said: Said) -> Webhook:
    """Change what a webhook hears and where it is; what waits goes to the new address. Lock: the webhook's row."""
    _keeper(who)
    taken = _taken(who, said)
    with transaction.atomic():
        one = _found(number)
        for field, value in taken.items():
            setattr(one, field, value)
        one.save(update_fields=list(taken))
        log.append(who, facts.WEBHOOK_CHANGED, about=[one.pk], data={"webhook": one.pk})
        return one


def pause_webhook(who: Who, number: int) -> None:
    """Send nothing more; what happens meanwhile is not told later. Lock: the webhook's row."""
    _keeper(who)
    with transaction.atomic():
        one = _found(number)
        if not one.paused:
            Webhook.objects.filter(pk=one.pk).update(paused=Webhook.ASKED)
            log.append(who, facts.WEBHOOK_PAUSED, about=[one.pk], data={"webhook": one.pk})


def resume_webhook(who: Who, number: int) -> None:
    """Send again, first what had to wait, at once; who asks answers for it from now on. Lock: the webhook's row."""
    _keeper(who)
    with transaction.atomic():
        one = _found(number)
        if one.paused:
            WebhookDelivery.objects.filter(webhook=one, delivered_at=None).update(attempts=0)
            Webhook.objects.filter(pk=one.pk).update(paused="", due_at=clock.now(), owner=who.account)
            log.append(who, facts.WEBHOOK_RESUMED, about=[one.pk], data={"webhook": one.pk})
            _send_soon()


def renew_secret(who: Who, number: int) -> str:
    """A new secret, which cannot be had again; for 24 hours the one before signs as well. Lock: the webhook's row."""
    _keeper(who)
    secret = rules.new_secret()
    with transaction.atomic():
        one = _found(number)
        until = clock.now() + rules.BOTH_SIGN
        Webhook.objects.filter(pk=one.pk).update(
            secret=sealing.seal(secret), old_secret=one.secret, old_until=until
        )
        log.append(who, facts.WEBHOOK_SECRET_RENEWED, about=[one.pk], data={"webhook": one.pk})
    return secret


def remove_webhook(who: Who, number: int) -> None:
    """Take a webhook away, with its secret and all that it was told. Lock: the webhook's row."""
    _keeper(who)
    with transaction.atomic():
        one = _found(number)
        log.append(who, facts.WEBHOOK_GONE, about=[one.pk], data={"webhook": one.pk})
        one.delete()


def send_test(who: Who, number: int) -> None:
    """Have a test event sent after what waits already. Refuses while the webhook rests. Lock: the webhook's row."""
    _keeper(who)
    with transaction.atomic():
        one = _found(number)
        if one.paused:
            raise Refusal(
                "webhook.paused",
                _("Dieser Webhook ruht."),
                cure=_("Setzen Sie ihn zuerst fort."),
                status=409,
            )
        message = f"test_{uuid4().hex}"
        body = _body(message, events.TEST, clock.now(), {"webhook": one.pk})
        WebhookDelivery.objects.create(webhook=one, message=message, kind=events.TEST, body=body)
        _send_soon()


def queue_events(who: Who, happened: Sequence[Event]) -> int:
    """Write down what each webhook is to be told, in the caller's transaction; returns how many messages that is.

    An event that is queued again changes nothing. Lock: the unique pair of webhook and message.
    """
    if not rights.may_tell(who):
        raise Refusal("webhook.not-yours", "Only the node itself tells of events.", status=403)
    wanted = wishes(who) if happened else {}
    rows = [
        WebhookDelivery(
            webhook_id=number,
            message=f"evt_{event.entry}",
            kind=event.kind,
            body=_body(f"evt_{event.entry}", event.kind, event.at, event.data),
        )
        for event in happened
        for number, wish in wanted.items()
        if rules.hears(wish, event)
    ]
    if rows:
        with transaction.atomic():
            WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
            _send_soon()
    return len(rows)


def forget_deliveries(who: Who, before: datetime) -> int:
    """Delete what was to be told before this moment, whether it was or not; returns how many messages."""
    if not rights.may_tell(who):
        raise Refusal("webhook.not-yours", "Only the node itself forgets messages.", status=403)
    return WebhookDelivery.objects.filter(made_at__lt=before).delete()[0]


def _body(message: str, kind: str, at: datetime, data: object) -> str:
    return orjson.dumps({"id": message, "type": kind, "time": at, "data": data}).decode()


def _send_soon() -> None:
    """Have the queue send, once, however often it is asked for before it begins."""
    task = queue.configure_task(JOB, queueing_lock="people.webhooks.soon", lock="people.send_webhooks")
    with suppress(AlreadyEnqueued), transaction.atomic():
        task.defer(timestamp=0)


def _taken(who: Who, said: Said) -> dict[str, object]:
    """What was typed, looked at; asks the name service, so it is done outside of the transaction."""
    address = said.address.strip()
    if len(address) > rules.MOST_ADDRESS or "#" in address:
        raise rules.wrong("webhook.bad-address", _("Diese Adresse geht nicht."), "address")
    taken: dict[str, object] = {
        "name": rules.checked_name(said.name),
        "kinds": rules.checked_kinds(said.kinds, events.kinds()),
        "organisation_id": _organisation(said.organisation),
        "within_id": subject_of(who, said.within),
    }
    reaching.allowed(address, inside=settings.SMILE.reach)
    return {**taken, "address": address}


def _organisation(number: int | None) -> int | None:
    if number is not None and not Organisation.objects.filter(pk=number).exists():
        raise rules.wrong(
            "webhook.unknown-organisation", _("Diese Organisation gibt es nicht."), "organisation"
        )
    return number


def _found(number: int) -> Webhook:
    one = Webhook.objects.select_for_update(of=("self",)).filter(pk=number).first()
    if one is None:
        raise unknown()
    return one


def unknown() -> Refusal:
    """The refusal of a webhook that is not there."""
    return Refusal("webhook.unknown", _("Diesen Webhook gibt es nicht (mehr)."), status=404)


def _keeper(who: Who) -> None:
    if not rights.may_keep_webhooks(who):
        raise Refusal("webhook.not-yours", _("Nur Betreiber verwalten Webhooks."), status=403)
