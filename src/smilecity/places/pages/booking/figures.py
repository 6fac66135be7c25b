# SPDX-License-Identifier: EUPL-1.2
"""How much a place is used and what is to be paid: numbers without persons, and a table for the treasury."""

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from smilecity.core import moments
from smilecity.core.problems import Refusal
from smilecity.places.pages.booking import said
from smilecity.places.pages.booking.setting import frame, kept
from smilecity.places.reads import booking as reads
from smilecity.places.reads.booking.kept import MOST_USE_DAYS

WEEKS = 12
# Fewer bookings than this could be one person's habit: they are said as "some".
FEW = 3
NO_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
@login_required
@never_cache
def use(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /desk/bookings/at/<slug>/use/?since=&until=: bookings by weekday and hour, and who did not come."""
    who, place = kept(request, slug)
    since, until, wrong = _days(request)
    found = reads.use(who, place.noun_id, since, until)
    context = {
        **frame(place, _("Auslastung")),
        "since": since.isoformat(),
        "until": until.isoformat(),
        "wrong": wrong,
        "days": [moments.weekday(date(2024, 1, n)) for n in range(1, 8)],
        "hours": _table(found),
        "missed": [said.row(one) for one in reads.missed(who, place)],
        "few": FEW,
    }
    return render(request, "places/desk_booking_use.html", context, status=422 if wrong else 200)


@require_safe
@login_required
@never_cache
def fees(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /desk/bookings/at/<slug>/fees.csv?since=&until=: what is to be paid, a row for each booking."""
    who, place = kept(request, slug)
    since, until, wrong = _days(request)
    if wrong:
        raise Refusal("fees.days", wrong, status=422)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="fees-{slug}-{since}-{until}.csv"'
    response.write("\ufeff")  # so that spreadsheets read it as UTF-8
    writer = csv.writer(response, delimiter=";")
    writer.writerow(["booking", "unit", "start", "end", "state", "organisation", "euros"])
    for one in reads.fees(who, place, since, until):
        start, end = (f"{said.local(each):%Y-%m-%d %H:%M}" for each in one.during)
        row = [one.booking, said.name(one.unit), start, end, one.state, one.organisation]
        writer.writerow([*map(plain, row), f"{one.cents // 100},{one.cents % 100:02d}"])
    return response


def plain(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(NO_FORMULA) else text


def _days(request: HttpRequest) -> tuple[date, date, str]:
    """The days asked for, or the last twelve weeks; and what is wrong with them."""
    today = said.today()
    since, until = today - timedelta(weeks=WEEKS), today
    try:
        since = date.fromisoformat(request.GET.get("since") or since.isoformat())
        until = date.fromisoformat(request.GET.get("until") or until.isoformat())
    except ValueError:
        return since, until, _("Diesen Tag gibt es nicht.")
    if not 2000 <= since.year <= until.year <= 2199 or since > until:
        return (
            today - timedelta(weeks=WEEKS),
            today,
            _("Der letzte Tag liegt vor dem ersten, oder zu weit weg."),
        )
    if until - since > timedelta(days=MOST_USE_DAYS):
        return since, since + timedelta(days=MOST_USE_DAYS), _("Höchstens ein Jahr auf einmal.")
    return since, until, ""


def _table(found: Iterable[reads.Use]) -> list[tuple[str, list[dict[str, Any]]]]:
    """A row for each hour in which anything was booked, a cell for each weekday; small numbers are hidden."""
    cells = {(one.hour, one.weekday): one.bookings for one in found}
    if not cells:
        return []
    most = max(cells.values())
    hours = range(min(hour for hour, _day in cells), max(hour for hour, _day in cells) + 1)
    return [
        (f"{hour:02d}:00", [_cell(cells.get((hour, day), 0), most) for day in range(1, 8)]) for hour in hours
    ]


def _cell(count: int, most: int) -> dict[str, Any]:
    if count == 0:
        return {"said": "–", "much": 0}
    if count < FEW:
        return {"said": _("unter %(few)d") % {"few": FEW}, "much": 1}
    return {"said": str(count), "much": 1 + min(2, 2 * count // most)}
