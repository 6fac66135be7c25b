# SPDX-License-Identifier: EUPL-1.2
"""What there is to do, in short for other pages."""

from typing import Any

from django.conf import settings

from smilecity.core import clock
from smilecity.core.who import Who
from smilecity.places.pages.offers import find, said
from smilecity.places.reads import offers as reads
from smilecity.places.rules.offers.wishing import TODAY, Wish

HERE, NOW = 4, 4


def here(who: Who, place: str) -> dict[str, Any]:
    """For the page of a place: what is on there next; empty if nothing is."""
    wish = Wish(place=place)
    some = reads.sought(who, wish, size=HERE)
    return {"days": said.days(some.items), "all": find.below("offers:list", wish)} if some.items else {}


def today(who: Who) -> list[said.Row]:
    """For the start page: what is on today and not cancelled, each offer once."""
    some = reads.sought(who, Wish(when=TODAY), size=NOW * 3).items
    day = clock.now().astimezone(settings.SMILE.zone).date()
    taking_place = [one for one in said.first_of_each(some) if not one.cancelled]
    return [said.row(one, day) for one in taking_place[:NOW]]
