# SPDX-License-Identifier: EUPL-1.2
"""What the intake must know of keys and devices, remembered until the log says that it changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from psycopg_pool import AsyncConnectionPool

from smilecity.core.who import Who
from smilecity.people import facts as people_facts
from smilecity.people import rules as key_rules
from smilecity.people.reads import KEY_BY_DIGEST
from smilecity.things import facts
from smilecity.things.codecs import Codec
from smilecity.things.rules.feeding import KnownFeed

MOST_REMEMBERED = 20_000
SECONDS_FOR_A_CONNECTION = 4  # network servers wait 5 to 10 s for the answer

Known = TypeVar("Known")

DEVICE_BY_EUI = """
SELECT d.id, c.digest, c.script,
    coalesce(json_agg(json_build_array(f.field, f.datastream_id, f.scale, f."offset"))
        FILTER (WHERE f.id IS NOT NULL), '[]')
FROM things_device d
JOIN things_codec c ON c.id = d.codec_id
LEFT JOIN things_feed f ON f.device_id = d.id
WHERE d.eui = %s AND d.active
GROUP BY d.id, c.id
"""


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A registered device as the intake needs it."""

    id: int
    codec: Codec
    feeds: tuple[KnownFeed, ...]


class Register:
    """Keys and devices by what a message says of itself.

    Raises `psycopg.OperationalError` if the database is away and the answer is not remembered.
    """

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool
        self._keys: dict[str, Who] = {}
        self._devices: dict[str, KnownDevice] = {}
        self._codecs: dict[str, Codec] = {}
        # What was asked before the log told of a change may be answered after it: such an answer is not kept.
        self._keys_age = 0
        self._devices_age = 0

    def known(self, key: str) -> Who | None:
        """Who presents this key, if that is remembered."""
        return self._keys.get(key)

    async def who(self, key: str) -> Who | None:
        """Who presents this key; None if it opens nothing. Wrong keys are never remembered."""
        known = self._keys.get(key)
        if known is not None or not key_rules.looks_like_key(key):
            return known
        age = self._keys_age
        row = await self._one(KEY_BY_DIGEST, [key_rules.digest(key)])
        if row is None:
            return None
        who = Who(label=f"key/{row[0]}", scopes=frozenset(row[1]))
        if age == self._keys_age:
            _remember(self._keys, key, who)
        return who

    async def device(self, eui: str) -> KnownDevice | None:
        """The active device with this EUI (capitals); None if it is not registered."""
        known = self._devices.get(eui)
        if known is not None:
            return known
        age = self._devices_age
        row = await self._one(DEVICE_BY_EUI, [eui])
        if row is None:
            return None
        feeds = tuple(KnownFeed(tuple(path.split(".")), *rest) for path, *rest in row[3])
        # Thousands of devices share a few scripts; each script is kept once.
        codec = self._codecs.get(row[1]) or Codec(row[1], row[2])
        device = KnownDevice(row[0], codec, feeds)
        if age == self._devices_age:
            _remember(self._codecs, codec.id, codec)
            _remember(self._devices, eui, device)
        return device

    def heard(self, verbs: set[str]) -> None:
        """Forget what these log entries may have changed."""
        if people_facts.KEY_REVOKED in verbs:
            self._keys_age += 1
            self._keys.clear()
        if verbs & facts.REGISTER_CHANGED:
            self._devices_age += 1
            self._devices.clear()
            self._codecs.clear()

    async def _one(self, query: str, parameters: Sequence[object]) -> tuple[Any, ...] | None:
        async with self._pool.connection(timeout=SECONDS_FOR_A_CONNECTION) as connection:
            cursor = await connection.execute(query, parameters, prepare=True)
            return await cursor.fetchone()


def _remember(known: dict[str, Known], name: str, what: Known) -> None:
    if len(known) >= MOST_REMEMBERED:
        del known[next(iter(known))]
    known[name] = what
