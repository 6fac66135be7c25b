# SPDX-License-Identifier: EUPL-1.2
"""What there is to do in the demo city: offers of its clubs and houses. Dates follow the day of founding."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.conf import settings

from smilecity.core import clock
from smilecity.core.who import ANYONE, NODE, Who
from smilecity.places.actions import offers as actions
from smilecity.places.demo.offers.meeting import MEETING
from smilecity.places.demo.offers.moving import MOVING
from smilecity.places.demo.offers.table import FORTNIGHTLY, MONTHLY, ONCE, DemoOffer
from smilecity.places.demo.table import texts
from smilecity.places.reads import offers as reads
from smilecity.places.rules.offers.recurrence import DAYS

OFFERS = (*MOVING, *MEETING)


def offer(places: Mapping[str, int], organisations: Mapping[str, int], person: Callable[[str], Who]) -> None:
    """Keep all offers and let people register; one is full, with a waiting list. `person` gives a person by name."""
    for one in OFFERS:
        said = dict(one.more)
        first = _first(one.on) + timedelta(days=28 if one.often == ONCE else 0)
        starts = f"{first:%Y-%m-%d}T{one.at}"
        actions.keep_offer(
            NODE,
            one.key,
            keeper=organisations[one.keeper],
            then="send",
            title=texts((one.de[0], one.en[0])),
            text=texts((one.de[1], one.en[1])),
            category=one.category,
            place=places[one.place],
            starts=starts,
            minutes=one.minutes,
            rule=_rule(one),
            **said,
        )
    _come(person)


def _come(person: Callable[[str], Who]) -> None:
    """Yoga is full: some come with an account, some with a name only, and two wait."""
    yoga = reads.offer(NODE, "yoga-am-hafen")
    dates = reads.coming(NODE, yoga, 1) if yoga else []
    for one in dates:
        for name in ("Nora", "Herr Petersen"):
            actions.register(ANYONE, one.id, name=name, reach="0381 000000")
        actions.register(person("Anna"), one.id)
        for name in ("Familie Yilmaz", "Ole"):
            actions.register(ANYONE, one.id, name=name, reach="0381 000001")


def _first(weekday: int) -> date:
    """The day of the first date: some weeks ago, so that it is going on."""
    today = clock.now().astimezone(settings.SMILE.zone).date()
    return today - timedelta(days=14 + (today.weekday() - weekday) % 7)


def _rule(one: DemoOffer) -> str:
    if one.often == ONCE:
        return ""
    if one.often == MONTHLY:
        return f"FREQ=MONTHLY;BYDAY=2{DAYS[one.on]}"
    return f"FREQ=WEEKLY;{'INTERVAL=2;' if one.often == FORTNIGHTLY else ''}BYDAY={DAYS[one.on]}"
