# SPDX-License-Identifier: EUPL-1.2
"""The demo city's districts: centre points, and the schematic outlines that are computed from them.

Nobody surveyed these outlines: every spot inside the hand-drawn edge of the city belongs to the nearest centre.
`smile space import` takes the official ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from smilecity.space.demo.ground import Ring

Centres = tuple[tuple[float, float], ...]

# By key: the name, and one or more centre points, longitude and latitude.
DISTRICTS: Mapping[str, tuple[str, Centres]] = {
    "warnemuende": ("Warnemünde", ((12.082, 54.1765), (12.0747, 54.1807), (12.060, 54.173), (12.020, 54.163))),
    "rostock-heide": (
        "Rostock-Heide",
        ((12.106, 54.181), (12.145, 54.190), (12.175, 54.207), (12.210, 54.200), (12.225, 54.228), (12.260, 54.220)),
    ),
    "lichtenhagen": ("Lichtenhagen", ((12.058, 54.160), (12.052, 54.156))),
    "gross-klein": ("Groß Klein", ((12.0716, 54.1583), (12.077, 54.163), (12.082, 54.154))),
    "luetten-klein": ("Lütten Klein", ((12.052, 54.142), (12.058, 54.146))),
    "evershagen": ("Evershagen", ((12.050, 54.125), (12.058, 54.127))),
    "schmarl": ("Schmarl", ((12.083, 54.131), (12.0865, 54.1412), (12.078, 54.138))),
    "reutershagen": ("Reutershagen", ((12.077, 54.104), (12.068, 54.106), (12.086, 54.109))),
    "hansaviertel": ("Hansaviertel", ((12.096, 54.088), (12.096, 54.083))),
    "gartenstadt-stadtweide": ("Gartenstadt/Stadtweide", ((12.070, 54.084), (12.080, 54.080), (12.060, 54.073))),
    "kroepeliner-tor-vorstadt": ("Kröpeliner-Tor-Vorstadt", ((12.113, 54.091), (12.123, 54.0925), (12.108, 54.0875))),
    "suedstadt": ("Südstadt", ((12.110, 54.074), (12.122, 54.073), (12.098, 54.074))),
    "biestow": ("Biestow", ((12.090, 54.060), (12.108, 54.061))),
    "stadtmitte": ("Stadtmitte", ((12.139, 54.086), (12.1335, 54.0895), (12.137, 54.080))),
    "brinckmansdorf": ("Brinckmansdorf", ((12.180, 54.081), (12.165, 54.078), (12.200, 54.070))),
    "dierkow-neu": ("Dierkow-Neu", ((12.150, 54.1075),)),
    "dierkow-ost": ("Dierkow-Ost", ((12.164, 54.100), (12.180, 54.097))),
    "dierkow-west": ("Dierkow-West", ((12.147, 54.099),)),
    "toitenwinkel": ("Toitenwinkel", ((12.163, 54.116), (12.153, 54.119))),
    "gehlsdorf": ("Gehlsdorf", ((12.121, 54.106), (12.122, 54.118), (12.131, 54.1005))),
    "rostock-ost": ("Rostock-Ost", ((12.150, 54.140), (12.135, 54.132), (12.190, 54.130), (12.185, 54.160))),
}  # fmt: skip

EDGE: Ring = [
    [12.000, 54.168], [12.030, 54.173], [12.060, 54.180], [12.086, 54.188], [12.122, 54.190], [12.155, 54.201],
    [12.190, 54.224], [12.225, 54.247], [12.270, 54.252], [12.290, 54.225], [12.250, 54.190], [12.228, 54.160],
    [12.200, 54.135], [12.205, 54.105], [12.232, 54.085], [12.222, 54.060], [12.170, 54.056], [12.150, 54.050],
    [12.110, 54.048], [12.075, 54.046], [12.045, 54.065], [12.030, 54.090], [12.030, 54.110], [12.018, 54.125],
    [12.024, 54.147], [12.000, 54.155], [12.000, 54.168],
]  # fmt: skip

NEIGHBOUR = (
    "bentwisch",
    "Bentwisch",
    [
        [12.200, 54.135], [12.228, 54.160], [12.262, 54.140], [12.268, 54.110], [12.232, 54.085], [12.205, 54.105],
        [12.200, 54.135],
    ],
)  # fmt: skip

REGION: Ring = [
    [11.92, 54.158], [12.000, 54.168], [12.060, 54.180], [12.122, 54.190], [12.190, 54.224], [12.270, 54.255],
    [12.330, 54.250], [12.330, 54.020], [11.920, 54.020], [11.920, 54.158],
]  # fmt: skip


def outlines() -> dict[str, dict[str, Any]]:
    """By district: its outline as GeoJSON, with neighbours that share their edges."""
    import shapely
    from shapely.geometry import MultiPoint, Polygon, mapping

    flat = math.cos(math.radians(54.13))  # a degree of longitude is that much shorter here
    keys = [key for key, (_name, centres) in DISTRICTS.items() for _centre in centres]
    points = [(x * flat, y) for _name, centres in DISTRICTS.values() for x, y in centres]
    city = Polygon([(x * flat, y) for x, y in EDGE])
    cells = shapely.voronoi_polygons(MultiPoint(points), extend_to=city, ordered=True).geoms
    parts: dict[str, list[Any]] = {}
    for key, cell in zip(keys, cells, strict=True):
        parts.setdefault(key, []).append(cell.intersection(city))
    return {key: mapping(_round(shapely.union_all(cells), flat)) for key, cells in parts.items()}


def _round(shape: Any, flat: float) -> Any:
    """Back to degrees, to about a metre."""
    import shapely

    return shapely.transform(shape, lambda xy: (xy / [flat, 1.0]).round(5))
