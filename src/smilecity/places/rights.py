# SPDX-License-Identifier: EUPL-1.2
"""Who may, as sentences."""

from smilecity.core import nouns
from smilecity.core.who import Who


def may_keep(who: Who, area: int | None) -> bool:
    """Stewards and clerks keep the places of their area; operators and the node itself keep all of them."""
    return who.label == "node" or who.holds("operator") or who.holds_any(("steward", "clerk"), area)


def may_write(who: Who, area: int | None, keeper: int | None) -> bool:
    """Who keeps a place writes changes of its entry, and so do those who work for its keeper."""
    return may_keep(who, area) or who.works_for(keeper, nouns.KEEP)


def sees_what_all_see(who: Who) -> bool:
    """Without a role one sees what anyone sees, so one rendering serves all of them."""
    return not who.roles and who.label != "node"
