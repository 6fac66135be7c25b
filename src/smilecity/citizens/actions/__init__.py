# SPDX-License-Identifier: EUPL-1.2
"""The only writes of this room."""

from smilecity.citizens.actions.answering import answer_need, hand_on, note_need, step_need
from smilecity.citizens.actions.deciding import answer_needs, appeal, decide_need
from smilecity.citizens.actions.mailing import forget_contacts, mail_answer
from smilecity.citizens.actions.publishing import hide_need, publish_need
from smilecity.citizens.actions.saying import say_need
from smilecity.citizens.actions.supporting import support_need, withdraw_support

__all__ = [
    "answer_need", "answer_needs", "appeal", "decide_need", "forget_contacts", "hand_on", "hide_need", "mail_answer",
    "note_need", "publish_need", "say_need", "step_need", "support_need", "withdraw_support",
]  # fmt: skip
