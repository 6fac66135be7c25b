# SPDX-License-Identifier: EUPL-1.2
"""Map tiles (Mapbox Vector Tile 2.1) of any nouns: crowds counted by the database, single ones by name.

`core_noun.cell` is the place on the map as a Morton number of zoom 20, so a tile is one range of numbers, and a
crowd is all that share the first bits. How much a tile holds is bounded, however many nouns there are.
"""

import hashlib
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Avg, Count, F, FloatField, Func, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from smilecity.core.models import Noun
from smilecity.core.nouns import in_text, page_address
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, Who
from smilecity.space.rules import mvt

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
LAYER = "places"
CELL_ZOOM = 20
SINGLE_ZOOM = 15  # from here on every noun is a point of its own
CROWD_STEPS = 3  # a tile below that is cut into 2^3 x 2^3 squares, each at most one crowd
MOST_SINGLE = 1000
KEPT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Spot:
    """What is drawn at one place of a tile: `count` nouns around a middle, and one of them as a sample."""

    longitude: float
    latitude: float
    count: int
    sample: int


def tile(found: QuerySet[Noun], z: int, x: int, y: int) -> bytes:
    """The nouns of `found` (filtered as you like, not sliced) in this tile, names in the page's language.

    Layer `places`, points with `count`; one alone has `id`, `title`, `url` and `kind` besides. Refuses a tile
    that is not in the grid. Asks the database at most three times.
    """
    _check(z, x, y)
    below = 2 * (CELL_ZOOM - z)
    first = mvt.morton(x, y) << below
    inside = found.order_by().filter(cell__gte=first, cell__lt=first + (1 << below))
    spots = _spots(inside, z)
    samples = Noun.objects.in_bulk([spot.sample for spot in spots if spot.count == 1])
    return mvt.layer(LAYER, [_point(spot, samples.get(spot.sample), z, x, y) for spot in spots])


def tile_answer(
    request: HttpRequest, who: Who, found: QuerySet[Noun], z: int, x: int, y: int
) -> HttpResponse:
    """The whole answer to a page that serves tiles of `found`: kept a moment for anyone, with an ETag.

    `found` must be made by `who` and by what is in the address alone, since the address is what is remembered.
    """
    shared = who == ANYONE
    key = "space.tile:" + hashlib.sha256(f"{get_language()} {request.get_full_path()}".encode()).hexdigest()
    body = cache.get(key) if shared else None
    if body is None:
        body = tile(found, z, x, y)
        if shared:
            cache.set(key, body, KEPT_SECONDS)
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    answer = get_conditional_response(request, etag=tag) or HttpResponse(body, content_type=MEDIA_TYPE)
    answer["ETag"] = tag
    answer["Cache-Control"] = f"public, max-age={KEPT_SECONDS}" if shared else "private, no-cache"
    answer["Vary"] = "Cookie"
    return answer


def _check(z: int, x: int, y: int) -> None:
    if not (0 <= z <= CELL_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z):
        raise Refusal("tile.not-in-the-grid", _("Diesen Ausschnitt der Karte gibt es nicht."), status=404)


def _spots(inside: QuerySet[Noun], z: int) -> list[Spot]:
    """Single nouns where there is room for each, else crowds: nothing is ever left out."""
    if z >= SINGLE_ZOOM:
        alone = inside.annotate(longitude=_middle(0), latitude=_middle(1))
        rows = list(alone.order_by("id").values_list("longitude", "latitude", "id")[: MOST_SINGLE + 1])
        if len(rows) <= MOST_SINGLE:
            return [Spot(longitude, latitude, 1, noun) for longitude, latitude, noun in rows]
    square = F("cell").bitrightshift(2 * max(0, CELL_ZOOM - z - CROWD_STEPS))
    crowds = inside.annotate(square=square).values("square")
    counted = crowds.annotate(
        longitude=Avg(_middle(0)), latitude=Avg(_middle(1)), count=Count("id"), sample=Min("id")
    )
    return [
        Spot(one["longitude"], one["latitude"], one["count"], one["sample"])
        for one in counted.order_by("square")
    ]


def _middle(axis: int) -> Func:
    """The middle of a noun's box, which for a point is the point: 0 is longitude, 1 latitude."""
    return Func(F("box"), template=f"(center(%(expressions)s))[{axis}]", output_field=FloatField())


def _point(spot: Spot, noun: Noun | None, z: int, x: int, y: int) -> mvt.Point:
    across, down = mvt.on_tile(spot.longitude, spot.latitude, z, x, y)
    properties: dict[str, str | int] = {"count": spot.count}
    if noun:
        title = in_text(noun.title, get_language() or "de")
        properties |= {"id": noun.id, "title": title, "url": page_address(noun), "kind": noun.kind}
    return mvt.Point(across, down, spot.sample, properties)
