# SPDX-License-Identifier: EUPL-1.2
"""A club with a court, the city that looks, and offers: everybody who might keep one or come to one."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from smilecity.core.who import ANYONE, NODE, Who
from smilecity.places.actions import offers as acts
from smilecity.places.models import Occasion, Offer
from tests.places.town import City

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # Monday, 8:00 in the city
COURSE: dict[str, Any] = {
    "title": {"de": "Yoga am Hafen"}, "category": "sport", "starts": "2026-11-24T18:00", "minutes": 120,
    "rule": "FREQ=WEEKLY;BYDAY=TU", "registration": "here", "capacity": 2,
}  # fmt: skip


class Stage(City):
    """The city of `town.py`, with an offer of its club on every Tuesday from 24 November 2026."""

    def __init__(self, person: Callable[..., Any], organisation: Callable[..., Any]) -> None:
        super().__init__(person, organisation)
        self.offer = self.keep(NODE, "yoga")

    def keep(self, who: Who, key: str, **more: Any) -> Offer:
        said = {"keeper": self.club, "then": "send", "place": self.noun.id, **COURSE, **more}
        return acts.keep_offer(who, key, **said)

    def dates(self, offer: Offer | None = None) -> list[Occasion]:
        return list((offer or self.offer).occasions.order_by("start"))

    def first(self) -> int:
        return self.dates()[0].id

    def come(self, name: str, **more: Any) -> Any:
        """Somebody registers for the first date: a person by account, or whoever says a name."""
        if name in self.people and self.people[name].account is not None:
            return acts.register(self.people[name], self.first(), **more).registration
        return acts.register(ANYONE, self.first(), name=name, reach="0381 12345", **more).registration
