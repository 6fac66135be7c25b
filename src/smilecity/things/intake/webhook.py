# SPDX-License-Identifier: EUPL-1.2
"""POST /things/uplinks/tts and /things/uplinks/chirpstack: network servers' webhooks, plain ASGI.

A message that is one is always accepted (2xx), or the network server would send it for ever: what cannot be
decoded is kept raw with the reason, and what comes from an unknown device is parked for the operator.
"""

from urllib.parse import parse_qs

import orjson
import psycopg
import structlog
from django.conf import settings

from smilecity.core import clock
from smilecity.core.asgi import Receive, Scope, Send, answer, answer_refusal, header, only, read_body
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.models import ApiKey
from smilecity.things import rules
from smilecity.things.intake.line import busy
from smilecity.things.intake.messages import Message, read_chirpstack, read_tts
from smilecity.things.intake.register import Register
from smilecity.things.intake.taking import (
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
    IGNORED: (202, orjson.dumps({"outcome": "ignored", "reason": "This event is not an uplink."})),
}

log = structlog.get_logger("intake")


class Webhook:
    """The ASGI application; `limit` is the largest body in bytes. Django must be set up."""

    def __init__(self, register: Register, taking: Taking, limit: int) -> None:
        self._register = register
        self._taking = taking
        self._limit = limit
        self._days: int = settings.SMILE.uplink_days

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; refusals that end in a problem document are raised to the front door."""
        asks = Who()
        try:
            if scope["method"] != "POST":
                await answer_refusal(send, *only("POST"))
                return
            server = _server(scope)
            asks = await self._let_in(scope)
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

    async def _let_in(self, scope: Scope) -> Who:
        scheme, _, given = header(scope, b"authorization").partition(" ")
        key = given if scheme.lower() == "bearer" else header(scope, b"x-api-key")
        who = await self._register.who(key.strip())
        if who is None:
            raise Refusal(
                "key.wrong",
                "This needs a valid key.",
                cure="Send 'Authorization: Bearer smile_...'. The operator makes keys with 'smile key make'.",
                status=401,
            )
        if ApiKey.INTAKE not in who.scopes:
            raise Refusal(
                "key.wrong-scope",
                "This key does not open the intake.",
                cure="The operator makes one that does with 'smile key make NAME --scope intake'.",
                status=403,
            )
        return who

    async def _take(self, server: str, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        body = await read_body(scope, receive, self._limit)
        message = self._read(server, scope, body)
        if message is None:
            count(IGNORED)
            return ANSWERS[IGNORED]
        return await self._keep(message)

    def _read(self, server: str, scope: Scope, body: bytes) -> Message | None:
        now = clock.now()
        oldest = rules.oldest_uplink(self._days, now)
        if server == "tts":
            return read_tts(body, now, oldest)
        event = parse_qs(scope["query_string"].decode("latin-1")).get("event", ["up"])[0]
        return read_chirpstack(body, now, oldest) if event == "up" else None

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
