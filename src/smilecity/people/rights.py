# SPDX-License-Identifier: EUPL-1.2
"""Who may, as sentences."""

from smilecity.core.who import Who


def has_a_desk(who: Who) -> bool:
    """Anybody with a role has a desk."""
    return bool(who.roles)


def may_keep_keys(who: Who) -> bool:
    """Operators of the node make and revoke keys; so does the node itself at the command line."""
    return runs_the_node(who)


def may_keep_webhooks(who: Who) -> bool:
    """Operators set up webhooks; each is answered for by one of them, so the node itself sets up none."""
    return may_keep_keys(who) and who.account is not None


def may_keep_organisations(who: Who, area: int | None) -> bool:
    """Stewards keep the organisations of their area; operators and the node itself keep all."""
    return runs_the_node(who) or who.holds("steward", area)


def may_find_organisations_desk(who: Who) -> bool:
    """Whoever keeps organisations somewhere finds that page of the desk."""
    return runs_the_node(who) or who.holds("steward") or bool(who.areas(("steward",)))


def may_give(who: Who, role: str, area: int | None, organisation_area: int | None) -> bool:
    """Stewards give and end roles for organisations of their area and in their area, but make no operators.

    Both areas count: a role for an organisation also opens what that organisation keeps. Operators and the
    node itself give all roles.
    """
    if runs_the_node(who):
        return True
    return role != "operator" and who.holds("steward", area) and who.holds("steward", organisation_area)


def may_lay_down(who: Who, account: int) -> bool:
    """Everyone may lay down a role they hold themselves."""
    return who.account is not None and who.account == account


def may_see_holders(who: Who, organisation_area: int | None) -> bool:
    """Who holds which role is seen by those who give roles there."""
    return may_keep_organisations(who, organisation_area)


def may_see_mine(who: Who, account: int) -> bool:
    """What is known about a person is told to that person alone."""
    return who.account is not None and who.account == account


def may_see_processing(who: Who) -> bool:
    """The whole register of processing, with its legal bases, is kept for operators."""
    return runs_the_node(who)


def runs_the_node(who: Who) -> bool:
    """Operators of the whole node, and the node itself at the command line."""
    return who.label == "node" or who.holds("operator")


def may_have_an_inbox(who: Who) -> bool:
    """Whoever is signed in follows, reads and is told; nobody does it for another."""
    return who.account is not None


def may_tell(who: Who) -> bool:
    """Only the node itself tells people what concerns them, and knows whom it concerns."""
    return who.label == "node"


def may_forget_unconfirmed(who: Who) -> bool:
    """Only the node itself, by the clock, deletes accounts that nobody ever confirmed."""
    return who.label == "node"
