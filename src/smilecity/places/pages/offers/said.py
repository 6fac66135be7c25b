# SPDX-License-Identifier: EUPL-1.2
"""A date of an offer in a few words, for lists, cards and other sites. No queries: the date has its offer with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from smilecity.core import clock, moments
from smilecity.core.nouns import in_text
from smilecity.places.models import Occasion, Offer
from smilecity.places.rules import finding
from smilecity.places.rules import offers as rules
from smilecity.places.rules.offers.addressing import ACCESS


@dataclass(frozen=True, slots=True)
class Row:
    """A date in short; `day` is where it stands in a list, `facts` is what helps to choose, said as it is known."""

    id: int
    offer: int
    title: str
    url: str
    day: date
    time: str
    where: str
    kind: str
    facts: tuple[str, ...]
    cancelled: bool
    note: str


@dataclass(frozen=True, slots=True)
class Day:
    """The dates of a day; `id` is another one on every page of a list."""

    id: str
    name: str
    rows: list[Row]


def days(occasions: Iterable[Occasion], now: datetime | None = None) -> list[Day]:
    """The dates in their order, by day; what has begun before stands under today."""
    today = _local(now or clock.now()).date()
    rows = [row(one, today) for one in occasions]
    return [
        Day(f"tag-{some[0].id}", day_name(day, today), some)
        for day, some in ((day, list(group)) for day, group in groupby(rows, key=lambda one: one.day))
    ]


def row(occasion: Occasion, today: date) -> Row:
    """One date in short."""
    offer, language = occasion.offer, get_language() or "de"
    start, end = (_local(one) for one in (occasion.during.lower, occasion.during.upper))
    return Row(
        id=occasion.id,
        offer=offer.noun_id,
        title=in_text(offer.noun.title, language),
        url=address(offer, occasion),
        day=max(start.date(), today),
        time=time_said(start, end, today),
        where=where(offer, language),
        kind="" if offer.kind == Offer.OFFER else str(rules.KINDS[offer.kind]),
        facts=facts(offer),
        cancelled=occasion.cancelled,
        note=in_text(occasion.note, language),
    )


def address(offer: Offer, occasion: Occasion | None = None) -> str:
    """The offer's page; of an offer with several dates, with this date chosen."""
    page = f"{reverse('offers:list')}{offer.noun.address.removeprefix('offers/')}/"
    return f"{page}?date={occasion.id}" if occasion and (offer.rule or offer.extra) else page


def where(offer: Offer, language: str) -> str:
    """At which place, or where else."""
    if offer.place_id is None or offer.place is None:
        return offer.where
    return in_text(offer.place.noun.title, language)


def facts(offer: Offer) -> tuple[str, ...]:
    """For whom, what it costs, what it offers people with disabilities, whether one registers; if it is known."""
    registers = _("mit Anmeldung") if offer.registration != Offer.NONE else ""
    access = [str(label) for key, label in ACCESS.items() if offer.access.get(key) == "yes"]
    said = (
        finding.ages(offer.age_from, offer.age_to),
        _("kostenlos") if offer.free else "",
        *access,
        registers,
    )
    return tuple(one for one in said if one)


def time_said(start: datetime, end: datetime, today: date) -> str:
    """`18:00 bis 20:00 Uhr`; over several days with both days."""
    said = {"since": f"{start:%H:%M}", "until": f"{end:%H:%M}"}
    if start.date() == end.date() or end - start <= timedelta(hours=12):
        return _("%(since)s bis %(until)s Uhr") % said
    first, last = (moments.day_of(one.date(), today) for one in (start, end))
    return _("%(first)s, %(since)s Uhr bis %(last)s, %(until)s Uhr") % {**said, "first": first, "last": last}


def day_name(day: date, today: date) -> str:
    """`Heute, Sonntag, 22. November`."""
    said = f"{moments.weekday(day)}, {moments.day_of(day, today)}"
    if day == today:
        return _("Heute, %(day)s") % {"day": said}
    if day == today + timedelta(days=1):
        return _("Morgen, %(day)s") % {"day": said}
    return said


def moment_said(occasion: Occasion, today: date) -> str:
    """`Samstag, 5. Dezember, 15:00 bis 17:00 Uhr`."""
    start, end = (_local(one) for one in (occasion.during.lower, occasion.during.upper))
    time = time_said(start, end, today)
    return (
        time
        if start.date() != end.date() and end - start > timedelta(hours=12)
        else (f"{moments.weekday(start.date())}, {moments.day_of(start.date(), today)}, {time}")
    )


def first_of_each(occasions: Iterable[Occasion]) -> list[Occasion]:
    """The first date of each offer, in the same order."""
    firsts: dict[int, Occasion] = {}
    for one in occasions:
        firsts.setdefault(one.offer_id, one)
    return list(firsts.values())


def _local(moment: datetime) -> datetime:
    return moment.astimezone(settings.SMILE.zone)
