# SPDX-License-Identifier: EUPL-1.2
"""What a geometry must be before it is kept (GeoJSON, RFC 7946)."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal

MOST_POSITIONS = 200_000
_DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}


def checked_geometry(geo: Mapping[str, Any]) -> dict[str, Any]:
    """The geometry, if it is one with finite positions on earth; `geo` is of RFC 7946, longitude first."""
    depth = _DEPTH.get(geo.get("type", ""))
    if depth is None:
        raise _refused("geo.unknown-type", _("Diese Art von Geometrie gibt es nicht."))
    count = 0
    for longitude, latitude in _positions(geo.get("coordinates"), depth):
        count += 1
        if count > MOST_POSITIONS:
            raise _refused("geo.too-many-positions", _("Diese Geometrie hat zu viele Punkte."))
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise _refused("geo.not-on-earth", _("Diese Position liegt nicht auf der Erde."))
    if not count:
        raise _refused("geo.empty", _("Diese Geometrie ist leer."))
    return {"type": geo["type"], "coordinates": geo["coordinates"]}


def _positions(value: Any, depth: int) -> Iterator[tuple[float, float]]:
    if not isinstance(value, list | tuple):
        raise _refused("geo.not-a-position", _("Eine Position besteht aus zwei Zahlen."))
    if depth:
        for part in value:
            yield from _positions(part, depth - 1)
        return
    if not 2 <= len(value) <= 3 or not all(_is_number(number) for number in value):
        raise _refused("geo.not-a-position", _("Eine Position besteht aus zwei Zahlen."))
    yield float(value[0]), float(value[1])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _refused(code: str, sentence: Any) -> Refusal:
    return Refusal(
        code, sentence, cure=_("Prüfen Sie die Geometrie (GeoJSON, Länge vor Breite)."), field="geo"
    )
