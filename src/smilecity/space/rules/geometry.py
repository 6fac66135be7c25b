# SPDX-License-Identifier: EUPL-1.2
"""What a geometry must be before it is kept (GeoJSON, RFC 7946)."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal

MOST_POSITIONS = 200_000
_DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}


def checked_geometry(geo: Mapping[str, Any]) -> dict[str, Any]:
    """The geometry, if it is one with finite positions on earth; `geo` is of RFC 7946, longitude first."""
    count = 0
    for longitude, latitude in positions(geo):
        count += 1
        if count > MOST_POSITIONS:
            raise _refused("geo.too-many-positions", _("Diese Geometrie hat zu viele Punkte."))
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise _refused("geo.not-on-earth", _("Diese Position liegt nicht auf der Erde."))
    if not count:
        raise _refused("geo.empty", _("Diese Geometrie ist leer."))
    return {"type": geo["type"], "coordinates": geo["coordinates"]}


def positions(geo: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    """All positions of a geometry, of whatever system; refuses what is none, however deep it is nested."""
    kind = geo.get("type")
    depth = _DEPTH.get(kind) if isinstance(kind, str) else None
    if depth is None:
        raise _refused("geo.unknown-type", _("Diese Art von Geometrie gibt es nicht."))
    return _positions(geo.get("coordinates"), depth)


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


def holds(geo: Mapping[str, Any], longitude: float, latitude: float) -> bool:
    """Whether the position lies within the polygon or one of the polygons; on an edge, either may be.

    Counts how often a line to the east crosses each ring: an odd number is inside, holes turn it back.
    """
    polygons = {"Polygon": [geo["coordinates"]], "MultiPolygon": geo["coordinates"]}.get(geo["type"], [])
    return any(sum(_crossings(ring, longitude, latitude) for ring in rings) % 2 for rings in polygons)


def _crossings(ring: Sequence[Sequence[float]], longitude: float, latitude: float) -> int:
    count = 0
    for (x1, y1, *_rest), (x2, y2, *_more) in itertools.pairwise(ring):
        if (y1 > latitude) != (y2 > latitude) and longitude < (x2 - x1) * (latitude - y1) / (y2 - y1) + x1:
            count += 1
    return count


def touches(geo: Mapping[str, Any], box: tuple[float, float, float, float]) -> bool:
    """Whether the geometry and the box (west, south, east, north) have a point in common."""
    west, south, east, north = box
    lines = list(_lines(geo))
    if any(
        _crosses(one, other, box) for line in lines for one, other in itertools.pairwise([line[0], *line])
    ):
        return True
    # No line of it comes near the box: either the box lies wholly inside, or they are apart.
    return holds(geo, (west + east) / 2, (south + north) / 2)


def _lines(geo: Mapping[str, Any]) -> Iterator[Sequence[Sequence[float]]]:
    """All points and lines a geometry is drawn with; a point is a line of one."""
    parts = [geo["coordinates"]]
    for _depth in range(max(0, _DEPTH[geo["type"]] - 1)):
        parts = [part for several in parts for part in several]
    if geo["type"] == "Point":
        parts = [[geo["coordinates"]]]
    elif geo["type"] == "MultiPoint":
        parts = [[point] for point in geo["coordinates"]]
    return (part for part in parts if part)


def _crosses(one: Sequence[float], other: Sequence[float], box: tuple[float, float, float, float]) -> bool:
    """Whether the straight line between two positions touches the box: what is left of it, cut at each side."""
    west, south, east, north = box
    first, last = 0.0, 1.0
    across, up = other[0] - one[0], other[1] - one[1]
    for step, room in (
        (-across, one[0] - west),
        (across, east - one[0]),
        (-up, one[1] - south),
        (up, north - one[1]),
    ):
        if step == 0:
            if room < 0:
                return False
        elif step < 0:
            first = max(first, room / step)
        else:
            last = min(last, room / step)
    return first <= last
