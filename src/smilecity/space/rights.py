# SPDX-License-Identifier: EUPL-1.2
"""Who may, as sentences."""

from smilecity.core.who import Who


def may_draw(who: Who) -> bool:
    """Operators keep areas and the base map; so does the node itself at the command line."""
    return who.label == "node" or who.holds("operator")
