# SPDX-License-Identifier: EUPL-1.2
"""The page of a thing: what it measures and why, what it says now, and what it records about those who pass by."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.core import clock, log, moments, nouns
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.who import Who
from smilecity.people.reads import follows, who_asks
from smilecity.things import rights
from smilecity.things.actions.declaring import unknown
from smilecity.things.pages import chart, words
from smilecity.things.pages.list import collection
from smilecity.things.reads import register as reads
from smilecity.things.reads.register import Stream
from smilecity.things.rules import said

MOST_FOLLOWED = 99


@require_safe
def thing(request: HttpRequest, key: str) -> HttpResponse:
    """GET /things/<key>/?span=&day=&stream=: everything about the sensor, true without a script."""
    who = who_asks(request)
    since = log.head()  # before the queries: what happens in between comes by the stream
    noun = found(who, key)
    streams = reads.streams(who, [noun.id])[noun.id]
    title = _title(noun)
    followed = [noun.id, *(one.id for one in streams)][: MOST_FOLLOWED + 1]
    asked = chart.asked(request.GET, streams)
    declares = rights.may_declare(who, noun.area_id)
    context = {
        "noun": noun,
        "key": key,
        "title": title,
        "about": _about(noun, streams),
        "live": "/live/?" + "&".join([*(f"about={one}" for one in followed), f"since={since}"]),
        "following": follows(who, noun.id),
        "declares": declares,
        "hidden": noun.visibility != noun.PUBLIC,
        "places": [
            (in_text(one.title, get_language() or "de"), nouns.page_address(one))
            for one in reads.linked(who, noun)
        ],
        "area": _area(noun),
        "position": (spot := _position(noun)),
        "center": f"{spot[0]},{spot[1]}" if spot else "",
        "map_style": settings.SMILE.map_style,
        "charts": chart.charts(who, streams, asked),
        "others": chart.others(streams, asked),
        "spans": chart.spans(asked),
        "asked": asked,
        "zone": str(settings.SMILE.zone),
        "downloads": _downloads(key, streams, all_of_them=declares),
        "licence": noun.licence,
        "path": [{"title": _("Sensoren"), "url": reverse("things:list")}, {"title": title}],
        **_now(noun, streams),
    }
    return render(request, "things/thing.html", context)


@require_safe
def thing_now(request: HttpRequest, key: str) -> HttpResponse:
    """GET /things/<key>/now/: the part of the page that changes."""
    who = who_asks(request)
    noun = found(who, key)
    response = render(request, "things/now.html", _now(noun, reads.streams(who, [noun.id])[noun.id]))
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def point(request: HttpRequest, key: str) -> HttpResponse:
    """GET /things/<key>/point.json: this thing alone, for the map on its page."""
    who = who_asks(request)
    noun = found(who, key)
    return collection(request, who, [noun] if noun.geo else [])


def found(who: Who, key: str) -> Noun:
    """The thing for this reader. Refuses one that is not there and one that is hidden alike."""
    noun = reads.thing(who, key)
    if noun is None:
        raise unknown()
    return noun


def _now(noun: Noun, streams: list[Stream]) -> dict[str, Any]:
    now = clock.now()
    face, text = words.state(streams, now)
    return {
        "state": face,
        "state_text": text,
        "values": [words.value(one, now) for one in streams],
        "moment": now,
        "moment_said": moments.clock_time(now, settings.SMILE.zone),
    }


def _about(noun: Noun, streams: list[Stream]) -> dict[str, Any]:
    """What is declared, each text empty while nobody has said it."""
    declared, language = noun.thing, get_language() or "de"
    return {
        "text": in_text(noun.text, language) or declared.description,
        "purpose": words.texts(declared.purpose),
        "legal_basis": words.texts(declared.legal_basis),
        "safeguard": words.texts(declared.safeguard),
        "runs_it": words.runs_it(noun),
        "runs_it_url": nouns.page_address(noun.keeper) if noun.keeper and _shown(noun.keeper) else "",
        "retention": said.kept_for(declared.retention) if declared.retention else "",
        "keeps_hours": declared.keeps_hours,
        "people": any(one.people for one in streams),
        "few_below": settings.SMILE.few_below,
        "measures": list(dict.fromkeys(words.name(one) for one in streams)),
    }


def _title(noun: Noun) -> str:
    return in_text(noun.title, get_language() or "de")


def _shown(noun: Noun) -> bool:
    return noun.visibility == noun.PUBLIC


def _downloads(key: str, streams: list[Stream], *, all_of_them: bool) -> list[dict[str, str]]:
    """The ways to the values; those that tell one person from two are offered only to who looks after the sensor."""
    return [
        {
            "name": words.name(one),
            "csv": reverse("things:csv", args=[key, one.id]),
            "parquet": reverse("things:parquet", args=[key, one.id]),
        }
        for one in streams
        if all_of_them or not one.people
    ]


def _area(noun: Noun) -> tuple[str, str] | None:
    if noun.area is None or not _shown(noun.area):
        return None
    return _title(noun.area), nouns.page_address(noun.area)


def _position(noun: Noun) -> tuple[float, float] | None:
    """(longitude, latitude) of a thing that stands at a point."""
    geo = noun.geo or {}
    if geo.get("type") != "Point":
        return None
    return geo["coordinates"][0], geo["coordinates"][1]
