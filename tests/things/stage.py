# SPDX-License-Identifier: EUPL-1.2
"""What this room's tests act on: a thing with datastreams, messages, and a stand-in for the sandbox."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import psycopg
from psycopg_pool import AsyncConnectionPool

from smilecity.core.asgi import Scope
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.people.actions import make_key
from smilecity.things import actions
from smilecity.things.codecs import Codec as Script
from smilecity.things.codecs import CodecFailed, Decoded
from smilecity.things.intake.line import Flusher, Line
from smilecity.things.intake.messages import Message
from smilecity.things.intake.register import Register
from smilecity.things.intake.rows import Row
from smilecity.things.intake.taking import Taking
from smilecity.things.intake.webhook import Webhook
from smilecity.things.models import Codec, Datastream, Thing, Uplink
from smilecity.things.rules.declaration import Declaration
from smilecity.things.rules.feeding import Result

DATA = Path(__file__).parent / "data"
EUI = "A84041FFFE000001"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LIMIT = 1 << 20
DECLARED = Declaration({"de": "Zählen, was da ist."}, operator="Stadt", retention=timedelta(days=3650))


def sample(name: str) -> dict[str, Any]:
    """A message as the network server sends it."""
    read: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text())
    return read


def thing(key: str = "counter", **options: Any) -> Thing:
    """A thing with a page."""
    return actions.keep_thing(NODE, key, {"de": key}, **{"declared": DECLARED, **options})


def stream(name: str = "people", on: Thing | None = None, **options: Any) -> Datastream:
    """A datastream of that name."""
    sensor = actions.keep_sensor(NODE, "Counter 1")
    people = actions.keep_observed_property(NODE, "urn:smilecity:property:people", "People")
    given = {"silent_after": timedelta(minutes=30), "unit": {"name": "people", "symbol": "1"}, **options}
    return actions.keep_datastream(NODE, on or thing(), name, sensor, people, **given)


def streams(count: int) -> list[int]:
    """The ids of many datastreams, made at once."""
    one = stream()
    copies = [
        Datastream(
            thing_id=one.thing_id,
            sensor_id=one.sensor_id,
            observed_property_id=one.observed_property_id,
            name=f"copy {number}",
            silent_after=one.silent_after,
        )
        for number in range(count)
    ]
    Datastream.objects.bulk_create(copies)
    return list(
        Datastream.objects.filter(name__startswith="copy ").order_by("id").values_list("id", flat=True)
    )


def codec(name: str = "counter", script: str = "function decodeUplink() {}") -> Codec:
    """A codec as the import keeps it; `FakeSandbox` does not look at its script."""
    made, _ = Codec.objects.get_or_create(
        vendor="smile", name=name, defaults={"script": script, "digest": Script.of(script).id}
    )
    return made


def device(*streams: Datastream, eui: str = EUI, fields: tuple[str, ...] = ()) -> None:
    """A registered device, each of whose decoded fields feeds the datastream of its name."""
    names = fields or tuple(one.name for one in streams)
    feeds = [actions.FeedSpec(name, one.id) for name, one in zip(names, streams, strict=True)]
    actions.register_device(NODE, eui, "Counter 1", streams[0].thing, codec(), feeds)


def message(at: datetime = NOON, eui: str = EUI, **changes: Any) -> Message:
    """A message like no other."""
    given = {"key": uuid4(), "eui": eui, "f_port": 2, "payload": b"x", "received_at": at, **changes}
    return Message(**given)


def row(*results: tuple[int, float], at: datetime = NOON, **changes: Any) -> Row:
    """A decoded uplink with numbers for datastreams."""
    made = [Result(ds, number, None) for ds, number in results]
    return Row(message(at, **changes), 1, Uplink.STORED, None, made)


def ask(url: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of a query, asked beside everything else."""
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query, values).fetchall()


@asynccontextmanager
async def running(*lines: Flusher[Any]) -> AsyncIterator[None]:
    """The lines' flushers run within the block."""
    tasks = [asyncio.create_task(line.run()) for line in lines]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class FakeSandbox:
    """Decodes JSON payloads to themselves; `!` makes the codec fail, with what it says behind it."""

    async def decode_uplink(
        self, _codec: Script, _f_port: int, payload: bytes, _recv_time: datetime | None = None
    ) -> Decoded:
        """As `Sandbox.decode_uplink`."""
        if payload[:1] == b"!":
            raise CodecFailed("codec.threw", "The codec failed:", told=payload[1:].decode())
        try:
            data = eval(payload[1:]) if payload[:1] == b"=" else json.loads(payload)  # noqa: S307 - our own
        except ValueError as error:
            raise CodecFailed("codec.threw", "The codec failed:", told=str(error)) from error
        return Decoded(data)


@dataclass
class Answer:
    """A response: `problem` if it is one."""

    status: int
    body: dict[str, Any]
    headers: dict[bytes, bytes]


class Door:
    """The webhook with all it needs, and a way to knock."""

    def __init__(self, url: str, key: str, limit: int = LIMIT) -> None:
        self.key = key
        self.line = Line(url)
        self.pool = AsyncConnectionPool(url, min_size=1, max_size=2, open=False, kwargs={"autocommit": True})
        self.register = Register(self.pool)
        self.taking = Taking(self.register, FakeSandbox(), self.line)  # type: ignore[arg-type]
        self.app = Webhook(self.register, self.taking, limit)

    async def __aenter__(self) -> Self:
        await self.pool.open()
        self._task = asyncio.create_task(self.line.run())
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.pool.close()

    async def post(
        self,
        body: Any,
        server: str = "tts",
        *,
        key: str | None = None,
        method: str = "POST",
        query: str = "",
        headers: tuple[tuple[bytes, bytes], ...] = (),
    ) -> Answer:
        """Knock as a network server does; refusals are turned into answers as the front door does."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = self.key if key is None else key
        scope: Scope = {
            "type": "http",
            "method": method,
            "path": f"/things/uplinks/{server}",
            "query_string": query.encode(),
            "headers": [(b"authorization", f"Bearer {given}".encode()), *headers],
        }
        sent: list[Any] = []

        async def receive() -> Scope:
            return {"type": "http.request", "body": raw, "more_body": False}

        async def send(part: Scope) -> None:
            sent.append(part)

        try:
            await self.app(scope, receive, send)
        except Refusal as refusal:
            return Answer(refusal.status, refusal.problem(), {})
        return Answer(sent[0]["status"], json.loads(sent[1]["body"]), dict(sent[0]["headers"]))


def key() -> str:
    """A key that opens the intake."""
    return make_key(NODE, f"network server {uuid4()}", ["intake"])[1]


def tts(data: Any, at: datetime, *, eui: str = EUI, f_cnt: int = 1) -> dict[str, Any]:
    """An uplink of The Things Stack that decodes to `data` (bytes are taken as they are)."""
    said = sample("tts_uplink")
    payload = data if isinstance(data, bytes) else json.dumps(data).encode()
    said["end_device_ids"]["dev_eui"] = eui
    said["uplink_message"] |= {
        "frm_payload": base64.b64encode(payload).decode(),
        "f_cnt": f_cnt,
        "received_at": at.isoformat().replace("+00:00", "Z"),
    }
    return said
