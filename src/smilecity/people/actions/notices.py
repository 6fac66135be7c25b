# SPDX-License-Identifier: EUPL-1.2
"""Following, being told, reading what was told, and how it is brought.

None of it is in the log: what a person follows and reads is nobody's business.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people import reads, rights
from smilecity.people.actions.consents import give_consent, withdraw_consent
from smilecity.people.models import Delivery, Follow, Notice
from smilecity.people.rules import delivery as rules
from smilecity.people.rules import purposes
from smilecity.people.rules.notices import Telling

MOST_FOLLOWED = 500


def follow(who: Who, noun: int) -> None:
    """From now on the person hears of this noun. Following again changes nothing. Lock: the unique row."""
    account = _person(who)
    with transaction.atomic():
        found = Noun.objects.filter(pk=noun).first()
        if found is None or not nouns.may_see(who, found):
            raise Refusal("follow.unknown", _("Dem können Sie nicht folgen: Das gibt es nicht."), status=404)
        if Follow.objects.filter(account=account).count() >= MOST_FOLLOWED:
            raise Refusal(
                "follow.too-many",
                _("Mehr als 500 Dingen können Sie nicht folgen."),
                cure=_("Nehmen Sie zuerst etwas aus Ihrer Liste, das Sie nicht mehr brauchen."),
                status=409,
            )
        Follow.objects.get_or_create(account_id=account, noun=found)


def unfollow(who: Who, noun: int) -> None:
    """The person hears no more of this noun, which may be gone or hidden by now. Lock: the row."""
    Follow.objects.filter(account=_person(who), noun=noun).delete()


def tell(who: Who, told: Sequence[Telling]) -> None:
    """Put these into the inboxes. Telling an entry again changes nothing.

    What someone only follows is told once until they have read it, so that a busy keeper floods nobody. Lock: the
    unique pair of account and entry.
    """
    if not rights.may_tell(who):
        raise Refusal("notice.not-yours", _("Das dürfen Sie hier nicht."), status=403)
    with transaction.atomic():
        here = reads.present(who, {one.account for one in told})
        known = _unread_of(told)
        fresh = []
        for one in told:
            about = (one.account, one.verb, one.noun)
            if one.account not in here or (not one.mine and about in known):
                continue
            known.add(about)
            fresh.append(
                Notice(
                    account_id=one.account,
                    entry=one.entry,
                    verb=one.verb,
                    noun_id=one.noun,
                    data=one.data(),
                    at=one.at,
                )
            )
        Notice.objects.bulk_create(fresh, ignore_conflicts=True)
        _have_delivery({one.account_id for one in fresh})


def mark_read(who: Who, notice: int | None = None) -> int:
    """The person has read this notice, or all of them; returns how many were unread. Lock: the rows."""
    mine = Notice.objects.filter(account=_person(who), read_at__isnull=True)
    if notice is not None:
        mine = mine.filter(pk=notice)
    return mine.update(read_at=clock.now())


def choose_delivery(who: Who, *, mail: str, quiet_from: time, quiet_to: time) -> Delivery:
    """How notices are brought from now on. Lock: the person's row of wishes.

    What came while mail was off stays in the inbox and is not sent after all. Choosing mail is the consent to it.
    """
    account = _person(who)
    rules.checked_mail(mail)
    with transaction.atomic():
        _have_delivery({account})
        wishes = Delivery.objects.select_for_update().get(account=account)
        if wishes.mail == "off" and mail != "off":
            Notice.objects.filter(account=account, mailed_at__isnull=True).update(mailed_at=clock.now())
        wishes.mail, wishes.quiet_from, wishes.quiet_to = mail, quiet_from, quiet_to
        wishes.save()
        if mail == "off":
            withdraw_consent(who, purposes.DIGEST)
        else:
            give_consent(who, purposes.DIGEST, purposes.PURPOSES[purposes.DIGEST].version)
        return wishes


def switch_mail_off(token: str) -> bool:
    """No more mail to whoever got this link by mail; whether there is such a link. Lock: the row.

    The token is the right: it needs no signing in, and it opens nothing else. It takes the consent back as well.
    """
    with transaction.atomic():
        wishes = Delivery.objects.select_for_update(of=("self",)).filter(off_token=token or None).first()
        if wishes is None:
            return False
        Delivery.objects.filter(pk=wishes.pk).update(mail="off")
        withdraw_consent(Who(f"account/{wishes.pk}", wishes.pk), purposes.DIGEST)
        return True


def forget_notices(who: Who, before: datetime) -> int:
    """Delete the notices told before this moment; returns how many. Lock: the rows."""
    if not rights.may_tell(who):
        raise Refusal("notice.not-yours", _("Das dürfen Sie hier nicht."), status=403)
    return Notice.objects.filter(at__lt=before).delete()[0]


def _have_delivery(accounts: Iterable[int]) -> None:
    """Everyone who is told something has wishes, and with them the link that switches mail off."""
    Delivery.objects.bulk_create(
        [Delivery(account_id=account, off_token=secrets.token_urlsafe(32)) for account in sorted(accounts)],
        ignore_conflicts=True,
    )


def _unread_of(told: Sequence[Telling]) -> set[tuple[int, str, int | None]]:
    followed = [one for one in told if not one.mine]
    return set(
        Notice.objects.filter(
            account__in={one.account for one in followed},
            noun__in={one.noun for one in followed if one.noun is not None},
            read_at__isnull=True,
        ).values_list("account", "verb", "noun")
    )


def _person(who: Who) -> int:
    if not rights.may_have_an_inbox(who):
        raise Refusal(
            "notice.sign-in",
            _("Dafür brauchen Sie ein Konto."),
            cure=_("Melden Sie sich an, oder legen Sie ein Konto an."),
            status=403,
        )
    assert who.account is not None
    return who.account
