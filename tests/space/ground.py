# SPDX-License-Identifier: EUPL-1.2
"""Areas and nouns for the tests of this room."""

from typing import Any

from django.db import transaction

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.who import NODE
from smilecity.space import actions
from smilecity.space.models import Area


def square(west: float, south: float, side: float = 0.1) -> dict[str, Any]:
    """A square with its corner in the south-west there."""
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def keep(key: str, geo: dict[str, Any], level: str = "district", **more: Any) -> Area:
    """An area named by its key."""
    return actions.keep_area(NODE, level, key, {"de": f"Gebiet {key}", "en": f"Area {key}"}, geo, **more)


def put(slug: str, longitude: float, latitude: float, **more: Any) -> Noun:
    """A noun at a position."""
    geo = {"type": "Point", "coordinates": [longitude, latitude]}
    title = {"de": f"Ort {slug}", "en": f"Place {slug}"}
    with transaction.atomic():
        return nouns.put("place", f"places/{slug}", title, geo=geo, **{"visibility": "public", **more})
