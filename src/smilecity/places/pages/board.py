# SPDX-License-Identifier: EUPL-1.2
"""The notice board of a place: for a screen or a sheet of paper at its door."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.core import clock
from smilecity.core.who import ANYONE
from smilecity.places.models import Occasion, Unit
from smilecity.places.pages import now, told
from smilecity.places.pages.booking import said
from smilecity.places.pages.place import found, frame
from smilecity.places.reads import booking
from smilecity.places.reads import opening as reads
from smilecity.places.rules import booking as rules

MOST_SLOTS = 3
MOST_UNITS = 8
REFRESH_SECONDS = 120


@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /places/<slug>/board/: open or not, closings, today's offers, free slots, the way to the page.

    With `?screen=1` it loads itself anew, for a screen that nobody touches.
    """
    noun = found(ANYONE, slug)  # it hangs in the open: nobody's own view belongs on it
    at = frame([noun.id])
    context = {
        "slug": slug,
        "title": said.title(noun),
        "street": noun.place.street,
        "opening": now.opening(noun.place, at),
        "today": now.week(noun.place, at)[:1],
        "closings": told.otherwise(noun),
        "occasions": [_occasion(one) for one in reads.occasions_today(noun.id)],
        "free": [_free(one) for one in booking.bookable(ANYONE, noun.id)[:MOST_UNITS]],
        "moment": said.when_now(),
        "seconds": REFRESH_SECONDS if "screen" in request.GET else 0,
        "address": _whole(request, slug).split("://", 1)[-1].rstrip("/"),
        "path": [
            {"title": _("Orte"), "url": reverse("places:list")},
            {"title": said.title(noun), "url": reverse("places:place", args=[slug])},
            {"title": _("Aushang")},
        ],
    }
    return render(request, "places/board.html", context)


@require_safe
def code(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /places/<slug>/qr.svg: the way to the page as a QR code, dark on white."""
    import segno

    found(ANYONE, slug)
    drawn = BytesIO()
    made = segno.make(_whole(request, slug), error="m", micro=False)
    made.save(drawn, kind="svg", scale=8, border=4, dark="#000", light="#fff", nl=False, xmldecl=True)
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


def _occasion(one: Occasion) -> dict[str, Any]:
    span = (one.during.lower, one.during.upper)
    return {"title": said.title(one.offer.noun), "hours": said.hours(span), "cancelled": one.cancelled}


def _free(unit: Unit) -> tuple[str, list[str]]:
    """The next slots of today that anyone with an account may have."""
    day = clock.now().astimezone(settings.SMILE.zone).date()
    found = booking.calendar(ANYONE, unit.id, day)
    cells = [cell for _day, some in found.days for cell in some] if found else []
    free = [cell.slot for cell in cells if cell.slot.decision.verdict != rules.REFUSED]
    return said.name(unit), [said.hours((one.start, one.end)) for one in free[:MOST_SLOTS]]


def _whole(request: HttpRequest, slug: str) -> str:
    """The address as it stands on paper: the city's own, or if it has set none, the one that was asked."""
    path = reverse("places:place", args=[slug])
    return f"{settings.SMILE.address}{path}" if settings.SMILE.address else request.build_absolute_uri(path)
