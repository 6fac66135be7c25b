# SPDX-License-Identifier: EUPL-1.2
"""Observations that are made by publishing: the body of a POST, on the topic of what it would be posted to.

Once: a broker that had no acknowledgement sends a message again, so each gets an id computed from what makes it this
message, and the same id is stored once. A body that says its time is told by itself; one that does not, by its number
at the broker and the minute it came.
"""

import asyncio
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import orjson
import psycopg
import structlog
from prometheus_client import Counter
from psycopg_pool import PoolTimeout

from smilecity.core import clock
from smilecity.core.asgi import too_large
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things.api.calls import Call
from smilecity.things.rules.observations import FIRST_GIVEN_ID

if TYPE_CHECKING:
    from smilecity.things.api.service import SensorThings

ROOT = "v1.1/"
CREATING = re.compile(r"v1\.1(/(?:(?:Multi)?Datastreams\(([0-9]{1,18})\)/)?Observations)")
MOST_BYTES = 1 << 20
MINUTES = 60  # how long a message without a time is known again
MOST_TURNS = 8  # of the broker's numbers (65,535) in a minute
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)  # the last one again and again
MOST_FAILURES = 3  # of our own, before a message is left

_MESSAGES = Counter("smile_mqtt_messages", "Messages that came by MQTT, by outcome", ["outcome"])
_counted = {name: _MESSAGES.labels(name) for name in ("stored", "known", "refused", "echo", "failed")}

STORED_BEFORE = """
SELECT 1 FROM things_observation WHERE id = ANY(%s) AND phenomenon_time > now() - interval '2 hours' LIMIT 1
"""

log = structlog.get_logger("mqtt.creating")


@dataclass(frozen=True, slots=True)
class Message:
    """What was published. `packet` is its number at the broker (0: none, it is never sent again); `again`: it was."""

    topic: str
    payload: bytes
    who: Who
    packet: int = 0
    again: bool = False


class Creating:
    """Makes observations of messages; those of one datastream in the order they came."""

    def __init__(self, service: "SensorThings", base: str) -> None:
        self._service = service
        self._base = base
        self._own = f'"@iot.selfLink":"{base}/Observations('.encode()
        self._last: dict[str, asyncio.Future[None]] = {}
        self._slow: dict[str, asyncio.Future[None]] = {}
        self._turns = _Turns()

    async def take(self, message: Message) -> bool:
        """Returns when the message is done with: True if it is stored, False if it never can be.

        Those that came before for the same datastream are done with by then. While nothing can be stored it tries again.
        """
        if self._own in message.payload[:1000]:
            _counted["echo"].inc()  # what we told ourselves, sent back by a broker without "no local"
            return True
        found = CREATING.fullmatch(message.topic)
        body = _body(message.payload)
        lane = (found and found[2]) or _datastream_of(body)
        names = self._turns.names(message)
        before = self._last.get(lane)
        done = self._last[lane] = asyncio.get_running_loop().create_future()
        try:
            if message.again or lane in self._slow or not self._is_quick(lane, body):
                # Something must be looked up first: whoever comes meanwhile must not overtake.
                self._slow[lane] = done
                if before is not None:
                    await asyncio.shield(before)
            stored = found is not None and await self._stored(message, found[1], body, names, before)
            if before is not None:
                await asyncio.shield(before)
            return stored
        finally:
            self._end(lane, done)

    def _end(self, lane: str, done: "asyncio.Future[None]") -> None:
        if not done.done():
            done.set_result(None)
        for among in (self._last, self._slow):
            if among.get(lane) is done:
                del among[lane]

    def _is_quick(self, lane: str, body: Any) -> bool:
        """Whether a message goes into the line without waiting for anything, so that the order of arrival is kept."""
        known = lane.isdecimal() and self._service.line.streams.knows(int(lane))
        return known and not (isinstance(body, dict) and "FeatureOfInterest" in body)

    async def _stored(
        self, message: Message, path: str, body: Any, names: "_Names", before: "asyncio.Future[None] | None"
    ) -> bool:
        """Try until it is stored or can never be."""
        failures = 0
        for number in _numbers():
            try:
                return await self._once(message, path, body, names)
            except Refusal as refusal:
                if refusal.status != 503:
                    _refused(message, refusal)
                    return False
                log.warning("not stored yet", topic=message.topic, code=refusal.code)
            except (psycopg.OperationalError, PoolTimeout) as error:
                log.warning("not stored yet", topic=message.topic, error=type(error).__name__)
            except Exception as error:
                failures += 1
                log.error("message failed", number=secrets.token_hex(4), topic=message.topic, exc_info=error)
                if failures == MOST_FAILURES:
                    _counted["failed"].inc()
                    return False
            await asyncio.sleep(PAUSES[min(number, len(PAUSES) - 1)])
            if before is not None:
                await asyncio.shield(before)
        raise AssertionError("unreachable")

    async def _once(self, message: Message, path: str, body: Any, names: "_Names") -> bool:
        payload = message.payload
        if len(payload) > MOST_BYTES:
            raise too_large(MOST_BYTES)
        named = names.own(path, body, payload)
        if named is not None:
            if message.again and await self._is_there(names.earlier(path, body, payload)):
                _counted["known"].inc()
                return True
            payload = b'{"@iot.id":%d,%b' % (named, payload.strip()[1:])
        try:
            await self._service.reply(Call("POST", path, body=payload, who=message.who, base=self._base))
        except Refusal as refusal:
            if named is None or refusal.code != "observation.id-taken":
                raise
            # Two messages with one name: once in 2^52. This one goes without.
            await self._service.reply(
                Call("POST", path, body=message.payload, who=message.who, base=self._base)
            )
        _counted["stored"].inc()
        return True

    async def _is_there(self, ids: list[int]) -> bool:
        if not ids:
            return False
        async with self._service.pool.connection(timeout=5) as connection:
            return await (await connection.execute(STORED_BEFORE, [ids], prepare=True)).fetchone() is not None


@dataclass(frozen=True, slots=True)
class _Names:
    """The ids by which a message may be known: it came in this minute, in this turn of the broker's numbers."""

    packet: int
    minute: int
    turn: int

    def own(self, path: str, body: Any, payload: bytes) -> int | None:
        """Its id; None if it has one, needs none, or cannot be read anyway."""
        if not isinstance(body, dict) or not body or "@iot.id" in body:
            return None
        if "phenomenonTime" in body:
            return _hashed(path, payload)
        return _hashed(path, payload, self.packet, self.minute, self.turn) if self.packet else None

    def earlier(self, path: str, body: Any, payload: bytes) -> list[int]:
        """The ids that it may have been stored by before, if it came in the last hour."""
        if "phenomenonTime" in body:
            return []  # its one id says it
        return [
            _hashed(path, payload, self.packet, self.minute - ago, turn)
            for ago in range(MINUTES)
            for turn in range(MOST_TURNS)
        ]


class _Turns:
    """Counts how often in this minute the broker's numbers began anew, as they do after 65,535 messages."""

    def __init__(self) -> None:
        self._minute = self._turn = self._packet = 0

    def names(self, message: Message) -> _Names:
        """What the message may be known by."""
        minute = int(clock.now().timestamp()) // 60
        if minute != self._minute:
            self._minute, self._turn = minute, 0
        elif message.packet and not message.again and message.packet < self._packet:
            self._turn += 1
        if message.packet and not message.again:
            self._packet = message.packet
        return _Names(message.packet, minute, min(self._turn, MOST_TURNS - 1))


def _hashed(path: str, payload: bytes, *rest: int) -> int:
    digest = blake2b(repr((path, rest)).encode() + payload, digest_size=8).digest()
    return FIRST_GIVEN_ID + (int.from_bytes(digest) >> 12)


def _body(payload: bytes) -> Any:
    try:
        return orjson.loads(payload) if len(payload) <= MOST_BYTES else None
    except orjson.JSONDecodeError:
        return None


def _datastream_of(body: Any) -> str:
    for link in ("Datastream", "MultiDatastream"):
        said = body.get(link) if isinstance(body, dict) else None
        if isinstance(said, dict):
            return str(said.get("@iot.id", ""))
    return ""


def _numbers() -> Iterator[int]:
    number = 0
    while True:
        yield number
        number += 1


def _refused(message: Message, refusal: Refusal) -> None:
    _counted["refused"].inc()
    log.warning(
        "refused", topic=message.topic[:200], code=refusal.code, field=refusal.field, who=message.who.label
    )
