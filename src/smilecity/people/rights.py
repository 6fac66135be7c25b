# SPDX-License-Identifier: EUPL-1.2
"""Who may, as sentences."""

from smilecity.core.who import Who


def may_keep_keys(who: Who) -> bool:
    """Operators of the node make and revoke keys; so does the node itself at the command line."""
    return who.label == "node" or who.holds("operator")


def may_keep_organisations(who: Who, area: int | None) -> bool:
    """Stewards keep the organisations of their area; operators and the node itself keep all."""
    return who.label == "node" or who.holds("operator") or who.holds("steward", area)


def may_give(who: Who, role: str, area: int | None) -> bool:
    """Stewards give roles in their area, but make no operators; operators and the node itself give all."""
    if who.label == "node" or who.holds("operator"):
        return True
    return role != "operator" and who.holds("steward", area)
