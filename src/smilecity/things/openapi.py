# SPDX-License-Identifier: EUPL-1.2
"""The intake, and SensorThings, in the node's OpenAPI 3.1 document: merged in by the city."""

from collections.abc import Iterable
from typing import Any

from smilecity.things.api.arrays import COMPONENTS
from smilecity.things.intake.messages import MOST_PAYLOAD
from smilecity.things.intake.observations import MOST_OF_ONE
from smilecity.things.rules.entities import BY_PLURAL

EUI = {"type": "string", "pattern": "^[0-9A-Fa-f]{16}$"}
PORT = {"type": "integer", "minimum": 0, "maximum": 255, "default": 0}
MOMENT = {
    "type": "string",
    "format": "date-time",
    "description": "With offset; not older than raw uplinks are kept.",
}
PAYLOAD = {
    "type": "string",
    "contentEncoding": "base64",
    "default": "",
    "description": f"At most {MOST_PAYLOAD} bytes.",
}

TTS = {
    "type": "object",
    "description": "ApplicationUp of The Things Stack v3; other fields are not looked at.",
    "required": ["end_device_ids"],
    "properties": {
        "end_device_ids": {
            "type": "object",
            "properties": {
                "dev_eui": {"type": "string", "description": "Needed of uplinks: 16 hexadecimal digits."}
            },
        },
        "received_at": {**MOMENT, "type": ["string", "null"]},
        "uplink_message": {
            "type": ["object", "null"],
            "description": "Without it the event is not an uplink and is ignored.",
            "properties": {
                "session_key_id": {"type": "string", "default": ""},
                "f_port": PORT,
                "f_cnt": {"type": "integer", "minimum": 0, "maximum": 2**32 - 1, "default": 0},
                "frm_payload": PAYLOAD,
                "received_at": {**MOMENT, "type": ["string", "null"]},
            },
        },
    },
}

CHIRPSTACK = {
    "type": "object",
    "description": "UplinkEvent of ChirpStack v4 in JSON; other fields are not looked at.",
    "required": ["time", "deviceInfo", "deduplicationId"],
    "properties": {
        "time": MOMENT,
        "deviceInfo": {"type": "object", "required": ["devEui"], "properties": {"devEui": EUI}},
        "deduplicationId": {"type": "string", "format": "uuid"},
        "fPort": PORT,
        "data": PAYLOAD,
    },
}

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string", "description": "What is wrong."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What to do."},
        "code": {"type": "string", "description": "Stable, for machines."},
        "field": {"type": "string", "description": "The offending field, as a dotted path."},
    },
}

OUTCOME = {
    "type": "object",
    "required": ["outcome"],
    "properties": {
        "outcome": {"enum": ["stored", "known-before", "parked", "kept-raw", "heard", "ignored"]},
        "reason": {"type": "string"},
    },
}

EVENT = {
    "name": "event",
    "in": "query",
    "description": "ChirpStack's event; all but `up` are ignored.",
    "schema": {"type": "string", "default": "up"},
}

REFUSALS = {
    "400": "The body is not JSON in UTF-8, or broke off.",
    "401": "No valid key.",
    "403": "The key does not open the intake.",
    "404": "There is no such way in.",
    "405": "Not a POST.",
    "408": "The body came too slowly.",
    "413": "The body is too large.",
    "422": "A field is missing, wrong or out of range; `field` names it.",
    "429": "Too many wrong keys from this address.",
    "503": "Nothing can be stored at the moment; send it again later.",
}

SENSORTHINGS = "/sensorthings/v1.1"
# By name: what it is, and its schema.
OPTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "$filter": ("A condition, such as `result gt 20 and Datastream/name eq 'air'`.", {"type": "string"}),
    "$orderby": ("`phenomenonTime desc,id`.", {"type": "string"}),
    "$top": ("At most 1,000, of observations 10,000; more is capped.", {"type": "integer", "minimum": 0}),
    "$skip": ("How many to leave out; follow `@iot.nextLink` instead.", {"type": "integer", "minimum": 0}),
    "$count": ("Whether `@iot.count` says how many there are in all.", {"type": "boolean"}),
    "$select": ("Which properties.", {"type": "string"}),
    "$expand": ("Linked entities, with options of their own in parentheses.", {"type": "string"}),
    "$apply": ("Of observations: groups by stretches of time, and what they amount to.", {"type": "string"}),
    "$resultFormat": ("How it is told.", {"enum": ["json", "dataArray", "CSV", "GeoJSON"]}),
    "$skiptoken": ("Where a page begins; as it stands in `@iot.nextLink`.", {"type": "string"}),
}
OF_ONE = ("$select", "$expand")
ENTITY = {
    "type": "object",
    "description": "An entity of OGC SensorThings 1.1, with its properties and links.",
    "properties": {
        "@iot.id": {"type": "integer"},
        "@iot.selfLink": {"type": "string"},
        "name": {"type": "string"},
    },
}
ENTITIES = {
    "type": "object",
    "required": ["value"],
    "properties": {
        "@iot.count": {"type": "integer"},
        "@iot.nextLink": {"type": "string"},
        "value": {"type": "array", "items": {"type": "object"}},
    },
}
READING_REFUSALS = {
    "400": "What the query asks cannot be understood, or costs too much; `title` says where.",
    "401": "The key opens nothing.",
    "404": "There is nothing, or it is not for the asker.",
    "503": "It took too long, or the database is away.",
}
WRITING_REFUSALS = {
    "400": "The body is not JSON in UTF-8, or the address cannot be understood.",
    "401": "No valid key.",
    "403": "The key does not open this.",
    "404": "There is nothing, or it is not for the asker.",
    "405": "This address takes something else.",
    "408": "The body came too slowly.",
    "409": "Something else needs it, or the id is another observation's.",
    "412": "It has changed since the ETag of `If-Match`.",
    "413": "The body is too large.",
    "415": "The body is of no type that this address takes.",
    "422": "A property is missing, wrong or out of range; `field` names it.",
    "429": "Too many wrong keys from this address.",
    "503": "Nothing can be stored at the moment; send it again later.",
}
MADE = {
    "type": "object",
    "description": "What was made or changed; `Location` is its address.",
    "properties": {"@iot.id": {"type": "integer"}, "@iot.selfLink": {"type": "string", "format": "uri"}},
}
ARRAYS = {
    "type": "array",
    "description": "The data array extension: rows of columns, by datastream.",
    "items": {
        "type": "object",
        "required": ["components", "dataArray"],
        "properties": {
            "Datastream": {"$ref": "#/components/schemas/SensorThingsLink"},
            "MultiDatastream": {"$ref": "#/components/schemas/SensorThingsLink"},
            "components": {"type": "array", "items": {"enum": list(COMPONENTS)}, "uniqueItems": True},
            "dataArray@iot.count": {"type": "integer"},
            "dataArray": {"type": "array", "maxItems": MOST_OF_ONE, "items": {"type": "array"}},
        },
    },
}
LINK = {
    "type": "object",
    "required": ["@iot.id"],
    "properties": {"@iot.id": {"type": "integer", "minimum": 1}},
}
LINKS_OR_ERRORS = {
    "type": "array",
    "description": "In the order of the rows: the new observation's address, or `error: ` and why it is none.",
    "items": {"type": "string"},
}
JSON = "application/json"
JSON_PATCH = "application/json-patch+json"
SET = {"name": "set", "in": "path", "required": True, "schema": {"enum": list(BY_PLURAL)}}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag that was read: what has changed since is left alone.",
    "schema": {"type": "string"},
}


def paths() -> dict[str, Any]:
    """The path items, by address."""
    sensorthings = _reading()
    for path, item in _writing().items():
        sensorthings.setdefault(path, {}).update(item)
    return {
        **sensorthings,
        "/things/uplinks/tts": {"post": _operation("tts", "The Things Stack v3", [])},
        "/things/uplinks/chirpstack": {"post": _operation("chirpstack", "ChirpStack v4", [EVENT])},
    }


def components() -> dict[str, Any]:
    """What the path items refer to: schemas, responses and the security scheme."""
    return {
        "schemas": {
            "Problem": PROBLEM,
            "UplinkOutcome": OUTCOME,
            "UplinkOfTts": TTS,
            "UplinkOfChirpstack": CHIRPSTACK,
            "SensorThingsEntity": ENTITY,
            "SensorThingsEntities": ENTITIES,
            "SensorThingsLink": LINK,
            "SensorThingsMade": MADE,
            "SensorThingsArrays": ARRAYS,
            "SensorThingsLinksOrErrors": LINKS_OR_ERRORS,
        },
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "smile_..."}},
    }


def _reading() -> dict[str, Any]:
    """SensorThings' root, a set, and one entity; further along links as the standard has it."""
    whole = _answer("The entities.", "application/json", "SensorThingsEntities")
    for media in ("text/csv", "application/geo+json"):
        whole["content"][media] = {}
    return {
        SENSORTHINGS: {"get": _read("root", "What sets there are", [], _of_the_root())},
        f"{SENSORTHINGS}/{{set}}": {
            "get": _read("set", "List entities", [SET, *_options(OPTIONS)], whole),
        },
        f"{SENSORTHINGS}/{{set}}({{id}})": {
            "get": _read(
                "entity",
                "Read one entity",
                [SET, ID, *_options(OF_ONE)],
                _answer("The entity.", "application/json", "SensorThingsEntity"),
            ),
        },
    }


def _writing() -> dict[str, Any]:
    """Making, changing and deleting; at addresses along links the same."""
    made = _answer("Made.", JSON, "SensorThingsMade")
    made["headers"] = {"Location": {"schema": {"type": "string", "format": "uri"}}}
    changed = _answer("Changed.", JSON, "SensorThingsMade")
    whole, patch = _body(JSON, "SensorThingsEntity"), _body(JSON, "SensorThingsEntity")
    patch["content"][JSON_PATCH] = {"schema": {"type": "array", "items": {"type": "object"}}}
    one = {"parameters": [SET, ID, IF_MATCH]}
    told = _answer("Each row's outcome.", JSON, "SensorThingsLinksOrErrors")
    parts: dict[str, Any] = {"content": {media: {} for media in (JSON, "multipart/mixed")}}
    return {
        f"{SENSORTHINGS}/{{set}}": {
            "post": _write("create", "Make an entity, with others within it", made, "201", whole)
            | {"parameters": [SET]},
        },
        f"{SENSORTHINGS}/{{set}}({{id}})": {
            "patch": _write("change", "Change what the body says", changed, "200", patch) | one,
            "put": _write("replace", "Say an entity anew", changed, "200", whole) | one,
            "delete": _write("delete", "Delete an entity", {"description": "Deleted."}, "200") | one,
        },
        f"{SENSORTHINGS}/CreateObservations": {
            "post": _write(
                "arrays", "Store many observations", told, "201", _body(JSON, "SensorThingsArrays")
            ),
        },
        f"{SENSORTHINGS}/$batch": {
            "post": _write(
                "batch",
                "Several requests in one, change sets whole or not at all",
                {"description": "A reply for each part.", **parts},
                "200",
                {"required": True, **parts},
            ),
        },
    }


def _write(
    name: str, summary: str, answer: dict[str, Any], status: str, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "operationId": f"sensorthings_{name}",
        "tags": ["things"],
        "summary": summary,
        "description": "OGC SensorThings API 1.1 (18-088). Answered after the commit that holds it.",
        "security": [{"key": []}],
        **({"requestBody": body} if body else {}),
        "responses": {
            status: answer,
            **{
                refused: _answer(says, "application/problem+json", "Problem")
                for refused, says in WRITING_REFUSALS.items()
            },
        },
    }


def _body(media: str, schema: str) -> dict[str, Any]:
    return {"required": True, "content": {media: {"schema": _schema(schema)}}}


def _of_the_root() -> dict[str, Any]:
    return _answer("Sets, and what of the standard is met.", "application/json", "SensorThingsEntities")


def _options(names: Iterable[str]) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "description": OPTIONS[name][0], "schema": OPTIONS[name][1]}
        for name in names
    ]


def _read(
    name: str, summary: str, parameters: list[dict[str, Any]], answer: dict[str, Any]
) -> dict[str, Any]:
    return {
        "operationId": f"sensorthings_{name}",
        "tags": ["things"],
        "summary": summary,
        "description": "OGC SensorThings API 1.1 (18-088). A key shows what is not public.",
        "security": [{}, {"key": []}],
        "parameters": parameters,
        "responses": {
            "200": answer,
            **{
                status: _answer(says, "application/problem+json", "Problem")
                for status, says in READING_REFUSALS.items()
            },
        },
    }


def _operation(server: str, name: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "operationId": f"uplink_{server}",
        "tags": ["things"],
        "summary": f"Take in an uplink from {name}",
        "description": "Answered after the commit that holds it. A replay is stored once.",
        "security": [{"key": []}],
        "parameters": parameters,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _schema(f"UplinkOf{server.capitalize()}")}},
        },
        "responses": {
            "200": _answer("Stored, or stored before.", "application/json", "UplinkOutcome"),
            "202": _answer(
                "Kept raw, parked, or ignored; the reason says why.", "application/json", "UplinkOutcome"
            ),
            **{
                status: _answer(says, "application/problem+json", "Problem")
                for status, says in REFUSALS.items()
            },
        },
    }


def _answer(says: str, media: str, schema: str) -> dict[str, Any]:
    return {"description": says, "content": {media: {"schema": _schema(schema)}}}


def _schema(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
