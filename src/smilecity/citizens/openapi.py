# SPDX-License-Identifier: EUPL-1.2
"""Open311, CitySDK and the open data of needs, in the node's OpenAPI 3.1 document: merged in by the city."""

from typing import Any

from smilecity.citizens.rules import MOST_PHOTOS, open311

Schema = dict[str, Any]
GEOREPORT, CITYSDK = "/open311/v2", "/citysdk"
JSON, XML = "application/json", "text/xml"
FORM, FILES = "application/x-www-form-urlencoded", "multipart/form-data"
GEOJSON, PROBLEM = "application/geo+json", "application/problem+json"

TEXT: Schema = {"type": "string"}
MAYBE: Schema = {"type": ["string", "null"]}
MOMENT: Schema = {"type": "string", "format": "date-time"}
NUMBER: Schema = {"type": "integer", "minimum": 1, "maximum": open311.MOST_ID}
YES: Schema = {"type": "boolean"}
LATITUDE: Schema = {"type": "number", "minimum": -90, "maximum": 90}
LONGITUDE: Schema = {"type": "number", "minimum": -180, "maximum": 180}


def _object(needed: str, /, **properties: Schema) -> Schema:
    return {"type": "object", "required": needed.split(), "properties": properties}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


ENDPOINT = _object(
    "specification url changeset type formats",
    specification=TEXT, url={"type": "string", "format": "uri"}, changeset=TEXT, type=TEXT, formats=_list(TEXT),
)  # fmt: skip
ATTRIBUTE = _object(
    "variable code datatype required order description",
    variable=YES, code=TEXT, required=YES, order={"type": "integer"}, description=TEXT, datatype_description=TEXT,
    datatype={"enum": ["string", *open311.DATATYPES.values()]},
    values=_list(_object("key name", key=TEXT, name=TEXT)),
)  # fmt: skip
EXTENDED = _object(
    "title detailed_status votes",
    title=TEXT, detailed_status={"enum": list(open311.DETAILED)}, detailed_status_datetime=MOMENT,
    description_public=YES, media_urls=_list(TEXT), photo_required=YES, votes={"type": "integer", "minimum": 0},
)  # fmt: skip
REPORT = _object(
    "service_request_id status service_name service_code requested_datetime",
    service_request_id=TEXT, status={"enum": ["open", "closed"]}, status_notes=TEXT, service_name=TEXT,
    service_code=TEXT, description=TEXT, agency_responsible=TEXT, service_notice=TEXT, requested_datetime=MOMENT,
    updated_datetime=MOMENT, expected_datetime={**MOMENT, "type": ["string", "null"]}, address=TEXT,
    address_id=MAYBE, zipcode=MAYBE, lat={"type": ["number", "null"]}, long={"type": ["number", "null"]},
    media_url=TEXT, extended_attributes=EXTENDED,
) | {
    "example": {
        "service_request_id": "4711", "status": "closed", "status_notes": "The lamp shines again.",
        "service_name": "Street lamp", "service_code": "lamp", "description": "The lamp at the quay is dark.",
        "requested_datetime": "2026-11-02T08:15:00+01:00", "updated_datetime": "2026-11-05T14:00:00+01:00",
        "expected_datetime": None, "lat": 54.0887, "long": 12.1405, "media_url": "",
    },
}  # fmt: skip
SCHEMAS: dict[str, Schema] = {
    "Open311Discovery": _object(
        "changeset contact key_service endpoints",
        changeset=TEXT, contact=TEXT, key_service=TEXT, endpoints=_list(ENDPOINT),
    ),
    "Open311Services": _list(
        _object(
            "service_code service_name metadata type",
            service_code=TEXT, service_name=TEXT, description=TEXT, metadata=YES, type={"const": "realtime"},
            keywords=TEXT, group=TEXT,
        )
    ),
    "Open311Definition": _object("service_code attributes", service_code=TEXT, attributes=_list(ATTRIBUTE)),
    "Open311Reports": _list(REPORT),
    "Open311Count": _list(_object("count", count={"type": "integer", "minimum": 0})),
    "Open311Sent": _list(
        _object("service_request_id", service_request_id=TEXT, token=TEXT, service_notice=TEXT, account_id=MAYBE)
    ),
    "Open311Errors": _list(_object("code description", code={"type": "integer"}, description=TEXT))
    | {"example": [{"code": 404, "description": "need.unknown: There is no such need."}]},
    "CitySdkAreas": _list(_object("id name grenze", id={"type": "integer"}, name=TEXT, grenze=TEXT)),
    "CitySdkCoverage": _object("result", result=YES),
    "CitySdkSaid": _list(_object("comment datetime service_request_id", comment=TEXT, datetime=MOMENT)),
    "CitySdkAbuse": _list(_object("id", id=TEXT)),
}  # fmt: skip
REFUSALS = {
    "400": "A parameter is wrong; `description` names it and says what to do.",
    "403": "It needs a key, another one, or an account.",
    "404": "There is nothing, or it is not published.",
    "405": "This address takes something else.",
    "413": "The form is too large.",
    "429": "Too many requests from this address in a minute.",
}
# An address that ends otherwise is a page's; and too many writes are stopped at the door, whatever they are for.
BESIDES: Schema = {"404": {"text/html": {}}, "413": {PROBLEM: {}}, "429": {PROBLEM: {}}}


def _query(name: str, says: str, schema: Schema, **more: Any) -> Schema:
    return {"name": name, "in": "query", "description": says, "schema": schema, **more}


def _in_path(name: str, says: str, schema: Schema) -> Schema:
    return {"name": name, "in": "path", "required": True, "description": says, "schema": schema}


FORMAT = _in_path("form", "How it is told.", {"enum": ["json", "xml"]})
CODE = _in_path("code", "Code of a service.", {"type": "string", "pattern": "^[a-z0-9-]{1,50}$"})
ID = _in_path("number", "The `service_request_id`.", NUMBER)
LANGUAGE = _query("locale", "Language of names; without it the city's.", {"enum": ["de", "en"]})
SPOT = [_query("lat", "Latitude (WGS 84).", LATITUDE), _query("long", "Longitude.", LONGITUDE)]
ASKED = [
    _query("service_request_id", "These and no others, with commas between them.", TEXT, example="4711,4712"),
    _query("service_code", "Of these services, with commas between them.", TEXT, example="lamp"),
    _query("status", "Open or closed; both with a comma.", {"enum": ["open", "closed", "open,closed"]}),
    _query("start_date", "Reported since then; at most 90 days before `end_date`.", MOMENT),
    _query("end_date", "Reported until then.", MOMENT),
    _query("updated_after", "The public heard something since then.", MOMENT),
    _query("updated_before", "The public heard something last before then.", MOMENT),
    _query("page", "Which page.", {"type": "integer", "minimum": 1, "maximum": 100}),
    _query(
        "per_page", "How many on one.", {"type": "integer", "minimum": 1, "maximum": open311.MOST_REQUESTS}
    ),
    *SPOT,
    _query(
        "radius",
        "So many metres around `lat` and `long`.",
        {"type": "number", "maximum": open311.MOST_METRES},
    ),
    _query("extensions", "Tell `extended_attributes` too.", YES),
    LANGUAGE,
]
ASKED_BY_CITYSDK = [
    *ASKED,
    _query(
        "detailed_status", "CitySDK's statuses, with commas between them.", {"enum": list(open311.DETAILED)}
    ),
    _query("keyword", "Kinds of reports.", {"enum": list(open311.KEYWORDS)}),
    _query("agency_responsible", "Name of who is responsible.", TEXT),
    _query(
        "area_code",
        "Ids of areas, with commas between them.",
        {"type": "string", "pattern": "^[1-9][0-9]{0,9}$"},
    ),
    _query("with_picture", "Only with a picture everybody may see.", YES),
    _query("just_count", "Only how many.", YES),
]
REPORTED = _object(
    "service_code",
    service_code=TEXT, lat=LATITUDE, long=LONGITUDE,
    address_string=TEXT, description={"type": "string", "maxLength": 2000},
    email={"type": "string", "format": "email", "description": "For the answer; deleted in time, never told."},
    client_id={
        "type": "string", "minLength": open311.LEAST_CLIENT_ID, "maxLength": open311.MOST_CLIENT_ID,
        "description": "Sent again by the same key, one report is kept.",
    },
    at_home={**YES, "description": "The position is blurred for everybody but those who work on it."},
    media_url={"type": "string", "format": "uri", "description": "Kept as words, never fetched."},
) | {
    "description": "`lat` and `long`, or `address_string`; answers to what a service asks as `attribute[CODE]`.",
    "example": {
        "service_code": "lamp", "lat": 54.0887, "long": 12.1405, "description": "The lamp at the quay is dark.",
    },
}  # fmt: skip
PICTURES = {**_list({"type": "string", "format": "binary"}), "maxItems": MOST_PHOTOS}
WITH_FILES = {**REPORTED, "properties": {**REPORTED["properties"], "media": PICTURES}}
CHANGED = _object(
    "detailed_status status_notes",
    detailed_status={"enum": ["RECEIVED", "IN_PROCESS", "PROCESSED", "REJECTED"]},
    status_notes={"type": "string", "minLength": 1, "description": "What its people read; never without."},
)  # fmt: skip


def paths() -> dict[str, Any]:
    """The path items, by address."""
    return {**_of_reports(GEOREPORT, "open311", ASKED), **_citysdk(), **_open_data()}


def components() -> dict[str, Any]:
    """What the path items refer to."""
    errors = {"$ref": "#/components/schemas/Open311Errors"}
    refusals = {
        _refused(status): {
            "description": says,
            "content": {JSON: {"schema": errors}, XML: {}, **BESIDES.get(status, {})},
        }
        for status, says in REFUSALS.items()
    }
    return {"schemas": SCHEMAS, "responses": refusals}


def _refused(status: str) -> str:
    """What a refusal is called among the responses."""
    return f"Open311Refused{status}"


def _of_reports(root: str, dialect: str, asked: list[Schema], *lists: str) -> dict[str, Any]:
    """What GeoReport v2 has, and CitySDK as well; `lists` are what a list of reports may be besides."""

    def one(name: str, summary: str, schema: str, *parameters: Schema, **more: Any) -> Schema:
        return _operation(f"{dialect}_{name}", summary, [schema], *parameters, **more)

    reports = _operation(f"{dialect}_requests", "Published reports", ["Open311Reports", *lists], *asked)
    send = one(
        "report",
        "Report something",
        "Open311Sent",
        status="201",
        body=_body(REPORTED, WITH_FILES),
        scope="report",
    )
    return {
        f"{root}/discovery.{{form}}": {"get": one("discovery", "Where it is", "Open311Discovery")},
        f"{root}/services.{{form}}": {"get": one("services", "What can be reported", "Open311Services", LANGUAGE)},
        f"{root}/services/{{code}}.{{form}}": {
            "get": one("service", "What is asked besides", "Open311Definition", CODE, LANGUAGE)
        },
        f"{root}/requests.{{form}}": {"get": reports, "post": send},
        f"{root}/requests/{{number}}.{{form}}": {"get": one("request", "One report", "Open311Reports", ID)},
        f"{root}/tokens/{{token}}.{{form}}": {
            "get": one(
                "token", "The number of what was sent", "Open311Sent",
                _in_path("token", "From the address of its page.", {"type": "string", "format": "uuid"}),
            )
        },
    }  # fmt: skip


def _citysdk() -> dict[str, Any]:
    """The same by CitySDK's rules, and what only Klarschiff's clients ask."""
    found = _of_reports(CITYSDK, "citysdk", ASKED_BY_CITYSDK, "Open311Count")
    change = _operation(
        "citysdk_change",
        "Say how a report stands",
        ["Open311Sent"],
        ID,
        body=_body(CHANGED),
        scope="report-work",
    )
    found[f"{CITYSDK}/requests/{{number}}.{{form}}"].update(
        {"put": change, "patch": {**change, "operationId": "citysdk_amend"}}
    )
    noted = _body(_object("note", note={"type": "string", "minLength": 1}))
    abuse = _body(
        _object("comment", comment=TEXT, rule={"type": "string", "description": "Of the house rules."})
    )
    areas = [
        _query(
            "area_code", "Ids, with commas between them.", {"type": "string", "pattern": "^[1-9][0-9]{0,9}$"}
        ),
        _query("with_districts", "All areas, not only the city.", YES),
    ]
    said = ["CitySdkSaid"]
    return {
        **found,
        f"{CITYSDK}/areas.{{form}}": {"get": _operation("citysdk_areas", "Areas as WKT", ["CitySdkAreas"], *areas)},
        f"{CITYSDK}/coverage.{{form}}": {
            "get": _operation("citysdk_coverage", "Whether it is in the city", ["CitySdkCoverage"], *SPOT)
        },
        f"{CITYSDK}/requests/comments/{{number}}.{{form}}": {
            "get": _operation("citysdk_comments", "What people say about it", said, ID)
        },
        f"{CITYSDK}/requests/notes/{{number}}.{{form}}": {
            "get": _operation("citysdk_notes", "What colleagues noted", said, ID, scope="report-work"),
            "post": _operation("citysdk_note", "Note something", said, ID, status="201", body=noted, scope="report-work"),
        },
        f"{CITYSDK}/requests/abuses/{{number}}.{{form}}": {
            "post": _operation(
                "citysdk_abuse", "It breaks a house rule", ["CitySdkAbuse"], ID, status="201", body=abuse
            )
        },
    }  # fmt: skip


def _open_data() -> dict[str, Any]:
    """What everybody may take away."""
    known = {
        "needs": ("/needs{end}", "Published needs"),
        "comments": ("/needs/comments{end}", "What is said about them in public"),
        "numbers": ("/needs/numbers{end}", "How many, how fast, decided how"),
        "pulse": ("/pulse/results{end}", "The pulse of the city, where enough people answered"),
    }
    found = {
        address.format(end=end): {"get": _data(f"{name}_{end[1:]}", summary, media)}
        for name, (address, summary) in known.items()
        for end, media in ((".json", JSON), (".csv", "text/csv"))
    }
    found["/needs/points.json"] = {"get": _data("need_points", "Published needs as GeoJSON points", GEOJSON)}
    return found


def _data(name: str, summary: str, media: str) -> Schema:
    problem = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "operationId": name,
        "tags": ["citizens"],
        "summary": summary,
        "responses": {
            "200": {"description": summary, "content": {media: {"schema": {}}}},
            "304": {"description": "As you know it."},
            "4XX": {"description": "Refused.", "content": problem},
        },
    }


def _operation(
    name: str,
    summary: str,
    answers: list[str],
    *parameters: Schema,
    status: str = "200",
    body: Schema | None = None,
    scope: str = "",
) -> Schema:
    """One call, in JSON and in XML; `scope` is that of the key it needs."""
    schemas = [{"$ref": f"#/components/schemas/{one}"} for one in answers]
    answer = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    keys = {"security": [{"key": []}], "description": f"By a key of the scope `{scope}`."} if scope else {}
    return {
        "operationId": name,
        "tags": ["citizens"],
        "summary": summary,
        **keys,
        "parameters": [*parameters, FORMAT],
        **({"requestBody": body} if body else {}),
        "responses": {
            status: {"description": summary, "content": {JSON: {"schema": answer}, XML: {}}},
            **{number: {"$ref": f"#/components/responses/{_refused(number)}"} for number in REFUSALS},
        },
    }


def _body(fields: Schema, with_files: Schema | None = None) -> Schema:
    content: Schema = {FORM: {"schema": fields}, JSON: {"schema": fields}}
    return {
        "required": True,
        "content": {**content, **({FILES: {"schema": with_files}} if with_files else {})},
    }
