# SPDX-License-Identifier: EUPL-1.2
"""The list of projects with its filters, a map of the same, and what is new as a feed."""

import hashlib
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.core.choosing import Chip, Select
from smilecity.core.elsewhere import site, writable
from smilecity.core.who import ANYONE, Who
from smilecity.governance import reads, rights
from smilecity.governance.pages import said
from smilecity.governance.rules import course, finding
from smilecity.governance.rules.finding import Wish
from smilecity.people.reads import who_asks

MOST_IN_FEED = 50


@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    """GET /projects/?q=&state=&area=&after=: what answers the wish as a list, and a map of the same."""
    who, wish = who_asks(request), finding.asked(request.GET)
    found = reads.sought(who, wish, after=request.GET.get("after", ""))
    context = {
        "projects": said.cards(found.items),
        "after": found.after,
        "wish": wish,
        "feed": _below("projects:feed", wish),
        "points": _below("projects:points", wish),
        "on_map": any(noun.geo for noun in found.items),
        "map_style": settings.SMILE.map_style,
        "writes": rights.may_write_any(who),
        **_finder(who, wish),
    }
    return render(request, "governance/list.html", context)


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """GET /projects/feed.atom?<as the list>: the last changed first, not sent twice."""
    who, wish = who_asks(request), finding.asked(request.GET)
    body = _feed(request, who, wish)
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    response = get_conditional_response(request, etag=tag) or HttpResponse(
        body, content_type=Atom1Feed.content_type
    )
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache" if who == ANYONE else "private, no-cache"
    return response


def _finder(who: Who, wish: Wish) -> dict[str, Any]:
    """The form as it stands, and what is chosen as chips that can be taken away."""
    named = {key: said.said(title) for key, title in reads.districts(who)}
    states = {key: str(label) for key, label in course.STATES.items()}
    labels = {
        "q": f"„{wish.q}“",
        "state": states.get(wish.state, wish.state),
        "area": named.get(wish.area, wish.area),
    }
    chips = [
        Chip(label, _below("projects:list", wish.without(name)))
        for name, label in labels.items()
        if getattr(wish, name)
    ]
    return {
        "selects": [
            Select("state", _("Wie steht es?"), [("", _("egal")), *states.items()], wish.state),
            Select("area", _("Wo?"), [("", _("In der ganzen Stadt")), *named.items()], wish.area),
        ],
        "chips": chips,
    }


def _below(name: str, wish: Wish) -> str:
    query = wish.query()
    return f"{reverse(name)}?{query}" if query else reverse(name)


def _feed(request: HttpRequest, who: Who, wish: Wish) -> bytes:
    start = site(request)
    made = Atom1Feed(
        title=_("Neues von den Projekten"),
        link=f"{start}{_below('projects:list', wish)}",
        description="",
        feed_url=f"{start}{request.get_full_path()}",
        language=get_language(),
    )
    found = reads.newest(who, wish, MOST_IN_FEED)
    for noun, card in zip(found, said.cards(found), strict=True):
        told = ". ".join(part for part in (card.state, card.late.rstrip("."), card.far.rstrip(".")) if part)
        made.add_item(
            title=writable(card.title),
            link=f"{start}{card.url}",
            description=writable(f"{told}. {said.said(noun.text)}"),
            unique_id=f"{start}/{noun.address}/",
            updateddate=noun.changed_at,
            categories=[card.state],
        )
    return made.writeString("utf-8").encode()
