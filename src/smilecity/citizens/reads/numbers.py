# SPDX-License-Identifier: EUPL-1.2
"""The months in figures, for everybody."""

from smilecity.citizens.models import MonthFigures
from smilecity.citizens.rules import numbers
from smilecity.core.who import Who

MOST_MONTHS = 600


def months(who: Who, limit: int = MOST_MONTHS) -> list[numbers.Figures]:
    """The months that were reckoned, the newest first, as they are published; `who` is asked for nothing."""
    found = MonthFigures.objects.order_by("-month")[: min(limit, MOST_MONTHS)]
    return [numbers.published(one.month, one.figures) for one in found]
