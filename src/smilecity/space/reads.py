# SPDX-License-Identifier: EUPL-1.2
"""The only queries of this room."""

from typing import Any

from smilecity.core.nouns import in_text
from smilecity.core.who import Who
from smilecity.space.models import Area, BaseShape


def base_map(who: Who, language: str) -> dict[str, Any]:
    """The plain base map as a GeoJSON FeatureCollection: shapes below, outlines of areas above."""
    features = [
        _feature(shape.geo, kind=shape.kind, name=shape.name, schematic=shape.schematic)
        for shape in BaseShape.objects.order_by("id")
    ]
    areas = Area.objects.filter(noun__visibility="public").select_related("noun").order_by("noun_id")
    features += [
        _feature(a.noun.geo, kind=a.level, name=in_text(a.noun.title, language), schematic=a.schematic)
        for a in areas
    ]
    return {"type": "FeatureCollection", "features": features}


def area_by_key(who: Who, key: str) -> Area | None:
    """The area with this official key."""
    return Area.objects.filter(key=key).first()


def _feature(geo: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geo, "properties": properties}
