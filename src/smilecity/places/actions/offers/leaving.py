# SPDX-License-Identifier: EUPL-1.2
"""What becomes of a person's registrations and offers when they have themselves forgotten; called by `privacy`."""

from dataclasses import dataclass

from smilecity.core.models import Noun
from smilecity.core.who import NODE
from smilecity.places import facts
from smilecity.places.actions.offers import seats
from smilecity.places.actions.offers.telling import tell_registered
from smilecity.places.models import Occasion, Offer


@dataclass(frozen=True, slots=True)
class Left:
    """How many registrations and own calls went, and how many offers of organisations lost their author."""

    registrations: int
    own: int
    rows: int


def leave(account: int) -> Left:
    """Free the person's seats, delete what they offered alone (who registered is told), and take them off the rest.

    In the caller's transaction. Lock: the dates' rows.
    """
    registrations = seats.leave_seats(account)
    own = list(Offer.objects.filter(author=account, noun__keeper=None).values_list("noun", flat=True))
    for one in Occasion.objects.select_related("offer").filter(offer__in=own, cancelled=False).order_by("id"):
        tell_registered(NODE, facts.YOUR_OCCASION_CANCELLED, one)
    Noun.objects.filter(id__in=own).delete()
    rows = Offer.objects.filter(author=account).update(author=None)
    return Left(registrations, len(own), rows)
