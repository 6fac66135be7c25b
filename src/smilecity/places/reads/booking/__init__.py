# SPDX-License-Identifier: EUPL-1.2
"""Bookings, as far as who asks may know of them."""

from smilecity.places.reads.booking.calendar import Busy, Calendar, Cell, board, bookable, busy, calendar
from smilecity.places.reads.booking.kept import (
    Hit,
    Use,
    asked,
    asked_series,
    booking,
    hit,
    mine,
    unused,
    use,
)
from smilecity.places.reads.booking.looking import Look, look, policy_of_unit
from smilecity.places.reads.booking.seasons import Conflict, conflicts, dates_of
from smilecity.places.reads.booking.setting import Fee, fees, missed, policies, units
from smilecity.places.reads.booking.standing import (
    Standing,
    Wish,
    my_series,
    season,
    seasons,
    series,
    standing,
    wishes,
)

__all__ = [
    "Busy",
    "Calendar",
    "Cell",
    "Conflict",
    "Fee",
    "Hit",
    "Look",
    "Standing",
    "Use",
    "Wish",
    "asked",
    "asked_series",
    "board",
    "bookable",
    "booking",
    "busy",
    "calendar",
    "conflicts",
    "dates_of",
    "fees",
    "hit",
    "look",
    "mine",
    "missed",
    "my_series",
    "policies",
    "policy_of_unit",
    "season",
    "seasons",
    "series",
    "standing",
    "units",
    "unused",
    "use",
    "wishes",
]
