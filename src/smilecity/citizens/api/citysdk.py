# SPDX-License-Identifier: EUPL-1.2
"""What Klarschiff's clients ask besides: areas, whether the city is responsible, comments, notes, votes."""

from typing import Any

from django.http import HttpRequest
from django.utils.timezone import localtime

from smilecity.citizens import actions, reads, rules
from smilecity.citizens.actions.abuse import report_need
from smilecity.citizens.api import sending
from smilecity.citizens.api.said import Row, Said, answered, language_of
from smilecity.citizens.models import Comment, NeedStep
from smilecity.citizens.reads import open311 as reports
from smilecity.citizens.rules import open311
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE

# Klarschiff's clients name no rule: it is the mildest then, and a moderator reads their words.
UNNAMED = "off-topic"


@answered("GET")
def areas(request: HttpRequest) -> Said:
    """GET areas.<form>?area_code=&with_districts=: areas with their outlines as WKT."""
    wanted = [
        open311.id_of(one.strip()) or 0 for one in request.GET.get("area_code", "").split(",") if one.strip()
    ]
    parts = open311.said_yes(request.GET.get("with_districts", ""))
    rows = [
        {"id": one.id, "name": in_text(one.title, language_of(request)), "grenze": _wkt(one.geo)}
        for one in reports.outlines(ANYONE, wanted, parts=parts)
    ]
    return Said("areas", "area", rows)


@answered("GET")
def coverage(request: HttpRequest) -> Said:
    """GET coverage.<form>?lat=&long=: whether reports are taken in here."""
    spot = open311.spot_of({name: request.GET.get(name, "") for name in ("lat", "long")})
    if spot is None:
        raise open311.wrong("lat", "Say where by lat and long.")
    try:
        reads.area_of(ANYONE, spot)
    except Refusal as refusal:
        if refusal.code != "need.outside":
            raise
        return Said("hash", "", {"result": False})
    return Said("hash", "", {"result": True})


@answered("GET", "POST")
def comments(request: HttpRequest, number: str) -> Said:
    """GET requests/comments/<number>.<form>: what people say to each other about it; POST: say something, which waits for
    a moderator. Of who says it nothing is kept.
    """
    found = _number(number)
    if request.method == "POST":
        return Said("comments", "comment", [_comment(found, sending.commented(request, found))], 201)
    return Said("comments", "comment", [_comment(found, one) for one in reports.comments(ANYONE, found)])


@answered("POST")
def abuses(request: HttpRequest, number: str) -> Said:
    """POST requests/abuses/<number>.<form>: it breaks a rule of the house. Of who says so nothing is kept."""
    who, fields = sending.sender(request), sending.fields_of(request)
    rule, words = (fields.get(name, [""])[0] for name in ("rule", "comment"))
    kept = report_need(who, _number(number), rule or UNNAMED, words)
    return Said("abuses", "abuse", [{"id": str(kept.id)}], 201)


@answered("GET", "POST")
def notes(request: HttpRequest, number: str) -> Said:
    """GET requests/notes/<number>.<form>: what colleagues noted; POST: note something. By a key for that."""
    who, found = sending.worker(request), _number(number)
    if request.method == "POST":
        text = sending.fields_of(request).get("note", [""])[0]
        return Said("notes", "note", [_note(found, actions.note_need(who, found, text))], 201)
    return Said("notes", "note", [_note(found, one) for one in reports.notes(who, found)])


@answered("POST")
def votes(request: HttpRequest, number: str) -> Said:
    """POST requests/votes/<number>.<form>: not by an e-mail address, for nobody could say whose it is."""
    raise _signed_in("needs something too")


def _number(text: str) -> int:
    found = open311.id_of(text)
    if found is None:
        raise rules.unknown()
    return found


def _signed_in(does: str) -> Refusal:
    return Refusal(
        "open311.account-needed",
        f"Whoever {does} says so at its page, signed in: that is not taken in from programmes.",
        status=403,
    )


def _comment(number: int, comment: Comment) -> Row:
    return {
        "id": str(comment.id),
        "jurisdiction_id": "",
        "comment": comment.words,
        "datetime": localtime(comment.at).isoformat(timespec="seconds"),
        "service_request_id": str(number),
    }


def _note(number: int, step: NeedStep) -> Row:
    return {
        "jurisdiction_id": "",
        "comment": step.sentence,
        "datetime": localtime(step.at).isoformat(timespec="seconds"),
        "service_request_id": str(number),
        "author": step.by,
    }


def _wkt(geo: Any) -> str:
    """A polygon or several, as well-known text of several."""
    polygons = [geo["coordinates"]] if geo["type"] == "Polygon" else geo["coordinates"]
    return f"MULTIPOLYGON ({', '.join(_rings(one) for one in polygons)})"


def _rings(polygon: Any) -> str:
    rings = (", ".join(f"{point[0]} {point[1]}" for point in ring) for ring in polygon)
    return f"({', '.join(f'({ring})' for ring in rings)})"
