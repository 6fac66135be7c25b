# SPDX-License-Identifier: EUPL-1.2
"""Rows of the table of rights: doors of clubs. The pier, kept by club A, has a box; its door is entrusted to club B."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from smilecity.core.who import NODE as NODE_ITSELF
from tests.house.rights_lending import Box, Case, _box
from tests.house.rights_rows import HAVE_DESK, KEEP, NODE, RUN, Row, asks
from tests.house.town import Town

TINA = {"tina"}
DESKS = RUN | HAVE_DESK


@dataclass(frozen=True)
class Door:
    """The box's door, entrusted to club B, which lets Tina in, now and every day."""

    town: Town
    box: Box

    @property
    def club(self) -> int:
        return int(self.town.organisations["club-b"].pk)

    @property
    def during(self) -> tuple[datetime, datetime]:
        from smilecity.core import clock

        now = clock.now().astimezone(UTC)
        return now - timedelta(days=1), now + timedelta(days=20)

    def entrusted(self) -> int:
        from smilecity.places.actions import access

        return int(access.entrust(NODE_ITSELF, self.box.door, self.club, self.during).id)

    def holder(self) -> int:
        from smilecity.places.actions import access

        return int(access.register(self.town.who["tina"], self.club, "tina@example.org").id)

    @property
    def when(self) -> Any:
        from smilecity.core import clock
        from smilecity.places.rules.access import WEEKLY, When

        today: date = clock.now().date()
        days = timedelta(days=1)
        return When(WEEKLY, today - days, today + 2 * days, tuple(range(7)), time(0), time(23, 59, 59))

    def permit(self) -> int:
        from smilecity.places.actions import access

        own = self.entrusted()
        return int(access.let_in(self.town.who["tina"], self.holder(), own, self.when).id)

    def grant(self) -> int:
        """Tina's grant of just now, of which the box has told that it knows it."""
        from smilecity.core import clock
        from smilecity.places.models import Access, Controller, Grant

        self.permit()
        now = clock.now()
        found = Grant.objects.get(account=self.town.accounts["tina"], during__contains=now)
        Grant.objects.filter(id=found.id).update(state=Grant.INSTALLED)
        Controller.objects.filter(id=self.box.id).update(
            reported={"counter": 1, "grants": {str(found.id): found.version}}, reported_at=now
        )
        Access.objects.create(
            controller_id=self.box.id, compartment_id=self.box.door, grant=found, at=now, what="unlocked"
        )
        return int(found.id)


def _door(may: set[str], *given: Callable[[Door], Any], after: Callable[[Door], Any] | None = None) -> Row:
    """A row whose case is the function called with these, each made from the door; `after` is made before them."""
    before = [] if after is None else [after]

    def made(box: Box) -> list[Any]:
        door = Door(box.town, box)
        return [one(door) for one in [*before, *given]][len(before) :]

    return _box(set(may), Case(lambda _town, who, function, _box, found: function(who, *found), (made,)))


ACCESS_ACTIONS: dict[str, Row] = {
    "entrusting.entrust": _door(KEEP, lambda d: d.box.door, lambda d: d.club, lambda d: d.during),
    "entrusting.end_entrusted": _door(KEEP, Door.entrusted),
    "following.follow_access": asks(NODE),
    "leaving.forget_keyholders": asks(NODE, datetime(2020, 1, 1, tzinfo=UTC)),
    "letting.register": _door(TINA, lambda d: d.club, lambda _d: "tina@example.org"),
    "letting.enter": _door(
        TINA, Door.entrusted, lambda _d: "tina@example.org", lambda _d: "Tina", lambda d: d.when
    ),
    "letting.let_in": _door(TINA, Door.holder, Door.entrusted, lambda d: d.when),
    "letting.end_permit": _door(TINA, Door.permit),
    "letting.dismiss": _door(TINA | DESKS, Door.holder),
    "letting.lose_key": _door(TINA | DESKS, Door.holder),
    "opening.open_door": _door(TINA, Door.grant),
    "phoning.give_code": _door(KEEP, Door.grant),
}
ACCESS_READS: dict[str, Row] = {
    "entrusted": _door(KEEP | TINA, after=Door.entrusted),
    "door": _door(KEEP | TINA, Door.entrusted),
    "keyholders": _door(TINA, lambda d: d.club, after=Door.holder),
    "entrustable": _door(KEEP),
    "clubs": _door(DESKS),
    "log": _door(KEEP | TINA, after=Door.grant),
    "my_doors": _door(TINA, after=Door.permit),
    "callers_doors": _door(KEEP, lambda _d: "tina@example.org", after=Door.permit),
}
ACCESS = {
    **{f"places.actions.access.{name}": row for name, row in ACCESS_ACTIONS.items()},
    **{f"places.reads.access.{name}": row for name, row in ACCESS_READS.items()},
}
ACCESS_NO_ROW = {
    "places.actions.handles.given": "within the actions that give out handles, which have asked",
    "places.reads.access.pending": "of a door that `door` has shown",
}
