# SPDX-License-Identifier: EUPL-1.2
"""Kits and loans in words for pages."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from smilecity.core import clock, moments, nouns
from smilecity.core.nouns import in_text
from smilecity.places.models import Kit, Loan
from smilecity.places.reads.lending.borrowing import Lent, Standing
from smilecity.places.rules.lending import course, terms

_BADGE = {
    Loan.OPENING: "info", Loan.OUT: "info", Loan.RETURNING: "warning", Loan.CHECKING: "warning",
    Loan.RETURNED: "success", Loan.FAILED: "info", Loan.LOST: "danger",
}  # fmt: skip


def language() -> str:
    """The reader's language."""
    return get_language() or "de"


def when(moment: Any) -> str:
    """A moment that comes, or was, as people say it."""
    now, zone = clock.now(), settings.SMILE.zone
    return moments.coming(moment, now, zone) if moment >= now else moments.past(moment, now, zone)


def items(kit: Kit) -> str:
    """What belongs to it: `2 × Basketball, Pumpe`."""
    said = ((one.get("count", 1), in_text(one["name"], language())) for one in kit.items)
    return ", ".join(f"{count} × {name}" if count > 1 else name for count, name in said)


def lent(one: Lent) -> dict[str, Any]:
    """A kit for a list: free or out until when; never with whom."""
    kit = one.kit
    slug = kit.place.noun.address.removeprefix("places/")
    if one.free:
        kind, state = "success", _("da")
    elif one.due is not None and kit.state == Kit.OUT:
        kind, state = "info", _("ausgeliehen, fällig %(when)s") % {"when": when(one.due)}
    else:
        kind, state = "warning", _("gerade nicht im Verleih")
    return {
        "name": in_text(kit.name, language()),
        "items": items(kit),
        "free": one.free,
        "kind": kind,
        "state": state,
        "rules": terms.explained(one.rules),
        "url": reverse("places:borrow-kit", args=[slug, kit.key]),
    }


def loan(one: Standing) -> dict[str, Any]:
    """A loan for its borrower."""
    held = one.loan
    kind = "danger" if one.late else _BADGE[held.state]
    return {
        "id": held.id,
        "name": in_text(held.kit.name, language()),
        "items": items(held.kit),
        "place": in_text(held.kit.place.noun.title, language()),
        "place_url": nouns.page_address(held.kit.place.noun),
        "state": held.state,
        "kind": kind,
        "told": one.told(),
        "late": one.late,
        "due": when(held.due_at),
        "made": when(held.made_at),
        "back": when(held.returned_at) if held.returned_at else "",
        "open": held.state in course.OPEN,
        "box": one.has_door,
        "url": reverse("loans:one", args=[held.id]),
    }
