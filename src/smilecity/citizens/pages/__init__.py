# SPDX-License-Identifier: EUPL-1.2
"""HTML <-> calls: saying what one needs, reading it, needing it too, and deciding."""

from smilecity.citizens.pages.desk import desk
from smilecity.citizens.pages.list import mine, month, needs
from smilecity.citizens.pages.need import need
from smilecity.citizens.pages.say import say, thanks

__all__ = ["desk", "mine", "month", "need", "needs", "say", "thanks"]
