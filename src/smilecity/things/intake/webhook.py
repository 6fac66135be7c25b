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
from prometheus_client import Counter

from smilecity.core import clock
from smilecity.core.asgi import Receive, Scope, Send, answer, answer_refusal, header, only, read_body
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.models import ApiKey
from smilecity.things import rules
from smilecity.things.codecs import CodecFailed, Sandbox
from smilecity.things.intake.line import Line, busy
from smilecity.things.intake.messages import Message, read_chirpstack, read_tts
from smilecity.things.intake.register import KnownDevice, Register
from smilecity.things.intake.rows import Row, results_of
from smilecity.things.models import Uplink

PATH = "/things/uplinks/"
MOST_REASON = 500

_UPLINKS = Counter("smile_uplinks", "Uplinks by outcome", ["outcome"])
_counted = {
    name: _UPLINKS.labels(name)
    for name in ("stored", "replay", "parked", "undecodable", "ignored", "refused")
}

STORED = orjson.dumps({"outcome": "stored"})
REPLAY = orjson.dumps({"outcome": "known-before"})
PARKED = orjson.dumps({"outcome": "parked", "reason": "This device is not registered."})
IGNORED = orjson.dumps({"outcome": "ignored", "reason": "This event is not an uplink."})

log = structlog.get_logger("intake")


class Webhook:
    """The ASGI application; `limit` is the largest body in bytes. Django must be set up."""

    def __init__(self, register: Register, sandbox: Sandbox, line: Line, limit: int) -> None:
        self._register = register
        self._sandbox = sandbox
        self._line = line
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
            _counted["refused"].inc()
            log.warning("uplink refused", code=refusal.code, field=refusal.field, who=asks.label)
            raise
        except psycopg.OperationalError as error:
            _counted["refused"].inc()
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
            _counted["ignored"].inc()
            return 202, IGNORED
        return await self._keep(message)

    def _read(self, server: str, scope: Scope, body: bytes) -> Message | None:
        now = clock.now()
        oldest = rules.oldest_uplink(self._days, now)
        if server == "tts":
            return read_tts(body, now, oldest)
        event = parse_qs(scope["query_string"].decode("latin-1")).get("event", ["up"])[0]
        return read_chirpstack(body, now, oldest) if event == "up" else None

    async def _keep(self, message: Message) -> tuple[int, bytes]:
        device = await self._register.device(message.eui)
        if device is None:
            row = Row(message, None, Uplink.PARKED, "unknown device")
        else:
            row = await self._decoded(message, device)
        if not await self._line.put(row):
            _counted["replay"].inc()
            return 200, REPLAY
        if row.state == Uplink.STORED:
            _counted["stored"].inc()
            return 200, STORED
        if row.state == Uplink.PARKED:
            _counted["parked"].inc()
            return 202, PARKED
        _counted["undecodable"].inc()
        log.warning("undecodable", eui=message.eui, reason=row.reason)
        return 202, orjson.dumps({"outcome": "kept-raw", "reason": row.reason})

    async def _decoded(self, message: Message, device: KnownDevice) -> Row:
        if not message.payload:
            return Row(message, device.id, Uplink.STORED)
        try:
            decoded = await self._sandbox.decode_uplink(
                device.codec, message.f_port, message.payload, message.received_at
            )
        except CodecFailed as failure:
            if failure.code == "codec.busy":  # the message is not at fault; sent again it will be decoded
                raise busy() from failure
            reason = rules.plain(f"{failure.code}: {failure.sentence}", MOST_REASON)
            return Row(message, device.id, Uplink.UNDECODABLE, reason)
        results, unusable = results_of(decoded.data, device.feeds)
        if unusable:
            reason = rules.plain(f"value.unusable: {', '.join(unusable)}", MOST_REASON)
            return Row(message, device.id, Uplink.UNDECODABLE, reason, results)
        return Row(message, device.id, Uplink.STORED, None, results)


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
