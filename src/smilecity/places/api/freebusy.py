# SPDX-License-Identifier: EUPL-1.2
"""When a unit is taken, for other calendars: RFC 5545's VFREEBUSY, of nobody in particular."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from smilecity.core.elsewhere import site
from smilecity.core.who import ANYONE
from smilecity.people.reads import who_asks
from smilecity.places.actions.booking.taking import not_bookable
from smilecity.places.pages.offers.feed import ICS
from smilecity.places.pages.place import found
from smilecity.places.pages.sending import once
from smilecity.places.reads import booking as reads
from smilecity.places.rules import freebusy


@require_safe
def busy(request: HttpRequest, slug: str, unit: int) -> HttpResponse:
    """GET /places/<slug>/book/<unit>/busy.ics: the next two weeks; the same for everybody who sees the place."""
    who = who_asks(request)
    noun = found(who, slug)
    known = any(one.id == unit for one in reads.bookable(who, noun.id))
    seen = reads.busy(ANYONE if noun.visibility == noun.PUBLIC else who, unit) if known else None
    if seen is None:
        raise not_bookable()
    body = freebusy.calendar(
        uid=f"unit-{unit}@smilecity",
        span=seen.span,
        taken=seen.taken,
        closed=freebusy.between(seen.open, seen.span),
        stamp=seen.span[0],
        url=f"{site(request)}{reverse('places:book', args=[slug])}?unit={unit}",
    )
    return once(request, body, ICS)
