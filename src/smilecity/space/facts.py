# SPDX-License-Identifier: EUPL-1.2
"""What this room announces in the log, and what it is called in a history."""

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence

AREA_KEPT = "area-kept"
AREA_ENDED = "area-ended"
AREAS_IMPORTED = "areas-imported"
BASE_DRAWN = "base-drawn"

KINDS: dict[str, Sentence] = {"area": _("Gebiete")}
VERBS: dict[str, Sentence] = {
    AREA_KEPT: _("Gebiet gespeichert"),
    AREA_ENDED: _("Gebiet gilt nicht mehr"),
    AREAS_IMPORTED: _("Gebiete übernommen"),
    BASE_DRAWN: _("Grundkarte gezeichnet"),
}
