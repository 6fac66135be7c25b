# SPDX-License-Identifier: EUPL-1.2
"""Published needs by the list's filters for maps and feed readers: points, tiles, and an Atom feed with positions."""

import hashlib

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.citizens import reads, rules
from smilecity.citizens.models import Need
from smilecity.citizens.pages.finding import wish_of
from smilecity.citizens.pages.shown import state, title
from smilecity.core.elsewhere import site, writable
from smilecity.core.nouns import in_text
from smilecity.people.reads import who_asks
from smilecity.space import reads as space

MOST_POINTS, MOST_FED = 500, 50
GEOJSON = "application/geo+json"


@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """GET /needs/points.json?<as the list>: GeoJSON; `limited` says if these are not all."""
    found = reads.with_position(who_asks(request), wish_of(request), MOST_POINTS + 1)
    features = [_feature(one) for one in found[:MOST_POINTS]]
    body = orjson.dumps(
        {"type": "FeatureCollection", "features": features, "limited": len(found) > MOST_POINTS}
    )
    return _not_twice(request, body, GEOJSON)


@require_safe
def tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """GET /needs/tiles/<z>/<x>/<y>.mvt?<as the list>: the same as tiles, for maps of very many."""
    who = who_asks(request)
    return space.tile_answer(request, who, reads.found(who, wish_of(request)), z, x, y)


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """GET /needs/feed.atom?<as the list>: what happened last first, with GeoRSS positions."""
    wish = wish_of(request)
    found = reads.newest(who_asks(request), wish, MOST_FED)
    return _not_twice(request, _fed(request, found, wish.query()), Atom1Feed.content_type)


class _GeoFeed(Atom1Feed):
    """Atom with GeoRSS-Simple points: latitude before longitude, as that says."""

    def root_attributes(self) -> dict[str, str]:
        """The namespace of the points."""
        return {**super().root_attributes(), "xmlns:georss": "http://www.georss.org/georss"}

    def add_item_elements(self, handler: object, item: dict[str, object]) -> None:
        """The entry with its point."""
        super().add_item_elements(handler, item)  # type: ignore[arg-type]
        if item.get("point"):
            handler.addQuickElement("georss:point", item["point"])  # type: ignore[attr-defined]


def _fed(request: HttpRequest, found: list[Need], query: str) -> bytes:
    start, here, language = site(request), reverse("needs:list"), get_language() or "de"
    made = _GeoFeed(
        title=_("Was Menschen hier brauchen"),
        link=f"{start}{here}?{query}" if query else f"{start}{here}",
        description="",
        feed_url=f"{start}{request.get_full_path()}",
        language=language,
    )
    for one in found:
        east, north = one.noun.geo["coordinates"] if one.noun.geo else (None, None)
        made.add_item(
            title=writable(title(one.noun)),
            link=f"{start}{reverse('needs:need', kwargs={'form': one.form})}",
            description=writable(in_text(one.noun.text, language)),
            unique_id=f"{start}/{one.noun.address}/",
            pubdate=one.published_at,
            updateddate=one.noun.changed_at,
            categories=[str(rules.KINDS[one.kind]), state(one.state, one.decision)],
            point=f"{north} {east}" if one.noun.geo else "",
        )
    return made.writeString("utf-8").encode()


def _feature(one: Need) -> dict[str, object]:
    return {
        "type": "Feature",
        "id": one.noun_id,
        "geometry": one.noun.geo,
        "properties": {
            "id": one.noun_id,
            "title": title(one.noun),
            "url": reverse("needs:need", kwargs={"form": one.form}),
            "kind": one.kind,
            "state_text": state(one.state, one.decision),
        },
    }


def _not_twice(request: HttpRequest, body: bytes, kind: str) -> HttpResponse:
    """What is published is the same for everybody."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    answer = get_conditional_response(request, etag=tag) or HttpResponse(body, content_type=kind)
    answer["ETag"], answer["Cache-Control"] = tag, "no-cache"
    return answer
