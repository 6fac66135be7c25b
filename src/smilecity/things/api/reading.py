# SPDX-License-Identifier: EUPL-1.2
"""GET: a call becomes one statement, and its one row is the answer."""

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote

import orjson

from smilecity.core.asgi import Headers
from smilecity.core.problems import Refusal
from smilecity.things import rights
from smilecity.things.api.calls import JSON, Call, Reply
from smilecity.things.reads.sensorthings import running
from smilecity.things.reads.sensorthings.running import Question, Row
from smilecity.things.reads.sensorthings.text import BASE
from smilecity.things.rules.entities import BY_PLURAL
from smilecity.things.rules.odata import next_query

if TYPE_CHECKING:
    from smilecity.things.api.service import SensorThings

_OF_THE_STANDARD = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
CONFORMANCE = tuple(
    _OF_THE_STANDARD + requirement
    for requirement in (
        "datamodel",
        "resource-path/resource-path-to-entities",
        "request-data",
        "create-update-delete/create-entity",
        "create-update-delete/link-to-existing-entities",
        "create-update-delete/deep-insert",
        "create-update-delete/deep-insert-status-code",
        "create-update-delete/update-entity",
        "create-update-delete/delete-entity",
        "create-update-delete/historical-location-auto-creation",
        "batch-request/batch-request",
        "data-array/data-array",
        "multi-datastream",
    )
)
"""The requirement classes that are met, whatever the node's settings."""
BY_MQTT = (
    _OF_THE_STANDARD + "create-observations-via-mqtt/observations-creation",
    _OF_THE_STANDARD + "receive-updates-via-mqtt/receive-updates",
)

# What the answer depends on besides its address; and it is to be asked for again each time, though perhaps not sent.
COMMON: Headers = [(b"cache-control", b"no-cache"), (b"vary", b"authorization, x-api-key")]
PATH_SAFE = "/()'$@=,.-_~:"


async def reply(service: "SensorThings", call: Call) -> Reply:
    """Answer a GET."""
    if not call.path.strip("/"):
        return root(call.base, service.mqtt_endpoints)
    asked = running.question(call.path, call.query, rights.sight(call.who))
    row = await running.ask(service.pool, asked)
    if row is None:
        raise Refusal(
            "entity.not-found",
            f"There is nothing at {call.path[:200]}, or it is not for you.",
            cure="Begin at the service's root, or send a key that sees more.",
            status=404,
        )
    return _answered(call, asked, row)


def root(base: str, endpoints: tuple[str, ...] = ()) -> Reply:
    """The service's root document (18-088, 9.2.1); `endpoints` are addresses of MQTT brokers."""
    settings: dict[str, object] = {"conformance": [*CONFORMANCE, *(BY_MQTT if endpoints else ())]}
    if endpoints:
        settings |= {requirement: {"endpoints": list(endpoints)} for requirement in BY_MQTT}
    sets = [{"name": name, "url": f"{base}/{name}"} for name in BY_PLURAL]
    return Reply(200, orjson.dumps({"value": sets, "serverSettings": settings}), JSON, list(COMMON))


def _answered(call: Call, asked: Question, row: Row) -> Reply:
    statement, body = asked.statement, row[0]
    if statement.answer == "list":
        return _page(call, asked, row)
    if body is None:
        return Reply(204, headers=list(COMMON))  # a property that there is, and nothing in it
    if statement.answer == "entity":
        return _entity(call, _with_base(body, call.base), row[1])
    return Reply(200, body, _media(statement.media), list(COMMON))


def _page(call: Call, asked: Question, row: Row) -> Reply:
    around, headers = asked.statement.around, list(COMMON)
    items, token, count = row
    counted = (around.counted, count, b",") if around.counted and count is not None else ()
    link = b""
    if token is not None:
        following = _next(call, token.decode())
        if around.ends:
            link = b',"@iot.nextLink":' + orjson.dumps(following)
        else:
            headers.append((b"link", f'<{following}>; rel="next"'.encode()))
    items = _with_base(items or b"", call.base) if around.ends else items or b""
    parts = (around.before, *counted, around.opens, items, around.closes, link, around.ends)
    return Reply(200, b"".join(parts), _media(asked.statement.media), headers)


def _entity(call: Call, body: bytes, row: bytes | None) -> Reply:
    """With an ETag that says which state it is, and no body if the asker has that."""
    rest = hashlib.blake2s(body, digest_size=8).hexdigest()
    etag = f'"{(row or b"").decode()}-{rest}"'
    headers = [*COMMON, (b"etag", etag.encode())]
    known = [one.strip().removeprefix("W/") for one in call.headers.get("if-none-match", "").split(",")]
    if etag in known or "*" in known:
        return Reply(304, headers=headers)
    return Reply(200, body, JSON, headers)


def _next(call: Call, token: str) -> str:
    """Where the next page is."""
    return f"{call.base}{quote(call.path, safe=PATH_SAFE)}?{next_query(call.query, token)}"


def _with_base(body: bytes, base: str) -> bytes:
    return body.replace(BASE.encode(), orjson.dumps(base)[1:-1])


def _media(media: str) -> str:
    return f"{media}; charset=utf-8" if media == "text/plain" else media
