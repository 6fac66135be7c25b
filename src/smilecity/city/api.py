# SPDX-License-Identifier: EUPL-1.2
"""/api/: the machine formats of all rooms under one roof, and one OpenAPI document for everything that is not a page."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import override
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from smilecity import __version__
from smilecity.citizens import openapi as needs
from smilecity.core.problems import MEDIA_TYPE, Refusal
from smilecity.governance.api import router as projects
from smilecity.places.api import bookings, units
from smilecity.places.api import router as places
from smilecity.things import openapi as intake
from smilecity.things.api.commands import router as commands

api = NinjaAPI(title="Smile City", version=__version__, urls_namespace="api", docs_url=None, openapi_url=None)
api.add_router("/places", places)
api.add_router("/bookings", bookings)
api.add_router("/units", units)
api.add_router("/projects", projects)
api.add_router("/things", commands)

GEOJSON = "application/geo+json"
REFUSED = {
    "description": "Refused",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as problem details, in English as everything that machines read."""
    with override("en"):
        problem = refusal.problem()
    return JsonResponse(problem, status=refusal.status, content_type=MEDIA_TYPE)


@api.exception_handler(ValidationError)
def wrong_input(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The first thing that is wrong with the input, named by its field."""
    first = error.errors[0] if error.errors else {}
    field = ".".join(str(part) for part in first.get("loc", ())[1:])
    return refused(
        request, Refusal("request.wrong-input", str(first.get("msg", "")), field=field, status=422)
    )


@api.exception_handler(HttpError)
def not_readable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """A body that is no JSON, as Ninja says it."""
    return refused(request, Refusal("request.not-readable", str(error), status=error.status_code))


@api.exception_handler(Http404)
def unknown(request: HttpRequest, error: Http404) -> HttpResponse:
    """Nothing at this address, or nothing that may be seen."""
    return refused(request, Refusal("request.unknown", "There is nothing at this address.", status=404))


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the node."""
    schema = dict(api.get_openapi_schema(path_prefix="/api/"))
    paths = dict(schema["paths"])
    for path in paths.values():
        for operation in path.values():
            operation["responses"].update({"4XX": REFUSED})
    schema["paths"] = {**paths, **intake.paths(), **needs.paths(), **OWN_PATHS}
    components = dict(schema.get("components", {}))
    for room in (intake, needs):
        for kind, named in room.components().items():
            components[kind] = {**components.get(kind, {}), **named}
    return {**schema, "components": components}


def openapi(request: HttpRequest) -> HttpResponse:
    """GET /api/openapi.json"""
    return JsonResponse(document())


def _answers(description: str, media: str, **others: str) -> dict[str, Any]:
    said: dict[str, Any] = {"200": {"description": description, "content": {media: {"schema": {}}}}}
    said.update({status.removeprefix("s"): {"description": text} for status, text in others.items()})
    said["4XX"] = REFUSED
    return said


_ABOUT = {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 1, "maxItems": 100}
OWN_PATHS: dict[str, Any] = {
    "/health": {
        "get": {
            "operationId": "health",
            "summary": "How the node is",
            "responses": _answers("Well", "application/json", s503="Not well; the body says what is away"),
        }
    },
    "/places/points.json": {
        "get": {
            "operationId": "points",
            "summary": "Places as GeoJSON points",
            "parameters": [{"name": "category", "in": "query", "schema": {"type": "string"}}],
            "responses": _answers("A FeatureCollection", GEOJSON, s304="As you know it"),
        }
    },
    "/places/{slug}/point.json": {
        "get": {
            "operationId": "point",
            "summary": "One place as a GeoJSON point",
            "parameters": [{"name": "slug", "in": "path", "required": True, "schema": {"type": "string"}}],
            "responses": _answers("A FeatureCollection", GEOJSON, s304="As you know it"),
        }
    },
    "/projects/points.json": {
        "get": {
            "operationId": "project_points",
            "summary": "Projects as GeoJSON points",
            "parameters": [{"name": "state", "in": "query", "schema": {"type": "string"}}],
            "responses": _answers("A FeatureCollection", GEOJSON, s304="As you know it"),
        }
    },
    "/projects/{slug}/point.json": {
        "get": {
            "operationId": "project_point",
            "summary": "One project as a GeoJSON point",
            "parameters": [{"name": "slug", "in": "path", "required": True, "schema": {"type": "string"}}],
            "responses": _answers("A FeatureCollection", GEOJSON, s304="As you know it"),
        }
    },
    "/projects/projects.json": {
        "get": {
            "operationId": "projects_json",
            "summary": "All public projects, as open data",
            "responses": _answers("As `items` in the API", "application/json", s304="As you know it"),
        }
    },
    "/projects/projects.csv": {
        "get": {
            "operationId": "projects_csv",
            "summary": "All public projects as a table, as open data",
            "responses": _answers("UTF-8, commas, one project a row", "text/csv", s304="As you know it"),
        }
    },
    "/space/base.json": {
        "get": {
            "operationId": "base_map",
            "summary": "The plain base map as GeoJSON",
            "responses": _answers("A FeatureCollection", GEOJSON, s304="As you know it"),
        }
    },
    "/areas/{key}/outline.json": {
        "get": {
            "operationId": "outline",
            "summary": "An area and its parts as GeoJSON",
            "parameters": [{"name": "key", "in": "path", "required": True, "schema": {"type": "string"}}],
            "responses": _answers("A FeatureCollection", GEOJSON, s304="As you know it"),
        }
    },
    "/live/": {
        "get": {
            "operationId": "live",
            "summary": "Server-sent events: something about these ids has changed",
            "parameters": [
                {"name": "about", "in": "query", "required": True, "schema": _ABOUT},
                {"name": "since", "in": "query", "schema": {"type": "integer", "minimum": 0}},
            ],
            "responses": _answers("The stream", "text/event-stream"),
        }
    },
}
