# SPDX-License-Identifier: EUPL-1.2
"""The only writes of lending. Locks in this order: the kit, its loan, a chore, the controller of its door."""

from smilecity.places.actions.lending.borrowing import borrow, lend, open_again, report_out
from smilecity.places.actions.lending.chores import do_chore, drop_chore
from smilecity.places.actions.lending.course import heed_doors
from smilecity.places.actions.lending.ending import (
    end_openings,
    forget_borrowers,
    give_up,
    plan_chores,
    remind_late,
)
from smilecity.places.actions.lending.kits import keep_kit, keep_liability, lose_kit, show_kit
from smilecity.places.actions.lending.returning import (
    give_back,
    report_damage,
    say_complete,
    say_missing,
    take_back,
)

__all__ = [
    "borrow",
    "do_chore",
    "drop_chore",
    "end_openings",
    "forget_borrowers",
    "give_back",
    "give_up",
    "heed_doors",
    "keep_kit",
    "keep_liability",
    "lend",
    "lose_kit",
    "open_again",
    "plan_chores",
    "remind_late",
    "report_damage",
    "report_out",
    "say_complete",
    "say_missing",
    "show_kit",
    "take_back",
]
