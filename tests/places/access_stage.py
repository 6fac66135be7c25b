# SPDX-License-Identifier: EUPL-1.2
"""A club's container at a court, two clubs, and a box in software that is online, or is not."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from smilecity.core import clock
from smilecity.core.who import NODE, Who
from smilecity.people.reads import who_is
from smilecity.places import actions
from smilecity.places.actions import access, booking, locks
from smilecity.places.demo.box import Box
from smilecity.places.models import Booking, Entrusted, Grant, Keyholder, Permit, Place
from smilecity.places.reads import locks as reads
from smilecity.places.rules.access import BOOKINGS, WEEKLY, When
from tests.places.booking_stage import RULES, at
from tests.places.ground import keep_court

MONDAY = date(2026, 11, 23)
SEASON = at(0)[0], at(0, day=200)[0]


class Stage:
    """Door 0 is the container, 1 another compartment. Club A has Karim and Kim, club B has Tina; Petra is the clerk."""

    def __init__(self, person: Callable[..., Any], organisation: Callable[..., Any]) -> None:
        self.club = organisation("club", "SV Hafen")
        self.other = organisation("club", "SV Berg")
        city = organisation("municipality", "Stadt")
        self.accounts = {
            "karim": person("karim", ("trainer", self.club, None)),
            "kim": person("kim", ("trainer", self.club, None)),
            "tina": person("tina", ("trainer", self.other, None)),
            "petra": person("petra", ("clerk", city, None)),
            "rita": person("rita"),
        }
        self.who: dict[str, Who] = {name: who_is(one) for name, one in self.accounts.items()}
        self.place: Place = keep_court()
        self.court = actions.keep_unit(NODE, self.place, "court", {"de": "Platz"})
        policy = booking.keep_policy(NODE, self.place.noun_id, "Felder", {**RULES, "latest_days": 60})
        booking.arrange_unit(NODE, self.court.id, kind="court", policy=policy.id)
        self.controller, secret = locks.keep_controller(NODE, self.place.noun_id, "box", "Sportbox")
        self.doors = []
        for channel, key in enumerate(("container", "fach")):
            unit = actions.keep_unit(NODE, self.place, key, {"de": key.capitalize()})
            self.doors.append(locks.keep_compartment(NODE, self.controller.id, channel, unit.id).id)
        self.box = Box(self.controller.key, bytes.fromhex(secret), 2, clock.now)
        self.meets()

    def meets(self) -> None:
        """The minute's job, then the box fetches what waits for it and says so."""
        access.follow_access(NODE)
        locks.converge(NODE)
        for _round in range(3):
            self.box.say_state()
            told, self.box.out = self.box.out, []
            locks.take_reports(self.box.key, told)
            for one, message in reads.commands_due(NODE, self.controller.id):
                locks.mark_sent(NODE, [one.id])
                self.box.hear(message)

    def entrust(
        self, club: Any = None, door: int = 0, during: tuple[datetime, datetime] = SEASON
    ) -> Entrusted:
        return access.entrust(NODE, self.doors[door], (club or self.club).noun_id, during)

    def weekly(
        self, who: str, holder: Keyholder, own: Entrusted, *days: int, last: date | None = None
    ) -> Permit:
        until = last or MONDAY + timedelta(days=60)
        when = When(WEEKLY, MONDAY, until, days, time(16), time(20))
        return access.let_in(self.who[who], holder.id, own.id, when)

    def bookings(self, who: str, holder: Keyholder, own: Entrusted, lead: int = 0) -> Permit:
        when = When(BOOKINGS, MONDAY, MONDAY + timedelta(days=60), lead=lead)
        return access.let_in(self.who[who], holder.id, own.id, when)

    def register(self, who: str = "karim", whom: str = "kim@example.org", **said: Any) -> Keyholder:
        club = self.other if who == "tina" else self.club
        return access.register(self.who[who], club.noun_id, whom, **said)

    def book(self, span: tuple[datetime, datetime], who: str = "karim") -> Booking:
        club = self.other if who == "tina" else self.club
        return booking.book(self.who[who], self.court.id, span, key=uuid.uuid4(), organisation=club.noun_id)


def live(**chosen: Any) -> list[tuple[datetime, datetime]]:
    """The times of the grants that are wanted there, in order."""
    rows = Grant.objects.filter(state__in=(Grant.WANTED, Grant.INSTALLED), **chosen).order_by("during", "id")
    return [(one.during.lower, one.during.upper) for one in rows]
