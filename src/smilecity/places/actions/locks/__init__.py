# SPDX-License-Identifier: EUPL-1.2
"""The only writes of locks: grants, wishes to open, and what controllers report.

One lock orders all of it: the controller's row. Who needs several takes them in order of id.
"""

from smilecity.places.actions.locks.asking import ask_lock, ask_unlock
from smilecity.places.actions.locks.commanding import forget_commands, mark_sent
from smilecity.places.actions.locks.converging import converge
from smilecity.places.actions.locks.hearing import forged, take_report, take_reports
from smilecity.places.actions.locks.keeping import keep_compartment, keep_controller, renew_secret
from smilecity.places.actions.locks.wishing import handle_changed, lose_handle, revoke_grant, wish_grant

__all__ = [
    "ask_lock",
    "ask_unlock",
    "converge",
    "forged",
    "forget_commands",
    "handle_changed",
    "keep_compartment",
    "keep_controller",
    "lose_handle",
    "mark_sent",
    "renew_secret",
    "revoke_grant",
    "take_report",
    "take_reports",
    "wish_grant",
]
