# SPDX-License-Identifier: EUPL-1.2
"""A club's container in the demo: entrusted for a season, a trainer with fixed times, and a card for its bookings."""

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta

from django.conf import settings

from smilecity.core import clock
from smilecity.core.who import NODE, Who
from smilecity.places.actions import access, handles
from smilecity.places.demo.boxes import SPORTBOX
from smilecity.places.models import Compartment
from smilecity.places.rules.access import BOOKINGS, WEEKLY, When
from smilecity.places.rules.booking.times import day_span

CLUB, TRAINER, EMAIL = "sv-hafensport", "Karim", "karim@example.org"
SEASON_DAYS = 200
EVERY_DAY = tuple(range(7))


def entrust(organisations: Mapping[str, int], known: Callable[[str], Who]) -> None:
    """The city entrusts the container at the Sportbox, the club lets its people in; organisations by slug."""
    zone = settings.SMILE.zone
    first = clock.now().astimezone(zone).date()
    last = first + timedelta(days=SEASON_DAYS)
    there = Compartment.objects.get(controller__key=SPORTBOX, unit__key="container")
    during = day_span(first, zone)[0], day_span(last, zone)[1]
    own = access.entrust(NODE, there.id, organisations[CLUB], during)
    club, trainer = organisations[CLUB], known(TRAINER)
    holder = access.register(trainer, club, EMAIL, "Basketball, Jugend")
    access.let_in(trainer, holder.id, own.id, _every_day(first, last))
    card = handles.give_handle(NODE, "card").handle
    helper = access.register(trainer, club, card.handle, "Zeugwart")
    access.let_in(trainer, helper.id, own.id, When(BOOKINGS, first, last, lead=30))


def _every_day(first: date, last: date) -> When:
    """At any hour somebody tries the demo, as far as the place is open."""
    return When(WEEKLY, first, last, EVERY_DAY, time(6), time(22))
