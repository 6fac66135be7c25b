# SPDX-License-Identifier: EUPL-1.2
"""Service requests: published reports as lists and one by one, tokens, and pictures everybody may see."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from smilecity.citizens import rules
from smilecity.citizens.api import sending
from smilecity.citizens.api.said import Row, Said, answered, is_citysdk, language_of, query_of
from smilecity.citizens.models import Need
from smilecity.citizens.reads import open311 as reads
from smilecity.citizens.rules import open311
from smilecity.core import clock
from smilecity.core.elsewhere import site
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.who import ANYONE

ROOT, ONE = "service_requests", "request"


@answered("GET", "POST")
def requests(request: HttpRequest) -> Said:
    """GET requests.<form>: what was reported; POST: report something."""
    if request.method == "POST":
        return Said(ROOT, ONE, [sending.reported(request)], 201)
    query = query_of(request)
    wish = open311.asked(query, clock.now(), citysdk=is_citysdk(request))
    if open311.said_yes(query.get("just_count", "")):
        return Said(ROOT, ONE, [{"count": reads.count_reports(ANYONE, wish)}])
    return Said(ROOT, ONE, _rows(request, wish))


@answered("GET", "PUT", "PATCH")
def request(request: HttpRequest, number: str) -> Said:
    """GET requests/<number>.<form>: one that is published; PUT or PATCH: how it stands now."""
    found = open311.id_of(number)
    if found is None:
        raise rules.unknown()
    if request.method in ("PUT", "PATCH"):
        sending.updated(request, found)
        return Said(ROOT, ONE, [{"service_request_id": str(found)}])
    rows = _rows(request, open311.Asked(ids=(found,)))
    if not rows:
        raise rules.unknown()
    return Said(ROOT, ONE, rows)


@answered("GET")
def token(request: HttpRequest, token: str) -> Said:
    """GET tokens/<token>.<form>: the number of what was sent, whether it is published or not."""
    try:
        found = reads.report_of_form(ANYONE, UUID(token))
    except ValueError:
        found = None
    if found is None:
        raise rules.unknown()
    return Said(ROOT, ONE, [{"service_request_id": str(found), "token": token}])


@require_safe
def photo(request: HttpRequest, number: str) -> HttpResponse:
    """GET photos/<number>.webp: a picture of a published report.

    An app asks each time whether it is still the same: parts of it may have been covered.
    """
    found = reads.shown_photo(ANYONE, open311.id_of(number) or 0)
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.full), content_type="image/webp")
    tag = f'"{found.digest[:24]}"'
    response["Cache-Control"], response["ETag"] = "public, no-cache", tag
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return get_conditional_response(request, etag=tag, response=response) or response


def _rows(request: HttpRequest, wish: open311.Asked) -> list[Row]:
    extended = open311.said_yes(request.GET.get("extensions", ""))
    here, language = site(request), language_of(request)
    return [_row(one, here, language, extended=extended) for one in reads.reports(ANYONE, wish)]


def _row(told: reads.Told, here: str, language: str, *, extended: bool) -> Row:
    need, keeper = told.need, told.need.noun.keeper
    closed = need.state == Need.CLOSED
    longitude, latitude = need.noun.geo["coordinates"] if need.noun.geo else (None, None)
    pictures = [f"{here}{reverse('open311:photo', args=[number])}" for number in told.photos]
    known = keeper is not None and keeper.visibility == Noun.PUBLIC
    row: Row = {
        "service_request_id": str(need.noun_id),
        "status": "closed" if closed else "open",
        "status_notes": told.note,
        "service_name": in_text(need.category.title, language) if need.category else "",
        "service_code": need.category.code if need.category else "",
        "description": in_text(need.noun.text, need.language),
        "agency_responsible": in_text(keeper.title, language) if keeper and known else "",
        "service_notice": "",
        "requested_datetime": localtime(need.said_at).isoformat(timespec="seconds"),
        "updated_datetime": localtime(told.changed_at).isoformat(timespec="seconds"),
        "expected_datetime": (
            localtime(need.due_at).isoformat(timespec="seconds") if need.due_at and not closed else None
        ),
        "address": "" if need.at_home else need.where,
        "address_id": None,
        "zipcode": None,
        "lat": latitude,
        "long": longitude,
        "media_url": pictures[0] if pictures else "",
    }
    return {**row, "extended_attributes": _extended(told, row, pictures)} if extended else row


def _extended(told: reads.Told, row: Row, pictures: list[str]) -> Row:
    """What CitySDK and Klarschiff tell besides."""
    need = told.need
    return {
        "title": in_text(need.noun.title, need.language),
        "detailed_status": open311.detailed_status(need.state, need.decision),
        "detailed_status_datetime": row["updated_datetime"],
        "description_public": True,
        "media_urls": pictures,
        "photo_required": False,
        "votes": need.backing,
    }
