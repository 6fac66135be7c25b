# SPDX-License-Identifier: EUPL-1.2
"""A question about life in four quarters, and those who ask and answer it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from smilecity.citizens.actions import pulse as actions
from smilecity.citizens.models import Pulse, PulseCount, PulseRound
from smilecity.citizens.reads import pulse as reads
from smilecity.citizens.rules.pulse import Asking
from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE, Who
from smilecity.people.reads import who_is
from smilecity.space.models import Area
from tests.citizens.town import noun

Make = Callable[..., Any]
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ASKED = Asking(title={"de": "Wie lebt es sich hier?", "en": "How is life here?"}, since=NOW.date(), days=14)


@dataclass(frozen=True)
class Quarters:
    """A city of three districts, one of them in two quarters, and who may ask and answer there."""

    city: int
    north: int
    south: int
    port: int
    dock: int
    pier: int
    clerk: Who
    rita: Who
    rita_account: Any


def founded(person: Make, organisation: Make) -> Quarters:
    """The city; made again for each test."""
    made: dict[str, int] = {}
    for key, level, above in (
        ("city", "municipality", None),
        ("north", "district", "city"),
        ("south", "district", "city"),
        ("port", "district", "city"),
        ("dock", "quarter", "port"),
        ("pier", "quarter", "port"),
    ):
        parent = made.get(above or "")
        made[key] = noun("area", f"areas/{key}", key.title(), area_id=parent).id
        Area.objects.create(noun_id=made[key], level=level, key=key, parent_id=parent)
    hall = organisation("department", "Amt", made["city"])
    clerk, rita = person("petra", ("clerk", hall, made["city"])), person("rita")
    return Quarters(**made, clerk=who_is(clerk), rita=who_is(rita), rita_account=rita)


def asked(town: Quarters, **more: Any) -> Pulse:
    given = {name: getattr(ASKED, name) for name in Asking.__slots__}
    return actions.keep_pulse(town.clerk, "", Asking(**{**given, **more}), area=town.city, public=True)


def open_of(pulse: Pulse) -> PulseRound:
    found = reads.open_round(ANYONE, pulse)
    assert found is not None
    return found


def answered(one: PulseRound, many: int, value: int = 4, area: int | None = None, age: str = "") -> None:
    for _ in range(many):
        actions.answer_pulse(ANYONE, one.pk, form=uuid4(), value=value, area=area, age=age)


def refused(do: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as found:
        do()
    return found.value.code


def after_the_round() -> Any:
    return clock.frozen(NOW + timedelta(days=15))


def result_of(pulse: Pulse) -> dict[str, Any]:
    with after_the_round():
        actions.turn_rounds(NODE)
        found = reads.rounds(ANYONE, pulse)[0].result
    assert found is not None
    return found


def slug(pulse: Pulse) -> str:
    return pulse.noun.address.removeprefix("pulse/")


def counted(one: PulseRound) -> int:
    return sum(sum(row.counts) for row in PulseCount.objects.filter(round=one))
