# SPDX-License-Identifier: EUPL-1.2
"""The OpenAPI 3.0 document of /ogc/. In English, like every document for machines."""

from typing import Any

from smilecity import __version__
from smilecity.core.problems import MEDIA_TYPE as PROBLEM
from smilecity.space.api.ogc_write import GEOJSON, HTML, JSON, OPENAPI
from smilecity.space.rules.features import MOST, USUAL

Schema = dict[str, Any]


def document(server: str, kinds: list[str]) -> Schema:
    """The whole document; `server` is the address of the landing page without a slash at its end."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Smile City: OGC API Features",
            "version": __version__,
            "description": "Whatever the city publishes, as features. Positions are WGS 84, longitude first.",
        },
        "servers": [{"url": server}],
        "paths": {
            "/": _path("landing", "What there is", JSON, _LINKED),
            "/conformance": _path("conformance", "Which parts of the standard hold", JSON, _CONFORMS),
            "/api": _path("api", "This document", OPENAPI, {"type": "object"}),
            "/collections": _path("collections", "One collection for each kind", JSON, _COLLECTIONS),
            "/collections/{kind}": _path("collection", "One collection", JSON, _COLLECTION, _kind(kinds)),
            "/collections/{kind}/items": _path(
                "items", "A page of features", GEOJSON, _FEATURES, _kind(kinds), *_QUESTIONS
            ),
            "/collections/{kind}/items/{id}": _path(
                "item", "One feature", GEOJSON, _FEATURE, _kind(kinds), _ID
            ),
        },
        "components": {"schemas": {"Problem": _PROBLEM}},
    }


def _path(name: str, summary: str, media: str, schema: Schema, *parameters: Schema) -> Schema:
    refused = {
        "description": "Refused",
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}, HTML: {"schema": _TEXT}},
    }
    answers = {
        "200": {"description": summary, "content": {media: {"schema": schema}, HTML: {"schema": _TEXT}}},
        "400": refused,
    }
    if any(one["in"] == "path" for one in parameters):
        answers["404"] = refused
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": [*parameters, _FORM],
            "responses": answers,
        }
    }


def _kind(kinds: list[str]) -> Schema:
    schema = {"type": "string", "enum": kinds}
    return {"name": "kind", "in": "path", "required": True, "description": "What it is", "schema": schema}


def _object(required: list[str], **properties: Schema) -> Schema:
    return {"type": "object", "required": required, "properties": properties}


def _array(of: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": of, **more}


_TEXT: Schema = {"type": "string"}
_FORM: Schema = {
    "name": "f",
    "in": "query",
    "description": "The form of the answer; without it the header Accept decides",
    "schema": {"type": "string", "enum": ["json", "html"]},
}
_ID: Schema = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1, "maximum": (1 << 63) - 1},
}
_QUESTIONS: tuple[Schema, ...] = (
    {
        "name": "limit",
        "in": "query",
        "description": "How many at most",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
        "style": "form",
        "explode": False,
    },
    {
        "name": "bbox",
        "in": "query",
        "description": "West, south, east, north in degrees; six numbers with heights. West above east crosses 180°.",
        "schema": {
            "type": "array",
            "oneOf": [{"minItems": n, "maxItems": n} for n in (4, 6)],
            "items": {"type": "number"},
        },
        "style": "form",
        "explode": False,
    },
    {
        "name": "datetime",
        "in": "query",
        "description": "Changed then: a moment of RFC 3339, or two with a slash between; `..` is open",
        "schema": _TEXT,
        "style": "form",
        "explode": False,
    },
    {
        "name": "after",
        "in": "query",
        "description": "From the link `next` of the page before",
        "schema": _TEXT,
    },
)
_LINK = _object(["href", "rel"], href=_TEXT, rel=_TEXT, type=_TEXT, title=_TEXT, hreflang=_TEXT)
_LINKS = _array(_LINK)
_LINKED = _object(["links"], title=_TEXT, description=_TEXT, links=_LINKS)
_CONFORMS = _object(["conformsTo"], conformsTo=_array(_TEXT), links=_LINKS)
_COLLECTION = _object(["id", "links"], id=_TEXT, title=_TEXT, itemType=_TEXT, crs=_array(_TEXT), links=_LINKS)
_COLLECTIONS = _object(["links", "collections"], links=_LINKS, collections=_array(_COLLECTION))
_GEOMETRY: Schema = {
    **_object(
        ["type", "coordinates"],
        type={
            "type": "string",
            "enum": ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"],
        },
        coordinates={"type": "array", "items": {}},
    ),
    "nullable": True,
}
_PROPERTIES = {
    **_object(
        ["title", "kind", "licence", "changed"],
        title=_TEXT,
        text=_TEXT,
        url=_TEXT,
        kind=_TEXT,
        licence=_TEXT,
        changed={"type": "string", "format": "date-time"},
        area_key=_TEXT,
        area_name=_TEXT,
        keeper=_TEXT,
    ),
    "additionalProperties": True,
}
_FEATURE = _object(
    ["type", "id", "geometry", "properties"],
    type={"type": "string", "enum": ["Feature"]},
    id={"type": "integer"},
    geometry=_GEOMETRY,
    properties=_PROPERTIES,
    links=_LINKS,
)
_FEATURES = _object(
    ["type", "features", "links"],
    type={"type": "string", "enum": ["FeatureCollection"]},
    features=_array(_FEATURE),
    numberReturned={"type": "integer", "minimum": 0},
    timeStamp={"type": "string", "format": "date-time"},
    links=_LINKS,
)
_PROBLEM = _object(
    ["type", "title", "status", "code"],
    type=_TEXT,
    title=_TEXT,
    status={"type": "integer"},
    code=_TEXT,
    detail=_TEXT,
    field=_TEXT,
)
