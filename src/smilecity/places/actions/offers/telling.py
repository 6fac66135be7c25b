# SPDX-License-Identifier: EUPL-1.2
"""Telling those who registered: one entry of the log for each account, from which the notices are made.

Who registered without an account reads it on the page that their token opens.
"""

from smilecity.core import log
from smilecity.core.who import Who
from smilecity.places.models import Occasion, Registration


def tell_registered(who: Who, verb: str, occasion: Occasion) -> None:
    """One entry for each who registered for the date; of a whole series, they are kept on its first. No lock."""
    kept = [occasion.id]
    if occasion.offer.whole_series:
        kept = list(occasion.offer.occasions.values_list("id", flat=True))
    rows = Registration.objects.filter(occasion__in=kept, account__isnull=False)
    accounts = (
        rows.exclude(state=Registration.CANCELLED).order_by("account").values_list("account", flat=True)
    )
    for account in accounts.distinct():
        data = {"occasion": occasion.id, "account": account}
        log.append(who, verb, noun=occasion.offer_id, about=[occasion.id], data=data)
