# SPDX-License-Identifier: EUPL-1.2
"""A court with two halves and a hall beside it, people who book, and the truth about who has what."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from smilecity.core.who import NODE, Who
from smilecity.people.reads import who_is
from smilecity.places import actions
from smilecity.places.actions import booking as acts
from smilecity.places.models import Booking, Claim, Place, Unit
from tests.places.ground import keep_court

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # Monday, 8:00 in the city
RULES: dict[str, Any] = {"step": 30, "shortest": 60, "longest": 120, "latest_days": 14}


def at(hour: float, day: int = 0, lasts: float = 1) -> tuple[datetime, datetime]:
    """A span from this hour of the city's clock, so many days after Monday 23 November 2026."""
    start = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(days=day, hours=hour - 1)
    return start, start + timedelta(hours=lasts)


class Stage:
    """`court` has the halves `left` and `right`; `hall` has no parts. All are booked by one policy."""

    def __init__(
        self, person: Callable[..., Any], organisation: Callable[..., Any], rules: Any = None
    ) -> None:
        self.club = organisation("club", "SV Hafen")
        self.firm = organisation("business", "Firma")
        self.accounts = {
            "rita": person("rita"),
            "nora": person("nora"),
            "tina": person("tina", ("trainer", self.firm, None)),
            "karim": person("karim", ("trainer", self.club, None)),
        }
        self.who: dict[str, Who] = {name: who_is(one) for name, one in self.accounts.items()}
        self.place: Place = keep_court()
        actions.give_place(NODE, self.place.noun_id, self.club.noun_id)
        self.units = {
            key: actions.keep_unit(NODE, self.place, key, {"de": key})
            for key in ("court", "left", "right", "hall")
        }
        policy = acts.keep_policy(NODE, self.place.noun_id, "Felder", {**RULES, **(rules or {})})
        self.policy = policy.id
        for key, unit in self.units.items():
            parent = self.id("court") if key in ("left", "right") else None
            acts.arrange_unit(NODE, unit.id, parent=parent, kind="court", policy=policy.id)

    def id(self, unit: str) -> int:
        return self.units[unit].id

    def rule(self, **rules: Any) -> None:
        acts.keep_policy(NODE, self.place.noun_id, "Felder", {**RULES, **rules}, policy=self.policy)

    def book(self, who: str, unit: str, span: tuple[datetime, datetime], **said: Any) -> Booking:
        return acts.book(self.who[who], self.id(unit), span, **{"key": uuid.uuid4(), **said})

    def hold(self, who: str, unit: str, span: tuple[datetime, datetime], **said: Any) -> Booking:
        return acts.hold(self.who[who], self.id(unit), span, **{"key": uuid.uuid4(), **said})


def leaves(unit: Unit) -> set[int]:
    """The parts without parts, found by walking the tree."""
    parts = list(Unit.objects.filter(parent=unit))
    return {one for part in parts for one in leaves(part)} if parts else {unit.id}


def must_hold(gap: timedelta = timedelta(0)) -> None:
    """No two bookings that take share a part and a moment; claims are exactly what bookings take."""
    taking = list(Booking.objects.select_related("unit").filter(state__in=Booking.TAKES))
    wanted = {
        (one.id, leaf, one.during.lower, one.during.upper + gap)
        for one in taking
        for leaf in leaves(one.unit)
    }
    kept = {
        (one.booking_id, one.unit_id, one.during.lower, one.during.upper)
        for one in Claim.objects.filter(booking__isnull=False)
    }
    assert kept == wanted
    spans = sorted((leaf, start, end) for _booking, leaf, start, end in wanted)
    for (leaf, _start, end), (other, start, _end) in pairwise(spans):
        assert leaf != other or end <= start
