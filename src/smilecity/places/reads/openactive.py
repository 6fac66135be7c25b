# SPDX-License-Identifier: EUPL-1.2
"""What the feeds of OpenActive tell, a page at a time, and what in the city they tell of."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField, F, Q, Value
from django.db.models.fields.tuple_lookups import TupleGreaterThan

from smilecity.core import clock
from smilecity.core.models import Noun
from smilecity.core.who import ANYONE, Who
from smilecity.places.models import FeedItem, Occasion, Offer, Unit
from smilecity.places.reads.booking import calendar, policy_of_unit
from smilecity.places.rules import booking as rules
from smilecity.places.rules import openactive
from smilecity.places.rules.booking import times

CATEGORY = "sport"
# Where things lie is no place to book for people who want to move.
_STORES = ("compartment", "container")


@dataclass(frozen=True, slots=True)
class Open:
    """A slot that everyone may book, or could if it were not taken; what it costs a person."""

    span: times.Span
    free: bool
    cents: int


def page(
    who: Who, feed: str, since: tuple[int, int] | None, size: int = openactive.PAGE_SIZE
) -> list[dict[str, Any]]:
    """The next items of a feed after this position and number, in that order. What is hidden meanwhile is gone."""
    rows = FeedItem.objects.filter(feed=feed)
    if since is not None:
        key = (F("modified"), F("number"))
        rows = rows.filter(TupleGreaterThan(key, tuple(Value(one, BigIntegerField()) for one in since)))
    found = list(rows.order_by("modified", "number")[:size])
    shown = _public(one.noun for one in found)
    return [_told(one, there=one.gone_at is None and one.noun in shown) for one in found]


def item(who: Who, feed: str, number: int) -> dict[str, Any] | None:
    """One item as it is told now, if it is there."""
    found = (
        FeedItem.objects.filter(feed=feed, number=number, gone_at=None).first() if number < 1 << 63 else None
    )
    if found is None or not _public([found.noun]):
        return None
    body: dict[str, Any] = found.body
    return body


def told_of(who: Who) -> set[int]:
    """All offers and places that something is told of, or should be."""
    now = set(FeedItem.objects.filter(gone_at=None).values_list("noun", flat=True).distinct())
    return (
        now
        | set(_offers().values_list("noun", flat=True))
        | set(_units().values_list("place", flat=True).distinct())
    )


def offers(who: Who, nouns: Collection[int]) -> list[Offer]:
    """Of these offers, and of those at these places, what is told: sport, by an organisation, with a known price."""
    rows = _offers().filter(Q(noun__in=nouns) | Q(place__in=nouns))
    rows = rows.select_related("noun__keeper__organisation", "place__noun").order_by("noun")
    return [one for one in rows if openactive.price_cents(one.free, one.cost) is not None]


def offers_at(who: Who, places: Collection[int]) -> set[int]:
    """The offers at these places."""
    return set(Offer.objects.filter(place__in=places).values_list("noun", flat=True))


def dates(who: Who, offers: Collection[int]) -> list[Occasion]:
    """The dates of these offers in the next weeks, cancelled ones among them."""
    now = clock.now()
    ahead = (now, now + timedelta(days=openactive.SESSION_DAYS))
    rows = Occasion.objects.filter(offer__in=offers, during__overlap=ahead)
    return list(rows.select_related("offer__noun").order_by("id"))


def units(who: Who, places: Collection[int]) -> list[Unit]:
    """What can be booked at these places, if an organisation keeps them and everyone sees them."""
    rows = _units().filter(place__in=places)
    return list(rows.select_related("place__noun__keeper__organisation", "booked_by").order_by("id"))


def slots(who: Who, unit: Unit) -> list[Open]:
    """The slots of the next two weeks, by the one decision, as somebody without an account is told of them."""
    policy = policy_of_unit(unit)
    today = clock.now().astimezone(settings.SMILE.zone).date()
    seen = calendar(ANYONE, unit.id, today, days=openactive.SLOT_DAYS)
    if policy is None or seen is None:
        return []
    found = []
    for _day, cells in seen.days:
        for one in (cell.slot for cell in cells):
            free = one.decision.verdict != rules.REFUSED
            if free or one.decision.code == rules.TAKEN:
                asked = rules.Asked(one.start, one.end)
                cents = rules.fee_cents(policy, asked, rules.PERSON)
                found.append(Open((one.start, one.end), free, cents))
    return found


def _offers() -> Any:
    at_a_place = Q(place__noun__visibility=Noun.PUBLIC) | (Q(place=None) & ~Q(where=""))
    rows = Offer.objects.filter(at_a_place, noun__visibility=Noun.PUBLIC, category=CATEGORY)
    return rows.filter(noun__keeper__visibility=Noun.PUBLIC).exclude(kind=Offer.HELP)


def _units() -> Any:
    rows = Unit.objects.filter(booked_by__isnull=False, place__noun__visibility=Noun.PUBLIC)
    return rows.filter(place__noun__keeper__visibility=Noun.PUBLIC).exclude(kind__in=_STORES)


def _public(nouns: Iterable[int]) -> set[int]:
    rows = Noun.objects.filter(id__in=set(nouns), visibility=Noun.PUBLIC)
    return set(rows.values_list("id", flat=True))


def _told(one: FeedItem, *, there: bool) -> dict[str, Any]:
    head = {
        "state": "updated" if there else "deleted",
        "kind": openactive.KINDS[one.feed],
        "id": one.number,
        "modified": one.modified,
    }
    return {**head, "data": one.body} if there else head
