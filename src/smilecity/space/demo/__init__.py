# SPDX-License-Identifier: EUPL-1.2
"""Space's part of the demo city: a schematic Rostock between the Baltic and the Warnow, and a neighbour."""

from smilecity.core.who import NODE
from smilecity.space import actions
from smilecity.space.demo import districts, ground
from smilecity.space.demo.ground import Ring
from smilecity.space.models import Area

REGION = "region-rostock"
CITY = "13003000"
NEIGHBOUR = districts.NEIGHBOUR[0]


def move_in() -> dict[str, Area]:
    """Draw the base map and found the areas; the areas by their keys."""
    _draw()
    region = _keep(
        "region", REGION, {"de": "Region Rostock", "en": "Rostock region"}, _polygon(districts.REGION)
    )
    city = _keep("municipality", CITY, {"de": "Rostock", "en": "Rostock"}, _polygon(districts.EDGE), region)
    key, name, ring = districts.NEIGHBOUR
    neighbour = _keep("municipality", key, {"de": name, "en": name}, _polygon(ring), region)
    areas = {REGION: region, CITY: city, NEIGHBOUR: neighbour}
    for key, outline in districts.outlines().items():
        name = districts.DISTRICTS[key][0]
        areas[key] = _keep("district", key, {"de": name, "en": name}, outline, city)
    return areas


def _draw() -> None:
    actions.draw_base(NODE, "land", "Land", _polygon(ground.LAND))
    actions.draw_base(NODE, "water", "Ostsee", _polygon(ground.SEA))
    actions.draw_base(NODE, "water", "Warnow", _polygon(ground.WARNOW))
    for name, ring in ground.GREENS.items():
        actions.draw_base(NODE, "green", name, _polygon(ring))


def _keep(
    level: str, key: str, name: dict[str, str], outline: dict[str, object], parent: Area | None = None
) -> Area:
    return actions.keep_area(NODE, level, key, name, outline, parent=parent, schematic=True)


def _polygon(ring: Ring) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [ring]}
