# SPDX-License-Identifier: EUPL-1.2
"""Who stands in for whom, and who could."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db.models import Q

from smilecity.citizens import rights
from smilecity.citizens.models import Deputy
from smilecity.core import clock, nouns
from smilecity.core.who import NODE, Who
from smilecity.people.reads.notices import holding
from smilecity.people.reads.pseudonyms import pseudonyms

WORKS = tuple(dict.fromkeys((*nouns.LOOK_AFTER_DRAFTS, *nouns.KEEP)))


def deputies(who: Who) -> list[Deputy]:
    """Now and to come: those this person named and those they stand in for; all, for stewards. The nearest first."""
    found = Deputy.objects.filter(until__gte=_today()).select_related("account", "deputy")
    if not rights.may_keep_deputies(who):
        found = found.filter(Q(account=who.account) | Q(deputy=who.account))
    return list(found.order_by("since", "id")[:200]) if who.account or rights.may_keep_deputies(who) else []


def stood_in_for(who: Who) -> list[int]:
    """The accounts for which this person stands in today."""
    found = Deputy.objects.filter(deputy=who.account, since__lte=_today(), until__gte=_today())
    return sorted(set(found.values_list("account", flat=True))) if who.account is not None else []


def standing_in(who: Who, accounts: Iterable[int]) -> dict[int, set[int]]:
    """For each of these accounts who stands in for it today; for the node alone, which tells them."""
    found: dict[int, set[int]] = defaultdict(set)
    if rights.may_mail(who):
        of_today = Deputy.objects.filter(account__in=set(accounts), since__lte=_today(), until__gte=_today())
        for account, deputy in of_today.values_list("account", "deputy"):
            found[account].add(deputy)
    return found


def colleagues(who: Who) -> list[tuple[int, str]]:
    """Who works for the same organisations or in the same areas, by account, with the name on these pages."""
    if not rights.reads_any(who):
        return []
    found = {
        account
        for account, person in holding(NODE, WORKS).items()
        if account != who.account and _with(who, person)
    }
    names = pseudonyms(NODE, found)
    return sorted(names.items(), key=lambda one: (nouns.sort_key(one[1]), one[0]))


def _with(who: Who, other: Who) -> bool:
    """Whether they could do each other's work: both read needs, in an area or for an organisation they share."""
    if who.holds_any(nouns.LOOK_AFTER_DRAFTS) or other.holds_any(nouns.LOOK_AFTER_DRAFTS):
        return True
    areas = set(who.areas(nouns.LOOK_AFTER_DRAFTS)) & set(other.areas(nouns.LOOK_AFTER_DRAFTS))
    return bool(areas or set(who.organisations(nouns.KEEP)) & set(other.organisations(nouns.KEEP)))


def _today() -> date:
    return clock.now().astimezone(settings.SMILE.zone).date()
