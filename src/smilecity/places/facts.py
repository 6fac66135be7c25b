# SPDX-License-Identifier: EUPL-1.2
"""What this room announces in the log, and what it is called in a history."""

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence

PLACE_KEPT = "place-kept"
UNIT_KEPT = "unit-kept"
SENSE_KEPT = "sense-kept"

KINDS: dict[str, Sentence] = {"place": _("Orte")}
VERBS: dict[str, Sentence] = {
    PLACE_KEPT: _("Eintrag gespeichert"),
    UNIT_KEPT: _("Teil des Ortes gespeichert"),
    SENSE_KEPT: _("Sensor zugeordnet"),
}
