# SPDX-License-Identifier: EUPL-1.2
"""Who may, as sentences."""

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal
from smilecity.core.who import Who


def may_draw(who: Who) -> bool:
    """Operators keep areas and the base map; so does the node itself at the command line."""
    return who.label == "node" or who.holds("operator")


def check_drawer(who: Who) -> None:
    """Refuses everyone else."""
    if not may_draw(who):
        raise Refusal("space.not-yours", _("Nur Betreiber ändern Gebiete und Grundkarte."), status=403)
