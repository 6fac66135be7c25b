# SPDX-License-Identifier: EUPL-1.2
"""Places as JSON below /api/places, and as GeoJSON points for the maps of the pages."""

import hashlib
from typing import Any

import orjson
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from ninja import Field, Query, Router, Schema

from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.who import ANYONE, Who
from smilecity.people.reads import who_asks
from smilecity.places import reads
from smilecity.places.pages import find, now
from smilecity.places.pages.list import address, cards
from smilecity.places.pages.place import found

router = Router(tags=["places"])
GEOJSON = "application/geo+json"
MOST_POINTS = 2000
MOST_WITH_STATE = 200
POINTS_KEPT_SECONDS = 5


class PlaceOut(Schema):
    """A place as machines get it. `state` is free, busy, closed or unknown, at the moment of the answer."""

    id: int
    address: str
    title: dict[str, str]
    text: dict[str, str]
    category: str
    street: str
    position: list[float] | None
    opening_hours: str
    entry: dict[str, str]
    access: dict[str, str]
    state: str
    state_text: str


class PlacesOut(Schema):
    """A page of places; `after` is what the next page is asked with, empty at the end."""

    items: list[PlaceOut]
    after: str


class WishIn(Schema):
    """What the finder of the pages asks, by the same names: an address of the list works here too."""

    q: str = Field("", description="Words, forgiven when mistyped.")
    category: str = Field("", description="What kind of place.")
    area: str = Field("", description="Key of an area; everything below it counts.")
    near: str = Field("", description="Latitude,longitude: the nearest first.")
    open: str = Field("", description="`now`, or `at` with a moment in `at`.")
    at: str = Field("", description="A moment in the city's time, such as 2026-11-23T14:00.")
    age: str = Field("", description="An age in years.")
    step_free: str = Field("", description="`yes`, or `some` for partly too.")
    access: list[str] = Field([], description="toilet, wheelchair_toilet, guidance, seats, light, parking.")
    language: str = Field("", description="A language spoken there (ISO 639), or dgs.")
    free: str = Field("", description="`1`: free of charge.")
    where: str = Field("", description="`in` or `out`.")
    on: str = Field(
        "",
        description="Something is on there: `now`, `at`, `today`, `tomorrow`, `weekend`, or regularly `mo` to `su`.",
    )
    busy: str = Field("", description="`calm` or `lively`, by what is counted now.")
    quiet: str = Field("", description="With a quiet hour `now` or this `week`.")
    keeper: str = Field("", description="Last part of the address of the organisation that keeps it.")
    unknown: str = Field("", description="`1`: places too of which nobody has said it.")


@router.get("", response=PlacesOut, summary="Places that answer a wish")
def list_places(
    request: HttpRequest, wish: Query[WishIn], after: str = "", size: int = reads.PAGE_SIZE
) -> Any:
    """Places, keyset-paged, in order of title, fit or distance; `size` is capped at 200."""
    who = who_asks(request)
    some = reads.sought(who, find.asked(request), after=after, size=size)
    return {"items": _out(who, some.items), "after": some.after}


@router.get("/{slug}", response=PlaceOut, summary="One place")
def get_place(request: HttpRequest, slug: str) -> Any:
    """The place at `/places/<slug>/`."""
    who = who_asks(request)
    return _out(who, [found(who, slug)])[0]


@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """GET /places/points.json?<as the list>: places as GeoJSON; `limited` says if these are not all."""
    who, wish = who_asks(request), find.asked(request)
    shared = who == ANYONE
    key = f"places.points:{get_language()}:{hashlib.sha256(wish.query().encode()).hexdigest()}"
    body = cache.get(key) if shared else None
    if body is None:
        nouns = reads.with_position(who, wish, MOST_POINTS + 1)
        body = _collection(nouns[:MOST_POINTS], who, limited=len(nouns) > MOST_POINTS)
        if shared:
            cache.set(key, body, POINTS_KEPT_SECONDS)
    return _answer(request, body)


@require_safe
def point(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /places/<slug>/point.json: this place alone, for the map on its page."""
    who = who_asks(request)
    noun = found(who, slug)
    return _answer(request, _collection([noun] if noun.geo else [], who=who))


def _answer(request: HttpRequest, body: bytes) -> HttpResponse:
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    response = get_conditional_response(request, etag=tag) or HttpResponse(body, content_type=GEOJSON)
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache"
    return response


def _collection(nouns: list[Noun], who: Who = ANYONE, *, limited: bool = False) -> bytes:
    """The places as points; how they are right now only while a map shows them one by one."""
    start, language = reverse("places:list"), get_language() or "de"
    known = cards(who, nouns) if len(nouns) <= MOST_WITH_STATE else []
    states = {card.id: {"state": card.state, "state_text": card.state_text} for card in known}
    features = [
        {
            "type": "Feature",
            "id": noun.id,
            "geometry": noun.geo,
            "properties": {
                "id": noun.id,
                "title": in_text(noun.title, language),
                "url": address(noun, start),
                "kind": noun.place.category,
                **states.get(noun.id, {}),
            },
        }
        for noun in nouns
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features, "limited": limited})


def _out(who: Who, nouns: list[Noun]) -> list[dict[str, Any]]:
    start = f"{settings.SMILE.address}{reverse('places:list')}"
    return [
        {
            "id": noun.id,
            "address": address(noun, start),
            "title": noun.title,
            "text": noun.text,
            "category": noun.place.category,
            "street": noun.place.street,
            "position": now.position(noun.place),
            "opening_hours": noun.place.opening_hours,
            "entry": noun.place.entry,
            "access": noun.place.access,
            "state": card.state,
            "state_text": card.state_text,
        }
        for noun, card in zip(nouns, cards(who, nouns), strict=True)
    ]
