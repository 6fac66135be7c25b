# SPDX-License-Identifier: EUPL-1.2
"""A client of a broker, by paho on a thread of its own, that never stops silently.

The session at the broker is persistent, so what comes while we are away waits there. A message is acknowledged after
whoever takes it is done with it, in the order in which they came (MQTT 3.1.1, 4.6). The broker sends what was not
acknowledged again after the next connect. Lost connections are made anew; a network thread that does not turn any more
is given up for another one.
"""

import asyncio
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.things.intake.mqtt.address import BrokerAddress

if TYPE_CHECKING:
    from paho.mqtt.client import Client as Paho

KEEPALIVE_SECONDS = 20
LONGEST_PAUSE_SECONDS = 10
CONNECT_SECONDS = 5.0
SILENT_SECONDS = 40.0  # longer than a pause and a try to connect together
SESSION_SECONDS = 30 * 24 * 3600  # how long the broker keeps for us what we have not taken
MOST_UNACKNOWLEDGED = 2000
MOST_PUBLISHED = 200  # of ours that the broker has not acknowledged yet
UNANSWERED_SECONDS = 6.0  # some brokers of MQTT 3.1.1 do not even refuse MQTT 5
WRONG_PROTOCOL = "Unsupported protocol version"

log = structlog.get_logger("mqtt")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message. `packet` is the broker's number for it (0 if it wants no acknowledgement); `again`: sent before.

    `retained`: the broker has kept it for whoever subscribes, since nobody knows when.
    """

    topic: str
    payload: bytes
    packet: int
    again: bool
    connection: int
    retained: bool = False


Take = Callable[[Incoming], Coroutine[None, None, None]]
"""Returns when the message may be acknowledged."""

Dial = Callable[[BrokerAddress], str]
"""The address to connect to, which is looked up once; raises `Refusal` if there must be no connection."""


class Client:
    """One client of one broker. `take` is called for each message, at once, in the order they come.

    `dial` is asked before each connection, on the network thread. `trouble` is why there is none, or not for all topics.
    """

    def __init__(
        self,
        address: BrokerAddress,
        name: str,
        topics: Sequence[str],
        take: Take,
        dial: Dial | None = None,
    ) -> None:
        self._address = address
        self._name = name
        self._topics = topics
        self._take = take
        self._dial = dial
        self.trouble: Refusal | None = None
        self._modern = True  # MQTT 5, in which a broker need not send back to us what we said ourselves
        self._wrong_protocol = False
        self._unanswered = 0.0
        self._paho: Paho | None = None
        self._connection = 0
        self.refused: tuple[str, ...] = ()
        """Topics that the broker does not let us hear."""
        self._beat = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._context: Context | None = None  # of who runs us: the network thread has its own
        self._happened: deque[Incoming | tuple[int, bool]] = deque()
        self._drains = False
        self._taken: deque[tuple[Incoming, asyncio.Task[None]]] = deque()
        self._published: dict[int, asyncio.Future[bool]] = {}
        self.away_since: datetime | None = clock.now()

    @property
    def connections(self) -> int:
        """How often it was connected so far: if it grew, the broker may have forgotten what it had acknowledged."""
        return self._connection

    async def run(self) -> None:
        """Stay connected until cancelled."""
        self._loop, self._context = asyncio.get_running_loop(), copy_context()
        while True:
            paho = self._begin()
            try:
                await self._watch()
                log.warning("connection given up for another", broker=self._address.host, modern=self._modern)
            finally:
                self._end(paho)

    async def publish(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Returns when the broker has acknowledged all. Raises `ConnectionError` if the client was given up meanwhile."""
        if self._paho is None or self._loop is None:
            raise ConnectionError("not connected yet")
        waiting = []
        for topic, payload in messages:
            said = self._paho.publish(topic, payload, qos=1)
            waiting.append(self._published.setdefault(said.mid, self._loop.create_future()))
        refused = (await asyncio.gather(*waiting)).count(False)
        if refused:
            log.warning("the broker refuses what we publish", messages=refused, topic=messages[0][0])

    def _begin(self) -> "Paho":
        from paho.mqtt.client import Client as Paho
        from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

        client = self

        class Beating(Paho):
            """Tells each turn of its loop, which calls this at least once a second while connected."""

            def loop_misc(self) -> Any:
                client._beat = time.monotonic()
                return super().loop_misc()

            def _create_socket_connection(self) -> Any:
                """As paho's, but to the address that was looked at: a name may lead elsewhere the next time."""
                host = client._dial(client._address) if client._dial else self._host
                return socket.create_connection((host, self._port), self._connect_timeout)

            def _create_socket(self) -> Any:
                return client._telling(super()._create_socket)

        version = MQTTProtocolVersion.MQTTv5 if self._modern else MQTTProtocolVersion.MQTTv311
        session: dict[str, Any] = {} if self._modern else {"clean_session": False}
        paho = Beating(CallbackAPIVersion.VERSION2, self._name, protocol=version, manual_ack=True, **session)
        if self._address.user:
            paho.username_pw_set(self._address.user, self._address.password)
        if self._address.tls:
            paho.tls_set()
        paho.connect_timeout = CONNECT_SECONDS
        paho.reconnect_delay_set(1, LONGEST_PAUSE_SECONDS)
        paho.max_inflight_messages_set(MOST_PUBLISHED)
        paho.on_connect, paho.on_disconnect = self._connected, self._disconnected
        paho.on_message, paho.on_publish = self._message, self._acknowledged
        paho.on_socket_open, paho.on_subscribe = self._opened, self._subscribed
        self._paho, self._beat, self._wrong_protocol, self._unanswered = paho, time.monotonic(), False, 0.0
        paho.connect_async(self._address.host, self._address.port, KEEPALIVE_SECONDS, **self._lasting())
        paho.loop_start()
        return paho

    def _lasting(self) -> dict[str, Any]:
        """What makes the session persistent in MQTT 5."""
        if not self._modern:
            return {}
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = SESSION_SECONDS
        properties.ReceiveMaximum = MOST_UNACKNOWLEDGED
        return {"clean_start": False, "properties": properties}

    async def _watch(self) -> None:
        """Returns when the network thread has not turned for too long, or the broker speaks an older protocol."""
        while time.monotonic() - self._beat < SILENT_SECONDS:
            await asyncio.sleep(0.25)
            unanswered = self._unanswered and time.monotonic() - self._unanswered > UNANSWERED_SECONDS
            if self._modern and (self._wrong_protocol or unanswered):
                self._modern = False
                return

    def _end(self, paho: "Paho") -> None:
        """Leave this connection; its thread ends by itself, or hangs where it hangs."""
        self._paho = None
        self.away_since = self.away_since or clock.now()
        paho.on_connect = paho.on_message = paho.on_publish = paho.on_disconnect = None
        paho.on_subscribe = None
        for _, task in self._taken:
            task.cancel()
        self._taken.clear()
        for waiting in self._published.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError("the connection was given up"))
                waiting.exception()  # nobody may be waiting any more
        self._published.clear()
        threading.Thread(target=_leave, args=[paho], daemon=True).start()

    # What follows up to the next line of this kind is called on the network thread, and never raises.

    def _opened(self, _paho: "Paho", _data: Any, opened: Any) -> None:
        """Acknowledgements are small; gathered into larger packets each would wait for the one before (40 ms)."""
        self._unanswered = self._unanswered or time.monotonic()
        with suppress(OSError, AttributeError):
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _telling(self, connect: Callable[[], Any]) -> Any:
        """Connect; what prevents it is kept to be told. Raises `OSError` then, which paho expects."""
        try:
            return connect()
        except Refusal as refusal:
            self.trouble = refusal
            raise OSError(refusal.code) from refusal
        except ssl.SSLError as error:
            self.trouble = Refusal(
                "broker.not-trusted", f"The broker does not prove who it is: {error.reason}."
            )
            raise
        except OSError as error:
            self.trouble = Refusal("broker.away", f"The broker cannot be reached ({type(error).__name__}).")
            raise

    def _connected(self, paho: "Paho", _data: Any, _flags: Any, reason: Any, properties: Any) -> None:
        self._unanswered = 0.0
        if reason.is_failure:
            self._wrong_protocol = self._modern and str(reason) == WRONG_PROTOCOL
            self.trouble = Refusal("broker.refuses", f"The broker refuses us: {reason}.")
            log.warning("the broker refuses us", broker=self._address.host, reason=str(reason))
            return
        self._connection += 1
        self.away_since = self.trouble = None
        log.info("connected", broker=self._address.host, modern=self._modern)
        if self._topics:
            paho.subscribe([(topic, self._quality()) for topic in self._topics])

    def _subscribed(self, _paho: "Paho", _data: Any, _mid: Any, reasons: Any, _properties: Any) -> None:
        self.refused = ()
        for topic, reason in zip(self._topics, reasons, strict=False):
            if reason.is_failure:
                self.refused += (topic,)
                self.trouble = Refusal(
                    "broker.refuses-topic", f"The broker does not let us hear {topic}: {reason}."
                )
                log.warning("the broker refuses a topic", broker=self._address.host, topic=topic)

    def _quality(self) -> Any:
        if not self._modern:
            return 1
        from paho.mqtt.subscribeoptions import SubscribeOptions

        return SubscribeOptions(qos=1, noLocal=True)

    def _disconnected(self, _paho: "Paho", _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self.away_since = self.away_since or clock.now()
        self.trouble = self.trouble or Refusal("broker.away", f"The connection was lost: {reason}.")
        log.warning("connection lost", broker=self._address.host, reason=str(reason))

    def _message(self, _paho: "Paho", _data: Any, message: Any) -> None:
        with suppress(UnicodeDecodeError):  # paho decodes the topic when asked for it
            packet = message.mid if message.qos else 0
            self._tell(
                Incoming(
                    message.topic, message.payload, packet, message.dup, self._connection, message.retain
                )
            )

    def _acknowledged(self, _paho: "Paho", _data: Any, packet: int, reason: Any, _properties: Any) -> None:
        self._tell((packet, not reason.is_failure))

    def _tell(self, happened: "Incoming | tuple[int, bool]") -> None:
        self._happened.append(happened)
        if not self._drains and self._loop is not None:
            self._drains = True
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._drain, context=self._context)

    # And from here on in the loop again.

    def _drain(self) -> None:
        self._drains = False
        while self._happened:
            one = self._happened.popleft()
            if isinstance(one, Incoming):
                task = asyncio.create_task(self._take(one))
                self._taken.append((one, task))
                task.add_done_callback(self._acknowledge)
            elif (waiting := self._published.pop(one[0], None)) is not None and not waiting.done():
                waiting.set_result(one[1])

    def _acknowledge(self, _task: "asyncio.Task[None]") -> None:
        """Acknowledge what is done, up to the first that is not. A number is of one connection only."""
        while self._taken and self._taken[0][1].done():
            message, task = self._taken.popleft()
            if task.cancelled():
                continue
            if task.exception() is not None:
                log.error("message not taken", topic=message.topic, exc_info=task.exception())
            elif message.packet and self._is_of_now(message) and self._paho is not None:
                self._paho.ack(message.packet, 1)

    def _is_of_now(self, message: Incoming) -> bool:
        """Whether the connection it came by is still there: on the next its number may be another message's."""
        return message.connection == self._connection and self.away_since is None


def _leave(paho: "Paho") -> None:
    paho.disconnect()
    paho.loop_stop()
