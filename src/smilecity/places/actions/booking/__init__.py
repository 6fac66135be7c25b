# SPDX-License-Identifier: EUPL-1.2
"""The only writes of booking; `claims` says in which order locks are taken."""

from smilecity.places.actions.booking.changing import approve, cancel, change, check_in, refuse
from smilecity.places.actions.booking.closing import close_units, reopen_units
from smilecity.places.actions.booking.ending import forget_users, release_expired, release_missed
from smilecity.places.actions.booking.keeping import arrange_unit, keep_policy
from smilecity.places.actions.booking.saying import say
from smilecity.places.actions.booking.series import (
    ask_series,
    decide_season,
    grant_series,
    open_season,
    rank_series,
    refuse_series,
)
from smilecity.places.actions.booking.standing import offer_series
from smilecity.places.actions.booking.taking import book, book_together, confirm, hold
from smilecity.places.actions.booking.together import approve_many, take_back

__all__ = [
    "approve",
    "approve_many",
    "arrange_unit",
    "ask_series",
    "book",
    "book_together",
    "cancel",
    "change",
    "check_in",
    "close_units",
    "confirm",
    "decide_season",
    "forget_users",
    "grant_series",
    "hold",
    "keep_policy",
    "offer_series",
    "open_season",
    "rank_series",
    "refuse",
    "refuse_series",
    "release_expired",
    "release_missed",
    "reopen_units",
    "say",
    "take_back",
]
