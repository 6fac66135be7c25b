# SPDX-License-Identifier: EUPL-1.2
"""The service: who asks, which way a call goes, and back out as HTTP.

Reading is compiled to one statement and answered by the database; single observations share commits (`observing`);
everything else that writes goes through `actions` on threads of its own, where Django's transactions live.
"""

import asyncio
import base64
import contextlib
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from django.db import close_old_connections
from psycopg_pool import AsyncConnectionPool

from smilecity.core.asgi import Receive, Scope, Send, answer, read_body
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, Who
from smilecity.things.api import batch, observing, reading, writing
from smilecity.things.api.calls import Call, Reply
from smilecity.things.intake.register import Register

PREFIX = "/sensorthings/v1.1"
WRITING_THREADS = 2
_HOST = re.compile(rb"[A-Za-z0-9.:\[\]-]{1,255}")
WRITES = {"POST", "PATCH", "PUT", "DELETE"}
# What calls read of their headers; others are not worth decoding a thousand times a second.
_READ = {one.encode(): one for one in ("content-type", "if-match", "if-none-match")}

Made = TypeVar("Made")


class SensorThings:
    """The ASGI application. Made by the door; Django must be set up. `address` is the node's, empty if not configured."""

    def __init__(
        self,
        pool: AsyncConnectionPool,
        register: Register,
        line: observing.ObservationLine,
        limit: int,
        address: str,
    ) -> None:
        self.pool = pool
        self.line = line
        self.mqtt_endpoints: tuple[str, ...] = ()
        """Brokers' addresses, told at the root."""
        self._register = register
        self._limit = limit
        self._address = address
        self._threads = ThreadPoolExecutor(WRITING_THREADS, thread_name_prefix="sensorthings")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; refusals are raised to the front door, which answers them."""
        if scope["method"] == "OPTIONS":
            await answer(
                send, 204, b"", headers=[(b"allow", b"GET, HEAD, POST, PATCH, PUT, DELETE, OPTIONS")]
            )
            return
        reply = await self.reply(await self._call(scope, receive))
        if scope["method"] == "HEAD":
            send = _without_body(send)
        await answer(send, reply.status, reply.body, reply.media, reply.headers)

    async def reply(self, call: Call) -> Reply:
        """Answer one call, from wherever it came. Raises `Refusal`."""
        if call.path == "/$batch":
            return await batch.reply(self, call)
        if call.method in ("GET", "HEAD"):
            return await reading.reply(self, call)
        if call.method not in WRITES:
            raise Refusal("request.method", f"This service does not know {call.method}.", status=405)
        quick = await observing.reply(self, call)
        return quick if quick is not None else await self.in_thread(lambda: writing.reply(call))

    async def in_thread(self, work: Callable[[], Made]) -> Made:
        """Run what uses Django's connection; each thread keeps one, looked after before and after."""

        def looked_after() -> Made:
            close_old_connections()
            try:
                return work()
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self._threads, looked_after)

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _call(self, scope: Scope, receive: Receive) -> Call:
        body = await read_body(scope, receive, self._limit) if scope["method"] in WRITES else b""
        said = dict(reversed(scope["headers"]))  # of two the first counts
        key = _key(said)
        return Call(
            scope["method"],
            scope["path"].removeprefix(PREFIX).rstrip("/"),
            scope["query_string"].decode("ascii"),
            body,
            {name: said[raw].decode("latin-1") for raw, name in _READ.items() if raw in said},
            (self._register.known(key) or await self._who(key)) if key else ANYONE,
            _base(self._address, scope["scheme"], said.get(b"host", b"")),
        )

    async def _who(self, key: str) -> Who:
        """Who presents this key. One that opens nothing is refused, not overlooked."""
        who = await self._register.who(key)
        if who is None:
            raise Refusal(
                "key.wrong",
                "This key opens nothing.",
                cure="Send 'Authorization: Bearer smile_...', or no key to read what is public.",
                status=401,
            )
        return who


@lru_cache(maxsize=64)
def _base(address: str, scheme: str, said: bytes) -> str:
    host = said.decode("latin-1") if _HOST.fullmatch(said) else "localhost"
    return f"{address or scheme + '://' + host}{PREFIX}"


def _key(said: Mapping[bytes, bytes]) -> str:
    """The key as it was sent: as a bearer's token, as the password of a client that knows no other way, or alone."""
    scheme, _, given = said.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() == "basic":
        with contextlib.suppress(ValueError):
            return base64.b64decode(given, validate=True).decode().partition(":")[2]
        return given  # which opens nothing
    return said.get(b"x-api-key", b"").decode("latin-1").strip()


def _without_body(send: Send) -> Send:
    """Tells what a GET would be answered, its length too, but for the body."""

    async def send_head(message: Scope) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return send_head
