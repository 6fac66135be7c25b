# SPDX-License-Identifier: EUPL-1.2
"""What the things bench is held against: the same server's ASGI with nothing in it but one statement.

`python -m smilecity.city.bench.bare`: `/one` inserts what it was sent, each with its own commit; `/shared` does so with
the commit that all who wait share. It has nothing of the product, so that it stays the same while that gets better. As
every endpoint that is open to others, it bounds how much may come and how slowly.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys

import orjson
import psycopg
import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server
from psycopg_pool import AsyncConnectionPool

from smilecity.core.asgi import Receive, Scope, Send

ONE = "INSERT INTO things_observation (datastream_id, phenomenon_time, result) VALUES (%s, %s, %s)"
SHARED = """
INSERT INTO things_observation (datastream_id, phenomenon_time, result)
SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::float8[])
"""
LIMIT = 1 << 20
SECONDS_FOR_A_BODY = 30


class Bare:
    """The ASGI application."""

    def __init__(self, pool: AsyncConnectionPool, connection: psycopg.AsyncConnection) -> None:
        self._pool = pool
        self._connection = connection
        self._waiting: list[tuple[int, str, float, asyncio.Future[None]]] = []
        self._arrived = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Store what the body says, then answer."""
        if scope["path"] == "/health":
            await _answer(send, 200)
            return
        said = orjson.loads(await _body(scope, receive))
        row = said["Datastream"]["@iot.id"], said["phenomenonTime"], said["result"]
        if scope["path"] == "/one":
            async with self._pool.connection() as connection:
                await connection.execute(ONE, row, prepare=True)
        else:
            done = asyncio.get_running_loop().create_future()
            self._waiting.append((*row, done))
            self._arrived.set()
            await done
        await _answer(send, 201)

    async def flush(self) -> None:
        """Commit for all who wait, for ever."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            rows, self._waiting = self._waiting, []
            columns = [
                "{" + ",".join(str(row[0]) for row in rows) + "}",
                "{" + ",".join(row[1] for row in rows) + "}",
                "{" + ",".join(repr(row[2]) for row in rows) + "}",
            ]
            await self._connection.execute(SHARED, columns, prepare=True)
            for row in rows:
                row[3].set_result(None)


async def _body(scope: Scope, receive: Receive) -> bytes:
    headers = dict(scope["headers"])
    if int(headers[b"content-length"]) > LIMIT:
        raise ValueError("too much")
    parts: list[bytes] = []
    async with asyncio.timeout(SECONDS_FOR_A_BODY):
        while True:
            message = await receive()
            parts.append(message["body"])
            if sum(map(len, parts)) > LIMIT:
                raise ValueError("too much")
            if not message["more_body"]:
                return b"".join(parts)


async def _answer(send: Send, status: int) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


async def serve() -> None:
    """Serve until SIGTERM, set up as the door is."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    url = os.environ["DATABASE_URL"]
    pool = AsyncConnectionPool(url, min_size=1, max_size=4, open=False, kwargs={"autocommit": True})
    await pool.open()
    connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
    bare = Bare(pool, connection)
    server = Server(
        bare,
        address=os.environ["SMILE_HOST"],
        port=int(os.environ["SMILE_PORT"]),
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=10_000, max_buffer_size=64 * 1024),
        backpressure=5000,
        backlog=4096,
        websockets=False,
        log_enabled=False,
    )
    tasks = [asyncio.create_task(server.serve()), asyncio.create_task(bare.flush())]
    await stop.wait()
    server.stop()  # type: ignore[no-untyped-call]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await connection.close()
    await pool.close()


if __name__ == "__main__":
    sys.setswitchinterval(0.0005)
    gc.freeze()
    uvloop.run(serve())
