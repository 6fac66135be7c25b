# SPDX-License-Identifier: EUPL-1.2
"""Needing it too: one person counts once for a thread, and hears what becomes of it."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from smilecity.citizens import facts, reads, rights, rules
from smilecity.citizens.actions.walking import count_anew, hold_threads
from smilecity.citizens.models import Need, Support
from smilecity.core import log
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.people.actions import follow, unfollow


def support_need(who: Who, noun_id: int) -> int:
    """This person needs it too, and follows it from now on; saying it again changes nothing. Returns how many do.

    Lock: threads as they are, then the row of the thread's head; the unique pair is the proof.
    """
    account = _person(who)
    with transaction.atomic():
        need = _published(noun_id)
        if need.account_id == account:
            raise Refusal(
                "need.your-own",
                _("Das haben Sie selbst gesagt: Ihre Stimme zählt schon."),
                status=409,
            )
        Support.objects.get_or_create(need=need, account_id=account)
        follow(who, noun_id)
        return _counted(noun_id)


def withdraw_support(who: Who, noun_id: int) -> int:
    """This person does not need it any more, and follows it no longer. Returns how many do. Lock: as `support_need`."""
    account = _person(who)
    with transaction.atomic():
        need = _published(noun_id)
        Support.objects.filter(need=need, account=account).delete()
        unfollow(who, noun_id)
        return _counted(noun_id)


def forget_supports(account: int) -> int:
    """Take back all that this account supports, in the caller's transaction; how many. Lock: as `support_need`."""
    hold_threads()
    mine = sorted(Support.objects.filter(account=account).values_list("need", flat=True))
    Support.objects.filter(account=account).delete()
    count_threads(mine)
    return len(mine)


def count_threads(needs: Iterable[int]) -> None:
    """Count the threads of these needs anew, in the caller's transaction, which holds the threads. Lock: their heads."""
    for head in sorted({reads.merged_into(need)[-1] for need in needs}):
        count_anew(head)


def _published(noun_id: int) -> Need:
    hold_threads()
    found = Need.objects.filter(noun=noun_id, noun__visibility=Noun.PUBLIC, published_at__isnull=False)
    need = found.first() if 0 < noun_id <= reads.MOST_ID else None
    if need is None:
        raise rules.unknown()
    return need


def _counted(noun_id: int) -> int:
    """Counted anew, and told to live pages without saying by whom."""
    count = count_anew(noun_id)
    log.append(NODE, facts.NEED_BACKED, noun=noun_id)
    return count


def _person(who: Who) -> int:
    if not rights.may_support(who) or who.account is None:
        raise Refusal(
            "need.sign-in",
            _("Dafür brauchen Sie ein Konto."),
            cure=_("Melden Sie sich an: So zählt jede Stimme einmal."),
            status=403,
        )
    return who.account
