# SPDX-License-Identifier: EUPL-1.2
"""Projects as JSON below /api/projects, as points for maps, and all public ones as open data (JSON and CSV)."""

import csv
import hashlib
import io
from datetime import date, datetime
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from ninja import Field, Query, Router, Schema

from smilecity.core.models import Noun
from smilecity.governance import reads
from smilecity.governance.pages import said
from smilecity.governance.pages.project import must_find
from smilecity.governance.reads.projects import PAGE_SIZE
from smilecity.governance.rules import course, finding, published
from smilecity.people.reads import who_asks

router = Router(tags=["projects"])
GEOJSON = "application/geo+json"
MOST_POINTS = 2000


class MilestoneOut(Schema):
    """A part of the way. `dropped` says why it falls away, per language; empty if it does not."""

    title: dict[str, str]
    due: date | None
    done_on: date | None
    weight: int
    dropped: dict[str, str]


class ProjectOut(Schema):
    """A project as machines get it. Money is in cents; null is not said yet. `progress_percent` is computed."""

    id: int
    key: str
    address: str
    title: dict[str, str]
    text: dict[str, str]
    simple: dict[str, str]
    state: str
    progress_percent: int | None
    behind_since: date | None
    behind_explained: bool | None
    starts_on: date | None
    ends_on: date | None
    budget_cents: int | None
    spent_cents: int | None
    money_from: dict[str, str]
    responsible: dict[str, str]
    contact: dict[str, str]
    email: str
    area: dict[str, str]
    position: list[float] | None
    needs_answered: int
    milestones: list[MilestoneOut]
    changed_at: datetime
    licence: str


class ProjectsOut(Schema):
    """A page of projects; `after` is what the next page is asked with, empty at the end."""

    items: list[ProjectOut]
    after: str


class WishIn(Schema):
    """What the list of the pages asks, by the same names."""

    q: str = Field("", description="Words, forgiven when mistyped.")
    state: str = Field("", description="`planned`, `running`, `done` or `stopped`.")
    area: str = Field("", description="Key of an area; everything below it counts.")


@router.get("", response=ProjectsOut, summary="Projects that answer a wish")
def list_projects(request: HttpRequest, wish: Query[WishIn], after: str = "", size: int = PAGE_SIZE) -> Any:
    """Projects, keyset-paged, in order of title or fit; `size` is capped at 200."""
    some = reads.sought(who_asks(request), finding.asked(request.GET), after=after, size=size)
    return {"items": _out(some.items), "after": some.after}


@router.get("/{key}", response=ProjectOut, summary="One project")
def get_project(request: HttpRequest, key: str) -> Any:
    """The project at `/projects/<key>/`."""
    return _out([must_find(who_asks(request), key).noun])[0]


@require_safe
def table_json(request: HttpRequest) -> HttpResponse:
    """GET /projects/projects.json: all public projects, as in the API."""
    body = orjson.dumps({"items": _out(reads.all_public())}, option=orjson.OPT_UTC_Z)
    return _answer(request, body, "application/json")


@require_safe
def table_csv(request: HttpRequest) -> HttpResponse:
    """GET /projects/projects.csv: one public project a row, UTF-8, commas, RFC 4180."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(published.COLUMNS)
    table.writerows(published.cells(_flat(one)) for one in _out(reads.all_public()))
    return _answer(request, out.getvalue().encode(), "text/csv; charset=utf-8")


@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """GET /projects/points.json?<as the list>: projects as GeoJSON; `limited` says if these are not all."""
    found = reads.with_position(who_asks(request), finding.asked(request.GET), MOST_POINTS + 1)
    return _collection(request, found[:MOST_POINTS], limited=len(found) > MOST_POINTS)


@require_safe
def point(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /projects/<slug>/point.json: this project alone, for the map on its page."""
    noun = must_find(who_asks(request), slug).noun
    return _collection(request, [noun] if noun.geo else [])


def _collection(request: HttpRequest, nouns: list[Noun], *, limited: bool = False) -> HttpResponse:
    features = [
        {
            "type": "Feature",
            "id": noun.id,
            "geometry": noun.geo,
            "properties": {
                "id": noun.id,
                "title": card.title,
                "url": card.url,
                "kind": "project",
                "state_text": card.state,
            },
        }
        for noun, card in zip(nouns, said.cards(nouns), strict=True)
    ]
    body = orjson.dumps({"type": "FeatureCollection", "features": features, "limited": limited})
    return _answer(request, body, GEOJSON)


def _answer(request: HttpRequest, body: bytes, media: str) -> HttpResponse:
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    response = get_conditional_response(request, etag=tag) or HttpResponse(body, content_type=media)
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache"
    return response


def _out(nouns: list[Noun]) -> list[dict[str, Any]]:
    start, today = f"{settings.SMILE.address}{reverse('projects:list')}", reads.today()
    needs = reads.counted_needs([noun.id for noun in nouns])
    return [_one(noun, start, today, needs.get(noun.id, 0)) for noun in nouns]


def _one(noun: Noun, start: str, today: date, needs: int) -> dict[str, Any]:
    project, way = noun.project, reads.course_of(noun.project)
    late = course.late(way, today)
    return {
        "id": noun.id,
        "key": said.slug_of(noun),
        "address": f"{start}{said.slug_of(noun)}/",
        "title": noun.title,
        "text": noun.text,
        "simple": project.simple,
        "state": project.state,
        "progress_percent": course.progress(way.milestones),
        "behind_since": late.since if late else None,
        "behind_explained": late.explained if late else None,
        "starts_on": project.starts_on,
        "ends_on": project.ends_on,
        "budget_cents": project.budget,
        "spent_cents": project.spent,
        "money_from": project.money_from,
        "responsible": noun.keeper.title if noun.keeper else {},
        "contact": project.contact,
        "email": project.email,
        "area": noun.area.title if noun.area else {},
        "position": noun.geo["coordinates"] if noun.geo else None,
        "needs_answered": needs,
        "milestones": [
            {"title": m.title, "due": m.due, "done_on": m.done_on, "weight": m.weight, "dropped": m.dropped}
            for m in project.milestones.all()
        ],
        "changed_at": noun.changed_at,
        "licence": noun.licence,
    }


def _flat(one: dict[str, Any]) -> dict[str, Any]:
    """The project as one row: texts by language, and its milestones counted."""
    texts = {"title": one["title"], "summary": one["text"], "money_from": one["money_from"]}
    flat = {f"{name}_{code}": said_in.get(code) for name, said_in in texts.items() for code in ("de", "en")}
    counted = [milestone for milestone in one["milestones"] if not milestone["dropped"]]
    position = one["position"] or (None, None)
    return one | flat | {
        "milestones": len(counted),
        "milestones_reached": sum(milestone["done_on"] is not None for milestone in counted),
        "responsible": one["responsible"].get("de"),
        "area": one["area"].get("de"),
        "longitude": position[0],
        "latitude": position[1],
        "changed_at": one["changed_at"].isoformat(),
    }  # fmt: skip
