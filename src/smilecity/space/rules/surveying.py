# SPDX-License-Identifier: EUPL-1.2
"""How the areas of a file lie beside each other: overlaps, gaps, and what lies beyond the area around them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence
from smilecity.space.rules.reading import MOST_FINDINGS, Drawn, Finding

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


def survey(drawn: Sequence[Drawn], around: dict[str, Any] | None, tolerance: float) -> list[Finding]:
    """What is larger than `tolerance` square metres, the largest first.

    `around` is the outline of the area above, if it is an exact one; without it, gaps are holes in the whole.
    """
    import shapely
    from shapely.geometry import shape

    outlines = [one.outline for one in drawn]
    whole = shapely.union_all(outlines)
    findings = list(_overlaps(drawn, tolerance))
    if around:
        frame = shapely.make_valid(shape(around))
        findings += _pieces("area.gap", _("Hier ist eine Lücke."), frame.difference(whole), tolerance)
        beyond = whole.difference(frame)
        findings += _pieces("area.beyond", _("Das liegt außerhalb des Gebiets darüber."), beyond, tolerance)
    else:
        holes = [shapely.Polygon(ring) for part in shapely.get_parts(whole) for ring in part.interiors]
        drawn_holes = shapely.union_all(holes) if holes else shapely.Polygon()
        # A hole that is drawn as one (an enclave of another city) is a gap all the same: it is told, not decided.
        findings += _pieces("area.gap", _("Hier ist eine Lücke."), drawn_holes, tolerance)
    return sorted(findings, key=lambda one: -(one.square_metres or 0))[:MOST_FINDINGS]


def _overlaps(drawn: Sequence[Drawn], tolerance: float) -> Iterator[Finding]:
    import shapely

    outlines = [one.outline for one in drawn]
    firsts, seconds = shapely.STRtree(outlines).query(outlines, predicate="intersects")
    for first, second in zip(firsts.tolist(), seconds.tolist(), strict=True):
        if first < second:
            shared = outlines[first].intersection(outlines[second])
            keys = (drawn[first].key, drawn[second].key)
            yield from _pieces("area.overlap", _("Diese Gebiete überlappen sich."), shared, tolerance, keys)


def _pieces(
    code: str, sentence: Sentence, shape: "BaseGeometry", tolerance: float, keys: tuple[str, ...] = ()
) -> list[Finding]:
    """A finding for each connected part that is large enough, with its size on the ground and a place in it."""
    import shapely
    from pyproj import Geod

    earth = Geod(ellps="GRS80")
    found = []
    for part in shapely.get_parts(shape):
        size = abs(earth.geometry_area_perimeter(part)[0]) if part.geom_type == "Polygon" else 0.0
        if size > tolerance:
            spot = part.representative_point()
            where = (round(spot.x, 6), round(spot.y, 6))
            found.append(Finding(code, "warning", sentence, keys, where, round(size, 1)))
    return found
