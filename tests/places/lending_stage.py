# SPDX-License-Identifier: EUPL-1.2
"""A box with two doors on a sports ground, balls in it, people who borrow, and a box that says what it is told to say."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from smilecity.core import clock
from smilecity.core.numberer import NUMBER
from smilecity.core.who import NODE, Who
from smilecity.people.reads import who_is
from smilecity.places import actions
from smilecity.places.actions import lending, locks
from smilecity.places.demo.box import Box
from smilecity.places.models import Controller, Kit, Loan, Place
from smilecity.places.reads import locks as reads
from tests.places.ground import keep_court

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)  # Monday, noon in the city
TERMS = {"de": "Geben Sie zurück, was Sie leihen.", "en": "Bring back what you borrow."}


class Line:
    """What goes between the node and the box in software, and what the lending hears of it."""

    def __init__(self, controller: Controller, secret: str) -> None:
        self.id = controller.id
        self.box = Box(controller.key, bytes.fromhex(secret), 2, clock.now)

    def meets(self) -> None:
        """The box fetches what waits for it, does it, and says so, until nothing is left to say."""
        self.box.say_state()
        for _round in range(4):
            self.reports()
            for one, message in reads.commands_due(NODE, self.id):
                locks.mark_sent(NODE, [one.id])
                self.box.hear(message)
        self.reports()

    def reports(self) -> None:
        """What it has to say reaches the node, and the lending hears of it."""
        told, self.box.out = self.box.out, []
        locks.take_reports(self.box.key, told)
        self.heeded()

    def heeded(self) -> None:
        """The log is numbered, and lending reads it."""
        with connection.cursor() as cursor:
            cursor.execute(NUMBER)
        while lending.heed_doors(NODE):
            pass

    def through(self, *, half: bool = False) -> None:
        """Somebody opens the door and shuts it, or leaves it ajar."""
        assert self.box.open_door(0)
        self.box.say_state()
        self.reports()
        self.box.close_door(0, half=half)
        self.box.say_state()
        self.reports()


class Stage:
    """`ball` lies behind the box's door 0, `net` behind 1; `drill` is lent over a counter. The club looks after all."""

    def __init__(self, person: Callable[..., Any], organisation: Callable[..., Any], **rules: Any) -> None:
        self.club = organisation("club", "SV Hafen")
        self.other = organisation("club", "SV Berg")
        self.city = organisation("municipality", "Stadt")
        self.accounts = {
            "rita": person("rita"),
            "nora": person("nora"),
            "karim": person("karim", ("trainer", self.club, None)),
            "tina": person("tina", ("trainer", self.other, None)),
            "petra": person("petra", ("clerk", self.city, None)),
        }
        self.who: dict[str, Who] = {name: who_is(one) for name, one in self.accounts.items()}
        self.place: Place = keep_court()
        controller, secret = locks.keep_controller(NODE, self.place.noun_id, "box", "Sportbox")
        self.line = Line(controller, secret)
        self.kits: dict[str, Kit] = {}
        for order, key in enumerate(("ball", "net", "drill")):
            unit = None
            if key != "drill":
                unit = actions.keep_unit(NODE, self.place, f"fach-{key}", {"de": f"Fach {key}"}).id
                locks.keep_compartment(NODE, controller.id, order, unit)
            self.kits[key] = lending.keep_kit(
                NODE, self.place.noun_id, key, {"de": key}, [{"name": {"de": key}, "count": 1}], rules,
                unit=unit, partner=self.club.noun_id, order=order,
            )  # fmt: skip
        lending.keep_liability(NODE, TERMS)
        self.line.meets()

    def borrow(self, name: str = "rita", kit: str = "ball", **said: Any) -> Loan:
        given = {"key": uuid.uuid4(), "accepts": 1, **said}
        return lending.borrow(self.who[name], self.kits[kit].id, given.pop("key"), **given)

    def take(self, name: str = "rita") -> Loan:
        """Borrowed, opened, taken, shut."""
        loan = self.borrow(name)
        self.line.meets()
        self.line.through()
        return self.now(loan)

    def now(self, loan: Loan) -> Loan:
        """The loan as it stands now."""
        return Loan.objects.select_related("kit", "grant").get(id=loan.id)
