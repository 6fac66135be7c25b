# SPDX-License-Identifier: EUPL-1.2
"""Rows of the table of rights: feeds for other programmes. They tell everybody the same, and only what everybody sees."""

from collections.abc import Callable
from typing import Any

from smilecity.core.who import NODE as THE_NODE
from smilecity.core.who import Who
from tests.house.rights_rows import ALL, NOBODY, NODE, Row, asks
from tests.house.town import Town


def _fed(*given: Any) -> Row:
    """A feed tells something of the pier, and is asked."""

    def do(town: Town, who: Who, function: Callable[..., Any]) -> Any:
        from smilecity.places.models import FeedItem

        FeedItem.objects.create(feed="slots", number=1, noun=town.pier.noun_id, body={"a": 1}, modified=1)
        return function(who, *given)

    return Row(ALL, do)


def _not_to_book(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.places.actions import keep_unit

    return function(who, keep_unit(THE_NODE, town.pier, "slip", {"de": "Steg"}))


FEEDS: dict[str, Row] = {
    "places.actions.openactive.follow": asks(NODE),
    "places.actions.openactive.renew": asks(NODE),
    "places.reads.openactive.dates": asks(NOBODY, []),
    "places.reads.openactive.item": _fed("slots", 1),
    "places.reads.openactive.offers": asks(NOBODY, []),
    "places.reads.openactive.offers_at": asks(NOBODY, []),
    "places.reads.openactive.page": _fed("slots", None),
    "places.reads.openactive.slots": Row(NOBODY, _not_to_book),
    "places.reads.openactive.told_of": _fed(),
    "places.reads.openactive.units": asks(NOBODY, []),
}
