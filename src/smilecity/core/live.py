# SPDX-License-Identifier: EUPL-1.2
"""Live pages: GET /live/?about=12&about=13 tells when something about these ids has changed.

Server-sent events tell that, never what: the page asks for its part again and gets what its reader may see.
An event's id is a log position, so a browser that comes back (`Last-Event-ID`), or a page that was rendered
at a position (`since`), misses nothing; a change may be told twice. Changes are gathered for a moment and
built once for all streams with the same interest.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

import orjson
import psycopg
import structlog
from prometheus_client import Gauge
from psycopg_pool import AsyncConnectionPool

from smilecity.core.asgi import Receive, Scope, Send, answer_refusal, header, only
from smilecity.core.log import CHANNEL
from smilecity.core.problems import Refusal

GATHER_SECONDS = 0.15
HEARTBEAT_SECONDS = 20.0
LOOK_ANYWAY_SECONDS = 5.0
MOST_IDS = 100
MOST_MISSED = 10_000
MOST_STREAMS = 4_000
# So much at most is held for a reader who does not read; then the stream ends, and the page comes back for more.
MOST_BYTES = 64 << 10
READY_SECONDS = 5.0

STREAMS = Gauge("smile_live_streams", "Open live streams")

Interest = frozenset[int]
Visible = Callable[[list[int]], Awaitable[set[int]]]
Heard = Callable[[set[str]], None]

SINCE = """
SELECT position, about, verb FROM core_logentry WHERE position > %s ORDER BY position LIMIT 5000
"""
MISSED = """
SELECT (SELECT last FROM core_loghead),
    ARRAY(SELECT DISTINCT one FROM core_logentry, unnest(about) AS one
          WHERE position > %(since)s AND position <= %(until)s AND about && %(ids)s::bigint[])
"""

log = structlog.get_logger("live")


class Hub:
    """Reads the log once for the whole process and tells streams and listeners.

    `visible` says which of these ids anyone may follow; `heard` are called with the verbs of new entries.
    """

    def __init__(self, url: str, pool: AsyncConnectionPool, visible: Visible, heard: list[Heard]) -> None:
        self._url = url
        self._pool = pool
        self._visible = visible
        self._heard = heard
        self._groups: dict[Interest, set[asyncio.Queue[bytes]]] = defaultdict(set)
        self._changed: dict[int, int] = {}
        self.position = -1
        self._ready = asyncio.Event()
        self.closing = False
        self.streams = 0

    async def run(self) -> None:
        """Follow the log until cancelled; after a lost connection goes on from its position."""
        flusher = asyncio.create_task(self._flush_for_ever())
        try:
            while True:
                try:
                    await self._follow()
                except psycopg.OperationalError as error:
                    log.warning("database away", error=type(error).__name__)
                    await asyncio.sleep(0.5)
        finally:
            flusher.cancel()

    async def _follow(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            if self.position < 0:
                row = await (await connection.execute("SELECT last FROM core_loghead")).fetchone()
                self.position = row[0] if row else 0
                self._ready.set()
            while True:
                await self._catch_up(connection)
                async for _notice in connection.notifies(timeout=LOOK_ANYWAY_SECONDS, stop_after=1):
                    pass

    async def _catch_up(self, connection: psycopg.AsyncConnection) -> None:
        while True:
            rows = await (await connection.execute(SINCE, [self.position], prepare=True)).fetchall()
            if not rows:
                return
            for position, about, _verb in rows:
                for one in about:
                    self._changed[one] = position
                self.position = position
            verbs = {verb for _position, _about, verb in rows}
            for heard in self._heard:
                heard(verbs)

    async def _flush_for_ever(self) -> None:
        quiet = 0.0
        while True:
            await asyncio.sleep(GATHER_SECONDS)
            quiet += GATHER_SECONDS
            if self._changed:
                changed, self._changed = self._changed, {}
                self._tell(changed)
            if quiet >= HEARTBEAT_SECONDS:
                quiet = 0.0
                # An id alone is no event, but the browser keeps it: a quiet page does not fall behind.
                self._tell_all(b"id: %d\n\n" % max(self.position, 0))

    def _tell(self, changed: dict[int, int]) -> None:
        for interest, queues in self._groups.items():
            ids = interest & changed.keys()
            if ids:
                event = _event(self.position, ids)
                for queue in queues:
                    _offer(queue, event)

    def close(self) -> None:
        """End all streams; their pages come back by themselves."""
        self.closing = True
        self._tell_all(b"")

    def _tell_all(self, event: bytes) -> None:
        for queues in self._groups.values():
            for queue in queues:
                _offer(queue, event)

    async def stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application of one stream."""
        if scope["method"] != "GET":
            await answer_refusal(send, *only("GET"))
            return
        wanted, since = _asked(scope)
        if self.closing or self.streams >= MOST_STREAMS:
            raise _full()
        self.streams += 1
        STREAMS.set(self.streams)
        try:
            interest = frozenset(await self._visible(wanted))
            async with asyncio.timeout(READY_SECONDS):
                await self._ready.wait()
            await self._join(interest, since, receive, send)
        except TimeoutError as error:
            raise _full() from error
        finally:
            self.streams -= 1
            STREAMS.set(self.streams)

    async def _join(self, interest: Interest, since: int | None, receive: Receive, send: Send) -> None:
        queue: asyncio.Queue[bytes] = asyncio.Queue(maxsize=8)
        self._groups[interest].add(queue)
        gone = asyncio.create_task(_until_gone(receive))
        if self.closing:  # between the door and here: nobody else will tell this one
            _offer(queue, b"")
        try:
            await self._serve(send, queue, gone, await self._missed(interest, since))
        finally:
            gone.cancel()
            self._groups[interest].discard(queue)
            if not self._groups[interest]:
                del self._groups[interest]

    async def _serve(
        self, send: Send, queue: asyncio.Queue[bytes], gone: "asyncio.Task[None]", first: bytes
    ) -> None:
        headers = [
            (b"content-type", b"text/event-stream"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"retry: 2000\n\n" + first, "more_body": True})
        gone.add_done_callback(lambda _task: _offer(queue, b""))
        left = MOST_BYTES
        while left > 0 and (event := await queue.get()):
            left -= len(event)
            await send({"type": "http.response.body", "body": event, "more_body": True})
        with contextlib.suppress(Exception):  # the reader may be gone already
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _missed(self, interest: Interest, since: int | None) -> bytes:
        """What happened between page and stream. The stream is registered by now: nothing falls between."""
        until = self.position
        if since is None or since >= until:
            return b"id: %d\n\n" % until
        if until - since > MOST_MISSED:
            return f"id: {until}\nevent: reset\ndata: {{}}\n\n".encode()
        async with self._pool.connection() as connection:
            values = {"since": since, "until": until, "ids": list(interest)}
            row = await (await connection.execute(MISSED, values)).fetchone()
        return _event(until, set(row[1]) & interest) if row and row[1] else b"id: %d\n\n" % until


def _event(position: int, ids: set[int] | Interest) -> bytes:
    data = orjson.dumps({"position": position, "about": sorted(ids)})
    return b"id: %d\nevent: change\ndata: %b\n\n" % (position, data)


def _full() -> Refusal:
    return Refusal("live.full", "No live streams at the moment.", cure="Load the page again.", status=503)


def _offer(queue: "asyncio.Queue[bytes]", event: bytes) -> None:
    """A reader too slow for eight gathered events is told to load again instead of filling memory."""
    try:
        queue.put_nowait(event)
    except asyncio.QueueFull:
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(event and b"event: reset\ndata: {}\n\n")


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":  # the first message is the (empty) request
        pass


def _asked(scope: Scope) -> tuple[list[int], int | None]:
    query = parse_qs(scope["query_string"].decode("latin-1"))
    given = query.get("about", [])
    if not 1 <= len(given) <= MOST_IDS or not all(one.isdecimal() and len(one) < 16 for one in given):
        raise Refusal(
            "live.about",
            f"A live stream is about 1 to {MOST_IDS} ids.",
            cure="Send about=12&about=13.",
            field="about",
        )
    since = header(scope, b"last-event-id") or query.get("since", [""])[0]
    return [int(one) for one in given], int(since) if since.isdecimal() and len(since) < 19 else None
