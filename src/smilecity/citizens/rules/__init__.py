# SPDX-License-Identifier: EUPL-1.2
"""Pure decisions about what people say: its words, its decision, its way."""

from smilecity.citizens.rules.coming import (
    BY_THE_NODE,
    DOORS,
    MOST_PHOTOS,
    ON_BEHALF,
    Coming,
    Details,
    Spot,
    checked_details,
    checked_door,
    checked_pictures,
    checked_spot,
    checked_where,
    public_point,
)
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
    "BY_THE_NODE", "DECISIONS", "DOORS", "DUE_DAYS", "FOR_MANY", "FRESH_DAYS", "GROUPS", "KINDS", "LEAST", "MOST",
    "MOST_PHOTOS", "MOST_TELLING", "MOST_TITLE", "ON_BEHALF", "STAGES", "STATES", "STEPS", "TARGETS", "UNCHOSEN",
    "Aim", "Coming", "Course", "Details", "Month", "Spot", "Stage", "Target", "Wish", "checked_answer",
    "checked_contact", "checked_decision", "checked_details", "checked_door", "checked_kind", "checked_pictures",
    "checked_reason", "checked_sentence", "checked_spot", "checked_step", "checked_title", "checked_where",
    "checked_words", "cleaned", "may_appeal", "public_point", "telling_words", "unknown", "way",
]  # fmt: skip
