# SPDX-License-Identifier: EUPL-1.2
"""The only writes of this room. Each takes the row of the project's noun first, so two of them never interleave."""

from smilecity.governance.actions.answering import answer_with, let_go
from smilecity.governance.actions.keeping import keep_project, publish
from smilecity.governance.actions.milestones import keep_milestones, reach_milestone
from smilecity.governance.actions.steps import say_step

__all__ = [
    "answer_with",
    "keep_milestones",
    "keep_project",
    "let_go",
    "publish",
    "reach_milestone",
    "say_step",
]
