# SPDX-License-Identifier: EUPL-1.2
"""Pure decisions about what people say: its words, its decision, its way."""

from smilecity.citizens.rules.categories import (
    ASKED,
    MOST_ASKS,
    KeptCategory,
    checked_asks,
    checked_category,
    code_of,
)
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
    may_be_told,
    public_point,
    typed_spot,
)
from smilecity.citizens.rules.deadline import Pressing, pressing
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
from smilecity.citizens.rules.forecast import LEAST_CLOSED, Spread, still, usually
from smilecity.citizens.rules.plain import CHECKS, Finding, plainly
from smilecity.citizens.rules.sought import OPEN, WORKERS, Sought
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
    checked_plain,
    checked_reason,
    checked_sentence,
    checked_title,
    checked_words,
    cleaned,
    telling_words,
)

__all__ = [
    "ASKED", "BY_THE_NODE", "CHECKS", "DECISIONS", "DOORS", "DUE_DAYS", "FOR_MANY", "FRESH_DAYS", "GROUPS", "KINDS",
    "LEAST", "LEAST_CLOSED", "MOST", "MOST_ASKS", "MOST_PHOTOS", "MOST_TELLING", "MOST_TITLE", "ON_BEHALF", "OPEN",
    "STAGES", "STATES", "STEPS", "TARGETS", "UNCHOSEN", "WORKERS", "Aim", "Coming", "Course", "Details", "Finding",
    "KeptCategory", "Month", "Pressing", "Sought", "Spot", "Spread", "Stage", "Target", "Wish", "checked_answer",
    "checked_asks", "checked_category", "checked_contact", "checked_decision", "checked_details", "checked_door",
    "checked_kind", "checked_pictures", "checked_plain", "checked_reason", "checked_sentence", "checked_spot",
    "checked_step", "checked_title", "checked_where", "checked_words", "cleaned", "code_of", "may_appeal", "may_be_told",
    "plainly", "pressing", "public_point", "still", "telling_words", "typed_spot", "unknown", "usually", "way",
]  # fmt: skip
