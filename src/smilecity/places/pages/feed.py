# SPDX-License-Identifier: EUPL-1.2
"""New and changed places that answer a wish, as an Atom feed."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.core.elsewhere import site, writable
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.who import ANYONE
from smilecity.people.reads import who_asks
from smilecity.places import reads
from smilecity.places.pages import find
from smilecity.places.pages.list import address
from smilecity.places.rules import words

MOST = 50


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """GET /places/feed.atom?<as the list>: the last changed first, for whoever asks, not sent twice."""
    who, wish = who_asks(request), find.asked(request)
    body = _feed(request, reads.newest(who, wish, MOST), wish.query())
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    response = get_conditional_response(request, etag=tag) or HttpResponse(
        body, content_type=Atom1Feed.content_type
    )
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache" if who == ANYONE else "private, no-cache"
    return response


def _feed(request: HttpRequest, nouns: list[Noun], query: str) -> bytes:
    start = site(request)
    here = reverse("places:list")
    made = Atom1Feed(
        title=_("Neue und geänderte Orte"),
        link=f"{start}{here}?{query}" if query else f"{start}{here}",
        description="",
        feed_url=f"{start}{request.get_full_path()}",
        language=get_language(),
    )
    language = get_language() or "de"
    for noun in nouns:
        made.add_item(
            title=writable(in_text(noun.title, language)),
            link=f"{start}{address(noun, here)}",
            description=writable(in_text(noun.text, language)),
            unique_id=f"{start}/{noun.address}/",
            updateddate=noun.changed_at,
            categories=[str(words.CATEGORIES.get(noun.place.category, ""))],
        )
    return made.writeString("utf-8").encode()
