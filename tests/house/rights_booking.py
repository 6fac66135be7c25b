# SPDX-License-Identifier: EUPL-1.2
"""Rows of the table of rights: booking. The pier has a court, and what is booked or asked for there is Rita's."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from smilecity.core.who import Who
from tests.house.rights_rows import ALL, NODE, PERSONS, RITA, RUN, SEE_DRAFTS, WRITE, Row
from tests.house.town import Town

Do = Callable[[Town, Who, Callable[..., Any]], Any]
Case = Callable[[Town, Who, Callable[..., Any], "Court"], Any]

SEE = SEE_DRAFTS | RUN
HERS = RITA | WRITE
WHY = "Da ist ein Turnier."
LONG = timedelta(days=40)


@dataclass(frozen=True)
class Court:
    """What is booked, and tomorrow's hour for it."""

    town: Town
    unit: int
    policy: int
    start: datetime

    @property
    def span(self) -> tuple[datetime, datetime]:
        return self.start, self.start + timedelta(hours=1)

    @property
    def later(self) -> tuple[datetime, datetime]:
        return self.start + timedelta(hours=2), self.start + timedelta(hours=3)

    def booked(self) -> int:
        from smilecity.places.actions import booking

        return int(booking.book(self.town.who["rita"], self.unit, self.span, key=uuid.uuid4()).id)

    def held(self) -> int:
        from smilecity.places.actions import booking

        return int(booking.hold(self.town.who["rita"], self.unit, self.span, key=uuid.uuid4()).id)

    def ended(self, state: str) -> None:
        """Her booking is over, with this state; it costs something."""
        from smilecity.places.models import Booking

        past = (self.start - timedelta(days=2), self.start - timedelta(days=2, hours=-1))
        Booking.objects.filter(id=self.booked()).update(state=state, during=past, fee_cents=500)

    def series(self, who: str = "rita", **more: Any) -> int:
        from django.conf import settings

        from smilecity.places.actions import booking

        wall = self.start.astimezone(settings.SMILE.zone).replace(tzinfo=None)
        rule = "FREQ=WEEKLY;COUNT=2"
        return int(booking.ask_series(self.town.who[who], self.unit, wall, 60, rule, **more).id)

    def season(self) -> int:
        from smilecity.places.actions import booking

        made = booking.open_season(
            self.town.who["node"], self.town.pier.noun_id, "Sommer", starts_on=self.start.date(),
            ends_on=self.start.date() + LONG, ask_until=self.start,
        )  # fmt: skip
        return int(made.id)

    def closing(self) -> int:
        from smilecity.places.actions import booking

        node, pier = self.town.who["node"], self.town.pier.noun_id
        return int(booking.close_units(node, pier, self.span, reason={"de": "Fest"})[0].id)


def _court(may: set[str], case: Case, *, place: str = "pier", **rules: Any) -> Row:
    """A row whose case gets a court that is booked by these rules."""

    def stage(town: Town) -> Court:
        from smilecity.core import clock
        from smilecity.places import actions
        from smilecity.places.actions import booking

        node, where = town.who["node"], getattr(town, place)
        unit = actions.keep_unit(node, where, "court", {"de": "Feld"}).id
        policy = booking.keep_policy(node, where.noun_id, "Felder", rules).id
        booking.arrange_unit(node, unit, policy=policy)
        start = (clock.now().astimezone(UTC) + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
        return Court(town, unit, policy, start)

    return Row(set(may), lambda town, who, function: case(town, who, function, town.stage), stage)


def _then(wait: timedelta, case: Case) -> Case:
    """The same, so long after the beginning of the slot."""

    def later(town: Town, who: Who, function: Callable[..., Any], court: Court) -> Any:
        from smilecity.core import clock

        made = case(town, who, lambda *given, **named: (given, named), court)
        with clock.frozen(court.start + wait):
            return function(*made[0], **made[1])

    return later


def _taken_back(town: Town, who: Who, function: Callable[..., Any], court: Court) -> Any:
    from smilecity.places.actions import booking

    return function(who, booking.approve_many(town.who["karim"], [court.booked()]).id)


def _missed_series(town: Town, who: Who, function: Callable[..., Any], court: Court) -> Any:
    """A series of hers to which nobody came."""
    from smilecity.places.actions import booking
    from smilecity.places.models import Booking

    booking.grant_series(town.who["karim"], court.series())
    Booking.objects.filter(series__isnull=False).update(state="missed")
    return function(who)


def _meeting(town: Town, who: Who, function: Callable[..., Any], court: Court) -> Any:
    """Two clubs want the same dates of a season."""
    season = court.season()
    for name, club in (("karim", "club-a"), ("tina", "club-b")):
        court.series(name, season=season, organisation=town.organisations[club].pk)
    return function(who, season)


def _used(state: str, *given: Any) -> Case:
    def case(town: Town, who: Who, function: Callable[..., Any], court: Court) -> Any:
        court.ended(state)
        return function(who, town.pier, *(one(court) for one in given))

    return case


def _day(days: int) -> Any:
    return lambda court: court.start.date() + timedelta(days=days)


def _use(town: Town, who: Who, function: Callable[..., Any], court: Court) -> Any:
    court.ended("used")
    return function(who, town.pier.noun_id, _day(-4)(court), _day(0)(court))


def _listed(make: Callable[[Court], Any]) -> Case:
    """The case of a read that lists what was made."""

    def case(town: Town, who: Who, function: Callable[..., Any], court: Court) -> Any:
        make(court)
        return function(who)

    return case


def _standing(town: Town, who: Who, function: Callable[..., Any], court: Court) -> Any:
    from smilecity.places.models import Series

    return function(who, Series.objects.get(id=court.series()))


def _hit(town: Town, who: Who, function: Callable[..., Any], court: Court) -> Any:
    court.booked()
    return function(who, court.closing())


def _wished(town: Town, who: Who, function: Callable[..., Any], court: Court) -> Any:
    season = court.season()
    court.series("karim", season=season, organisation=town.organisations["club-a"].pk)
    return function(who, season)


def _opened(town: Town, who: Who, function: Callable[..., Any], court: Court) -> Any:
    return function(
        who, town.pier.noun_id, "Sommer", starts_on=court.start.date(), ends_on=court.start.date() + LONG,
        ask_until=court.start,
    )  # fmt: skip


def _series_asked(town: Town, who: Who, function: Callable[..., Any], court: Court) -> Any:
    starts = datetime(court.start.year + 1, 5, 4, 18)
    return function(who, court.unit, starts, 60, "FREQ=WEEKLY;COUNT=2")


BOOKING_ACTIONS: dict[str, Row] = {
    "changing.approve": _court(WRITE, lambda t, who, f, c: f(who, c.booked()), approval="always"),
    "changing.cancel": _court(HERS, lambda t, who, f, c: f(who, c.booked(), WHY)),
    "changing.change": _court(HERS, lambda t, who, f, c: f(who, c.booked(), c.later)),
    "changing.check_in": _court(HERS, _then(timedelta(minutes=5), lambda t, who, f, c: f(who, c.booked()))),
    "changing.refuse": _court(WRITE, lambda t, who, f, c: f(who, c.booked(), WHY), approval="always"),
    "closing.close_units": _court(
        WRITE, lambda t, who, f, c: f(who, t.pier.noun_id, c.span, reason={"de": "Fest"})
    ),
    "closing.reopen_units": _court(WRITE, lambda t, who, f, c: f(who, c.closing())),
    "ending.forget_users": _court(NODE, lambda t, who, f, c: f(who)),
    "ending.release_expired": _court(NODE, lambda t, who, f, c: f(who)),
    "ending.release_missed": _court(NODE, lambda t, who, f, c: f(who)),
    "keeping.arrange_unit": _court(WRITE, lambda t, who, f, c: f(who, c.unit, policy=c.policy)),
    "keeping.keep_policy": _court(WRITE, lambda t, who, f, c: f(who, t.pier.noun_id, "Neu", {})),
    "keeping.kept_place": _court(WRITE, lambda t, who, f, c: f(who, t.pier.noun_id)),
    "saying.say": _court(HERS, lambda t, who, f, c: f(who, c.booked(), what="Fest", people=5)),
    "series.ask_series": _court(PERSONS, _series_asked),
    "series.decide_season": _court(WRITE, _then(timedelta(hours=1), lambda t, who, f, c: f(who, c.season()))),
    "series.grant_series": _court(WRITE, lambda t, who, f, c: f(who, c.series())),
    "series.open_season": _court(WRITE, _opened),
    "series.rank_series": _court(WRITE, lambda t, who, f, c: f(who, c.series(), 1)),
    "series.refuse_series": _court(WRITE, lambda t, who, f, c: f(who, c.series(), WHY)),
    "standing.offer_series": _court(RITA, lambda t, who, f, c: f(who, c.series())),
    "taking.book": _court(PERSONS, lambda t, who, f, c: f(who, c.unit, c.span, key=uuid.uuid4())),
    "taking.book_together": _court(PERSONS, lambda t, who, f, c: f(who, [c.unit], c.span, key=uuid.uuid4())),
    "taking.confirm": _court(HERS, lambda t, who, f, c: f(who, c.held())),
    "taking.hold": _court(PERSONS, lambda t, who, f, c: f(who, c.unit, c.span, key=uuid.uuid4())),
    "taking.own": _court(HERS, lambda t, who, f, c: f(who, c.booked())),
    "together.approve_many": _court(
        WRITE - NODE, lambda t, who, f, c: f(who, [c.booked()]), approval="always"
    ),
    "together.take_back": _court({"karim"}, _taken_back, approval="always"),
}
BOOKING_READS: dict[str, Row] = {
    "calendar.board": _court(SEE, lambda t, who, f, c: f(who, c.unit, c.start.date()), place="plan"),
    "calendar.bookable": _court(ALL, lambda t, who, f, c: f(who, t.pier.noun_id)),
    "calendar.busy": _court(SEE, lambda t, who, f, c: f(who, c.unit), place="plan"),
    "calendar.calendar": _court(SEE, lambda t, who, f, c: f(who, c.unit, c.start.date()), place="plan"),
    "kept.asked": _court(WRITE, _listed(Court.booked), approval="always"),
    "kept.asked_series": _court(WRITE, _listed(Court.series)),
    "kept.booking": _court(HERS, lambda t, who, f, c: f(who, c.booked())),
    "kept.hit": _court(WRITE, _hit),
    "kept.mine": _court(RITA, _listed(Court.booked)),
    "kept.unused": _court(HERS, _missed_series),
    "kept.use": _court(WRITE, _use),
    "looking.look": _court(SEE, lambda t, who, f, c: f(who, c.unit, c.span), place="plan"),
    "seasons.conflicts": _court(WRITE, _meeting),
    "setting.fees": _court(WRITE, _used("used", _day(-4), _day(0))),
    "setting.missed": _court(WRITE, _used("missed")),
    "setting.policies": _court(WRITE, lambda t, who, f, c: f(who, t.pier)),
    "setting.units": _court(WRITE, lambda t, who, f, c: f(who, t.pier)),
    "standing.my_series": _court(RITA, _listed(Court.series)),
    "standing.season": _court(ALL, lambda t, who, f, c: f(who, c.season(), t.pier.noun_id)),
    "standing.seasons": _court(ALL, lambda t, who, f, c: [c.season(), f(who, t.pier.noun_id)][1]),
    "standing.series": _court(HERS, lambda t, who, f, c: f(who, c.series())),
    "standing.standing": _court(HERS, _standing),
    "standing.wishes": _court(PERSONS, _wished),
}
BOOKING = {
    **{f"places.actions.booking.{name}": row for name, row in BOOKING_ACTIONS.items()},
    **{f"places.reads.booking.{name}": row for name, row in BOOKING_READS.items()},
}
BOOKING_NO_ROW = {
    "places.actions.booking.claims.tell": "within the actions of booking, which have asked",
    "places.actions.booking.taking.keeps_place": "is the question itself",
    "places.actions.booking.taking.must_book": "is the question itself",
    "places.actions.booking.taking.must_see": "is the question itself",
}
