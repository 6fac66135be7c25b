# SPDX-License-Identifier: EUPL-1.2
"""Who may ask, answer and read the pulse: the rows of `citizens.*.pulse`."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from smilecity.core.who import Who
from tests.house.rights_rows import ALL, NODE, RITA, Row, asks
from tests.house.town import Town

ASK = {"stefan", "petra", "mia"}
SLUG = "wie-geht-es"


def _asked(town: Town, *, public: bool = True) -> Any:
    """A question whose round is open today."""
    from smilecity.citizens.actions.pulse import keep_pulse
    from smilecity.citizens.reads.pulse import pulse
    from smilecity.citizens.rules.pulse import Asking

    since = date(2000, 1, 1)
    asking = Asking(title={"de": "Wie geht es?"}, since=since, days=28)
    keep_pulse(town.who["petra"], "", asking, area=town.area("town"), public=public)
    return pulse(town.who["petra"], SLUG)


def _of_it(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    return function(who, _asked(town))


def _keep(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.rules.pulse import Asking

    asking = Asking(title={"de": "Wie geht es?"}, since=date(2100, 1, 1))
    return function(who, "", asking, area=town.area("town"))


def _round(town: Town) -> Any:
    from smilecity.citizens.actions.pulse import open_round
    from smilecity.citizens.models import PulseRound

    pulse = _asked(town)
    return PulseRound.objects.filter(pulse=pulse).first() or _moved(open_round(pulse, 1))


def _moved(one: Any) -> Any:
    """As if its days were now, whatever day the test runs on."""
    from datetime import timedelta

    from smilecity.core import clock

    one.opens_at, one.closes_at = clock.now() - timedelta(days=1), clock.now() + timedelta(days=1)
    one.save()
    return one


def _answer(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    return function(who, _round(town).pk, form=UUID(int=7), value=4)


def _in_its_round(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    return function(who, _round(town).pulse)


def _answered(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.actions.pulse import answer_pulse

    one = _round(town)
    answer_pulse(town.who["rita"], one.pk, form=UUID(int=7), value=4)
    return function(who, one)


def _closed(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.actions.pulse import close

    one = _round(town)
    close(one)
    return function(who, one.pulse)


def _draft(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    _asked(town, public=False)
    return function(who, SLUG)


def _kept(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    _asked(town)
    return function(who)


PULSE: dict[str, Row] = {
    "citizens.actions.pulse.answer_pulse": Row(ALL, _answer),
    "citizens.actions.pulse.keep_pulse": Row(ASK, _keep),
    "citizens.actions.pulse.turn_rounds": asks(NODE),
    "citizens.reads.pulse.asked": Row(ALL, _kept),
    "citizens.reads.pulse.has_answered": Row(RITA, _answered),
    "citizens.reads.pulse.kept": Row(ASK, _kept),
    "citizens.reads.pulse.open_round": Row(ALL, _in_its_round),
    "citizens.reads.pulse.parts": Row(ALL, _of_it),
    "citizens.reads.pulse.pulse": Row(ASK, _draft),
    "citizens.reads.pulse.rounds": Row(ALL, _closed),
    "citizens.reads.pulse.titles": asks(ALL, lambda town: {town.area("ward")}),
    "citizens.reads.pulse.outlines": asks(ALL, lambda town: {town.area("ward")}),
    "citizens.reads.pulse.was_asked": Row(ALL, _in_its_round),
}
