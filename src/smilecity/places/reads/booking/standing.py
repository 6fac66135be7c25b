# SPDX-License-Identifier: EUPL-1.2
"""Standing slots and wishes for a season, as far as those may know who have or want them."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet

from smilecity.core import clock, nouns
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.models import Booking, Season, Series
from smilecity.places.reads.booking.kept import UNUSED_WEEKS
from smilecity.places.reads.booking.seasons import meeting

MOST = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """A series of one's own: its dates to come, and of those in the last eight weeks how many nobody came to."""

    series: Series
    coming: list[Booking]
    past: int
    unused: int


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish for a season; `meets` counts the dates that others want too. Whose they are is not said."""

    series: Series
    mine: bool
    meets: dict[int, int]

    @property
    def dates(self) -> int:
        """On how many dates it meets another."""
        return sum(self.meets.values())


def series(who: Who, series_id: int) -> Series | None:
    """One series, for whom it is for and for those who keep its place."""
    found = _series().filter(id=series_id).first() if 0 < series_id < 1 << 63 else None
    if found is None:
        return None
    noun = found.unit.place.noun
    mine = rights.may_have_booked(who, found.account_id, found.organisation_id)
    return found if mine or rights.may_write(who, noun.area_id, noun.keeper_id) else None


def my_series(who: Who) -> list[Series]:
    """What this person asked for again and again, for themselves or their organisations, the newest first."""
    if who.account is None:
        return []
    own = Q(account=who.account) | Q(organisation__in=who.organisations(nouns.KEEP))
    return list(_series().filter(own).order_by("-made_at", "-id")[:MOST])


def standing(who: Who, one: Series) -> Standing | None:
    """How a series is doing, for whom it is for and for those who keep its place."""
    if series(who, one.id) is None:
        return None
    now = clock.now()
    rows = Booking.objects.filter(series=one, during__endswith__gt=now - timedelta(weeks=UNUSED_WEEKS))
    dates = list(rows.order_by("during", "id"))
    coming = [
        each for each in dates if each.during.lower > now and each.state in (Booking.ASKED, Booking.BOOKED)
    ]
    past = Counter(each.state for each in dates if each.during.lower <= now)
    unused = past[Booking.MISSED]
    return Standing(one, coming, unused + past[Booking.USED] + past[Booking.BOOKED], unused)


def seasons(who: Who, place: int, *, asking: bool = False) -> list[Season]:
    """The seasons of a place that `who` has been shown, the newest first; or those one can ask for now."""
    found = Season.objects.filter(place=place)
    if asking:
        found = found.filter(state=Season.ASKING, ask_until__gt=clock.now())
    return list(found.order_by("-starts_on", "-id")[:MOST])


def season(who: Who, season_id: int, place: int) -> Season | None:
    """One season of a place that `who` has been shown."""
    if not 0 < season_id < 1 << 63:
        return None
    return Season.objects.filter(id=season_id, place=place).first()


def wishes(who: Who, season_id: int) -> list[Wish]:
    """All wishes of a season; those that are not one's own say when and where, and nothing of whom.

    Whoever can book sees them: a club finds a time that nobody else wants.
    """
    if not rights.may_book(who):
        return []
    rows = list(_series().filter(season=season_id).order_by("rank", "made_at", "id")[:MOST])
    asked = [one for one in rows if one.state == Series.ASKED]
    met: dict[int, dict[int, int]] = {one.id: {} for one in rows}
    for each in meeting(asked):
        met[each.first.id][each.second.id] = met[each.second.id][each.first.id] = len(each.dates)
    return [
        Wish(one, rights.may_have_booked(who, one.account_id, one.organisation_id), met[one.id])
        for one in rows
    ]


def _series() -> QuerySet[Series]:
    return Series.objects.select_related("unit__place__noun", "unit__booked_by", "organisation", "season")
