# SPDX-License-Identifier: EUPL-1.2
"""The SensorThings service as the door makes it, to be asked directly; and a recount to hold `Latest` against."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from psycopg_pool import AsyncConnectionPool

from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things.api import SensorThings
from smilecity.things.api.calls import Call, Reply
from smilecity.things.api.observing import ObservationLine
from smilecity.things.intake.register import Register
from tests.things.stage import LIMIT, NOON, ask, running

BASE = "https://city.example/sensorthings/v1.1"
OBSERVER = Who(label="key/1", scopes=frozenset({"observe"}))

RECOUNT = """
SELECT count(*), min(phenomenon_time), max(coalesce(phenomenon_end, phenomenon_time)), min(result_time),
    max(result_time)
FROM things_observation WHERE datastream_id = %s
"""
NEWEST = """
SELECT id, phenomenon_time, phenomenon_end, result_time, result, value, parameters, feature, valid_start, valid_end,
    quality, flags
FROM things_observation WHERE datastream_id = %s ORDER BY phenomenon_time DESC, id DESC LIMIT 1
"""
KEPT = """
SELECT count, first_time, last_time, first_result_time, last_result_time FROM things_latest WHERE datastream_id = %s
"""
LATEST = """
SELECT observation, phenomenon_time, phenomenon_end, result_time, result, value, parameters, feature, valid_start,
    valid_end, quality, flags
FROM things_latest WHERE datastream_id = %s
"""


def assert_latest_is_true(url: str, datastream: int) -> None:
    """What is kept of a datastream is what a recount finds."""
    assert ask(url, KEPT, datastream) in (ask(url, RECOUNT, datastream), [])
    newest = ask(url, NEWEST, datastream) or [(None,) * 12]
    assert ask(url, LATEST, datastream) in (newest, [])
    if newest != [(None,) * 12]:
        assert ask(url, LATEST, datastream) == newest


class Service:
    """One process's service."""

    def __init__(self, url: str) -> None:
        self.pool = AsyncConnectionPool(url, min_size=1, max_size=2, open=False, kwargs={"autocommit": True})
        self.line = ObservationLine(url)
        self.app = SensorThings(self.pool, Register(self.pool), self.line, LIMIT, "")

    async def post(self, path: str, body: Any, who: Who = OBSERVER) -> Reply:
        """Answer a POST; a refusal as problem details."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            return await self.app.reply(Call("POST", path, body=raw, who=who, base=BASE))
        except Refusal as refusal:
            return Reply.of(refusal)


@asynccontextmanager
async def serving(url: str) -> AsyncIterator[Service]:
    """A service whose line runs within the block."""
    service = Service(url)
    await service.pool.open()
    try:
        async with running(service.line):
            yield service
    finally:
        service.app.close()
        await service.pool.close()


def post(url: str, path: str, *bodies: Any, who: Who = OBSERVER) -> list[Reply]:
    """Post these together, each a call of its own."""

    async def send() -> list[Reply]:
        async with serving(url) as service:
            return list(await asyncio.gather(*(service.post(path, body, who) for body in bodies)))

    return asyncio.run(send())


def said(reply: Reply) -> Any:
    """What is answered, read."""
    return json.loads(reply.body)


def id_of(reply: Reply) -> int:
    """The id of what was made."""
    assert reply.status == 201, reply.body
    number: int = said(reply)["@iot.id"]
    return number


COUNT = "SELECT count(*), count(DISTINCT id) FROM things_observation WHERE datastream_id = %s"


def body(datastream: int, result: Any = 1.5, at: datetime | None = NOON, **more: Any) -> dict[str, Any]:
    """What is sent of an observation."""
    time = {} if at is None else {"phenomenonTime": at.isoformat()}
    return {"Datastream": {"@iot.id": datastream}, "result": result, **time, **more}
