# SPDX-License-Identifier: EUPL-1.2
"""HTML <-> calls: saying what one needs, reading it, and answering."""

from smilecity.citizens.pages.needs import desk, mine, need
from smilecity.citizens.pages.say import say, thanks

__all__ = ["desk", "mine", "need", "say", "thanks"]
