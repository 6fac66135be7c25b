# SPDX-License-Identifier: EUPL-1.2
"""What residents are told of a place that is otherwise open than usual, and of their own bookings then."""

from typing import Any

from django.utils.translation import gettext as _

from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.places.pages.booking import said
from smilecity.places.reads import opening as reads


def otherwise(noun: Noun) -> list[tuple[str, str]]:
    """When, and what: of the whole place or one of its parts, the next first."""
    pairs = []
    for row in reads.told(noun.id):
        rule = reads.as_rule(row)
        what = _("zusätzlich geöffnet") if row.open else _("geschlossen")
        name = f"{said.name(row.unit)}, " if row.unit else ""
        when = _("bis auf Weiteres") if rule.open_ended else said.when((rule.start, rule.end))
        pairs.append((when, f"{name}{what}: {rule.why}"))
    return pairs


def struck(who: Who, noun: Noun) -> list[dict[str, Any]]:
    """One's own bookings here that a closing hits, each with other times to take instead."""
    return [
        {
            "id": one.booking.id,
            "unit": said.name(one.booking.unit),
            "when": said.when(said.span(one.booking)),
            "why": reads.as_rule(one.closing).why,
            "instead": [said.when(span) for span in one.instead],
        }
        for one in reads.own_struck(who, noun.id)
    ]
