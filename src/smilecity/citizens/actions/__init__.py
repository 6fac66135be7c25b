# SPDX-License-Identifier: EUPL-1.2
"""The only writes of this room."""

from smilecity.citizens.actions.answering import answer_need, hand_on, note_need, step_need
from smilecity.citizens.actions.categories import (
    drop_category,
    keep_categories,
    keep_category,
    keep_responsibility,
    order_categories,
)
from smilecity.citizens.actions.deciding import answer_needs, appeal, decide_need, reopen_need
from smilecity.citizens.actions.deputies import end_deputy, name_deputy
from smilecity.citizens.actions.mailing import forget_contacts, mail_act, mail_answer, mail_receipt
from smilecity.citizens.actions.many import WORKS, do_many, take_back_many
from smilecity.citizens.actions.publishing import hide_need, publish_need
from smilecity.citizens.actions.reckoning import reckon_usual
from smilecity.citizens.actions.saying import say_need
from smilecity.citizens.actions.sorting import look_after, set_due, sort_need, take_back_step
from smilecity.citizens.actions.supporting import support_need, withdraw_support

__all__ = [
    "WORKS", "answer_need", "answer_needs", "appeal", "decide_need", "do_many", "drop_category", "end_deputy",
    "forget_contacts", "hand_on", "hide_need", "keep_categories", "keep_category", "keep_responsibility",
    "look_after", "mail_act", "mail_answer", "mail_receipt", "name_deputy", "note_need", "order_categories",
    "publish_need", "reckon_usual", "reopen_need", "say_need", "set_due", "sort_need", "step_need", "support_need",
    "take_back_many", "take_back_step", "withdraw_support",
]  # fmt: skip
