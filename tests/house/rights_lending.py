# SPDX-License-Identifier: EUPL-1.2
"""Rows of the table of rights: locks and lending. The pier has a box, and what is borrowed out of it is Rita's.

Tina's club looks after the kit, but does not keep the pier.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from smilecity.core.who import NODE as NODE_ITSELF
from smilecity.core.who import Who
from tests.house.rights_rows import HAVE_DESK, KEEP, NODE, PERSONS, RITA, RUN, SEE_DRAFTS, WRITE, Row, asks
from tests.house.town import Town

SEE = SEE_DRAFTS | RUN
LOOK = WRITE | {"tina"}
HERS = RITA | LOOK
# Who works for some organisation, or for the city.
KEEPERS = RUN | HAVE_DESK | {"karim", "tina", "mia"}
# A door opens for whose grant it is; those who look after the kit have it in hand without her.
OPENS = RITA | NODE
TERMS = {"de": "Geben Sie zurück, was Sie leihen."}
ITEMS = [{"name": {"de": "Ball"}, "count": 1}]
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Box:
    """A box at a place, with a kit behind its only door and another one that is lent over a counter."""

    town: Town
    id: int
    unit: int
    door: int
    kit: int
    counter_kit: int

    @property
    def next_hour(self) -> tuple[datetime, datetime]:
        from smilecity.core import clock

        now = clock.now().astimezone(UTC)
        return now, now + HOUR

    def loan(self, kit: int | None = None, state: str = "", **said: Any) -> int:
        from smilecity.places.actions import lending
        from smilecity.places.models import Loan

        made = lending.borrow(self.town.who["rita"], kit or self.kit, uuid.uuid4(), **said)
        if state:
            Loan.objects.filter(id=made.id).update(state=state)
        return int(made.id)

    def over_counter(self, state: str) -> int:
        return self.loan(self.counter_kit, state)

    def grant(self) -> int:
        """The grant of a loan of hers, of which the box has told that it knows it."""
        from smilecity.core import clock
        from smilecity.places.models import Controller, Grant, Loan

        number = Loan.objects.values_list("grant", flat=True).get(id=self.loan())
        assert number is not None
        Grant.objects.filter(id=number).update(state=Grant.INSTALLED)
        version = Grant.objects.get(id=number).version
        Controller.objects.filter(id=self.id).update(
            reported={"counter": 1, "grants": {str(number): version}}, reported_at=clock.now()
        )
        return int(number)

    def opened_loan(self) -> int:
        from smilecity.places.models import Loan

        return int(Loan.objects.values_list("id", flat=True).get(grant=self.grant()))

    def chore(self) -> int:
        from smilecity.places.actions.lending import course
        from smilecity.places.models import Kit

        return int(course.make_chore(NODE_ITSELF, "clean", Kit.objects.get(id=self.kit)).id)

    def codes(self) -> int:
        from smilecity.places.actions import handles

        return int(handles.have_codes(self.town.who["rita"]).id)

    def paused(self) -> None:
        from smilecity.core import clock
        from smilecity.places.models import Pause

        account = self.town.accounts["rita"]
        Pause.objects.create(account=account, reason="late", until=clock.now() + timedelta(days=1))

    def terms(self) -> Any:
        from smilecity.places.actions import lending

        return lending.keep_liability(NODE_ITSELF, TERMS)


@dataclass(frozen=True)
class Case:
    """What is asked, of town, who, function and box, and of what the box is given before, once for all who ask."""

    ask: Callable[..., Any]
    given: tuple[Callable[[Box], Any], ...] = ()


def _box(may: set[str], case: Case, *, place: str = "pier") -> Row:
    """A row whose case gets a box at this place."""

    def stage(town: Town) -> list[Any]:
        from smilecity.places import actions
        from smilecity.places.actions import lending, locks

        where = getattr(town, place)
        unit = actions.keep_unit(NODE_ITSELF, where, "door", {"de": "Fach"}).id
        box, _secret = locks.keep_controller(NODE_ITSELF, where.noun_id, "sportbox", "Sportbox")
        door = locks.keep_compartment(NODE_ITSELF, box.id, 0, unit).id
        partner = town.organisations["club-b"].pk
        kits = [
            lending.keep_kit(
                NODE_ITSELF, where.noun_id, key, {"de": key}, ITEMS, unit=behind, partner=partner
            ).id
            for key, behind in (("ball", unit), ("net", None))
        ]
        built = Box(town, box.id, unit, door, *kits)
        return [built, *(one(built) for one in case.given)]

    return Row(set(may), lambda town, who, function: case.ask(town, who, function, *town.stage), stage)


def _does(*given: Callable[[Box], Any], **named: Any) -> Case:
    """The function called with these, each made from the box."""
    return Case(lambda _town, who, function, _box, *made: function(who, *made, **named), given)


def _after(make: Callable[[Box], Any]) -> Case:
    """The case of a read that finds what was made before."""
    return Case(lambda _town, who, function, _box, _made: function(who), (make,))


def _lend_again(town: Town, who: Who, function: Callable[..., Any], box: Box) -> Any:
    """The key of a loan is no way to it."""
    from smilecity.places.actions import handles, lending

    card, key = handles.give_handle(NODE_ITSELF, "card").handle, uuid.uuid4()
    lending.lend(NODE_ITSELF, box.kit, key, card.handle)
    return function(who, box.kit, key, card.handle)


def _keeps_terms(town: Town, who: Who, function: Callable[..., Any], box: Box) -> Any:
    return function(who, TERMS, keeper=town.organisations["club-a"].pk)


def _versions(town: Town, who: Who, function: Callable[..., Any], box: Box) -> Any:
    from smilecity.places.actions import lending

    keeper = town.organisations["club-a"].pk
    lending.keep_liability(NODE_ITSELF, TERMS, keeper=keeper)
    return function(who, keeper)


def _door_of_hers(_town: Town, who: Who, function: Callable[..., Any], box: Box, _grant: int) -> Any:
    return function(who, box.door)


def _command(box: Box) -> list[uuid.UUID]:
    from smilecity.places.actions import locks

    return [locks.ask_lock(NODE_ITSELF, box.door).id]


def _forgets(town: Town, who: Who, function: Callable[..., Any], box: Box) -> Any:
    return function(who, box.next_hour[0])


def _wishes(town: Town, who: Who, function: Callable[..., Any], box: Box) -> Any:
    return function(who, box.door, box.next_hour, "staff", account=town.accounts["rita"].pk)


def _keeps_kit(town: Town, who: Who, function: Callable[..., Any], box: Box) -> Any:
    return function(who, town.pier.noun_id, "drill", {"de": "Bohrer"}, ITEMS)


def _keeps_box(town: Town, who: Who, function: Callable[..., Any], box: Box) -> Any:
    return function(who, town.pier.noun_id, "other-box", "Box")


def _borrower(town: Town, who: Who, function: Callable[..., Any], box: Box, _loan: int) -> Any:
    from smilecity.places.models import Kit

    return function(who, Kit.objects.select_related("place__noun").get(id=box.counter_kit)).loans


def _accepted_terms(box: Box) -> Any:
    stands = box.terms()
    box.loan(accepts=stands.version)
    return stands


def _today(_town: Town, who: Who, function: Callable[..., Any], _box: Box, _loan: int) -> Any:
    return function(who).loans


def _log(box: Box) -> None:
    from smilecity.places.actions import locks

    locks.ask_lock(NODE_ITSELF, box.door)


LENDING_ACTIONS: dict[str, Row] = {
    "borrowing.borrow": _box(PERSONS, _does(lambda b: b.kit, lambda _b: uuid.uuid4())),
    "borrowing.lend": _box(LOOK, Case(_lend_again)),
    "borrowing.open_again": _box(OPENS, _does(Box.opened_loan)),
    "borrowing.report_out": _box(HERS, _does(Box.loan)),
    "chores.do_chore": _box(LOOK, _does(Box.chore)),
    "chores.drop_chore": _box(LOOK, _does(Box.chore)),
    "course.heed_doors": asks(NODE),
    "course.own": _box(HERS, _does(Box.loan)),
    "course.own_unlocked": _box(HERS, _does(Box.loan)),
    "ending.end_openings": asks(NODE),
    "ending.forget_borrowers": asks(NODE),
    "ending.give_up": _box(HERS, _does(Box.loan)),
    "ending.plan_chores": asks(NODE),
    "ending.remind_late": asks(NODE),
    "kits.keep_kit": _box(WRITE, Case(_keeps_kit)),
    "kits.keep_liability": _box(NODE | {"karim"}, Case(_keeps_terms)),
    "kits.lose_kit": _box(WRITE, _does(lambda b: b.kit)),
    "kits.show_kit": _box(WRITE, _does(lambda b: b.kit, away=True)),
    "returning.give_back": _box(HERS, _does(lambda b: b.over_counter("out"))),
    "returning.report_damage": _box(HERS, _does(lambda b: [b.loan(), b.kit][1], lambda _b: "Kaputt")),
    "returning.say_complete": _box(HERS, _does(lambda b: b.over_counter("returning"))),
    "returning.say_missing": _box(HERS, _does(lambda b: b.over_counter("returning"))),
    "returning.take_back": _box(LOOK, _does(lambda b: b.over_counter("out"), complete=True)),
}
LOCKS_ACTIONS: dict[str, Row] = {
    "asking.ask_lock": _box(RITA | WRITE, Case(_door_of_hers, (Box.grant,))),
    "asking.ask_unlock": _box(OPENS, _does(Box.grant)),
    "commanding.forget_commands": _box(NODE, Case(_forgets)),
    "commanding.mark_sent": _box(NODE, _does(_command)),
    "converging.converge": asks(NODE),
    "keeping.keep_compartment": _box(KEEP, _does(lambda b: b.id, lambda _b: 0, lambda b: b.unit)),
    "keeping.keep_controller": _box(KEEP, Case(_keeps_box)),
    "keeping.renew_secret": _box(KEEP, _does(lambda b: b.id)),
    "wishing.lose_handle": _box(RITA | RUN | HAVE_DESK, _does(Box.codes)),
    "wishing.revoke_grant": _box(RITA | WRITE, _does(Box.grant)),
    "wishing.wish_grant": _box(WRITE, Case(_wishes)),
}
LENDING_READS: dict[str, Row] = {
    "borrowing.borrower": _box(RITA, Case(_borrower, (Box.loan,))),
    "borrowing.codes_of": _box(RITA, _after(Box.codes)),
    "borrowing.has_accepted": _box(RITA, _does(_accepted_terms)),
    "borrowing.kits": _box(SEE, Case(lambda t, who, f, _b: f(who, t.plan.noun)), place="plan"),
    "borrowing.loan": _box(HERS, _does(Box.loan)),
    "borrowing.mine": _box(RITA, _after(Box.loan)),
    "borrowing.pause": _box(RITA, _after(Box.paused)),
    "keeping.kept_kit": _box(WRITE, _does(lambda b: b.kit)),
    "keeping.kept_kits": _box(WRITE, _does()),
    "keeping.lying_places": _box(WRITE, Case(lambda t, who, f, _b: f(who, t.pier))),
    "keeping.partners": _box(KEEPERS, _does()),
    "keeping.terms_keepers": _box(KEEPERS, _does()),
    "keeping.versions": _box(NODE | {"karim"}, Case(_versions)),
    "looking.access_log": _box(WRITE, _after(_log)),
    "looking.box": _box(SEE, _does(lambda _b: "sportbox"), place="plan"),
    "looking.codes": _box(RITA, _after(Box.codes)),
    "looking.lendable": _box(LOOK, _does()),
    "looking.today": _box(LOOK, Case(_today, (Box.loan,))),
}
LENDING = {
    **{f"places.actions.lending.{name}": row for name, row in LENDING_ACTIONS.items()},
    **{f"places.actions.locks.{name}": row for name, row in LOCKS_ACTIONS.items()},
    **{f"places.reads.lending.{name}": row for name, row in LENDING_READS.items()},
}
_WITHIN = "within the actions of lending, which have asked"
LENDING_NO_ROW = {
    "places.actions.lending.borrowing.try_to_open": "asks the lock, and hands on its refusal",
    "places.actions.lending.course.close": _WITHIN,
    "places.actions.lending.course.heed": _WITHIN,
    "places.actions.lending.course.know": _WITHIN,
    "places.actions.lending.course.make_chore": _WITHIN,
    "places.actions.lending.course.tell": _WITHIN,
    "places.actions.locks.commanding.make": "within the actions of locks, which have asked",
}
