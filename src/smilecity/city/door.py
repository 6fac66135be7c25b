# SPDX-License-Identifier: EUPL-1.2
"""The door: the process that answers requests.

`smile serve` runs one; at scale several run beside one database.
"""

import asyncio
import contextlib
import gc
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, cast

import structlog
import uvloop
from a2wsgi import WSGIMiddleware
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server
from psycopg_pool import AsyncConnectionPool

from smilecity.city import wiring
from smilecity.city.asgi import FrontDoor
from smilecity.city.boot import Node
from smilecity.city.parent import end_with_parent
from smilecity.city.rsgi import Rsgi
from smilecity.city.settings import Settings
from smilecity.city.state import State
from smilecity.city.wsgi import application
from smilecity.core.asgi import App, Receive, Scope, Send
from smilecity.core.live import Heard, Hub
from smilecity.core.numberer import number_entries
from smilecity.places.api.locks import PATH as LOCKS
from smilecity.places.api.locks import Locks
from smilecity.things.api import PREFIX, SensorThings
from smilecity.things.api.mqtt import Mqtt
from smilecity.things.api.observing import ObservationLine
from smilecity.things.codecs import Sandbox
from smilecity.things.intake.commanding import Commanding
from smilecity.things.intake.connecting import Connectors, Posted
from smilecity.things.intake.gateways import Gateways
from smilecity.things.intake.line import Line
from smilecity.things.intake.mqtt.address import BrokerAddress
from smilecity.things.intake.register import Register
from smilecity.things.intake.taking import Taking
from smilecity.things.intake.webhook import Webhook
from smilecity.things.reads.sensorthings.running import alive
from smilecity.things.reads.sensorthings.running import configure as limited

# Two threads keep both cores busy; more only take the interpreter from each other (p95 of a crowd: 300 ms with two,
# 520 with four). What waits for others, a mail server, a sign-in elsewhere, a large picture, has threads of its own.
PAGE_THREADS = SLOW_THREADS = 2
SLOW = re.compile(r"(/[a-z]{2,3})?/(account/|desk/(places/[^/]+/photos/|areas/)|open311/|citysdk/)")
# What is taken away as a file is read as slowly as the reader's line is: nobody else waits for that.
DOWNLOADS = re.compile(
    r"(/[a-z]{2,3})?/(things/[^/]+/\d+\.(csv|parquet)|needs\.(csv|json)|needs/comments\.(csv|json))$"
)
# One CPU-bound page must not hold the interpreter for the usual 5 ms at a time while uplinks wait.
SWITCH_SECONDS = 0.0005
DRAIN_SECONDS = 1.5
FILE_THREADS = 16  # of the server: one reads each long answer that is under way

log = structlog.get_logger("door")


def run(node: Node, pages: Callable[[], Any] = application) -> None:
    """Serve until SIGTERM or SIGINT. Django must be set up. `pages` makes the pages' WSGI application."""
    sys.setswitchinterval(SWITCH_SECONDS)
    # What is loaded by now stays: looking through it again at every collection would cost uplinks.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    uvloop.run(_serve(node, pages))


async def _serve(node: Node, pages: Callable[[], Any]) -> None:
    settings = node.settings
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with _rooms(node, pages) as (door, hub):
        server = Server(
            door,
            address=settings.host,
            port=settings.port,
            interface=Interfaces.RSGI,
            runtime_blocking_threads=FILE_THREADS,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=10_000, max_buffer_size=64 * 1024),
            backpressure=5000,
            backlog=4096,
            websockets=False,
            log_enabled=False,
        )
        serving = asyncio.create_task(server.serve())
        log.info("door open", address=f"http://{settings.host}:{settings.port}/")
        ending = asyncio.create_task(stop.wait())
        await asyncio.wait([serving, ending], return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
            raise RuntimeError("the server ended by itself")
        hub.close()
        await door.drained(DRAIN_SECONDS)
        server.stop()  # type: ignore[no-untyped-call]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(serving, 1)
    log.info("door closed")


@contextlib.asynccontextmanager
async def _rooms(node: Node, pages: Callable[[], Any]) -> AsyncIterator[tuple[Rsgi, Hub]]:
    """The front door with everything behind it running; all of it ends with the block."""
    settings = node.settings
    pool = _pool(node.url)
    await pool.open()
    sandbox = Sandbox()
    line = Line(node.url)
    register = Register(pool)
    gateways = Gateways(pool)
    taking = Taking(register, sandbox, line, gateways)
    observations = ObservationLine(node.url)
    connectors = Connectors(
        node.url,
        pool,
        taking,
        observations,
        observations.streams,
        lambda event: commanding.heard(event),  # noqa: PLW0108 - made below
        lambda *message: locks.take(*message),  # noqa: PLW0108 - made in the next line
    )
    locks = Locks(connectors.publish)
    commanding = Commanding(node.url, pool, connectors.publish, connectors.reached)
    sensorthings = SensorThings(pool, register, observations, settings.body_limit, settings.address)
    mqtt = _mqtt(node, sensorthings, register)
    listening = (register, observations, connectors, locks.outbox)
    heard: list[Heard] = [*(one.heard for one in listening), commanding.told]
    hub = Hub(node.url, pool, wiring.visible_to_anyone(pool), heard)
    parts = {"connectors": connectors.health, **({"mqtt": mqtt.health} if mqtt else {})}
    state = State(pool, settings.metrics_from, parts)
    ways: list[tuple[str, App]] = [
        (PREFIX, sensorthings),
        ("/things/uplinks/", Webhook(register, taking, settings.body_limit, commanding.heard)),
        ("/things/json/", Posted(register, connectors, settings.body_limit)),
        (LOCKS, locks.posted),
        ("/live/", hub.stream),
        ("/health", state),
        ("/metrics", state),
    ]
    door = Rsgi(FrontDoor(settings, ways, _threads(pages())))
    tasks = [
        _kept(name, work)
        for name, work in (
            ("line", line.run()),
            ("gateways", gateways.run()),
            ("observations", observations.run()),
            ("connectors", connectors.run()),
            ("commands", commanding.run()),
            ("locks", locks.outbox.run()),
            ("hub", hub.run()),
            ("numberer", number_entries(node.url)),
            ("parent", end_with_parent()),
            *([("mqtt", mqtt.run())] if mqtt else []),
        )
    ]
    try:
        yield door, hub
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        sensorthings.close()
        sandbox.close()
        locks.outbox.close()
        await pool.close()
    for end in ends:
        if isinstance(end, Exception):
            raise end


def _pool(url: str) -> AsyncConnectionPool:
    """What the plain ASGI addresses ask the database by."""
    return AsyncConnectionPool(
        url,
        min_size=1,
        max_size=4,
        open=False,
        kwargs={"autocommit": True},
        configure=limited,
        timeout=10,
        check=alive,  # after a restart of the database none is handed out dead
    )


def _mqtt(node: Node, service: SensorThings, register: Register) -> Mqtt | None:
    """SensorThings by MQTT, if the settings want it."""
    settings = node.settings
    if not settings.mqtt:
        return None
    service.mqtt_endpoints = (_broker(settings),)
    return Mqtt(
        node.url,
        service,
        register,
        f"{settings.address or f'http://{settings.host}:{settings.port}'}{PREFIX}",
        broker=settings.mqtt,
        port=settings.mqtt_port,
        topics=settings.mqtt_topics,
    )


def _broker(settings: Settings) -> str:
    """Where others reach the broker, without what opens it."""
    if settings.mqtt == "embedded":
        return f"mqtt://{settings.host}:{settings.mqtt_port}"
    told = BrokerAddress.read(settings.mqtt)
    return f"{'mqtts' if told.tls else 'mqtt'}://{told.host}:{told.port}"


def _threads(pages: Any) -> App:
    """The pages' WSGI application on threads."""
    quick = cast("App", WSGIMiddleware(pages, workers=PAGE_THREADS))
    slow = cast("App", WSGIMiddleware(pages, workers=SLOW_THREADS))
    files = cast("App", WSGIMiddleware(pages, workers=SLOW_THREADS))

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        way = slow if SLOW.match(path) else files if DOWNLOADS.match(path) else quick
        await way(scope, receive, send)

    return either


def _kept(name: str, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
    """A task whose unexpected end ends the process: the supervisor starts a whole door instead."""

    def ended(task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and task.exception() is not None:
            log.critical("part failed", part=name, exc_info=task.exception())
            signal.raise_signal(signal.SIGTERM)

    task = asyncio.create_task(work, name=name)
    task.add_done_callback(ended)
    return task
