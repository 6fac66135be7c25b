# SPDX-License-Identifier: EUPL-1.2
"""Very many positions at once: in which area each of them lies."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from smilecity.core.who import Who
from smilecity.space.reads.areas import areas_near

if TYPE_CHECKING:
    import numpy as np

CHUNK = 100_000  # positions looked at together: memory does not grow with how many there are


def areas_of_points(
    who: Who, level: str | None, longitudes: Sequence[float], latitudes: Sequence[float]
) -> "np.ndarray[Any, Any]":
    """The noun id of the area of this level (without one: of the smallest area) at each position, 0 where there is none.

    For one position ask `area_at`, which says the same.
    """
    import numpy as np
    import shapely
    from shapely.geometry import shape

    across, up = np.asarray(longitudes, dtype=float), np.asarray(latitudes, dtype=float)
    found = np.zeros(len(across), dtype=np.int64)
    if not len(found):
        return found
    near = areas_near(who, across.min(), up.min(), across.max(), up.max(), level)
    areas = [(area.noun_id, shape(area.noun.geo)) for area in near]
    for _noun, outline in areas:
        shapely.prepare(outline)
    for start in range(0, len(found), CHUNK):
        part = slice(start, start + CHUNK)
        x, y, answer = across[part], up[part], found[part]
        for noun, outline in areas:
            west, south, east, north = outline.bounds
            inside_box = np.flatnonzero(
                (answer == 0) & (x >= west) & (x <= east) & (y >= south) & (y <= north)
            )
            answer[inside_box[shapely.intersects_xy(outline, x[inside_box], y[inside_box])]] = noun
    return found
