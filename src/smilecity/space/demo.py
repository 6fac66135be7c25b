# SPDX-License-Identifier: EUPL-1.2
"""Space's part of the demo city: a schematic Rostock between the Baltic and the Warnow, drawn by hand."""

import math

from smilecity.core.who import NODE
from smilecity.space import actions
from smilecity.space.models import Area

Ring = list[list[float]]

CITY = ("municipality", "13003000", {"de": "Rostock", "en": "Rostock"}, (12.105, 54.125))

# Centre points of districts, longitude and latitude; the outlines around them are schematic and say so.
DISTRICTS = {
    "warnemuende": ("Warnemünde", 12.082, 54.173),
    "gross-klein": ("Groß Klein", 12.071, 54.156),
    "schmarl": ("Schmarl", 12.083, 54.137),
    "reutershagen": ("Reutershagen", 12.077, 54.104),
    "kroepeliner-tor-vorstadt": ("Kröpeliner-Tor-Vorstadt", 12.113, 54.089),
    "stadtmitte": ("Stadtmitte", 12.139, 54.086),
    "toitenwinkel": ("Toitenwinkel", 12.158, 54.112),
}

LAND: Ring = [[11.9, 54.0], [12.34, 54.0], [12.34, 54.3], [11.9, 54.3], [11.9, 54.0]]
SEA: Ring = [
    [11.9, 54.3], [12.34, 54.3], [12.30, 54.285], [12.245, 54.258], [12.19, 54.222], [12.155, 54.199],
    [12.118, 54.186], [12.099, 54.183], [12.096, 54.187], [12.091, 54.187], [12.089, 54.182], [12.07, 54.180],
    [12.05, 54.176], [12.01, 54.168], [11.95, 54.16], [11.9, 54.155], [11.9, 54.3],
]  # fmt: skip
WARNOW: Ring = [
    [12.0905, 54.189], [12.0875, 54.170], [12.0865, 54.158], [12.090, 54.148], [12.0935, 54.140], [12.090, 54.127],
    [12.087, 54.115], [12.0905, 54.105], [12.099, 54.0975], [12.114, 54.0931], [12.130, 54.0921], [12.143, 54.0905],
    [12.150, 54.085], [12.151, 54.076], [12.146, 54.066], [12.149, 54.05], [12.152, 54.05], [12.1495, 54.066],
    [12.1555, 54.077], [12.1545, 54.087], [12.147, 54.0938], [12.131, 54.0965], [12.1165, 54.0983], [12.106, 54.103],
    [12.1005, 54.110], [12.1035, 54.122], [12.108, 54.134], [12.117, 54.143], [12.136, 54.148], [12.165, 54.152],
    [12.172, 54.161], [12.150, 54.167], [12.121, 54.165], [12.101, 54.169], [12.0955, 54.189], [12.0905, 54.189],
]  # fmt: skip
GREENS: dict[str, Ring] = {
    "Barnstorfer Wald": [
        [12.072, 54.092], [12.083, 54.0935], [12.091, 54.088], [12.088, 54.080], [12.075, 54.079], [12.069, 54.085],
        [12.072, 54.092],
    ],
    "IGA-Park": [
        [12.0825, 54.147], [12.089, 54.146], [12.092, 54.141], [12.0885, 54.1385], [12.083, 54.1405], [12.0825, 54.147],
    ],
    "Wallanlagen": [
        [12.1265, 54.0895], [12.1285, 54.0868], [12.1345, 54.0842], [12.1365, 54.0848], [12.1305, 54.0878],
        [12.1283, 54.0900], [12.1265, 54.0895],
    ],
    "Rostocker Heide": [[12.19, 54.215], [12.23, 54.24], [12.30, 54.26], [12.30, 54.20], [12.22, 54.19], [12.19, 54.215]],
}  # fmt: skip


def move_in() -> dict[str, Area]:
    """Draw the base map and found the areas; the areas by their keys."""
    actions.draw_base(NODE, "land", "Land", _polygon(LAND))
    actions.draw_base(NODE, "water", "Ostsee", _polygon(SEA))
    actions.draw_base(NODE, "water", "Warnow", _polygon(WARNOW))
    for name, ring in GREENS.items():
        actions.draw_base(NODE, "green", name, _polygon(ring))
    level, key, title, (longitude, latitude) = CITY
    city = actions.keep_area(NODE, level, key, title, around(longitude, latitude, 9500), schematic=True)
    areas = {key: city}
    for key, (name, longitude, latitude) in DISTRICTS.items():
        outline = around(longitude, latitude, 1100)
        areas[key] = actions.keep_area(
            NODE, "district", key, {"de": name, "en": name}, outline, parent=city, schematic=True
        )
    return areas


def around(longitude: float, latitude: float, metres: float, corners: int = 12) -> dict[str, object]:
    """A schematic outline: a polygon around a centre point, as GeoJSON."""
    north = metres / 111_320
    east = north / math.cos(math.radians(latitude))
    angles = [2 * math.pi * corner / corners for corner in range(corners)]
    ring = [
        [round(longitude + east * math.cos(a), 5), round(latitude + north * math.sin(a), 5)] for a in angles
    ]
    return _polygon([*ring, ring[0]])


def _polygon(ring: Ring) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [ring]}
