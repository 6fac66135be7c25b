# SPDX-License-Identifier: EUPL-1.2
"""Tables of this room."""

from smilecity.citizens.models.letter import Letter
from smilecity.citizens.models.need import Need, NeedPhoto, NeedStep, Support
from smilecity.citizens.models.pulse import Pulse, PulseCount, PulseMark, PulseRound
from smilecity.citizens.models.report import Category, Deputy, Responsibility, Usual
from smilecity.citizens.models.table import NeedTable
from smilecity.citizens.models.talk import AbuseReport, Comment, Moderated, MonthFigures

__all__ = [
    "AbuseReport", "Category", "Comment", "Deputy", "Letter", "Moderated", "MonthFigures", "Need", "NeedPhoto",
    "NeedStep", "NeedTable", "Pulse", "PulseCount", "PulseMark", "PulseRound", "Responsibility", "Support", "Usual",
]  # fmt: skip
