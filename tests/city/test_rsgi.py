# SPDX-License-Identifier: EUPL-1.2
"""ASGI applications behind the real server's own interface: what they are told, and what comes back."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from smilecity.city import rsgi
from smilecity.city.asgi import FrontDoor
from smilecity.city.bench.node import HOST, free_port
from smilecity.city.rsgi import AT_ONCE, WHOLE, Rsgi
from smilecity.city.settings import Settings
from smilecity.core import patience
from smilecity.core.asgi import (
    LOST_COOKIE,
    App,
    Receive,
    Scope,
    Send,
    answer,
    answer_refusal,
    read_body,
)
from smilecity.core.problems import Refusal

Story = Callable[[int], Awaitable[Any]]


@asynccontextmanager
async def serving(app: App) -> AsyncIterator[int]:
    port = free_port()
    server = Server(
        Rsgi(app), address=HOST, port=port, interface=Interfaces.RSGI, http=HTTPModes.http1,
        runtime_blocking_threads=4, websockets=False, log_enabled=False,
    )  # fmt: skip
    task = asyncio.create_task(server.serve())
    try:
        await _listening(port)
        yield port
    finally:
        server.stop()  # type: ignore[no-untyped-call]
        await asyncio.wait([task], timeout=5)


async def _listening(port: int) -> None:
    while True:
        with suppress(ConnectionRefusedError):
            _reader, writer = await asyncio.open_connection(HOST, port)
            writer.close()
            return
        await asyncio.sleep(0.005)


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def told(app: App, story: Story) -> Any:
    async def all_of_it() -> Any:
        async with serving(app) as port, asyncio.timeout(30):
            return await story(port)

    return uvloop.run(all_of_it())


async def opened(port: int, request: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(HOST, port, limit=1 << 16)
    writer.write(request)
    await writer.drain()
    return reader, writer


async def answered(port: int, request: bytes) -> tuple[bytes, bytes]:
    """The head and the body of the answer, up to the end of the connection."""
    reader, writer = await opened(port, request.replace(b"\r\nHost", b"\r\nConnection: close\r\nHost"))
    data = await reader.read()
    writer.close()
    head, _, body = data.partition(b"\r\n\r\n")
    return head, body


def get(address: bytes, *headers: bytes, method: bytes = b"GET") -> bytes:
    return b"\r\n".join([method + b" " + address + b" HTTP/1.1", b"Host: localhost", *headers, b"", b""])


class Noted:
    """An application that keeps what it is told, and answers with nothing."""

    def __init__(self) -> None:
        self.scope: Scope = {}
        self.body = b""
        self.broken: list[bool] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope, self.body = scope, b""
        while True:
            message = await receive()
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.broken.append(message["type"] == "http.disconnect")
        await answer(send, 200, b"{}")


def test_an_application_is_told_what_was_asked() -> None:
    app = Noted()
    lines = b"X-Forwarded-For: 1.2.3.4", b"x-forwarded-for: 5.6.7.8", b"X-Odd: \xe4"
    head, body = told(app, lambda port: answered(port, get(b"/a%2Fb%20c%C3%A4/x?q=%20&b", *lines)))
    assert (head[:15], body) == (b"HTTP/1.1 200 OK", b"{}")
    scope = app.scope
    assert (scope["type"], scope["method"], scope["scheme"], scope["http_version"]) == (
        "http", "GET", "http", "1.1",
    )  # fmt: skip
    assert (scope["path"], scope["query_string"]) == ("/a/b cä/x", b"q=%20&b")
    assert (scope["client"][0], scope["server"][0]) == (HOST, HOST)
    assert [value for name, value in scope["headers"] if name == b"x-forwarded-for"] == [
        b"1.2.3.4", b"5.6.7.8",
    ]  # fmt: skip
    assert (b"host", b"localhost") in scope["headers"]
    assert LOST_COOKIE not in scope


@pytest.mark.parametrize(
    ("cookie", "lost"), [(b"sessionid=a; x=b", False), (b"sessionid=a; x=b\xc3\xbc", True)]
)
def test_a_cookie_that_cannot_be_read_is_told_of(cookie: bytes, lost: bool) -> None:
    app = Noted()
    told(app, lambda port: answered(port, get(b"/", b"Cookie: " + cookie)))
    assert app.scope.get(LOST_COOKIE, False) is lost
    assert ((b"cookie", cookie) in app.scope["headers"]) is not lost


@pytest.mark.parametrize(
    ("said", "place"), [("127.0.0.1:80", ("127.0.0.1", "80")), ("[::1]:443", ("::1", "443"))]
)
def test_an_address_may_be_an_ipv6_one(said: str, place: tuple[str, str]) -> None:
    assert rsgi._place(said) == place


def sent(body: bytes, *, chunk: int = 0) -> bytes:
    if not chunk:
        return get(b"/", b"Content-Length: %d" % len(body), method=b"POST") + body
    parts = [body[at : at + chunk] for at in range(0, len(body), chunk)]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    return get(b"/", b"Transfer-Encoding: chunked", method=b"POST") + chunks + b"0\r\n\r\n"


@pytest.mark.parametrize("size", [0, 5, AT_ONCE, AT_ONCE + 1, 3_000_000])
@pytest.mark.parametrize("chunk", [0, 70_000])
def test_a_body_comes_whole_however_it_is_sent(size: int, chunk: int) -> None:
    app, body = Noted(), os.urandom(size)
    told(app, lambda port: answered(port, sent(body, chunk=chunk)))
    assert app.body == body
    assert app.broken == [False]


@pytest.mark.parametrize(("size", "chunk"), [(1000, 0), (AT_ONCE + 1000, 0), (1000, 100), (300_000, 70_000)])
def test_a_body_that_breaks_off_is_never_taken_for_whole(size: int, chunk: int) -> None:
    """In parts the server tells it as if it had ended, but for one more empty part."""
    app = Noted()

    async def story(port: int) -> None:
        _reader, writer = await opened(port, sent(b"x" * size, chunk=chunk)[:-400])
        await asyncio.sleep(0.1)
        writer.close()
        while not app.broken:
            await asyncio.sleep(0.01)

    told(app, story)
    assert app.broken == [True]


@pytest.mark.parametrize(("size", "chunk"), [(1000, 0), (AT_ONCE + 1000, 0), (300_000, 70_000)])
def test_a_body_that_does_not_come_is_not_waited_for(
    size: int, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the server hands it on, waiting for it can be ended."""
    monkeypatch.setattr(patience, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr("smilecity.core.asgi.SECONDS_FOR_A_BODY", 0.05)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await read_body(scope, receive, 1 << 20)
        except Refusal as refusal:
            await answer_refusal(send, refusal)

    async def story(port: int) -> bytes:
        reader, writer = await opened(port, sent(b"x" * size, chunk=chunk)[:-400])
        line = await reader.readline()
        writer.close()
        return line

    assert told(app, story).startswith(b"HTTP/1.1 408 ")


async def _in_parts(send: Send, parts: list[bytes], media: bytes = b"text/csv") -> None:
    headers = [(b"content-type", media), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    for part in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def unchunked(body: bytes) -> bytes:
    whole = []
    while body:
        size, _, body = body.partition(b"\r\n")
        whole.append(body[: int(size, 16)])
        body = body[int(size, 16) + 2 :]
    return b"".join(whole)


def test_a_short_answer_in_parts_is_sent_as_one() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await _in_parts(send, [b"ab", b"", b"cd"])

    head, body = told(app, lambda port: answered(port, get(b"/")))
    assert head.startswith(b"HTTP/1.1 201 ")
    assert head.count(b"set-cookie") == 2
    assert (b"content-length: 4" in head, body) == (True, b"abcd")
    head, body = told(app, lambda port: answered(port, get(b"/", method=b"HEAD")))
    assert (head[:13], body) == (b"HTTP/1.1 201 ", b"")


@pytest.mark.parametrize("parts", [0, 1, 3])
def test_an_answer_that_fails_before_any_of_it_was_sent_is_told_as_a_failure(parts: int) -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/csv")]}
        )
        for _ in range(parts):
            await send({"type": "http.response.body", "body": b"a;b\r\n", "more_body": True})
        raise ZeroDivisionError

    at = FrontDoor(Settings(), [("/", app)], app)
    head, body = told(at, lambda port: answered(port, get(b"/")))
    assert head.startswith(b"HTTP/1.1 500 ")
    assert head.count(b"\r\ncontent-type:") == 1
    assert json.loads(body)["type"] == "urn:smilecity:problem:node.failed"


def test_what_fails_after_its_end_is_left_as_it_was() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await _in_parts(send, [b"ab"])
        raise ZeroDivisionError

    head, body = told(FrontDoor(Settings(), [("/", app)], app), lambda port: answered(port, get(b"/")))
    assert (head[:13], body) == (b"HTTP/1.1 201 ", b"ab")


@pytest.mark.parametrize("size", [WHOLE, WHOLE + 1, 20_000_000])
def test_a_long_answer_comes_whole(size: int) -> None:
    part = os.urandom(65_536)
    parts = [part] * (size // len(part)) + [part[: size % len(part)]]

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await _in_parts(send, parts)

    head, body = told(app, lambda port: answered(port, get(b"/")))
    assert (unchunked(body) if b"chunked" in head else body) == b"".join(parts)


class Endless:
    """An answer that does not end by itself; it knows how much of it was taken."""

    PART = b"x" * 100_000
    MOST = 400_000_000

    def __init__(self, media: bytes = b"text/csv") -> None:
        self.taken = 0
        self.ended = asyncio.Event()
        self._media = media

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-type", self._media)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        while self.taken < self.MOST:
            await send({"type": "http.response.body", "body": self.PART, "more_body": True})
            self.taken += len(self.PART)
        self.ended.set()


def test_a_long_answer_waits_for_its_reader() -> None:
    """The server's own streams do not: they hold all that is sent. Here that would be 400 MB."""

    async def story(port: int) -> int:
        reader, writer = await opened(port, get(b"/"))
        await reader.readline()
        last = -1
        while app.taken != last:
            last = app.taken
            await asyncio.sleep(0.3)
        assert not app.ended.is_set()
        held = app.taken
        await reader.readexactly(5_000_000)  # who reads gets more
        await asyncio.sleep(0.3)
        assert app.taken > held
        writer.close()
        return held

    app = Endless()
    assert told(app, story) < 40_000_000, "what sockets hold, and little more"


def test_a_reader_who_leaves_leaves_nothing_behind() -> None:
    async def story(port: int) -> tuple[int, int]:
        before = open_files()
        reader, writer = await opened(port, get(b"/"))
        await reader.readexactly(2_000_000)
        writer.close()
        await app.ended.wait()  # what nobody reads goes nowhere, and holds up nobody
        for _ in range(100):
            if open_files() <= before:
                break
            await asyncio.sleep(0.05)
        return before, open_files()

    app = Endless()
    before, after = told(app, story)
    assert after <= before


def test_a_reader_who_reads_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page behind has a thread and a connection to the database, of which there are few."""
    monkeypatch.setattr(rsgi, "SECONDS_WITHOUT_READING", 0.2)

    async def story(port: int) -> None:
        reader, writer = await opened(port, get(b"/"))
        await reader.readline()
        before = open_files()
        await app.ended.wait()
        while open_files() >= before:  # the pipe's end is closed
            await asyncio.sleep(0.01)
        writer.close()

    app = Endless()
    told(app, story)


def test_events_come_at_once_and_the_end_is_noticed() -> None:
    gone = asyncio.Event()

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        assert (await receive())["type"] == "http.request"
        assert (await receive())["type"] == "http.disconnect"
        with suppress(Exception):
            await send({"type": "http.response.body", "body": b"data: 2\n\n", "more_body": True})
        gone.set()

    async def story(port: int) -> bytes:
        reader, writer = await opened(port, get(b"/"))
        data = b""
        while b"data: 1" not in data:
            data += await reader.read(1000)
        writer.close()
        await gone.wait()
        return data

    assert b"chunked" in told(app, story)


def test_who_never_reads_the_pipe_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    class Nobody:
        def response_file(self, _status: int, _headers: object, _file: str) -> None:
            """The client has gone before: the file is not opened."""

    async def story() -> None:
        paced = rsgi.Paced()
        await paced.open(Nobody(), 200, [])  # type: ignore[arg-type]
        await paced.write(b"into the void")
        paced.close()

    monkeypatch.setattr(rsgi, "SECONDS_FOR_A_READER", 0.05)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    uvloop.run(story())
    assert not list(tmp_path.iterdir())
