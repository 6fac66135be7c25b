# SPDX-License-Identifier: EUPL-1.2
"""By when something is due, and how pressing that is."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# From so many days before on it is marked.
SOON_DAYS = 3


@dataclass(frozen=True, slots=True)
class Pressing:
    """How pressing it is: a kind of badge, and the words in it."""

    kind: str
    words: str


def pressing(due: date | None, today: date) -> Pressing | None:
    """Of something that is not decided; nothing where no day was promised."""
    if due is None:
        return None
    days = (due - today).days
    if days < 0:
        said = ngettext("seit %(count)d Tag überfällig", "seit %(count)d Tagen überfällig", -days)
        return Pressing("danger", said % {"count": -days})
    if days == 0:
        return Pressing("warning", _("heute fällig"))
    said = ngettext("in %(count)d Tag fällig", "in %(count)d Tagen fällig", days) % {"count": days}
    return Pressing("warning" if days <= SOON_DAYS else "info", said)
