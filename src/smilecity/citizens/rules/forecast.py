# SPDX-License-Identifier: EUPL-1.2
"""How long such a thing usually takes, in a sentence with its spread."""

from dataclasses import dataclass
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# Of fewer than these nobody says how long it usually takes.
LEAST_CLOSED = 10
# From so many days on people count in weeks.
_WEEKS_FROM = 28


@dataclass(frozen=True, slots=True)
class Spread:
    """In days: half of all take between `quick` and `slow`, half at most `median`."""

    quick: float
    median: float
    slow: float


def usually(spread: Spread) -> str:
    """How long it takes in general, for somebody about to say something."""
    quick, median, slow = (_whole(days) for days in (spread.quick, spread.median, spread.slow))
    if slow == 1:
        return _("Drei von vier solchen Meldungen sind nach einem Tag abgeschlossen.")
    if quick == slow:
        return _("Die meisten solchen Meldungen sind nach %(time)s abgeschlossen.") % {"time": _after(slow)}
    if slow >= _WEEKS_FROM:
        return _(
            "Die Hälfte solcher Meldungen ist nach %(quick)d bis %(slow)d Wochen abgeschlossen, meist nach %(median)d."
        ) % {"quick": _weeks(quick), "median": _weeks(median), "slow": _weeks(slow)}
    return _(
        "Die Hälfte solcher Meldungen ist nach %(quick)d bis %(slow)d Tagen abgeschlossen, meist nach %(median)d."
    ) % {"quick": quick, "median": median, "slow": slow}


def still(spread: Spread, waited: float) -> str:
    """How much longer it takes for one that has waited so many days."""
    if waited >= spread.slow:
        return _("Das dauert hier schon länger als bei drei von vier solchen Meldungen.")
    slow = _whole(spread.slow - waited)
    if waited >= spread.quick:
        return ngettext(
            "Wahrscheinlich dauert es noch höchstens %(slow)d Tag.",
            "Wahrscheinlich dauert es noch höchstens %(slow)d Tage.",
            slow,
        ) % {"slow": slow}
    quick = _whole(spread.quick - waited)
    if quick == slow:
        return ngettext(
            "Wahrscheinlich dauert es noch etwa %(slow)d Tag.",
            "Wahrscheinlich dauert es noch etwa %(slow)d Tage.",
            slow,
        ) % {"slow": slow}
    return _("Wahrscheinlich dauert es noch %(quick)d bis %(slow)d Tage.") % {"quick": quick, "slow": slow}


def _after(days: int) -> str:
    return ngettext("%(count)d Tag", "%(count)d Tagen", days) % {"count": days}


def _whole(days: float) -> int:
    """In whole days, and never less than one: nobody is told that something was over at once."""
    return max(1, ceil(days - 1e-9))


def _weeks(days: int) -> int:
    return max(1, round(days / 7))
