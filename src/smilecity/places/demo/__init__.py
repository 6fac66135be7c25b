# SPDX-License-Identifier: EUPL-1.2
"""Places' part of the demo city: where people meet in Rostock, with facts written by us.

Positions are approximate, hours and prices are examples: it is a demo, and its page says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from smilecity.core.who import NODE, Who
from smilecity.places import actions
from smilecity.places.demo import boxes
from smilecity.places.demo.booking import let_book
from smilecity.places.demo.coast import COAST
from smilecity.places.demo.east import EAST
from smilecity.places.demo.first import FIRST
from smilecity.places.demo.lending import let_lend
from smilecity.places.demo.middle import MIDDLE
from smilecity.places.demo.northwest import NORTHWEST
from smilecity.places.demo.opening import open_and_close
from smilecity.places.demo.table import DemoPlace, texts
from smilecity.places.demo.west import WEST
from smilecity.places.models import Place
from smilecity.places.rules.description import Described

__all__ = ["PLACES", "Datastream", "let_book", "move_in", "open_and_close", "propose"]

# The id of a datastream by the thing's key and the stream's name.
Datastream = Callable[[str, str], int]

PLACES = (*FIRST, *COAST, *NORTHWEST, *WEST, *MIDDLE, *EAST)


def move_in(
    areas: Mapping[str, int], organisations: Mapping[str, int], datastream: Datastream
) -> dict[str, int]:
    """Keep all places, their units, and what speaks for them; areas by key, organisations by slug.

    The noun ids of places by their slugs.
    """
    kept: dict[str, int] = {}
    for one in PLACES:
        place = _keep(one, areas[one.area], organisations[one.keeper])
        kept[one.slug] = place.noun_id
        for order, each in enumerate(one.units):
            unit = actions.keep_unit(
                NODE, place, each.key, texts(each.name), room_for=each.room_for, order=order
            )
            counter = each.counter or f"{one.slug}-zaehler"
            actions.keep_sense(NODE, place, "people", datastream(counter, "people"), unit=unit)
        for role, thing, stream in one.senses:
            actions.keep_sense(NODE, place, role, datastream(thing, stream))
    boxes.put_up(kept)
    let_lend(kept, organisations)
    return kept


def propose(who: Who) -> None:
    """A change by the keeper of HafenSport that waits for the city's look."""
    club = next(one for one in PLACES if one.slug == "hafensport")
    changed = replace(club, hours="Mo-Su 06:00-23:00", quiet="Su 08:00-11:00", ages=(10, None))
    actions.send_change(who, actions.begin_change(who, club.slug, **_said(changed)).id)


def _keep(one: DemoPlace, area: int, keeper: int) -> Place:
    return actions.keep_place(
        NODE, one.slug, area=area, keeper=keeper, visibility=one.visibility, **_said(one)
    )


def _said(one: DemoPlace) -> Described:
    (german, told), (english, said) = one.de, one.en
    return {
        "title": {"de": german, "en": english},
        "text": {"de": told, "en": said},
        "category": one.category,
        "position": one.position,
        "street": one.street,
        "entry": texts(one.entry),
        "opening_hours": one.hours,
        "quiet_hours": one.quiet,
        "access": one.access,
        "free": one.free,
        "cost": texts(one.cost),
        "indoors": one.indoors,
        "age_from": one.ages[0],
        "age_to": one.ages[1],
        "languages": one.languages,
    }
