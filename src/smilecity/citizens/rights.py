# SPDX-License-Identifier: EUPL-1.2
"""Who may, as sentences."""

from django.conf import settings

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.who import Who


def may_say(who: Who) -> bool:
    """Anyone may say what they need; without an account where the city allows it (SMILE_SAY_WITHOUT_ACCOUNT)."""
    return who.account is not None or who.label == "node" or bool(settings.SMILE.say_without_account)


def may_say_by_app(who: Who) -> bool:
    """By Open311 whoever holds a key for it; without one only where the city allows it (SMILE_OPEN311_WRITE)."""
    how = settings.SMILE.open311_write
    return who.label == "node" or how == "open" or (how == "key" and "report" in who.scopes)


def may_write_down(who: Who) -> bool:
    """What others said by telephone, on paper or at a meeting is written down by those who look after an area."""
    return (
        who.label == "node"
        or who.holds_any(nouns.LOOK_AFTER_DRAFTS)
        or bool(who.areas(nouns.LOOK_AFTER_DRAFTS))
    )


def may_keep_table(who: Who, by: str) -> bool:
    """A table of what people said is for who brought it (`by`, a label), and for those of the whole node."""
    return may_write_down(who) and (who.label in ("node", by) or who.holds_any(nouns.LOOK_AFTER_DRAFTS))


def may_read(who: Who, area: int | None, keeper: int | None = None) -> bool:
    """What someone said is read by those who look after its area or its place; their address is shown to nobody.

    These are the same who see its noun, a draft (`core.nouns.may_see`): stewards, clerks and moderators of the
    area, and those who work for the organisation that keeps the place.
    """
    return who.holds_any(nouns.LOOK_AFTER_DRAFTS, area) or who.works_for(keeper, nouns.KEEP)


def may_answer(who: Who, area: int | None, keeper: int | None = None) -> bool:
    """Whoever reads a need may answer, decide, hand on and publish it: the city, and who keeps the place.

    So may the programmes in which the city works on reports, by a key of their own.
    """
    return may_read(who, area, keeper) or "report-work" in who.scopes


def may_keep_categories(who: Who) -> bool:
    """Stewards keep the categories, wherever they are stewards, for the list is one; operators and the node do, too."""
    return who.label == "node" or who.holds_any(("operator", "steward")) or bool(who.areas(("steward",)))


def may_say_who_is_responsible(who: Who, area: int | None) -> bool:
    """Who is responsible in an area is said by its stewards, by operators and by the node itself."""
    return who.label == "node" or who.holds("operator") or who.holds("steward", area)


def may_keep_deputies(who: Who) -> bool:
    """Stewards and operators name deputies for others, who may have fallen ill."""
    return who.holds_any(("operator", "steward")) or bool(who.areas(("steward",)))


def may_name_deputy(who: Who, account: int) -> bool:
    """Everybody who reads needs names who stands in for them; stewards and operators do it for others, too."""
    return (who.account == account and reads_any(who)) or may_keep_deputies(who)


def has_colleagues(who: Who) -> bool:
    """Whether somebody has deputies, or names them for others: then the desk shows them."""
    return reads_any(who) or may_keep_deputies(who)


def may_reckon(who: Who) -> bool:
    """How long things take is reckoned by the clock, or by an operator before it."""
    return who.label == "node" or who.holds("operator")


def may_ask(who: Who, area: int | None) -> bool:
    """The pulse of an area is asked by those who look after it; that of the whole node by who looks after all of it."""
    return who.holds_any(nouns.LOOK_AFTER_DRAFTS, area)


def may_ask_any(who: Who) -> bool:
    """Whether there is an area whose people this person may ask: then the desk shows the pulse."""
    return who.holds_any(nouns.LOOK_AFTER_DRAFTS) or bool(who.areas(nouns.LOOK_AFTER_DRAFTS))


def may_answer_pulse(who: Who, *, without_account: bool) -> bool:
    """Anyone answers, or whoever has an account: the city decides."""
    return without_account or who.account is not None


def may_turn_rounds(who: Who) -> bool:
    """Rounds open and close by the clock."""
    return who.label == "node"


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


def may_comment(who: Who) -> bool:
    """Whoever has an account may say something to a public need: so that nobody is twenty."""
    return who.account is not None


def may_report_abuse(who: Who) -> bool:
    """Anyone may say that something breaks a rule of the house, with or without an account."""
    return True


def may_moderate(who: Who, area: int | None) -> bool:
    """Stewards, clerks and moderators of the area hold the rules of the house; who keeps a place does not judge there."""
    return who.holds_any(nouns.LOOK_AFTER_DRAFTS, area)


def moderates_any(who: Who) -> bool:
    """Whether there may be something to moderate for this person: then the desk shows it."""
    return who.holds_any(nouns.LOOK_AFTER_DRAFTS) or bool(who.areas(nouns.LOOK_AFTER_DRAFTS))


def speaks_for(who: Who, area: int | None, keeper: int | None) -> int | None:
    """The organisation for which this person answers a need of this area or keeper; nothing for those who do not."""
    found = {
        one.organisation
        for one in who.roles
        if (one.name in nouns.LOOK_AFTER_DRAFTS and one.area in (None, area))
        or (keeper is not None and one.organisation == keeper and one.name in nouns.KEEP)
    }
    return min((one for one in found if one is not None), default=None)
