# SPDX-License-Identifier: EUPL-1.2
"""Who may, as sentences."""

from dataclasses import dataclass

from smilecity.core.who import Who


def may_keep_things(who: Who) -> bool:
    """Operators keep things, datastreams, devices and codecs; so does the node itself at the command line."""
    return who.label == "node" or who.holds("operator")


def may_see_raw(who: Who) -> bool:
    """Raw messages, parked devices and the device register are for those who keep things."""
    return may_keep_things(who)


@dataclass(frozen=True, slots=True)
class Sight:
    """Which datastreams are seen beside public ones: `all`, or those of things in these areas."""

    all: bool
    areas: list[int]


def sight(who: Who) -> Sight:
    """What is not public is for those who keep things, and for stewards of the thing's area."""
    return Sight(
        all=may_keep_things(who) or who.holds("steward"),
        areas=sorted(role.area for role in who.roles if role.name == "steward" and role.area is not None),
    )
