# SPDX-License-Identifier: EUPL-1.2
"""Brings notices to people: by mail in rounds, by push at once.

Mail: a person is claimed by a conditional UPDATE of when mail last went out, so two workers never send to one person at
once; what was sent is marked after the mail server took it. If the process dies between the two, the same notices come
once more in the next mail: twice is better than never. If the server is away the claim is given back.
Push: notices are claimed before they are sent and given back if no push service took them. If the process dies between
the two, the push is lost; the notice still is in the inbox and in the mail.
"""

import smtplib
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people import reads, rights
from smilecity.people.actions.courier import Courier, Outcome
from smilecity.people.models import Delivery, Notice, PushAddress
from smilecity.people.reads.notices import seen
from smilecity.people.rules import delivery as rules

MOST_A_ROUND = 500
MOST_IN_A_MAIL = 50

Letter = Callable[[Who, Delivery, Sequence[Notice]], EmailMessage]
Message = Callable[[Who, str, Sequence[Notice]], bytes]

log = structlog.get_logger("delivery")


def deliver_mail(who: Who, letter: Letter, *, connection: BaseEmailBackend | None = None) -> int:
    """Send what is due; returns how many people got mail. `letter` makes the message. Lock: see above."""
    _node_only(who)
    now, sent = clock.now(), 0
    line = connection or get_connection()
    for wishes in _due(now):
        notices = _unsent(who, wishes, now)
        if not notices or not _claim(wishes, now):
            continue
        try:
            line.send_messages([letter(_as_person(who, wishes.account_id), wishes, notices)])
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            # The server answers, but not for this person: again with the next round, not every minute.
            log.warning("mail refused", account=wishes.account_id, error=type(error).__name__)
            continue
        except (OSError, smtplib.SMTPException) as error:
            _give_back(wishes, now)
            log.warning("mail server away", error=type(error).__name__)
            break
        _mark(notices, "mailed_at", now)
        sent += 1
    return sent


def deliver_push(who: Who, courier: Courier, message: Message) -> int:
    """Push what is new to people's browsers; returns to how many people. `message` makes the words. Lock: see above."""
    _node_only(who)
    now, reached = clock.now(), 0
    for account, addresses in _with_news(now).items():
        wishes = Delivery.objects.select_related("account").filter(account=account, push=True).first()
        if wishes is None or rules.is_quiet(_wishes(wishes), now, _zone()):
            continue
        person = _as_person(who, account)
        notices = _claimed_for_push(person, now)
        if not notices:
            continue
        words = message(person, wishes.account.language, notices)
        outcomes = [_brought(courier, address, words) for address in addresses]
        if Outcome.BROUGHT in outcomes:
            reached += 1
        elif Outcome.LATER in outcomes:
            _mark(notices, "pushed_at", None)
    return reached


def _due(now: datetime) -> list[Delivery]:
    """Whose mail is due and who has news; found by SQL, so that a round costs what it brings."""
    news = Notice.objects.filter(
        account=OuterRef("account"),
        mailed_at__isnull=True,
        read_at__isnull=True,
        at__gt=now - rules.MAIL_AFTER_AT_MOST,
    )
    since = {
        "daily": rules.last_round("daily", now, _zone()),
        "weekly": rules.last_round("weekly", now, _zone()),
        "at_once": now - rules.AT_ONCE_APART + timedelta(microseconds=1),
    }
    due = Q()
    for mail, moment in since.items():
        due |= Q(mail=mail) & (Q(digested_at__isnull=True) | Q(digested_at__lt=moment))
    found = Delivery.objects.filter(Exists(news), due, account__is_active=True).select_related("account")
    return [
        one
        for one in found.order_by("digested_at", "account")[:MOST_A_ROUND]
        if rules.mail_is_due(_wishes(one), now, _zone())
    ]


def _unsent(who: Who, wishes: Delivery, now: datetime) -> list[Notice]:
    rows = seen(_as_person(who, wishes.account_id)).select_related("noun")
    return list(
        rows.filter(
            mailed_at__isnull=True, read_at__isnull=True, at__gt=now - rules.MAIL_AFTER_AT_MOST
        ).order_by("-id")[:MOST_IN_A_MAIL]
    )


def _claim(wishes: Delivery, now: datetime) -> bool:
    """Whether this worker is the one that writes to the person now."""
    same = Delivery.objects.filter(pk=wishes.pk, mail=wishes.mail)
    same = (
        same.filter(digested_at=wishes.digested_at) if wishes.digested_at else same.filter(digested_at=None)
    )
    return same.update(digested_at=now) == 1


def _give_back(wishes: Delivery, now: datetime) -> None:
    Delivery.objects.filter(pk=wishes.pk, digested_at=now).update(digested_at=wishes.digested_at)


def _with_news(now: datetime) -> dict[int, list[PushAddress]]:
    """The browsers of people who have something new, by account."""
    news = Notice.objects.filter(
        account=OuterRef("account"),
        pushed_at__isnull=True,
        read_at__isnull=True,
        at__gt=now - rules.PUSH_AFTER_AT_MOST,
    )
    found: dict[int, list[PushAddress]] = defaultdict(list)
    for address in PushAddress.objects.filter(Exists(news), account__is_active=True).order_by(
        "account", "id"
    ):
        found[address.account_id].append(address)
    return found


def _claimed_for_push(person: Who, now: datetime) -> list[Notice]:
    with transaction.atomic():
        rows = seen(person).filter(
            pushed_at__isnull=True, read_at__isnull=True, at__gt=now - rules.PUSH_AFTER_AT_MOST
        )
        ids = list(
            rows.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[
                :MOST_IN_A_MAIL
            ]
        )
        Notice.objects.filter(pk__in=ids).update(pushed_at=now)
    return list(Notice.objects.filter(pk__in=ids).select_related("noun").order_by("-id"))


def _brought(courier: Courier, address: PushAddress, words: bytes) -> Outcome:
    outcome = courier.bring(address, words)
    if outcome is Outcome.GONE:
        PushAddress.objects.filter(pk=address.pk).delete()
    return outcome


def _mark(notices: Sequence[Notice], column: str, moment: datetime | None) -> None:
    Notice.objects.filter(pk__in=[one.pk for one in notices]).update(**{column: moment})


def _as_person(who: Who, account: int) -> Who:
    return reads.as_who(who, [account])[account]


def _wishes(kept: Delivery) -> rules.Wishes:
    return rules.Wishes(kept.mail, kept.quiet_from, kept.quiet_to, kept.digested_at)


def _zone() -> ZoneInfo:
    zone: ZoneInfo = settings.SMILE.zone
    return zone


def _node_only(who: Who) -> None:
    if not rights.may_tell(who):
        raise Refusal("notice.not-yours", "Only the node itself delivers notices.", status=403)
