# SPDX-License-Identifier: EUPL-1.2
"""Why a need is not public any more, on its page: for its author and for moderators."""

from datetime import datetime
from typing import TypedDict

from smilecity.citizens.models import Need
from smilecity.citizens.reads import moderation as reads
from smilecity.citizens.rules.talk import HOUSE
from smilecity.core.problems import Sentence
from smilecity.core.who import Who


class Hidden(TypedDict):
    """When it was hidden, by which rule (empty for none), and why; what came of an objection, and why."""

    at: datetime
    rule: Sentence
    sentence: str
    outcome: str
    answer: str


def shown(who: Who, need: Need, key: str) -> Hidden | None:
    """What is to be said about it; nothing while everybody reads the need."""
    act = reads.hiding(who, need, key)
    if act is None:
        return None
    return Hidden(
        at=act.at,
        rule=HOUSE[act.rule][0] if act.rule else "",
        sentence=act.sentence,
        outcome=act.outcome,
        answer=reads.answer_to(who, act) if act.outcome == "refused" else "",
    )
