# SPDX-License-Identifier: EUPL-1.2
"""Who may, as sentences. Who sees a project is the rule for all nouns: until it is published it is internal."""

from smilecity.core import nouns
from smilecity.core.who import Who

PLAN = ("planner", "steward", "clerk")


def may_publish(who: Who, area: int | None) -> bool:
    """Planners, stewards and clerks publish the projects of their area; operators and the node itself all of them."""
    return who.label == "node" or who.holds("operator") or who.holds_any(PLAN, area)


def may_write(who: Who, area: int | None, keeper: int | None) -> bool:
    """Who publishes a project writes it, and so do those who work for the organisation responsible for it."""
    return may_publish(who, area) or who.works_for(keeper, nouns.KEEP)


def may_publish_any(who: Who) -> bool:
    """Whether there may be projects that this person publishes, and organisations to choose from."""
    return who.label == "node" or who.holds_any(("operator", *PLAN)) or bool(who.areas(PLAN))


def may_write_any(who: Who) -> bool:
    """Whether there may be projects that this person writes: then the desk shows them."""
    return may_publish_any(who) or bool(who.organisations(nouns.KEEP))
