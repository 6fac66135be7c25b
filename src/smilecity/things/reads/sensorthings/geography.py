# SPDX-License-Identifier: EUPL-1.2
"""Geographic questions, answered before the statement that asks them: box first (GiST), then the exact shape.

The database knows boxes, Shapely knows shapes. So each predicate becomes a list of ids, and the statement's parameter.
Lengths are metres on a sphere; shapes are compared in the plane of degrees, as GeoJSON means them.
"""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from psycopg import AsyncConnection

from smilecity.core.problems import Refusal

if TYPE_CHECKING:
    import numpy as np
    from shapely.geometry.base import BaseGeometry

MOST_CORNERS = 10_000
MOST_CANDIDATES = 200_000
MOST_WKT = 1_000_000  # characters
RADIUS = 6_371_008.8  # metres: the earth's mean
METRES_A_DEGREE = math.pi * RADIUS / 180

Question = Literal[
    "equals",
    "touches",
    "within",
    "overlaps",
    "crosses",
    "intersects",
    "contains",
    "relate",
    "distance",
    "length",
]
Comparison = Literal["lt", "le", "gt", "ge", "eq"]

COMPARED = {"lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal"}


@dataclass(frozen=True, slots=True)
class ShapeQuestion:
    """Which rows' shapes answer? Their ids are the value of the parameter `name`.

    `table` with its `id`, `geometry` (GeoJSON) and `box` say where the shapes are; `shape` is the one they are compared
    with. `distance` and `length` are `compared` with `limit` metres; `relate` looks for `pattern`.
    """

    name: str
    table: str
    id: str
    geometry: str
    box: str
    question: Question
    shape: "BaseGeometry | None" = None
    compared: Comparison = "le"
    limit: float = 0.0
    pattern: str = ""

    def query(self) -> tuple[str, dict[str, Any]]:
        """The statement that finds the candidates: id, the corner of the box, and what is no point as GeoJSON."""
        around = self._around()
        near = " AND {box} && box(point(%(east)s, %(north)s), point(%(west)s, %(south)s))" if around else ""
        query = (
            f"SELECT {self.id}, (({self.box})[0])[0], (({self.box})[0])[1],"  # noqa: S608 - of our own parts
            f" CASE WHEN {self.geometry} ->> 'type' = 'Point' THEN NULL ELSE {self.geometry}::text END"
            f" FROM {self.table} WHERE {self.box} IS NOT NULL{near.format(box=self.box)}"
            f" LIMIT {MOST_CANDIDATES + 1}"
        )
        return query, around

    def answer(self, rows: Sequence[tuple[int, float, float, str | None]]) -> list[int]:
        """The ids of the candidates that are in fact so."""
        import numpy as np

        if len(rows) > MOST_CANDIDATES:
            raise Refusal(
                "odata.too-costly",
                f"More than {MOST_CANDIDATES:,} shapes lie near the one asked for.",
                cure="Ask for a smaller area.",
                field="$filter",
            )
        if not rows:
            return []
        ids = np.array([row[0] for row in rows], dtype=np.int64)
        found: list[int] = ids[self._each(_shapes(rows))].tolist()
        return found

    def _each(self, shapes: "np.ndarray") -> "np.ndarray":
        """All at once; where one of them is more than GEOS can compare, each by itself, and that one not."""
        import numpy as np
        import shapely

        try:
            return self._holds(shapes)
        except shapely.errors.GEOSException:
            if len(shapes) == 1:
                return np.array([False])
            half = len(shapes) // 2
            return np.concatenate([self._each(shapes[:half]), self._each(shapes[half:])])

    def _holds(self, shapes: "np.ndarray") -> "np.ndarray":
        """For each shape whether it is so; a stored shape that cannot be read is not."""
        import numpy as np
        import shapely

        if self.question == "length":
            return np.asarray(getattr(np, COMPARED[self.compared])(_lengths(shapes), self.limit))
        assert self.shape is not None
        if self.question == "distance":
            return np.asarray(
                getattr(np, COMPARED[self.compared])(_distances(shapes, self.shape), self.limit)
            )
        if self.question == "relate":
            return np.asarray(shapely.relate_pattern(shapes, self.shape, self.pattern))
        # The one that is asked of is prepared, so it stands first: then inside out.
        converse = {"within": "contains", "contains": "within"}.get(self.question, self.question)
        return np.asarray(getattr(shapely, converse)(self.shape, shapes))

    def _around(self) -> dict[str, Any]:
        """The box outside of which no row can be so; empty if any row may."""
        if self.shape is None or (self.question == "relate" and not _meets(self.pattern)):
            return {}
        if self.question == "distance" and self.compared not in ("lt", "le", "eq"):
            return {}
        west, south, east, north = self.shape.bounds
        if self.question == "distance":
            up = self.limit / METRES_A_DEGREE * 1.001 + 1e-9
            highest = max(abs(south - up), abs(north + up))
            if highest >= 89.0:
                return {}
            aside = up / math.cos(math.radians(highest))
            west, south, east, north = west - aside, south - up, east + aside, north + up
            if west < -180 or east > 180:  # round the back of the world
                west, east = -180, 180
        return {"west": west, "south": south, "east": east, "north": north}


async def resolve(connection: AsyncConnection[Any], question: ShapeQuestion) -> list[int]:
    """The ids that answer the question; many shapes are compared beside the event loop."""
    rows = await (await connection.execute(*question.query(), prepare=True)).fetchall()
    if len(rows) < 2_000:
        return question.answer(rows)
    return await asyncio.to_thread(question.answer, rows)


def resolve_now(cursor: Any, question: ShapeQuestion) -> list[int]:
    """As `resolve`, by a cursor of Django's."""
    cursor.execute(*question.query())
    return question.answer(cursor.fetchall())


def read_shape(text: str, at: int, field: str) -> "BaseGeometry":
    """The shape of well-known text: WGS 84, longitude first. Refuses what is none, or too detailed."""
    import shapely

    def refused(what: str, code: str = "odata.syntax") -> Refusal:
        return Refusal(
            code,
            f"The shape at character {at + 1} {what}.",
            cure="Write it as geography'POINT(12.1 54.1)': longitude first, in degrees.",
            field=field,
        )

    if len(text) > MOST_WKT:
        raise refused("is too long", "odata.too-costly")
    try:
        shape = shapely.from_wkt(text)
    except (shapely.errors.ShapelyError, UnicodeError, ValueError) as error:
        raise refused("is no well-known text") from error
    if shape is None or shape.is_empty:
        raise refused("is empty")
    if shapely.get_num_coordinates(shape) > MOST_CORNERS:
        raise refused(f"has more than {MOST_CORNERS:,} corners", "odata.too-costly")
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise refused("is not on earth")
    shape = shapely.force_2d(shape)
    if not shape.is_valid:
        raise refused(f"cannot be: {shapely.is_valid_reason(shape)[:100]}")
    shapely.prepare(shape)
    return shape


def _shapes(rows: Sequence[tuple[int, float, float, str | None]]) -> "np.ndarray":
    """Points by their box, all else from GeoJSON; what is drawn wrongly is mended as far as it can be."""
    import numpy as np
    import shapely

    made = shapely.points([(row[1], row[2]) for row in rows])
    others = [place for place, row in enumerate(rows) if row[3] is not None]
    if others:
        read = shapely.force_2d(
            shapely.from_geojson([rows[place][3] for place in others], on_invalid="ignore")
        )
        crooked = np.nonzero(~shapely.is_valid(read) & ~shapely.is_missing(read))[0]
        read[crooked] = shapely.make_valid(read[crooked])
        made[others] = read
    return np.asarray(made)


def _meets(pattern: str) -> bool:
    """Whether shapes of this pattern (DE-9IM) have at least a point in common."""
    return any(pattern[place] in "T012" for place in (0, 1, 3, 4))


def _lengths(shapes: "np.ndarray") -> "np.ndarray":
    """Metres of each shape's lines and outlines; 0 for a point, nothing (NaN) for what cannot be read."""
    import numpy as np

    total = np.full(len(shapes), np.nan)
    for place, shape in enumerate(shapes):
        if shape is not None:
            total[place] = sum(_along(part) for part in _paths(shape))
    return total


def _paths(shape: "BaseGeometry") -> list[Any]:
    import shapely

    parts = []
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            parts += [part.exterior, *part.interiors]
        elif part.geom_type in ("LineString", "LinearRing"):
            parts.append(part)
        elif part.geom_type != "Point":
            parts += _paths(part)
    return parts


def _along(line: Any) -> float:
    import shapely

    corners = shapely.get_coordinates(line)
    return float(_metres(corners[:-1, 0], corners[:-1, 1], corners[1:, 0], corners[1:, 1]).sum())


def _metres(west: Any, south: Any, east: Any, north: Any) -> "np.ndarray":
    """Great circles from (west, south) to (east, north), degrees to metres (haversine)."""
    import numpy as np

    lon1, lat1, lon2, lat2 = (np.radians(degrees) for degrees in (west, south, east, north))
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return np.asarray(2 * RADIUS * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def _distances(shapes: "np.ndarray", other: "BaseGeometry") -> "np.ndarray":
    """Metres between each shape and the other; NaN for what cannot be read.

    Between points on the sphere. Else the nearest two points are looked for in a plane in which a degree of longitude
    is as long as it is halfway between, and are measured on the sphere: right to a metre or so within a city.
    """
    import numpy as np
    import shapely

    found = np.full(len(shapes), np.nan)
    points = shapely.get_type_id(shapes) == 0
    if other.geom_type == "Point":
        found[points] = _metres(
            shapely.get_x(shapes[points]), shapely.get_y(shapes[points]), other.x, other.y
        )
        rest = np.nonzero(~points & ~shapely.is_missing(shapes))[0]
    else:
        rest = np.nonzero(~shapely.is_missing(shapes))[0]
    for place in rest:
        found[place] = _apart(shapes[place], other)
    return found


def _apart(one: "BaseGeometry", other: "BaseGeometry") -> float:
    import numpy as np
    import shapely

    middle = (one.bounds[1] + one.bounds[3] + other.bounds[1] + other.bounds[3]) / 4
    narrow = np.array([max(math.cos(math.radians(middle)), 1e-6), 1.0])
    flat = [shapely.transform(shape, lambda corners: corners * narrow) for shape in (one, other)]
    ends = shapely.get_coordinates(shapely.shortest_line(flat[0], flat[1])) / narrow
    if len(ends) < 2:
        return math.nan
    return float(_metres(ends[0, 0], ends[0, 1], ends[1, 0], ends[1, 1]))
