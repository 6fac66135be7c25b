# SPDX-License-Identifier: EUPL-1.2
"""Working on a need: steps on its way, answers, handing it on, notes."""

from django.db import transaction
from django.utils.translation import gettext as _

from smilecity.citizens import facts, reads, rules
from smilecity.citizens.actions.walking import step, taken, taken_open, tell_thread
from smilecity.citizens.models import Need, NeedStep
from smilecity.core import clock, log
from smilecity.core.problems import Refusal
from smilecity.core.who import Who


def step_need(who: Who, noun_id: int, state: str, sentence: str) -> Need:
    """Say how far a need is (`rules.STEPS`), with a sentence that its people read. Lock: the need's row."""
    state, sentence = rules.checked_step(state), rules.checked_sentence(sentence)
    with transaction.atomic():
        need = taken_open(who, noun_id)
        need.state = state
        need.save(update_fields=["state"])
        step(who, need, sentence)
        tell_thread(who, facts.NEED_STEPPED, need)
        return need


def answer_need(who: Who, noun_id: int, answer: str) -> Need:
    """Say something to a need that stays open; what becomes of it in the end is decided (`decide_need`).

    Its author is told by the log; to an address they left it goes by mail (`mail_answer`). Lock: the need's row.
    """
    answer = rules.checked_answer(answer)
    with transaction.atomic():
        need = taken_open(who, noun_id)
        need.answer, need.state = answer, Need.ANSWERED
        need.answered_at, need.answered_by, need.mailed_at = clock.now(), who.label, None
        need.save(update_fields=["answer", "state", "answered_at", "answered_by", "mailed_at"])
        step(who, need, answer)
        tell_thread(who, facts.NEED_ANSWERED, need)
        return need


def hand_on(who: Who, noun_id: int, organisation: int | None, sentence: str) -> Need:
    """Give an open need to another organisation of the node, which keeps it from now on; its status goes with it.
    `None` gives it back to the city as a whole: to those who look after its area.

    Its people read the sentence and to whom it went. Lock: the need's row.
    """
    sentence = rules.checked_sentence(sentence)
    with transaction.atomic():
        need = taken_open(who, noun_id)
        noun = need.noun
        to = reads.target(who, "referred", organisation).id if organisation is not None else None
        if to == noun.keeper_id:
            raise Refusal(
                "need.kept-already",
                _("Diese Organisation hat das Anliegen schon."),
                field="organisation",
                status=422,
            )
        if need.state == Need.NEW:
            need.state = Need.OPEN
            need.save(update_fields=["state"])
        step(who, need, sentence, from_organisation_id=noun.keeper_id, to_organisation_id=to)
        noun.keeper_id, noun.changed_at = to, clock.now()
        noun.save(update_fields=["keeper", "changed_at"])
        tell_thread(who, facts.NEED_HANDED_ON, need)
        return need


def note_need(who: Who, noun_id: int, sentence: str) -> NeedStep:
    """Keep a note for those who work on the need; nobody else reads it, and it changes nothing. Lock: the need's row."""
    sentence = rules.checked_sentence(sentence)
    with transaction.atomic():
        need = taken(who, noun_id)
        kept = step(who, need, sentence, internal=True)
        log.append(who, facts.NEED_NOTED, noun=noun_id)
        return kept
