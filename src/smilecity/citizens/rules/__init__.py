# SPDX-License-Identifier: EUPL-1.2
"""Pure decisions about what people say: its words, its decision, its way."""

from smilecity.citizens.rules.deciding import (
    DECISIONS,
    FOR_MANY,
    STATES,
    STEPS,
    TARGETS,
    Aim,
    Target,
    checked_decision,
    checked_step,
    may_appeal,
    unknown,
)
from smilecity.citizens.rules.finding import GROUPS, Wish
from smilecity.citizens.rules.way import DUE_DAYS, FRESH_DAYS, STAGES, Course, Month, Stage, way
from smilecity.citizens.rules.words import (
    KINDS,
    LEAST,
    MOST,
    MOST_TELLING,
    MOST_TITLE,
    UNCHOSEN,
    checked_answer,
    checked_contact,
    checked_kind,
    checked_reason,
    checked_sentence,
    checked_title,
    checked_words,
    cleaned,
    telling_words,
)

__all__ = [
    "DECISIONS", "DUE_DAYS", "FOR_MANY", "FRESH_DAYS", "GROUPS", "KINDS", "LEAST", "MOST", "MOST_TELLING", "MOST_TITLE",
    "STAGES",
    "STATES", "STEPS", "TARGETS", "UNCHOSEN", "Aim", "Course", "Month", "Stage", "Target", "Wish", "checked_answer",
    "checked_contact", "checked_decision", "checked_kind", "checked_reason", "checked_sentence", "checked_step",
    "checked_title", "checked_words", "cleaned", "may_appeal", "telling_words", "unknown", "way",
]  # fmt: skip
