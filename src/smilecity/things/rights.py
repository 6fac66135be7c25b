# SPDX-License-Identifier: EUPL-1.2
"""Who may, as sentences."""

from dataclasses import dataclass

from smilecity.core.who import Who


def may_keep_things(who: Who) -> bool:
    """Operators keep things, datastreams, devices and codecs; so does the node itself at the command line."""
    return who.label == "node" or who.holds("operator")


def may_declare(who: Who, area: int | None) -> bool:
    """What residents are told of a thing is written by those who keep things, and by stewards of its area."""
    return may_keep_things(who) or who.holds("steward", area)


def may_declare_any(who: Who) -> bool:
    """Whether there may be things of which this person writes: then the desk shows them."""
    return may_keep_things(who) or who.holds("steward") or bool(who.areas(["steward"]))


def may_see_raw(who: Who) -> bool:
    """Raw messages, parked devices and the device register are for those who keep things."""
    return may_keep_things(who)


def may_command(who: Who) -> bool:
    """Devices are told what to do by those who keep them, by a key made for it, and by the node for other rooms."""
    return may_keep_things(who) or "command" in who.scopes


def may_command_raw(who: Who) -> bool:
    """Bytes of one's own choice are for those who keep the device."""
    return may_keep_things(who)


def may_write_things(who: Who) -> bool:
    """By the API, a key made for it writes every entity; so do those who keep things."""
    return may_keep_things(who) or "things" in who.scopes


def may_observe(who: Who) -> bool:
    """By the API, a key made for it adds, changes and deletes observations; so does whoever writes things."""
    return "observe" in who.scopes or may_write_things(who)


@dataclass(frozen=True, slots=True)
class Sight:
    """Which things and datastreams are seen beside public ones.

    `all` of them, or those in these `areas`; `partners` says whether what is shared with partners is among them.
    """

    all: bool
    areas: list[int]
    partners: bool = False


def sight(who: Who) -> Sight:
    """What is not public is for those who keep things, for stewards of the thing's area, and for keys that say so.

    What is shared with partners is also for the city's planners and clerks, and for partners' keys.
    """
    return Sight(
        all=may_write_things(who) or who.holds("steward") or "read-internal" in who.scopes,
        areas=who.areas(["steward"]),
        partners="read-partners" in who.scopes
        or bool({"planner", "clerk"} & {role.name for role in who.roles}),
    )
