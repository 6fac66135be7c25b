# SPDX-License-Identifier: EUPL-1.2
"""What this room announces in the log, and what it is called in a history."""

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence

PROJECT_KEPT = "project-kept"
# `data`: its state from then on (`state`), and whether the sentence is a reason for delay (`delay`).
PROJECT_STEP = "project-step"
# `data`: the milestone's id (`milestone`) and whether it counts as reached from then on (`reached`).
MILESTONE_REACHED = "milestone-reached"
PROJECT_SHOWN = "project-shown"
# Of these the noun is the need; `data` holds the project's id (`project`). Said once both can be read of.
NEED_ANSWERED_BY = "need-answered-by"
NEED_LET_GO = "need-let-go"

KINDS: dict[str, Sentence] = {"project": _("Projekte")}
VERBS: dict[str, Sentence] = {
    PROJECT_KEPT: _("Projekt geändert"),
    PROJECT_STEP: _("Neuer Stand des Projekts"),
    MILESTONE_REACHED: _("Meilenstein erreicht"),
    PROJECT_SHOWN: _("Sichtbarkeit des Projekts geändert"),
    NEED_ANSWERED_BY: _("Ein Projekt antwortet darauf"),
    NEED_LET_GO: _("Das Projekt antwortet nicht mehr darauf"),
}
