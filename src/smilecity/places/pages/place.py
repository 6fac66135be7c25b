# SPDX-License-Identifier: EUPL-1.2
"""The page of a place, and the part of it that changes by itself."""

import hashlib
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.core import clock, log, moments
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.remembered import sees_what_all_see
from smilecity.core.who import Who
from smilecity.people.reads import follows, who_asks
from smilecity.places import reads, rights
from smilecity.places.pages import curve, described, now, photos, told
from smilecity.places.pages.offers.short import here
from smilecity.places.reads.booking import bookable
from smilecity.places.reads.lending.borrowing import kits
from smilecity.places.reads.opening import otherwise
from smilecity.places.reads.school import school
from smilecity.places.rules import words

# A rendering is used again only for the same version, so this is about memory, not about being current.
KEPT_SECONDS = 90
MOST_STREAMED = 100


@require_safe
def place(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /places/<slug>/: everything about the place, true without a script."""
    who = who_asks(request)
    since = log.head()  # before the queries: what happens in between comes by the stream
    noun = found(who, slug)
    title = in_text(noun.title, get_language() or "de")
    tag = _tag(who, noun)
    changing, followed = _changing(who, noun, tag)
    context = {
        **_lasting(request, who, noun, tag),
        "noun": noun,
        "place": noun.place,
        "slug": slug,
        "title": title,
        "changing": changing,
        "live": live_address([noun.id, *followed], since),
        "draft": noun.visibility != noun.PUBLIC,
        "following": follows(who, noun.id),
        "struck": told.struck(who, noun),
        "writes": rights.may_write(who, noun.area_id, noun.keeper_id),
        "path": [{"title": _("Orte"), "url": reverse("places:list")}, {"title": title}],
    }
    return render(request, "places/place.html", context)


@require_safe
def place_now(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /places/<slug>/now/: the part of the page that changes, not sent again while it has not changed."""
    who = who_asks(request)
    noun = found(who, slug)
    tag = _tag(who, noun)
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = HttpResponse(_changing(who, noun, tag)[0])
        response["ETag"] = tag
    response["Cache-Control"] = "no-cache"
    return response


def live_address(ids: list[int], since: int) -> str:
    """The stream about these ids from this position of the log on."""
    return "/live/?" + "&".join([*(f"about={one}" for one in ids[:MOST_STREAMED]), f"since={since}"])


def found(who: Who, slug: str) -> Noun:
    """The place for this reader. Refuses one that is not there and one that is not public alike."""
    noun = reads.place(who, slug)
    if noun is None:
        raise Refusal(
            "place.unknown",
            _("Diesen Ort gibt es nicht."),
            cure=_("Vielleicht finden Sie ihn in der Liste der Orte."),
            status=404,
        )
    return noun


def frame(places: Collection[int]) -> now.Frame:
    """This moment in this city, and what is otherwise than usual at these places."""
    smile = settings.SMILE
    return now.Frame(
        clock.now(), smile.zone, smile.few_below, smile.state, school(), otherwise(places) if places else {}
    )


def _tag(who: Who, noun: Noun) -> str:
    """Differs after any change, by language, each minute: time alone closes a place or silences a sensor."""
    minute = int(clock.now().timestamp()) // 60
    parts = (noun.id, reads.version(noun), get_language(), minute, sorted(map(str, who.roles)))
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'


def _changing(who: Who, noun: Noun, tag: str = "") -> tuple[str, list[int]]:
    """The changing part and the datastreams it is made from; made once for all who may see the same."""
    tag = tag or _tag(who, noun)
    key = f"places.now:{noun.id}:{get_language()}"
    shared = sees_what_all_see(who)
    kept = cache.get(key) if shared else None
    if kept is not None and kept[0] == tag:
        return kept[1], kept[2]
    at = frame([noun.id])
    snapshot = reads.snapshot(who, noun, at.now, at.zone)
    made = render_to_string("places/now.html", _said(snapshot, at))
    followed = sorted(snapshot.readings)
    if shared:
        cache.set(key, (tag, made, followed), KEPT_SECONDS)
    return made, followed


def _lasting(request: HttpRequest, who: Who, noun: Noun, tag: str) -> dict[str, Any]:
    """What the page says besides what changes; made once for all who may see the same."""
    language = get_language() or "de"
    key = f"places.page:{noun.id}:{language}:{request.get_host()}"
    shared = sees_what_all_see(who)
    kept = cache.get(key) if shared else None
    if kept is not None and kept[0] == tag:
        found: dict[str, Any] = kept[1]
        return found
    place, spot, at = noun.place, now.position(noun.place), frame([noun.id])
    figures = photos.figures(who, noun)
    made = {
        "category": str(words.CATEGORIES.get(place.category, "")),
        "text": in_text(noun.text, language),
        "entry": in_text(place.entry, language),
        "week": now.week(place, at),
        "quiet": now.quiet_week(place, at),
        "described": described.facts(place, language),
        "schema": described.schema(request, noun, language, figures, at),
        "access": words.access_said(place.access),
        "units": [(in_text(unit.name, language), unit.room_for) for unit in reads.units(noun)],
        "lends": bool(kits(who, noun)),
        "bookable": [(unit.id, in_text(unit.name, language)) for unit in bookable(who, noun.id)],
        "photos": figures,
        "here": here(who, noun.address.removeprefix("places/")),
        "position": spot,
        "center": f"{spot[0]},{spot[1]}" if spot else "",
    }
    if shared:
        cache.set(key, (tag, made), KEPT_SECONDS)
    return made


def _said(snapshot: reads.Snapshot, at: now.Frame) -> dict[str, Any]:
    place = snapshot.noun.place
    is_open = now.opening(place, at)
    rows = now.units_now(snapshot, is_open, at)
    state, state_text = now.in_short(is_open, rows)
    return {
        "opening": is_open,
        "state": state,
        "state_text": state_text,
        "units": rows,
        "curves": curve.curves(snapshot, at),
        "zone": str(at.zone),
        "weather": now.weather_now(snapshot, at),
        "told": told.otherwise(snapshot.noun),
        "moment": at.now,
        "moment_said": moments.clock_time(at.now, at.zone),
    }
