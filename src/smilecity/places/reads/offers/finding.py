# SPDX-License-Identifier: EUPL-1.2
"""Dates of offers that answer a wish: in a list by time, on a map, in a calendar, at a place."""

import math
import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import (
    BooleanField,
    Case,
    DateTimeField,
    ExpressionWrapper,
    F,
    Func,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.fields.tuple_lookups import TupleGreaterThan
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay, ExtractMinute
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, nouns, search
from smilecity.core.models import Noun
from smilecity.core.paging import Page
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places.models import Occasion, Offer
from smilecity.places.rules import finding
from smilecity.places.rules.offers import Wish
from smilecity.places.rules.offers.recurrence import MOST_MINUTES
from smilecity.places.rules.offers.wishing import NEAR_METRES
from smilecity.space import reads as space

PAGE_SIZE = 30
MOST = 200
COUNTED_TO = 200
MOST_FEW = 500
REGULARLY = timedelta(weeks=8)
LONGEST = timedelta(minutes=MOST_MINUTES)  # what is on now has not begun before that
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"(\d{1,18})-(\d{1,18})")
_WITH = ("offer__noun__keeper", "offer__noun__area", "offer__place__noun", "offer__unit")


def offer(who: Who, key: str) -> Offer | None:
    """The offer at `/offers/<key>/` with its noun, keeper, area, place and unit, if this reader may see it."""
    found = Offer.objects.filter(noun__in=Noun.objects.filter(nouns.sees(who)), noun__address=f"offers/{key}")
    mine = (
        Offer.objects.filter(noun__address=f"offers/{key}", author=who.account)
        if who.account
        else found.none()
    )
    return (found | mine).select_related("noun__keeper", "noun__area", "place__noun", "unit").first()


def found(who: Who, wish: Wish, within: tuple[datetime, datetime] | None = None) -> QuerySet[Any]:
    """All public dates that answer the wish, cancelled ones among them, each with its offer, in order of `begins`.

    Those in the time that the wish says or, given, on at some time `within` this one.
    Three questions of its own at most: the area, which offers have the words,
    and which are left.
    """
    since, until = within or wish.span(clock.now(), settings.SMILE.zone)
    rows = _on_in(_in_order(), since, until)
    if wish.hours is not None or wish.weekday is not None:
        rows = _by_the_clock(rows, wish)
    return _of_these(rows, Offer.objects.filter(_offered(who, wish)), wish).select_related(*_WITH)


def sought(who: Who, wish: Wish, *, after: str = "", size: int = PAGE_SIZE) -> Page[Occasion]:
    """A page of the dates that answer the wish, in order of time. Refuses a cursor that is none of ours."""
    size = max(1, min(size, MOST))
    rows = found(who, wish)
    if after:
        moment, number = _decoded(after)
        keys = (F("begins"), F("id"))
        rows = rows.filter(TupleGreaterThan(keys, (Value(moment, DateTimeField()), Value(number))))
    some = _first(rows, size + 1)
    if len(some) <= size:
        return Page(some, "")
    last = some[size - 1]
    micros = (last.during.lower - _EPOCH) // timedelta(microseconds=1)
    return Page(some[:size], f"{micros}-{last.id}")


def counted(who: Who, wish: Wish) -> int:
    """How many dates answer the wish; one more than `COUNTED_TO` is many."""
    return found(who, wish).order_by()[: COUNTED_TO + 1].count()


def with_position(who: Who, wish: Wish, limit: int) -> list[Occasion]:
    """The next date of each offer that answers the wish and is somewhere, at most `limit` offers, for a map."""
    rows = found(who, wish).filter(cancelled=False, offer__noun__geo__isnull=False)
    firsts: dict[int, Occasion] = {}
    for one in _first(rows, limit * 5):
        firsts.setdefault(one.offer_id, one)
    return list(firsts.values())[:limit]


def calendar(who: Who, wish: Wish, limit: int) -> list[Occasion]:
    """The dates that answer the wish, in order of time, at most `limit`, for a feed."""
    return _first(found(who, wish), limit)


def places_with(who: Who, wish: Wish, at: datetime | None = None) -> QuerySet[Any, int]:
    """The ids of places at which something answers the wish (is on `at` this moment) and is not cancelled; for `id__in`.

    What is on regularly has a date in the next eight weeks: all dates of a year would take ten times as long.
    """
    now = clock.now()
    within = (at, at + timedelta.resolution) if at is not None else None
    if wish.weekday is not None:
        within = now, now + REGULARLY
    rows = found(who, wish, within).filter(cancelled=False, offer__place__isnull=False)
    ids: QuerySet[Any, int] = rows.order_by().values_list("offer__place", flat=True)
    return ids


def coming(who: Who, one: Offer, limit: int = 12) -> list[Occasion]:
    """The offer's next dates, cancelled ones among them, that which is on now first. Ask `offer` whether it is seen."""
    return list(_in_order().filter(offer=one.noun_id, during__overlap=(clock.now(), None))[:limit])


def next_of(who: Who, offers: Collection[int]) -> dict[int, Occasion]:
    """The next date of each of these offers that is not cancelled."""
    rows = _in_order().filter(offer__in=offers, cancelled=False, during__overlap=(clock.now(), None))
    return {one.offer_id: one for one in rows.order_by("offer", "begins", "id").distinct("offer")}


def _first(rows: QuerySet[Any], limit: int) -> list[Occasion]:
    """The first of these dates. Which they are is asked first: all that belongs to a date is much to put in order."""
    ids = list(rows.values_list("pk", flat=True)[:limit])
    return list(_in_order().filter(pk__in=ids).select_related(*_WITH)) if ids else []


def _on_in(rows: QuerySet[Any], since: datetime, until: datetime | None) -> QuerySet[Any]:
    """Those of the dates that are on at some time from `since` to before `until`, as their index finds them."""
    ends = Func(F("during"), function="upper", output_field=DateTimeField())
    rows = rows.alias(ends=ends).filter(begins__gte=since - LONGEST, ends__gt=since)
    return rows.filter(begins__lt=until) if until is not None else rows


def _in_order() -> QuerySet[Any]:
    begins = Func(F("during"), function="lower", output_field=DateTimeField())
    rows: QuerySet[Any] = Occasion.objects.annotate(begins=begins).order_by("begins", "id")
    return rows


def _by_the_clock(rows: QuerySet[Any], wish: Wish) -> QuerySet[Any]:
    """Asked as one thing the planner knows nothing of: of a weekday by itself it expects hardly any date."""
    zone, asked = settings.SMILE.zone, Q()
    if wish.weekday is not None:
        rows = rows.alias(on=ExtractIsoWeekDay("begins", tzinfo=zone)).exclude(offer__rule="")
        asked &= Q(on=wish.weekday)
    if wish.hours is not None:
        rows = rows.alias(
            minute=ExtractHour("begins", tzinfo=zone) * 60 + ExtractMinute("begins", tzinfo=zone)
        )
        asked &= Q(minute__gte=wish.hours[0], minute__lt=wish.hours[1])
    return rows.filter(Case(When(asked, then=True), default=False, output_field=BooleanField()))


def _of_these(rows: QuerySet[Any], offers: QuerySet[Offer], wish: Wish) -> QuerySet[Any]:
    """The dates of these offers. What leaves few of them is asked first: the planner cannot guess how few.

    Few dates are then put in order; walking all of the city's by the index until enough are found would take long.
    """
    if not (wish.q or wish.near or wish.area or wish.place or wish.organiser):
        return rows.filter(offer__in=offers)
    if wish.q:
        titled = search.matching(Noun.objects.filter(pk__in=offers.values("pk")), wish.q)
        offers = Offer.objects.filter(pk__in=titled.order_by().values("pk"))
    few = list(offers.values_list("pk", flat=True)[: MOST_FEW + 1])
    if len(few) > MOST_FEW:
        return rows.filter(offer__in=offers)
    apart = ExpressionWrapper(F("begins") + Value(timedelta()), output_field=DateTimeField())
    sorted_rows: QuerySet[Any] = rows.filter(offer__in=few).annotate(begins=apart)
    return sorted_rows


def _offered(who: Who, wish: Wish) -> Q:
    """What is asked of the offer, as one condition."""
    asked = Q(noun__visibility=Noun.PUBLIC)
    for name, value in (("kind", wish.kind), ("category", wish.category)):
        if value:
            asked &= Q(**{name: value})
    if wish.place:
        asked &= Q(place__noun__address=f"places/{wish.place}")
    if wish.organiser:
        asked &= Q(noun__keeper__address=f"organisations/{wish.organiser}")
    if wish.area:
        area = space.area_by_key(who, wish.area)
        asked &= Q(noun__area__in=nouns.areas_below([area.noun_id])[area.noun_id] if area else [])
    if wish.near:
        asked &= Q(noun__box__touches=_around(wish.near))
    return asked & _said(wish)


def _said(wish: Wish) -> Q:
    asked = Q()
    if wish.free:
        asked &= Q(free=True) | (Q(free=None) if wish.unknown else Q(free=True))
    if wish.language:
        known = Q(languages__contains=[wish.language])
        asked &= known | Q(languages=[]) if wish.unknown else known
    for one in wish.access:
        asked &= _access(one, unknown=wish.unknown)
    if wish.age is not None:
        fits = (Q(age_from=None) | Q(age_from__lte=wish.age)) & (Q(age_to=None) | Q(age_to__gte=wish.age))
        said = Q(age_from__isnull=False) | Q(age_to__isnull=False)
        asked &= fits if wish.unknown else fits & said
    return asked


def _access(name: str, *, unknown: bool) -> Q:
    """What the offer says; where it says nothing, what its place says."""
    silent = ~Q(access__has_key=name)
    known = Q(access__contains={name: "yes"}) | (silent & Q(place__access__contains={name: "yes"}))
    nobody = silent & (Q(place=None) | ~Q(place__access__has_key=name))
    return known | nobody if unknown else known


def _around(spot: tuple[float, float]) -> tuple[float, float, float, float]:
    """A box that reaches about `NEAR_METRES` to every side."""
    high = NEAR_METRES / finding.METRES_A_DEGREE
    wide = high / max(0.01, math.cos(math.radians(min(89.0, abs(spot[1])))))
    return spot[0] - wide, spot[1] - high, spot[0] + wide, spot[1] + high


def _decoded(cursor: str) -> tuple[datetime, int]:
    found = _CURSOR.fullmatch(cursor) if cursor.isascii() else None
    try:
        return _EPOCH + timedelta(microseconds=int(found[1])), int(found[2])  # type: ignore[index]
    except (TypeError, OverflowError):
        raise Refusal(
            "paging.bad-cursor", _("Diese Seite der Liste gibt es nicht."), field="after",
            cure=_("Beginnen Sie am Anfang der Liste."),
        ) from None  # fmt: skip
