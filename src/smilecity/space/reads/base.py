# SPDX-License-Identifier: EUPL-1.2
"""The plain base map."""

from typing import Any

from smilecity.core.nouns import in_text
from smilecity.core.who import Who
from smilecity.space.models import BaseShape
from smilecity.space.reads.areas import of_today


def base_map(who: Who, language: str) -> dict[str, Any]:
    """The plain base map as a GeoJSON FeatureCollection: shapes below, outlines of areas above."""
    features = [
        _feature(shape.geo, kind=shape.kind, name=shape.name, schematic=shape.schematic)
        for shape in BaseShape.objects.order_by("id")
    ]
    features += [
        _feature(a.noun.geo, kind=a.level, name=in_text(a.noun.title, language), schematic=a.schematic)
        for a in of_today(who).order_by("noun_id")
    ]
    return {"type": "FeatureCollection", "features": features}


def _feature(geo: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geo, "properties": properties}
