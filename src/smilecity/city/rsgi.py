# SPDX-License-Identifier: EUPL-1.2
"""The server's own interface (RSGI 1.5, Granian's), and how our ASGI applications are reached by it.

By its ASGI a small request costs the door a fifth more. What the other one does differently is made good here: it has
no bound for what it holds of a stream whose reader is slow, and a body in parts that broke off looks as if it had ended.
A header whose value is not ASCII is not passed on: of what we read that can only be the cookie, by the fault of another
site of the same domain. The scope says so then.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Awaitable, Generator
from functools import lru_cache
from typing import Protocol

from smilecity.core.asgi import LOST_COOKIE, UNSENT, App, Headers, Scope

AT_ONCE = 64 << 10  # a body up to this size is read in one go
WHOLE = 1 << 20  # an answer up to this size is sent in one go
SECONDS_FOR_A_READER = 5.0
SECONDS_WITHOUT_READING = 60.0
EVENTS = b"text/event-stream"

Texts = list[tuple[str, str]]
DISCONNECT: Scope = {"type": "http.disconnect"}


class AskedHeaders(Protocol):
    """What came: names in small letters."""

    def items(self) -> Texts:
        """All that are ASCII, those that came twice too."""

    def get(self, key: str) -> str | None:
        """The first of this name, if it is ASCII."""

    def __contains__(self, key: str) -> bool:
        """Whether there is one of this name, whatever its value."""


class Asked(Protocol):
    """A request's first lines. `path` is decoded; `client` and `server` are as `127.0.0.1:8000`."""

    http_version: str
    method: str
    path: str
    query_string: str
    scheme: str
    client: str
    server: str
    headers: AskedHeaders


class Stream(Protocol):
    """An answer under way. What is sent is held until it is read, however much it is."""

    async def send_bytes(self, data: bytes) -> None:
        """Raises `RuntimeError` if the reader is gone."""


class Way(Protocol):
    """A request's body and the ways to answer it, of which one is taken once."""

    async def __call__(self) -> bytes:
        """The whole body. Raises `RuntimeError` if it breaks off."""

    def __aiter__(self) -> Way:
        """The body in parts, behind which there is an empty one; two if it broke off."""

    async def __anext__(self) -> bytes: ...

    async def client_disconnect(self) -> None:
        """Returns when the client is gone."""

    def response_bytes(self, status: int, headers: Texts, body: bytes) -> None:
        """The whole answer."""

    def response_stream(self, status: int, headers: Texts) -> Stream:
        """The answer's beginning; more goes into the stream, which ends when it is let go."""

    def response_file(self, status: int, headers: Texts, file: str) -> None:
        """The answer's beginning; its body is read from the file as fast as it can be sent."""


class Done:
    """What has been done already, for who awaits it."""

    def __await__(self) -> Generator[None, None, None]:
        """Ends at once."""
        yield from ()


DONE = Done()


class Rsgi:
    """What the server is given: the ASGI application, reached by RSGI.

    It counts requests in flight, so that the process can end when the last is answered.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._inside = 0

    async def __rsgi__(self, asked: Asked, way: Way) -> None:
        """Answer one request."""
        headers = [(name.encode(), value.encode()) for name, value in asked.headers.items()]
        scope: Scope = {
            "type": "http",
            "http_version": asked.http_version,
            "method": asked.method,
            "path": asked.path,
            "query_string": asked.query_string.encode(),
            "root_path": "",
            "scheme": asked.scheme,
            "server": _place(asked.server),
            "client": _place(asked.client),
            "headers": headers,
        }
        exchange = Exchange(way, small=_is_small(headers))
        scope[UNSENT] = exchange.unsent
        if "cookie" in asked.headers and asked.headers.get("cookie") is None:
            scope[LOST_COOKIE] = True
        self._inside += 1
        try:
            await self._app(scope, exchange.receive, exchange.send)
        finally:
            self._inside -= 1
            exchange.end()

    async def drained(self, seconds: float) -> None:
        """Returns when nobody is inside, at the latest after `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._inside:
                    await asyncio.sleep(0.02)


class Exchange:
    """One request's body and answer, as ASGI's messages."""

    # Most requests need none of these: what a class has costs its objects nothing.
    _read = False
    _parts: Way | None = None
    _body: list[bytes] | None = None
    _held = 0
    _gone = False
    _stream: Stream | None = None
    _paced: Paced | None = None

    def __init__(self, way: Way, *, small: bool) -> None:
        """`small`: whether the body is said to be small, or there is none."""
        self._way = way
        self._small = small
        self._start: Scope = {}

    async def receive(self) -> Scope:
        """The body, then, when it comes to that, that the client is gone."""
        if self._read:
            await self._way.client_disconnect()
            return DISCONNECT
        if not self._small:
            return await self._part()
        self._read = True
        try:
            return {"type": "http.request", "body": await self._way(), "more_body": False}
        except RuntimeError:
            return DISCONNECT

    async def _part(self) -> Scope:
        # Not by `anext` with a default: what the server gives to await does not survive that (Python 3.11 ends).
        parts = self._parts = self._parts or aiter(self._way)
        if part := await anext(parts):
            return {"type": "http.request", "body": part, "more_body": True}
        self._read = True
        try:
            await anext(parts)
        except StopAsyncIteration:
            return {"type": "http.request", "body": b"", "more_body": False}
        return DISCONNECT

    def send(self, message: Scope) -> Awaitable[None]:
        """Take the answer's next message. What nobody reads any more goes nowhere."""
        if message["type"] == "http.response.start":
            self._start = message
            if self._body is not None:  # what was held of another answer, which failed
                self._body, self._held = None, 0
            return DONE
        body, more = message.get("body", b""), message.get("more_body", False)
        if more or self._paced is not None or self._stream is not None:
            return self._send_part(body)
        whole = b"".join([*self._body, body]) if self._body else body
        self._gone = True
        self._way.response_bytes(self._start["status"], _texts(self._start["headers"]), whole)
        return DONE

    async def _send_part(self, body: bytes) -> None:
        """One of several: live events go out at once, of others as much is held as may be sent in one go."""
        status, headers = self._start["status"], self._start["headers"]
        if self._paced is not None:
            await self._paced.write(body)
            return
        if self._stream is not None:
            with contextlib.suppress(RuntimeError):
                await self._stream.send_bytes(body)
            return
        if (b"content-type", EVENTS) in headers:
            self._gone = True
            self._stream = self._way.response_stream(status, _texts(headers))
            await self._send_part(body)
            return
        if self._body is None:
            self._body = []
        self._body.append(body)
        self._held += len(body)
        if self._held > WHOLE:
            held, self._body, self._gone = self._body, None, True
            self._paced = Paced()
            await self._paced.open(self._way, status, _texts(headers))
            for one in held:
                await self._paced.write(one)

    def unsent(self) -> bool:
        """Whether an answer that began may be taken back: one that fails while it is still held is a failure."""
        return not self._gone

    def end(self) -> None:
        """Nothing more comes."""
        self._stream = None
        if self._paced is not None:
            self._paced.close()


class Paced:
    """A long answer, sent as slowly as its reader reads: the server takes it from a named pipe, which holds little."""

    def __init__(self) -> None:
        self._pipe = -1

    async def open(self, way: Way, status: int, headers: Texts) -> None:
        """Begin to answer."""
        with tempfile.TemporaryDirectory(prefix="smile-") as folder:
            path = f"{folder}/answer"
            os.mkfifo(path, 0o600)
            way.response_file(status, headers, path)
            self._pipe = await _writer(path)

    async def write(self, part: bytes) -> None:
        """Returns when the pipe has taken it, or nobody reads it (any more)."""
        rest = memoryview(part)
        while rest and self._pipe >= 0:
            try:
                rest = rest[os.write(self._pipe, rest) :]
            except BlockingIOError:
                if not await self._room():
                    self.close()
            except BrokenPipeError:
                self.close()

    async def _room(self) -> bool:
        """Whether there is room again. Who reads nothing for so long is left: others wait for what that holds."""
        loop, room = asyncio.get_running_loop(), asyncio.Event()
        loop.add_writer(self._pipe, room.set)
        try:
            async with asyncio.timeout(SECONDS_WITHOUT_READING):
                return await room.wait()
        except TimeoutError:
            return False
        finally:
            loop.remove_writer(self._pipe)

    def close(self) -> None:
        """The end of the answer."""
        pipe, self._pipe = self._pipe, -1
        if pipe >= 0:
            os.close(pipe)


async def _writer(path: str) -> int:
    """The pipe's end to write to; -1 if the server does not come to read, since its client is gone."""
    until = asyncio.get_running_loop().time() + SECONDS_FOR_A_READER
    while asyncio.get_running_loop().time() < until:
        with contextlib.suppress(OSError):  # ENXIO: nobody reads yet
            return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        await asyncio.sleep(0.001)
    os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))  # whoever opens it in this moment is not left waiting
    return -1


def _is_small(headers: Headers) -> bool:
    """Whether the body is said to be small: what says nothing of its length and comes in parts is not."""
    said = dict(headers)
    length = said.get(b"content-length", b"0")
    known = length.isdigit() and len(length) < 19 and b"transfer-encoding" not in said
    return known and int(length) <= AT_ONCE


@lru_cache(maxsize=4096)
def _place(said: str) -> tuple[str, str]:
    host, _, port = said.rpartition(":")
    return host.strip("[]"), port


def _texts(headers: Headers) -> Texts:
    return [(str(name, "latin-1"), str(value, "latin-1")) for name, value in headers]
