# SPDX-License-Identifier: EUPL-1.2
"""Beside a broker of its own, such as Mosquitto: we are a client of it.

Who may publish there is the broker's matter, so whatever comes may observe; and since whoever listens there cannot be
told apart, only what is public is told.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg
import structlog
from prometheus_client import Counter

from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, Who
from smilecity.people.models import ApiKey
from smilecity.things.api.mqtt import topics
from smilecity.things.api.mqtt.creating import Creating, Message
from smilecity.things.api.mqtt.following import READER, Follower
from smilecity.things.api.mqtt.topics import Topic
from smilecity.things.api.mqtt.updates import Happened, Said, Updates
from smilecity.things.intake.mqtt import BrokerAddress, Client, Incoming
from smilecity.things.intake.mqtt.naming import node_name

LOCK = 0x4D515454  # "MQTT"
STANDBY_SECONDS = 1.0
MOST_AT_ONCE = 500
SETTLING_SECONDS = (
    5.0  # by then a broker has written what it acknowledged; docs/guides/mqtt.md has it do so each second
)
DROPPED = "$SYS/broker/publish/messages/dropped"
WHO = Who(label="mqtt", scopes=frozenset({ApiKey.OBSERVE, ApiKey.READ_INTERNAL}))

DROPS = Counter("smile_mqtt_dropped", "Messages the broker says it dropped for one of its clients")

log = structlog.get_logger("mqtt")


class Outside:
    """Creates what is published at the broker, and publishes what changes here.

    One process of a node does it at a time (the broker knows the node by one name); others stand by.
    """

    def __init__(
        self, url: str, address: BrokerAddress, creating: Creating, updates: Updates, wanted: Sequence[str]
    ) -> None:
        self._url = url
        self._address = address
        self._creating = creating
        self._updates = updates
        self._wanted = [_read(one) for one in wanted]
        self._client: Client | None = None
        self._standby = False
        self._connections = 0
        self._dropped: int | None = None

    async def run(self) -> None:
        """Serve until cancelled; a database that goes away and comes back interrupts it."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._url, autocommit=True, connect_timeout=4
                ) as connection:
                    await self._serve_alone(connection)
            except psycopg.OperationalError as error:
                log.warning("database away", error=type(error).__name__)
                await asyncio.sleep(STANDBY_SECONDS)

    def health(self) -> dict[str, Any]:
        """How it is: ok, away since when, or standing by for another process."""
        if self._standby:
            return {"status": "standby"}
        if self._client is None:
            return {"status": "away"}
        if since := self._client.away_since:
            return {"status": "away", "since": since.isoformat()}
        if refused := [topic for topic in self._client.refused if topic != DROPPED]:
            return {"status": "away", "refused": refused}
        return {"status": "ok"}

    async def _serve_alone(self, connection: psycopg.AsyncConnection) -> None:
        while not await _locked(connection):
            self._standby = True
            await asyncio.sleep(STANDBY_SECONDS)
        self._standby = False
        prefix = self._address.prefix
        asked = [f"{prefix}{topics.ROOT}/Observations", f"{prefix}{topics.ROOT}/+/Observations", DROPPED]
        client = self._client = Client(self._address, await node_name(connection), asked, self._take)
        running = asyncio.create_task(client.run())
        self._connections = 0
        follower = Follower(self._tell, READER, settling=SETTLING_SECONDS, forgot=self._may_have_forgotten)
        following = asyncio.create_task(follower.follow(connection))
        try:
            await asyncio.wait([running, following], return_when=asyncio.FIRST_COMPLETED)
            for ended in (running, following):
                if ended.done():
                    ended.result()
        finally:
            for task in (running, following):
                task.cancel()
            await asyncio.gather(running, following, return_exceptions=True)
            self._client = None

    def _may_have_forgotten(self) -> bool:
        """Whether we were connected anew since this was asked before, or since we began: the first time is not anew."""
        before, self._connections = self._connections, self._client.connections if self._client else 0
        return max(before, 1) < self._connections

    def _count_dropped(self, payload: bytes) -> None:
        """Mosquitto drops what does not fit its queue for a client, and tells it nobody but here."""
        with suppress(ValueError):
            dropped = int(payload)
            if self._dropped is not None and dropped > self._dropped:
                log.error(
                    "the broker drops messages", messages=dropped - self._dropped, cure="max_queued_messages"
                )
                DROPS.inc(dropped - self._dropped)
            self._dropped = dropped

    async def _take(self, incoming: Incoming) -> None:
        if incoming.topic == DROPPED:
            self._count_dropped(incoming.payload)
            return
        topic = incoming.topic.removeprefix(self._address.prefix)
        await self._creating.take(Message(topic, incoming.payload, WHO, incoming.packet, incoming.again))

    async def _tell(self, happened: Happened) -> bool:
        said = await self._updates.plain(happened, ANYONE)
        for topic in self._wanted:
            said += [(topic.text, payload) for payload in await self._updates.on(topic, happened, ANYONE)]
        for start in range(0, len(said), MOST_AT_ONCE):
            await self._publish(said[start : start + MOST_AT_ONCE])
        return bool(said)

    async def _publish(self, said: Sequence[Said]) -> None:
        """Returns when the broker has them; while it is away, waits for it."""
        while True:
            try:
                if self._client is not None:
                    await self._client.publish(said)
                    return
            except ConnectionError:
                pass
            await asyncio.sleep(STANDBY_SECONDS)


async def _locked(connection: psycopg.AsyncConnection) -> bool:
    row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])).fetchone()
    return bool(row and row[0])


def _read(text: str) -> Topic:
    try:
        return topics.read(text)
    except Refusal as refusal:
        raise Refusal(
            "settings.mqtt_topics",
            f"SMILE_MQTT_TOPICS has the topic {text!r}: {refusal.sentence}",
            cure="Correct or remove it.",
        ) from refusal
