# SPDX-License-Identifier: EUPL-1.2
"""Who may say, read, support, answer, decide and publish what people need: the rows of the room `citizens`."""

import uuid
from collections.abc import Callable
from typing import Any

from smilecity.core.who import ANYONE, Who
from tests.house.rights_rows import (
    ALL,
    MANY_YEARS_AGO,
    NOBODY,
    NODE,
    PERSONS,
    RITA,
    RUN,
    SEE_DRAFTS,
    Row,
    asks,
)  # fmt: skip
from tests.house.town import Town


def _noun(town: Town) -> Any:
    return town.pier.noun


def _mailed(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    """Nothing is answered yet, so nothing is sent."""

    def send(*given: Any) -> Any:
        raise AssertionError("nobody has news in this town")

    return function(who, _need(town), send)


def _need(town: Town) -> int:
    return int(town.need.noun_id)


def _stepped(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.actions import step_need

    step_need(town.who["petra"], _need(town), "in_progress", "Wir sehen nach.")
    return function(who, town.need)


def _appeal(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.actions import decide_need

    decide_need(town.who["petra"], _need(town), "refused", "Dort ist kein Platz.")
    return function(who, _need(town), "Doch, am Ufer.")


def _of_anyone(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    return function(who, _public(town))


def _public(town: Town) -> int:
    """What somebody said without an account, for all to read."""
    from smilecity.citizens.actions import publish_need, say_need

    more = {"kind": "wish", "words": "Mehr Licht", "language": "de", "about": town.pier.noun_id}
    said = say_need(ANYONE, uuid.UUID(int=3), **more)
    publish_need(town.who["petra"], said.noun_id, "Mehr Licht", "Es ist dunkel.")
    return int(said.noun_id)


def _published_and_read(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    """Of the list a wish is asked, of what is alike the words."""
    from smilecity.citizens.actions import publish_need
    from smilecity.citizens.rules import Wish

    publish_need(town.who["petra"], _need(town), "Mehr Bänke", "Es fehlen Bänke.")
    return function(who, Wish() if function.__name__ == "listed" else "Bänke fehlen")


def _supported(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.citizens.actions import support_need
    from smilecity.citizens.models import Need

    number = _public(town)
    support_need(town.who["rita"], number)
    return function(who, Need.objects.get(noun=number))


CITIZENS: dict[str, Row] = {
    "citizens.actions.answering.answer_need": asks(SEE_DRAFTS, _need, "Kommt im Mai."),
    "citizens.actions.answering.hand_on": asks(
        SEE_DRAFTS, _need, lambda t: t.organisations["club-b"].pk, "Dort geht es schneller."
    ),
    "citizens.actions.answering.note_need": asks(SEE_DRAFTS, _need, "Ist angerufen."),
    "citizens.actions.answering.step_need": asks(SEE_DRAFTS, _need, "in_progress", "Wir sehen nach."),
    "citizens.actions.deciding.answer_needs": asks(
        SEE_DRAFTS, lambda t: [t.need.noun_id], "answered", "Kommt im Mai."
    ),
    "citizens.actions.deciding.appeal": Row(RITA, _appeal),
    "citizens.actions.deciding.decide_need": asks(SEE_DRAFTS, _need, "refused", "Dort ist kein Platz."),
    "citizens.actions.mailing.forget_contacts": asks(RUN, MANY_YEARS_AGO),
    "citizens.actions.mailing.mail_answer": Row(NODE, _mailed),
    "citizens.actions.publishing.hide_need": asks(SEE_DRAFTS, _need, "Darin steht ein Name."),
    "citizens.actions.publishing.publish_need": asks(SEE_DRAFTS, _need, "Mehr Bänke", "Es fehlen Bänke."),
    "citizens.actions.saying.say_need": asks(
        ALL, uuid.UUID(int=2), kind="wish", words="Mehr Licht", language="de"
    ),
    "citizens.actions.supporting.support_need": Row(PERSONS, _of_anyone),
    "citizens.actions.supporting.withdraw_support": Row(PERSONS, _of_anyone),
    "citizens.reads.behind.behind": asks(NODE, lambda t: [t.need.noun_id]),
    "citizens.reads.desk.areas_read": asks({"stefan", "petra", "mia", "nils"}),
    "citizens.reads.desk.count_waiting": asks(SEE_DRAFTS),
    "citizens.reads.desk.noun_at": asks(SEE_DRAFTS, "https://city.example/en/places/plan/"),
    "citizens.reads.desk.unmailed": asks(NOBODY),
    "citizens.reads.desk.waiting": asks(SEE_DRAFTS),
    "citizens.reads.desk.words_of": asks(SEE_DRAFTS, lambda t: [t.need.noun_id]),
    "citizens.reads.needs.count_about": asks(SEE_DRAFTS, _noun),
    "citizens.reads.needs.is_author": asks(RITA, lambda t: t.need),
    "citizens.reads.needs.knows_its_words": asks(SEE_DRAFTS | RITA, lambda t: t.need),
    "citizens.reads.needs.mine": asks(RITA),
    "citizens.reads.needs.need": asks(SEE_DRAFTS, _need),
    "citizens.reads.needs.need_at": asks(SEE_DRAFTS | RITA, uuid.UUID(int=1)),
    "citizens.reads.needs.needs_about": asks(SEE_DRAFTS, _noun),
    "citizens.reads.needs.steps": Row(SEE_DRAFTS | RITA, _stepped),
    "citizens.reads.needs.subject": asks(SEE_DRAFTS, lambda t: t.plan.noun_id),
    "citizens.reads.needs.supports": Row(RITA, _supported),
    "citizens.reads.needs.thread": asks(ALL, lambda t: t.need),
    "citizens.reads.public.areas": asks(ALL),
    "citizens.reads.public.listed": Row(ALL, _published_and_read),
    "citizens.reads.public.month": asks(ALL),
    "citizens.reads.public.suggest": Row(ALL, _published_and_read),
    "citizens.reads.threads.way": asks(ALL, lambda t: t.need),
}
CITIZENS_NO_ROW = {
    "citizens.actions.walking.step": "within the actions on a need, which have asked",
    "citizens.actions.walking.taken": "is the question itself",
    "citizens.actions.walking.taken_open": "is the question itself",
    "citizens.actions.walking.tell_thread": "within the actions on a need, which have asked",
    "citizens.reads.desk.target": "refuses beside its field (422); who sees what is in `test_decisions.py`",
}
