# SPDX-License-Identifier: EUPL-1.2
"""A person's inbox, what they follow, and who is concerned when something happens."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from django.db.models import F, Q, QuerySet

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.paging import Page, page
from smilecity.core.who import Role, Who
from smilecity.people import rights
from smilecity.people.models import Account, Delivery, Follow, Notice, PushAddress, RoleHeld

MOST_COUNTED = 99
LOOK_AFTER = ("clerk", "steward")


def inbox(who: Who, after: str = "") -> Page[Notice]:
    """The person's notices, newest first, with their nouns; of what they may not see any more, none."""
    rows = seen(who).select_related("noun").annotate(back=-F("id"))
    return page(rows, ("back",), after=after, size=20)


def notice(who: Who, number: int) -> Notice | None:
    """One of the person's own notices."""
    return seen(who).select_related("noun").filter(pk=number).first()


def unread(who: Who) -> int:
    """How many notices the person has not read, counted up to 100: more than 99 are many."""
    if who.account is None:
        return 0
    return len(seen(who).filter(read_at__isnull=True).values_list("pk")[: MOST_COUNTED + 1])


def follows(who: Who, noun: int) -> bool:
    """Whether the person follows this noun."""
    return who.account is not None and Follow.objects.filter(account=who.account, noun=noun).exists()


def followed(who: Who, after: str = "") -> Page[Noun]:
    """What the person follows and may see, in dictionary order."""
    mine = Follow.objects.filter(account=who.account).values("noun")
    return page(Noun.objects.filter(nouns.sees(who), pk__in=mine), ("sort", "id"), after=after)


def subject(who: Who, noun: int) -> Noun | None:
    """This noun, if the person may see it: where following leads back to."""
    return Noun.objects.filter(nouns.sees(who), pk=noun).first()


def delivery(who: Who) -> Delivery:
    """How the person wants notices brought: as they chose, or as it is for everyone who chose nothing."""
    return Delivery.objects.filter(account=who.account).first() or Delivery()


def browsers(who: Who) -> list[PushAddress]:
    """The browsers that take the person's notices, newest first."""
    return list(PushAddress.objects.filter(account=who.account).order_by("-made_at", "-id"))


def followers(who: Who, ids: Iterable[int]) -> dict[int, set[int]]:
    """For each of these nouns the accounts that follow it; for the node alone, whatever others ask."""
    found: dict[int, set[int]] = defaultdict(set)
    if rights.may_tell(who):
        for noun, account in Follow.objects.filter(noun__in=set(ids)).values_list("noun", "account"):
            found[noun].add(account)
    return found


def keepers(who: Who, kept: Sequence[Noun]) -> dict[int, set[int]]:
    """For each of these nouns the accounts that look after it: for its keeper, or as clerks and stewards of its area.

    For the node alone. Asks three times at most, however many nouns there are.
    """
    return _caring(who, kept, lambda person, noun: _keeps(person, noun) or _looks_after(person, noun))


def reviewers(who: Who, kept: Sequence[Noun]) -> dict[int, set[int]]:
    """For each of these nouns the clerks and stewards of its area, who may publish what others send in; see `keepers`."""
    return _caring(who, kept, _looks_after)


def holding(who: Who, roles: Iterable[str]) -> dict[int, Who]:
    """Everyone who holds one of these roles somewhere, as the rules know them; for the node alone."""
    if not rights.may_tell(who):
        return {}
    held = RoleHeld.objects.filter(role__in=list(roles), ended_at__isnull=True)
    return as_who(who, set(held.values_list("account", flat=True)))


def as_who(who: Who, accounts: Iterable[int]) -> dict[int, Who]:
    """These people as the rules know them, with two queries for all; for the node alone."""
    if not rights.may_tell(who):
        return {}
    held = list(
        RoleHeld.objects.filter(account__in=set(accounts), ended_at__isnull=True).values_list(
            "account", "role", "area", "organisation"
        )
    )
    below = nouns.areas_below({area for _a, _r, area, _o in held if area is not None})
    roles: dict[int, set[Role]] = {account: set() for account in accounts}
    for account, role, area, organisation in held:
        roles[account] |= {
            Role(role, each, organisation) for each in ((None,) if area is None else below[area])
        }
    return {account: Who(f"account/{account}", account, frozenset(each)) for account, each in roles.items()}


def present(who: Who, accounts: Iterable[int]) -> set[int]:
    """Those of these accounts that belong to someone who is here; for the node alone."""
    if not rights.may_tell(who):
        return set()
    here = Account.objects.filter(pk__in=set(accounts), is_active=True, forgotten_at__isnull=True)
    return set(here.values_list("pk", flat=True))


def seen(who: Who) -> QuerySet[Notice]:
    """The person's notices about themselves, and those about what they may see at this moment; for `actions` too."""
    visible = Q(data__mine=True) | Q(noun__in=Noun.objects.filter(nouns.sees(who)))
    return Notice.objects.filter(visible, account=who.account)


def _caring(who: Who, kept: Sequence[Noun], cares: Callable[[Who, Noun], bool]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    if not kept or not rights.may_tell(who):
        return found
    for account, person in as_who(who, _role_holders(kept)).items():
        for noun in kept:
            if cares(person, noun):
                found[noun.pk].add(account)
    return found


def _role_holders(kept: Sequence[Noun]) -> set[int]:
    """Accounts with a role that could look after one of these: whether it does is for the rules."""
    keeping = {noun.keeper_id for noun in kept if noun.keeper_id is not None}
    roles = RoleHeld.objects.filter(role__in=nouns.KEEP, ended_at__isnull=True)
    return set(
        roles.filter(Q(organisation__in=keeping) | Q(role__in=LOOK_AFTER)).values_list("account", flat=True)
    )


def _keeps(person: Who, noun: Noun) -> bool:
    return person.works_for(noun.keeper_id, nouns.KEEP)


def _looks_after(person: Who, noun: Noun) -> bool:
    return person.holds_any(LOOK_AFTER, noun.area_id)
