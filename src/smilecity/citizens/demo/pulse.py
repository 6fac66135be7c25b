# SPDX-License-Identifier: EUPL-1.2
"""The demo city's pulse: half a year of rounds, and one that is open now. All answers are invented by us, from a seed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from smilecity.citizens import rights
from smilecity.citizens.actions import pulse as actions
from smilecity.citizens.models import Pulse, PulseCount, PulseRound
from smilecity.citizens.reads import pulse as reads
from smilecity.citizens.rules import pulse as rules
from smilecity.core.who import NODE, Who
from smilecity.space import reads as space

TITLE = {"de": "Wie gut lebt es sich in Ihrem Stadtteil?", "en": "How good is life in your district?"}
TEXT = {
    "de": "Jeden Monat dieselbe Frage: So sehen wir, wo es besser wird und wo nicht.",
    "en": "The same question every month: so we see where life gets better and where it does not.",
}
ROUNDS = 6  # before the open one
OPENED_DAYS_AGO = 5
SEED = 1218
AGES = ("", *rules.AGES)
AGE_WEIGHTS = (18, 4, 16, 22, 24, 16)


def move_in(clerk: Who) -> Pulse:
    """Ask the people of the clerk's municipality, and let half a year of rounds be over."""
    area = next(
        one.noun_id
        for one in space.areas_of_level(NODE, "municipality")
        if rights.may_ask(clerk, one.noun_id)
    )
    asking = rules.Asking(TITLE, _since(space.today()), TEXT, days=21)
    asked = actions.keep_pulse(clerk, "", asking, area=area)
    dice = Random(SEED)  # noqa: S311 - invented answers, no secret
    areas = [part.id for part in reads.parts(NODE, asked)]
    moods = {area: dice.uniform(0.45, 0.75) for area in areas}
    for number in range(1, ROUNDS + 1):
        _held(asked, number, areas, moods, dice)
        moods = {area: mood + dice.uniform(-0.03, 0.035) for area, mood in moods.items()}
    return actions.keep_pulse(
        clerk, asked.noun.address.removeprefix("pulse/"), asking, area=area, public=True
    )


def _since(today: date) -> date:
    """Half a year before the open round, so that it is the seventh."""
    opened = today - timedelta(days=OPENED_DAYS_AGO)
    months = opened.year * 12 + opened.month - 1 - ROUNDS
    return date(months // 12, months % 12 + 1, min(opened.day, 28))


def _held(asked: Pulse, number: int, areas: Iterable[int], moods: dict[int, float], dice: Random) -> None:
    """A round as if it had been answered and closed on its day: no action writes into the past."""
    one = actions.open_round(asked, number)
    rows = []
    for area in (*areas, None):
        # About forty a district, in some too few to be shown.
        many = dice.choice((4, 7, 26, 33, 38, 41, 44, 52, 60)) if area else 25
        for age, counts in _answers(many, moods.get(area or 0, 0.6), dice).items():
            rows.append(PulseCount(round=one, area_id=area, age=age, counts=counts))
    PulseCount.objects.bulk_create(rows)
    actions.close(one)
    PulseRound.objects.filter(pk=one.pk).update(closed_at=one.closes_at)


def _answers(many: int, mood: float, dice: Random) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for age in dice.choices(AGES, AGE_WEIGHTS, k=many):
        step = sum(dice.random() < mood for _ in range(rules.STEPS - 1))
        found.setdefault(age, [0] * rules.STEPS)[step] += 1
    return found
