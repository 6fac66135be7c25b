# SPDX-License-Identifier: EUPL-1.2
"""What leaves the city: calendars and an Atom feed of what answers a wish."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.core import clock
from smilecity.core.elsewhere import site, writable
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.people.reads import who_asks
from smilecity.places.models import Occasion
from smilecity.places.pages.offers import entries, find, said
from smilecity.places.pages.offers.page import found
from smilecity.places.pages.place import found as found_place
from smilecity.places.pages.sending import once
from smilecity.places.reads import offers as reads
from smilecity.places.rules import ical
from smilecity.places.rules import offers as rules
from smilecity.places.rules.offers.wishing import Wish

ICS = "text/calendar; charset=utf-8"
MOST_DATES, MOST_ENTRIES = 500, 50
NEVER = datetime(2026, 1, 1, tzinfo=UTC)


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """GET /offers/calendar.ics?<as the list>: a calendar to subscribe to."""
    wish = find.asked(request)
    return _dates(request, reads.calendar(who_asks(request), wish, MOST_DATES))


@require_safe
def offer_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /offers/<slug>/calendar.ics: all dates of one offer."""
    who = who_asks(request)
    one = found(who, slug)
    dates = reads.coming(who, one, MOST_DATES)
    return _calendar(request, lambda start: entries.series(one, dates, start), [one.noun])


@require_safe
def place_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /places/<slug>/calendar.ics: what is on at a place."""
    who = who_asks(request)
    found_place(who, slug)
    return _dates(request, reads.calendar(who, Wish(place=slug), MOST_DATES))


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """GET /offers/feed.atom?<as the list>: what is on next, each offer once."""
    wish = find.asked(request)
    some = said.first_of_each(reads.calendar(who_asks(request), wish, MOST_DATES))[:MOST_ENTRIES]
    return once(request, _feed(request, some, find.below("offers:list", wish)), Atom1Feed.content_type)


def _dates(request: HttpRequest, dates: list[Occasion]) -> HttpResponse:
    nouns = [one.offer.noun for one in dates]
    return _calendar(request, lambda start: [entries.date(one, start) for one in dates], nouns)


def _calendar(
    request: HttpRequest, made: Callable[[str], list[ical.Entry]], nouns: list[Noun]
) -> HttpResponse:
    """Stamped with the last change, so that it stays the same as long as nothing changes."""
    stamp = max((noun.changed_at for noun in nouns), default=NEVER)
    body = ical.calendar(_("Was ist los"), made(site(request)), settings.SMILE.zone, stamp)
    return once(request, body, ICS)


def _feed(request: HttpRequest, occasions: list[Occasion], here: str) -> bytes:
    start, language = site(request), get_language() or "de"
    today = clock.now().astimezone(settings.SMILE.zone).date()
    made = Atom1Feed(
        title=_("Was ist los"),
        link=f"{start}{here}",
        description="",
        feed_url=f"{start}{request.get_full_path()}",
        language=get_language(),
    )
    for one in occasions:
        noun = one.offer.noun
        when = said.moment_said(one, today)
        made.add_item(
            title=writable(in_text(noun.title, language)),
            link=f"{start}{said.address(one.offer, one)}",
            description=writable(f"{when}. {in_text(noun.text, language)}"),
            unique_id=f"{start}/{noun.address}/",
            updateddate=noun.changed_at,
            categories=[str(rules.CATEGORIES.get(one.offer.category, ""))],
        )
    return made.writeString("utf-8").encode()
