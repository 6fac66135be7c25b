# SPDX-License-Identifier: EUPL-1.2
"""Who may, as sentences."""

from smilecity.core.who import Who


def may_keep_keys(who: Who) -> bool:
    """Operators of the node make and revoke keys; so does the node itself at the command line."""
    return who.label == "node" or who.holds("operator")
