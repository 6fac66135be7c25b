# SPDX-License-Identifier: EUPL-1.2
"""Who comes: for the organiser alone; and one's own registrations, by account or by token."""

import hashlib

from django.db.models import QuerySet, Sum

from smilecity.core import clock
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.models import Occasion, Offer, Registration

MOST = 1000


def token_hash(token: str) -> str:
    """What is kept of a token: from it nobody finds the token."""
    return hashlib.sha256(token.encode()).hexdigest()


def seat_row(one: Offer, occasion: Occasion) -> int:
    """The id of the date on which registrations of this one are kept: for a whole series that is its first."""
    if not one.whole_series:
        return int(occasion.id)
    return one.occasions.order_by("start").values_list("id", flat=True)[0]


def registered(who: Who, occasion: int) -> list[Registration]:
    """Who comes and who waits, in order of registering, for the organiser; nothing for others, nor for the city."""
    date = _occasion(occasion)
    if date is None or not rights.may_see_registered(who, date.offer):
        return []
    rows = Registration.objects.filter(occasion=seat_row(date.offer, date)).exclude(
        state=Registration.CANCELLED
    )
    return list(rows.select_related("account").order_by("state", "id")[:MOST])


def free_seats(who: Who, occasion: Occasion) -> int | None:
    """How many seats are left; none if somebody waits already, and no number where as many come as want to."""
    kept = Occasion.objects.select_related("offer").get(id=seat_row(occasion.offer, occasion))
    capacity = kept.capacity if kept.capacity is not None else kept.offer.capacity
    if capacity is None:
        return None
    return 0 if _waits(kept.id).exists() else max(0, capacity - kept.taken)


def waiting_seats(who: Who, occasion: Occasion) -> int:
    """How many seats are waited for."""
    return _waits(seat_row(occasion.offer, occasion)).aggregate(all=Sum("seats"))["all"] or 0


def mine(who: Who) -> list[Registration]:
    """This person's registrations that still count, the next date first."""
    if who.account is None:
        return []
    rows = Registration.objects.filter(account=who.account, forget_at__gt=clock.now())
    rows = rows.exclude(state=Registration.CANCELLED).select_related("occasion__offer__noun")
    return list(rows.order_by("occasion__start", "id")[:MOST])


def mine_at(who: Who, occasion: Occasion) -> Registration | None:
    """This person's registration for the date, if there is one that was not cancelled."""
    if who.account is None:
        return None
    rows = Registration.objects.filter(account=who.account, occasion=seat_row(occasion.offer, occasion))
    return rows.exclude(state=Registration.CANCELLED).select_related("occasion__offer__noun").first()


def by_token(who: Who, token: str) -> Registration | None:
    """The registration that this token opens, also a cancelled one, with its date and offer."""
    if not 20 <= len(token) <= 100 or not token.isascii():
        return None
    rows = Registration.objects.select_related("occasion__offer__noun", "occasion__offer__place__noun")
    return rows.filter(token=token_hash(token)).first()


def position(who: Who, registration: Registration) -> int:
    """The how-manieth of those waiting it is, from 1; 0 if it does not wait."""
    if registration.state != Registration.WAITS:
        return 0
    return _waits(registration.occasion_id).filter(id__lte=registration.id).count()


def occasion(who: Who, number: int) -> Occasion | None:
    """A date of an offer that this reader may see, with its offer."""
    found = _occasion(number)
    if found is None:
        return None
    noun = found.offer.noun
    return found if noun.visibility == noun.PUBLIC or rights.may_keep_offer(who, found.offer) else None


def _occasion(number: int) -> Occasion | None:
    if not 0 < number < 1 << 63:
        return None
    rows = Occasion.objects.select_related("offer__noun__keeper", "offer__place__noun")
    return rows.filter(id=number).first()


def _waits(occasion: int) -> QuerySet[Registration]:
    return Registration.objects.filter(occasion=occasion, state=Registration.WAITS)
