# SPDX-License-Identifier: EUPL-1.2
"""The broker within the node (amqtt), for the demo and for trying things out.

It acknowledges what is published before it is stored, and forgets sessions when the node ends: what must not be lost
goes by a broker beside the node. Whoever connects without a password hears what is public; the password may be a key,
which then says what one may publish and hear. Nothing passes from client to client: what is published makes
observations, and what is told is what was stored.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import psycopg
import structlog
from amqtt.broker import Broker, RetainedApplicationMessage
from amqtt.contexts import Action
from amqtt.errors import AMQTTError, BrokerError
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, Who
from smilecity.things.api.mqtt import topics
from smilecity.things.api.mqtt.creating import Creating, Message
from smilecity.things.api.mqtt.following import Follower
from smilecity.things.api.mqtt.topics import Topic
from smilecity.things.api.mqtt.updates import Happened, Said, Updates
from smilecity.things.intake.register import Register

HOST = "127.0.0.1"
AGAIN_SECONDS = 5.0
MOST_WAITING = 10_000  # messages not stored yet, and messages for one client
MOST_TOPICS = 1000  # that all clients together may listen to
KEY = "smilecity.key"

log = structlog.get_logger("mqtt.embedded")


class Gate(BaseAuthPlugin, BaseTopicPlugin):  # type: ignore[misc]
    """What amqtt asks about clients; answered by the `Embedded` that it belongs to."""

    embedded: "Embedded"

    async def authenticate(self, *, session: Session) -> bool | None:
        """Whether it may come in."""
        return await self.embedded.let_in(session)

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool | None:
        """Who may listen is asked; publishing is taken by the event below, and passed on to nobody."""
        if action != Action.SUBSCRIBE or session is None or topic is None:
            return False
        return await self.embedded.may_listen(session, topic)

    async def on_broker_message_received(self, *, client_id: str, message: Any) -> None:
        """A message was published."""
        if message is not None and message.topic:
            await self.embedded.take(client_id, message.topic, bytes(message.data or b""))


class Embedded:
    """The broker, and what it tells whom."""

    def __init__(self, url: str, port: int, register: Register, creating: Creating, updates: Updates) -> None:
        self._url = url
        self._port = port
        self._register = register
        self._creating = creating
        self._updates = updates
        self._broker: Broker | None = None
        self._outboxes: dict[str, _Outbox] = {}
        self._topics: dict[str, Topic] = {}
        self._taking: set[asyncio.Task[bool]] = set()
        self._away_since = clock.now()

    async def run(self) -> None:
        """Serve until cancelled; if the port is taken, tries again."""
        for name in ("amqtt", "transitions"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        while True:
            broker = self._made()
            try:
                await broker.start()
            except (AMQTTError, BrokerError) as error:
                log.warning("no broker", port=self._port, error=str(error))
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            self._broker = broker
            log.info("broker open", address=f"mqtt://{HOST}:{self._port}")
            try:
                await self._follow()
            finally:
                self._broker = None
                await self._close(broker)

    def health(self) -> dict[str, Any]:
        """How it is."""
        if self._broker is None:
            return {"status": "away", "since": self._away_since.isoformat()}
        return {"status": "ok"}

    async def let_in(self, session: Session) -> bool:
        """Anyone may come in without a password; a password is a key, and a wrong one is refused."""
        session.attributes.pop(KEY, None)
        if not session.password:
            return True
        if await self._register.who(session.password.strip()) is None:
            return False
        session.attributes[KEY] = session.password.strip()
        return True

    async def may_listen(self, session: Session, text: str) -> bool:
        """A topic with a wildcard is heard without options; any other is asked once, to see that it makes sense."""
        known = self._broker.subscriptions if self._broker else {}
        if text not in known and len(known) >= MOST_TOPICS:
            return False
        if _is_wild(text):
            return "?" not in text
        try:
            topic = topics.read(text)
            await self._updates.tried(topic, await self._who(session))
        except Refusal as refusal:
            log.info("topic refused", topic=text[:200], code=refusal.code)
            return False
        self._topics = {one: kept for one, kept in self._topics.items() if one in known} | {text: topic}
        return True

    async def take(self, client: str, topic: str, payload: bytes) -> None:
        """Make an observation of what was published; it was acknowledged before."""
        session = self._broker.sessions.get(client, (None, None))[0] if self._broker else None
        if session is None or len(self._taking) >= MOST_WAITING:
            log.warning("message lost", topic=topic[:200], waiting=len(self._taking))
            return
        task = asyncio.create_task(self._creating.take(Message(topic, payload, await self._who(session))))
        self._taking.add(task)
        task.add_done_callback(self._taking.discard)

    async def _who(self, session: Session) -> Who:
        """Who listens or publishes: the key may have been revoked since it came in."""
        key = session.attributes.get(KEY)
        return (await self._register.who(key) if key else None) or ANYONE

    def _made(self) -> Broker:
        plugin = f"{Gate.__module__}.{Gate.__qualname__}"
        broker = Broker({"listeners": {"default": {"bind": f"{HOST}:{self._port}"}}, "plugins": {plugin: {}}})
        gate = broker.plugins_manager.get_plugin(Gate.__name__)
        assert isinstance(gate, Gate)
        gate.embedded = self
        return broker

    async def _follow(self) -> None:
        follower = Follower(self._tell)
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await follower.follow(connection)
            except psycopg.OperationalError as error:
                log.warning("database away", error=type(error).__name__)
                await asyncio.sleep(1)

    async def _tell(self, happened: Happened) -> bool:
        """Each client what it may see; what is the same for several is asked once."""
        said: dict[tuple[str, str], list[Said]] = {}
        subscriptions = self._broker.subscriptions if self._broker else {}
        for text, listeners in list(subscriptions.items()):
            for session, quality in list(listeners):
                who = await self._who(session)
                asked = ("" if _is_wild(text) else text, who.label)
                if asked not in said:
                    said[asked] = await self._said(text, happened, who)
                self._hand(session, quality, _matching(said[asked], text))
        self._forget_gone()
        return True

    async def _said(self, text: str, happened: Happened, who: Who) -> list[Said]:
        if _is_wild(text):
            return await self._updates.plain(happened, who)
        topic = self._topics.get(text) or topics.read(text)
        return [(text, payload) for payload in await self._updates.on(topic, happened, who)]

    def _hand(self, session: Session, quality: int, said: Sequence[Said]) -> None:
        if said and session.client_id and self._broker:
            box = self._outboxes.get(session.client_id)
            if box is None or box.session is not session:
                box = self._outboxes[session.client_id] = _Outbox(self._broker, session)
            box.put(quality, said)

    def _forget_gone(self) -> None:
        known = self._broker.sessions if self._broker else {}
        for client in [one for one in self._outboxes if one not in known]:
            self._outboxes.pop(client).close()

    async def _close(self, broker: Broker) -> None:
        for box in self._outboxes.values():
            box.close()
        self._outboxes.clear()
        await broker.shutdown()


class _Outbox:
    """What one client is still to be sent, in order."""

    def __init__(self, broker: Broker, session: Session) -> None:
        self.session = session
        self._broker = broker
        self._waiting: asyncio.Queue[tuple[int, str, bytes]] = asyncio.Queue(MOST_WAITING)
        self._sending = asyncio.create_task(self._send_for_ever())

    def put(self, quality: int, said: Sequence[Said]) -> None:
        """Send these next. A client that does not keep up loses what does not fit any more."""
        for topic, payload in said:
            try:
                self._waiting.put_nowait((quality, topic, payload))
            except asyncio.QueueFull:
                log.warning("client too slow", client=self.session.client_id, lost=len(said))
                return

    def close(self) -> None:
        """Send no more."""
        self._sending.cancel()

    async def _send_for_ever(self) -> None:
        while True:
            quality, topic, payload = await self._waiting.get()
            try:
                if not await self._sent(quality, topic, payload):
                    self._keep(quality, topic, payload)
            except Exception as error:  # noqa: BLE001 - one client's trouble is no other's
                log.info("not sent", client=self.session.client_id, error=type(error).__name__)
                self._keep(quality, topic, payload)

    async def _sent(self, quality: int, topic: str, payload: bytes) -> bool:
        _, handler = self._broker.sessions.get(self.session.client_id or "", (None, None))
        if handler is None or self.session.transitions.state != "connected":
            return False
        await handler.mqtt_publish(topic, payload, quality, retain=False)
        return True

    def _keep(self, quality: int, topic: str, payload: bytes) -> None:
        """For a client that wants to find what came while it was away."""
        away = self.session.retained_messages
        if quality and not self.session.clean_session and away.qsize() < MOST_WAITING:
            away.put_nowait(RetainedApplicationMessage(None, topic, payload, quality))


def _is_wild(text: str) -> bool:
    return any(level in ("+", "#") for level in text.split("/"))


def _matching(said: Sequence[Said], text: str) -> Sequence[Said]:
    return [one for one in said if matches(one[0], text)] if _is_wild(text) else said


def matches(topic: str, pattern: str) -> bool:
    """Whether the pattern of a subscription covers the topic."""
    given, wanted = topic.split("/"), pattern.split("/")
    for number, level in enumerate(wanted):
        if level == "#":
            return True
        if number >= len(given) or level not in ("+", given[number]):
            return False
    return len(given) == len(wanted)
