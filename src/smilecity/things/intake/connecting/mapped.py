# SPDX-License-Identifier: EUPL-1.2
"""What becomes of JSON: observations by the connector's mapping, stored through the line."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connections
from psycopg_pool import AsyncConnectionPool

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things.actions import featuring
from smilecity.things.intake.connecting.known import Json
from smilecity.things.intake.observations import ObservationLine
from smilecity.things.intake.streams import Streams
from smilecity.things.reads.streams import Stream
from smilecity.things.rules.mapping import Mapping
from smilecity.things.rules.mapping.trying import MADE, Finding, Source, named_by, tried
from smilecity.things.rules.observations import Observation

SMALL = 16 * 1024  # bytes that are looked through at once; more on a thread, so that others go on
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)  # the last one again and again

STORED_BEFORE = """
SELECT 1 FROM things_observation WHERE id = ANY(%s) AND phenomenon_time > now() - interval '2 hours' LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many observations are stored, and what is not, each with its refusal; after the commit."""

    stored: int
    refused: list[tuple[Finding, Refusal]]


class Mapped:
    """Takes JSON; what is taken one after the other is stored in that order."""

    def __init__(self, pool: AsyncConnectionPool, line: ObservationLine, streams: Streams) -> None:
        self._pool = pool
        self._line = line
        self._streams = streams

    async def take(
        self,
        found: Json,
        body: bytes,
        name: str = "",
        *,
        before: Callable[[], list[str]] | None = None,
        patient: bool = False,
    ) -> Outcome:
        """Returns after the commits. `name` tells this message from others if nothing in it does.

        `before` are the names by which it may have come already. Who is `patient` waits while nothing can be stored; else
        `Refusal` 503. Refuses (422) a message in which there is nothing to be found.
        """
        if found.mapping is None:
            raise _unmapped()
        message = _read(body)
        streams = await self._known(found.mapping)
        source, now = Source(found.known.id, name), clock.now()
        expected = {number: stream.expected for number, stream in streams.items()}

        def look() -> list[Finding]:
            assert found.mapping is not None
            return tried(found.mapping, message, now, expected, source)

        findings = look() if len(body) <= SMALL else await asyncio.to_thread(look)
        if before is not None and await self._is_there(found.known.id, findings, before()):
            return Outcome(sum(one.outcome == MADE for one in findings), [])
        rows = [one.observation for one in findings if one.observation is not None]
        for row in rows:
            row.feature = await self._feature(found, streams[row.datastream])
        await self._put(rows, patient=patient)
        return self._told(findings)

    async def _known(self, mapping: Mapping) -> dict[int, Stream]:
        known = {}
        for number in {rule.datastream for rule in mapping.rules}:
            stream = await self._streams.stream(self._pool, number)
            if stream is not None:
                known[number] = stream
        return known

    async def _feature(self, found: Json, stream: Stream) -> int | None:
        """Where the thing stands; a datastream meets its feature once, on a thread."""
        if stream.settled:
            return stream.feature
        who = Who(label=f"connector/{found.known.id}", scopes=frozenset({"observe", "read-internal"}))

        def make() -> int | None:
            try:
                return featuring.feature_for(who, stream.id, None)
            finally:
                connections.close_all()  # the thread is not ours

        feature = await asyncio.to_thread(make)
        self._streams.forget(stream.id)
        return feature

    async def _put(self, rows: list[Observation], *, patient: bool) -> None:
        waiting = rows
        for pause in pauses():
            if not waiting:
                return
            try:
                await self._line.put(waiting)
                waiting = [one for one in waiting if one.refusal is not None and one.refusal.status == 503]
            except Refusal:
                if not patient:
                    raise
            if not patient:
                return
            if waiting:
                for row in waiting:
                    row.refusal = None
                await asyncio.sleep(pause)

    async def _is_there(self, connector: int, findings: list[Finding], names: list[str]) -> bool:
        ids = [number for name in names for number in named_by(Source(connector, name), findings)]
        if not ids:
            return False
        async with self._pool.connection(timeout=5) as connection:
            return await (await connection.execute(STORED_BEFORE, [ids], prepare=True)).fetchone() is not None

    def _told(self, findings: list[Finding]) -> Outcome:
        stored, refused = 0, []
        for one in findings:
            refusal = one.observation.refusal if one.observation is not None else one.refusal
            if refusal is not None:
                refused.append((one, refusal))
                if one.observation is not None:
                    self._streams.forget(one.observation.datastream)
            elif one.outcome == MADE:
                stored += 1
        if stored == 0 and refused and all(refusal.status == 503 for _, refusal in refused):
            raise refused[0][1]
        return Outcome(stored, refused)


def pauses() -> Iterator[float]:
    """How long to wait before each further try, for ever."""
    yield from PAUSES
    while True:
        yield PAUSES[-1]


def _read(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise Refusal("message.not-json", "The message is not JSON in UTF-8.", cure="Send JSON.") from error


def _unmapped() -> Refusal:
    return Refusal(
        "connector.no-mapping",
        "Nobody has said yet which value belongs to which datastream.",
        cure="The operator says it on the page of this connector.",
        status=422,
    )
