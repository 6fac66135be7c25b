# SPDX-License-Identifier: EUPL-1.2
"""Who may, as sentences."""

from smilecity.core.models import Noun
from smilecity.core.who import Who


def may_say(who: Who) -> bool:
    """Anyone may say what they need, with or without an account."""
    return True


def may_read(who: Who, area: int | None) -> bool:
    """What someone said, and their address for an answer, is read by the stewards of the area only."""
    return who.holds("steward", area)


def area_of(subject: Noun | None) -> int | None:
    """The area whose stewards a need is for: that of what it is about, or the area it is about."""
    if subject is None:
        return None
    return subject.id if subject.kind == "area" else subject.area_id


def may_forget(who: Who) -> bool:
    """Addresses are forgotten by the clock, or by an operator before it."""
    return who.label == "node" or who.holds("operator")
