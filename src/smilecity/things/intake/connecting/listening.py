# SPDX-License-Identifier: EUPL-1.2
"""One connector at its broker: each message is acknowledged when what it brings is stored, or never can be.

Messages of one device are taken one after the other. What is no message is acknowledged and counted, or it would come
for ever; while nothing can be stored, it is tried again.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

import psycopg
import structlog
from django.conf import settings

from smilecity.core import clock, reaching, sealing
from smilecity.core.problems import Refusal
from smilecity.things import rules
from smilecity.things.intake.connecting.known import Json, Known
from smilecity.things.intake.connecting.mapped import Mapped, pauses
from smilecity.things.intake.connecting.states import States
from smilecity.things.intake.connecting.topics import Said, of_topic, topics_of
from smilecity.things.intake.events import DeviceEvent, read_chirpstack_event, read_tts_event
from smilecity.things.intake.messages import read_chirpstack, read_tts
from smilecity.things.intake.mqtt import BrokerAddress, Client, Incoming
from smilecity.things.intake.taking import IGNORED, PARKED, Taking, count
from smilecity.things.models import Connector

MOST_BYTES = 1 << 20
MOST_FAILURES = 3  # of our own, before a message is left
LOOK_SECONDS = 1.0
MINUTES = 60  # how long a message that says neither time nor identity is known again

Heard = Callable[[DeviceEvent], Awaitable[object]]
"""Is told what a network server says of a command, and returns after the commit."""

Elsewhere = Callable[[int, str, bytes], Awaitable[bool]]
"""Takes what came on a topic that is another room's; False if it is none of its topics. May refuse it."""

log = structlog.get_logger("connectors")


@dataclass(frozen=True, slots=True)
class Ways:
    """Where what comes goes."""

    taking: Taking
    mapped: Mapped
    states: States
    heard: Heard | None = None
    elsewhere: Elsewhere | None = None


class Listening:
    """Hears one broker for one connector. `name` is the node's at brokers."""

    def __init__(self, known: Known, name: str, ways: Ways) -> None:
        self.known = known
        self._ways = ways
        self._lanes = Lanes()
        self._topics = topics_of(known)
        self._name = f"{name}-{known.id}"
        self._client: Client | None = None
        self._json = Json(known, None)
        self._trouble: Refusal | None = None

    async def run(self) -> None:
        """Hear until cancelled; trouble is told and waited out."""
        try:
            self._json = Json(self.known, self.known.mapping())
            self._client = Client(_address(self.known), self._name, self._topics, self._take, _dial)
        except Refusal as refusal:
            self._trouble = refusal
            self._ways.states.troubled(self.known.id, refusal)
            await asyncio.Event().wait()
            return
        running = asyncio.create_task(self._client.run())
        try:
            await asyncio.gather(running, self._watch(self._client))
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def publish(self, topic: str, payload: bytes) -> None:
        """Returns when the broker has it. Raises `ConnectionError` if it is not there."""
        if self._client is None or self._client.away_since is not None:
            raise ConnectionError("the broker is away")
        await self._client.publish([(topic, payload)])

    def health(self) -> dict[str, Any]:
        """How it is: ok, or away since when and why, without what belongs to nobody else."""
        said: dict[str, Any] = {"id": self.known.id, "kind": self.known.kind}
        trouble = self._trouble or (self._client.trouble if self._client else None)
        since = self._client.away_since if self._client else None
        if trouble is None and since is None and self._client is not None:
            return {**said, "status": "ok"}
        return {
            **said,
            "status": "away",
            **({"since": since.isoformat()} if since else {}),
            **({"code": trouble.code} if trouble else {}),
        }

    async def _watch(self, client: Client) -> None:
        """Tell how the connection is, once each time that it changes."""
        told: Refusal | None = None
        connected = False
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            trouble = client.trouble
            if trouble is not None and (told is None or told.code != trouble.code):
                self._ways.states.troubled(self.known.id, trouble)
            elif trouble is None and client.away_since is None and (told is not None or not connected):
                self._ways.states.well(self.known.id)
                connected = True
            told = trouble

    async def _take(self, incoming: Incoming) -> None:
        """Returns when the message is done with."""
        said = of_topic(self.known, self._topics, incoming.topic)
        if said is None:
            return  # of a subscription that we once had
        async with self._lanes.turn(said.device):
            await self._until_done(said, incoming)

    async def _until_done(self, said: Said, incoming: Incoming) -> None:
        failures = 0
        for pause in pauses():
            try:
                await self._once(said, incoming)
            except Refusal as refusal:
                if refusal.status != 503:
                    self._refused(incoming, refusal)
                    return
                log.warning("not stored yet", connector=self.known.id, code=refusal.code)
            except psycopg.OperationalError as error:
                log.warning("not stored yet", connector=self.known.id, error=type(error).__name__)
            except Exception as error:
                failures += 1
                log.error("message failed", connector=self.known.id, exc_info=error)
                if failures == MOST_FAILURES:
                    self._refused(incoming, _failed())
                    return
            else:
                return
            await asyncio.sleep(pause)

    async def _once(self, said: Said, incoming: Incoming) -> None:
        if len(incoming.payload) > MOST_BYTES:
            raise Refusal("message.too-large", f"The message is larger than {MOST_BYTES} bytes.", status=413)
        if self.known.kind == Connector.JSON:
            if not await self._is_elsewheres(incoming):
                await self._map(incoming)
        elif said.kind == "up":
            await self._uplink(incoming.payload)
        else:
            await self._event(said.kind, incoming.payload)

    async def _is_elsewheres(self, incoming: Incoming) -> bool:
        """Whether it is another room's; what a broker kept is old, and told to none."""
        take = self._ways.elsewhere
        if take is None or incoming.retained:
            return False
        return await take(self.known.id, incoming.topic, incoming.payload)

    async def _map(self, incoming: Incoming) -> None:
        names = _Names(incoming)
        mapping = self._json.mapping
        timeless = mapping is not None and mapping.says_nothing_of_itself
        if timeless and incoming.retained:
            return  # an old value, and nobody knows how old
        outcome = await self._ways.mapped.take(
            self._json,
            incoming.payload,
            names.own() if incoming.packet else "",
            before=names.earlier if incoming.again and timeless else None,
            patient=True,
        )
        self._ways.states.told(self.known.id, outcome)

    async def _uplink(self, body: bytes) -> None:
        now = clock.now()
        oldest = rules.oldest_uplink(settings.SMILE.uplink_days, now)
        message = (
            read_tts(body, now, oldest)
            if self.known.kind == Connector.TTS
            else read_chirpstack(body, now, oldest)
        )
        if message is None:
            count(IGNORED)
            return
        taken = await self._ways.taking.take(message)
        if taken.outcome == PARKED:
            log.info("parked", connector=self.known.id, eui=message.eui)
        self._ways.states.took(self.known.id)

    async def _event(self, kind: str, body: bytes) -> None:
        read = read_tts_event if self.known.kind == Connector.TTS else read_chirpstack_event
        event = read(kind.rpartition("/")[2], body)
        if event is not None and self._ways.heard is not None:
            await self._ways.heard(event)

    def _refused(self, incoming: Incoming, refusal: Refusal) -> None:
        self._ways.states.refused(self.known.id, refusal)
        log.warning("refused", connector=self.known.id, topic=incoming.topic[:200], code=refusal.code)


@dataclass(slots=True)
class _Lane:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    inside: int = 0


class Lanes:
    """Turns by name: of those with one name each waits for the one before."""

    def __init__(self) -> None:
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """It is your turn within the block; without a name nobody waits."""
        if not name:
            yield
            return
        lane = self._lanes.setdefault(name, _Lane())
        lane.inside += 1
        try:
            async with lane.lock:
                yield
        finally:
            lane.inside -= 1
            if not lane.inside:
                del self._lanes[name]


class _Names:
    """What a message may be known by that says neither its time nor its identity: the broker's number and the minute."""

    def __init__(self, incoming: Incoming) -> None:
        digest = blake2b(incoming.topic.encode() + b"\0" + incoming.payload, digest_size=8).hexdigest()
        self._text = f"{incoming.packet}/{digest}"
        self._minute = int(clock.now().timestamp()) // 60

    def own(self) -> str:
        return f"{self._text}/{self._minute}"

    def earlier(self) -> list[str]:
        return [f"{self._text}/{self._minute - ago}" for ago in range(MINUTES)]


def _address(known: Known) -> BrokerAddress:
    try:
        address = BrokerAddress.read(known.address)
    except ValueError as error:
        raise Refusal("connector.bad-address", f"The address is none of a broker: {error}.") from error
    password = sealing.opened(known.secret)
    if password is None:
        raise Refusal("connector.sealed", "The password was sealed with another secret of the node.")
    return replace(address, user=known.user, password=password)


def _dial(broker: BrokerAddress) -> str:
    """Where to connect to; brokers inside, or without encryption, only as the operator allows."""
    inside = settings.SMILE.reach
    address = reaching.address_of(broker.host, broker.port, inside=inside)
    if not broker.tls and not reaching.is_inside(broker.host, address, inside):
        raise Refusal(
            "reach.not-encrypted", "Outside, brokers are spoken to with encryption only (mqtts://)."
        )
    return address


def _failed() -> Refusal:
    return Refusal("message.failed", "The node failed at this message; its log says why.", status=500)
