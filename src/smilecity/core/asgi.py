# SPDX-License-Identifier: EUPL-1.2
"""What the plain ASGI addresses share: reading a body, answering JSON, turning refusals into problems."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import IO, Any

import orjson
import structlog

from smilecity.core.patience import Patience
from smilecity.core.problems import MEDIA_TYPE, Refusal

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

SECONDS_FOR_A_BODY = 30.0
SECONDS_FOR_A_FILE = 600.0
PART = 1 << 18
LOST_COOKIE = "smile.lost_cookie"
"""In a scope: there was a cookie that could not be read."""
UNSENT = "smile.unsent"
"""In a scope: says whether nothing of the answer has been sent yet, so that another may take its place."""

log = structlog.get_logger("door")


def too_large(limit: int) -> Refusal:
    """The refusal of a body over `limit` bytes."""
    return Refusal(
        "request.too-large", f"The body is larger than {limit} bytes.", cure="Send less at once.", status=413
    )


def header(scope: Scope, name: bytes) -> str:
    """The value of a request header (name in small letters), or an empty text."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value).decode("latin-1")
    return ""


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body. Refuses one over `limit` bytes (or said to be), too slow, or broken off."""
    _refuse_declared(scope, limit)
    parts: list[bytes] = []
    with Patience(SECONDS_FOR_A_BODY, too_slow):
        await _each_part(receive, limit, parts.append)
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def spool_body(scope: Scope, receive: Receive, limit: int, file: IO[bytes]) -> int:
    """The whole body into a file; its size. Refuses as `read_body`, but it may take longer."""
    _refuse_declared(scope, limit)
    with Patience(SECONDS_FOR_A_FILE, too_slow):
        await _each_part(receive, limit, file.write)
    size = file.tell()
    file.seek(0)
    return size


def replayed(file: IO[bytes], receive: Receive) -> Receive:
    """A way to receive what was spooled, part by part, and after it whatever comes."""
    given = False

    async def replay() -> Scope:
        nonlocal given
        if given:
            return await receive()
        part = file.read(PART)
        given = len(part) < PART
        return {"type": "http.request", "body": part, "more_body": not given}

    return replay


def too_slow() -> Refusal:
    """The refusal of a body that does not come."""
    return Refusal("request.too-slow", "The body came too slowly.", cure="Send it again.", status=408)


def _refuse_declared(scope: Scope, limit: int) -> None:
    declared = header(scope, b"content-length")
    if declared.isdecimal() and int(declared) > limit:
        raise too_large(limit)


async def _each_part(receive: Receive, limit: int, keep: Callable[[bytes], Any]) -> None:
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal("request.broken-off", "The request broke off.", cure="Send it again.")
        body = message.get("body", b"")
        size += len(body)
        if size > limit:
            raise too_large(limit)
        keep(body)
        if not message.get("more_body"):
            return


async def answer(
    send: Send, status: int, body: bytes, media: str = "application/json", headers: Headers | None = None
) -> None:
    """A whole response at once."""
    fixed: Headers = [(b"content-type", media.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": fixed + (headers or [])})
    await send({"type": "http.response.body", "body": body})


def only(*methods: str) -> tuple[Refusal, Headers]:
    """The refusal of another method than these, and the header that names them."""
    said = ", ".join(methods)
    refusal = Refusal("request.method", f"This address answers {said}.", status=405)
    return refusal, [(b"allow", said.encode())]


async def answer_refusal(send: Send, refusal: Refusal, headers: Headers | None = None) -> None:
    """The refusal as RFC 9457 problem details."""
    await answer(send, refusal.status, orjson.dumps(refusal.problem()), MEDIA_TYPE, headers)


def unexpected(number: str) -> Refusal:
    """What is shown when we failed: the number finds the entry in the operator's log, no more is told."""
    return Refusal(
        "node.failed",
        "Something went wrong on our side.",
        cure=f"Try again later. The operator finds it in the log by {number}.",
        status=500,
    )
