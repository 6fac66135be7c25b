# SPDX-License-Identifier: EUPL-1.2
"""Who may, as sentences."""

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.who import Who


def may_say(who: Who) -> bool:
    """Anyone may say what they need, with or without an account."""
    return True


def may_write_down(who: Who) -> bool:
    """What others said by telephone, on paper or at a meeting is written down by those who look after an area."""
    return (
        who.label == "node"
        or who.holds_any(nouns.LOOK_AFTER_DRAFTS)
        or bool(who.areas(nouns.LOOK_AFTER_DRAFTS))
    )


def may_read(who: Who, area: int | None, keeper: int | None = None) -> bool:
    """What someone said is read by those who look after its area or its place; their address is shown to nobody.

    These are the same who see its noun, a draft (`core.nouns.may_see`): stewards, clerks and moderators of the
    area, and those who work for the organisation that keeps the place.
    """
    return who.holds_any(nouns.LOOK_AFTER_DRAFTS, area) or who.works_for(keeper, nouns.KEEP)


def may_answer(who: Who, area: int | None, keeper: int | None = None) -> bool:
    """Whoever reads a need may answer, decide, hand on and publish it: the city, and who keeps the place."""
    return may_read(who, area, keeper)


def may_support(who: Who) -> bool:
    """Whoever has an account: so that one person counts once."""
    return who.account is not None


def reads_any(who: Who) -> bool:
    """Whether there may be needs that this person reads: then the desk shows them."""
    return (
        who.holds_any(nouns.LOOK_AFTER_DRAFTS)
        or bool(who.areas(nouns.LOOK_AFTER_DRAFTS))
        or bool(who.organisations(nouns.KEEP))
    )


def may_mail(who: Who) -> bool:
    """Answers are mailed by the node itself."""
    return who.label == "node"


def area_of(subject: Noun | None) -> int | None:
    """The area whose stewards a need is for: that of what it is about, or the area it is about."""
    if subject is None:
        return None
    return subject.id if subject.kind == "area" else subject.area_id


def keeper_of(subject: Noun | None) -> int | None:
    """The organisation that a need reaches besides: the keeper of what it is about, or the one it is about."""
    if subject is None:
        return None
    return subject.id if subject.kind == "organisation" else subject.keeper_id


def may_forget(who: Who) -> bool:
    """Addresses are forgotten by the clock, or by an operator before it."""
    return who.label == "node" or who.holds("operator")
