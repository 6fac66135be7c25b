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


def may_write_any(who: Who) -> bool:
    """Whether there may be places whose entry this person writes: then the desk shows them."""
    return may_publish_any(who) or bool(who.organisations(nouns.KEEP))


def may_publish_any(who: Who) -> bool:
    """Whether there may be changes and photos that wait for this person's look."""
    roles = ("steward", "clerk")
    return who.label == "node" or who.holds_any(("operator", *roles)) or bool(who.areas(roles))


def may_refresh(who: Who) -> bool:
    """What is computed from entries is computed anew by the node itself and for operators."""
    return who.label == "node" or who.holds("operator")
