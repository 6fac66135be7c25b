# SPDX-License-Identifier: EUPL-1.2
"""POST /things/uplinks/tts and /things/uplinks/chirpstack: network servers' webhooks, plain ASGI.

A message that is one is always accepted (2xx), or the network server would send it for ever: what cannot be
decoded is kept raw with the reason, and what comes from an unknown device is parked for the operator. What is said of
a command's way down moves that command on.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

import orjson
import psycopg
import structlog
from django.conf import settings

from smilecity.core import clock
from smilecity.core.asgi import Receive, Scope, Send, answer, answer_refusal, only, read_body
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things import rules
from smilecity.things.intake.events import DeviceEvent, read_chirpstack_event, read_tts_event
from smilecity.things.intake.keys import let_in
from smilecity.things.intake.line import busy
from smilecity.things.intake.messages import Message, read_chirpstack, read_tts
from smilecity.things.intake.register import Register
from smilecity.things.intake.taking import (
    HEARD,
    IGNORED,
    PARKED,
    REFUSED,
    REPLAY,
    STORED,
    UNDECODABLE,
    Taking,
    count,
)

PATH = "/things/uplinks/"

ANSWERS = {
    STORED: (200, orjson.dumps({"outcome": "stored"})),
    REPLAY: (200, orjson.dumps({"outcome": "known-before"})),
    PARKED: (202, orjson.dumps({"outcome": "parked", "reason": "This device is not registered."})),
    HEARD: (200, orjson.dumps({"outcome": "heard"})),
    IGNORED: (202, orjson.dumps({"outcome": "ignored", "reason": "This event is not an uplink."})),
}

Heard = Callable[[DeviceEvent], Awaitable[bool]]
"""Takes what is said of a command; False if there is none it is said of."""

log = structlog.get_logger("intake")


class Webhook:
    """The ASGI application; `limit` is the largest body in bytes. Django must be set up."""

    def __init__(self, register: Register, taking: Taking, limit: int, commands: Heard | None = None) -> None:
        self._register = register
        self._taking = taking
        self._limit = limit
        self._commands = commands
        self._days: int = settings.SMILE.uplink_days

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; refusals that end in a problem document are raised to the front door."""
        asks = Who()
        try:
            if scope["method"] != "POST":
                await answer_refusal(send, *only("POST"))
                return
            server = _server(scope)
            asks = await let_in(self._register, scope)
            status, body = await self._take(server, scope, receive)
        except Refusal as refusal:
            count(REFUSED)
            log.warning("uplink refused", code=refusal.code, field=refusal.field, who=asks.label)
            raise
        except psycopg.OperationalError as error:
            count(REFUSED)
            log.error("database away", error=type(error).__name__)
            raise busy() from error
        await answer(send, status, body)

    async def _take(self, server: str, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        body = await read_body(scope, receive, self._limit)
        said = self._read(server, scope, body)
        if isinstance(said, Message):
            return await self._keep(said)
        heard = said is not None and self._commands is not None and await self._commands(said)
        outcome = HEARD if heard else IGNORED
        count(outcome)
        return ANSWERS[outcome]

    def _read(self, server: str, scope: Scope, body: bytes) -> Message | DeviceEvent | None:
        now = clock.now()
        oldest = rules.oldest_uplink(self._days, now)
        if server == "tts":
            return read_tts(body, now, oldest) or read_tts_event("", body)
        event = parse_qs(scope["query_string"].decode("latin-1")).get("event", ["up"])[0]
        if event == "up":
            return read_chirpstack(body, now, oldest)
        return read_chirpstack_event(event, body)

    async def _keep(self, message: Message) -> tuple[int, bytes]:
        taken = await self._taking.take(message)
        if taken.outcome == UNDECODABLE:
            return 202, orjson.dumps({"outcome": "kept-raw", "reason": taken.reason})
        return ANSWERS[taken.outcome]


def _server(scope: Scope) -> str:
    server: str = scope["path"].removeprefix(PATH).removesuffix("/")
    if server not in ("tts", "chirpstack"):
        raise Refusal(
            "intake.unknown-server",
            "There is no such way in.",
            cure="Use /things/uplinks/tts or /things/uplinks/chirpstack.",
            status=404,
        )
    return server
