# SPDX-License-Identifier: EUPL-1.2
"""What people are called where their work is shown."""

from collections.abc import Iterable

from smilecity.core.who import Who
from smilecity.people.models import Account


def pseudonyms(who: Who, accounts: Iterable[int]) -> dict[int, str]:
    """The pseudonyms of these accounts, for those who hold a role; for others only their own."""
    wanted = set(accounts)
    if not who.roles and who.label != "node":
        wanted &= {who.account} if who.account is not None else set()
    found = Account.objects.filter(id__in=wanted, forgotten_at__isnull=True)
    return dict(found.values_list("id", "pseudonym"))
