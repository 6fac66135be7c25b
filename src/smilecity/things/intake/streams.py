# SPDX-License-Identifier: EUPL-1.2
"""What the line of observations must know of datastreams, remembered until the log says that it changed."""

from collections.abc import Sequence
from typing import Any

from psycopg_pool import AsyncConnectionPool

from smilecity.things import facts
from smilecity.things.intake.register import SECONDS_FOR_A_CONNECTION
from smilecity.things.reads.streams import FEATURED, STREAM, Stream

MOST_REMEMBERED = 100_000


class Streams:
    """Datastreams by id, and which features each of them has.

    Raises `psycopg.OperationalError` if the database is away and the answer is not remembered.
    """

    def __init__(self) -> None:
        self._streams: dict[int, Stream] = {}
        self._features: set[tuple[int, int]] = set()
        # What was asked before the log told of a change may be answered after it: such an answer is not kept.
        self._age = 0

    def known(self, number: int) -> Stream | None:
        """The datastream with this id, if it is remembered."""
        return self._streams.get(number)

    async def stream(self, pool: AsyncConnectionPool, number: int) -> Stream | None:
        """The datastream with this id, of either kind; None if there is none."""
        known = self._streams.get(number)
        if known is not None:
            return known
        age = self._age
        row = await _one(pool, STREAM, [number])
        if row is None:
            return None
        stream = Stream.of(row)
        if age == self._age and len(self._streams) < MOST_REMEMBERED:
            self._streams[number] = stream
        return stream

    async def has(self, pool: AsyncConnectionPool, datastream: int, feature: int) -> bool:
        """Whether the datastream has had observations of this feature."""
        pair = (datastream, feature)
        if pair in self._features:
            return True
        age = self._age
        if await _one(pool, FEATURED, [datastream, feature]) is None:
            return False
        if age == self._age and len(self._features) < MOST_REMEMBERED:
            self._features.add(pair)
        return True

    def knows(self, number: int) -> bool:
        """Whether an observation without a feature of its own needs nothing looked up."""
        stream = self._streams.get(number)
        return stream is not None and stream.settled

    def forget(self, number: int, feature: int | None = None) -> None:
        """Ask anew for this datastream, and whether it has this feature."""
        self._streams.pop(number, None)
        if feature is not None:
            self._features.discard((number, feature))

    def heard(self, verbs: set[str]) -> None:
        """Forget what these log entries may have changed."""
        if verbs & facts.STREAMS_CHANGED:
            self._age += 1
            self._streams.clear()
            self._features.clear()


async def _one(pool: AsyncConnectionPool, query: str, parameters: Sequence[object]) -> tuple[Any, ...] | None:
    async with pool.connection(timeout=SECONDS_FOR_A_CONNECTION) as connection:
        cursor = await connection.execute(query, parameters, prepare=True)
        return await cursor.fetchone()
