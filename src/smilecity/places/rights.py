# SPDX-License-Identifier: EUPL-1.2
"""Who may, as sentences."""

from typing import TYPE_CHECKING

from smilecity.core import nouns
from smilecity.core.who import Who

if TYPE_CHECKING:
    from smilecity.core.models import Noun
    from smilecity.places.models import Loan, Offer


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


def may_book(who: Who) -> bool:
    """Whoever is signed in may ask for a slot; what the place's keeper allows is decided by its policy."""
    return who.account is not None


def may_book_for(who: Who, organisation: int) -> bool:
    """Those who work for an organisation book in its name."""
    return who.works_for(organisation, nouns.KEEP)


def may_have_booked(who: Who, account: int | None, organisation: int | None) -> bool:
    """A booking is changed by whom it is for: the person, or those who work for the organisation."""
    mine = who.account is not None and who.account == account
    return mine or (organisation is not None and may_book_for(who, organisation))


def is_member(who: Who, keeper: int | None) -> bool:
    """Whoever holds any role for the keeper of a place is a member there."""
    return keeper is not None and any(one.organisation == keeper for one in who.roles)


def may_let_go(who: Who) -> bool:
    """What ends by the clock is ended by the node itself."""
    return who.label == "node"


def may_offer_any(who: Who) -> bool:
    """Whoever is signed in may look for others to join; clubs, houses and the city offer more."""
    return who.label == "node" or who.account is not None


def may_keep_offer(who: Who, offer: "Offer") -> bool:
    """Who writes for its keeper keeps an offer, and so do those of its area; without a keeper, its author."""
    noun = offer.noun
    own = noun.keeper_id is None and who.account is not None and who.account == offer.author_id
    return own or may_write(who, noun.area_id, noun.keeper_id)


def may_see_registered(who: Who, offer: "Offer") -> bool:
    """Names of those who come are for the organiser alone: not for the city, unless it is the organiser."""
    noun = offer.noun
    own = noun.keeper_id is None and who.account is not None and who.account == offer.author_id
    return own or who.works_for(noun.keeper_id, nouns.KEEP)


def may_grant(who: Who, area: int | None, keeper: int | None, account: int | None, why: str) -> bool:
    """Who writes for a place lets anybody in; a person gets in themselves by what they borrow or book."""
    mine = who.account is not None and who.account == account and why in ("loan", "booking")
    return mine or may_write(who, area, keeper)


def may_open(who: Who, area: int | None, keeper: int | None, account: int | None) -> bool:
    """A door is opened by whose grant it is; for somebody without an account by who writes for the place."""
    if account is not None:
        return who.label == "node" or who.account == account
    return may_write(who, area, keeper)


def may_lose_handle(who: Who, account: int | None, given_by: str) -> bool:
    """A lost handle is told by its owner, by who gave it out, and by stewards, clerks and operators: better too often."""
    mine = who.account is not None and who.account == account
    gave = who.account is not None and who.label == given_by
    return mine or gave or may_publish_any(who)


def may_see_place(who: Who, noun: "Noun") -> bool:
    """Whoever sees a place sees what is lent there; so do those who write for it."""
    return nouns.may_see(who, noun) or may_write(who, noun.area_id, noun.keeper_id)


def may_look_after(who: Who, noun: "Noun", partner: int | None) -> bool:
    """What is lent is looked after by who writes for the place, and by those who work for the partner club."""
    return may_write(who, noun.area_id, noun.keeper_id) or who.works_for(partner, nouns.KEEP)


def may_have_borrowed(who: Who, loan: "Loan") -> bool:
    """A loan is its borrower's business, and that of those who look after the kit."""
    mine = who.account is not None and who.account == loan.account_id
    return mine or may_look_after(who, loan.kit.place.noun, loan.kit.partner_id)


def may_keep_liability(who: Who, keeper: int | None) -> bool:
    """The terms of an organisation are its own; those of the city are kept by stewards and operators of all of it."""
    if keeper is not None:
        return who.label == "node" or who.works_for(keeper, nouns.KEEP)
    return who.label == "node" or who.holds_any(("operator", "steward"))


def may_give_handles(who: Who) -> bool:
    """Cards and PINs are given out by clerks and stewards of any area, such as at a library's desk."""
    return may_publish_any(who)


def may_lend_any(who: Who) -> bool:
    """Whether there may be loans, chores or doors for this person to look after."""
    return may_publish_any(who) or bool(who.organisations(nouns.KEEP))


def may_let_in(who: Who, organisation: int) -> bool:
    """Those who work for a club let others in to what is entrusted to it."""
    return who.works_for(organisation, nouns.KEEP)


def trains_for(who: Who, organisation: int) -> bool:
    """Who is let in by an account is a trainer of the club, for as long as they are."""
    return who.works_for(organisation, ("trainer",))


def may_lock_out(who: Who, organisation: int, account: int | None) -> bool:
    """A keyholder is locked out by their club, by themselves, and by stewards and clerks: better too often."""
    mine = who.account is not None and who.account == account
    return mine or may_let_in(who, organisation) or may_publish_any(who)


def may_see_entrusted(who: Who, area: int | None, organisation: int) -> bool:
    """What is entrusted to a club is seen by who keeps the places there, and by those who work for the club."""
    return may_keep(who, area) or may_let_in(who, organisation)


def may_give_codes(who: Who, noun: "Noun") -> bool:
    """Who gives out cards tells codes by telephone, for places they write for."""
    return may_give_handles(who) and may_write(who, noun.area_id, noun.keeper_id)
